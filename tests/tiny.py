"""A tiny pack in memory: two provinces, a few entries, a procedure of four steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.core.model.date_rules import Outcome, Period, Rule
from bot.core.model.pack import (
    Calculator,
    CalculatorLine,
    Citation,
    Confidence,
    Entry,
    EntryKind,
    Fact,
    Lexicon,
    Pack,
    Procedure,
    Region,
    Source,
    Step,
    Transition,
    Website,
)
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE, SUBJECT, Vocabulary

SEED = Source("seed", "四川整理", date(2021, 12, 8), perspective="四川")
RULE = Source("rule", "管理规定", date(2026, 11, 1), url="https://example.cn/rule")

VOCABULARY = Vocabulary(
    names={kind: kind for kind in (PLACE, SERVICE, ASPECT, SUBJECT)},
    portal="入口",
    materials="材料",
    undated=("入口", "材料", "程序", "步骤", "继续教育", "费用", "证书", "印章", "依据"),
    substitutes={"步骤": "程序"},
    idle=("注册",),
)
PHRASES = {
    "welcome": "欢迎",
    "help": "用法",
    "privacy": "隐私",
    "forgotten": "已删除",
    "cancelled": "已结束",
    "nothing_to_cancel": "没有步骤",
    "sources_intro": "出处：",
    "source_label": "依据：",
    "source_checked": "核对于 {date}",
    "unverified": "待核实：{text}",
    "aged": "核对于 {date}，超过 {days} 天",
    "perspective": "讲的是{origin}，{region}另问",
    "ask_topic": "哪一方面？",
    "assumed": "按{words}回答",
    "not_as_before": "不按前面说的",
    "for_topic": "【{topic}】",
    "ask_region": "哪个省？",
    "ask_region_between": "{names}里的哪一个？",
    "ask_registration": "哪一种注册？",
    "ask_detail": "哪一种？",
    "ask_guess": "是不是下面这些？",
    "none_of_these": "都不是",
    "none_chosen": "换个说法",
    "more_regions": "更多省份",
    "other_region": "换省份",
    "try_later": "请稍后再试。",
    "calculate": "算一下期限",
    "calculate_one": "算一下：{title}",
    "calculate_ask": "{text}",
    "calculate_forms": "可以写成 2021-05-12、2021年5月、去年三月；只记得年份也行。",
    "calculate_stop": "不算了",
    "calculate_stopped": "好的，不算了。您可以继续提问。",
    "calculate_go_on": "接着算：{title}",
    "calculate_no_date": "这句话里我没认出日期。不知道的话看看证书上印的，或者先不算。",
    "calculate_in_future": "{date} 还没有到（今天是 {today}）",
    "calculate_too_far": "{date} 离今天（{today}）太远，不像是{name}，请核对。",
    "calculate_no_data": "资料里没有 {since} 以前的{name}",
    "calculate_which": "要算哪一个期限？",
    "calculate_which_date": "哪一个是{name}？",
    "calculate_from": "按“{date}”算期限",
    "calculate_which_day": "没说具体日期，结果要看是哪一天；告诉我是几月几日，就能说准：",
    "calculate_if": "· 如果是 {date}：{verdict}",
    "calculate_from_to": "{first}～{last}",
    "calculate_working": "算法：",
    "calculate_given": "{name}：{date}",
    "calculate_open_day": "，没说是哪一天，按最早 {first}、最晚 {last} 两头算",
    "calculate_cited": "{text}（{place}）",
    "calculate_cited_fairly": "{text}（{place}；把握中等）",
    "fairly_sure": "{text}（把握中等）",
    "calculate_today": "今天：{today}（北京时间）",
    "calculate_to_calendar": "加进日历",
    "calculate_other_date": "换个日期",
    "calendar": "日历提醒：{date}　{title}",
    "formula_within": "{date} ＋ {period} ＝ {last}（最后一天）",
    "formula_not_before": "{date} ＋ {period} ＝ {last}，次日 {next}",
    "formula_before_expiry": "{date} － {period} ＝ {last}（最后一天）",
    "formula_keeps": "仍到 {date}；{date} － {period} ＝ {last}",
    "period_years": "{count} 年",
    "period_months": "{count} 个月",
    "period_days": "{count} 天",
    "step_by_step": "一步步办",
    "no_data_for_region": "没有{region}的{topic}",
    "topic_portal": "注册入口",
    "gov_portal_note": "综合门户",
    "gov_portal_note_weak": "综合门户，网址待核实",
    "expired": "{title}到 {date} 为止",
    "not_yet_valid": "{title}从 {date} 开始",
    "out_of_domain": "超出范围",
    "not_a_question": "没看懂",
    "rejected": "刚才没答对",
    "old_choice": "按钮是以前的",
    "choice_portal": "各地网站",
    "ask_steps": "办哪一种？",
    "card": "{title}{kind}\n第 {number}/{total} 步\n{who}{action}",
    "card_who": "办理人：{actor}",
    "card_setback": "如果{label}：{action}",
    "card_last": "最后一步。",
    "card_origin": "以下是{origin}的流程",
    "card_materials": "材料",
    "card_ask_region": "在哪个省？",
    "card_portal": "网站：{portal}",
    "card_detour": "因为{label}。",
    "card_answered": "答过：{answer}。",
    "papers_title": "已备 {done}/{total}：",
    "paper_have": "已备：{paper}",
    "paper_lack": "未备：{paper}",
    "more_on_papers": "材料说明",
    "all_steps": "全部步骤",
    "other_kind": "换一种",
    "again": "重新开始",
    "back_to_step": "回到第 {number} 步",
    "steps_title": "{title}的步骤：",
    "take_list": "核对清单",
    "take_picture": "路线图",
    "list_title": "{title}清单",
    "done_all": "{total} 步走完：{action}。",
    "done_setback": "到第 {number} 步没办成：{action}。",
    "done_some": "到第 {number}/{total} 步：{action}。",
    "papers_missing": "还差 {count} 样：{papers}。",
    "papers_complete": "材料齐了。",
    "restarted": "重新开始。",
    "restarted_with_papers": "重新开始，材料算数。",
    "old_step": "第 {old} 步的按钮，现在第 {number} 步。",
    "old_step_gone": "没有这一步了，现在第 {number} 步。",
    "old_walk": "“{title}”没有在办。",
    "old_walk_other": "“{title}”的按钮，在办另一种。",
    "go_on_from": "办{title}，从第 {number} 步",
    "no_such_step": "共 {total} 步，没有第 {number} 步。",
    "procedure_changed": "流程变了。",
    "switched": "改成{title}。",
    "switched_back": "接着办{title}。",
    "kept_steps": "到第 {number} 步一样。",
    "kept_region": "保留{region}。",
    "kept_papers": "保留材料：{papers}。",
    "other_papers": "材料 {total} 样另核。",
    "kept_walk": "{title}停在第 {number}/{total} 步。",
    "answer_first": "先回答。",
    "answer_changed": "改成“{answer}”。",
    "answers_kept": "还算数：{questions}",
    "answers_dropped": "不用答了：{questions}",
    "answer_out_of_range": "不在范围。",
    "no_such_day": "没有“{date}”这个日期，请核对后再说一次。",
    "answer_in_future": "{date} 还没到，今天 {today}。",
    "answer_which_day": "记下 {date}，哪一天？",
    "answer_which_date": "哪个日期？",
    "answer_no_choice": "没听出是哪一个。",
    "answer_no_yes_no": "答是或否。",
    "answer_no_number": "没听出是几。",
    "answer_no_date": "没认出日期。",
    "why_asked": "为了下一步。",
    "why_region": "为了当地网站。",
    "need_not_say": "不说也行。{why}",
    "no_walk": "没有在办。",
    "no_such_choice": "共 {total} 个，没有第 {number} 个。",
    "why_slot": "不同的答案不同。",
    "no_need": "不说也行，换个问法。",
    "next": "下一步",
    "back": "上一步",
    "stop": "结束",
    "resume": "继续办理（第 {number}/{total} 步）",
    "no_path": "图里没有{registration}",
    "finished": "{registration}结束",
    "ask_what": "问什么？",
    "unknown_command": "没有这个命令",
    "old_link": "链接失效",
    "settings": "群里点名才说话",
    "settings_remembered": "记着{words}，{minutes} 分钟",
    "settings_nothing": "没记着，{minutes} 分钟",
    "clear_context": "忘掉",
    "context_cleared": "忘掉了",
    "unreadable": "只懂文字",
    "added": "只看点名的",
    "added_hearing_all": "看得到全部",
    "full_in_private": "私聊看全文",
    "go_on_in_private": "私聊继续",
    "not_your_button": "别人的按钮",
    "same_answer": "看上面",
    "too_many": "太快了",
    "only_your_last": "只答最后一问",
    "copy_address": "复制网址",
    "copy_one_address": "复制 {place}",
    "nothing_found_inline": "去私聊问",
    "bot_description": "介绍",
    "bot_short_description": "短介绍",
    "command_start": "命令 start",
    "command_help": "命令 help",
    "command_ask": "命令 ask",
    "command_portal": "命令 portal",
    "command_materials": "命令 materials",
    "command_steps": "命令 steps",
    "command_deadline": "命令 deadline",
    "command_sources": "命令 sources",
    "command_settings": "命令 settings",
    "command_cancel": "命令 cancel",
    "command_privacy": "命令 privacy",
    "command_forgetme": "命令 forgetme",
}


def fact(text: str, *sources: Source, **more: object) -> Fact:
    return Fact(text, tuple(Citation(source) for source in sources or (SEED,)), **more)  # type: ignore[arg-type]


def entry(
    name: str, title: str, *facts: Fact, kind: EntryKind = EntryKind.FACT, **more: object
) -> Entry:
    return Entry(name, title, kind, (), (), f"{title}的短答", facts, **more)  # type: ignore[arg-type]


def portal(name: str, region: str, text: str) -> Entry:
    slots = {"region": region, "aspect": "入口"}
    return entry(name, f"{region}入口", fact(text), slots=slots, regions=(region,))


ENTRIES = (
    portal("portal-sichuan", "四川", "四川网站"),
    portal("portal-chongqing", "重庆", "重庆网站"),
    entry(
        "initial-materials",
        "初始材料",
        fact("交六样。"),
        slots={"registration": "初始注册", "aspect": "材料"},
        related=("portal-sichuan", "fees", "limits"),
        procedure="walk#初始注册",
    ),
    entry(
        "addition-materials",
        "增项材料",
        fact("交四样。"),
        slots={"registration": "增项注册", "aspect": "材料"},
    ),
    entry("limits", "期限", fact("三年内。", RULE)),
    entry("rumour", "传闻", fact("要登报。", confidence=Confidence.LOW)),
    entry("offer", "限时办法", fact("可以缓交。", RULE, valid_until=date(2024, 6, 30))),
    entry("coming", "新办法", fact("不用交。", RULE, valid_from=date(2027, 1, 1))),
    entry("local", "只讲四川", fact("四川这样办。", regions=("四川",))),
    entry("change-procedure", "变更程序", fact("先找新单位。"), slots={"registration": "变更注册"}),
    entry("fees", "收费", fact("资料没有写。"), kind=EntryKind.NO_DATA, slots={"aspect": "费用"}),
    entry("level1", "一级建造师", kind=EntryKind.BOUNDARY, slots={"certificate": "一级建造师"}),
    entry("thanks", "道谢", kind=EntryKind.SMALLTALK),
)

WALK = Procedure(
    id="walk",
    title="流程",
    start="apply",
    steps={
        "apply": Step("apply", "申请", "申请人", ("先备齐材料",), (Transition("accept"),)),
        "accept": Step(
            "accept",
            "受理",
            "中心",
            (),
            (
                Transition("refuse", "不符合", outcome="不符合", is_setback=True),
                Transition("issue", "符合", outcome="符合"),
            ),
        ),
        "refuse": Step("refuse", "告知原因"),
        "issue": Step("issue", "发证"),
    },
    registrations=("初始注册", "增项注册"),
    citations=(Citation(SEED, "流程"),),
    regions=("四川",),
    materials={"初始注册": "initial-materials"},
    without_path={"变更注册": "change-procedure"},
)

WITHIN = Calculator(
    id="register",
    title="注册期限",
    rule=Rule.WITHIN,
    period=Period(years=3),
    registration="初始注册",
    date_name="拿证日期",
    ask="哪天拿的证？",
    results={Outcome.OPEN: "最晚 {last}，还有 {days} 天", Outcome.LATE: "{last} 过了 {days} 天"},
    working=(CalculatorLine(fact("三年内注册。", RULE)),),
    advice=(CalculatorLine(fact("要补课。", confidence=Confidence.LOW), (Outcome.LATE,)),),
    reminder="该注册了",
    entries=("limits",),
    cues=((("拿", "发"), ("证",), ("晚", "超期")),),
    unless=("延续",),
)

REGIONS = (
    Region("四川", "四川省", (), (), ()),
    Region("重庆", "重庆市", (), (), ()),
    Region(
        "浙江",
        "浙江省",
        (),
        (),
        (),
        gov_portal=Website("浙江政务网", "https://example.cn/zj", Confidence.HIGH),
    ),
    Region(
        "西藏",
        "西藏自治区",
        (),
        (),
        (),
        gov_portal=Website("西藏政务网", "https://example.cn/xz", Confidence.LOW),
    ),
    Region("海南", "海南省", (), (), ()),
)


def tiny_pack(
    *entries: Entry, procedure: Procedure = WALK, calculators: Sequence[Calculator] = ()
) -> Pack:
    """The tiny pack; `entries` replace those of the same id or come on top."""
    known = {e.id: e for e in (*ENTRIES, *entries)}
    return Pack(
        id="tiny",
        title="小包",
        language="zh",
        version="0123456789ab",
        review_after_days=365,
        sources={source.id: source for source in (SEED, RULE)},
        entries=known,
        procedures={procedure.id: procedure},
        regions={region.short: region for region in REGIONS},
        lexicon=Lexicon(),
        phrases={"zh": PHRASES},
        calculators={calculator.id: calculator for calculator in calculators},
        calculation=((("算一下",),),),
        vocabulary=VOCABULARY,
    )


def with_transitions(procedure: Procedure, step_id: str, *ways: Transition) -> Procedure:
    """The procedure with other ways on from one step."""
    steps = dict(procedure.steps)
    steps[step_id] = replace(steps[step_id], transitions=ways)
    return replace(procedure, steps=steps)
