"""Every rule of triage.toml: the norm it rests on, its effect, a smallest report it applies to and one just beside."""

import re
from collections import Counter
from typing import Any, NamedTuple

import pytest

from shared.events import Concern, LivesWith, ReportSubmitted, RiskLevel, Trade
from tests.factories import report, reported_child
from tests.programme import PROGRAMME, cited, judgement

C, L, T = Concern, LivesWith, Trade
RULES = {rule.reason.rule: rule for rule in PROGRAMME.rules.rules}
OUTSIDE = {
    PROGRAMME.rules.added_up.rule: PROGRAMME.rules.added_up,
    PROGRAMME.rules.urgent.rule: PROGRAMME.rules.urgent,
    **{each.rule: each for each in PROGRAMME.rules.silent.values()},
}
"""Reasons that are no rule of their own: what adds up, what the sender asks for, why nobody is told."""

LAW = re.compile(r"Ley|Código|DL \d|DS \d|TUO|NTS")
NORM = re.compile(r"(Ley|DL|DS|NTS) [\d]+|Código")
RETIRED = {"R32", "R34"}


class Case(NamedTuple):
    """A rule, what it does, the norm behind it, a report that it applies to and the nearest that it does not."""

    rule: str
    effect: str | int
    norm: str
    applies: ReportSubmitted
    beside: ReportSubmitted


def born(age: int, days: int = 0) -> str:
    """The birth date of whoever is so old on the day of the report, 2 March 2026, or will be in so many days."""
    return f"{2026 - age}-03-{2 + days:02d}"


def of(*concerns: Concern, **told: Any) -> ReportSubmitted:
    """A report on one child who is in school and lives with its mother."""
    return report(*concerns, children=(reported_child(**{"lives_with": L.MOTHER, "in_school": True, **told}),))


def working(age: int, days: int = 0, **told: Any) -> ReportSubmitted:
    """A report on a child who works."""
    return of(birth_date=born(age, days), working=True, **told)


def about(rule: str, effect: str | int, norm: str, concern: Concern) -> Case:
    """A rule about a concern."""
    return Case(rule, effect, norm, of(concern), of(C.INCOME_LOSS if concern == C.POVERTY else C.POVERTY))


