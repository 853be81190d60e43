"""What is told of a run: the figures, what failed and how to repeat it, what this machine does not allow."""

from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from chaos.draw import draw
from chaos.figures import Figures, figures
from chaos.outcome import Outcome
from chaos.report import page, show, write
from chaos.run import Run
from chaos.verdict import Verdict


def a_round(number: int, recovery: float | None, *lost: str) -> Outcome:
    plan = draw(7, number, ["redis-killed"])
    return Outcome(plan, acknowledged=10, recovery=recovery, verdict=Verdict(lost=list(lost)))


def told(*outcomes: Outcome, **more: dict[str, str]) -> Figures:
    run = Run(7, 20, ("redis-killed", "mongo-disk-full"), outcomes=list(outcomes), **more)
    return figures(run, "python -m chaos --seed 7")


@pytest.fixture
def all_well() -> Figures:
    return told(*(a_round(number, number / 10) for number in range(1, 101)))


def test_half_of_the_rounds_are_well_within_p50_and_all_but_one_in_a_hundred_within_p99(all_well: Figures) -> None:
    found = all_well.recovery
    assert (found.rounds, found.p50, found.p99, found.most) == (100, 5.0, 9.9, 10.0)


def test_a_run_without_fault_says_how_many_were_acknowledged_and_that_none_is_lost(all_well: Figures) -> None:
    words = " ".join(page(all_well).split())
    assert "**100 rounds, 100 faults, 1,000 reports acknowledged: 0 lost, 0 doubled, 0 rounds failed.**" in words
    assert "Failed" not in words


def test_a_failed_round_is_told_with_what_is_lost_and_how_to_repeat_it(tmp_path: Path) -> None:
    found = told(a_round(1, 2.0), a_round(2, None, "family/f1 has not heard e1"))
    console = Console(record=True, width=200, file=StringIO())
    show(found, {2: tmp_path / "kept"}, console)
    screen = console.export_text()
    assert "family/f1 has not heard e1" in screen
    assert "python -m chaos --seed 7 --only-round 2" in screen
    assert str(tmp_path / "kept") in screen
    assert "family/f1 has not heard e1" in page(found)
    assert "1 lost" in page(found)


def test_what_this_machine_does_not_allow_is_told() -> None:
    found = told(a_round(1, 2.0), left_out={"mongo-disk-full": "Mounting is for root."})
    assert "**Left out on this machine:** `mongo-disk-full`: Mounting is for root." in page(found)


def test_the_picture_has_a_dot_for_each_round(all_well: Figures, tmp_path: Path) -> None:
    write(all_well, tmp_path)
    picture = ElementTree.parse(tmp_path / "chaos.svg")  # noqa: S314 - we wrote it
    svg = "{http://www.w3.org/2000/svg}"
    assert len(picture.findall(f".//{svg}g[@id='rounds']//{svg}use")) == 100
    assert (tmp_path / "chaos.md").read_text() == page(all_well)
