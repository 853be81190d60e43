"""What intake says about a report: whether a family is at risk, which children need care, and by when to respond.

A function of the report alone, whatever is already known of the family: the answer to a sender never depends on
what arrived before.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache

from services.intake.domain.ages import Told
from services.intake.domain.children import Minor, births, is_minor, minors, of_adults, works
from services.intake.domain.programme import Programme
from services.intake.domain.rulebook import Reason
from services.intake.domain.triage import Case, Judgement, judge, listed
from shared.events import (
    ChildAtRisk,
    ChildNeedsCare,
    ChildUpdated,
    Fact,
    FamilyAtRisk,
    Frozen,
    LivesWith,
    ReportedChild,
    ReportSubmitted,
    RiskLevel,
    child,
    family,
)

AT_HOME = {
    LivesWith.BOTH_PARENTS,
    LivesWith.MOTHER,
    LivesWith.FATHER,
    LivesWith.GRANDPARENTS,
    LivesWith.RELATIVES,
}


class Note(Frozen):
    """Something in a report that was not taken as it was told: the field, and what was done instead."""

    field: str
    es: str
    en: str


class Assessment(Frozen):
    """The result for a report. `risk_level` is None if no staff are told, and `nobody_told` says why."""

    risk_level: RiskLevel | None
    reasons: tuple[Reason, ...]
    notes: tuple[Note, ...] = ()
    nobody_told: Reason | None = None
    family_at_risk: FamilyAtRisk | None = None
    children_need_care: tuple[ChildNeedsCare, ...] = ()
    children_updated: tuple[ChildUpdated, ...] = ()

    @property
    def facts(self) -> list[tuple[str, Fact]]:
        """What intake says, each fact with its subject."""
        said: list[tuple[str, Fact]] = [(child(fact.child_id), fact) for fact in self.children_need_care]
        said += [(child(fact.child_id), fact) for fact in self.children_updated]
        if self.family_at_risk:
            said.insert(0, (family(self.family_at_risk.family_id), self.family_at_risk))
        return said


@lru_cache(maxsize=500)  # asked for the answer to the sender, then for what is said: one group of reports
def assess(report: ReportSubmitted, recorded: datetime, programme: Programme) -> Assessment:
    """The assessment of a report that Ayllu learnt of at `recorded`: response periods count from there."""
    found = judged(report, programme)
    notes = tuple(_notes(report, programme))
    if found.level is None:
        only = {minor.child_id: minor for minor in found.children}
        updated = tuple(_updated(report, minor) for minor in only.values())
        return Assessment(risk_level=None, reasons=(), notes=notes, nobody_told=found.silent, children_updated=updated)
    respond_by = recorded + programme.period(found.level)
    at_risk = _family_at_risk(report, found, found.level, respond_by)
    need_care = _children_need_care(report, found, found.level, respond_by)
    spoken_of = {each.child_id for each in (*(at_risk.children if at_risk else ()), *need_care)}
    others = {each.child_id: each for each in found.children if each.child_id not in spoken_of}
    return Assessment(
        risk_level=found.level,
        reasons=found.reasons,
        notes=notes,
        family_at_risk=at_risk,
        children_need_care=need_care,
        children_updated=tuple(_updated(report, each) for each in others.values()),
    )


@lru_cache(maxsize=500)  # asked by the assessment, then by the record
def judged(report: ReportSubmitted, programme: Programme) -> Judgement:
    """The judgement of one report."""
    children = minors(report.child_ids, report.children, programme.day(report.reported_at))
    narrative = bool(report.narrative and report.narrative.strip())
    grown_up = of_adults(report.child_ids, report.children, children)
    return judge(Case(frozenset(report.concerns), children, report.urgency, narrative, grown_up), programme.rules)


def _family_at_risk(
    report: ReportSubmitted, found: Judgement, level: RiskLevel, respond_by: datetime
) -> FamilyAtRisk | None:
    """Said for the children who live with their family, and wherever nothing else would be said.

    A child elsewhere whom a rule is about is listed too, unless it is said to need care.
    """
    at_home = {minor.child_id: minor for minor in found.children if _is_listed(minor, found)}
    if found.assess and not at_home:
        return None
    return FamilyAtRisk(
        family_id=report.family_id,
        children=tuple(ChildAtRisk.model_validate(_known(minor)) for minor in at_home.values()),
        risk_level=level,
        concerns=found.concerns,
        reasons=tuple(f"{each.rule} {each.en}" for each in found.reasons)[:50],
        district=report.district,
        respond_by=respond_by,
        on_hold=found.hold,
    )


def _is_listed(minor: Minor, found: Judgement) -> bool:
    about_it = (each for each in found.findings if each.rule.level and minor.child_id in each.child_ids)
    return minor.told.lives_with in AT_HOME or (minor.child_id not in found.assess and any(about_it))


def _children_need_care(
    report: ReportSubmitted, found: Judgement, level: RiskLevel, respond_by: datetime
) -> tuple[ChildNeedsCare, ...]:
    """One fact per child who is, or may be, without parental care; its siblings are the others who are."""
    need = {minor.child_id: minor for minor in found.children if minor.child_id in found.assess}
    return tuple(
        ChildNeedsCare.model_validate(
            {
                **_known(minor),
                "family_id": report.family_id,
                "siblings": tuple(other for other in need if other != child_id),
                "reason": found.assess[child_id][0],
                "urgency": level,
                "district": _district(report, minor),
                "respond_by": respond_by,
                "lives_with": minor.told.lives_with,
                "on_hold": found.hold,
            }
        )
        for child_id, minor in need.items()
    )


def _updated(report: ReportSubmitted, minor: Minor) -> ChildUpdated:
    return ChildUpdated.model_validate(
        {**_known(minor), "family_id": report.family_id, "district": _district(report, minor)}
    )


def _district(report: ReportSubmitted, minor: Minor) -> str:
    """Where the child lives: whoever is responsible there acts for it."""
    return getattr(minor.told, "district", None) or report.district


def _known(minor: Minor) -> dict[str, object]:
    """What may leave intake about a child: no name in it."""
    return {
        "child_id": minor.child_id,
        "birth_month": minor.birth_month,
        "sex": getattr(minor.told, "sex", None),
        "in_school": minor.told.in_school,
        "working": minor.works,
        "concerns": listed(minor.concerns),
        "district": getattr(minor.told, "district", None),
    }


def _notes(report: ReportSubmitted, programme: Programme) -> Iterator[Note]:
    """Every entry that was not taken as it was told, and every id that seems to mean somebody else."""
    day = programme.day(report.reported_at)
    for at, (entry, told) in enumerate(zip(report.children, births(report.children, day), strict=True)):
        yield from _of_entry(f"children.{at}", entry, told, day)
    for at, other in enumerate(report.contradicts):
        if other:
            yield Note(
                field=f"children.{at}.id",
                es="Antes se reportó con otra fecha de nacimiento u otro sexo: se anotó como otro niño; verificar.",
                en="It was told before with another birth or sex: it was kept as another child; please check.",
            )


def _of_entry(place: str, entry: ReportedChild, told: Told, day: date) -> Iterator[Note]:
    if entry.working is False and works(entry):
        yield Note(
            field=f"{place}.working",
            es="Contradice las horas, el oficio o el trabajo nocturno: se tomó por un niño que trabaja.",
            en="It contradicts the hours, the trade or the night work: the child was taken to be working.",
        )
    for name in told.set_aside:
        yield Note(
            field=f"{place}.{name}",
            es="No puede ser o contradice otro dato: la edad se tomó de los demás, o no se conoce.",
            en="It cannot be, or contradicts another field: the age was taken from the others, or is unknown.",
        )
    if not is_minor(told.birth, day):
        yield Note(
            field=place,
            es="El día del reporte tenía 18 años o más: no se tomó por un niño.",
            en="Aged 18 or more on the day of the report: not taken to be a child.",
        )
