"""How a legal basis is written: a law, by a name it is known by, and its article.

A basis travels beside the sealed box, and stands in clear in the logs of both regions
for ever. So it is no text of the caller's own, in which a person could be named.
"""

import re
from typing import Final

LAWS: Final = (
    "PIPL",
    "Personal Information Protection Law",
    "个人信息保护法",
    "Administrative Licensing Law",
    "行政许可法",
    "Cap. 486",
    "Personal Data (Privacy) Ordinance",
)
"""By these a citation begins; any other basis has to be agreed on word for word."""


def is_citation(text: str) -> bool:
    """Tell whether `text` is a law and its article, such as `PIPL 13(1)(3)`."""
    return _CITATION.fullmatch(text) is not None


_ARTICLE: Final = r"(?:(?:art\.|s\.) ?)?[0-9]{1,3}(?:\([0-9a-z]{1,2}\)){0,2}"
_ARTICLE_ZH: Final = "第[一二三四五六七八九十百]{1,5}条"
_CITATION: Final = re.compile(
    f"(?:{'|'.join(map(re.escape, LAWS))}) ?(?:{_ARTICLE}|{_ARTICLE_ZH})"
)
