"""Make pictures and calendar files, behind ports of core.

Boxes are placed by graphviz, drawn by us as SVG, and converted to PNG. Everything here is optional:
if a program or a Chinese font is missing there is no picture, and the text tree of
`bot.core.procedures.drawings` says the same.
"""

from bot.drawing.dot import as_dot
from bot.drawing.drawer import ChartDrawer

__all__ = ["ChartDrawer", "as_dot"]
