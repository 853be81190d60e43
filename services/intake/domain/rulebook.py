"""The rules of triage, ready to apply: what each is about, what it has for an effect, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.intake.domain.children import Minor
from services.intake.domain.conditions import OfChild
from shared.events import Concern, Frozen, RiskLevel

Decision = Literal["assess", "hold", "one_level_up"]


class Reason(Frozen):
    """Why a report comes to what it does: the rule that applied, in both languages, with the norm behind it."""

    rule: str
    es: str
    en: str
    source: str | None = None


@dataclass(frozen=True)
class Rule:
    """One rule. It applies to a child, or to the report as a whole where it has no condition on a child."""

    reason: Reason
    of_child: tuple[OfChild, ...]
    of_case: Mapping[str, bool]
    concerns: frozenset[Concern]
    level: RiskLevel | None = None
    points: int = 0
    decision: Decision | None = None
    about: Concern | None = None
    otherwise: bool = False

    def applies_to(self, minor: Minor) -> bool:
        """Whether every condition on a child holds for this one."""
        return all(holds(minor) for holds in self.of_child)


@dataclass(frozen=True)
class Derived:
    """A concern that what is told of a child amounts to, though nobody named it; and when it is over."""

    concern: Concern
    of_child: tuple[OfChild, ...]
    ends: tuple[OfChild, ...]

    def amounts_to(self, minor: Minor) -> bool:
        """Whether what is told of a child amounts to this concern."""
        return bool(self.of_child) and all(holds(minor) for holds in self.of_child)

    def is_over(self, minor: Minor) -> bool:
        """Whether what is told of a child says that this concern is over."""
        return bool(self.ends) and all(holds(minor) for holds in self.ends)


@dataclass(frozen=True, eq=False)
class Rulebook:
    """All rules, in the order of the file: among decisions about one child the first is the gravest."""

    rules: tuple[Rule, ...]
    derived: tuple[Derived, ...]
    scale: tuple[tuple[int, RiskLevel], ...]
    added_up: Reason
    urgent: Reason
    silent: Mapping[str, Reason]

    @property
    def lasting(self) -> frozenset[Concern]:
        """Concerns that set a level by themselves: they do not wear off, only a person may end them."""
        return frozenset(concern for rule in self.rules if rule.level for concern in rule.concerns)
