"""Restricting a person and erasing them, as an operator does over HTTP."""

GROUND = {"basis": "pipl-47"}


def operator(service):
    return service.session("operator", channel="system")


async def subject_of(service, case):
    answer = await service.supervisor.get(f"/v1/cases/{case}")
    return answer.body["case"]["subject"]


async def erased(service, subject):
    staff = operator(service)
    assert (await staff.post(f"/v1/subjects/{subject}/restriction", GROUND)).status == 200
    answer = await staff.post(f"/v1/subjects/{subject}/erasure", GROUND)
    assert answer.status == 200, answer.body
    assert answer.body["finished"]
    return answer