CASES = [
    about("R01", "high", "Ley 30364", C.SEXUAL_VIOLENCE),
    about("R02", "high", "Ley 30403, art. 2", C.PHYSICAL_VIOLENCE),
    about("R03", "high", "Ley 30364", C.PSYCHOLOGICAL_VIOLENCE),
    about("R04", "high", "Código Penal, arts. 129-A", C.TRAFFICKING),
    about("R05", "high", "Código Penal, arts. 129-H", C.EXPLOITATION),
    about("R06", "high", "Código Penal, art. 125", C.ABANDONMENT),
    about("R07", "high", "Código de los Niños y Adolescentes, art. 40", C.STREET_LIFE),
    Case("R08", "high", "art. 40", of(lives_with=L.STREET), of(lives_with=L.ALONE)),
    Case("R09", "high", "DL 1297, art. 3", of(lives_with=L.ALONE), of(lives_with=L.STREET)),
    about("R10", "medium", "Código Penal, art. 128", C.NEGLECT),
    about("R11", "medium", "Ley 28190", C.BEGGING),
    about("R12", "medium", "arts. 98 a 103", C.PARENTS_DEAD),
    about("R13", "medium", "DL 1297, art. 3", C.PARENTS_ABSENT),
    about("R14", "medium", "DL 1297, art. 3", C.PARENTS_UNABLE),
    Case(
        "R15",
        "medium",
        "DS 001-2018-MIMP",
        of(lives_with=L.FOSTER_FAMILY),
        of(lives_with=L.FOSTER_FAMILY, placed_by_authority=True),
    ),
    Case("R16", "high", "DL 1297, art. 3", of(lives_with=L.OTHER_ADULTS), of(lives_with=L.RELATIVES)),
    Case(
        "R17",
        "high",
        "DS 001-2018-MIMP",
        of(lives_with=L.INSTITUTION, placed_by_authority=False),
        of(lives_with=L.INSTITUTION),
    ),
    about("R18", "high", "Ley 30947", C.SELF_HARM_RISK),
    about("R19", "medium", "Ley 30364", C.DOMESTIC_VIOLENCE_WITNESSED),
    about("R21", 1, "protocolo", C.ILLNESS_IN_FAMILY),
    about("R22", 1, "protocolo", C.HEALTH_EXPENSES),
    about("R23", 1, "protocolo", C.INCOME_LOSS),
    about("R24", 1, "DL 1297, art. 3", C.POVERTY),
    about("R25", 2, "protocolo", C.FOOD_INSECURITY),
    about("R26", 2, "arts. 48 a 58", C.CHILD_LABOUR),
    about("R27", 1, "Ley 28044, art. 12", C.SCHOOL_ABSENCE),
    about("R28", 2, "Ley 28044, art. 12", C.SCHOOL_DROPOUT),
    about("R29", 2, "art. 21", C.CHRONIC_MALNUTRITION),
    Case("R31", 1, "arts. 51 y 54", working(14, 1, in_school=False), working(14, 1, in_school=None)),
    about("R33", "medium", "NTS 238", C.ACUTE_MALNUTRITION),
    Case("R35", "medium", "art. 56", working(15, 1, work_hours=24.5), working(15, 1, work_hours=24)),
    Case("R36", "medium", "art. 51.2", working(14, 1), working(14)),
    Case("R37", "medium", "art. 51.1 a", working(15, 1, trade=T.AGRICULTURE), working(15, trade=T.AGRICULTURE)),
    Case("R38", "medium", "art. 51.1 b", working(16, 1, trade=T.COMMERCE), working(16, trade=T.COMMERCE)),
    Case(
        "R39",
        "medium",
        "art. 51.1 c",
        working(17, 1, trade=T.INDUSTRIAL_FISHING),
        working(17, trade=T.INDUSTRIAL_FISHING),
    ),
    Case("R41", "medium", "Ley 31047", working(18, 1, trade=T.DOMESTIC_WORK), working(18, 1, trade=T.OTHER)),
    Case("R42", "medium", "art. 57", working(18, 1, night_work=True), working(18, 1, night_work=False)),
    Case("R43", "medium", "DS 009-2022-MIMP", working(18, 1, trade=T.MINING), working(18, 1, trade=T.COMMERCE)),
    Case("R44", "medium", "DS 009-2022-MIMP", working(18, 1, trade=T.FIREWORKS), working(18, trade=T.FIREWORKS)),
    Case("R45", "medium", "art. 56", working(15, work_hours=36.5), working(15, work_hours=36)),
    Case("R46", "low", "arts. 50, 52 y 54", working(14), working(14, 1)),
    about("R47", 2, "Ley 30947", C.EMOTIONAL_DISTRESS),
    about("R48", 2, "protocolo", C.CAREGIVER_SUBSTANCE_USE),
    about("R49", 2, "Ley 29973", C.DISABILITY_WITHOUT_SUPPORT),
    Case("R51", "one_level_up", "protocolo", of(C.NEGLECT, birth_date=born(5, 1)), of(C.NEGLECT, birth_date=born(5))),
    Case("R60", "low", "protocolo", of(in_school=None), of(in_school=True)),
    Case("R61", "low", "protocolo", report(children=(), urgency=RiskLevel.LOW), report(children=())),
    Case("R62", "low", "protocolo", report(children=(), narrative="Lloran."), report(children=(), narrative=" \n")),
    about("A01", "assess", "DL 1297", C.TRAFFICKING),
    Case("A02", "assess", "DL 1297", of(C.SEXUAL_VIOLENCE), of(C.SEXUAL_VIOLENCE, protective_adult=True)),
    Case(
        "A03",
        "assess",
        "DL 1297",
        of(C.SEXUAL_VIOLENCE, protective_adult=True, lives_with=L.RELATIVES),
        of(C.SEXUAL_VIOLENCE, protective_adult=True),
    ),
    about("A04", "assess", "DL 1297", C.EXPLOITATION),
    about("A05", "assess", "DL 1297", C.ABANDONMENT),
    Case("A06", "assess", "DL 1297", of(C.PHYSICAL_VIOLENCE), of(C.PHYSICAL_VIOLENCE, protective_adult=True)),
    Case(
        "A07",
        "assess",
        "DL 1297",
        of(C.PHYSICAL_VIOLENCE, protective_adult=True, lives_with=L.GRANDPARENTS),
        of(C.PHYSICAL_VIOLENCE, protective_adult=True),
    ),
    Case("A08", "assess", "DL 1297", of(C.PSYCHOLOGICAL_VIOLENCE), of(C.PSYCHOLOGICAL_VIOLENCE, protective_adult=True)),
    Case(
        "A09",
        "assess",
        "DL 1297",
        of(C.PSYCHOLOGICAL_VIOLENCE, protective_adult=True, lives_with=L.ALONE),
        of(C.PSYCHOLOGICAL_VIOLENCE, protective_adult=True, lives_with=L.FATHER),
    ),
    Case("A10", "assess", "tutela", of(C.PARENTS_DEAD, lives_with=L.GRANDPARENTS), of(C.PARENTS_DEAD)),
    Case("A11", "assess", "DL 1297", of(C.PARENTS_ABSENT, lives_with=L.RELATIVES), of(C.PARENTS_ABSENT)),
    Case(
        "A12",
        "assess",
        "DL 1297",
        of(C.PARENTS_UNABLE, lives_with=L.FOSTER_FAMILY),
        of(C.PARENTS_UNABLE, lives_with=L.FOSTER_FAMILY, placed_by_authority=True),
    ),
    Case("A13", "assess", "art. 40", of(lives_with=L.STREET), of(lives_with=L.ALONE)),
    Case("A14", "assess", "DL 1297, art. 3", of(lives_with=L.OTHER_ADULTS), of(lives_with=L.RELATIVES)),
    Case(
        "A15",
        "assess",
        "DL 1297",
        of(lives_with=L.INSTITUTION),
        of(lives_with=L.INSTITUTION, placed_by_authority=True),
    ),
    Case("H01", "hold", "art. 28", of(C.SEXUAL_VIOLENCE), of(C.SEXUAL_VIOLENCE, protective_adult=True)),
    Case("H02", "hold", "protocolo", of(C.NEGLECT, protective_adult=False), of(C.NEGLECT)),
    Case(
        "R40",
        "",
        "protocolo",
        of(C.POVERTY, C.INCOME_LOSS, C.HEALTH_EXPENSES),
        of(C.POVERTY, C.INCOME_LOSS),
    ),
    Case(
        "R50",
        "",
        "protocolo",
        of(C.POVERTY, lives_with=L.MOTHER).but(urgency=RiskLevel.MEDIUM),
        of(C.POVERTY).but(urgency=RiskLevel.LOW),
    ),
    Case("S01", "", "", report(children=()), report()),
    Case("S02", "", "", of(), of(in_school=None)),
]
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)


