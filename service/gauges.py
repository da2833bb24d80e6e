"""How things stand when Prometheus asks: read then, and by nobody in between.

What cannot be read is left out, so that one thing out of order does not hide the others.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from aiohttp import web
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ledger.http import ERASER, FOLLOWER, LEDGER, QUERIES
from rest.load import LOAD
from service.corresponding import CORRESPONDING
from service.key_watch import KEY_WATCH
from service.notifying import TELLING
from service.stopping import STOPPING
from service.webhooks.dispatch import WEBHOOKS

_KEYS: Final = ("region", "box", "paper", "sessions")
_DAY: Final = 86_400
_log = logging.getLogger("tongban.metrics")


class Gauges(Collector):
    """Reads the parts of `app`, in whichever thread it is asked."""

    def __init__(self, app: web.Application, clock: Callable[[], datetime]) -> None:
        self._app = app
        self._clock = clock

    def describe(self) -> Iterator[Metric]:
        """Say nothing before the parts are open."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield what can be read now."""
        parts = (
            self._writing,
            self._views,
            self._duties,
            self._keys,
            self._partners,
            self._webhooks,
            self._notices,
            self._erasures,
        )
        for part in parts:
            try:
                yield from [*part()]
            except Exception as error:
                _log.error("%s cannot be measured: %s", part.__name__, type(error).__name__)

    def _writing(self) -> Iterator[Metric]:
        ledger = self._app[LEDGER]
        yield _gauge("head_position", "The newest durable entry", ledger.head)
        yield _gauge("writer_waiting", "Jobs that wait to be decided", ledger.waiting)
        load = self._app[LOAD]
        yield _gauge("requests_in_flight", "Requests that are being answered", load.in_flight)
        told = "By how much the loop that answers was late when looked at last"
        yield _gauge("loop_late_seconds", told, load.lateness.late)
        told = "Requests that were refused because there were too many"
        yield CounterMetricFamily("tongban_requests_shed", told, value=load.shed)
        stopping = self._app[STOPPING].is_set()
        yield _gauge("stopping", "Whether the service was told to end", stopping)

    def _views(self) -> Iterator[Metric]:
        head, views = self._app[LEDGER].head, self._app[FOLLOWER].keepers
        lag = _labelled("view_lag", "Entries a view has not taken up yet", "view")
        aside = _labelled("view_set_aside", "Entries that a view cannot apply", "view")
        trouble = _labelled("view_troubled", "Whether a view cannot follow", "view")
        for view in views:
            lag.add_metric([view.name], max(head - view.position, 0))
            aside.add_metric([view.name], view.set_aside)
            trouble.add_metric([view.name], view.trouble is not None)
        yield from (lag, aside, trouble)

    def _duties(self) -> Iterator[Metric]:
        running, overdue = self._app[QUERIES].duties(self._clock())
        yield _gauge("deadlines_running", "Duties whose last day is still to come", running)
        yield _gauge("deadlines_overdue", "Duties whose last day is over", overdue)

    def _keys(self) -> Iterator[Metric]:
        watch, now = self._app[KEY_WATCH], self._clock()
        days = _labelled("key_expiry_days", "Days until the last key of a use ends", "use")
        for use in _KEYS:
            end = watch.own.ends(use)
            days.add_metric([use], 0 if end is None else _days(end, now))
        days.add_metric(["set"], _days(watch.keys.expires_at, now))
        yield days

    def _partners(self) -> Iterator[Metric]:
        waiting = _labelled("partner_waiting", "Messages a partner is still owed", "region")
        failures = _labelled("partner_failures", "Failures in a row to reach it", "region")
        for each in self._app[CORRESPONDING].told():
            waiting.add_metric([each["region"]], each["waiting"])
            failures.add_metric([each["region"]], each["failures"])
        yield from (waiting, failures)

    def _webhooks(self) -> Iterator[Metric]:
        # Not by subscription: anybody may make as many as they like.
        current = [*self._app[WEBHOOKS].current.values()]
        waiting = sum(each.waiting for each in current)
        troubled = sum(each.trouble is not None for each in current)
        yield _gauge("webhooks_waiting", "Letters that wait to be delivered", waiting)
        yield _gauge("webhooks_troubled", "Subscriptions that cannot be reached", troubled)

    def _notices(self) -> Iterator[Metric]:
        telling = self._app[TELLING]
        counts = {} if telling is None else telling.counts()
        waiting, dead = counts.get("waiting", 0), counts.get("dead", 0)
        yield _gauge("notices_waiting", "What people are still to be told", waiting)
        yield _gauge("notices_dead", "What they were not told, however often tried", dead)

    def _erasures(self) -> Iterator[Metric]:
        told = "Whether one cannot be carried out, or their list not be kept"
        yield _gauge("erasures_troubled", told, self._app[ERASER].trouble is not None)


def _days(end: datetime, now: datetime) -> float:
    return (end - now).total_seconds() / _DAY


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"tongban_{name}", told, value=value)


def _labelled(name: str, told: str, label: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"tongban_{name}", told, labels=(label,))
