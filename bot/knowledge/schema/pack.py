"""The form of pack.yaml: what a pack is called and which words it knows."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import (
    Field,
)

from bot.knowledge.schema.values import Form, Id, InheritedWord, Line, RoleWord, SlotName


class VocabularyForm(Form):
    slots: dict[SlotName, RoleWord] = Field(
        default_factory=lambda: dict(_ROLES),
        description=(
            "槽位 → 角色：place 地点，service 业务，aspect 问的方面，"
            "subject 别的事（只用于 boundary），detail 其他要分清的；前四种角色各有一个"
        ),
    )
    values: dict[SlotName, list[Line]] = Field(
        default_factory=dict,
        description=(
            "业务、方面等槽位可以填的词；地点在 regions.yaml，别的事在 boundary 条目里，"
            "没有条目、只说不归这里的别的事写在这里"
        ),
    )
    portal: Line | None = Field(None, description="哪个方面问的是入口：在哪办、上哪个网站")
    materials: Line | None = Field(None, description="哪个方面问的是要交的材料")
    undated: list[Line] = Field(
        default_factory=list, description="问到这些方面时，说了日期也不是要算期限"
    )
    substitutes: dict[Line, Line] = Field(
        default_factory=dict, description="方面 → 没有它时可以代替的方面"
    )
    idle: list[Line] = Field(
        default_factory=list, description="这个知识包里人人都说、等于没说的词，如 办证"
    )
    authorities: list[Line] = Field(
        default_factory=list,
        description="办事该问的机构的叫法；回答里有其中之一，就不再另说问谁",
    )
    own: list[Line] = Field(
        default_factory=list,
        description="不点名也是在说这个知识包的事的词，如 证；说了它，同义词的 objects 就不算",
    )
    elsewhere: Line | None = Field(
        None, description="指别的地方的词，如 外省；人从一地来、要在另一地办，就当说了它"
    )
    sites: list[Line] = Field(
        default_factory=list,
        description="派人去做的事，如 项目；它在另一个地方，问的就是本地的在那边管不管用",
    )
    actors: list[Line] = Field(
        default_factory=list,
        description="会对问的人做什么的人和机构的标准说法，如 单位；被单位注销 不是自己去注销",
    )
    asides: list[Line] = Field(
        default_factory=list,
        description="长信里顺带提到、并不是在问的别的事，如 房贷所在的那一类；它们是 subject 的值",
    )


_ROLES: dict[str, RoleWord] = {
    "place": "place",
    "service": "service",
    "aspect": "aspect",
    "subject": "subject",
}
"""The slots of a pack that names none."""


class PackFile(Form):
    """pack.yaml：知识包本身。"""

    id: Id
    title: Line = Field(description="名称，如 市图书馆借书证；出现在问候、网页标题和日历里")
    language: Literal["zh"] = "zh"
    subject: Line | None = Field(
        default=None,
        description="讲的是什么（synonyms 里的标准说法）；说到它，就不算在问别的",
    )
    examples: list[Line] = Field(
        default_factory=list, max_length=8, description="可以照着问的几个问题，网页和问候用"
    )
    inherit: list[InheritedWord] = Field(
        default_factory=lambda: list(get_args(InheritedWord)),
        description="沿用程序自带的哪些：话术、全国地区、常用说法、寒暄；不写就是都沿用",
    )
    vocabulary: VocabularyForm = Field(
        default_factory=lambda: VocabularyForm.model_validate({}), description="槽位和它们的词"
    )
    regions: list[Line] = Field(
        default_factory=list,
        description="只讲这些地区（简称）；条目自己写了 regions 的以条目为准，[] 是哪里都适用",
    )
    review_after_days: int = Field(365, ge=1, le=3650, description="多少天没核对就提醒可能已变")
    owner: Line | None = Field(None, description="谁负责复核；kb due 里写着")
    most_asked: list[Id] = Field(
        default_factory=list,
        max_length=50,
        description="问得最多的条目编号，还没打字就先列出这些；不写就按问法的多少来排",
    )
