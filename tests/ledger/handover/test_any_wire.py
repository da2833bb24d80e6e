"""Any losses, repetitions and reorderings between two regions leave one case, in order."""

import tempfile
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid5

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger.commands import AcceptApplication, RequestCorrection
from ledger.errors import CommandRejected, OutOfOrder
from ledger.handover import CorrectHandover
from ledger.handover.whose import case_of
from tests.ledger.cases import CLERK as GD_CLERK
from tests.ledger.cases import files
from tests.ledger.handover.regions import (
    ALL_MODES,
    BEGIN,
    CLERK,
    GD,
    GX,
    Region,
    carry,
    changed,
    settle,
)
from tests.ledger.ledgers import check_log

_NAMES = UUID("12121212-1212-4212-8212-121212121212")


class Wire(RuleBasedStateMachine):
    """Two regions, and parcels and acknowledgements in flight in any order, any number."""

    @initialize()
    def open(self):
        self.folder = tempfile.TemporaryDirectory()
        at = Path(self.folder.name)
        self.gd = Region.at(GD, str(at / "gd.sqlite"), {GX: ALL_MODES})
        self.gx = Region.at(GX, str(at / "gx.sqlite"), {GD: ALL_MODES})
        self.parcels, self.acks, self.begun = {}, [], []
        self.begin()

    def _pair(self, from_gx):
        return (self.gx, self.gd) if from_gx else (self.gd, self.gx)

    @rule()
    def another(self):
        self.begin()

    def begin(self):
        id = uuid5(_NAMES, str(len(self.begun)))
        self.gx.begin(changed(BEGIN, handover=id, materials=files("application")))
        self.begun.append(id)

    @precondition(lambda self: self.begun)
    @rule(data=st.data())
    def decide(self, data):
        case = case_of(GX, data.draw(st.sampled_from(self.begun)))
        command = data.draw(
            st.sampled_from(
                [
                    RequestCorrection(case_id=case, deficiencies={"plan": "missing"}),
                    AcceptApplication(case_id=case),
                ]
            )
        )
        if self.gd.ledger.find(case) is not None:
            with suppress(CommandRejected):
                self.gd.do(command, GD_CLERK)

    @precondition(lambda self: self.begun)
    @rule(data=st.data())
    def correct(self, data):
        id = data.draw(st.sampled_from(self.begun))
        with suppress(CommandRejected):
            self.gx.give(CorrectHandover(handover=id, materials=files("plan")), CLERK)

    @rule(from_gx=st.booleans(), which=st.integers(0, 5), lost=st.booleans())
    def deliver(self, from_gx, which, lost):
        """Some parcel that ever was on its way arrives, and its answer may be lost."""
        sender, receiver = self._pair(from_gx)
        sender.correspondence.catch_up()
        flying = self.parcels.setdefault(from_gx, {})
        flying |= {each.sequence: each for each in sender.outbox.pending(receiver.name)}
        if not flying:
            return
        parcel = list(flying.values())[-1 - which % len(flying)]
        with suppress(OutOfOrder):
            ack = carry(sender, receiver, parcel)
            if not lost:
                self.acks.append((from_gx, parcel.sequence, ack))

    @precondition(lambda self: self.acks)
    @rule(data=st.data())
    def acknowledge(self, data):
        from_gx, sequence, ack = data.draw(st.sampled_from(self.acks))
        sender, receiver = self._pair(from_gx)
        with suppress(OutOfOrder):
            sender.outbox.acknowledged(receiver.name, sequence, ack)

    @rule(from_gx=st.booleans())
    def restart(self, from_gx):
        region, _ = self._pair(from_gx)
        region.correspondence = type(region.correspondence)(region.ledger, region.sealer)

    @invariant()
    def received_is_a_prefix_of_what_was_sent(self):
        for sender, receiver in (self._pair(True), self._pair(False)):
            sent = [entry.event.digest for entry in sender.named("message.sent.v1")]
            came = [entry.event.digest for entry in receiver.named("message.received.v1")]
            assert came == sent[: len(came)]

    def teardown(self):
        if not hasattr(self, "folder"):
            return
        settle(self.gx, self.gd)
        for id in self.begun:
            case, handover = self.gd.case(case_of(GX, id)), self.gx.handover(id)
            assert handover.status == str(case.status)
            told = [
                entry.event.version
                for entry in self.gx.named("handover.progressed.v1")
                if entry.stream == id
            ]
            assert told == sorted(set(told))
        causes = [entry.event.cause for entry in self.gx.named("message.sent.v1")]
        assert len(causes) == len(set(causes))
        for region in (self.gd, self.gx):
            check_log(region.ledger)
            region.ledger.close()
        self.folder.cleanup()


TestAnyWire = Wire.TestCase
TestAnyWire.settings = settings(
    max_examples=20,
    stateful_step_count=40,
    suppress_health_check=list(HealthCheck),
)
