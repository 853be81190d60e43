"""Who publishes which event on the stream of its name, and who has to receive it."""

from shared.events.care import ApproachAgreed, CareAssessmentRequested, PlacementRequested, SupportPlanOpened
from shared.events.education import EnrolmentCheckOpened
from shared.events.envelope import Fact
from shared.events.intake import (
    CaseInDistricts,
    CaseTransferred,
    ChildNeedsCare,
    ChildUpdated,
    FamilyAtRisk,
    RiskReassessed,
)
from shared.events.notifications import NotificationAcknowledged, ResponseRecorded, StaffNotified

LISTENERS: dict[str, tuple[str, ...]] = {
    "reports": ("intake",),
    "intake": ("care", "education", "notifications"),
    "care": ("intake", "notifications"),
    "education": ("notifications",),
    "notifications": ("care",),
}
"""Each stream and the services that must have read an entry before it may be trimmed."""

SPOKEN_BY: dict[str, tuple[type[Fact], ...]] = {
    "intake": (FamilyAtRisk, ChildNeedsCare, ChildUpdated, RiskReassessed, CaseInDistricts, CaseTransferred),
    "care": (SupportPlanOpened, CareAssessmentRequested, PlacementRequested, ApproachAgreed),
    "education": (EnrolmentCheckOpened,),
    "notifications": (StaffNotified, NotificationAcknowledged, ResponseRecorded),
}
"""The events each service publishes."""
