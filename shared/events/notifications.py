"""The events of notifications: staff were notified, staff acknowledged, staff answered."""

from typing import Annotated

from pydantic import Field

from shared.events.envelope import District, Fact, Id, Utc
from shared.events.vocabulary import Response, RiskLevel, Role


class StaffNotified(Fact):
    """A cause about a family is in the inbox of a role, with its own level and its own deadline `respondBy`."""

    family_id: Id
    role: Role
    cause_id: Id
    level: RiskLevel
    district: District
    respond_by: Utc


class NotificationAcknowledged(Fact):
    """Somebody in the responsible role has seen it and acts. `acknowledgedBy` is a staff id.

    `causesSeen` is how many causes the item had when they looked, `shownIds` are those it showed, `causeId` is its
    latest. An old event without `causesSeen` covers the causes that happened and were recorded before it.
    """

    family_id: Id
    role: Role
    acknowledged_by: Id
    cause_id: Id
    causes_seen: Annotated[int, Field(ge=1)] | None = None
    shown_ids: Annotated[tuple[Id, ...], Field(max_length=20)] | None = None


class ResponseRecorded(Fact):
    """Somebody acted on a notification: `what`, at `at`. It answers the causes it names.

    `causesSeen` is how many causes the item had when they looked: if that is all there are, all are answered.
    """

    family_id: Id
    child_ids: Annotated[tuple[Id, ...], Field(max_length=500)] = ()
    role: Role
    by: Id
    what: Response
    at: Utc
    cause_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=1000)]
    causes_seen: Annotated[int, Field(ge=1)] | None = None
