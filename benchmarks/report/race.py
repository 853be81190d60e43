"""Tells the race."""

from collections.abc import Iterator

from benchmarks.contenders import CONTENDERS
from benchmarks.latency import PATIENCE_SECONDS, Latency
from benchmarks.race import Line, Race
from benchmarks.report.bars import Bar, bars
from benchmarks.report.table import Table, number

COLUMNS = (
    "",
    "events/s",
    "until quiet",
    "CPU ms/event",
    "its processes",
    "Redis",
    "mongod",
    "sender",
    "memory MB",
    "CPU, times (a)",
    "others' cores",
)
LATENCY_COLUMNS = (
    "",
    "events/s",
    "p50 ms",
    "p99 ms",
    "most ms",
    "watched",
    "not in the views",
    "CPU ms/event",
    "others' cores",
)
SECTION = """## The race

The same events into the same three views (education, care, notifications), by this project and by what people would
use instead.

![CPU milliseconds an event of each contender](benchmarks.svg)

{table}

- **events/s**: until every event is in every view; **until quiet**: until nothing is left to do. For (a) that is when
  what the services say of the events is published, heard by notifications, and cleared from the outboxes.
- **CPU ms/event**: user and system time of the contender's processes, Redis and mongod, until quiet, divided by the
  events. The sender is not in it; for (c) sending is a large part of the work.
- Each figure is the median of {rounds} rounds, of {events} events each, after a warm-up. Every run is verified: each
  event exactly once in each of its documents, and the facts that all of them keep equal, by digest, to the fold of the
  events by the services' own rules. {documents}

Who did what:

{contenders}

Only (a) and (f) keep a history and an outbox, fold in the order in which things happened, apply the rules that need
the view as it was, tell others, and serve HTTP. The others do only what the comparison needs.
"""
LATENCY = """### Latency

From the moment an event was due to be published to the moment a reader sees it in the last of its documents, with
events arriving at a constant rate whether or not the earlier ones are done (no coordinated omission).

{latency}

**CPU ms/event**: as above, at this rate; mongod's part of telling the watcher is in it. A dash: so many events were not
in the views {patience} s after the last was published, because the contender does not keep up with the rate.
"""


def tables(race: Race) -> list[Table]:
    """Of the contenders, and of their latencies."""
    found = [Table(COLUMNS, list(_rows(race)))]
    return [*found, Table(LATENCY_COLUMNS, [_latency(each) for each in race.latencies])] if race.latencies else found


def picture(race: Race, made_by: str) -> str:
    """What an event costs each contender."""
    drawn = [Bar(f"({each.name}) {each.title}", _parts(each)) for each in race.lines]
    title, colours = "CPU time an event, into three views: less is better", ("consuming processes", "Redis", "mongod")
    return bars(title, colours, drawn, "ms", 2, made_by)


def _parts(line: Line) -> tuple[float, ...]:
    """Together as long as the median of the whole, which the table has: medians of parts need not add up to it."""
    parts = (line.services, line.redis, line.mongod)
    return tuple(part * line.total / sum(parts) for part in parts)


def section(race: Race) -> str:
    """For the page."""
    held, table, *latency = race.runs[0].held, *tables(race)
    text = SECTION.format(
        table=table.markdown,
        rounds=race.lines[0].rounds,
        events=f"{race.lines[0].events:,}",
        documents=f"{held.documents:,} documents, digest `{held.digest}`.",
        contenders="\n".join(f"- **({each.name}) {each.title}**: {CONTENDERS[each.name].does}." for each in race.lines),
    )
    told = [LATENCY.format(latency=each.markdown, patience=PATIENCE_SECONDS) for each in latency]
    return "\n".join([text, *told])


def _rows(race: Race) -> Iterator[list[str]]:
    us = race.line("a")
    for each in race.lines:
        times = number(each.total / us.total, 2) if us else ""
        yield [f"({each.name}) {each.title}", *_numbers(each), times, number(each.others, 2)]


def _numbers(line: Line) -> Iterator[str]:
    yield from (number(line.rate), number(line.settled_rate))
    yield from (number(each, 2) for each in (line.total, line.services, line.redis, line.mongod, line.sender))
    yield number(line.memory)


def _latency(latency: Latency) -> list[str]:
    return [
        f"({latency.contender}) {CONTENDERS[latency.contender].title}",
        number(latency.rate),
        *(number(each) for each in (latency.p50, latency.p99, latency.most)),
        number(latency.watched),
        number(latency.missing),
        number(latency.cost, 2),
        number(latency.others, 2),
    ]
