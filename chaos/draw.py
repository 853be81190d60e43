"""The plan of a round, drawn from the seed and the round's number alone, so that it can be repeated."""

import random
from collections.abc import Collection
from dataclasses import dataclass

from chaos.faults import KINDS, Fault

TWO = 0.5
LATEST_BEGIN = 1.5
FIRST_BEGIN = 0.7
POISON = (1, 3)


@dataclass(frozen=True)
class Plan:
    """A round: its faults, the planted poison, and a number from which everything else is drawn."""

    seed: int
    number: int
    faults: tuple[Fault, ...]
    poison: int

    @property
    def drawn(self) -> random.Random:
        """Random numbers of this round, from their beginning."""
        return random.Random(f"ayllu chaos {self.seed} round {self.number}, its load")

    @property
    def forgets(self) -> bool:
        """Whether Redis may lose acknowledged entries: nobody can publish again those of outsiders."""
        kinds = {each.kind for each in self.faults}
        return "redis-emptied" in kinds or kinds >= {"redis-disk-full", "redis-killed"}


def draw(seed: int, number: int, kinds: Collection[str] = KINDS) -> Plan:
    """The plan of a round, with one or two different kinds of fault out of `kinds`."""
    drawn = random.Random(f"ayllu chaos {seed} round {number}")
    count = min(2 if drawn.random() < TWO else 1, len(kinds))
    chosen: list[str] = []
    while len(chosen) < count:
        (kind,) = drawn.choices(list(KINDS), [each.weight for each in KINDS.values()])
        if kind in kinds and kind not in chosen:
            chosen.append(kind)
    return Plan(seed, number, tuple(_fault(kind, drawn) for kind in chosen), drawn.randint(*POISON))


def _fault(name: str, drawn: random.Random) -> Fault:
    kind = KINDS[name]
    return Fault(
        name,
        drawn.choice(kind.targets),
        begins=round(drawn.uniform(FIRST_BEGIN, LATEST_BEGIN), 2),
        lasts=round(drawn.uniform(*kind.lasts), 2),
        number=drawn.randrange(10**9),
    )
