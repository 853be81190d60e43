"""How a report is judged, rule by rule, told without a name: what `ayllu triage` prints, as data."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.intake.domain.ages import told_birth
from services.intake.domain.assessment import Assessment, assess, judged
from services.intake.domain.children import Minor, minors
from services.intake.domain.programme import Programme
from services.intake.domain.rulebook import Reason, Rule
from services.intake.domain.triage import Judgement, by_themselves
from shared.events import Report, ReportSubmitted

EFFECTS = {"one_level_up": "one level up", "hold": "hold: do not approach the family"}


def explained(report: Report, programme: Programme) -> dict[str, Any]:
    """What a report comes to and why; its children are `child 1 (10 years)` and so on, in the order they are told."""
    told = ReportSubmitted(**dict(report), family_id="family", child_ids=tuple(_places(report)))
    judgement, found = judged(told, programme), assess(told, told.reported_at, programme)
    names = _names(told, programme)
    level = found.risk_level
    return {
        "level": level,
        "respondWithinHours": programme.period(level).total_seconds() / 3600 if level else None,
        "rules": [_rule(reason, judgement, programme, names) for reason in found.reasons],
        "concerns": _concerns(told, judgement, programme, names),
        "said": list(_said(found, names)),
        "notes": [note.model_dump() for note in found.notes],
        "nobodyTold": found.nobody_told and found.nobody_told.model_dump(exclude_none=True),
    }


def _places(report: Report) -> Iterable[str]:
    """An id for each child; one that is told of twice under the sender's id is one child."""
    first: dict[str, int] = {}
    for place, child in enumerate(report.children, 1):
        yield str(first.setdefault(child.id, place) if child.id else place)


def _names(told: ReportSubmitted, programme: Programme) -> dict[str, str]:
    day, names = programme.day(told.reported_at), dict[str, str]()
    for child_id, child in zip(told.child_ids, told.children, strict=True):
        birth = told_birth(child, day).birth
        youngest, oldest = (max(0, age) for age in birth.ages(day)) if birth else (None, None)
        span = str(oldest) if youngest == oldest else f"{youngest} to {oldest}"
        names.setdefault(child_id, f"child {child_id} ({'age unknown' if birth is None else f'{span} years'})")
    return names


def _rule(reason: Reason, judgement: Judgement, programme: Programme, names: Mapping[str, str]) -> dict[str, Any]:
    found = next((each for each in judgement.findings if each.rule.reason == reason), None)
    sum_of = f"together {sum(each.rule.points for each in judgement.findings)} points"
    return {
        "rule": reason.rule,
        "effect": _effect(found.rule) if found else sum_of if reason == programme.rules.added_up else "as urged",
        "children": [names[child_id] for child_id in found.child_ids] if found else [],
        **reason.model_dump(include={"es", "en", "source"}, exclude_none=True),
    }


def _effect(rule: Rule) -> str:
    if rule.level:
        return f"at least {rule.level}"
    if rule.points:
        return f"{rule.points} point{'s' if rule.points > 1 else ''}"
    return f"assess: {rule.about}" if rule.about else EFFECTS[str(rule.decision)]


def _concerns(
    told: ReportSubmitted, judgement: Judgement, programme: Programme, names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The concerns about each child: named of it, derived from what is told of it, or of the whole report."""
    entries = minors(told.child_ids, told.children, programme.day(told.reported_at))
    own = {each.child_id: each for each in by_themselves(entries, programme.rules.derived)}
    named = {each.child_id: each.concerns for each in entries}
    return [
        {
            "child": names[child.child_id],
            "named": _listed(child, named[child.child_id]),
            "derived": _listed(child, own[child.child_id].concerns - named[child.child_id]),
            "ofTheReport": _listed(child, child.concerns - own[child.child_id].concerns),
        }
        for child in {each.child_id: each for each in judgement.children}.values()
        if child.concerns
    ]


def _listed(child: Minor, some: Iterable[str]) -> list[str]:
    wanted = set(some)
    return sorted(concern for concern in child.concerns if concern in wanted)


def _said(found: Assessment, names: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    for fact in (found.family_at_risk,) if found.family_at_risk else ():
        yield _fact("FamilyAtRisk", [each.child_id for each in fact.children], names, onHold=fact.on_hold)
    for need in found.children_need_care:
        yield _fact("ChildNeedsCare", [need.child_id], names, reason=need.reason, onHold=need.on_hold)
    for updated in found.children_updated:
        yield _fact("ChildUpdated", [updated.child_id], names)


def _fact(kind: str, child_ids: Sequence[str], names: Mapping[str, str], **more: Any) -> dict[str, Any]:
    return {"fact": kind, "children": [names[child_id] for child_id in child_ids], **more}
