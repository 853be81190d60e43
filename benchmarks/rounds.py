"""Rounds: whoever is compared takes turns, another first in each, so that what the machine does meanwhile hits all."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Each = TypeVar("Each")
Tell = Callable[[str], object]
"""Told what is happening, while it runs."""


def in_turn(each: Sequence[Each], round_number: int) -> Sequence[Each]:
    """The same, beginning with another in every round."""
    first = round_number % len(each)
    return [*each[first:], *each[:first]]
