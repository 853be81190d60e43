"""The file of rules: what an operator is told of a mistake, and on which line."""

from pathlib import Path

import pytest

from services.intake.app import RULES, programme, rules_of
from services.intake.domain.mistakes import WrongRules
from services.intake.domain.rulefile import read_rules
from shared.events import Concern, RiskLevel

FILE = """\
[scale]
low = 1
medium = 3
high = 6

[added_up]
id = "R40"
es = "varias carencias"
en = "several hardships"

[urgent]
id = "R50"
es = "urgente"
en = "urgent"

[silent.question]
id = "S01"
es = "consulta"
en = "question"

[silent.good_news]
id = "S02"
es = "buenas noticias"
en = "good news"

[[concern]]
code = "child_labour"
when = {working = true, age = [0, 13]}
ends = {working = false}

[[rule]]
id = "R01"
when = {concern = "sexual_violence"}
level = "high"
es = "violencia sexual"
en = "sexual violence"
source = "Ley 30364"

[[rule]]
id = "R24"
when = {concern = "poverty"}
points = 1
es = "pobreza"
en = "poverty"
"""
LINES = FILE.splitlines()


def told(text: str) -> list[str]:
    """What is said of a file with mistakes."""
    with pytest.raises(WrongRules) as wrong:
        read_rules(text, "rules.toml")
    return str(wrong.value).splitlines()


def line(beginning: str, *, nth: int = 0) -> int:
    """The line, from 1, that begins so."""
    return [at for at, each in enumerate(LINES, 1) if each.startswith(beginning)][nth]


def test_the_rules_that_come_with_ayllu_are_right() -> None:
    assert len(rules_of(RULES).rules) > 60


def test_a_small_file_says_what_it_says() -> None:
    book = read_rules(FILE)
    assert [(rule.reason.rule, rule.level, rule.points) for rule in book.rules] == [
        ("R01", "high", 0),
        ("R24", None, 1),
    ]
    assert book.scale == ((6, RiskLevel.HIGH), (3, RiskLevel.MEDIUM), (1, RiskLevel.LOW))
    assert book.lasting == {Concern.SEXUAL_VIOLENCE}


MISTAKES = [
    # what stands there, what is written instead, the line that is named, what is said
    ("points = 1", "pionts = 1", line("points"), "pionts: there is no such key"),
    ('{concern = "poverty"}', '{concern = "povrety"}', line("when", nth=2), "'povrety' is no Concern; there are"),
    ('{concern = "poverty"}', '{trade = "circus"}', line("when", nth=2), "'circus' is no Trade; there are"),
    ('{concern = "poverty"}', "{lives_with = []}", line("when", nth=2), "an empty list is no LivesWith"),
    ('{concern = "poverty"}', '{weather = "rain"}', line("when", nth=2), "there is no condition 'weather'; there are"),
    ('{concern = "poverty"}', "{}", line("when", nth=2), "at least 1 item"),
    ('{concern = "poverty"}', "{working = 1}", line("when", nth=2), 'true, false, "unknown"'),
    ('{concern = "poverty"}', '{hours_over = "many"}', line("when", nth=2), "a number of hours a week"),
    ('{concern = "poverty"}', '{malnutrition = "severe"}', line("when", nth=2), '"none", "chronic" or "acute"'),
    ('{concern = "poverty"}', '{urgency = "high"}', line("when", nth=2), "urgency: true or false"),
    ('{concern = "poverty"}', "{urgency = true, working = true}", line("when", nth=2), "stands alone"),
    ("[0, 13]", "[0]", line("when"), "[youngest, oldest], both included"),
    ("[0, 13]", "[13, 0]", line("when"), "begins with the youngest"),
    ("[0, 13]", "[-3, 13]", line("when"), "begins with the youngest"),
    ("[0, 13]", "[0, 13.5]", line("when"), "[youngest, oldest], both included"),
    ("ends = {working = false}", "ends = {worknig = false}", line("ends"), "there is no condition 'worknig'"),
    ('level = "high"', 'level = "hihg"', line("level"), "'low', 'medium' or 'high'"),
    ('level = "high"', 'level = "high"\npoints = 2', line("[[rule]]"), "one effect: level, points or decision"),
    ("points = 1\n", "", line("[[rule]]", nth=1), "one effect: level, points or decision"),
    ("points = 1", "points = 11", line("points"), "less than or equal to 10"),
    ("points = 1", 'decision = "assess"', line("[[rule]]", nth=1), "says what it is about, a concern"),
    ("points = 1", 'points = 1\nabout = "neglect"', line("points") + 1, "says what it is about, a concern"),
    ('id = "R24"', 'id = "R01"', line('id = "R24"'), "R01 is taken"),
    ('id = "R24"', 'id = "R40"', line('id = "R24"'), "R40 is taken"),
    ('id = "R24"', 'id = "24"', line('id = "R24"'), "a capital letter and two digits"),
    ('es = "pobreza"\n', "", line("[[rule]]", nth=1), "es: this is missing"),
    ('en = "poverty"', "", line("[[rule]]", nth=1), "en: this is missing"),
    ('en = "sexual violence"', f'en = "{"long " * 40}"', line('en = "sexual'), "at most 190 characters"),
    ('source = "Ley 30364"', "to_confirm = true", line("source"), "is a source, and there is none"),
    ('id = "S02"', 'id = "s02"', line('id = "S02"'), "silent.good_news.id: a capital letter"),
    ("[silent.good_news]", "[silent.bad_news]", 1, "silent.good_news: this section is missing"),
    ("[urgent]", "[urgnet]", line("[urgent]"), "there is no such section; there are scale"),
    ("high = 6", "high = 2", line("[scale]"), "low, medium and high rise"),
    ("high = 6", "high = 2.5", line("high"), "valid integer"),
    ("[scale]", "[scale", 1, "this is not TOML"),
    ("points = 1", "points = ", line("points"), "this is not TOML"),
    ('id = "R24"', 'id = "R24', line('id = "R24"'), "this is not TOML"),
]


