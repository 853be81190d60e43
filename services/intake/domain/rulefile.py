"""The file of rules, `triage.toml`: read and checked. Every mistake in it is told, each with its line."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.intake.domain.conditions import OfChild, Wrong, of_child
from services.intake.domain.mistakes import Mistakes
from services.intake.domain.rulebook import Decision, Derived, Reason, Rule, Rulebook
from shared.events import Concern, RiskLevel

OF_CASE = ("urgency", "narrative", "child")
"""Conditions on a report as a whole: the sender is in a hurry, it tells a story, it names a child."""

SECTIONS = ("scale", "added_up", "urgent", "silent", "concern", "rule")
SILENT = ("question", "good_news")
MOST_WORDS = 190
"""With its code a reason is a word of an event, of 200 characters."""


class _Text(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = Field(pattern=r"^[A-Z][0-9]{2}$")
    es: str = Field(min_length=3, max_length=MOST_WORDS)
    en: str = Field(min_length=3, max_length=MOST_WORDS)
    source: str | None = Field(None, min_length=3, max_length=300)
    to_confirm: bool = False


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


def read_rules(text: str, name: str = "triage.toml") -> Rulebook:
    """The rules of a file. Raises WrongRules that names each mistake with its line."""
    wrong = Mistakes(text, name)
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise wrong.of_syntax(error) from error
    for section in told.keys() - set(SECTIONS):
        wrong.tell((section,), f"there is no such section; there are {', '.join(SECTIONS)}")
    scale = wrong.made(_Scale, _scale, told, "scale")
    added_up, urgent = (wrong.made(_Text, _reason, told, section) for section in ("added_up", "urgent"))
    silent = {kind: wrong.made(_Text, _reason, told, "silent", kind) for kind in SILENT}
    derived = wrong.each_made(_Derived, _derived, told, "concern")
    rules = wrong.each_made(_Rule, _rule, told, "rule")
    if not told.get("rule"):
        wrong.tell(("rule",), "there is no rule")
    _check_ids(told, wrong)
    if wrong.found or not (scale and added_up and urgent):
        raise wrong.all_told()
    return Rulebook(rules, derived, scale, added_up, urgent, {kind: why for kind, why in silent.items() if why})


def _check_ids(told: Mapping[str, Any], wrong: Mistakes) -> None:
    """An id stands for one thing: it is cited in records."""
    silent = told.get("silent")
    others = [told.get("added_up"), told.get("urgent"), *(silent.values() if isinstance(silent, dict) else ())]
    taken = {each["id"] for each in others if isinstance(each, dict) and isinstance(each.get("id"), str)}
    rules = told.get("rule")
    for at, rule in enumerate(rules if isinstance(rules, list) else ()):
        name = rule.get("id") if isinstance(rule, dict) else None
        if isinstance(name, str) and name in taken:
            wrong.tell(("rule", at, "id"), f"{name} is taken: an id stands for one rule")
        elif isinstance(name, str):
            taken.add(name)


def _reason(told: _Text) -> Reason:
    if told.to_confirm and not told.source:
        raise Wrong("what is to be confirmed is a source, and there is none", "to_confirm")
    doubt = " (por confirmar por un abogado; to be confirmed by counsel)" if told.to_confirm else ""
    return Reason(rule=told.id, es=told.es, en=told.en, source=told.source and told.source + doubt)


def _scale(told: _Scale) -> tuple[tuple[int, RiskLevel], ...]:
    if not told.low < told.medium < told.high:
        raise Wrong("low, medium and high rise, such as 1, 3 and 6")
    return (told.high, RiskLevel.HIGH), (told.medium, RiskLevel.MEDIUM), (told.low, RiskLevel.LOW)


def _rule(told: _Rule) -> Rule:
    _check_effect(told)
    of_case = {key: told.when[key] for key in OF_CASE if key in told.when}
    if any(type(value) is not bool for value in of_case.values()):
        raise Wrong(f"{', '.join(of_case)}: true or false", "when")
    rest = {key: value for key, value in told.when.items() if key not in OF_CASE}
    if of_case and (rest or told.decision in ("assess", "one_level_up")):
        raise Wrong(
            f"{', '.join(of_case)} is about the whole report: it stands alone, and is not about a child", "when"
        )
    conditions = _conditions(rest, "when")
    return Rule(
        _reason(told),
        conditions,
        of_case,
        frozenset(map(Concern, _listed(rest.get("concern", [])))),
        told.level,
        told.points or 0,
        told.decision,
        told.about,
        told.otherwise,
    )


def _check_effect(told: _Rule) -> None:
    effects = [each for each in (told.level, told.points, told.decision) if each is not None]
    if len(effects) != 1:
        raise Wrong("a rule has one effect: level, points or decision")
    if (told.decision == "assess") != (told.about is not None):
        raise Wrong('decision = "assess" says what it is about, a concern; nothing else does', "about")


def _derived(told: _Derived) -> Derived:
    if not (told.when or told.ends):
        raise Wrong("a concern has when, what amounts to it, or ends, what ends it")
    return Derived(told.code, _conditions(told.when, "when"), _conditions(told.ends, "ends"))


def _conditions(when: Mapping[str, Any], key: Literal["when", "ends"]) -> tuple[OfChild, ...]:
    made = []
    for name, value in when.items():
        try:
            made.append(of_child(name, value))
        except Wrong as error:
            raise Wrong(f"{name}: {error}", key) from error
    return tuple(made)


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]
