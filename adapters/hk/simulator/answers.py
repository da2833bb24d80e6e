"""What the simulator was asked on behalf of a person, and what it posts back.

A profile or a form was agreed to when the person signed in. A step-up and a signature
are tasks: they wait under a ticket until the person answers them on a second page.
"""

from collections.abc import Mapping

from adapters.hk.contents import Content
from adapters.hk.messages import FormRequest, ProfileRequest, Request, SigningRequest
from adapters.hk.simulator.desk import Desk, Task
from adapters.hk.simulator.switches import Switch
from adapters.hk.wire import CANCELLED, DECLINED, OK, REJECTED, TIMED_OUT

BY_SWITCH = {
    Switch.CANCELLED: CANCELLED,
    Switch.REJECTED: REJECTED,
    Switch.TIMED_OUT: TIMED_OUT,
}
MESSAGES: Mapping[str, str] = {
    OK: "SUCCESS",
    **{code: reason.upper() for code, reason in DECLINED.items()},
}


def answer(task: Task[Request], code: str, desk: Desk) -> tuple[str, Content]:
    """Return the result code and the content that answer `task`; switches come first."""
    asked, resident = task.asked, task.consent.resident
    code = next((its for switch, its in BY_SWITCH.items() if desk.switches.takes(switch)), code)
    name = asked.business_id
    if code != OK:
        return code, Content(business_id=name, state=name)
    match asked:
        case SigningRequest():
            digest = desk.digest_of(asked)
            if desk.switches.takes(Switch.WRONG_DOCUMENT):
                digest = bytes(byte ^ 1 for byte in digest)
            signature, certificate = desk.signatory.sign(resident, digest)
            return code, Content(
                business_id=name,
                state=name,
                hash_code=asked.hash_code,
                signature=signature,
                cert=certificate,
            )
        case FormRequest():
            fields = asked.profile_fields
            form = resident.form(asked.eme_fields)
            return code, resident.profile(fields, transaction=name, form=form)
        case ProfileRequest():
            return code, resident.profile(asked.profile_fields, transaction=name)
        case _:
            return code, Content(business_id=name, state=name, is_passed="true")
