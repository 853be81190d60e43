"""The ids that intake makes: stable, and revealing nothing of the family elsewhere."""

import hmac
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import UUID

from services.intake.domain.words import compared, identifies
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

    def children(self, source: str, family_id: str, report: Report, *, unique: bool = False) -> tuple[str, ...]:
        """An id per child, in order. The entries of a report are different people, whatever order they come in.

        By the sender's child id, which counts within its family unless the sender's are `unique`; else by name within
        the family; where several have one name, or none that identifies, by what else is told of them.
        """
        return tuple(
            self._derived(*(("child", source, child.id) if unique else ("child in family", family_id, child.id)))
            if child.id is not None
            else self._derived(*words)
            for child, words in zip(report.children, _unnumbered(family_id, report.children), strict=True)
        )

    def another(self, child_id: str, place: int) -> str:
        """The id of the first, the second, … child that contradicts, by birth or sex, the one known by this id."""
        return self._derived("another child", child_id, str(place))

    def _derived(self, *words: str) -> str:
        digest = hmac.digest(self._key, json.dumps(words).encode(), "sha256")
        return str(UUID(bytes=digest[:16], version=5))


def _unnumbered(family_id: str, children: Sequence[ReportedChild]) -> Iterator[tuple[str, ...]]:
    """The source of the id of each child without a sender's id."""
    places = _places(children)
    for child, place in zip(children, places, strict=True):
        if not identifies(child.name):
            yield "child by position", family_id, str(place)
        elif place:
            yield "child by name", family_id, compared(child.name or ""), str(place)
        else:
            yield "child by name", family_id, compared(child.name or "")


def _places(children: Sequence[ReportedChild]) -> list[int]:
    """The place of each child among those of its name, or of no name: by what is told of them, not by their order."""
    counted = Counter[str]()
    places = [0] * len(children)
    for at in sorted(range(len(children)), key=lambda at: _described(children[at])):
        child = children[at]
        if child.id is None:
            name = compared(child.name or "") if identifies(child.name) else ""
            places[at] = counted[name]
            counted[name] += 1
    return places


def _described(child: ReportedChild) -> tuple[str, ...]:
    born = (child.birth_date, child.birth_year, child.age_years)
    told = child.model_dump_json(exclude={"name"}, exclude_none=True)
    return (
        child.sex or "",
        *("" if each is None else f"{each:>10}" if isinstance(each, int) else str(each) for each in born),
        told,
        compared(child.name or ""),  # among those without a name of their own: RN, RN de Rosa
    )
