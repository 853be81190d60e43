"""The pages that commands wrote are what their templates make of the figures that are kept beside them."""

from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.figures import Figures
from benchmarks.report import capacity_page, page
from chaos import report as chaos_report
from chaos.figures import Figures as ChaosFigures

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_of_benchmarks_tells_the_figures_that_are_kept() -> None:
    assert page(Figures.read(DOCS)) == (DOCS / "benchmarks.md").read_text()


def test_the_capacity_page_follows_from_the_same_figures() -> None:
    told = (DOCS / "capacity.md").read_text()
    assert capacity_page(Figures.read(DOCS), "python -m benchmarks capacity --out docs") == told


def test_the_page_of_chaos_tells_the_figures_that_are_kept() -> None:
    kept = TypeAdapter(ChaosFigures).validate_json((DOCS / "chaos.json").read_bytes())
    assert chaos_report.page(kept) == (DOCS / "chaos.md").read_text()
