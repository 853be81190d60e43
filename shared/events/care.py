"""What care says: a support plan for a family, a placement request for a child."""

from typing import Annotated

from pydantic import Field

from shared.events.envelope import District, Fact, Id, Utc
from shared.events.vocabulary import MOST, Codes, RiskLevel


class SupportPlanOpened(Fact):
    """Care opened a support plan for a family, so that its children can stay."""

    family_id: Id
    goals: Codes
    services: Codes
    district: District


class PlacementRequested(Fact):
    """Care is looking for a home for a child, together with `siblings`."""

    child_id: Id
    family_id: Id
    siblings: Annotated[tuple[Id, ...], Field(max_length=MOST)] = ()
    urgency: RiskLevel
    district: District
    respond_by: Utc
