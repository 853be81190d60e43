"""Care's rules, pure: a support plan for each family at risk, an assessment of each child who may need care."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from services.care.domain.assessment import Assessment, decide_assessment, evolve_assessment
from services.care.domain.plan import Plan, decide_plan, evolve_plan
from shared.events import Event, Fact

State = Plan | Assessment
STATE: TypeAdapter[State] = TypeAdapter(Annotated[State, Field(discriminator="kind")])

SHAPE = 2
"""The shape of stored states; version 0.1 had 1."""


def begin(document_id: str) -> State:
    """The empty plan of `family/<id>`, or the empty assessment of `child/<id>`."""
    kind, _, subject_id = document_id.partition("/")
    return Plan(family_id=subject_id) if kind == "family" else Assessment(child_id=subject_id)


def evolve(state: State, event: Event) -> State:
    """The plan or the assessment after an event that concerns it."""
    return evolve_plan(state, event) if isinstance(state, Plan) else evolve_assessment(state, event)


def decide(state: State, event: Event) -> list[tuple[str, Fact]]:
    """What care publishes in response to an event, given the plan or the assessment before it."""
    return decide_plan(state, event) if isinstance(state, Plan) else decide_assessment(state, event)


__all__ = ["SHAPE", "STATE", "Assessment", "Plan", "State", "begin", "decide", "evolve"]
