"""`docs/benchmarks.md` with its pictures, and `docs/capacity.md`: figures, told by templates."""

from dataclasses import replace
from pathlib import Path

from benchmarks import pictures
from benchmarks.capacity.measured import costs
from benchmarks.capacity.model import ASSUMPTIONS, GIB, TERRITORIES, Needs
from benchmarks.contenders import CONTENDERS
from benchmarks.figures import Figures, chosen, mid
from benchmarks.growth import TURNS
from benchmarks.http import IN_BATCHES, THEIRS, WAYS
from benchmarks.replicas import PARTITIONS
from benchmarks.targets import targets
from pages.making import rendered

TEMPLATES = Path(__file__).with_name("templates")


def page(figures: Figures) -> str:
    """The page in Markdown; of what was not measured it says nothing."""
    return rendered(
        TEMPLATES / "benchmarks.md.jinja",
        figures=figures,
        targets=targets(figures),
        contenders=CONTENDERS,
        ways=WAYS,
        one_insert=lambda way: replace(way, who=THEIRS),
        turns=TURNS,
        partitions=PARTITIONS,
        chosen=chosen,
        mid=mid,
    )


def write(figures: Figures, folder: Path) -> None:
    """`benchmarks.md` and `.json`, and the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    figures.write(folder)
    (folder / "benchmarks.md").write_text(page(figures), encoding="utf-8")
    pictures.draw(figures, folder)


def capacity_page(figures: Figures, command: str) -> str:
    """`docs/capacity.md`: what is needed where, what breaks first, what it rests on, how far it is off.

    Raises NotMeasured.
    """
    found = costs(figures)
    return rendered(
        TEMPLATES / "capacity.md.jinja",
        command=command,
        figures=figures,
        costs=found,
        found=[Needs(each, found) for each in TERRITORIES],
        model=costs(figures, IN_BATCHES),
        assumed=ASSUMPTIONS,
        gib=GIB,
    )
