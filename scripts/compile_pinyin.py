"""Write bot/understanding/data/pinyin.txt: toneless readings of every common Han character.

    python scripts/compile_pinyin.py        needs pypinyin (extra `dev`)

A line is a syllable and the characters that are read so.  A character with several readings is in
several lines: before the `|` in the line of its commonest reading, after it in the others.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from pypinyin import Style, pinyin

TARGET = Path(__file__).parents[1] / "bot" / "understanding" / "data" / "pinyin.txt"
COMMON_SECOND_READINGS = (
    "重长行会系调转还都地得了着为中和乐率省朝传单弹度否给更好降看空量难强少舍数似宿提参厦差称处当"
)


def main() -> None:
    first: dict[str, list[str]] = defaultdict(list)
    other: dict[str, list[str]] = defaultdict(list)
    for code in range(0x4E00, 0x9FA6):
        character = chr(code)
        readings = pinyin(
            character, style=Style.NORMAL, heteronym=character in COMMON_SECOND_READINGS
        )[0]
        plain = [
            reading.replace("ü", "v") for reading in readings if reading.isascii() or "ü" in reading
        ]
        plain = list(dict.fromkeys(r for r in plain if r.isalpha() and r != character))
        for position, reading in enumerate(plain):
            (other if position else first)[reading].append(character)
    lines = [
        f"{syllable} {''.join(first[syllable])}|{''.join(other[syllable])}"
        for syllable in sorted({*first, *other})
    ]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
