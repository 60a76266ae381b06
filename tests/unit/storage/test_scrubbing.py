"""What could tell who somebody is does not get into the journal; what they asked does."""

from __future__ import annotations

import random

import pytest

from bot.core.model.pack import Pack
from bot.storage.scrubbing import MAX_CHARACTERS, scrub

GAPS = ["", " ", "-", "  ", ".", "·", "，", "—", "\u200b", "\u2060 ", *"～~*|+;；•#=_"]
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
HAN = str.maketrans("0123456789", "零一二三四五六七八九")
FORMAL = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
FORMAL_OLD = str.maketrans("0123456789", "零壹貳參肆伍陸柒捌玖")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
KEYCAPS = str.maketrans({str(n): f"{n}\ufe0f\u20e3" for n in range(10)})
BLACK = str.maketrans("0123456789", "⓿❶❷❸❹❺❻❼❽❾")
SCRIPTS = [WIDE, HAN, FORMAL, FORMAL_OLD, ARABIC, KEYCAPS, BLACK]
EVERY_DIGIT = {digit for script in SCRIPTS for digit in "0123456789".translate(script)}
AROUND = [
    "{}",
    "电话{}",
    "我的身份证是{}，能注册吗",
    "补办要多少钱？{}",
    "号码：{}。",
    "打 {} 找我",
]


def identity_number(dice: random.Random) -> str:
    """A valid one, its check character as GB 11643-1999 has it."""
    body = f"{dice.randrange(110000, 659004)}{dice.randrange(1950, 2008)}"
    body += f"{dice.randrange(1, 13):02}{dice.randrange(1, 29):02}{dice.randrange(1000):03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11
    return body + "10X98765432"[rest]


def phone(dice: random.Random) -> str:
    return f"1{dice.choice('3456789')}{dice.randrange(10**9):09}"


def card(dice: random.Random) -> str:
    return f"62{dice.randrange(10**15):015}"


def spoken(number: str, dice: random.Random) -> str:
    """Written in one of the ways that people write numbers in."""
    gap = dice.choice(GAPS)
    size = dice.choice([3, 4, 6, len(number)])
    text = gap.join(number[at : at + size] for at in range(0, len(number), size))
    return dice.choice([text, *(text.translate(script) for script in SCRIPTS)])


def visible_digits(text: str) -> int:
    return sum(c in "0123456789" or c in EVERY_DIGIT for c in text)


@pytest.mark.parametrize("make", [identity_number, phone, card])
def test_numbers_of_people_are_taken_out_however_they_are_written(make: object, pack: Pack) -> None:
    assert callable(make)
    dice, left = random.Random(7), []
    for _ in range(3500):
        text = dice.choice(AROUND).format(spoken(make(dice), dice))
        if visible_digits(scrub(text)) or "〔号码〕" not in scrub(text):
            left.append(text)
    assert left == []


def test_ordinary_questions_stay_as_they_are(pack: Pack) -> None:
    asked = [line for entry in pack.entries.values() for line in (*entry.ask, *entry.not_ask)]
    assert len(asked) > 300
    changed = [line for line in asked if "〔" in scrub(line) and "〔" not in line]
    assert changed == ["202.61.88.188 这个地址安全吗"]  # a phone may be written with dots too


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("我20210501拿的证还能注册吗", "我20210501拿的证还能注册吗"),
        ("2021.05.01 到期，2024-5-1 前办", "2021.05.01 到期,2024-5-1 前办"),
        ("二〇二三年六月拿的", "二〇二三年六月拿的"),
        ("20211301 是日期吗", "〔号码〕 是日期吗"),
        ("我叫王小明在四川怎么注册", "我叫〔姓名〕在四川怎么注册"),
        ("我叫欧阳娜娜，想注册", "我叫〔姓名〕,想注册"),
        ("我的名字是李四 注册", "我的名字是〔姓名〕 注册"),
        ("姓名：张三丰 查询", "姓名:〔姓名〕 查询"),
        ("我叫 John Smith, how", "我叫〔姓名〕, how"),
        ("发到 a.b+c@mail.example.cn 谢谢", "发到 〔邮箱〕 谢谢"),
        ("发到 abc ＠ qq . com", "发到 〔邮箱〕"),
        ("微信号：abc_12345 加我", "微信号:〔账号〕 加我"),
        ("QQ是 abcde12345", "QQ是 〔账号〕"),
        ("固话 028-8555-1234", "固话 〔号码〕"),
        ("八位以下 123456 留下", "八位以下 123456 留下"),
        ("2021～2024 年的证", "2021~2024 年的证"),
        ("2021.5.1－2024.4.30 有效", "2021.5.1-2024.4.30 有效"),
        ("壹佰贰拾元", "壹佰贰拾元"),
        ("我是张伟", "我是〔姓名〕"),
        ("我是张伟，在四川怎么注册", "我是〔姓名〕,在四川怎么注册"),
        ("你好我是欧阳明，电话13812345678", "你好我是〔姓名〕,电话〔号码〕"),
        ("本人李小红，想注册", "本人〔姓名〕,想注册"),
        ("联系人：王小明 13812345678", "联系人:〔姓名〕 〔号码〕"),
        ("联系人是王小明", "联系人是〔姓名〕"),
        ("收件人: Zhang Wei", "收件人:〔姓名〕"),
        ("wx zhangwei88", "wx 〔账号〕"),
        ("加我 WX：zhangwei88", "加我 WX:〔账号〕"),
        ("微 信 zhangwei88", "微 信 〔账号〕"),
        ("薇信号zhangwei88", "薇信号〔账号〕"),
        ("v.x zhangwei88", "v.x 〔账号〕"),
        ("发到 zhangwei[at]qq.com", "发到 〔邮箱〕"),
        ("发到 zhangwei(at)qq(dot)com", "发到 〔邮箱〕"),
        ("发到zhangwei艾特qq点com", "发到〔邮箱〕"),
        ("mail zhang.wei at qq dot com", "mail 〔邮箱〕"),
        *(
            (kept, kept)
            for kept in (
                "我是江苏的",
                "我是石家庄",
                "我是高级工程师",
                "我是安全员",
                "我叫什么名字",
                "联系人怎么填",
                "联系人是谁",
                "姓名是一致的",
                "微信怎么办",
                "一、二、三是什么",
                "wx zai na",
            )
        ),
        ("", ""),
    ],
)
def test_what_is_taken_out_and_what_is_left(text: str, scrubbed: str) -> None:
    assert scrub(text) == scrubbed


def test_long_words_are_cut() -> None:
    assert scrub("补办" * 5000) == ("补办" * 5000)[:MAX_CHARACTERS]


def test_scrubbing_twice_is_scrubbing_once() -> None:
    once = scrub("我叫王小明，电话138-1234-5678，邮箱 a@b.cn，微信abc12345")
    assert scrub(once) == once
