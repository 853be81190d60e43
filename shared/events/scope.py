"""The districts of a case: each that reported it, each where a child lives, until a person transfers it."""

from typing import Protocol, Self, TypeVar

from shared.events.intake import CaseInDistricts, CaseTransferred


class Case(Protocol):
    """A view of a case: `district` is where it was opened or transferred to, `districts` are all of them."""

    @property
    def district(self) -> str | None: ...
    @property
    def districts(self) -> tuple[str, ...]: ...
    def but(self, **changes: object) -> Self: ...


Seen = TypeVar("Seen", bound=Case)


def in_district(case: Seen, district: str, *others: str) -> Seen:
    """The case, once it is reported in these districts too."""
    districts = tuple(dict.fromkeys((*case.districts, district, *others)))
    return case.but(district=case.district or district, districts=districts)


def in_districts(case: Seen, fact: CaseInDistricts) -> Seen:
    """The case, once intake has published all its districts."""
    return in_district(case, *fact.districts)


def transferred(case: Seen, fact: CaseTransferred) -> Seen:
    """The case, once a person has confirmed its transfer."""
    left = [each for each in case.districts if each != fact.from_district]
    home = fact.to_district if case.district in (None, fact.from_district) else case.district
    return case.but(district=home, districts=tuple(dict.fromkeys((*left, fact.to_district))))
