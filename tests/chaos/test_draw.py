"""Rounds are drawn from the seed and their number alone, and over many rounds everything is drawn."""

from itertools import chain

import pytest

from chaos.draw import draw
from chaos.faults import KINDS


def test_a_round_is_the_same_whenever_it_is_drawn() -> None:
    assert [draw(7, 12), draw(7, 11), draw(7, 12)] == [draw(7, 12), draw(7, 11), draw(7, 12)]
    assert draw(7, 12).drawn.random() == draw(7, 12).drawn.random()


def test_another_seed_draws_other_rounds() -> None:
    assert [draw(7, number) for number in range(10)] != [draw(8, number) for number in range(10)]


def test_over_many_rounds_every_kind_of_fault_meets_everyone_it_can_hurt() -> None:
    faults = list(chain.from_iterable(draw(7, number).faults for number in range(1, 1001)))
    assert {(each.kind, each.target) for each in faults} == {
        (name, target) for name, kind in KINDS.items() for target in kind.targets
    }


def test_a_round_has_one_or_two_different_faults() -> None:
    kinds = [[each.kind for each in draw(7, number).faults] for number in range(1, 201)]
    assert {len(each) for each in kinds} == {1, 2}
    assert all(len(each) == len(set(each)) for each in kinds)


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_kind_can_be_asked_for(kind: str) -> None:
    assert {each.kind for number in range(10) for each in draw(7, number, [kind]).faults} == {kind}
