"""What cannot be read leaves nothing of itself in the log."""

import logging

from tests.service.running import running

SECRET = "459999199003070025"


async def test_a_callback_that_is_too_long_is_not_quoted_in_the_log(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    async with running(tmp_path / "home") as service:
        path = f"/v1/verifications/callbacks/iamsmart?code={SECRET}{'a' * 9000}"
        async with service.http.get(path) as answer:
            status = answer.status

    told = "\n".join(caplog.handler.format(each) for each in caplog.records)
    assert status == 400
    assert "a request was not served: LineTooLong" in told
    assert SECRET not in told
    assert "aaaaaaaa" not in told
