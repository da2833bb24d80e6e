"""Two servers of one log follow it at once, and every message is written once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

from tests.ledger.handover.regions import ALL_MODES, BEGIN, GD, GX, Region, changed
from tests.ledger.ledgers import check_log

MANY = 20


def test_two_servers_of_one_log_write_every_message_once_and_in_order(postgres_database):
    one, other = (Region.at(GX, postgres_database, {GD: ALL_MODES}) for _ in range(2))
    for number in range(MANY):
        one.begin(changed(BEGIN, handover=UUID(int=number)))
    together = Barrier(2)

    def follow(region):
        together.wait()
        return region.correspondence.catch_up()

    with ThreadPoolExecutor(2) as pool:
        written = sum(pool.map(follow, (one, other)))

    sent = [entry.event for entry in one.named("message.sent.v1")]
    assert written == len(sent) == MANY
    assert [event.about.int for event in sent] == list(range(MANY))
    assert [event.sequence for event in sent] == list(range(1, MANY + 1))
    check_log(one.ledger)
