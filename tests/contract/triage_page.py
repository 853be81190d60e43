"""Writes the table of all rules into docs/triage.md: `python -m tests.contract.triage_page`."""

from pathlib import Path

from services.intake.app import RULES, rules_of
from services.intake.domain.rulebook import Reason, Rule

PAGE = Path(__file__).parents[2] / "docs" / "triage.md"
BEGIN, END = "<!-- rules: begin -->\n", "<!-- rules: end -->\n"
HEAD = "| id | Spanish | English | effect | source |\n|---|---|---|---|---|\n"


def table() -> str:
    """Every rule of the file, in its order, and the reasons that are no rule of their own."""
    book = rules_of(RULES)
    rows = [_row(rule.reason, _effect(rule)) for rule in book.rules]
    rows += [_row(book.added_up, "points add up"), _row(book.urgent, "the level that the sender asks for")]
    rows += [_row(reason, "nobody is told") for reason in book.silent.values()]
    return HEAD + "".join(rows)


def of_page(text: str) -> str:
    """The table as it stands on the page."""
    return text.split(BEGIN)[1].split(END)[0]


def written(text: str) -> str:
    """The page with the table of today."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


def _effect(rule: Rule) -> str:
    if rule.level:
        effect = f"at least {rule.level}"
    elif rule.points:
        effect = f"{rule.points} point{'s' if rule.points > 1 else ''}"
    else:
        effect = str(rule.decision).replace("_", " ") + (f": {rule.about}" if rule.about else "")
    return f"{effect}, if no other applies" if rule.otherwise else effect


def _row(reason: Reason, effect: str) -> str:
    return f"| {reason.rule} | {reason.es} | {reason.en} | {effect} | {reason.source or ''} |\n"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
