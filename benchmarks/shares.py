"""What the time of a process goes to, read from its flame graph: each sample counts for the frame that was at work."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path

FRAME = re.compile(r'<title>(?P<what>[^<]*) \(\d+ samples?, [^<]*</title><rect [^>]*y="(?P<row>\d+)" [^>]*'
                   r'fg:x="(?P<begins>\d+)" fg:w="(?P<width>\d+)"')  # fmt: skip
ROW = 16
"""Of a frame's height in the picture, which py-spy draws with the callers above."""

PARTS = {
    "the rules": r"\(services/",
    "the engine": r"\(shared/",
    "pydantic: reading and writing": r"\((pydantic|pydantic_core|json)/",
    "MongoDB's driver": r"\((pymongo|bson|motor)/",
    "Redis, FastStream": r"\((redis|hiredis|faststream|anyio)/",
    "event loop, threads": r"\((asyncio|concurrent|threading|selectors|queue|socket|ssl|uvicorn)\b",
}
OTHERS = "all else"


def shares(picture: Path) -> Mapping[str, float]:
    """The part of all samples that each of PARTS had, and all else."""
    counted: Counter[str] = Counter()
    for what, alone in _at_work(picture.read_text(encoding="utf-8")):
        counted[_part(what)] += alone
    return {part: counted[part] / max(1, counted.total()) for part in (*PARTS, OTHERS)}


def _at_work(drawn: str) -> Iterator[tuple[str, int]]:
    """Each frame, and in how many samples it had called nobody."""
    rows: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
    for each in FRAME.finditer(drawn):
        rows[int(each["row"])].append((unescape(each["what"]), int(each["begins"]), int(each["width"])))
    for row, frames in rows.items():
        for what, begins, width in frames:
            called = (more for _, at, more in rows.get(row + ROW, ()) if begins <= at < begins + width)
            yield what, width - sum(called)


def _part(what: str) -> str:
    return next((part for part, where in PARTS.items() if re.search(where, what)), OTHERS)
