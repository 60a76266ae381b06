"""What a message only tells: denied things, courtesies, posts, and what was done before."""

from __future__ import annotations

import pytest

from bot.core.model.session import Context
from bot.core.model.vocabulary import SUBJECT
from bot.understanding.engine import PackUnderstander
from bot.understanding.interpretation.background import _denied, _pieces
from bot.understanding.lexicon.reader import Reading
from bot.understanding.text.normalise import normalise
from tests.fakes import NOON


def read(understander: PackUnderstander, text: str) -> Reading:
    return understander._background.read(text, normalise(text))


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("丢的是成绩单，不是工牌，去哪补", ["不是工牌"]),
        ("不是押金条，是收据丢了，怎么补", ["不是押金条"]),
        ("这个不是本人签的吗，怎么办", []),
        ("我不是本地人，能办吗", []),
    ],
)
def test_what_is_not_meant_stands_beside_what_is(text: str, denied: list[str]) -> None:
    assert _denied(_pieces(text)) == denied


def test_what_is_not_meant_fills_no_slot(understander: PackUnderstander) -> None:
    said = "我的是毕业证，不是注册证，补办找谁"
    assert "不是注册证" not in read(understander, said).text
    assert read(understander, said).told == {"遗失补办"}


def test_a_service_is_only_denied_where_what_it_is_about_is(understander: PackUnderstander) -> None:
    reading = read(understander, "掉的是注册证，不是身份证，补办找谁")
    assert "遗失补办" in {slot.value for slot in reading.slots}


def test_courtesy_round_a_question_is_no_part_of_it(understander: PackUnderstander) -> None:
    plain = read(understander, "章丢了怎么补")
    polite = read(understander, "老师早上好，打扰了，章丢了怎么补？辛苦了，祝您顺利")
    assert polite.tokens == plain.tokens


def test_courtesy_alone_is_left_as_it_is(understander: PackUnderstander) -> None:
    said = "辛苦了，谢谢老师"
    assert read(understander, said) == understander._interpreter.read(said, normalise(said))


def test_the_aspect_that_is_asked_for_is_the_only_one(understander: PackUnderstander) -> None:
    reading = read(understander, "学时去年补齐了，业绩也有，重新注册要交哪些材料")
    assert {slot.value for slot in reading.slots if slot.kind == "aspect"} == {"材料"}
    assert "继续教育" in reading.told


@pytest.mark.parametrize(
    ("text", "is_other"),
    [
        ("我当施工员，帮同事弄延续，要提前几天", False),
        ("我有一建，二建想延续，要交哪些材料", False),
        ("我是施工员，延续要提前几天", True),
        ("我是一建，延续要交哪些材料", True),
        ("帮同事问一下，施工员证延续要提前几天", True),
    ],
)
def test_what_somebody_works_as_is_not_what_they_ask_about_for_others(
    understander: PackUnderstander, text: str, is_other: bool
) -> None:
    assert any(slot.kind == SUBJECT for slot in read(understander, text).slots) is is_other


def test_a_message_of_very_many_clauses_is_read_as_it_stands(
    understander: PackUnderstander,
) -> None:
    said = "丢的是章，不是注册证，" * 40 + "怎么补"
    assert "注册证书" in read(understander, said).tokens
    assert understander.understand(said, Context(), NOON).candidates


@pytest.mark.parametrize(
    "letter",
    [
        "我在公司干了四年，上月解除劳动合同，公司不肯在系统里同意，家里车贷要还，我怎么转到新单位",
        "年初搬家的快递弄丢了我的执业章，孩子又病着，单位等着盖章，执业印章丢了还要登报吗，补一枚要多久",
    ],
)
def test_a_letter_is_about_what_it_asks_and_not_about_what_it_mentions(
    understander: PackUnderstander, letter: str
) -> None:
    reading = read(understander, letter)
    assert SUBJECT not in {slot.kind for slot in reading.slots}
    assert "账号和日常业务" in reading.told


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("离职了，有解除证明，车贷怎么转到新单位那边的银行，要交哪些材料", id="short"),
        pytest.param(
            "我从公司离职了，公司给了解除劳动合同的证明，社保也转到新单位了，系统里都确认过，"
            "请问车贷怎么转到新单位那边的银行",
            id="asked for",
        ),
        pytest.param(
            "我的车贷在老家的银行，现在人到外地上班，想把关系转过来，跑了三趟都说等，孩子又要开学，"
            "请问怎么转，找谁",
            id="nothing of ours",
        ),
        pytest.param(
            "我是护士，从县医院解除劳动合同，医院不肯在系统里同意，护士证一直扣着，"
            "请问怎么变更注册到新单位，要不要原单位盖章",
            id="papers are no aside",
        ),
    ],
)
def test_another_subject_that_is_asked_about_stays(
    understander: PackUnderstander, other: str
) -> None:
    assert SUBJECT in {slot.kind for slot in read(understander, other).slots}
