"""The simulator's pages: who would you like to be, and do you agree?

Whatever comes from a request is escaped. Each form posts to its page's own address,
so a script does what a person does by sending `resident` and `decision` there. All
is said in both languages, marked as such, and nothing is fetched from anywhere.
"""

from collections.abc import Iterable, Mapping
from html import escape

from adapters.hk.simulator.people import Resident
from adapters.hk.wire import CANCELLED, REJECTED, TIMED_OUT

APPROVE, KEEP_PROFILE = "approve", "keep-profile"
CANCEL, REJECT, TIME_OUT = "cancel", "reject", "time-out"
CODES: Mapping[str, str] = {CANCEL: CANCELLED, REJECT: REJECTED, TIME_OUT: TIMED_OUT}
"""The result code of each decision that is no agreement."""


def both(zh: str, en: str) -> str:
    """Return a text in both languages, each marked for whoever has it read aloud."""
    return f'<span lang="zh-HK">{zh}</span> <span lang="en">{en}</span>'


def choose(residents: Iterable[Resident], *, address: str, scope: str) -> str:
    """Return the page that offers `residents`; its form goes to `address`."""
    offered = "\n".join(_choice(resident) for resident in residents)
    return laid_out(
        f"""\
<form method="post" action="{escape(address)}">
<fieldset>
<legend>{both("請選擇身分", "Who would you like to be?")}</legend>
{offered}
</fieldset>
<p>{both("服務要求", "The service asks for")}: <code>{escape(scope)}</code></p>
{_button(APPROVE, "同意", "Approve")}
{_button(KEEP_PROFILE, "只登入，不提供資料", "Sign in, but share nothing")}
{_refusals()}
</form>
"""
    )


def confirm(resident: Resident, *, address: str, title: str, asked: Mapping[str, str]) -> str:
    """Return the page on which one resident answers what is `asked`, shown as it is."""
    shown = "\n".join(
        f"<dt>{name}</dt><dd><code>{escape(value)}</code></dd>" for name, value in asked.items()
    )
    return laid_out(
        f"""\
<h2>{title}</h2>
<p>{escape(resident.name_zh)} <span lang="en">{escape(resident.name_en)}</span></p>
<dl>
{shown}
</dl>
<form method="post" action="{escape(address)}">
{_button(APPROVE, "同意", "Approve")}
{_refusals()}
</form>
"""
    )


def done() -> str:
    """Return the page after a decision, when the answer is on its way to the service."""
    words = both(
        "回覆正送往該服務，請返回該服務。", "The answer is on its way; please go back."
    )
    return laid_out(f'<p role="status">{words}</p>\n')


def refusal(reason: str) -> str:
    """Return a page that says why the request cannot be shown."""
    words = both("模擬器未能顯示此頁", "The simulator cannot show this page")
    return laid_out(f'<p role="alert">{words}: <span lang="en">{escape(reason)}</span>.</p>\n')


def laid_out(main: str) -> str:
    """Return a whole page around `main`, which is markup already."""
    return f"{_HEAD}<main>\n{main}</main>\n{_FOOT}"


def _choice(resident: Resident) -> str:
    return (
        f'<label><input type="radio" name="resident" value="{escape(resident.key)}" required>'
        f' {escape(resident.name_zh)} <span lang="en">{escape(resident.name_en)}, HKID'
        f" {escape(resident.number)}</span></label>"
    )


def _button(decision: str, zh: str, en: str, more: str = "") -> str:
    return f'<button name="decision" value="{decision}"{more}>{both(zh, en)}</button>'


def _refusals() -> str:
    offered = [(CANCEL, "取消", "Cancel"), (REJECT, "拒絕", "Reject")]
    offered.append((TIME_OUT, "逾時", "Let it time out"))
    return "\n".join(_button(*one, " formnovalidate") for one in offered)


_HEAD = """\
<!doctype html>
<html lang="zh-HK">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>iAM Smart SIMULATOR 模擬器</title>
<style>
  body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 38rem; margin: 2rem auto;
         padding: 0 1rem; color: #1b1b1b; background: #fff }
  .warning { border: 3px solid #8a1c00; padding: .75rem 1rem }
  label { display: block; padding: .5rem 0 }
  code { overflow-wrap: anywhere }
  button, select { font: inherit; padding: .5rem 1rem; margin: .5rem .5rem 0 0 }
  :focus-visible { outline: 3px solid #00457c; outline-offset: 2px }
</style>
</head>
<body>
<header>
<h1><span lang="en">iAM Smart SIMULATOR</span> 模擬器</h1>
<p class="warning">這是模擬器，並非真正的「智方便」；下列人物全屬虛構。<br>
<span lang="en">This is a simulator. It is not iAM Smart, and everyone on it is made up.</span>
</p>
</header>
"""

_FOOT = f"""\
<footer>
<p><a href="/simulator">{both("模擬器的故障開關", "What should go wrong here")}</a></p>
</footer>
</body>
</html>
"""
