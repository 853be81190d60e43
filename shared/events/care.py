"""The events of care: support plan opened, assessment requested, placement requested, approach agreed."""

from typing import Annotated

from pydantic import Field

from shared.events.envelope import District, Fact, Id, Utc
from shared.events.vocabulary import MOST, Authority, Codes, Concern, RiskLevel


class SupportPlanOpened(Fact):
    """Care opened a support plan for a family, so that its children can stay."""

    family_id: Id
    goals: Codes
    services: Codes
    district: District


class CareAssessmentRequested(Fact):
    """Somebody has to find out whether a child can stay where it is. Not a placement: only a person requests that."""

    child_id: Id
    family_id: Id
    siblings: Annotated[tuple[Id, ...], Field(max_length=MOST)] = ()
    reasons: Annotated[tuple[Concern, ...], Field(max_length=MOST)]
    urgency: RiskLevel
    district: District
    respond_by: Utc


class PlacementRequested(Fact):
    """A person requested a home for a child together with `siblings`. `by` is their staff id.

    In events from before 0.2, which care published by itself, there is no `by`.
    """

    child_id: Id
    family_id: Id
    siblings: Annotated[tuple[Id, ...], Field(max_length=MOST)] = ()
    urgency: RiskLevel
    district: District
    respond_by: Utc
    by: Id | None = None


class ApproachAgreed(Fact):
    """The authority agrees that the programme approaches a family that was on hold. `by` is a staff id."""

    family_id: Id
    authority: Authority
    reference: Id
    district: District
    by: Id
