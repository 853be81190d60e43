"""A report that came before with another body: which fields differ, never what is in them, and how often it happens.

Whoever has a key of a source and guesses a `reportId` learns whether a value is the one kept, by trying: so each time
is counted and logged, and an operator can be told when they become many.
"""

from collections.abc import Sequence
from typing import Any

import structlog

from shared.telemetry.metrics import Metrics

CONFLICT = 409

log = structlog.get_logger(__name__)


def note(metrics: Metrics, source: str, answers: Sequence[dict[str, Any]]) -> None:
    """Count what was answered 409 to a source that has a key, and log it: the source and how many fields."""
    counts = [each["differenceCount"] for each in answers if each["status"] == CONFLICT]
    if counts:
        metrics.conflicted(source, len(counts))
        log.warning("conflicts_sent", source=source, reports=len(counts), fields=sum(counts))
