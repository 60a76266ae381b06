"""The forms of regions.yaml, synonyms.yaml and phrases.yaml: what people say, and are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import (
    Field,
)

from bot.core.model.shorthand import expand
from bot.knowledge.schema.values import (
    ConfidenceWord,
    Form,
    Line,
    PointText,
    Prose,
    SlotName,
    Wordings,
)


class WebsiteForm(Form):
    name: Line
    url: Line
    sources: list[Line] = Field(default_factory=list)
    confidence: ConfidenceWord
    other_urls_seen: list[Line] = Field(default_factory=list)


class CityForm(Form):
    name: Line
    short: Line
    nicknames: list[Line] = Field(default_factory=list)


class RegionForm(Form):
    short: Line = Field(description="简称，各处都用它")
    name: Line | None = Field(None, description="全称；不写就是简称")
    abbr: list[Line] = Field(default_factory=list, description="一个字的简称")
    nicknames: list[Line] = Field(default_factory=list)
    pinyin: Line | None = None
    pinyin_variants: list[Line] = Field(default_factory=list)
    initials: Line | None = None
    capital: Line | None = None
    cities: list[CityForm] = Field(default_factory=list)
    districts: list[Line] = Field(default_factory=list)
    points: list[PointText] = Field(
        default_factory=list, description="几处的纬度和经度，如 30.6 104.1；发来的位置归最近的一处"
    )
    gov_portal: WebsiteForm | None = None


class RegionsFile(Form):
    """regions.yaml：地区。程序自带全国 34 个省级地区，这里只写不同的和多出来的。"""

    ambiguous_names: dict[Line, list[Line]] = Field(
        default_factory=dict, description="几个地区都用的名称 → 这些地区"
    )
    careful_abbreviations: list[Line] = Field(
        default_factory=list, description="也是日常用字的一字简称，后面有省、籍才算地名"
    )
    regions: list[RegionForm] = Field(min_length=1)


class TermForm(Form):
    word: Line = Field(description="标准说法，匹配前用它替换各种说法")
    slot: SlotName | None = Field(None, description="说到它就等于填了哪个槽位")
    value: Line | None = Field(None, description="槽位的值，不写就是 word")
    forms: list[Wordings] = Field(
        default_factory=list,
        description="其他说法：口语、方言、简称、错字；头(回|次)办 代表头回办和头次办",
    )
    hints: list[Wordings] = Field(
        default_factory=list, description="只有旁边没有说别的同类词时才算数的说法，写法同 forms"
    )

    together: list[Line] = Field(
        default_factory=list,
        description="几个标准说法（空格隔开）都出现、又没说别的同类词时，也算说了它：单位 改名",
    )
    suffered: Line | None = Field(
        None,
        description=(
            "别人对问的人做了这件事时的标准说法，如 注销 的 被人注销；"
            "“别人”是 pack.yaml 的 actors，槽位照填"
        ),
    )

    objects: list[Line] = Field(
        default_factory=list,
        description=(
            "别的事的对象和对它做的事（空格隔开）：公司 注册 注销；问的是对它做这件事，才算说了它，"
            "换公司、在公司不算"
        ),
    )

    def spoken(self) -> Iterator[tuple[str, str, int]]:
        """Yield each wording with the key and the number of its line."""
        for key, lines in (("forms", self.forms), ("hints", self.hints)):
            for number, line in enumerate(lines):
                for wording in expand(line):
                    yield wording, key, number


class SynonymsFile(Form):
    """synonyms.yaml：同义说法和语气词；程序自带的接在后面，同一个 word 的说法合在一起。"""

    terms: list[TermForm] = Field(min_length=1)
    fillers: list[Line] = Field(default_factory=list, description="没有内容、匹配时去掉的词")


class PhrasesFile(Form):
    """phrases.yaml：机器人自己的话，按语言分。"""

    phrases: dict[Literal["zh", "en"], dict[Line, Prose]]
