"""What intake says about a report: whether a family is at risk, which children need care, and by when to respond.

A function of the report alone, whatever is already known of the family: the answer to a sender never depends on
what arrived before.
"""

from collections.abc import Hashable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

from services.intake.domain.scoring import Minor, minors, score
from shared.events import (
    ChildAtRisk,
    ChildNeedsCare,
    Concern,
    Fact,
    FamilyAtRisk,
    Frozen,
    LivesWith,
    ReportSubmitted,
    RiskLevel,
    child,
    family,
)

PARENTS = {LivesWith.BOTH_PARENTS, LivesWith.MOTHER, LivesWith.FATHER}
NO_FAMILY = {
    LivesWith.STREET: Concern.STREET_LIFE,
    LivesWith.ALONE: Concern.PARENTS_ABSENT,
    LivesWith.INSTITUTION: Concern.PARENTS_ABSENT,
}
"""Where no adult of the family is; with the reason for care when the report names none."""

DOUBT = (
    Concern.TRAFFICKING,
    Concern.SEXUAL_VIOLENCE,
    Concern.EXPLOITATION,
    Concern.ABANDONMENT,
    Concern.PHYSICAL_VIOLENCE,
    Concern.PSYCHOLOGICAL_VIOLENCE,
)
"""A child may be without parental care even at home: the safer of the two is said as well. Gravest first."""

NO_PARENTS = (Concern.PARENTS_DEAD, Concern.PARENTS_ABSENT, Concern.PARENTS_UNABLE)
"""Without parental care, unless the child lives with a parent."""


class Periods(Hashable, Protocol):
    """The response periods intake needs, in hours."""

    @property
    def respond_high_hours(self) -> float: ...
    @property
    def respond_medium_hours(self) -> float: ...
    @property
    def respond_low_hours(self) -> float: ...


class Assessment(Frozen):
    """What a report comes to. `risk_level` is None, and nothing is said, for a plain question."""

    risk_level: RiskLevel | None
    reasons: tuple[str, ...]
    family_at_risk: FamilyAtRisk | None = None
    children_need_care: tuple[ChildNeedsCare, ...] = ()

    @property
    def facts(self) -> list[tuple[str, Fact]]:
        """What intake says, each fact with its subject."""
        said: list[tuple[str, Fact]] = [(child(fact.child_id), fact) for fact in self.children_need_care]
        if self.family_at_risk:
            said.insert(0, (family(self.family_at_risk.family_id), self.family_at_risk))
        return said


@lru_cache(maxsize=500)  # asked for the answer to the sender, then for what is said: one group of reports
def assess(report: ReportSubmitted, recorded: datetime, periods: Periods) -> Assessment:
    """The assessment of a report that Ayllu learnt of at `recorded`: response periods count from there."""
    found = score(report)
    if found.level is None:
        return Assessment(risk_level=None, reasons=())
    respond_by = recorded + period(found.level, periods)
    return Assessment(
        risk_level=found.level,
        reasons=found.reasons,
        family_at_risk=family_at_risk(report, found.level, found.reasons, respond_by),
        children_need_care=children_need_care(report, found.level, respond_by),
    )


def period(level: RiskLevel, periods: Periods) -> timedelta:
    """How long the first response to this level may take."""
    hours = {
        RiskLevel.HIGH: periods.respond_high_hours,
        RiskLevel.MEDIUM: periods.respond_medium_hours,
        RiskLevel.LOW: periods.respond_low_hours,
    }
    return timedelta(hours=hours[level])


def family_at_risk(
    report: ReportSubmitted, level: RiskLevel, reasons: tuple[str, ...], respond_by: datetime
) -> FamilyAtRisk | None:
    """Said for the children who live with their family, and for a family whose children nobody named."""
    children = minors(report)
    at_home = {minor.child_id: minor for minor in children if lives_with_family(minor, report.concerns)}
    if children and not at_home:
        return None
    return FamilyAtRisk(
        family_id=report.family_id,
        children=tuple(ChildAtRisk(**known(minor)) for minor in at_home.values()),
        risk_level=level,
        concerns=tuple(dict.fromkeys(report.concerns)),
        reasons=reasons,
        district=report.district,
        respond_by=respond_by,
    )


def children_need_care(report: ReportSubmitted, level: RiskLevel, respond_by: datetime) -> tuple[ChildNeedsCare, ...]:
    """One fact per child who is, or may be, without parental care; its siblings are the others who are."""
    why = ((minor, care_reason(minor, report.concerns)) for minor in minors(report))
    need = {minor.child_id: (minor, reason) for minor, reason in why if reason}
    return tuple(
        ChildNeedsCare(
            **known(minor),
            family_id=report.family_id,
            siblings=tuple(other for other in need if other != child_id),
            reason=reason,
            urgency=level,
            district=report.district,
            respond_by=respond_by,
        )
        for child_id, (minor, reason) in need.items()
    )


def care_reason(minor: Minor, concerns: tuple[Concern, ...]) -> Concern | None:
    """Why this child needs care, the gravest reason first; None if nothing says so."""
    told = [concern for concern in DOUBT if concern in concerns]
    if minor.told.lives_with not in PARENTS:
        told += [concern for concern in NO_PARENTS if concern in concerns]
    return next(iter(told), NO_FAMILY.get(minor.told.lives_with))


def lives_with_family(minor: Minor, concerns: tuple[Concern, ...]) -> bool:
    """With parents or kin; or with other adults, as long as nothing says that the child needs care."""
    if minor.told.lives_with == LivesWith.OTHER_ADULTS:
        return care_reason(minor, concerns) is None
    return minor.told.lives_with not in NO_FAMILY


def known(minor: Minor) -> dict[str, object]:
    """What may leave intake about a child: no name in it."""
    return {
        "child_id": minor.child_id,
        "birth_month": minor.birth_month,
        "sex": minor.told.sex,
        "in_school": minor.told.in_school,
        "working": minor.told.working,
    }
