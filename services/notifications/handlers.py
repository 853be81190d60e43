"""Which items concern each fact that notifications hears: one for each responsible role, whatever is known already."""

from datetime import datetime

from services.notifications.domain import item_id
from shared.events import (
    SCHOOL_BEGINS,
    ChildNeedsCare,
    EnrolmentCheckOpened,
    FamilyAtRisk,
    PlacementRequested,
    RiskLevel,
    Role,
    SupportPlanOpened,
    age_at,
)
from shared.folds.rules import Hears


def family_at_risk(fact: FamilyAtRisk) -> list[str]:
    roles = [Role.SOCIAL_WORKER]
    if any(_may_be_of_school_age(each.birth_month, fact.respond_by) for each in fact.children):
        roles.append(Role.EDUCATION_OFFICER)
    return [item_id(fact.family_id, role) for role in roles]


def child_needs_care(fact: ChildNeedsCare) -> list[str]:
    roles = [Role.CARE_COORDINATOR]
    if fact.urgency == RiskLevel.HIGH:
        roles.append(Role.DUTY_OFFICER)
    if _may_be_of_school_age(fact.birth_month, fact.respond_by):
        roles.append(Role.EDUCATION_OFFICER)
    return [item_id(fact.family_id, role) for role in roles]


def support_plan_opened(fact: SupportPlanOpened) -> list[str]:
    return [item_id(fact.family_id, Role.SOCIAL_WORKER)]


def placement_requested(fact: PlacementRequested) -> list[str]:
    return [item_id(fact.family_id, Role.CARE_COORDINATOR)]


def enrolment_check_opened(fact: EnrolmentCheckOpened) -> list[str]:
    return [item_id(fact.family_id, Role.EDUCATION_OFFICER)]


def _may_be_of_school_age(birth_month: str | None, respond_by: datetime) -> bool:
    """By the day by which to respond. How old the child was at a report that came late, a fact does not say."""
    return birth_month is None or age_at(birth_month, respond_by.date()) >= SCHOOL_BEGINS


HEARS: Hears = {
    "intake": {FamilyAtRisk: family_at_risk, ChildNeedsCare: child_needs_care},
    "care": {SupportPlanOpened: support_plan_opened, PlacementRequested: placement_requested},
    "education": {EnrolmentCheckOpened: enrolment_check_opened},
}
