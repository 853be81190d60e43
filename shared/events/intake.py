"""What intake says, without names: a family is at risk, a child needs care."""

from typing import Annotated, Literal

from pydantic import Field

from shared.events.envelope import District, Fact, Frozen, Id, Utc
from shared.events.vocabulary import MOST, Codes, Concern, RiskLevel

BirthMonth = Annotated[
    str, Field(pattern=r"^\d{4}-\d{2}$", description="year and month; mid-year if only the year is known")
]
Sex = Literal["female", "male", "other"]


class ChildAtRisk(Frozen):
    """A child of a family at risk: an id and what the programmes need to act."""

    child_id: Id
    birth_month: BirthMonth | None = None
    sex: Sex | None = None
    in_school: bool | None = None
    working: bool | None = None


class FamilyAtRisk(Fact):
    """A report found a family at risk (riesgo de desprotección familiar): the children live with it."""

    family_id: Id
    children: Annotated[tuple[ChildAtRisk, ...], Field(max_length=MOST)]
    risk_level: RiskLevel
    concerns: Annotated[tuple[Concern, ...], Field(max_length=MOST)]
    reasons: Codes = ()
    district: District
    respond_by: Utc


class ChildNeedsCare(ChildAtRisk, Fact):
    """A child is, or may be, without parental care. `siblings`: the others of the same report who are too."""

    family_id: Id
    siblings: Annotated[tuple[Id, ...], Field(max_length=MOST)] = ()
    reason: Concern
    urgency: RiskLevel
    district: District
    respond_by: Utc
