"""`ayllu triage`: what it tells of a report, and of what it cannot read; never a name."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ops.commands.cli import app
from services.intake.app import RULES
from tests.factories import PRIVATE, named_report, report, reported_child

RUN = CliRunner(env={"COLUMNS": "200"})


def told(*reports: Any) -> str:
    """Reports as NDJSON, as a sender writes them."""
    ours = {"family_id", "child_ids", "contradicts"}
    return "".join(each.model_dump_json(exclude=ours, exclude_none=True) + "\n" for each in reports)


def triage(text: str, *options: str) -> Result:
    return RUN.invoke(app, ["triage", "-", *options], input=text)


def explained(*reports: Any) -> list[dict[str, Any]]:
    done = triage(told(*reports), "--json")
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.output.splitlines()]


SMALL = reported_child(age_years=4, malnutrition="acute", protective_adult=False)
STREET = reported_child("street", birth_year=2012)


def test_a_report_is_explained_rule_by_rule_with_the_children_each_is_about() -> None:
    (found,) = explained(report("poverty", children=(SMALL, STREET)))
    rules = {each["rule"]: (each["effect"], each["children"]) for each in found["rules"]}
    one, other = "child 1 (4 years)", "child 2 (13 to 14 years)"
    assert (found["level"], found["respondWithinHours"]) == ("high", 24)
    assert rules == {
        "R07": ("at least high", [other]),
        "R08": ("at least high", [other]),
        "R33": ("at least medium", [one]),
        "R24": ("1 point", [one, other]),
        "R51": ("one level up", [one]),
        "A13": ("assess: street_life", [other]),
    }


def test_each_rule_has_its_words_in_both_languages_and_its_source() -> None:
    (found,) = explained(report("begging", children=()))
    assert found["rules"] == [
        {
            "rule": "R11",
            "effect": "at least medium",
            "children": [],
            "es": "mendicidad",
            "en": "begging",
            "source": "Ley 28190, arts. 1 a 3",
        }
    ]


def test_concerns_are_told_apart_by_where_they_come_from() -> None:
    child = reported_child(age_years=10, in_school=False, concerns=("neglect",))
    (found,) = explained(report("poverty", children=(child,)))
    assert found["concerns"] == [
        {
            "child": "child 1 (10 years)",
            "named": ["neglect"],
            "derived": ["school_dropout"],
            "ofTheReport": ["poverty"],
        }
    ]


def test_what_is_said_of_whom_is_told() -> None:
    children = (STREET, reported_child(concerns=("sexual_violence",)), reported_child("institution", age_years=1))
    placed = children[2].but(placed_by_authority=True)
    (found,) = explained(report(children=(*children[:2], placed)))
    assert [(each["fact"], len(each["children"]), each.get("reason")) for each in found["said"]] == [
        ("FamilyAtRisk", 1, None),
        ("ChildNeedsCare", 1, "street_life"),
        ("ChildNeedsCare", 1, "sexual_violence"),
        ("ChildUpdated", 1, None),
    ]
    assert found["said"][0]["onHold"]


def test_a_child_told_of_twice_under_one_id_is_one_child() -> None:
    twice = (reported_child(id="C-1", age_years=9), reported_child("street", id="C-1"))
    (found,) = explained(report(children=twice))
    assert {name for each in found["said"] for name in each["children"]} == {"child 1 (9 years)"}


def test_urgency_and_what_adds_up_are_named() -> None:
    hardships = report("poverty", "income_loss", "health_expenses", children=(), urgency="high")
    effects = {each["rule"]: each["effect"] for each in explained(hardships)[0]["rules"]}
    assert (effects["R40"], effects["R50"]) == ("together 3 points", "as urged")


def test_why_nobody_is_told_and_what_was_set_aside_is_said() -> None:
    question, slip = explained(report(children=()), report(children=(reported_child(birth_date="1900-01-01"),)))
    assert (question["level"], question["nobodyTold"]["rule"], question["rules"]) == (None, "S01", [])
    assert [note["field"] for note in slip["notes"]] == ["children.0.birthDate"]


SHOWN = ("report 1", "high", "within 24 hours", "R51", "R08", "Ley 28190", "child 2 (13 to 14 years)", "derived")
SHOWN += (
    "ChildNeedsCare",
    "On hold",
    "children.0.birthDate",
    "nobody is told",
    "S01",
    "acute malnutrition",
    "mendicidad",
)


@pytest.mark.parametrize("word", SHOWN)
def test_people_see_it_on_the_screen(word: str) -> None:
    doubtful = SMALL.but(birth_date="1900-01-01", concerns=("sexual_violence",))
    slip = report("begging", children=(reported_child(**dict(doubtful)), STREET))
    done = triage(told(slip, report(children=())))
    assert (done.exit_code, word in done.output) == (0, True), done.output


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_nothing_private_is_printed(options: tuple[str, ...]) -> None:
    done = triage(told(named_report("poverty", urgency="high")), *options)
    assert done.exit_code == 0
    assert not [word for word in (*PRIVATE, "H-7") if word in done.output]


def test_a_wrong_report_is_told_by_field_and_the_others_are_explained() -> None:
    wrong = {**json.loads(told(report())), "district": "Cajamarca", "urgency": "soon"}
    done = triage(told(report("poverty")) + json.dumps(wrong) + "\n" + told(report("neglect")))
    assert done.exit_code == 1
    assert "report 2: district: " in done.output
    assert "report 2: urgency: " in done.output
    assert "one of: low, medium, high" in done.output
    assert ("R24" in done.output, "R10" in done.output, "soon" in done.output) == (True, True, False)


def test_a_csv_is_explained_too(tmp_path: Path) -> None:
    done = RUN.invoke(app, ["triage", "docs/examples/reports.csv"])
    assert (done.exit_code, "report 2" in done.output) == (0, True), done.output


def test_rules_of_ones_own_are_used_by_option_and_by_environment(tmp_path: Path, monkeypatch: Any) -> None:
    own = tmp_path / "own.toml"
    own.write_text(RULES.read_text().replace('en = "poverty"', 'en = "being poor"'))
    by_option = triage(told(report("poverty")), "--rules", str(own))
    monkeypatch.setenv("AYLLU_TRIAGE_FILE", str(own))
    by_environment = triage(told(report("poverty")))
    assert ("being poor" in by_option.output, "being poor" in by_environment.output) == (True, True)


@pytest.mark.parametrize("words", [["--check"], ["-"]])
def test_mistakes_in_the_rules_are_told_with_their_lines(tmp_path: Path, words: list[str]) -> None:
    own = tmp_path / "own.toml"
    own.write_text(RULES.read_text().replace("points = 2", "points = 20", 1).replace('level = "low"', "level = 1", 1))
    done = RUN.invoke(app, ["triage", *words, "--rules", str(own)], input=told(report()))
    lines = own.read_text().splitlines()
    assert done.exit_code == 1
    for wrong in ("points = 20", "level = 1"):
        assert f"line {lines.index(wrong) + 1}: rule.{wrong.split()[0]}" in done.output
    assert "Traceback" not in done.output


def test_a_right_file_of_rules_is_called_right() -> None:
    done = RUN.invoke(app, ["triage", "--check"])
    assert (done.exit_code, "no mistake found" in done.output) == (0, True)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = RUN.invoke(app, ["triage", str(tmp_path / "absent.json")])
    assert (done.exit_code, "cannot be read" in done.output) == (1, True)
