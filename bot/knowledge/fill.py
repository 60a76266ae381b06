"""Fill facts about the pack into its texts: `{pack_title}`, `{example}`, its places.

No list is kept by hand: a portal that is added appears wherever all portals are listed.  Braces
with other names are left, to be filled in when the phrase is used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.core.words.numerals import write_number

OF_THE_PACK: Mapping[str, str] = {
    "pack_title": "知识包的名称",
    "example": "第一个例句",
    "examples": "前两个例句，用分号隔开",
    "place_example": "第一个有入口的地区",
    "service_example": "第一种业务",
    "portal_places": "有入口的地区，用顿号隔开",
    "portal_count": "有入口的地区有几个",
    "portal_count_words": "有入口的地区有几个，用汉字写",
    "places_without_portal": "没有入口的地区，用顿号隔开",
}
"""The names that any text of a pack may have in braces, and what they stand for."""
NONE = "无"
"""What stands for an empty list."""
_NAME = re.compile(r"\{(" + "|".join(OF_THE_PACK) + r")\}")


def pack_values(
    title: str,
    examples: Sequence[str],
    places: Sequence[str],
    portals: Sequence[str],
    services: Sequence[str],
) -> dict[str, str]:
    """Return the text for each name; `portals` are the places that have one, in their order."""
    return {
        "pack_title": title,
        "example": examples[0] if examples else title,
        "examples": "；".join(examples[:2]) or title,
        "place_example": next(iter((*portals, *places)), ""),
        "service_example": services[0] if services else "",
        "portal_places": "、".join(portals) or NONE,
        "portal_count": str(len(portals)),
        "portal_count_words": write_number(len(portals)),
        "places_without_portal": "、".join(p for p in places if p not in portals) or NONE,
    }


def fill(text: str, values: Mapping[str, str]) -> str:
    """Fill in the pack's names and leave everything else as it is."""
    return _NAME.sub(lambda found: values[found[1]], text)
