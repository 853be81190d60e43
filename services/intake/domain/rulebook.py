"""The file of rules, `triage.toml`: read, checked with the line of the mistake, and made ready to apply."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.intake.domain.children import Minor
from services.intake.domain.conditions import OfChild, Wrong, of_child
from shared.events import Concern, Frozen, RiskLevel

OF_CASE = ("urgency", "narrative", "child")
"""Conditions on a report as a whole: the sender is in a hurry, it tells a story, it names a child."""

Told = TypeVar("Told")
Made = TypeVar("Made")
Decision = Literal["assess", "hold", "one_level_up"]


class WrongRules(ValueError):
    """The file of rules cannot be used; each line of the message names the place and the mistake."""


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


class _Text(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = Field(pattern=r"^[A-Z][0-9]{2}$")
    es: str = Field(min_length=3, max_length=300)
    en: str = Field(min_length=3, max_length=300)
    source: str | None = Field(None, max_length=300)
    to_confirm: bool = False

    def reason(self) -> Reason:
        doubt = " (por confirmar por un abogado; to be confirmed by counsel)" if self.to_confirm else ""
        return Reason(rule=self.id, es=self.es, en=self.en, source=self.source and self.source + doubt)


class _Rule(_Text):
    when: dict[str, Any] = Field(min_length=1)
    level: RiskLevel | None = None
    points: int | None = Field(None, ge=1, le=10)
    decision: Decision | None = None
    about: Concern | None = None
    otherwise: bool = False


class _Derived(BaseModel):
    model_config = ConfigDict(extra="forbid")
    code: Concern
    when: dict[str, Any] = Field({}, description="none: nothing amounts to it, it only ends")
    ends: dict[str, Any] = {}


class _Scale(BaseModel):
    model_config = ConfigDict(extra="forbid")
    low: int = Field(ge=1)
    medium: int = Field(ge=1)
    high: int = Field(ge=1)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    scale: _Scale
    added_up: _Text
    urgent: _Text
    silent: dict[Literal["question", "good_news"], _Text] = Field(min_length=2)
    concern: list[_Derived] = []
    rule: list[_Rule] = Field(min_length=1)


def read_rules(text: str, name: str = "triage.toml") -> Rulebook:
    """The rules of a file. Raises WrongRules that names each mistake with its line."""
    try:
        told = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise WrongRules(f"{name}: {error}") from error
    except ValidationError as error:
        raise WrongRules("\n".join(_told(text, name, each["loc"], each["msg"]) for each in error.errors())) from error
    wrong: list[str] = []
    rules = [*_made("rule", told.rule, _rule, text, name, wrong)]
    derived = [*_made("concern", told.concern, _derived, text, name, wrong)]
    wrong += [_told(text, name, ("rule", at, "id"), "this id is taken") for at in _twice([r.id for r in told.rule])]
    if wrong:
        raise WrongRules("\n".join(wrong))
    scale = ((told.scale.high, RiskLevel.HIGH), (told.scale.medium, RiskLevel.MEDIUM), (told.scale.low, RiskLevel.LOW))
    silent = {str(kind): each.reason() for kind, each in told.silent.items()}
    return Rulebook(tuple(rules), tuple(derived), scale, told.added_up.reason(), told.urgent.reason(), silent)


def _made(
    table: str, told: Sequence[Told], make: Callable[[Told], Made], text: str, name: str, wrong: list[str]
) -> Iterator[Made]:
    """What the entries of a table stand for; what is wrong with some is added to `wrong`."""
    for at, each in enumerate(told):
        try:
            yield make(each)
        except Wrong as error:
            wrong.append(_told(text, name, (table, at, *error.args[1:]), str(error.args[0])))


def _rule(told: _Rule) -> Rule:
    effects = [each for each in (told.level, told.points, told.decision) if each is not None]
    if len(effects) != 1:
        raise Wrong("a rule has one of level, points and decision")
    if (told.decision == "assess") != (told.about is not None):
        raise Wrong('decision = "assess" says what it is about, a concern; nothing else does', "about")
    of_case = {key: told.when[key] for key in OF_CASE if key in told.when}
    if any(type(value) is not bool for value in of_case.values()):
        raise Wrong(f"{', '.join(of_case)}: true or false", "when")
    rest = {key: value for key, value in told.when.items() if key not in OF_CASE}
    if of_case and rest:
        raise Wrong(f"{', '.join(of_case)} is about the whole report and stands alone", "when")
    return Rule(
        told.reason(),
        _conditions(rest, "when"),
        of_case,
        frozenset(map(Concern, _listed(rest.get("concern", [])))),
        told.level,
        told.points or 0,
        told.decision,
        told.about,
        told.otherwise,
    )


def _derived(told: _Derived) -> Derived:
    return Derived(told.code, _conditions(told.when, "when"), _conditions(told.ends, "ends"))


def _conditions(when: Mapping[str, Any], key: str) -> tuple[OfChild, ...]:
    made = []
    for name, value in when.items():
        try:
            made.append(of_child(name, value))
        except Wrong as error:
            raise Wrong(f"{name}: {error}", key) from error
    return tuple(made)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _twice(ids: Sequence[str]) -> Iterator[int]:
    return (at for at, each in enumerate(ids) if each in ids[:at])


def _told(text: str, name: str, place: Sequence[Any], message: str) -> str:
    where = ".".join(str(each) for each in place if not isinstance(each, int))
    return f"{name}, line {_line(text, place)}: {where}: {message}"


def _line(text: str, place: Sequence[Any]) -> int:
    """The line of a key, or where its table begins: tomllib does not tell."""
    table, number = str(place[0]), place[1] if len(place) > 1 and isinstance(place[1], int) else None
    head = re.compile(rf"^\s*\[\[?\s*{re.escape(table)}(\.[\w]+)?\s*\]\]?")
    lines = text.split("\n")
    begins = [at for at, line in enumerate(lines) if head.match(line)]
    if not begins:
        return 1
    start = begins[min(number or 0, len(begins) - 1)]
    keys = [str(each) for each in place[1:] if not isinstance(each, int)]
    for at in range(start + 1, len(lines)):
        if lines[at].lstrip().startswith("["):
            break
        if keys and re.match(rf"\s*{re.escape(keys[0])}\s*[.=]", lines[at]):
            return at + 1
    return start + 1
