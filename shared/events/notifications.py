"""What notifications says: staff were told, staff acknowledged."""

from shared.events.envelope import District, Fact, Id, Utc
from shared.events.vocabulary import RiskLevel, Role


class StaffNotified(Fact):
    """An item for a role about a family is in the inbox, to be answered by `respondBy`."""

    family_id: Id
    role: Role
    cause_id: Id
    level: RiskLevel
    district: District
    respond_by: Utc


class NotificationAcknowledged(Fact):
    """Somebody in the responsible role said: I have seen it and I act. `acknowledgedBy` is a staff id."""

    family_id: Id
    role: Role
    acknowledged_by: Id
    cause_id: Id
