"""The form of calculators/*.yaml: deadlines and rates, and what asks for them."""

from __future__ import annotations

from datetime import date

from pydantic import (
    Field,
    model_validator,
)

from bot.knowledge.schema.entries import FactForm
from bot.knowledge.schema.values import (
    CueLine,
    Form,
    Id,
    Line,
    OutcomeWord,
    Price,
    Prose,
    RuleWord,
    SlotName,
)


class PeriodForm(Form):
    years: int = Field(0, ge=0, le=100)
    months: int = Field(0, ge=0, le=1200)
    days: int = Field(0, ge=0, le=36500)

    @model_validator(mode="after")
    def _one_unit(self) -> PeriodForm:
        if (self.years, self.months, self.days).count(0) != 2:
            raise ValueError("years、months、days 要写一个，也只能写一个")
        return self


class CalculatorLineForm(FactForm):
    when: list[OutcomeWord] = Field(
        default_factory=list, description="出现这些结果时才显示；不写就是都显示"
    )


class CalculatorForm(Form):
    id: Id = Field(description="编号，和条目编号不能重名，定了就不要改")
    title: Line = Field(description="短标题，用作按钮")
    rule: RuleWord = Field(
        description=(
            "within 某日起多久之内要办；not_before 某日起多久之内不能再办；"
            "before_expiry 到期前多久要办；keeps 到期日不变"
        )
    )
    period: PeriodForm = Field(description="多久：years、months、days 之一")
    registration: Line | None = Field(None, description="属于哪种业务")
    date_name: Line = Field(description="要问的是什么日期，如 资格证书的签发日期")
    ask: Prose = Field(description="怎么问这个日期")
    results: dict[OutcomeWord, Line] = Field(
        description="每种结果怎么说；花括号里可以写 date period last next today days"
    )
    working: list[CalculatorLineForm] = Field(
        min_length=1, description="依据的规定，一条一条写，带出处；算式由程序写"
    )
    advice: list[CalculatorLineForm] = Field(
        default_factory=list, description="算完还要说的，例如晚了怎么办"
    )
    reminder: Line | None = Field(None, description="写进日历的标题；不写就不提供日历文件")
    entries: list[Id] = Field(
        default_factory=list,
        description="在这些条目下面给出“算一下期限”；问到它们又说了日期就直接算",
    )
    cues: list[CueLine] = Field(
        default_factory=list,
        description=(
            "说了日期时，还说了什么就是要算这个：各组空格隔开，组里用 | 隔开，每组至少说到一个"
        ),
    )
    tells: list[CueLine] = Field(
        default_factory=list,
        description="只报了日期、没问什么时，还说了什么就是要算这个，写法同 cues",
    )
    unless: list[Line] = Field(default_factory=list, description="说到这些词就不是要算这个")
    future: bool = Field(default=False, description="日期可以是将来的")
    since: date | None = Field(None, description="资料没有讲这一天以前的日期")
    most_ahead: PeriodForm | None = Field(None, description="日期最多可以比今天晚多久")


class CountForm(Form):
    name: Line = Field(description="数的是什么，如 册数、逾期天数")
    units: dict[Line, int] = Field(
        min_length=1,
        description="用什么单位说，一个单位合多少：{天: 1, 周: 7, 星期: 7}",
    )
    unsaid: int = Field(0, ge=0, le=1000, description="没说时按几算；不写就是非说不可")


class TariffForm(Form):
    name: Line = Field(description="是什么钱，写在得数前面，如 少儿证的逾期费")
    price: Price = Field(description="每一份多少，如 0.2，写成带引号的小数")
    most: Price | None = Field(None, description="最多多少")
    slots: dict[SlotName, list[Line]] = Field(
        default_factory=dict, description="只用于槽位是这些值的，如 {card: [少儿证]}"
    )


class RateForm(Form):
    id: Id = Field(description="编号，和条目、期限的编号不能重名，定了就不要改")
    title: Line = Field(description="短标题")
    unit: Line = Field("元", description="得数的单位")
    counts: list[CountForm] = Field(min_length=1, max_length=4, description="价钱要乘的数")
    tariffs: list[TariffForm] = Field(min_length=1, max_length=6, description="价钱，可以分几种")
    most_for: Line | None = Field(None, description="most 是按每一份哪个数算的；不写就是一共")
    working: list[FactForm] = Field(min_length=1, description="依据的规定，带出处")
    entries: list[Id] = Field(min_length=1, description="讲这种价钱的条目：问到它们又说了数就算")
    cues: list[CueLine] = Field(
        default_factory=list,
        description="说了数，还说了什么就是要算这个：各组空格隔开，组里用 | 隔开，每组至少说到一个",
    )
    unless: list[Line] = Field(default_factory=list, description="说到这些词就不算")


class CalculatorsFile(Form):
    """calculators/*.yaml：算期限，算价钱。"""

    wanted: list[CueLine] = Field(
        default_factory=list, description="没说日期、但要算期限的说法，写法同 cues"
    )
    calculators: list[CalculatorForm] = Field(default_factory=list)
    rates: list[RateForm] = Field(default_factory=list, description="算价钱：单价乘以说到的数")

    @model_validator(mode="after")
    def _not_empty(self) -> CalculatorsFile:
        if not (self.calculators or self.rates):
            raise ValueError("calculators、rates 至少要写一个")
        return self
