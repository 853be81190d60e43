"""The published language: the envelope and every event, grouped by who says it.

Events are past-tense facts. Fields are only ever added; readers ignore fields they do not know.
"""

from shared.events.births import age_at
from shared.events.care import PlacementRequested, SupportPlanOpened
from shared.events.education import EnrolmentCheckOpened
from shared.events.envelope import (
    EVENT_FIELD,
    TRACEPARENT,
    District,
    Event,
    Fact,
    Frozen,
    Id,
    UnknownType,
    Utc,
    child,
    family,
    now,
)
from shared.events.intake import ChildAtRisk, ChildNeedsCare, FamilyAtRisk
from shared.events.notifications import NotificationAcknowledged, StaffNotified
from shared.events.outsiders import (
    Caregiver,
    Consent,
    Household,
    Report,
    ReportedChild,
    Reporter,
    ReportSubmitted,
)
from shared.events.partitions import partition_of
from shared.events.vocabulary import SCHOOL_BEGINS, Concern, LivesWith, RiskLevel, Role, SchoolLevel

LISTENERS: dict[str, tuple[str, ...]] = {
    "reports": ("intake",),
    "intake": ("care", "education", "notifications"),
    "care": ("intake", "notifications"),
    "education": ("notifications",),
    "notifications": (),
}
"""Each stream and the services that must have heard an entry before it may be trimmed."""

SPOKEN_BY: dict[str, tuple[type[Fact], ...]] = {
    "intake": (FamilyAtRisk, ChildNeedsCare),
    "care": (SupportPlanOpened, PlacementRequested),
    "education": (EnrolmentCheckOpened,),
    "notifications": (StaffNotified, NotificationAcknowledged),
}
"""What each service says."""

__all__ = [
    "EVENT_FIELD",
    "LISTENERS",
    "SCHOOL_BEGINS",
    "SPOKEN_BY",
    "TRACEPARENT",
    "Caregiver",
    "ChildAtRisk",
    "ChildNeedsCare",
    "Concern",
    "Consent",
    "District",
    "EnrolmentCheckOpened",
    "Event",
    "Fact",
    "FamilyAtRisk",
    "Frozen",
    "Household",
    "Id",
    "LivesWith",
    "NotificationAcknowledged",
    "PlacementRequested",
    "Report",
    "ReportSubmitted",
    "ReportedChild",
    "Reporter",
    "RiskLevel",
    "Role",
    "SchoolLevel",
    "StaffNotified",
    "SupportPlanOpened",
    "UnknownType",
    "Utc",
    "age_at",
    "child",
    "family",
    "now",
    "partition_of",
]
