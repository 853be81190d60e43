"""The events of intake, without names: what a report found, news of a child, the districts of a case."""

from typing import Annotated, Literal

from pydantic import Field

from shared.events.envelope import District, Fact, Frozen, Id, Utc
from shared.events.vocabulary import MOST, Codes, Concern, LivesWith, RiskLevel

BirthMonth = Annotated[
    str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$", description="year and month; mid-year if only the year is known")
]
Sex = Literal["female", "male", "other"]
Concerns = Annotated[tuple[Concern, ...], Field(max_length=MOST)]
Districts = Annotated[tuple[District, ...], Field(max_length=MOST)]


class ChildAtRisk(Frozen):
    """A child of a family at risk: an id and what the programmes need to act.

    `concerns` are those about this child, including those of its whole family. `district` is where the child lives, if
    that is known and elsewhere.
    """

    child_id: Id
    birth_month: BirthMonth | None = None
    sex: Sex | None = None
    in_school: bool | None = None
    working: bool | None = None
    concerns: Concerns = ()
    district: District | None = None


class FamilyAtRisk(Fact):
    """A report found a family at risk (riesgo de desprotección familiar): the children live with it.

    `onHold`: the adults may be involved. Nobody approaches the family until the authority agrees.
    """

    family_id: Id
    children: Annotated[tuple[ChildAtRisk, ...], Field(max_length=MOST)]
    risk_level: RiskLevel
    concerns: Concerns
    reasons: Codes = ()
    district: District
    respond_by: Utc
    on_hold: bool = False


class ChildNeedsCare(ChildAtRisk, Fact):
    """A child is, or may be, without parental care. `siblings`: other such children of the same report."""

    family_id: Id
    siblings: Annotated[tuple[Id, ...], Field(max_length=MOST)] = ()
    reason: Concern
    urgency: RiskLevel
    district: District
    respond_by: Utc
    lives_with: LivesWith | None = None
    on_hold: bool = False


class ChildUpdated(ChildAtRisk, Fact):
    """A report brought news of a child that is no risk: back in school, for example."""

    family_id: Id
    district: District


class RiskReassessed(Fact):
    """The level of a family, judged from everything known, changed; None is no risk any more."""

    family_id: Id
    level: RiskLevel | None = None
    previous_level: RiskLevel | None = None
    reasons: Codes = ()
    district: District
    respond_by: Utc | None = None


class CaseInDistricts(Fact):
    """A case belongs to several districts: each that reported it, and each where one of its children lives."""

    family_id: Id
    child_ids: Annotated[tuple[Id, ...], Field(max_length=500)] = ()
    districts: Districts


class CaseTransferred(Fact):
    """A person confirmed that a case belongs to another district from now on. `by` is a staff id."""

    family_id: Id
    child_ids: Annotated[tuple[Id, ...], Field(max_length=500)] = ()
    from_district: Annotated[District, Field(alias="from")]
    to_district: Annotated[District, Field(alias="to")]
    by: Id
