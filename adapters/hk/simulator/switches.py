"""The simulator's switches: each makes one thing go wrong, once, some times, or until off.

They are turned on its page, by options of its command, and by `PUT` to its control
route; nothing goes wrong unless somebody turned it on.
"""

from collections.abc import Mapping
from enum import StrEnum

UNTIL_OFF = -1


class Switch(StrEnum):
    """What can go wrong."""

    CANCELLED = "cancelled"
    REJECTED = "rejected"
    TIMED_OUT = "timed-out"
    STALE_KEY = "stale-key"
    WRONG_SIGNATURE = "wrong-signature"
    WRONG_DOCUMENT = "wrong-document"
    SLOW = "slow"
    DOWN = "down"
    GARBAGE = "garbage"
    CALLBACK_TWICE = "callback-twice"
    CALLBACK_LATE = "callback-late"


SAYS = {
    Switch.CANCELLED: ("Whatever is asked comes back cancelled", "一切請求均回覆已取消"),
    Switch.REJECTED: ("Whatever is asked comes back rejected", "一切請求均回覆已拒絕"),
    Switch.TIMED_OUT: ("Whatever is asked comes back timed out", "一切請求均回覆逾時"),
    Switch.STALE_KEY: ("The content key is withdrawn", "內容密鑰已失效"),
    Switch.WRONG_SIGNATURE: ("Callbacks are signed wrongly", "回呼的簽名不符"),
    Switch.WRONG_DOCUMENT: ("Another document is signed", "所簽的是另一份文件"),
    Switch.SLOW: ("Calls are answered too late", "回應過慢"),
    Switch.DOWN: ("The service is down", "服務中斷"),
    Switch.GARBAGE: ("Answers make no sense", "回應內容無法辨識"),
    Switch.CALLBACK_TWICE: ("Callbacks come twice", "回呼重複發出"),
    Switch.CALLBACK_LATE: ("Callbacks come late", "回呼延遲發出"),
}
"""What each does, in English and in Chinese."""


class Switches:
    """Which switches are on, and for how many times more."""

    def __init__(self, on: Mapping[Switch, int] | None = None) -> None:
        self._left: dict[Switch, int] = {}
        self.set(on or {})

    def set(self, on: Mapping[Switch, int]) -> None:
        """Turn on exactly these, each for so many times or `UNTIL_OFF`."""
        if any(times < UNTIL_OFF or times == 0 for times in on.values()):
            raise ValueError("a switch is on for one time or more, or for -1: until it is off")
        self._left = dict(on)

    def on(self) -> dict[Switch, int]:
        """Return what is on, and for how many times more."""
        return dict(self._left)

    def takes(self, switch: Switch) -> bool:
        """Tell whether this goes wrong now, and count it."""
        left = self._left.get(switch, 0)
        if left > 1:
            self._left[switch] = left - 1
        elif left == 1:
            del self._left[switch]
        return left != 0


def read_switch(text: str) -> tuple[Switch, int]:
    """Read `slow` or `stale-key=1`, or raise `ValueError`."""
    name, _, times = text.partition("=")
    return Switch(name), int(times) if times else UNTIL_OFF
