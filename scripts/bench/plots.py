"""Draw the plots of the page from results.json alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from scripts.bench.bars import PLAIN
from scripts.bench.charts import Axis, Panel, Point, Series, around, drawing
from scripts.bench.peers import PEERS

Sections = Mapping[str, Any]
Rows = Mapping[str, Mapping[str, Any]]
STYLES = {name: n for n, name in enumerate(PEERS)}
MAIN = ("lcqmc-5k", "covid-500")
"""The sets in the plots of quality."""
SIZED = ("lcqmc-500", "lcqmc-5k", "lcqmc-max", "synthetic")
"""Sets of one kind and growing size."""
SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
RISK = 0.2
LABELS = 190


def plots(sections: Sections) -> dict[str, str]:
    """Return names of files and their content; a plot without figures is left out."""
    drawn = {
        "quality.svg": _quality(sections),
        "risk.svg": _risk(sections),
        "latency.svg": _sized(sections, "p50_ms", "one search, p50 (ms)"),
        "memory.svg": _sized(sections, "rss_mb", "peak memory (MiB)"),
        "growth.svg": _growth(sections),
    }
    return {name: text for name, text in drawn.items() if text}


def _rows(sections: Sections, name: str) -> Rows:
    found: Rows = sections.get("peers", {}).get("sets", {}).get(name, {}).get("rows", {})
    return found


def _finders() -> list[str]:
    """Return peers that find differently, ours last and so on top; both tokenisers find alike."""
    return sorted((name for name in PEERS if name != PLAIN), key=_is_ours)


def _quality(sections: Sections) -> str:
    """Plot peers one below the other, each with its figures on one line."""
    panels = []
    present = {name for one in MAIN for name in _rows(sections, one)}
    names = [name for name in PEERS if name in present and name != PLAIN]
    if not names:
        return ""
    figures = (("hit1", "hit1", 0), ("cov95", "cov95", 3), ("au_near", "au_near", 2))
    for number, one in enumerate(MAIN):
        rows = _rows(sections, one)
        series = [
            Series(
                label,
                [
                    (rows[name][figure], len(names) - 1 - n)
                    for n, name in enumerate(names)
                    if name in rows
                ],
                style,
                is_loose=True,
            )
            for figure, label, style in figures
        ]
        y = Axis("", -0.5, len(names) - 0.5)
        labels = [PEERS[name].label for name in reversed(names)] if number == 0 else []
        blank = [""] * len(names)
        panels.append(
            Panel(one, Axis("share", 0, 1, ticks=SHARES), y, series, rows=labels or blank)
        )
    return drawing(panels, left=LABELS)


def _risk(sections: Sections) -> str:
    panels = []
    for one in MAIN:
        rows = _rows(sections, one)
        series = [
            Series(PEERS[name].label, points, STYLES[name], is_heavy=_is_ours(name))
            for name in _finders()
            if len(points := [(x, y) for x, y in _curve(rows, name) if y <= RISK]) > 1
        ]
        if series:
            x = Axis("share of answerable questions answered right", 0, 1, ticks=SHARES)
            y = Axis("share of answers that are wrong", 0, RISK, ticks=(0, 0.05, 0.1, 0.15, 0.2))
            panels.append(Panel(one, x, y, series, bar=0.05))
    return drawing(panels) if panels else ""


def _curve(rows: Rows, name: str) -> Sequence[Point]:
    found: Sequence[Point] = rows.get(name, {}).get("risk", ())
    return found


def _sized(sections: Sections, figure: str, title: str) -> str:
    lines = [
        Series(PEERS[name].label, points, STYLES[name], is_heavy=_is_ours(name))
        for name in PEERS
        if (points := list(_points((_rows(sections, one) for one in SIZED), name, figure)))
    ]
    if not lines:
        return ""
    return drawing([_logarithmic("", title, lines)])


def _points(rows: Iterable[Rows], name: str, figure: str) -> Iterator[Point]:
    found = ((row[name]["phrasings"], row[name][figure]) for row in rows if name in row)
    return iter(sorted(found))


def _logarithmic(title: str, y: str, lines: Sequence[Series], bar: float | None = None) -> Panel:
    xs = [x for line in lines for x, _ in line.points]
    ys = [y for line in lines for _, y in line.points]
    return Panel(
        title,
        Axis("phrasings", *around(xs), is_log=True),
        Axis(y, *around(ys), is_log=True),
        lines,
        bar=bar,
    )


def _growth(sections: Sections) -> str:
    sizes = sections.get("growth", {}).get("sizes", {})
    rows = [sizes[size]["rows"] for size in sorted(sizes, key=int)]
    names = [name for name in PEERS if any(name in row for row in rows)]
    if not names:
        return ""

    def lines(figure: str, suffix: str = "", *, is_dashed: bool = False) -> list[Series]:
        return [
            Series(
                PEERS[name].label + suffix,
                list(_points(rows, name, figure)),
                STYLES[name],
                is_dashed=is_dashed,
                is_heavy=_is_ours(name),
            )
            for name in names
        ]

    return drawing(
        [
            _logarithmic("indexing", "seconds", lines("build_s")),
            _logarithmic("memory while indexing", "MiB", lines("build_mb")),
            _logarithmic(
                "one search: p50, and p99 dashed",
                "ms",
                [*lines("p50_ms"), *lines("p99_ms", ", p99", is_dashed=True)],
            ),
        ]
    )


def _is_ours(name: str) -> bool:
    return name.startswith("zhuce")
