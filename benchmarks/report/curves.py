"""Curves over sizes that grow tenfold, from nought upwards."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence

from benchmarks.report.picture import COLOURS, WIDTH, legend, picture

HEIGHT, TOP, BOTTOM, LEFT, RIGHT = 420, 90, 340, 90, 40
STEPS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000)
MOST_RULES = 7
LABEL = 14
"""The height of a line of small text."""

Points = Mapping[int, float]
"""A figure at each size."""


def curves(title: str, drawn: Mapping[str, Points], aim: float, made_by: str) -> str:
    """The picture: a curve for each name, sizes on a logarithmic scale, and a line at the aim."""
    most = max(aim, *(figure for points in drawn.values() for figure in points.values())) * 1.15
    sizes = sorted({size for points in drawn.values() for size in points})
    what = "; ".join(
        f"{name}: " + ", ".join(f"{figure:.2f} at {size:,}" for size, figure in sorted(points.items()))
        for name, points in drawn.items()
    )
    content = [*legend(list(drawn)), *_axes(sizes, most), *_aim(aim, most)]
    for colour, points in zip(COLOURS, drawn.values(), strict=False):
        content += _curve(colour, points, sizes, most)
    content += _labels(drawn.values(), sizes, most)
    return picture(title, what, HEIGHT, made_by, content)


def _axes(sizes: Sequence[int], most: float) -> Iterator[str]:
    step = next(step for step in STEPS if most / step <= MOST_RULES)
    for part in range(int(most / step) + 1):
        y = _y(part * step, most)
        yield f'  <line class="rule" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>'
        yield f'  <text class="small end" x="{LEFT - 10}" y="{y + 4:.1f}">{part * step:g}</text>'
    for size in sizes:
        yield f'  <text class="small middle" x="{_x(size, sizes):.1f}" y="{BOTTOM + 24}">{size:,}</text>'


def _aim(aim: float, most: float) -> Iterator[str]:
    y = _y(aim, most)
    yield f'  <line class="aim" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>'
    yield f'  <text class="small end" x="{WIDTH - RIGHT}" y="{y - 6:.1f}">aim: at most {aim:g}</text>'


def _curve(colour: str, points: Points, sizes: Sequence[int], most: float) -> Iterator[str]:
    places = [(_x(size, sizes), _y(figure, most)) for size, figure in sorted(points.items())]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'  <polyline class="curve {colour}" points="{line}"/>'
    for x, y in places:
        yield f'  <circle class="{colour}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'


def _labels(curves: Collection[Points], sizes: Sequence[int], most: float) -> Iterator[str]:
    """The figures over their points; where two would be one upon the other, the higher one moves up."""
    for size in sizes:
        free = math.inf
        for figure in sorted({round(points[size], 2) for points in curves if size in points}):
            y = min(_y(figure, most) - 12, free)
            free = y - LABEL
            yield f'  <text class="small middle" x="{_x(size, sizes):.1f}" y="{y:.1f}">{figure:.2f}</text>'


def _x(size: int, sizes: Sequence[int]) -> float:
    low, high = math.log(sizes[0]), math.log(sizes[-1])
    part = (math.log(size) - low) / (high - low) if high > low else 0.5
    return LEFT + 40 + part * (WIDTH - LEFT - RIGHT - 80)


def _y(figure: float, most: float) -> float:
    return BOTTOM - figure / most * (BOTTOM - TOP)
