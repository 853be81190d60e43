"""What education says: a child's enrolment is to be checked."""

from shared.events.envelope import District, Fact, Id
from shared.events.vocabulary import SchoolLevel


class EnrolmentCheckOpened(Fact):
    """Education put a child of school age on its list. `priority` 1 is first; no `level` while its age is unknown."""

    child_id: Id
    family_id: Id
    level: SchoolLevel | None = None
    checks: tuple[str, ...]
    priority: int
    district: District
