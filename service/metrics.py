"""What is counted and measured while the service runs, in the form of Prometheus.

Labels are bounded: templates of paths, statuses, words of ours; never an id, a
partner's text or anything of a person. What the packages below tell, they tell through
plain callables, so none of them knows of this.
"""

import re
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector

from ledger.entry import Entry
from ledger.verification_events import (
    TokenRefused,
    VerificationAnswered,
    VerificationBegun,
    VerificationFailed,
    VerificationSucceeded,
)

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_COMMIT: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0)
_BATCH: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_MOST_BEGUN: Final = 10_000
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_+/.-]{0,39}")
_MOST_WORDS: Final = 40
OTHER: Final = "other"


class Metrics:
    """The instruments of one service, in a registry of its own."""

    def __init__(self) -> None:
        # Each series would have another beside it that tells when it began.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "tongban_request_seconds",
            "How long requests took, by template of path and status",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._refusals = Counter(
            "tongban_refusals_total",
            "Problems that were answered, by their type",
            ("problem",),
            registry=self.registry,
        )
        self._commits = Histogram(
            "tongban_commit_seconds",
            "How long it took to decide a batch and make it durable",
            buckets=_COMMIT,
            registry=self.registry,
        )
        self._batches = Histogram(
            "tongban_batch_entries",
            "How many entries were made durable at once",
            buckets=_BATCH,
            registry=self.registry,
        )
        self._waits = Histogram(
            "tongban_view_wait_seconds",
            "How long reads waited for a view",
            ("view",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._verifications = Counter(
            "tongban_verifications_total",
            "What came of verifications, by method and reason",
            ("method", "outcome", "reason"),
            registry=self.registry,
        )
        self._tokens = Counter(
            "tongban_tokens_refused_total",
            "Tokens that did not hold and were recorded, by their kind",
            ("kind",),
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._by_route: dict[tuple[str, str, int], Histogram] = {}
        self._begun: OrderedDict[UUID, str] = OrderedDict()
        self._words: set[str] = set()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        key = method, route, status
        found = self._by_route.get(key)
        if found is None:
            known = method if method in _METHODS else OTHER
            found = self._requests.labels(known, route, str(status))
            if known != OTHER:
                self._by_route[key] = found
        found.observe(seconds)

    def refused(self, problem: str) -> None:
        """Count one problem by its type."""
        self._refusals.labels(problem).inc()

    def waited(self, view: str, seconds: float) -> None:
        """Count one read that waited for a view."""
        self._waits.labels(view).observe(seconds)

    def committed(self, entries: Sequence[Entry], seconds: float) -> None:
        """Count one durable batch; called by whichever thread wrote it, one at a time."""
        self._commits.observe(seconds)
        self._batches.observe(len(entries))
        for entry in entries:
            match entry.event:
                case VerificationBegun(method=method):
                    self._begin(entry.stream, method)
                case VerificationSucceeded():
                    self._end(entry.stream, "succeeded", "")
                case VerificationFailed(reason=reason):
                    self._end(entry.stream, "failed", self._word(reason))
                case VerificationAnswered(verdict=verdict):
                    self._verifications.labels("region", "answered", self._word(verdict)).inc()
                case TokenRefused(typ=kind):
                    self._tokens.labels(self._word(kind)).inc()
                case _:
                    pass

    def _begin(self, stream: UUID, method: str) -> None:
        self._begun[stream] = self._word(method)
        if len(self._begun) > _MOST_BEGUN:
            self._begun.popitem(last=False)

    def _end(self, stream: UUID, outcome: str, reason: str) -> None:
        # One that was begun before this process was is of no method we remember.
        method = self._begun.pop(stream, "unknown")
        self._verifications.labels(method, outcome, reason).inc()

    def _word(self, text: str) -> str:
        """Return a label: `text` where it is a word, and there are not too many yet."""
        if text not in self._words:
            if len(self._words) >= _MOST_WORDS or not _WORD.fullmatch(text):
                return OTHER
            self._words.add(text)
        return text
