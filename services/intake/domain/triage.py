"""Judging a case by the rules: its level with reasons, the concerns about each child, who needs a care assessment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.intake.domain.children import Minor, Unknown
from services.intake.domain.rulebook import Derived, Reason, Rule, Rulebook
from shared.events import Concern, RiskLevel


@dataclass(frozen=True)
class Case:
    """What the rules look at: one report, or all that is known of a family.

    `concerns` are about all its children, `of_adults` about those listed among them who are 18 or older.
    """

    concerns: frozenset[Concern]
    children: tuple[Minor, ...]
    urgency: RiskLevel | None = None
    narrative: bool = False
    of_adults: frozenset[Concern] = frozenset()


@dataclass(frozen=True)
class Finding:
    """A rule that applies, and to which children; to none where it is about the report as a whole."""

    rule: Rule
    child_ids: tuple[str, ...]


@dataclass(frozen=True)
class Judgement:
    """What a case comes to. `level` is None, and `silent` says why, where nobody has to be told.

    `children` have all concerns about them, those that nobody named included; `assess` has, for each child that needs
    a care assessment, what about, the gravest first.
    """

    level: RiskLevel | None
    findings: tuple[Finding, ...]
    reasons: tuple[Reason, ...]
    children: tuple[Minor, ...]
    concerns: tuple[Concern, ...]
    assess: Mapping[str, tuple[Concern, ...]]
    hold: bool
    silent: Reason | None


def judge(case: Case, book: Rulebook) -> Judgement:
    """The judgement of a case, by these rules and nothing else."""
    children = concerned(case, book.derived)
    found = [*_found(case, children, book.rules)]
    weighed = [each for each in found if not each.rule.decision]
    level, why = _level(case, children, weighed, found, book)
    decided = [each for each in found if each.rule.decision in ("assess", "hold")] if level else []
    raised = [each for each in _raising(found, weighed) if each.rule.reason in why]
    reasons = (*(each.rule.reason for each in weighed), *why, *(each.rule.reason for each in decided))
    return Judgement(
        level=level,
        findings=tuple(weighed + raised + decided),
        reasons=reasons,
        children=children,
        concerns=listed(case.concerns.union(case.of_adults, *(minor.concerns for minor in children))),
        assess=_assess(decided),
        hold=any(each.rule.decision == "hold" for each in decided),
        silent=None if level else book.silent["good_news" if case.children else "question"],
    )


def concerned(case: Case, derived: Iterable[Derived]) -> tuple[Minor, ...]:
    """The children with all concerns about them: their own, those that follow from facts, and the whole family's.

    A concern that one child has by itself, named or told otherwise, is about that child: naming it for the report too
    does not spread it.
    """
    own = by_themselves(case.children, derived)
    named = frozenset[Concern]().union(*(minor.concerns for minor in own))
    return tuple(replace(minor, concerns=minor.concerns | (case.concerns - named)) for minor in own)


def by_themselves(children: Iterable[Minor], derived: Iterable[Derived]) -> tuple[Minor, ...]:
    """The children with the concerns that each has by itself: those named of it, and what is told of it amounts to."""
    derived = tuple(derived)
    return tuple(
        replace(minor, concerns=minor.concerns | {each.concern for each in derived if each.amounts_to(minor)})
        for minor in children
    )


def _found(case: Case, children: Sequence[Minor], rules: Iterable[Rule]) -> Iterator[Finding]:
    """The rules that apply; `otherwise` rules only if there is no other."""
    weighed = False
    waiting: list[Finding] = []
    nobody = _nobody(case)
    named = nobody.concerns.union(*(minor.concerns for minor in children))
    for rule in rules:
        if rule.concerns and rule.concerns.isdisjoint(named):
            continue  # most rules are about a concern that nobody has: looked at child by child they cost the most
        for finding in _applied(rule, case, children, nobody):
            if rule.otherwise:
                waiting.append(finding)
            else:
                weighed = weighed or not rule.decision
                yield finding
    if not weighed:
        yield from waiting


def _applied(rule: Rule, case: Case, children: Sequence[Minor], nobody: Minor) -> Iterator[Finding]:
    if rule.of_case:
        told = {"urgency": case.urgency is not None, "narrative": case.narrative, "child": bool(case.children)}
        if all(told[name] == wanted for name, wanted in rule.of_case.items()):
            yield Finding(rule, ())
        return
    if ids := dict.fromkeys(minor.child_id for minor in children if rule.applies_to(minor)):
        yield Finding(rule, tuple(ids))
    elif nobody.concerns and rule.concerns and rule.applies_to(nobody):
        yield Finding(rule, ())


def _nobody(case: Case) -> Minor:
    """Whoever is concerned and is none of the children."""
    return Minor("", Unknown(), None, date.min, case.of_adults if case.children else case.concerns | case.of_adults)


def _level(
    case: Case, children: Sequence[Minor], weighed: Sequence[Finding], found: Sequence[Finding], book: Rulebook
) -> tuple[RiskLevel | None, list[Reason]]:
    """The level, and what raised it beyond the rules by themselves."""
    points = [each.rule.points for each in weighed if each.rule.points]
    added = next((level for least, level in book.scale if sum(points) >= least), None)
    assessed = [RiskLevel.LOW for each in found if each.rule.decision == "assess"]  # no assessment is silent
    level, why = highest(added, *(each.rule.level for each in weighed), *assessed), list[Reason]()
    if len(points) > 1 and added not in (None, RiskLevel.LOW):
        why.append(book.added_up)
    for finding in _raising(found, weighed) if level else ():
        level, why = up(level or RiskLevel.LOW), [*why, finding.rule.reason]
    if level and highest(level, case.urgency) != level:
        level, why = case.urgency, [*why, book.urgent]
    return level, why


def _raising(found: Iterable[Finding], weighed: Iterable[Finding]) -> Iterator[Finding]:
    """What raises the level, with those children whom another rule is about too."""
    touched = {child_id for each in weighed for child_id in each.child_ids}
    for each in found:
        ids = tuple(child_id for child_id in each.child_ids if child_id in touched)
        if each.rule.decision == "one_level_up" and ids:
            yield Finding(each.rule, ids)


def _assess(decided: Iterable[Finding]) -> dict[str, tuple[Concern, ...]]:
    found: dict[str, tuple[Concern, ...]] = {}
    for each in decided:
        for child_id in filter(None, each.child_ids if each.rule.about else ()):
            about = each.rule.about
            found[child_id] = (*found.get(child_id, ()), *([about] if about else []))
    return found


def up(level: RiskLevel) -> RiskLevel:
    """One level higher; the highest stays."""
    levels = list(RiskLevel)
    return levels[min(level.rank + 1, len(levels) - 1)]


def highest(*levels: RiskLevel | None) -> RiskLevel | None:
    """The highest of the levels that are one, None if none is."""
    return max((level for level in levels if level), key=lambda level: level.rank, default=None)


def listed(concerns: frozenset[Concern]) -> tuple[Concern, ...]:
    """In the order of the vocabulary, so that the same concerns are the same list."""
    return tuple(concern for concern in Concern if concern in concerns)
