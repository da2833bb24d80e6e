"""The words a person agrees to when binding a permit, in the three languages.

A wording that was agreed to is never changed: another one is another version, and
the digest in the log says for ever which it was.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

VERSION: Final = 1

TEXTS: Final[Mapping[str, str]] = {
    "zh-Hant": (
        "本人同意將本人的帳戶與下列港澳居民來往內地通行證綁定，並同意為此以本人經核驗的姓名及出生日期"
        "與出入境管理機關的登記核對。綁定結果只向辦理本人申請的部門出示。本人可隨時解除綁定，"
        "解除不影響此前已辦理的事項。"
    ),
    "zh-Hans": (
        "本人同意将本人的账号与下列港澳居民来往内地通行证绑定，并同意为此以本人经核验的姓名及出生日期"
        "与出入境管理机关的登记核对。绑定结果只向办理本人申请的部门出示。本人可随时解除绑定，"
        "解除不影响此前已办理的事项。"
    ),
    "en": (
        "I agree that my account be bound to the Mainland Travel Permit below, and that my"
        " verified name and date of birth be compared for this with the register of the"
        " immigration administration. The binding is shown only to the departments that"
        " handle my applications. I may unlink it at any time; what was handled before"
        " stays as it is."
    ),
}


def digest(language: str) -> str:
    """Return the SHA-256 of the present wording in `language`, in hex."""
    return sha256(TEXTS[language].encode()).hexdigest()
