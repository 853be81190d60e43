"""Tells what doing everything again costs."""

from statistics import median

from benchmarks.again import FOLDED, HEARD, SAID, Again, What
from benchmarks.report.table import Table, number

COLUMNS = ("", "events or views", "a second", "CPU ms each", "Redis", "mongod")
TITLES = {
    SAID: "events said again (`ayllu replay`), nobody listening",
    HEARD: "events said again and heard again by all",
    FOLDED: "views folded again (`ayllu refold`)",
}
SECTION = """## Again

After Redis was lost everything is said again, after a rule changed every view is folded again. {reports} reports went
through all four services; then everything again, of all services one after the other, by the code of those commands.

{table}

**CPU ms each**: of the command, the services where they listen, Redis and mongod. Medians of {rounds} rounds. Verified:
as many events on the streams as were said, and every view, to the byte of its state, what it was before.
"""


def tables(again: Again) -> list[Table]:
    """Each thing that is done again."""
    return [Table(COLUMNS, [_row(again, what) for what in TITLES])]


def section(again: Again) -> str:
    """For the page."""
    rounds = len(again.done) // len(TITLES)
    return SECTION.format(table=tables(again)[0].markdown, reports=f"{again.reports:,}", rounds=rounds)


def _row(again: Again, what: What) -> list[str]:
    works = [each.work for each in again.done if each.what == what]
    return [
        TITLES[what],
        number(works[0].count),
        number(median(each.rate for each in works)),
        number(median(each.cost for each in works), 3),
        *(number(median(each.cost_of(name) for each in works), 3) for name in ("redis", "mongod")),
    ]
