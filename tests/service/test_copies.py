"""What is in a copy of what is held of somebody, and of nobody else."""

from datetime import timedelta

from tests.service.copies import entries_of


async def test_a_verification_begun_about_somebody_is_in_their_copy_though_they_never_came(
    service,
):
    person = await service.applicant("never-came-back")
    stepping = await service.begin(person, scope="step_up")
    mistaken = await service.begin(person, scope="step_up")
    await service.back(mistaken, code="somebody-quite-different")

    copy = entries_of(await person.get("/v1/me/copy"))
    another = entries_of(await (await service.applicant()).get("/v1/me/copy"))

    def told(entries, begun):
        return [e["event"] for e in entries if e["stream"] == begun["id"]]

    assert told(copy, stepping) == ["verification.begun.v1"]
    assert told(copy, mistaken) == ["verification.begun.v1", "verification.failed.v1"]
    assert told(another, stepping) == told(another, mistaken) == []


async def test_of_the_sessions_ended_in_a_day_a_copy_holds_ones_own(service):
    operator = service.session("operator", channel="system")
    person, other = [await service.applicant() for _ in range(2)]
    mine, theirs = [
        (await each.get(f"/v1/cases/{await service.apply(each)}")).body["case"]["subject"]
        for each in (person, other)
    ]
    await (await service.applicant()).call("DELETE", "/v1/session")
    await operator.post("/v1/revocations", {"subject": theirs, "reason": "asked-for"})
    await operator.post("/v1/revocations", {"subject": mine, "reason": "asked-for"})
    service.clock.now += timedelta(seconds=1)
    later = service.session("applicant", mine, channel="portal", principal=mine)

    copy = entries_of(await later.get("/v1/me/copy"))

    ended = [e["fields"] for e in copy if e["event"].startswith("session.")]
    assert ended == [{"subject": mine, "reason": "asked-for"}]
