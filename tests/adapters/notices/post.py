"""A mail server of our own on this machine, which can be told to misbehave."""

import ssl
from asyncio.base_events import Server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP as SMTP_POLICY
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PASSWORD = "a made-up password"


@dataclass
class Mailbox:
    """What the server took, and what it answers: a code where it takes nothing."""

    mails: list[EmailMessage] = field(default_factory=list)
    rcpt: str | None = None
    data: str | None = None
    leaving: str = "221 Bye"
    logins: list[str] = field(default_factory=list)

    async def recipient(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        del server, session, options
        if self.rcpt is not None:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def content(self, server: Any, session: Any, envelope: Any) -> str:
        del server, session
        if self.data is not None:
            return self.data
        found = BytesParser(EmailMessage, policy=SMTP_POLICY).parsebytes(envelope.content)
        self.mails.append(found)
        return "250 taken"

    async def quit(self, server: Any, session: Any, envelope: Any) -> str:
        del server, session, envelope
        return self.leaving

    def authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        del server, session, envelope, mechanism
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password.decode() == PASSWORD, handled=False)


class _Office(Controller):
    """Takes any port of this machine that is free."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def post_office(mailbox: Mailbox, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve `mailbox` for a block, under STARTTLS where a context is given; yields the port."""
    options: dict[str, Any] = {}
    if tls is not None:
        options = {
            "tls_context": tls,
            "require_starttls": True,
            "authenticator": mailbox.authenticate,
            "auth_require_tls": True,
        }
    # The library looks for these by the names of the commands.
    hooks = {
        "handle_RCPT": mailbox.recipient,
        "handle_DATA": mailbox.content,
        "handle_QUIT": mailbox.quit,
    }
    controller = _Office(SimpleNamespace(**hooks), hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def certified(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server of this machine proves itself with, and who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    path, secret = folder / "certificate.pem", folder / "key.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path, secret)
    return server, ssl.create_default_context(cafile=path)