@pytest.mark.parametrize(("right", "wrong", "at", "words"), MISTAKES)
def test_a_mistake_is_told_with_its_line(right: str, wrong: str, at: int, words: str) -> None:
    assert FILE.count(right) == 1
    said = told(FILE.replace(right, wrong))
    assert [each for each in said if each.startswith(f"rules.toml, line {at}: ") and words in each], said


def test_several_mistakes_are_all_told_in_the_order_of_the_file() -> None:
    text = FILE.replace("[0, 13]", "[13, 0]").replace('level = "high"', 'level = "hihg"').replace("points = 1", "")
    wrong = [each.split(": ")[0] for each in told(text)]
    assert wrong == [f"rules.toml, line {at}" for at in (line("when"), line("level"), line("[[rule]]", nth=1))]


def test_a_missing_section_is_named() -> None:
    without = FILE.replace(FILE[: FILE.index("[added_up]")], "")
    assert told(without) == ["rules.toml, line 1: scale: this section is missing"]


def test_a_file_without_a_rule_is_no_file_of_rules() -> None:
    assert "rules.toml, line 1: rule: there is no rule" in told(FILE[: FILE.index("[[rule]]")])


def test_conditions_in_a_table_of_their_own_are_as_good(tmp_path: Path) -> None:
    inline = 'when = {concern = "poverty"}\npoints = 1\nes = "pobreza"\nen = "poverty"\n'
    apart = 'points = 1\nes = "pobreza"\nen = "poverty"\n[rule.when]\nconcern = "poverty"\n'
    text = FILE.replace(inline, apart)
    assert len(read_rules(text).rules) == 2
    wrong = told(text.replace('concern = "poverty"', 'concern = "povrety"'))
    assert wrong[0].startswith(f"rules.toml, line {text.splitlines().index('[rule.when]') + 1}: ")


def test_a_file_from_a_spreadsheet_machine_is_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode())
    assert len(rules_of(path).rules) == 2


def test_a_file_that_is_not_there_or_no_utf_8_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongRules, match=r"absent.toml, the file of rules, cannot be read: No such file"):
        rules_of(tmp_path / "absent.toml")
    (tmp_path / "latin.toml").write_bytes("# uno\n# José".encode("latin-1"))
    with pytest.raises(WrongRules, match=r"latin.toml, line 2: save it as UTF-8"):
        rules_of(tmp_path / "latin.toml")


def test_the_environment_names_a_file_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own.toml").write_text(FILE)
    monkeypatch.setenv("AYLLU_TRIAGE_FILE", str(tmp_path / "own.toml"))
    assert [rule.reason.rule for rule in programme().rules.rules] == ["R01", "R24"]
