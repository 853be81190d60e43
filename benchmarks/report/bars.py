"""Bars, side by side or in parts, longest where the figure is largest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from benchmarks.report.picture import COLOURS, WIDTH, legend, picture

LEFT, RIGHT, ROW, TOP = 320, 110, 46, 84


@dataclass(frozen=True)
class Bar:
    """A figure and the parts it is made of, each in a colour of its own; 0 for a colour that is not in it."""

    title: str
    parts: Sequence[float]

    @property
    def total(self) -> float:
        """All parts."""
        return sum(self.parts)


def bars(title: str, colours: Sequence[str], drawn: Sequence[Bar], unit: str, places: int, made_by: str) -> str:
    """The picture: `colours` says what each stands for."""
    scale = (WIDTH - LEFT - RIGHT) / max(each.total for each in drawn)
    told = [f"{each.total:,.{places}f} {unit}" for each in drawn]
    what = "; ".join(f"{each.title}: {figure}" for each, figure in zip(drawn, told, strict=True))
    rows = (
        part
        for at, (each, figure) in enumerate(zip(drawn, told, strict=True))
        for part in _bar(each, figure, TOP + ROW * at, scale)
    )
    return picture(title, what, TOP + ROW * len(drawn) + 40, made_by, (*legend(colours), *rows))


def _bar(bar: Bar, figure: str, y: int, scale: float) -> Iterator[str]:
    x = float(LEFT)
    yield f'  <text class="end" x="{LEFT - 12}" y="{y + 21}">{escape(bar.title)}</text>'
    for colour, part in zip(COLOURS, bar.parts, strict=False):
        if part:
            yield f'  <rect class="{colour}" x="{x:.1f}" y="{y + 2}" width="{part * scale:.1f}" height="28"/>'
        x += part * scale
    yield f'  <text x="{x + 8:.1f}" y="{y + 21}">{figure}</text>'
