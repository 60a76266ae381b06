"""Compile the catalogue of what click says by itself: click.po becomes click.mo beside it.

    python -m scripts.compile_catalogue        needs babel (extra `dev`)

gettext reads compiled catalogues only; the result is in the repository, and a test compares them.
"""

from __future__ import annotations

import sys

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.cli.click_messages import CATALOGUE


def main() -> int:
    with CATALOGUE.with_suffix(".po").open("rb") as source, CATALOGUE.open("wb") as target:
        write_mo(target, read_po(source, abort_invalid=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
