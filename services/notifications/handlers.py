"""Which items concern each fact that notifications hears: one for each responsible role, whatever is known already."""

from shared.events import (
    ChildNeedsCare,
    EnrolmentCheckOpened,
    FamilyAtRisk,
    NotificationAcknowledged,
    PlacementRequested,
    RiskLevel,
    Role,
    SchoolLevel,
    SupportPlanOpened,
    age_at,
    family,
)
from shared.rules import Hears


def item(family_id: str, role: Role) -> str:
    """The id of the item about a family for a role."""
    return f"{family(family_id)}/{role}"


def family_at_risk(fact: FamilyAtRisk) -> list[str]:
    roles = [Role.SOCIAL_WORKER]
    if any(_may_be_of_school_age(each.birth_month, fact) for each in fact.children):
        roles.append(Role.EDUCATION_OFFICER)
    return [item(fact.family_id, role) for role in roles]


def child_needs_care(fact: ChildNeedsCare) -> list[str]:
    roles = [Role.CARE_COORDINATOR]
    if fact.urgency == RiskLevel.HIGH:
        roles.append(Role.DUTY_OFFICER)
    return [item(fact.family_id, role) for role in roles]


def support_plan_opened(fact: SupportPlanOpened) -> list[str]:
    return [item(fact.family_id, Role.SOCIAL_WORKER)]


def placement_requested(fact: PlacementRequested) -> list[str]:
    return [item(fact.family_id, Role.CARE_COORDINATOR)]


def enrolment_check_opened(fact: EnrolmentCheckOpened) -> list[str]:
    return [item(fact.family_id, Role.EDUCATION_OFFICER)]


def notification_acknowledged(fact: NotificationAcknowledged) -> list[str]:
    """Heard over HTTP, from staff."""
    return [item(fact.family_id, fact.role)]


def _may_be_of_school_age(birth_month: str | None, fact: FamilyAtRisk) -> bool:
    """A fact carries no time of its own: the day by which to respond stands for the day of the report."""
    return birth_month is None or SchoolLevel.for_age(age_at(birth_month, fact.respond_by.date())) is not None


HEARS: Hears = {
    "intake": {FamilyAtRisk: family_at_risk, ChildNeedsCare: child_needs_care},
    "care": {SupportPlanOpened: support_plan_opened, PlacementRequested: placement_requested},
    "education": {EnrolmentCheckOpened: enrolment_check_opened},
}
