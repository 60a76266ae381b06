"""What a pack says of itself, filled into its texts: `{pack_title}`, `{example}`, its places.

So that no list is kept by hand: a portal that is added is named wherever all are, and is missing
nowhere.  Braces with other names are left for whoever says the phrase.
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
"""The names that may stand in braces in every text of a pack, and what they become."""
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
    """The text of each name; `portals` are the places that have one, in their order."""
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
    """The text with the pack's names filled in, all else as it stands."""
    return _NAME.sub(lambda found: values[found[1]], text)
