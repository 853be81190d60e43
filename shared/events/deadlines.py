"""Causes that wait for an answer: each has its own level and its own deadlines, and they end with its answer."""

from collections.abc import Collection, Sequence

from shared.events.envelope import Frozen, Utc
from shared.events.vocabulary import RiskLevel

MOST_DUE = 10
"""Causes kept one by one. If there are more, the least urgent are merged into one, which ends once all are answered."""

MOST_TOGETHER = 1000
"""As many as an answer names; of more, the latest."""

REST = ""


class Due(Frozen):
    """A cause that nobody has answered yet. It has no `acknowledgeBy` once somebody has seen it.

    One without an id stands for several: `together` are their ids.
    """

    cause_id: str
    together: tuple[str, ...] = ()
    level: RiskLevel
    respond_by: Utc
    acknowledge_by: Utc | None = None


def level_of(due: Sequence[Due]) -> RiskLevel | None:
    """The highest level of the waiting causes; None if there are none."""
    return max((each.level for each in due), key=lambda level: level.rank, default=None)


def respond_by(due: Sequence[Due]) -> Utc | None:
    """The earliest deadline of the waiting causes; None if there are none."""
    return min((each.respond_by for each in due), default=None)


def acknowledge_by(due: Sequence[Due]) -> Utc | None:
    """The earliest deadline to acknowledge a cause; None if all are seen."""
    return min((each.acknowledge_by for each in due if each.acknowledge_by), default=None)


def with_due(due: Sequence[Due], new: Due) -> tuple[Due, ...]:
    """The waiting causes, with one more."""
    all_due = sorted((*due, new), key=lambda each: (-each.level.rank, each.respond_by))
    if len(all_due) <= MOST_DUE:
        return tuple(all_due)
    *kept, one, other = all_due
    seen = [each for each in (one.acknowledge_by, other.acknowledge_by) if each]
    rest = Due(
        cause_id=REST,
        together=(*_ids(one), *_ids(other))[-MOST_TOGETHER:],
        level=one.level.or_higher(other.level),
        respond_by=min(one.respond_by, other.respond_by),
        acknowledge_by=min(seen, default=None),
    )
    return (*kept, rest)


def without(due: Sequence[Due], answered: Collection[str]) -> tuple[Due, ...]:
    """The causes that still wait once these are answered."""
    left = ((each, [cause for cause in _ids(each) if cause not in answered]) for each in due)
    return tuple(each.but(together=tuple(ids)) if each.together else each for each, ids in left if ids)


def _ids(due: Due) -> tuple[str, ...]:
    return due.together or (due.cause_id,)