def test_every_rule_and_every_reason_has_one_case() -> None:
    assert Counter(case.rule for case in CASES) == Counter([*RULES, *OUTSIDE])


@every_case
def test_a_rule_applies_to_the_smallest_report_it_is_about(case: Case) -> None:
    assert case.rule in cited(case.applies)


@every_case
def test_a_rule_does_not_apply_to_the_report_just_beside_it(case: Case) -> None:
    assert case.rule not in cited(case.beside)


@every_case
def test_a_rule_has_the_effect_and_the_source_that_were_agreed(case: Case) -> None:
    rule = RULES.get(case.rule)
    reason = rule.reason if rule else OUTSIDE[case.rule]
    assert case.norm in (reason.source or "")
    assert case.effect == ("" if rule is None else rule.level or rule.points or rule.decision)


@pytest.mark.parametrize("case", [case for case in CASES if case.effect == "assess"], ids=lambda case: case.rule)
def test_an_assessment_is_about_the_concern_that_its_rule_names(case: Case) -> None:
    assert RULES[case.rule].about in judgement(case.applies).assess["c1"]


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.reason.rule)
def test_a_rule_of_law_names_norm_and_article_or_says_that_it_is_to_be_confirmed(rule: Any) -> None:
    source = rule.reason.source
    assert source, "every rule says where it comes from"
    if LAW.search(source):
        assert NORM.search(source)
        assert re.search(r"arts?\. \d", source) or "to be confirmed by counsel" in source


def test_second_hand_sources_say_so_in_both_languages() -> None:
    doubted = {name for name, rule in RULES.items() if "por confirmar por un abogado" in (rule.reason.source or "")}
    second_hand = re.compile(r"Ley (30947|31047|31110|29973)|DS (001-2018|009-2022)|NTS 238|DL 1297, arts. 3 y 28")
    assert doubted == {name for name, rule in RULES.items() if second_hand.search(rule.reason.source or "")}


def test_retired_ids_stand_for_nothing_else() -> None:
    assert RETIRED.isdisjoint({*RULES, *OUTSIDE})
