"""The page for whoever comes back from a provider: go on where you began, or with a code.

It is plain text in three languages, and may load nothing: a code is on it.
"""

from html import escape
from typing import Final

from identity.desk import Return

PAGE_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "Referrer-Policy": "no-referrer",
}
HEAD: Final = """<!doctype html>
<html lang="zh-Hant"><meta charset="utf-8"><title>Tongban 通辦</title>
"""


def page_for(back: Return) -> str:
    """Return the page; what is to be read on it is shown before any second page."""
    if back.was_away:
        return HEAD + _AWAY
    if back.code is None and back.digits is None:
        return HEAD + _RETURNED
    code = "" if back.code is None else _CODE.format(code=back.code)
    digits = "" if back.digits is None else _DIGITS.format(digits=escape(back.digits))
    further = "" if back.page is None else _FURTHER.format(page=escape(back.page))
    return HEAD + code + digits + further


_RETURNED = """<p>身分核驗已返回，請回到申請頁面。</p>
<p>身份核验已返回，请回到申请页面。</p>
<p>You are back; please return to your application.</p>
"""

_CODE = """<p><strong>{code}</strong></p>
<p>如果是您本人在另一裝置開始申請，請在該處輸入此驗證碼。切勿告訴任何人，包括來電或傳訊給您的人。</p>
<p>如果是您本人在另一设备开始申请，请在该处输入此验证码。切勿告诉任何人，包括来电或发消息给您的人。</p>
<p>If you yourself began on another device, enter this code there. Tell it to nobody: whoever
rings or writes to ask for it wants to be taken for you.</p>
"""
_DIGITS = """<p>簽署識別碼 · 签署识别码 · Identification code: <strong>{digits}</strong></p>
<p>請在應用程式核對：識別碼相同才簽署。</p>
<p>请在应用程序核对：识别码相同才签署。</p>
<p>The app shows a code as well. Sign only if it is the same.</p>
"""
_AWAY = """<p>身分核驗服務暫時未能回應，這次核驗已經結束。請返回申請頁面，重新開始。</p>
<p>身份核验服务暂时没有响应，这次核验已经结束。请返回申请页面，重新开始。</p>
<p>The verification service does not answer, and this verification is over. Please return
to your application and begin again.</p>
"""
_FURTHER = """<p><a href="{page}">下一步 · Continue</a></p>
"""
