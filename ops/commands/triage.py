"""`ayllu triage`: explains how reports are judged, rule by rule. It stores nothing, and needs no server."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ops.commands.explained import explained
from ops.commands.screen import console, errors, ran, tell
from ops.commands.send_file import content
from ops.sheets.files import read
from services.intake.api.texts import NotJson, admitted
from services.intake.app import programme
from shared.events import Report
from shared.refusals import refused as wrong

COLOURS = {"high": "red", "medium": "yellow", "low": "green", None: "bright_black"}
SAYS = {
    "FamilyAtRisk": "the family is at risk",
    "ChildNeedsCare": "a care assessment",
    "ChildUpdated": "news of a child",
}
Rules = Annotated[
    Path | None,
    typer.Option("--rules", envvar="AYLLU_TRIAGE_FILE", help="A file of rules; by default those that come with Ayllu."),
]


def triage(
    file: Annotated[str | None, typer.Argument(help="JSON, NDJSON, CSV or XLSX; `-` reads standard input.")] = None,
    rules: Rules = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: an object a line.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only say whether the file of rules is right.")] = False,
) -> None:
    """Explain how each report of a file is judged, rule by rule. Nothing is stored or sent, and no name is printed.

    Which rules apply and to which children, with their sources; which concerns were derived; what is said of whom, and
    by when to respond; or why nobody is told.
    """
    if file is None and not check:
        raise typer.BadParameter("name a file of reports, or --check for the file of rules alone")
    ran(_triage(file, rules, as_json=as_json))


async def _triage(file: str | None, rules: Path | None, *, as_json: bool) -> None:
    by = programme(rules)
    if file is None:
        console.print(f"{rules or 'The rules that come with Ayllu'}: {len(by.rules.rules)} rules, no mistake found")
        return
    reading = read(file, content(file))
    for sentence in (*reading.problems, *reading.told):
        tell(sentence, on=errors)
    refused = len(reading.refused)
    for each in [] if reading.problems else reading.good:
        try:
            report, _ = admitted(Report, each.line.encode())
            _tell(each.row, explained(report, by), as_json=as_json)
        except NotJson as error:
            refused += 1
            tell(f"report {each.row}: it {error}", on=errors)
        except ValidationError as error:
            refused += 1
            for field, accepted in wrong(error.errors(include_url=False), "report"):
                tell(f"report {each.row}: {field}: {accepted}", on=errors)
    if refused or reading.problems:
        raise typer.Exit(1)


def _tell(number: int, found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"report": number, **found}, ensure_ascii=False))
    else:
        console.print(_shown(number, found))


def _shown(number: int, found: dict[str, Any]) -> RenderableType:
    """One report on the screen."""
    level, colour = found["level"], COLOURS[found["level"]]
    title = Text(f" report {number}: ", "bold").append(
        f"{level}, respond within {found['respondWithinHours']:g} hours " if level else "nobody is told ", colour
    )
    below = Table.grid(padding=(0, 2, 0, 0))
    for kind, text in _below(found):
        below.add_row(Text(kind, "bold"), text)
    parts = [_rules(found["rules"])] if found["rules"] else []
    return Panel(Group(*parts, below), title=title, title_align="left", border_style=colour)


def _rules(rules: list[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    for name, width in (("rule", 4), ("effect", 16), ("about", 16)):
        table.add_column(name, min_width=width, overflow="fold")
    table.add_column("why", ratio=1)
    for each in rules:
        why = _both(each)
        if each.get("source"):
            why.append(f"\n{each['source']}", "bright_black")
        table.add_row(Text(each["rule"], "bold"), each["effect"], Text("\n".join(each["children"])), why)
    return table


def _below(found: dict[str, Any]) -> Iterator[tuple[str, Text]]:
    """What stands below the rules: concerns, what is said of whom, notes; or why nobody is told."""
    if silent := found["nobodyTold"]:
        yield silent["rule"], _both(silent)
    for each in found["concerns"]:
        kinds = (("named", "named"), ("derived", "derived"), ("ofTheReport", "of the whole report"))
        told = "; ".join(f"{words} {', '.join(each[kind])}" for kind, words in kinds if each[kind])
        yield "concerns", Text(f"{each['child']}: {told}")
    for each in found["said"]:
        about = f": {', '.join(each['children'])}" if each["children"] else ""
        reason = f", about {each['reason']}" if "reason" in each else ""
        hold = ". On hold: nobody approaches the family until the authority agrees" if each.get("onHold") else ""
        yield "said", Text(f"{each['fact']}, {SAYS[each['fact']]}{about}{reason}{hold}")
    for each in found["notes"]:
        yield "note", Text(f"{each['field']}: ").append_text(_both(each))


def _both(words: dict[str, Any]) -> Text:
    return Text(words["es"]).append(f"\n{words['en']}", "italic")
