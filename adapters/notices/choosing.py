"""Which way of telling people a URL names.

`smtp://user@host:587` (STARTTLS or nothing), `smtps://user@host:465`,
`smtp+plain://host:25` (in the clear: only where the server is this machine's own),
`https://…` for a gateway, `file:///…` to try it.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from standardwebhooks import Webhook

from adapters.notices.file import FileNotifier
from adapters.notices.mail import MailNotifier, Security
from adapters.notices.webhook import WebhookNotifier
from ledger.ports import Notifier

_MAIL: dict[str, tuple[Security, int]] = {
    "smtp": ("starttls", 587),
    "smtps": ("tls", 465),
    "smtp+plain": ("none", 25),
}


class NotifierRefused(ValueError):
    """The URL names no way of telling people, or `setting` has to be set with it."""

    def __init__(self, said: str, *, setting: str = "url") -> None:
        super().__init__(said)
        self.setting = setting


def notifier_at(
    url: str, *, sender: str | None, secret: str | None, clock: Callable[[], datetime]
) -> Notifier:
    """Return what tells people by the way that `url` names, or raise `NotifierRefused`."""
    try:
        parts = urlsplit(url)
        port_given = parts.port
    except ValueError as error:
        raise NotifierRefused("this is no URL") from error
    if parts.scheme in _MAIL and parts.hostname:
        security, port = _MAIL[parts.scheme]
        if sender is None or "@" not in sender:
            raise NotifierRefused("mail needs an address to come from", setting="sender")
        if parts.password is not None:
            raise NotifierRefused("the password does not belong into the URL")
        if parts.username is not None and secret is None:
            raise NotifierRefused(
                "a user of the mail server needs a password", setting="secret"
            )
        return MailNotifier(
            host=parts.hostname,
            port=port_given or port,
            sender=sender,
            clock=clock,
            security=security,
            user=None if parts.username is None else unquote(parts.username),
            password=secret,
        )
    if parts.scheme in ("https", "http") and parts.hostname:
        if secret is None:
            raise NotifierRefused("a gateway needs a secret to know us by", setting="secret")
        if not url.isascii():
            raise NotifierRefused("in a URL, letters beyond ASCII are written as %E9")
        try:
            Webhook(secret)
        except ValueError as error:
            raise NotifierRefused("the secret is in base64", setting="secret") from error
        return WebhookNotifier(url=url, secret=secret, clock=clock)
    if parts.scheme == "file" and parts.path:
        return FileNotifier(path=Path(unquote(parts.path)))
    raise NotifierRefused("smtp://, smtps://, https:// or file://, please")
