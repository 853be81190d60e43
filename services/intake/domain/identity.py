"""The ids that intake makes: stable, and telling nothing of the family to whoever sees them elsewhere."""

import hmac
import json
from uuid import UUID

from shared.events import Report, ReportedChild


class Identity:
    """Derives ids with a key that never leaves intake's database.

    Without a key, anyone who knows a document number or a name could find out which id it became.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def event(self, source: str, report_id: str) -> str:
        """The event of a report: the same for the same (source, reportId)."""
        return self._derived("report", source, report_id)

    def family(self, source: str, report: Report) -> str:
        """The same for the same (source, family.id); a family without an id is that of its report."""
        if report.family.id is None:
            return self._derived("family of report", source, report.report_id)
        return self._derived("family", source, report.family.id)

    def children(self, source: str, family_id: str, report: Report) -> tuple[str, ...]:
        """An id per child, in order: by the sender's child id, else by name within the family, else by position."""
        return tuple(self._child(source, family_id, each, at) for at, each in enumerate(report.children))

    def _child(self, source: str, family_id: str, told: ReportedChild, position: int) -> str:
        if told.id is not None:
            return self._derived("child", source, told.id)
        if told.name is not None:
            return self._derived("child by name", family_id, " ".join(told.name.casefold().split()))
        return self._derived("child by position", family_id, str(position))

    def _derived(self, *words: str) -> str:
        digest = hmac.digest(self._key, json.dumps(words).encode(), "sha256")
        return str(UUID(bytes=digest[:16], version=5))
