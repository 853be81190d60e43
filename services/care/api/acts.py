"""Decisions by people in care: to request a placement; to record that an authority agrees to approach a family."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter

from services.care import store
from services.care.domain import Assessment
from shared.events import (
    ApproachAgreed,
    Authority,
    Fact,
    Frozen,
    Id,
    PlacementRequested,
    RiskLevel,
    Role,
    child,
    family,
    now,
)
from shared.folds.folding import View, act
from shared.service import Service
from shared.web import reading
from shared.web.access import SignedIn, Staff
from shared.web.bodies import documented, told
from shared.web.openapi import problems
from shared.web.problems import Problem

DECIDE = (Role.CARE_COORDINATOR, Role.SUPERVISOR)


class Agreement(Frozen):
    """The authority that agreed, and the reference of its document."""

    authority: Authority
    reference: Id


Agreed = Annotated[Agreement, told(Agreement)]


def router(service: Service[Any]) -> APIRouter:
    """The routes of these decisions."""
    routes = APIRouter(responses=problems(400, 403, 409))

    @routes.post("/v1/children/{child_id}/placement")
    async def request_placement(child_id: str, staff: SignedIn) -> dict[str, Any]:
        """Request a placement, after the assessment. Only a care coordinator or a supervisor may."""
        view = await _opened(service, staff, child(child_id), "assessment")
        if view.state.placement:
            raise Problem(409, "A placement has already been requested.")
        return await _done(service, view, _placement(view.state, staff.id))

    @routes.post("/v1/families/{family_id}/approach", openapi_extra=documented(Agreement))
    async def agree_approach(family_id: str, agreement: Agreed, staff: SignedIn) -> dict[str, Any]:
        """Record that the authority agrees: the family is no longer on hold."""
        view = await _opened(service, staff, family(family_id), "plan", store.ON_HOLD_OR_OPENED)
        if not view.state.on_hold:
            raise Problem(409, "This family is not on hold.")
        agreed = ApproachAgreed(
            family_id=family_id, district=view.state.district, by=staff.id, **agreement.model_dump()
        )
        return await _done(service, view, agreed, await store.assessments_on_hold(service.database, family_id))

    return routes


def _placement(found: Assessment, by: str) -> PlacementRequested:
    return PlacementRequested(
        child_id=found.child_id,
        family_id=found.family_id or "",
        siblings=tuple(each for each in found.keep_together if each != found.child_id),
        urgency=found.urgency or RiskLevel.LOW,
        district=found.district or "",
        respond_by=found.respond_by or now(),
        by=by,
    )


async def _opened(
    service: Service[Any], staff: Staff, document: str, kind: str, among: dict[str, Any] | None = None
) -> View[Any]:
    """The view, if this person may decide about it. Raises Problem 403, 404."""
    await reading.view(service.database, staff, document, kind, among or store.ASKED[kind])
    if staff.role not in DECIDE:
        raise Problem(403, "Only a care coordinator (Coordinación de acogimiento) or a supervisor decides this.")
    return (await service.documents.kept([document]))[document]


async def _done(service: Service[Any], view: View[Any], fact: Fact, others: Sequence[str] = ()) -> dict[str, Any]:
    """The view after a decision about it, which concerns others too."""
    seen = max((view, *(await service.documents.kept(others)).values()), key=lambda each: each.last)
    await service.fold([(act(seen, "/care", view.id, fact, now()), [view.id, *others])])
    after = (await service.documents.kept([view.id]))[view.id]
    return {**after.state.model_dump(mode="json", exclude_none=True), "version": after.version}
