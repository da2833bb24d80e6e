"""The simulator's hosted page: who would you like to be?

Whatever comes from a request is escaped. The form posts to the page's own address,
so a script does what a person does by sending `resident` and `decision` there.
"""

from collections.abc import Iterable
from html import escape
from string import Template

from adapters.hk.simulator.people import Resident

APPROVE, KEEP_PROFILE, CANCEL = "approve", "keep-profile", "cancel"


def choose(residents: Iterable[Resident], *, address: str, scope: str) -> str:
    """Return the page that offers `residents`; its form goes to `address`."""
    return _PAGE.substitute(
        address=escape(address),
        scope=escape(scope),
        residents="\n".join(_choice(resident) for resident in residents),
    )


def refusal(reason: str) -> str:
    """Return a page that says why the request cannot be shown."""
    return _REFUSAL.substitute(reason=escape(reason))


def _choice(resident: Resident) -> str:
    return _CHOICE.substitute(
        key=escape(resident.key),
        zh=escape(resident.name_zh),
        en=escape(resident.name_en),
        number=escape(resident.number),
    )


_HEAD = """\
<!doctype html>
<html lang="zh-HK">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>iAM Smart SIMULATOR 模擬器</title>
<style>
  body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 2rem auto;
         padding: 0 1rem; color: #1b1b1b; background: #fff }
  .warning { border: 3px solid #8a1c00; padding: .75rem 1rem }
  label { display: block; padding: .5rem 0 }
  button { font: inherit; padding: .5rem 1rem; margin: .5rem .5rem 0 0 }
</style>
</head>
<body>
<h1>iAM Smart SIMULATOR 模擬器</h1>
<p class="warning">This is a simulator. It is not iAM Smart, and everyone on it is made up.<br>
這是模擬器，並非真正的「智方便」；下列人物全屬虛構。</p>
"""

_PAGE = Template(
    _HEAD
    + """\
<form method="post" action="$address">
<fieldset>
<legend>Who would you like to be? 請選擇身分</legend>
$residents
</fieldset>
<p>The service asks for 服務要求：<code>$scope</code></p>
<button name="decision" value="approve">Approve 同意</button>
<button name="decision" value="keep-profile">Sign in, but share no profile
只登入，不提供資料</button>
<button name="decision" value="cancel" formnovalidate>Cancel 取消</button>
</form>
</body>
</html>
"""
)

_REFUSAL = Template(
    _HEAD
    + """\
<p>The simulator cannot show this page: $reason.</p>
</body>
</html>
"""
)

_CHOICE = Template(
    '<label><input type="radio" name="resident" value="$key" required>'
    " $zh $en, HKID $number</label>"
)
