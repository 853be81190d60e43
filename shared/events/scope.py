"""The districts of a case: each that reported it, each where a child lives, until a person transfers it."""

from typing import Protocol, Self, TypeVar

from shared.events.envelope import Frozen
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


class Home(Frozen):
    """A family that a child belongs to, and the districts of that family's case."""

    family_id: str
    districts: tuple[str, ...]


class ChildCase(Case, Protocol):
    """A view of a child: its `districts` are those of all its families."""

    @property
    def homes(self) -> tuple[Home, ...]: ...


Child = TypeVar("Child", bound=ChildCase)


def child_in_district(view: Child, family_id: str, district: str, *others: str) -> Child:
    """The child, once its family is reported in these districts too."""
    return _at_home(view, family_id, (*_districts(view, family_id), district, *others), view.district or district)


def child_in_districts(view: Child, fact: CaseInDistricts) -> Child:
    """The child, once intake has published all districts of its family's case."""
    return child_in_district(view, fact.family_id, *fact.districts)


def child_transferred(view: Child, fact: CaseTransferred) -> Child:
    """The child, once the case of one of its families is transferred: the others stay where they are."""
    left = [each for each in _districts(view, fact.family_id) if each != fact.from_district]
    home = fact.to_district if view.district in (None, fact.from_district) else view.district
    return _at_home(view, fact.family_id, (*left, fact.to_district), home)


def _districts(view: ChildCase, family_id: str) -> tuple[str, ...]:
    return next((home.districts for home in view.homes if home.family_id == family_id), ())


def _at_home(view: Child, family_id: str, districts: tuple[str, ...], district: str | None) -> Child:
    homes = {home.family_id: home for home in view.homes}
    homes[family_id] = Home(family_id=family_id, districts=tuple(dict.fromkeys(districts)))
    everywhere = dict.fromkeys(each for home in homes.values() for each in home.districts)
    return view.but(homes=tuple(homes.values()), districts=tuple(everywhere), district=district)
