"""Cards of questions with options: ticked, grouped, paged, searched; waiting in one line."""

from __future__ import annotations

from dataclasses import replace

from bot.core.answering.choices_under_answers import ways_on
from bot.core.dialogue.decide import take_turn
from bot.core.model.conditions import AnswerTest
from bot.core.model.pack import Pack
from bot.core.model.procedure import Option, Procedure, Question, QuestionKind, Step, Transition
from bot.core.model.scope import Scope
from bot.core.model.session import Context, Session, Walk
from bot.core.model.turn import Turn
from bot.core.model.update import Update
from bot.core.model.vocabulary import PLACE
from bot.core.ports import Brain
from tests.fakes import NOON, SOMEONE, ScriptedUnderstander, labels_of
from tests.tiny import WALK, entry, fact, tiny_pack

MOVES = ["全部步骤", "换一种", "结束"]


def asking(kind: QuestionKind, *options: Option) -> Procedure:
    first = Step("first", "看", question=Question(kind, "哪些？", options=options))
    way = Transition("second")
    steps = {"first": replace(first, transitions=(way,)), "second": Step("second", "完")}
    return replace(WALK, start="first", steps=steps, registrations=(), regions=(), materials={})


def of(procedure: Procedure) -> Pack:
    return tiny_pack(procedure=procedure)


def at(*trail: str, pack: Pack) -> Session:
    return Session(pack.version, walk=Walk("walk", "", trail))


def done(
    pack: Pack, session: Session, *, press: str | None = None, text: str | None = None
) -> Turn:
    update = Update("1", SOMEONE, NOON, press=press, text=text)
    return take_turn(Brain(pack, ScriptedUnderstander()), session, update, NOON)


def pressed(pack: Pack, turn: Turn, label: str) -> Turn:
    [value] = [choice.value for choice in turn.reply.choices if choice.label == label]
    return done(pack, turn.session, press=value)


PAPERS = of(asking(QuestionKind.SEVERAL, Option("护照"), Option("签证")))
COUNTRIES = of(
    asking(
        QuestionKind.CHOICE,
        *(Option(f"欧{n}国", group="欧洲") for n in range(12)),
        *(Option(f"亚{n}国", group="亚洲") for n in range(3)),
        Option("别处"),
    )
)


def test_several_options_are_ticked_on_the_card_itself() -> None:
    turn = done(PAPERS, at("first", pack=PAPERS), press="w:here")
    assert labels_of(turn.reply) == ["□ 护照", "□ 签证", "都没有", *MOVES]
    turn = pressed(PAPERS, turn, "□ 签证")
    assert labels_of(turn.reply) == ["□ 护照", "✓ 签证", "选好了", *MOVES]
    assert turn.session.walk
    assert turn.session.walk.answers == {}
    turn = pressed(PAPERS, turn, "选好了")
    assert turn.reply.rule == "card:second"
    assert turn.session.walk
    assert (turn.session.walk.answers, turn.session.walk.picks) == ({"first": "签证"}, {})


def test_an_option_ticked_twice_is_not_chosen() -> None:
    turn = done(PAPERS, at("first", pack=PAPERS), press="w:here")
    turn = pressed(PAPERS, pressed(PAPERS, turn, "□ 签证"), "✓ 签证")
    turn = pressed(PAPERS, turn, "都没有")
    assert turn.session.walk
    assert turn.session.walk.answers == {"first": ""}
    back = done(PAPERS, turn.session, press="w:back")
    assert "答过：都没有。" in back.reply.as_text()


def test_a_long_list_is_shown_by_groups_and_pages() -> None:
    turn = done(COUNTRIES, at("first", pack=COUNTRIES), press="w:here")
    assert labels_of(turn.reply) == ["欧洲", "亚洲", "其他", *MOVES]
    turn = pressed(COUNTRIES, turn, "欧洲")
    assert labels_of(turn.reply)[9:12] == ["欧9国", "更多（第 2/2 页）", "看分组"]
    turn = pressed(COUNTRIES, turn, "更多（第 2/2 页）")
    assert labels_of(turn.reply)[:3] == ["欧10国", "欧11国", "更多（第 1/2 页）"]
    turn = pressed(COUNTRIES, turn, "欧11国")
    assert turn.session.walk
    assert turn.session.walk.answers == {"first": "欧11国"}


def test_a_long_list_is_searched_by_a_part_of_a_name() -> None:
    turn = done(COUNTRIES, at("first", pack=COUNTRIES), press="w:here")
    turn = done(COUNTRIES, turn.session, text="欧1")
    assert turn.reply.as_text().startswith("有这几个")
    assert labels_of(turn.reply)[:4] == ["欧1国", "欧10国", "欧11国", "看分组"]
    turn = done(COUNTRIES, turn.session, text="亚2")
    assert turn.session.walk
    assert turn.session.walk.answers == {"first": "亚2国"}


def test_a_button_of_options_that_makes_no_sense_changes_nothing() -> None:
    for value in ("u:walk#:first:9", "u:walk#:first:x", "l:walk#:first:x:1", "l:gone#:first::1"):
        turn = done(PAPERS, at("first", pack=PAPERS), press=value)
        assert turn.reply.as_text().startswith("按钮是以前的"), value


# Steps on which one waits

