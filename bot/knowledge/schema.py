"""Define the form of the files of a pack, and nothing else.

pydantic models that mirror the YAML one to one; `bot.knowledge.loader` turns them into the frozen
data of `bot.core.model.pack`.  The same models give the JSON Schema that editors complete from, so
a description here is what an operator sees: it is written in Chinese.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from bot.core.model.shorthand import expand

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]


def _expandable(line: str) -> str:
    expand(line)
    return line


Wordings = Annotated[Line, AfterValidator(_expandable)]
"""A line that may stand for several wordings, see `bot.core.model.shorthand`."""


def _grouped(line: str) -> str:
    if not all(word for group in line.split() for word in group.split("|")):
        raise ValueError("| 的两边都要有词；各组之间用空格隔开，如 拿|取得 证 办")
    return line


CueLine = Annotated[Line, AfterValidator(_grouped)]
"""Groups of words apart by blanks, the words of a group by `|`."""
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,63}$")]
PointText = Annotated[str, StringConstraints(pattern=r"^-?\d{1,2}(\.\d+)? -?\d{1,3}(\.\d+)?$")]
"""Latitude and longitude in degrees."""
RuleWord = Literal["within", "not_before", "before_expiry", "keeps"]
OutcomeWord = Literal["open", "late", "early", "free", "short"]
ConfidenceWord = Literal["high", "medium", "low", "memory"]
QuestionWord = Literal[
    "yes_no",
    "how_long",
    "when",
    "how_many",
    "how_much",
    "who",
    "where",
    "which",
    "difference",
    "consequence",
    "refusal",
    "undo",
    "reason",
    "list",
]
"""The values of `QuestionType`."""
RoleWord = Literal["place", "service", "aspect", "subject", "detail"]
InheritedWord = Literal["phrases", "regions", "synonyms", "smalltalk"]
SlotName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,30}$")]


class Form(BaseModel):
    """Every form of a file: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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


class CalculatorsFile(Form):
    """calculators/*.yaml：算期限。"""

    wanted: list[CueLine] = Field(
        default_factory=list, description="没说日期、但要算期限的说法，写法同 cues"
    )
    calculators: list[CalculatorForm] = Field(min_length=1)


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
    elsewhere: Line | None = Field(
        None, description="指别的地方的词，如 外省；人从一地来、要在另一地办，就当说了它"
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


class QuestionForm(Form):
    q: Annotated[str, StringConstraints(max_length=2000)] | None = Field(None, description="一句话")
    turns: list[Line] = Field(default_factory=list, description="一段对话，检查最后一句的回答")
    entry: Id | None = Field(None, description="应当落到的条目")
    entries: list[Id] = Field(
        default_factory=list, description="一句话问了几件事时，应当落到的全部条目"
    )
    status: Literal["answered", "clarify", "abstained", "procedure", "smalltalk"] | None = None
    reason: (
        Literal[
            "ambiguous",
            "no_data_for_region",
            "no_data",
            "boundary",
            "expired",
            "out_of_domain",
            "not_a_question",
        ]
        | None
    ) = None
    contains: list[Line] = Field(default_factory=list)
    lacks: list[Line] = Field(default_factory=list)
    gap: Line | None = Field(
        None, description="问的是哪个还没有入口的地区（简称）；等它有了入口，这一题就不再问"
    )
    known_failure: Line | None = Field(
        None, description="已知还答不对，写原因；答对了就要删掉这一行"
    )


class QuestionsFile(Form):
    """tests/*.yaml：知识的测试，问题和应有的结果。"""

    questions: list[QuestionForm] = Field(min_length=1)
