"""One inbox item for a family and a responsible role: why it is there, by when to act, who has seen and answered it."""

from typing import Literal

from pydantic import TypeAdapter

from shared.events import Concern, Due, Frozen, Response, RiskLevel, Role, Utc, family

RECENT_CAUSES = 5
"""How many of the latest causes an item shows; all of them are in its timeline."""


class Cause(Frozen):
    """A fact of intake that somebody in the role has to answer, with its own level and deadline."""

    event_id: str
    correlation_id: str | None = None
    type: Literal["FamilyAtRisk", "ChildNeedsCare", "RiskReassessed"]
    level: RiskLevel
    respond_by: Utc | None = None
    child_ids: tuple[str, ...]
    happened: Utc
    recorded: Utc


class Earlier(Frozen):
    """The causes before those an item shows."""

    count: int


class Acknowledged(Frozen):
    """Who has seen the item, and when."""

    by: str
    at: Utc


class Answered(Frozen):
    """Who answered all causes, with what, and when."""

    by: str
    what: Response
    at: Utc


class Step(Frozen):
    """A step by another service, or by somebody there: its first time."""

    type: Literal[
        "SupportPlanOpened", "CareAssessmentRequested", "PlacementRequested", "EnrolmentCheckOpened", "ApproachAgreed"
    ]
    child_id: str | None = None
    at: Utc


class Item(Frozen):
    """An item of the inbox. Without causes it has only received progress, and there is nothing to show.

    `level`, `respondBy` and `acknowledgeBy` come from the causes in `due`, which nobody has answered yet. Without any,
    they are absent, and `answered` says what was done last. `leaving` are districts the case was transferred from while
    a cause waited: they keep the item until it is answered.
    """

    family_id: str
    role: Role
    district: str | None = None
    districts: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    due: tuple[Due, ...] = ()
    level: RiskLevel | None = None
    respond_by: Utc | None = None
    acknowledge_by: Utc | None = None
    risk_level: RiskLevel | None = None
    on_hold: bool = False
    held_at: Utc | None = None
    child_ids: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    earlier: Earlier | None = None
    concerns: tuple[Concern, ...] = ()
    acknowledged: Acknowledged | None = None
    answered: Answered | None = None
    progress: tuple[Step, ...] = ()

    @property
    def count(self) -> int:
        """How many causes it has, shown or not."""
        return (self.earlier.count if self.earlier else 0) + len(self.causes)


STATE: TypeAdapter[Item] = TypeAdapter(Item)
SHAPE = 2
"""The shape of stored states; version 0.1 had 1."""


def item_id(family_id: str, role: Role) -> str:
    """The id of the item about a family for a role."""
    return f"{family(family_id)}/{role}"


def begin(document_id: str) -> Item:
    """The empty item of `family/<id>/<role>`."""
    family_id, _, role = document_id.partition("/")[2].rpartition("/")
    return Item(family_id=family_id, role=Role(role))
