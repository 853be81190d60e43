"""Traces: the path of a report through all services, exported when `OTEL_EXPORTER_OTLP_ENDPOINT` is set.

Every event carries the `traceparent` of the report behind it, so each service's span hangs under the request
that brought the report.
"""

import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.events import TRACEPARENT, Event

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

PROPAGATOR = TraceContextTextMapPropagator()


def well_formed(traceparent: Any) -> str | None:
    """A `traceparent` as it may be passed on; a malformed one is ignored, as W3C Trace Context asks."""
    return traceparent if isinstance(traceparent, str) and re.fullmatch(TRACEPARENT, traceparent) else None


class Tracing:
    """The tracer of one service; does nothing, at no cost, while no exporter is configured."""

    def __init__(self, service: str) -> None:
        wanted = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
        self._provider = _exporting(service) if wanted else None
        self._tracer = self._provider.get_tracer("ayllu") if self._provider else None

    @contextmanager
    def request(self, name: str, traceparent: str | None) -> Iterator[str | None]:
        """A span around a request; yields the `traceparent` for what the request causes."""
        if self._tracer is None:
            yield traceparent
            return
        parent = PROPAGATOR.extract({"traceparent": traceparent} if traceparent else {})
        with self._tracer.start_as_current_span(
            name, context=parent, kind=trace.SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ):  # an error of a driver may quote the document it is about
            carrier: dict[str, str] = {}
            PROPAGATOR.inject(carrier)
            yield carrier.get("traceparent")

    def heard(self, stream: str, events: Iterable[Event], started_ns: int) -> None:
        """A finished span for each event of a batch that began at `started_ns` (time.time_ns)."""
        if self._tracer is None:
            return
        for event in events:
            parent = PROPAGATOR.extract({"traceparent": event.traceparent} if event.traceparent else {})
            names = {
                "ayllu.stream": stream,
                "ayllu.event": event.id,
                "ayllu.correlation": event.correlationid,
            }
            span = self._tracer.start_span(
                f"hear {event.type}", parent, trace.SpanKind.CONSUMER, names, start_time=started_ns
            )
            span.end(time.time_ns())

    def close(self) -> None:
        """Send what is left."""
        if self._provider is not None:
            self._provider.shutdown()


def _exporting(service: str) -> "TracerProvider":
    """What sends spans to the collector. Imported here: it would be a tenth of the start of every service."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: f"ayllu-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider
