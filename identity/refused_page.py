"""What a person reads in a browser where a program is told by a problem document.

Only who comes back from a provider's page is such a person. What was refused is not
told more exactly than to a program, and the page repeats nothing that came with it
but the way here, which leads to the same refusal or, later, on.
"""

from html import escape
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from identity.http import CALLBACKS
from identity.returned_page import HEAD, PAGE_HEADERS
from rest import asks_for


@web.middleware
async def refused_page_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer with a page where somebody comes back in a browser and is refused."""
    response = await handler(request)
    if response.status < 400 or not _is_person(request):
        return response
    kept = {n: v for n, v in response.headers.items() if n in ("Retry-After", "Allow")}
    return web.Response(
        text=HEAD + _text(response.status).format(again=escape(request.path_qs)),
        status=response.status,
        content_type="text/html",
        headers={**PAGE_HEADERS, "Vary": "Accept", **kept},
    )


def _is_person(request: web.Request) -> bool:
    return (
        request.method == "GET"
        and request.path.startswith(f"{CALLBACKS}/")
        and asks_for(request, "text/html")
    )


def _text(status: int) -> str:
    if status >= 500 or status == web.HTTPTooManyRequests.status_code:
        return _AGAIN
    return _ONCE if status in (409, 422) else _NONE


_AGAIN: Final = """
<p>身分核驗服務暫時未能回應。請稍候再試；如仍不成功，請返回申請頁面，重新開始。</p>
<p>身份核验服务暂时没有响应。请稍候再试；如仍不成功，请返回申请页面，重新开始。</p>
<p>The verification service does not answer just now. Wait a moment and try again; if it
still fails, return to your application and begin again.</p>
<p><a href="{again}">再試一次 · 再试一次 · Try again</a></p>
"""
_ONCE: Final = """
<p>此頁只可使用一次，而您已經用過。請返回申請頁面；如核驗沒有繼續，請重新開始。</p>
<p>此页只能使用一次，而您已经用过。请返回申请页面；如核验没有继续，请重新开始。</p>
<p>This page counts once, and you were here before. Return to your application; if it does
not go on there, try again from the beginning.</p>
"""
_NONE: Final = """
<p>此頁不屬於任何進行中的核驗。請返回申請頁面，重新開始。</p>
<p>此页不属于任何进行中的核验。请返回申请页面，重新开始。</p>
<p>This page belongs to no verification that is under way. Return to your application and
try again from the beginning.</p>
"""
