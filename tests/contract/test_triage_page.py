"""The page about triage keeps up with the file of rules and with the conditions there are."""

import re

import pytest

from services.intake.domain.conditions import CONDITIONS
from services.intake.domain.rulefile import OF_CASE, read_rules
from tests.contract.triage_page import PAGE, of_page, table
from tests.unit.test_triage_rules import RETIRED

TEXT = PAGE.read_text()


def test_the_table_of_rules_is_that_of_the_file() -> None:
    assert of_page(TEXT) == table(), "write it again: python -m tests.contract.triage_page"


@pytest.mark.parametrize("condition", [*CONDITIONS, *OF_CASE])
def test_every_condition_is_explained(condition: str) -> None:
    assert re.search(rf"^\| `{condition}` \| .+ \| `.+` \|$", TEXT, re.MULTILINE)


@pytest.mark.parametrize("effect", ["level", "points", '"assess"', '"hold"', '"one_level_up"', "otherwise"])
def test_every_effect_is_explained(effect: str) -> None:
    assert re.search(rf"^\| `[^|]*{effect}[^|]*` \| .+ \|$", TEXT, re.MULTILINE)


@pytest.mark.parametrize("rule", RETIRED)
def test_every_retired_code_is_named(rule: str) -> None:
    assert f"{rule}: " in TEXT


def test_the_rule_of_the_example_is_a_rule() -> None:
    (example,) = re.findall(r"^```toml\n(\[\[rule\]\].*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    whole = (PAGE.parents[1] / "services" / "intake" / "domain" / "triage.toml").read_text()
    assert read_rules(whole + example).rules[-1].reason.rule in example


def test_every_value_of_a_condition_on_the_page_can_be_used() -> None:
    whole = (PAGE.parents[1] / "services" / "intake" / "domain" / "triage.toml").read_text()
    shown = re.findall(r"^\| `(?:" + "|".join([*CONDITIONS, *OF_CASE]) + r")` \| .+ \| `(.+)` \|$", TEXT, re.MULTILINE)
    assert len(shown) == len(CONDITIONS) + len(OF_CASE)
    for number, each in enumerate(shown, 10):
        rule = f'[[rule]]\nid = "X{number}"\nwhen = {{{each}}}\nlevel = "low"\nes = "prueba"\nen = "trial"\n'
        read_rules(whole + rule)
