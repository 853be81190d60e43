"""The event of other systems: `ReportSubmitted`, a report about a family. The only fact with names."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.events.door import BirthDate, ExistingDistrict, ReportedAt
from shared.events.envelope import Fact, Frozen, Id
from shared.events.vocabulary import MOST, Concern, LivesWith, RiskLevel, Trade

Name = Annotated[str, Field(min_length=1, max_length=200)]
Short = Annotated[str, Field(min_length=1, max_length=100)]
BirthYear = Annotated[int, Field(ge=1900, le=2200)]


class Reporter(Frozen):
    """Who reports, by role; `contact` is how to reach them."""

    role: Literal["family", "teacher", "health_worker", "police", "demuna", "community", "other"]
    contact: Name | None = None


class Caregiver(Frozen):
    """An adult who looks after the children."""

    name: Name
    document_number: Short | None = None
    relation: Literal["mother", "father", "grandparent", "relative", "sibling", "guardian", "other"]
    phone: Short | None = None


class Household(Frozen):
    """The family as the reporter knows it; `id` is the sender's own, stable id. Income in soles a month."""

    id: Id | None = None
    caregivers: Annotated[tuple[Caregiver, ...], Field(max_length=20)] = ()
    address: Annotated[str, Field(max_length=500)] | None = None
    monthly_income: Annotated[float, Field(ge=0, le=10_000_000, allow_inf_nan=False)] | None = None
    household_size: Annotated[int, Field(ge=1, le=100)] | None = None


class ReportedChild(Frozen):
    """A child as reported; age by `birthDate`, `birthYear` or `ageYears`, the most precise one known.

    `district` is where the child lives, if not in the report's district. `placedByAuthority` says whether the UPE or a
    judge brought it to the institution or the foster family; `protectiveAdult` whether it lives with an adult who
    protects it.
    """

    id: Id | None = None
    name: Name | None = None
    birth_date: BirthDate | None = None
    birth_year: BirthYear | None = None
    age_years: Annotated[int, Field(ge=0, le=25)] | None = None
    sex: Literal["female", "male", "other"] | None = None
    district: ExistingDistrict | None = None
    lives_with: LivesWith
    placed_by_authority: bool | None = None
    protective_adult: bool | None = None
    in_school: bool | None = None
    working: bool | None = None
    work_hours: Annotated[float, Field(ge=0, le=168, allow_inf_nan=False, description="hours a week")] | None = None
    trade: Trade | None = None
    night_work: bool | None = None
    malnutrition: Literal["none", "chronic", "acute"] | None = None
    concerns: Annotated[tuple[Concern, ...], Field(max_length=MOST)] = ()


class Consent(Frozen):
    """Whether partners may see the case, and on what ground it is processed."""

    share_with_partners: bool
    basis: Literal["consent", "legal_duty", "vital_interest"]


class Report(Frozen):
    """One report about one family, as another system sends it; new ones are validated in the context `DOOR`."""

    report_id: Id
    reported_at: ReportedAt
    reporter: Reporter
    district: ExistingDistrict
    family: Household
    children: Annotated[tuple[ReportedChild, ...], Field(max_length=MOST)] = ()
    concerns: Annotated[tuple[Concern, ...], Field(max_length=MOST)] = ()
    urgency: RiskLevel | None = None
    narrative: Annotated[str, Field(max_length=20_000)] | None = None
    consent: Consent


class ReportSubmitted(Fact, Report):
    """Another system reported a family. `familyId` and `childIds` (in the order of `children`) are intake's.

    `contradicts`, in the same order, has the id of the child reported before under the same sender's id or name, but
    with another birth or sex; empty for all others.
    """

    private: ClassVar[bool] = True

    family_id: Id = ""
    child_ids: tuple[Id, ...] = ()
    contradicts: tuple[str, ...] = ()

    def __hash__(self) -> int:
        """From its id alone: rules look reports up in caches, and hashing narrative and children would be slow."""
        return hash(self.report_id)
