"""Notices by mail (RFC 5321, 5322), under TLS unless somebody said otherwise.

A mail that was taken and whose answer was lost goes out again under the same
Message-ID, by which mail systems know it. Whatever a server says may quote the
address, so nothing of it is kept or logged.
"""

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal

from adapters.notices.words import told
from ledger.ports import Fate, Notice

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailNotifier:
    """Implements `Notifier` through one mail server, from the address `sender`."""

    host: str
    port: int
    sender: str
    clock: Callable[[], datetime]
    security: Security = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)
    seconds: float = 20.0

    def send(self, notice: Notice) -> Fate:
        """Hand the mail to the server."""
        try:
            server = self._connected()
            try:
                refused = server.send_message(self._mail(notice))
            finally:
                # What it says to our leaving changes nothing about what it took.
                with suppress(OSError, smtplib.SMTPException):
                    server.quit()
                server.close()
        except smtplib.SMTPRecipientsRefused as error:
            return _fate(min((code for code, _ in error.recipients.values()), default=0))
        except smtplib.SMTPResponseException as error:
            # A greeting or a login that is refused is of the server, and mended there.
            is_of_mail = isinstance(error, smtplib.SMTPDataError)
            return _fate(error.smtp_code) if is_of_mail else Fate.LATER
        except (OSError, smtplib.SMTPException, ValueError):
            return Fate.LATER
        return Fate.LATER if refused else Fate.TAKEN

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.seconds, context=self.context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.seconds)
        try:
            if self.security == "starttls":
                # Raises where the server does not offer it: nothing goes out in the clear.
                server.starttls(context=self.context)
            if self.user is not None and self.password is not None:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server

    def _mail(self, notice: Notice) -> EmailMessage:
        words, mail = told(notice), EmailMessage()
        mail["From"], mail["To"] = self.sender, notice.address
        mail["Subject"] = words.subject
        mail["Date"] = format_datetime(self.clock())
        mail["Message-ID"] = f"<{notice.id}@{self.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(words.text)
        mail["Content-Language"] = notice.language
        return mail


def _fate(code: int) -> Fate:
    """A code from 500 on is for good (RFC 5321, 4.2.1)."""
    return Fate.NEVER if code >= 500 else Fate.LATER
