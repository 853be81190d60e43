"""The picture: how long until all was well again, a dot a round, a row a kind of fault, in SVG written by hand."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from chaos.figures import Figures, Line

WIDTH, LEFT, RIGHT, ROW, TOP = 960, 190, 60, 34, 84
MARKS = (1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120)
MOST_MARKS = 6
STYLE = """
    text { font: 15px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
    .small { font-size: 12.5px; fill: #59636e; }
    .title { font-weight: 600; }
    .end { text-anchor: end; } .middle { text-anchor: middle; }
    .dot { fill: #0969da; fill-opacity: 0.45; } .half { stroke: #cf222e; stroke-width: 2.5; }
    .grid { stroke: #d1d9e0; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; } .small { fill: #a5afba; }
      .dot { fill: #4493f8; } .half { stroke: #f85149; } .grid { stroke: #3d444d; }
    }
"""


def draw(figures: Figures) -> str:
    """The dots, with what made them beneath."""
    bottom = TOP + ROW * len(figures.lines)
    most = max((each.recovery.most or 0 for each in figures.lines), default=0) or 1
    scale = (WIDTH - LEFT - RIGHT) / most
    told = "; ".join(f"{each.kind}: p50 {each.recovery.p50} s, most {each.recovery.most} s" for each in figures.lines)
    made_by = f"{figures.command} · {figures.machine['cores']} cores · {figures.machine['on']}"
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 60}" width="{WIDTH}" '
            f'height="{bottom + 60}" role="img" aria-labelledby="title what">',
            '  <title id="title">Recovery times by kind of fault</title>',
            f'  <desc id="what">{escape(told)}</desc>',
            f"  <style>{STYLE}  </style>",
            '  <text class="title" x="20" y="30">Seconds from the end of the faults until all is well again</text>',
            '  <text class="small" x="20" y="54">a dot: a round; the stroke: half of them were well by then</text>',
            *(part for mark in _marks(most) for part in _mark(mark, bottom, scale)),
            *(part for at, each in enumerate(figures.lines) for part in _row(each, TOP + ROW * at, scale)),
            f'  <text class="small" x="20" y="{bottom + 46}">{escape(made_by)}</text>',
            "</svg>\n",
        )
    )


def _marks(most: float) -> list[int]:
    within = [each for each in MARKS if each <= most]
    return within[-MOST_MARKS:]


def _mark(seconds: int, bottom: int, scale: float) -> Iterator[str]:
    x = LEFT + seconds * scale
    yield f'  <line class="grid" x1="{x:.1f}" y1="{TOP - 10}" x2="{x:.1f}" y2="{bottom}"/>'
    yield f'  <text class="small middle" x="{x:.1f}" y="{bottom + 18}">{seconds} s</text>'


def _row(line: Line, y: int, scale: float) -> Iterator[str]:
    yield f'  <text class="end" x="{LEFT - 14}" y="{y + 15}">{escape(line.kind)}</text>'
    for wait in line.waits:
        yield f'  <circle class="dot" cx="{LEFT + wait * scale:.1f}" cy="{y + 10}" r="5"/>'
    if line.recovery.p50 is not None:
        x = LEFT + line.recovery.p50 * scale
        yield f'  <line class="half" x1="{x:.1f}" y1="{y}" x2="{x:.1f}" y2="{y + 20}"/>'
