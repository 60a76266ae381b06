"""The forms of faq/*.yaml and sources.yaml: entries, their facts and where these come from."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import (
    Field,
    model_validator,
)

from bot.knowledge.schema.values import (
    ConfidenceWord,
    Form,
    Id,
    Line,
    Prose,
    QuestionWord,
    SlotName,
)


class CitationForm(Form):
    source: Id = Field(description="sources.yaml 里的出处编号")
    article: Line | None = Field(None, description="出处里的章节或条款；只凭记忆的条号不要写")


class LinkForm(Form):
    name: Line = Field(description="网站名称")
    url: Line = Field(description="网址，https:// 或 http:// 开头")


class FactForm(Form):
    text: Prose = Field(description="一条事实，用户看到的原文")
    sources: list[CitationForm] = Field(min_length=1, description="出处，至少一个")
    confidence: ConfidenceWord = Field("high", description="low 和 memory 只会以“待核实”显示")
    valid_from: date | None = Field(None, description="从哪天起有效")
    valid_until: date | None = Field(None, description="有效的最后一天；过后不再当作现行内容显示")
    regions: list[Line] = Field(default_factory=list, description="只适用于这些地区（简称）")
    detail: bool | None = Field(
        None, description="只在“依据详情”里显示；不写时，有 verdicts 的条目是，没有的不是"
    )
    link: LinkForm | None = Field(None, description="确知的官方网址，显示成链接")


class VerdictForm(FactForm):
    """回答的第一句话：用自己的话，直接回答问题。"""

    turned: Prose | None = Field(None, description="反过来问（不用…吗、是不是不…）时怎么说")
    answers: list[QuestionWord] = Field(
        default_factory=list, description="这一句回答哪些问法；不写就是条目的全部问法"
    )


class EntryForm(Form):
    id: Id = Field(description="条目编号，小写英文、数字和连字符，定了就不要改")
    title: Line = Field(description="短标题，用作按钮和列表")
    kind: Literal["fact", "no_data", "boundary", "smalltalk"] = Field(
        "fact",
        description="fact 有答案；no_data 资料没写；boundary 别的事，不在范围里；smalltalk 寒暄",
    )
    slots: dict[SlotName, Line] = Field(
        default_factory=dict,
        description="这条回答的是哪个业务、哪一方面、哪个地区；槽位的名称写在 pack.yaml",
    )
    ask: list[Line] = Field(min_length=3, description="用户会怎么问，至少三种问法")
    not_: list[Line] = Field(
        alias="not", min_length=1, description="容易混淆、但不该落到这条的问法"
    )
    signs: list[Line] = Field(
        default_factory=list, description="一条消息里只有表情时，哪些表情就是这个意思，如 👍"
    )
    needs: list[Line] = Field(
        default_factory=list,
        description=(
            "只说特殊情形的条目写：话里（或刚才的话题里）至少要有其中一个词，没有就让给一般的条目；"
            "近义词、口语、方言都写上，如 去世、过世、病故、不在了"
        ),
    )
    answers: list[QuestionWord] = Field(
        default_factory=list, description="这条回答哪些问法：是不是、多久、谁、在哪、材料和做法……"
    )
    short: Prose | None = Field(
        None, description="短答案：群聊和预览用，不超过 120 字为好；有 verdicts 就不用写"
    )
    verdicts: list[VerdictForm] = Field(
        default_factory=list,
        description="第一句话，先说结论；地区写得最具体、问法对得上的那一句会被用上",
    )
    facts: list[FactForm] = Field(
        default_factory=list,
        description=(
            "完整答案，一条一条写；有 verdicts 时放在“依据详情”里，detail: false 的才直接显示"
        ),
    )
    regions: list[Line] = Field(default_factory=list, description="整条只说这些地区（简称）")
    by_region: bool = Field(
        default=False,
        description="答案各地不同；问到没有单独写的地区，先承认没有，再说已知的别处",
    )
    related: list[Id] = Field(default_factory=list, description="相关条目编号")
    afterwards: dict[Id, Id] = Field(
        default_factory=dict,
        description="同一段对话里说到这条以后，再问到左边的条目，改由右边的回答：官司赢了，就不再说要单位同意",
    )
    procedure: Line | None = Field(None, description="可以一步步办的流程：流程编号#业务类型")

    @model_validator(mode="after")
    def _says_something(self) -> EntryForm:
        if self.short is None and not self.verdicts:
            raise ValueError("要写 short 或 verdicts，不然没有可以说的话")
        return self


class FaqFile(Form):
    """faq/*.yaml：问答条目。"""

    entries: list[EntryForm] = Field(min_length=1)


class SourceForm(Form):
    id: Id
    title: Line = Field(description="出处名称，会显示给用户")
    checked_on: date = Field(description="最近一次与出处核对的日期 YYYY-MM-DD")
    url: Line | None = None
    short: Line | None = Field(
        None, description="依据那一行里用的短名称，不超过 24 字；不写就用 title"
    )
    note: Prose | None = Field(None, description="关于这个出处要说明的话")
    perspective: Line | None = Field(None, description="出处讲的是哪个地区的做法（简称）")
    owner: Line | None = Field(None, description="谁负责复核；不写就是 pack.yaml 的 owner")


class SourcesFile(Form):
    """sources.yaml：出处。"""

    sources: list[SourceForm] = Field(min_length=1)
