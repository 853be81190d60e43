"""The documentation keeps up with the code: settings, commands, examples, codes and links."""

import json
import re
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import typer.main
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from typer.core import TyperGroup

from ops.commands.cli import app
from ops.sheets.files import read
from services.intake.api.reception import Carrier
from services.intake.api.texts import admitted
from shared.events import Caregiver, Concern, Consent, Frozen, Household, Report, ReportedChild, Reporter
from shared.settings import Norms, Periods, Settings, Signing

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
EXAMPLES = ROOT / "docs" / "examples"
SETTINGS: dict[str, FieldInfo] = {
    **Settings.model_fields,
    **Signing.model_fields,
    **Periods.model_fields,
    **Norms.model_fields,
}
COMPUTED = {"replica": "host name and process id"}
WORD = re.compile(r"[a-z]+")
COMMAND = re.compile(r"(?:(?<![\w./-])(?:\.venv/bin/)?ayllu|--rm(?: -\w)* ops) (?=[a-z-])([^|`)\n;]*)")


def text(page: Path) -> str:
    return page.read_text()


def fenced(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text(page), re.MULTILINE | re.DOTALL)


def code(page: Path) -> str:
    """What is written as code: fenced blocks with continued lines joined, and code within sentences."""
    blocks = "\n".join(fenced(page, "sh")).replace("\\\n", " ")
    sentences = re.sub(r"^```.*?^```", "", text(page), flags=re.MULTILINE | re.DOTALL)
    return "\n".join([blocks, *re.findall(r"`([^`\n]+)`", sentences)])


def named(command: Any, words: list[str]) -> tuple[Any, list[str]]:
    """The command that words name, and what is left of them."""
    while isinstance(command, TyperGroup) and words and WORD.fullmatch(words[0]):
        assert words[0] in command.commands, f"there is no command {words[0]!r} in `ayllu {command.name}`"
        command, words = command.commands[words[0]], words[1:]
    return command, words


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    default = SETTINGS[name].default
    shown = default.get_secret_value() if isinstance(default, SecretStr) else default
    shown = str(shown).lower() if isinstance(shown, bool) else shown
    told = COMPUTED.get(name) or (f"`{shown}`" if shown not in ("", None) else "none")
    row = f"| `AYLLU_{name.upper()}` | {told} | {SETTINGS[name].description or ''}"
    assert row in text(ROOT / "docs" / "settings.md"), f"docs/settings.md lacks the row: {row}"


@pytest.mark.parametrize("name", Periods.model_fields)
def test_every_period_is_on_its_page(name: str) -> None:
    row = f"| `AYLLU_{name.upper()}` | {Periods.model_fields[name].default:g} |"
    assert row in text(ROOT / "docs" / "periods.md")


def test_no_setting_is_documented_that_does_not_exist() -> None:
    told = set(re.findall(r"^\| `AYLLU_([A-Z_]+)` \| [^|]+ \| [^|]+ \|$", text(ROOT / "docs" / "settings.md"), re.M))
    assert told <= {name.upper() for name in SETTINGS}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_told_of_exists(page: Path) -> None:
    ayllu = typer.main.get_command(app)
    for line in COMMAND.findall(code(page)):
        command, rest = named(ayllu, line.split())
        known = {option for parameter in command.params for option in parameter.opts}
        given = [word for word in takewhile(lambda word: word not in {"#", ">"}, rest) if word.startswith("--")]
        assert {word.partition("=")[0] for word in given} <= known | {"--help"}, line


def test_the_readme_tells_of_every_way_to_put_things_right() -> None:
    told = code(ROOT / "README.md")
    ayllu = typer.main.get_command(app)
    assert isinstance(ayllu, TyperGroup)
    assert [name for name in ayllu.commands if name not in {"demo", "indexes"} and f"ayllu {name}" not in told] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text(page))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_examples_are_accepted() -> None:
    assert admitted(Report, (EXAMPLES / "report.json").read_bytes())
    assert admitted(Carrier, (EXAMPLES / "event.json").read_bytes())
    table = read("reports.csv", (EXAMPLES / "reports.csv").read_bytes())
    assert (table.problems, table.told, len(table.good), table.notes) == ([], [], 2, [])
    assert admitted(Report, fenced(ROOT / "docs" / "reports.md", "json")[0].encode())
    assert json.loads(fenced(ROOT / "docs" / "reports.md", "json")[1])["riskLevel"] == "high"


def test_the_python_of_the_readme_is_python() -> None:
    for snippet in fenced(ROOT / "README.md", "python"):
        compile(snippet, "README.md", "exec")


@pytest.mark.parametrize("concern", Concern)
def test_every_concern_is_documented_in_both_languages(concern: Concern) -> None:
    assert f"| `{concern.value}` | {concern.es} | {concern.en} |" in text(ROOT / "docs" / "reports.md")


@pytest.mark.parametrize("model", [Report, Reporter, Household, Caregiver, ReportedChild, Consent])
def test_every_field_of_a_report_is_documented(model: type[Frozen]) -> None:
    told = " ".join(re.findall(r"^\| ([^|]+) \|", text(ROOT / "docs" / "reports.md"), re.MULTILINE))
    assert [name for name in model.model_json_schema()["properties"] if not re.search(rf"\b{name}\b", told)] == []
