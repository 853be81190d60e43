"""The published language: the envelope and every event, grouped by publisher.

Events are past-tense facts. Fields are only ever added; readers ignore fields they do not know.
"""

from shared.events.births import age_at
from shared.events.care import ApproachAgreed, CareAssessmentRequested, PlacementRequested, SupportPlanOpened
from shared.events.deadlines import Due, acknowledge_by, level_of, respond_by, with_due, without
from shared.events.districts import districts, unknown_district
from shared.events.door import DOOR
from shared.events.education import EnrolmentCheckOpened
from shared.events.envelope import (
    EVENT_FIELD,
    TRACEPARENT,
    District,
    Event,
    Fact,
    Frozen,
    Id,
    Place,
    UnknownType,
    Utc,
    child,
    family,
    now,
)
from shared.events.holds import approached, held
from shared.events.intake import (
    CaseInDistricts,
    CaseTransferred,
    ChildAtRisk,
    ChildNeedsCare,
    ChildUpdated,
    FamilyAtRisk,
    RiskReassessed,
)
from shared.events.notifications import NotificationAcknowledged, ResponseRecorded, StaffNotified
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
from shared.events.scope import in_district, in_districts, transferred
from shared.events.speakers import LISTENERS, SPOKEN_BY
from shared.events.vocabulary import (
    SCHOOL_BEGINS,
    Concern,
    Labelled,
    LivesWith,
    Response,
    RiskLevel,
    Role,
    SchoolLevel,
    Trade,
)

__all__ = [
    "DOOR",
    "EVENT_FIELD",
    "LISTENERS",
    "MOST_PARTITIONS",
    "SCHOOL_BEGINS",
    "SPOKEN_BY",
    "TRACEPARENT",
    "ApproachAgreed",
    "CareAssessmentRequested",
    "Caregiver",
    "CaseInDistricts",
    "CaseTransferred",
    "ChildAtRisk",
    "ChildNeedsCare",
    "ChildUpdated",
    "Concern",
    "Consent",
    "District",
    "Due",
    "EnrolmentCheckOpened",
    "Event",
    "Fact",
    "FamilyAtRisk",
    "Frozen",
    "Household",
    "Id",
    "Labelled",
    "LivesWith",
    "NotificationAcknowledged",
    "Place",
    "PlacementRequested",
    "Report",
    "ReportSubmitted",
    "ReportedChild",
    "Reporter",
    "Response",
    "ResponseRecorded",
    "RiskLevel",
    "RiskReassessed",
    "Role",
    "SchoolLevel",
    "StaffNotified",
    "SupportPlanOpened",
    "Trade",
    "UnknownType",
    "Utc",
    "acknowledge_by",
    "age_at",
    "approached",
    "child",
    "districts",
    "family",
    "held",
    "in_district",
    "in_districts",
    "level_of",
    "name_of",
    "now",
    "number_of",
    "partition_of",
    "respond_by",
    "stream_of",
    "streams_of",
    "transferred",
    "unknown_district",
    "with_due",
    "without",
]
