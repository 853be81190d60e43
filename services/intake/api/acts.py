"""Decisions by people about a case: its transfer to another district."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from shared.events import CaseTransferred, District, Frozen, Role, family, now, unknown_district
from shared.folds.folding import act
from shared.service import Service
from shared.web import reading
from shared.web.access import EVERYWHERE, SignedIn
from shared.web.bodies import documented
from shared.web.bodies import told as body
from shared.web.openapi import problems
from shared.web.problems import Problem, wrong_fields


class Transfer(Frozen):
    """From one district of the case to another: UBIGEO codes."""

    from_district: District = Field(alias="from")
    to_district: District = Field(alias="to")


def router(service: Service[Any]) -> APIRouter:
    """The routes of these decisions."""
    routes = APIRouter(tags=["families"], responses=problems(400, 401, 403, 404, 409))

    @routes.post("/v1/families/{family_id}/transfer", openapi_extra=documented(Transfer))
    async def transfer(family_id: str, told: Annotated[Transfer, body(Transfer)], staff: SignedIn) -> dict[str, Any]:
        """Transfer a case to another district. Items that wait stay in the old one until they are answered."""
        await reading.view(service.database, staff, family(family_id), "family")
        if staff.role != Role.SUPERVISOR:
            raise Problem(403, "Only a supervisor confirms that a case belongs to another district.")
        _elsewhere(told)
        view = (await service.documents.kept([family(family_id)]))[family(family_id)]
        mine = staff.districts if EVERYWHERE not in staff.districts else view.state.districts
        if told.from_district not in view.state.districts or told.from_district not in mine:
            raise Problem(409, f"The case is not in {told.from_district}, or that district is not yours.")
        moved = CaseTransferred(
            family_id=family_id,
            child_ids=tuple(child.child_id for child in view.state.children)[:500],
            from_district=told.from_district,
            to_district=told.to_district,
            by=staff.id,
        )
        await service.fold([(act(view, "/intake", view.id, moved, now()), [view.id])])
        after = (await service.documents.kept([view.id]))[view.id].state
        return {"familyId": family_id, "district": after.district, "districts": list(after.districts)}

    return routes


def _elsewhere(told: Transfer) -> None:
    """Raises Problem 422 for a district that is none, and for the one that the case is to leave."""
    if wrong := unknown_district(told.to_district):
        raise wrong_fields("There is no such district.", {"to": wrong})
    if told.from_district == told.to_district:
        raise wrong_fields("The case is there already.", {"to": "another district than `from`"})
