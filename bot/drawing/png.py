"""Convert SVG to PNG with resvg, if it is installed and the machine has a Chinese font."""

from __future__ import annotations

from functools import cache

SHARPNESS = 2.0
"""Pixels per point: sharp on a phone."""
_GLYPH = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">'
    '<text x="2" y="16" font-size="14" font-family="Noto Sans CJK SC, sans-serif">{}</text></svg>'
)


def draw_png(svg: str) -> bytes | None:
    """Return the picture; `None` if it cannot be drawn, or its words could not be read."""
    if not can_write_chinese():
        return None
    return _rendered(svg, SHARPNESS)


@cache
def can_write_chinese() -> bool:
    """Return whether two characters look different: without a font both are blank or a box."""
    looks = [_rendered(_GLYPH.format(character), 1.0) for character in ("", "注", "册")]
    return None not in looks and len(set(looks)) == len(looks)


def _rendered(svg: str, zoom: float) -> bytes | None:
    try:
        import resvg_py  # noqa: PLC0415  an extra
    except ImportError:
        return None
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=zoom, background="#ffffff"))
