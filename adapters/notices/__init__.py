"""Ways of telling people: mail, a gateway that carries it on, and a file to try it."""

from adapters.notices.choosing import NotifierRefused, notifier_at
from adapters.notices.file import FileNotifier
from adapters.notices.mail import MailNotifier
from adapters.notices.webhook import WebhookNotifier
from adapters.notices.words import KINDS, LANGUAGES, Told, told

__all__ = [
    "KINDS",
    "LANGUAGES",
    "FileNotifier",
    "MailNotifier",
    "NotifierRefused",
    "Told",
    "WebhookNotifier",
    "notifier_at",
    "told",
]
