"""The picture: CPU milliseconds an event of each contender, as stacked bars, in SVG written by hand."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from benchmarks.figures import Line

WIDTH, LEFT, RIGHT, ROW, TOP = 960, 320, 110, 46, 84
PARTS = (("services", "consuming processes"), ("redis", "Redis"), ("mongod", "mongod"))
STYLE = """
    text { font: 15px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
    .small { font-size: 12.5px; fill: #59636e; }
    .title { font-weight: 600; }
    .end { text-anchor: end; }
    .services { fill: #0969da; } .redis { fill: #cf222e; } .mongod { fill: #1a7f37; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; } .small { fill: #a5afba; }
      .services { fill: #4493f8; } .redis { fill: #f85149; } .mongod { fill: #3fb950; }
    }
"""


def draw(lines: Sequence[Line], made_by: str) -> str:
    """The bars, with what made them beneath."""
    height = TOP + ROW * len(lines) + 40
    scale = (WIDTH - LEFT - RIGHT) / max(each.total for each in lines)
    told = "; ".join(f"{each.title}: {each.total:.2f} ms" for each in lines)
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            'role="img" aria-labelledby="title what">',
            '  <title id="title">CPU time an event</title>',
            f'  <desc id="what">{escape(told)}</desc>',
            f"  <style>{STYLE}  </style>",
            '  <text class="title" x="20" y="30">CPU milliseconds an event, into three views: less is better</text>',
            *_legend(),
            *(part for at, each in enumerate(lines) for part in _bar(each, TOP + ROW * at, scale)),
            f'  <text class="small" x="20" y="{height - 14}">{escape(made_by)}</text>',
            "</svg>\n",
        )
    )


def _legend() -> Iterator[str]:
    for at, (name, title) in enumerate(PARTS):
        x = 20 + 190 * at
        yield f'  <rect class="{name}" x="{x}" y="48" width="12" height="12"/>'
        yield f'  <text class="small" x="{x + 18}" y="59">{title}</text>'


def _bar(line: Line, y: int, scale: float) -> Iterator[str]:
    x = float(LEFT)
    yield f'  <text class="end" x="{LEFT - 12}" y="{y + 21}">({line.name}) {escape(line.title)}</text>'
    for name, _ in PARTS:
        width = getattr(line, name) * scale
        yield f'  <rect class="{name}" x="{x:.1f}" y="{y + 2}" width="{width:.1f}" height="28"/>'
        x += width
    yield f'  <text x="{x + 8:.1f}" y="{y + 21}">{line.total:.2f} ms</text>'
