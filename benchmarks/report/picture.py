"""What all pictures share: SVG written by hand, readable in light and in dark."""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

WIDTH = 960
COLOURS = ("one", "two", "three", "four")
STYLE = """
    text { font: 15px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
    .small { font-size: 12.5px; fill: #59636e; }
    .title { font-weight: 600; }
    .end { text-anchor: end; }
    .middle { text-anchor: middle; }
    .rule { stroke: #d1d9e0; stroke-width: 1; }
    .aim { stroke: #59636e; stroke-width: 1.5; stroke-dasharray: 6 5; }
    .curve { fill: none; stroke-width: 2.5; }
    .one { fill: #0969da; stroke: #0969da; } .two { fill: #cf222e; stroke: #cf222e; }
    .three { fill: #1a7f37; stroke: #1a7f37; } .four { fill: #8250df; stroke: #8250df; }
    rect { stroke-width: 0; } polyline.curve { fill: none; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; } .small { fill: #a5afba; } .rule { stroke: #3d444d; }
      .one { fill: #4493f8; stroke: #4493f8; } .two { fill: #f85149; stroke: #f85149; }
      .three { fill: #3fb950; stroke: #3fb950; } .four { fill: #a371f7; stroke: #a371f7; }
    }
"""


def picture(title: str, what: str, height: int, made_by: str, content: Iterable[str]) -> str:
    """The whole of it: `what` tells the figures to who cannot see them, `made_by` what made it."""
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            'role="img" aria-labelledby="title what">',
            f'  <title id="title">{escape(title)}</title>',
            f'  <desc id="what">{escape(what)}</desc>',
            f"  <style>{STYLE}  </style>",
            f'  <text class="title" x="20" y="30">{escape(title)}</text>',
            *content,
            f'  <text class="small" x="20" y="{height - 14}">{escape(made_by)}</text>',
            "</svg>\n",
        )
    )


def legend(titles: Sequence[str]) -> Iterable[str]:
    """What the colours stand for."""
    for at, (colour, title) in enumerate(zip(COLOURS, titles, strict=False)):
        x = 20 + 190 * at
        yield f'  <rect class="{colour}" x="{x}" y="48" width="12" height="12"/>'
        yield f'  <text class="small" x="{x + 18}" y="59">{escape(title)}</text>'
