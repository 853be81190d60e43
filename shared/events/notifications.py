"""What notifications says: staff were told, staff acknowledged."""

from typing import Annotated

from pydantic import Field

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
    """Somebody in the responsible role said: I have seen it and I act. `acknowledgedBy` is a staff id.

    `causesSeen` is how many causes the item had when they looked, `shownIds` are those that it showed, `causeId` is the
    latest it has. An event of before there was `causesSeen` covers what happened and was learnt of before it.
    """

    family_id: Id
    role: Role
    acknowledged_by: Id
    cause_id: Id
    causes_seen: Annotated[int, Field(ge=1)] | None = None
    shown_ids: Annotated[tuple[Id, ...], Field(max_length=20)] | None = None
