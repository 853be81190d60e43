"""The race of the benchmarks, in small: every contender still does the same work, whatever has changed in a service."""

from collections.abc import Iterator

import pytest

from benchmarks.contenders import CONTENDERS
from benchmarks.core import NotTheSame, expected
from benchmarks.events import families_at_risk
from benchmarks.place import Place, place
from benchmarks.race import run

EVENTS, WARM_UP = 200, 20


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    with place() as started:
        yield started


@pytest.mark.parametrize("name", CONTENDERS)
def test_every_contender_has_each_event_in_each_of_its_documents_once(here: Place, name: str) -> None:
    found = run(here, name, CONTENDERS[name], families_at_risk(EVENTS), WARM_UP)
    assert found.held == expected(families_at_risk(EVENTS))
    assert found.work.cost > 0


def test_a_contender_that_lost_an_event_is_not_in_the_race(here: Place) -> None:
    class Forgetful(type(CONTENDERS["d"])):  # type: ignore[misc]
        def send(self, place: Place, events: list[object]) -> None:
            super().send(place, events[:-1])

    with pytest.raises(NotTheSame):
        run(here, "d", Forgetful(), families_at_risk(EVENTS), WARM_UP)
