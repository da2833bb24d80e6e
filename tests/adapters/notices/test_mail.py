"""Mail goes out under TLS, once known by its id, and what a server says decides its fate."""

import ssl
from socket import create_server
from typing import Any

import pytest

from adapters.notices import MailNotifier
from ledger.ports import Fate
from tests.adapters.notices.notices import ID, clock, notice
from tests.adapters.notices.post import PASSWORD, Mailbox, certified, post_office


def mailer(port: int, **options: Any) -> MailNotifier:
    given: dict[str, Any] = {"security": "none", "seconds": 5.0}
    return MailNotifier(
        host="127.0.0.1",
        port=port,
        sender="no-reply@tongban.example",
        clock=clock,
        **{**given, **options},
    )


def test_a_mail_says_what_to_do_until_when_and_where_and_names_nobody():
    mailbox = Mailbox()
    with post_office(mailbox) as port:
        fate = mailer(port).send(notice())

    [mail] = mailbox.mails
    assert fate is Fate.TAKEN
    assert mail["Subject"] == "Please correct your application: GD-2026-000007"
    assert mail["Message-ID"] == f"<{ID}@tongban.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_content()
    assert "2026-02-24" in text
    assert "https://tongban.example/v1/cases/7" in text
    assert "Chan Tai Man" not in text


def test_traditional_chinese_arrives_as_it_was_written():
    mailbox = Mailbox()
    with post_office(mailbox) as port:
        mailer(port).send(notice(language="zh-Hant", kind="served"))

    [mail] = mailbox.mails
    assert mail["Subject"] == "決定已送達：GD-2026-000007"
    assert mail["Content-Language"] == "zh-Hant"
    assert "行政覆議" in mail.get_content()


def test_under_starttls_the_password_is_given_after_the_certificate_was_checked(tmp_path):
    server, trusting = certified(tmp_path)
    mailbox = Mailbox()
    with post_office(mailbox, server) as port:
        sent = mailer(
            port, security="starttls", context=trusting, user="tongban", password=PASSWORD
        ).send(notice())

    assert (sent, mailbox.logins, len(mailbox.mails)) == (Fate.TAKEN, ["tongban"], 1)


def test_a_server_that_does_not_offer_starttls_gets_nothing():
    mailbox = Mailbox()
    with post_office(mailbox) as port:
        fate = mailer(port, security="starttls").send(notice())

    assert (fate, mailbox.mails) == (Fate.LATER, [])


def test_a_certificate_of_nobody_we_trust_gets_neither_mail_nor_password(tmp_path):
    server, _ = certified(tmp_path)
    mailbox = Mailbox()
    with post_office(mailbox, server) as port:
        fate = mailer(
            port,
            security="starttls",
            context=ssl.create_default_context(),
            user="tongban",
            password=PASSWORD,
        ).send(notice())

    assert (fate, mailbox.mails, mailbox.logins) == (Fate.LATER, [], [])


@pytest.mark.parametrize(
    ("rcpt", "data", "fate"),
    [
        ("550 no such mailbox", None, Fate.NEVER),
        ("450 try again later", None, Fate.LATER),
        (None, "554 refused", Fate.NEVER),
        (None, "452 full", Fate.LATER),
    ],
)
def test_what_the_server_says_decides_whether_it_is_tried_again(rcpt, data, fate):
    with post_office(Mailbox(rcpt=rcpt, data=data)) as port:
        assert mailer(port).send(notice()) is fate


@pytest.mark.parametrize("leaving", ["421 shutting down", "250 OK", "500 what?"])
def test_a_mail_that_was_taken_stays_so_whatever_is_said_to_our_leaving(leaving):
    mailbox = Mailbox(leaving=leaving)
    with post_office(mailbox) as port:
        fate = mailer(port).send(notice())

    assert (fate, len(mailbox.mails)) == (Fate.TAKEN, 1)


def test_nobody_there_is_for_later():
    with create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]

    assert mailer(port).send(notice()) is Fate.LATER


def test_a_server_that_says_nothing_is_not_waited_for_for_ever():
    with create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        assert mailer(port, seconds=0.2).send(notice()) is Fate.LATER


def test_neither_notice_nor_mailer_shows_address_or_password():
    shown = repr(notice()) + repr(mailer(25, user="tongban", password=PASSWORD))

    assert "chan@mail.example" not in shown
    assert PASSWORD not in shown
