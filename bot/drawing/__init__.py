"""What is made for people to look at or to keep, behind ports of core: pictures and calendars.

Boxes are placed by graphviz, drawn by us as SVG, and from that as PNG.

Everything here is optional: where a program or a Chinese font is missing there is no picture, and
the text tree of `bot.core.procedures.drawings` says the same.
"""

from bot.drawing.dot import as_dot
from bot.drawing.drawer import ChartDrawer

__all__ = ["ChartDrawer", "as_dot"]
