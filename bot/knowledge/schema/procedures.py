"""The form of procedures/*.yaml: steps, questions and the ways between them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from bot.knowledge.schema.entries import CitationForm
from bot.knowledge.schema.values import Form, Id, Line, Prose


def _kind_of(value: object) -> str:
    """Return the tag of the form that a value is checked against, so a mistake is told once."""
    match value:
        case int() if not isinstance(value, bool):
            return "~whole"
        case date():
            return "~day"
        case dict() | BaseModel():
            return "~test"
        case _:
            return "~text"


def _as_list(value: object) -> object:
    """Let a single item stand without brackets."""
    return value if isinstance(value, list) else [value]


Amount = Annotated[
    str, StringConstraints(pattern=r"^-?\d{1,12}(\.\d{1,4})?$", strip_whitespace=True)
]
"""A number with a decimal point: in the YAML of a pack `1.5` is a text."""
Bound = Annotated[
    Annotated[int, Tag("~whole")] | Annotated[date, Tag("~day")] | Annotated[Amount, Tag("~text")],
    Discriminator(_kind_of),
]


class AnswerTestForm(Form):
    from_: Bound | None = Field(
        None, alias="from", description="从几（或哪天）起，包括它；用于 number 和 date"
    )
    below: Bound | None = Field(None, description="到几（或哪天）为止，不包括它")
    group: Line | None = Field(None, description="options 里这个 group 的任何一个")
    any: list[Line] = Field(default_factory=list, description="several：至少选了其中一个")
    all: list[Line] = Field(default_factory=list, description="several：这些都选了")
    none: list[Line] = Field(default_factory=list, description="several：这些都没选")

    @model_validator(mode="after")
    def _says_something(self) -> AnswerTestForm:
        if not self.model_fields_set:
            raise ValueError("里面要写 from、below、group、any、all、none 之一")
        return self


Expected = Annotated[
    Annotated[int, Tag("~whole")]
    | Annotated[date, Tag("~day")]
    | Annotated[AnswerTestForm, Tag("~test")]
    | Annotated[Line, Tag("~text")],
    Discriminator(_kind_of),
]
ConditionForm = dict[Id, Annotated[list[Expected], BeforeValidator(_as_list)]]


class TransitionForm(Form):
    to: Id = Field(description="下一步的编号")
    label: Line | None = Field(None, description="图上的字")
    registrations: list[Line] = Field(
        default_factory=list, description="哪些业务走这里；不写就是都走"
    )
    outcome: Line | None = Field(None, description="出现什么结果时走这里")
    setback: bool = Field(default=False, description="没办成时走的路，不算在正常路径里")
    also: list[Line] = Field(
        default_factory=list, max_length=40, description="人们还会怎么说这个结果，整句话就是它才算"
    )
    when: Annotated[list[ConditionForm], BeforeValidator(_as_list)] = Field(
        default_factory=list,
        max_length=200,
        description=(
            "前面（或这一步）答了什么才走这里：步骤编号 → 可以是哪些答案，unasked 是没有问到；"
            "几个步骤都要符合。写成列表，就是符合其中一组就行"
        ),
    )
    otherwise: bool = Field(default=False, description="这一步的别的 next 都不走时走这里")


class OptionForm(Form):
    name: Line = Field(description="选项，按钮上的字")
    also: list[Line] = Field(default_factory=list, max_length=40, description="别的说法")
    group: Line | None = Field(None, description="列在哪一组下面，如 欧洲")


class StepQuestionForm(Form):
    kind: Literal["choice", "several", "yes_no", "number", "date", "text"] = Field(
        description=(
            "choice 选一个；several 可以选几个；yes_no 是或否；number 数；date 日期；text 几个字"
        )
    )
    text: Line = Field(description="问什么")
    why: Prose | None = Field(None, description="有人问“为什么要问”时怎么答")
    least: Bound | None = Field(None, description="number 最小是多少")
    most: Bound | None = Field(None, description="number 最大是多少")
    decimals: int = Field(0, ge=0, le=4, description="number 小数点后最多几位；不写就是整数")
    unit: Line | None = Field(None, description="number 的单位，如 岁、元")
    future: bool = Field(default=False, description="date 可以是将来的日期")
    options: list[
        Annotated[
            Annotated[Line, Tag("~text")] | Annotated[OptionForm, Tag("~test")],
            Discriminator(_kind_of),
        ]
    ] = Field(
        default_factory=list,
        max_length=400,
        description="choice 和 several 的选项；choice 不写就从 next 的 outcome 里选",
    )


class StepForm(Form):
    id: Id
    actor: Line | None = Field(None, description="谁来做")
    action: Line = Field(description="做什么")
    elsewhere: Line | None = Field(
        None, description="对别的地区的人怎么说：同一件事，不带本地的网站；这时不显示 notes"
    )
    portal: bool = Field(default=False, description="这一步要上网站：显示本人所在地区的入口")
    papers: bool = Field(default=False, description="在这一步交材料：卡片上显示材料清单，可以打勾")
    question: StepQuestionForm | None = Field(None, description="这一步要问的问题")
    related: list[Id] = Field(
        default_factory=list, max_length=4, description="说得更详细的条目，显示成按钮"
    )
    each: Id | None = Field(
        None, description="问个数的那一步：答了几个，这一步就走几遍；文字里的 {n} 是第几个"
    )
    wait: bool = Field(
        default=False, description="这一步本人不用做什么，等别人办；卡片上和前后的这种步骤合成一行"
    )
    notes: list[Prose] = Field(default_factory=list)
    next: list[TransitionForm] = Field(
        default_factory=list, max_length=200, description="接下来去哪一步；不写就是结束"
    )


class ProcedureFile(Form):
    """procedures/*.yaml：办事流程，一个文件一个流程。"""

    id: Id
    title: Line
    start: Id = Field(description="第一步的编号")
    registrations: list[Line] = Field(
        default_factory=list, max_length=30, description="图里有路可走的业务；不分业务就不写"
    )
    regions: list[Line] = Field(default_factory=list)
    sources: list[CitationForm] = Field(min_length=1)
    materials: dict[Line, Id] = Field(default_factory=dict, description="业务 → 材料条目编号")
    without_path: dict[Line, Id] = Field(
        default_factory=dict, description="图里没有的业务 → 该给哪一条"
    )
    remarks: dict[Line, Prose] = Field(
        default_factory=dict, description="业务 → 第一步之前要说明的话，如资料哪里没有写"
    )
    renamed: dict[Id, Id] = Field(
        default_factory=dict,
        description="改过名或去掉的步骤：原编号 → 现在的编号；有人可能正停在原来那一步",
    )
    when_late: Prose | None = Field(None, description="等别人办的步骤（wait）拖得久了，该问谁")
    steps: list[StepForm] = Field(min_length=1)