WAITING = of(
    replace(
        WALK,
        start="a",
        steps={
            "a": Step("a", "交", transitions=(Transition("b"),)),
            "b": Step(
                "b",
                "受理",
                "中心",
                transitions=(
                    Transition("c"),
                    Transition("no", "退回", outcome="退回", is_setback=True),
                ),
                is_wait=True,
            ),
            "c": Step("c", "审查", "中心", transitions=(Transition("d"),), is_wait=True),
            "d": Step("d", "取证"),
            "no": Step("no", "补正"),
        },
        registrations=(),
        regions=(),
        materials={},
        when_late="问中心。",
    )
)


def test_steps_on_which_one_waits_are_one_card_and_keep_their_numbers() -> None:
    turn = done(WAITING, at("a", pack=WAITING), press="w:next")
    text = turn.reply.as_text()
    assert "第 2–3/4 步\n单位和机构办理，您等结果。\n\n问中心。" in text
    assert "审查" not in text
    assert labels_of(turn.reply)[:3] == ["下一步", "退回", "上一步"]
    after = pressed(WAITING, turn, "下一步")
    assert "第 4/4 步" in after.reply.as_text()
    assert pressed(WAITING, after, "上一步").reply.rule == "card:b"


def test_what_goes_wrong_while_one_waits_leads_aside() -> None:
    turn = done(WAITING, at("a", "b", "c", pack=WAITING), press="w:here")
    assert pressed(WAITING, turn, "退回").reply.rule == "card:no"


def test_all_steps_are_listed_one_by_one() -> None:
    turn = pressed(WAITING, done(WAITING, at("a", pack=WAITING), press="w:next"), "全部步骤")
    assert "审查" in turn.reply.as_text()


# What the answers do not decide yet


def test_a_card_claims_no_number_of_steps_that_depends_on_answers() -> None:
    question = Question(QuestionKind.NUMBER, "几岁？")
    young, old = (
        Transition("b", when=({"a": (AnswerTest(below="18"),)},)),
        Transition("c", when=({"a": (AnswerTest(least="18"),)},)),
    )
    steps = {
        "a": Step("a", "问", question=question, transitions=(young, old)),
        "b": Step("b", "和家长来", transitions=(Transition("c"),)),
        "c": Step("c", "办"),
    }
    pack = of(replace(WALK, start="a", steps=steps, registrations=(), regions=(), materials={}))
    first = done(pack, at("a", pack=pack), press="w:here")
    assert "第 1 步\n" in first.reply.as_text()
    steps_page = pressed(pack, first, "全部步骤").reply.as_text()
    assert "和家长来" not in steps_page
    assert "要看您怎么回答" in steps_page
    assert "第 2/3 步" in done(pack, first.session, text="17").reply.as_text()


# The menu


def test_a_long_menu_has_pages() -> None:
    kinds = tuple(f"第{n}类" for n in range(14))
    pack = of(replace(WALK, registrations=kinds, without_path={}))
    turn = done(pack, Session(pack.version), press="x:other:")
    assert labels_of(turn.reply)[11:] == ["第11类", "更多（第 2/2 页）"]
    turn = pressed(pack, turn, "更多（第 2/2 页）")
    assert labels_of(turn.reply) == ["第12类", "第13类", "更多（第 1/2 页）"]


def test_the_procedure_of_ones_own_region_goes_first() -> None:
    own = replace(WALK, id="own", regions=("重庆",))
    pack = replace(of(WALK), procedures={"walk": WALK, "own": own})

    def begun(region: str) -> str:
        slots = {PLACE: region} if region else {}
        session = Session(pack.version, context=Context(slots, None, NOON))
        turn = done(pack, session, press="x:other:")
        walk = pressed(pack, turn, "初始注册").session.walk
        return walk.procedure if walk else ""

    assert [begun(region) for region in ("", "四川", "重庆", "浙江")] == [
        "walk",
        "walk",
        "own",
        "walk",
    ]


def test_a_walk_under_way_offers_that_of_the_region_that_is_said() -> None:
    own = replace(WALK, id="own", regions=("重庆",))
    pack = replace(of(WALK), procedures={"walk": WALK, "own": own})
    turn = done(pack, Session(pack.version), press="p:walk#初始注册")
    assert turn.session.walk
    assert "换成重庆的流程" not in labels_of(turn.reply)
    placed = replace(turn.session, walk=replace(turn.session.walk, region="重庆"))
    told = done(pack, placed, press="w:here")
    assert labels_of(told.reply)[0] == "换成重庆的流程"
    changed = pressed(pack, told, "换成重庆的流程")
    assert changed.session.walk
    assert (changed.session.walk.name, changed.session.walk.region) == ("own#初始注册", "重庆")
    assert changed.reply.as_text().startswith("好的，换成重庆的流程。")
    assert "换成重庆的流程" not in labels_of(changed.reply)


def test_under_an_answer_the_walk_of_ones_own_region_is_offered() -> None:
    own = replace(WALK, id="own", regions=("重庆",))
    told = entry("told", "初始注册怎么办", fact("这样办。"), procedure="walk#初始注册")
    pack = replace(tiny_pack(told), procedures={"walk": WALK, "own": own})

    def offered(region: str) -> list[str]:
        options = ways_on(Scope(pack, NOON.date(), {PLACE: region}), pack.entries["told"])
        return [option.value for option in options if option.value.startswith("p:")]

    assert [offered(region) for region in ("重庆", "四川", "浙江")] == [
        ["p:own#初始注册"],
        ["p:walk#初始注册"],
        ["p:walk#初始注册"],
    ]
