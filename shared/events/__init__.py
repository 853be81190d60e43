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
from shared.events.partitions import MOST_PARTITIONS, name_of, number_of, partition_of, stream_of, streams_of
from shared.events.speakers import LISTENERS, SPOKEN_BY
from shared.events.vocabulary import SCHOOL_BEGINS, Concern, LivesWith, RiskLevel, Role, SchoolLevel

__all__ = [
    "EVENT_FIELD",
    "LISTENERS",
    "MOST_PARTITIONS",
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
    "name_of",
    "now",
    "number_of",
    "partition_of",
    "stream_of",
    "streams_of",
]
