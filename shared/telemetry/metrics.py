"""The metrics of a service, for Prometheus. No label ever holds an id of a person, a family or a report."""

import math
from collections import Counter as Counted
from collections.abc import Iterable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from shared.events import Event, now

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 86400)

TO_VIEW = "ayllu_event_to_view_seconds"


class Metrics:
    """The counters of one service process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"ayllu_{name}", text, labels, registry=self.registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"ayllu_{name}", text, labels, registry=self.registry)

        self._heard = counter("heard", "Events heard", "stream", "type")
        self._said = counter("said", "Events published", "type")
        self._folded = counter("folded", "Events folded into a view, once per view")
        self._refolded = counter("refolded", "Views folded again from their history")
        self._conflicts = counter("conflicts", "Views written by another replica first, and folded again")
        self._dead = counter("dead", "Entries that became dead letters", "stream")
        self._conflicts_sent = counter("conflicts_sent", "Reports answered 409: known with another body", "source")
        self.lag = gauge("lag", "Entries of the stream not yet read; NaN if Redis cannot tell", "stream")
        self.pending = gauge("pending", "Entries read and not yet acknowledged", "stream")
        self.partitions = gauge("partitions", "Partitions this replica reads")
        self.outbox_waiting = gauge("outbox_waiting", "Batches of which not everything is published yet")
        self.dead_letters = gauge("dead_letters", "Dead letters kept")
        self._to_view = Histogram(
            TO_VIEW,
            "From the moment intake recorded a report to this view",
            buckets=SECONDS,
            registry=self.registry,
        )

    def heard(self, stream: str, events: Iterable[Event]) -> None:
        """Count events as they come from a stream, repetitions included."""
        for type_name, count in Counted(event.type for event in events).items():
            self._heard.labels(stream, type_name).inc(count)

    def said(self, events: Iterable[Event]) -> None:
        """Count published events."""
        for type_name, count in Counted(event.type for event in events).items():
            self._said.labels(type_name).inc(count)

    def folded(self, events: Sequence[Event], refolded: int, conflicts: int) -> None:
        """Count the results of one batch, and how long after its recording each event reached a view."""
        moment = now()
        self._folded.inc(len(events))
        self._refolded.inc(refolded)
        self._conflicts.inc(conflicts)
        for event in events:
            self._to_view.observe((moment - event.recordedtime).total_seconds())

    def backlog(self, stream: str, backlogs: Sequence[tuple[int | None, int]]) -> None:
        """Set lag (None: Redis cannot tell) and pending of a stream, over all its partitions."""
        lags = [math.nan if lag is None else lag for lag, _ in backlogs]
        self.lag.labels(stream).set(sum(lags))
        self.pending.labels(stream).set(sum(pending for _, pending in backlogs))

    def died(self, stream: str, count: int) -> None:
        """Count dead letters."""
        self._dead.labels(stream).inc(count)

    def conflicted(self, source: str, count: int) -> None:
        """Count reports that were known with another body; only a source that has a key may be named."""
        self._conflicts_sent.labels(source).inc(count)
