"""Where a person is sent: iAM Smart's page, one that finds the app, or the app itself.

Nothing personal is in such an address: the state is the caller's secret, a ticket is
iAM Smart's own.
"""

from urllib.parse import urlencode

from adapters.hk import wire
from adapters.hk.options import Entry
from adapters.hk.settings import IamSmartSettings
from identity.model import Scope


def first_page(settings: IamSmartSettings, *, state: str, language: str, scope: Scope) -> str:
    """Return where a person proves who they are; `state` comes back with them."""
    options = settings.options
    if options.entry is not Entry.APP:
        return _hosted(settings, state=state, language=language, scope=scope, ticket="")
    query = urlencode(_query(settings, state=state, language=language, scope=scope))
    return f"{options.app_link}{options.app_sign_in}?{query}"


def second_page(settings: IamSmartSettings, *, state: str, scope: Scope, ticket: str) -> str:
    """Return where a person answers what was asked after they signed in."""
    options = settings.options
    if options.entry is Entry.APP:
        query = urlencode({"ticketID": ticket})
        return f"{options.app_link}{options.app_paths[scope]}?{query}"
    return _hosted(settings, state=state, language="", scope=scope, ticket=ticket)


def _hosted(
    settings: IamSmartSettings, *, state: str, language: str, scope: Scope, ticket: str
) -> str:
    query = {
        **_query(settings, state=state, language=language, scope=scope),
        "brokerPage": str(settings.options.entry is Entry.BROKER).lower(),
        "ticketID": ticket,
    }
    return f"{settings.base_url}{wire.API}/auth/getQR?{urlencode(query)}"


def _query(
    settings: IamSmartSettings, *, state: str, language: str, scope: Scope
) -> dict[str, str]:
    return {
        "clientID": settings.client_id,
        "responseType": "code",
        "source": settings.options.source,
        "redirectURI": settings.redirect_uri,
        "scope": settings.options.scopes[scope],
        "state": state,
        "lang": _LANGUAGES.get(language, "zh-HK"),
    }


_LANGUAGES = {
    "en": "en-US",
    "zh-Hans": "zh-CN",
}
