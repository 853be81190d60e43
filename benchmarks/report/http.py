"""Tells intake over HTTP."""

from collections.abc import Sequence
from statistics import median

from benchmarks.entrances import OURS, THEIRS
from benchmarks.http import WAYS, Taken, Way
from benchmarks.report.bars import Bar, bars
from benchmarks.report.table import Table, number

COLUMNS = (
    "",
    "reports/s",
    "CPU ms/report",
    "its process",
    "Redis",
    "mongod",
    "p50 ms",
    "p99 ms",
    "reports/s, times one insert",
    "sender's cores",
)
SECTION = """## Reports over HTTP

Intake alone, and beside it a program that does what people do first: FastAPI validates a report, one insert and one
XADD are awaited, then it is answered. Both answer once the report is on disk (a majority, journaled), and both are safe
to send to again. Ours also asks for the sender's key, scores, recognises the family, folds, and says what it found.

![Reports a second over HTTP](benchmarks-http.svg)

{table}

- **reports/s**: until the last was answered, each connection sending its next request when the last is answered, from a
  process of its own, which shares the two cores and is not in the CPU time.
- **sender's cores**: what that process used; where it is much more than a third, the sender held the rate down.
- **CPU ms/report**: until nothing is left to do: what intake found is on its stream.
- **p50, p99**: from a request to its answer; for a batch, to the answer for the whole batch.
- Medians of {rounds} rounds of {reports} reports each. Every run is verified: each report kept once, in its family's
  view once, and what was to be said of it said once.
"""


def tables(taken: Sequence[Taken]) -> list[Table]:
    """Each way of taking reports in."""
    return [Table(COLUMNS, [_row(taken, way) for way in WAYS])]


def section(taken: Sequence[Taken]) -> str:
    """For the page."""
    rounds = sum(each.way == WAYS[0] for each in taken)
    return SECTION.format(table=tables(taken)[0].markdown, rounds=rounds, reports=f"{taken[0].work.count:,}")


def picture(taken: Sequence[Taken], made_by: str) -> str:
    """Reports a second each way."""
    rates = [(way, rate(taken, way)) for way in WAYS]
    drawn = [Bar(way.title, (figure, 0) if way.who == OURS else (0, figure)) for way, figure in rates]
    return bars("Reports a second over HTTP: more is better", (OURS, THEIRS), drawn, "/s", 0, made_by)


def rate(taken: Sequence[Taken], way: Way) -> float:
    """Reports a second, the median of the rounds."""
    return median(each.work.rate for each in taken if each.way == way)


def _row(taken: Sequence[Taken], way: Way) -> list[str]:
    found = [each for each in taken if each.way == way]
    works = [each.work for each in found]
    theirs = Way(THEIRS, way.connections)
    return [
        f"{way.who}: {way.title}",
        number(rate(taken, way)),
        number(median(each.cost for each in works), 2),
        number(median(each.services_cost for each in works), 2),
        *(number(median(each.cost_of(name) for each in works), 2) for name in ("redis", "mongod")),
        number(median(each.p50 for each in found), 1),
        number(median(each.p99 for each in found), 1),
        number(rate(taken, way) / rate(taken, theirs), 2) if way.who == OURS and theirs in WAYS else "",
        number(median(each.reading.cpu["sender"] / each.seconds for each in works), 2),
    ]
