"""What the time goes to is read from a flame graph as py-spy draws it."""

from pathlib import Path

from benchmarks.shares import OTHERS, shares

FRAMES = (
    ("all", 36, 0, 10),
    ("run (asyncio/events.py:80)", 52, 0, 10),
    ("fold (shared/folds/folding.py:9)", 68, 0, 7),
    ("evolve (services/care/domain/views.py:52)", 84, 0, 2),
    ("dump_python (pydantic/type_adapter.py:5)", 84, 2, 4),
    ("send (somewhere.py:1)", 68, 7, 1),
)


def test_each_sample_counts_for_the_part_that_was_at_work(tmp_path: Path) -> None:
    picture = tmp_path / "care.svg"
    picture.write_text("".join(map(_drawn, FRAMES)))
    told = {part: share for part, share in shares(picture).items() if share}
    assert told == {
        "the rules": 0.2,
        "the engine": 0.1,
        "pydantic: reading and writing": 0.4,
        "event loop, threads": 0.2,
        OTHERS: 0.1,
    }


def _drawn(frame: tuple[str, int, int, int]) -> str:
    what, row, begins, width = frame
    place = f'x="{begins}%" y="{row}" width="{width}%" height="15" fill="rgb(1,2,3)" fg:x="{begins}" fg:w="{width}"'
    return f"<g><title>{what} ({width} samples, 1.00%)</title><rect {place}/><text></text></g>"
