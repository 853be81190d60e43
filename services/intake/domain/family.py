"""A family judged from all its reports: its children as they are now, its concerns, its level."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Literal

from services.intake.domain.ages import Birth, told_birth
from services.intake.domain.assessment import judged
from services.intake.domain.children import Minor, is_minor, minors, works
from services.intake.domain.programme import Programme
from services.intake.domain.rulebook import Reason
from services.intake.domain.triage import Case, by_themselves, highest, judge
from services.intake.domain.words import cleaned
from shared.events import Concern, Frozen, LivesWith, ReportedChild, ReportSubmitted, RiskLevel, Trade, Utc


class ChildRecord(Frozen):
    """A child of the family, with the latest value of each field.

    Born from `bornFrom` to `bornUntil`: the same day if that is known. `contradicts` is the child known by the same id
    or name, whose birth or sex is another: a person has to look.
    """

    child_id: str
    contradicts: str | None = None
    name: str | None = None
    birth_date: date | None = None
    birth_year: int | None = None
    birth_month: str | None = None
    born_from: date | None = None
    born_until: date | None = None
    sex: Literal["female", "male", "other"] | None = None
    district: str | None = None
    lives_with: LivesWith | None = None
    placed_by_authority: bool | None = None
    protective_adult: bool | None = None
    in_school: bool | None = None
    working: bool | None = None
    work_hours: float | None = None
    trade: Trade | None = None
    night_work: bool | None = None
    malnutrition: Literal["none", "chronic", "acute"] | None = None

    @property
    def birth(self) -> Birth | None:
        """When it was born, as far as anybody told."""
        if self.born_from is None or self.born_until is None:
            return None
        return Birth(self.born_from, self.born_until, exact=self.birth_date == self.born_from == self.born_until)


class ToldConcern(Frozen):
    """A concern about a child, or about the whole family, and when it was told last."""

    concern: Concern
    child_id: str | None = None
    at: Utc


def told_children(
    before: Sequence[ChildRecord], report: ReportSubmitted, programme: Programme
) -> tuple[ChildRecord, ...]:
    """The children after a report."""
    children, day = {child.child_id: child for child in before}, programme.day(report.reported_at)
    others = (*report.contradicts, *[""] * len(report.children))
    for child_id, told, other in zip(report.child_ids, report.children, others, strict=False):
        known = children.get(child_id, ChildRecord(child_id=child_id, contradicts=other or None))
        children[child_id] = _born(_updated(known, told), known, told, day)
    return tuple(children.values())


def told_concerns(
    before: Sequence[ToldConcern],
    report: ReportSubmitted,
    at: datetime,
    children: Sequence[ChildRecord],
    programme: Programme,
) -> tuple[ToldConcern, ...]:
    """The concerns after a report: those it tells, and those from before that it does not say are over.

    What only follows from how a child lives (it works, it is out of school) is not kept: it is as it is now.
    """
    kept = {(each.concern, each.child_id): each for each in before}
    for concern, child_id in _over(report, children, programme):
        kept.pop((concern, child_id), None)
    own = [(concern, child_id) for child_id, child in _entries(report) for concern in child.concerns]
    for concern, about in (*own, *((each, None) for each in _of_all(report, programme))):
        kept[concern, about] = ToldConcern(concern=concern, child_id=about, at=at)
    return tuple(kept.values())


def family_level(
    children: Sequence[ChildRecord],
    told: Sequence[ToldConcern],
    at: datetime,
    report: ReportSubmitted,
    programme: Programme,
) -> tuple[RiskLevel | None, tuple[Reason, ...]]:
    """The level of a family at a moment, and why: no lower than that of its latest report."""
    counts = [each for each in told if each.concern in programme.rules.lasting or at - each.at <= programme.hardship]
    family = frozenset(each.concern for each in counts if each.child_id is None)
    day = programme.day(at)
    minors = tuple(
        Minor(child.child_id, child, child.birth, day, frozenset(_about(child.child_id, counts)))
        for child in children
        if is_minor(child.birth, day)
    )
    latest = judged(report, programme)
    together = judge(Case(family, minors), programme.rules)
    quiet = together.level is None or all(
        each.rule.otherwise for each in together.findings if each.rule.decision != "one_level_up"
    )
    if quiet or highest(together.level, latest.level) != together.level:
        return latest.level, latest.reasons
    return together.level, together.reasons


def _of_all(report: ReportSubmitted, programme: Programme) -> Iterator[Concern]:
    """The concerns of a report that none of its children has by itself."""
    told = minors(report.child_ids, report.children, programme.day(report.reported_at)) if report.concerns else ()
    has = {concern for minor in by_themselves(told, programme.rules.derived) for concern in minor.concerns}
    yield from (each for each in report.concerns if each not in has)


def _over(
    report: ReportSubmitted, children: Sequence[ChildRecord], programme: Programme
) -> Iterator[tuple[Concern, str | None]]:
    """The concerns that a report ends for a child; for the family, once they have ended for all its children."""
    day = programme.day(report.reported_at)
    told = [Minor(child_id, child, None, day) for child_id, child in _entries(report)]
    known = [Minor(child.child_id, child, None, day) for child in children if is_minor(child.birth, day)]
    for each in programme.rules.derived:
        over = [minor.child_id for minor in told if each.is_over(minor)]
        yield from ((each.concern, child_id) for child_id in over)
        if over and all(each.is_over(minor) for minor in known):
            yield each.concern, None


def _entries(report: ReportSubmitted) -> Iterable[tuple[str, ReportedChild]]:
    return zip(report.child_ids, report.children, strict=True)


def _about(child_id: str, told: Iterable[ToldConcern]) -> Iterator[Concern]:
    return (each.concern for each in told if each.child_id == child_id)


def _updated(known: ChildRecord, told: ReportedChild) -> ChildRecord:
    """Known facts, overridden by reported ones; what is not reported stays."""
    fields = ChildRecord.model_fields
    news = {name: value for name, value in told if value is not None and name in fields}
    if told.name:
        news["name"] = cleaned(told.name) or told.name
    if works(told) is False:  # then what is known of its work is of the past
        news = {"work_hours": None, "trade": None, "night_work": None} | news
    return known.but(**news | ({"working": True} if works(told) else {}))


def _born(child: ChildRecord, known: ChildRecord, told: ReportedChild, day: date) -> ChildRecord:
    """A known day beats an estimate; two estimates that overlap narrow each other down."""
    new, old = told_birth(told, day).birth, known.birth
    birth = _better(old, new) if old and new else new or old
    if birth is None:
        return child.but(birth_date=None, birth_year=None)
    return child.but(
        birth_date=birth.earliest if birth.exact else None,
        birth_year=birth.earliest.year if birth.earliest.year == birth.latest.year else None,
        birth_month=birth.month,
        born_from=birth.earliest,
        born_until=birth.latest,
    )


def _better(old: Birth, new: Birth) -> Birth:
    if old.exact != new.exact:
        return old if old.exact else new
    earliest, latest = max(old.earliest, new.earliest), min(old.latest, new.latest)
    return new if new.exact or earliest > latest else Birth(earliest, latest)
