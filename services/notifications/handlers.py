"""The items that each received fact concerns: one for each responsible role, whatever is already known."""

from datetime import datetime

from services.notifications.domain import item_id
from shared.events import (
    SCHOOL_BEGINS,
    ApproachAgreed,
    CareAssessmentRequested,
    CaseInDistricts,
    CaseTransferred,
    ChildNeedsCare,
    EnrolmentCheckOpened,
    FamilyAtRisk,
    PlacementRequested,
    RiskLevel,
    RiskReassessed,
    Role,
    SupportPlanOpened,
    age_at,
)
from shared.folds.rules import Hears

RECIPIENTS = (Role.SOCIAL_WORKER, Role.CARE_COORDINATOR, Role.EDUCATION_OFFICER, Role.DUTY_OFFICER)
"""The roles that have items. A supervisor sees those of all."""


def family_at_risk(fact: FamilyAtRisk) -> list[str]:
    school = any(_may_be_of_school_age(each.birth_month, fact.respond_by) for each in fact.children)
    return _items(fact.family_id, Role.SOCIAL_WORKER, fact.risk_level, school=school)


def child_needs_care(fact: ChildNeedsCare) -> list[str]:
    school = _may_be_of_school_age(fact.birth_month, fact.respond_by)
    held = [item_id(fact.family_id, Role.SOCIAL_WORKER)] if fact.on_hold else []  # nobody of the programme goes there
    return [*_items(fact.family_id, Role.CARE_COORDINATOR, fact.urgency, school=school), *held]


def risk_reassessed(fact: RiskReassessed) -> list[str]:
    was_told = fact.previous_level == RiskLevel.HIGH  # the duty officer, who then hears that it is not high any more
    return _items(fact.family_id, Role.SOCIAL_WORKER, RiskLevel.HIGH if was_told else fact.level)


def for_social_worker(fact: SupportPlanOpened) -> list[str]:
    return [item_id(fact.family_id, Role.SOCIAL_WORKER)]


def for_coordinator(fact: CareAssessmentRequested | PlacementRequested) -> list[str]:
    return [item_id(fact.family_id, Role.CARE_COORDINATOR)]


def enrolment_check_opened(fact: EnrolmentCheckOpened) -> list[str]:
    return [item_id(fact.family_id, Role.EDUCATION_OFFICER)]


def whole_case(fact: CaseInDistricts | CaseTransferred | ApproachAgreed) -> list[str]:
    return [item_id(fact.family_id, role) for role in RECIPIENTS]


def _items(family_id: str, role: Role, level: RiskLevel | None, *, school: bool = False) -> list[str]:
    """The item of the leading role; the duty officer's if the level is high; education's for school concerns."""
    roles = [role, *([Role.DUTY_OFFICER] if level == RiskLevel.HIGH else [])]
    return [item_id(family_id, each) for each in (*roles, *([Role.EDUCATION_OFFICER] if school else []))]


def _may_be_of_school_age(birth_month: str | None, respond_by: datetime) -> bool:
    """Judged by the response deadline: a fact does not give the child's age at a late report."""
    return birth_month is None or age_at(birth_month, respond_by.date()) >= SCHOOL_BEGINS


HEARS: Hears = {
    "intake": {
        FamilyAtRisk: family_at_risk,
        ChildNeedsCare: child_needs_care,
        RiskReassessed: risk_reassessed,
        CaseInDistricts: whole_case,
        CaseTransferred: whole_case,
    },
    "care": {
        SupportPlanOpened: for_social_worker,
        ApproachAgreed: whole_case,
        CareAssessmentRequested: for_coordinator,
        PlacementRequested: for_coordinator,
    },
    "education": {EnrolmentCheckOpened: enrolment_check_opened},
}
