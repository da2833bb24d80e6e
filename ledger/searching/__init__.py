"""Finding cases by their words.

Whatever is found, counted or put in order follows from the cases within reach
alone. No statistic over all of them plays a part: the order of one's own cases
would else tell which words there are in others'.
"""

from ledger.searching.question import Order, Place, Question, Reach, words
from ledger.searching.searching import Bounds, Found, Searching

__all__ = [
    "Bounds",
    "Found",
    "Order",
    "Place",
    "Question",
    "Reach",
    "Searching",
    "words",
]
