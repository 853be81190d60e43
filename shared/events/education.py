"""The event of education: a child's enrolment has to be checked."""

from typing import Annotated

from pydantic import Field

from shared.events.envelope import District, Fact, Id
from shared.events.vocabulary import Codes, SchoolLevel


class EnrolmentCheckOpened(Fact):
    """Education put a child of school age on its list. `priority` 1 is first; no `level` while its age is unknown."""

    child_id: Id
    family_id: Id
    level: SchoolLevel | None = None
    checks: Codes
    priority: Annotated[int, Field(ge=1, le=99)]
    district: District
