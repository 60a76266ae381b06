"""Dates in the words of people, on the 22nd of November 2026."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.text.dates import find_dates

TODAY = date(2026, 11, 22)


def spans(text: str, today: date = TODAY) -> list[list[str]]:
    return [[str(span) for span in said.spans] for said in find_dates(text, today)[0]]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2023-6-1", "2023-06-01"),
        ("2023年6月1日", "2023-06-01"),
        ("2023 年 6 月 1 号", "2023-06-01"),
        ("２０２３年６月１日", "2023-06-01"),
        ("2023.6.1", "2023-06-01"),
        ("2023/06/01", "2023-06-01"),
        ("20230601", "2023-06-01"),
        ("2023年6月1", "2023-06-01"),
        ("二〇二三年六月一日", "2023-06-01"),
        ("二零二三年六月", "2023-06"),
        ("二O二三年十二月三十一号", "2023-12-31"),
        ("二零二三年六月一號", "2023-06-01"),
        ("2021 年 5 月", "2021-05"),
        ("2021年5月份", "2021-05"),
        ("2021-05", "2021-05"),
        ("2021.5", "2021-05"),
        ("202105", "2021-05"),
        ("21年5月", "2021-05"),
        ("二一年五月", "2021-05"),
        ("2021年", "2021"),
        ("2021拿的证", "2021"),
        ("19年拿的证", "2019"),
        ("去年三月", "2025-03"),
        ("去年的3月份", "2025-03"),
        ("今年3月", "2026-03"),
        ("今年3月8号", "2026-03-08"),
        ("明年1月", "2027-01"),
        ("前年", "2024"),
        ("大前年", "2023"),
        ("去年", "2025"),
        ("上个月", "2026-10"),
        ("上月15号", "2026-10-15"),
        ("上上个月", "2026-09"),
        ("本月", "2026-11"),
        ("下个月15号", "2026-12-15"),
        ("下下个月", "2027-01"),
        ("昨天", "2026-11-21"),
        ("大前天", "2026-11-19"),
        ("今天", "2026-11-22"),
        ("后天", "2026-11-24"),
        ("三年前", "2023"),
        ("3个月前", "2026-08"),
        ("半年前", "2026-05"),
        ("10天前", "2026-11-12"),
        ("两周前", "2026-11-08"),
        ("两个月后", "2027-01"),
        ("2021年5月底", "2021-05-21,2021-05-31"),
        ("2024年2月下旬", "2024-02-21,2024-02-29"),
        ("上个月初", "2026-10-01,2026-10-10"),
        ("去年年底", "2025-10-01,2025-12-31"),
        ("2021年初", "2021-01-01,2021-03-31"),
        ("2024年2月29日", "2024-02-29"),
    ],
)
def test_a_date_is_read_as_far_as_it_is_said(text: str, span: str) -> None:
    assert spans(text) == [[span]]


@pytest.mark.parametrize(
    "text", ["2023-2-30", "2023年2月29日", "2023年13月", "20231345", "2023年4月31号", "2月30日"]
)
def test_an_impossible_date_is_found_and_has_no_days(text: str) -> None:
    assert spans(text) == [[]]


@pytest.mark.parametrize(
    "text", ["十十月", "十十号", "2024年十十月", "十十十月", "二三十号", "十二三号", "3月十十号"]
)
def test_a_numeral_that_is_no_number_makes_an_impossible_date(text: str) -> None:
    assert spans(text) == [[]]


def test_a_numeral_that_is_no_number_makes_no_distance() -> None:
    assert spans("十十天前") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("11月1号", ["2023-11-01", "2024-11-01", "2025-11-01", "2026-11-01", "2027-11-01"]),
        ("三月", ["2023-03", "2024-03", "2025-03", "2026-03", "2027-03"]),
        ("2月29日", ["2024-02-29"]),
    ],
)
def test_without_a_year_a_date_fits_several(text: str, found: list[str]) -> None:
    assert spans(text) == [found]


def test_without_a_month_a_day_is_near_today() -> None:
    assert spans("15号到期") == [["2026-10-15", "2026-11-15", "2026-12-15"]]
    assert spans("31号") == [["2026-10-31", "2026-12-31"]]


@pytest.mark.parametrize(
    "text",
    [
        "届满30天前申请",
        "到期前30天",
        "提前30天办延续",
        "三年内要注册",
        "30日内办变更",
        "建市2008年48号文",
        "建市〔2008〕48号",
        "建设部令第153号",
        "13800138000",
        "510101199001011234",
        "干了19年",
        "二十年工龄",
        "在工地工作20年",
        "从业15年",
        "今年21",
        "今年58了",
        "今年才二十四",
        "明年就满六十了",
        "去年五十有六",
        "今年45周岁",
        "明年5月满65周岁",
        "1966年5月生的",
        "我是1971年生",
        "出生日期是1966-05-03",
        "还有45周岁的人",
        "今天登进去显示失效",
        "昨天上网一查，说已过期",
        "前天收到短信说过期了",
        "上周打开系统，里面提示注销",
        "农历三月",
        "还有两个月到期",
        "下个月换单位",
        "我下周就去办",
        "明天打算辞职",
        "四川二建在哪注册",
        "",
    ],
)
def test_periods_numbers_and_documents_are_no_dates(text: str) -> None:
    assert spans(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("今年63了，证今年11月到期", ["今年11月"]),
        ("昨天发现证书2026年12月1日到期", ["2026年12月1日"]),
        ("今天到期，我登录看到了", ["今天"]),
        ("昨天刚拿到证", ["昨天"]),
        ("上个月换的单位", ["上个月"]),
        ("下个月办下来", ["下个月"]),
        ("下个月到期，换单位行不行", ["下个月"]),
        ("今年25个人", ["今年"]),
        ("2023年生效", ["2023年"]),
        ("还有45周到期", ["还有45周到期"]),
    ],
)
def test_only_the_day_of_what_happened_is_a_date(text: str, found: list[str]) -> None:
    assert [said.surface for said in find_dates(text, TODAY)[0]] == found


def test_several_dates_come_in_order_and_the_rest_is_kept() -> None:
    said, rest = find_dates("我2021年5月拿的证，去年8月换的单位", TODAY)
    assert [s.surface for s in said] == ["2021年5月", "去年8月"]
    assert rest == "我 拿的证, 换的单位"


def test_last_year_is_that_of_today() -> None:
    assert spans("去年三月", date(2024, 1, 1)) == [["2023-03"]]
    assert spans("上个月", date(2024, 1, 31)) == [["2023-12"]]


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_every_day_is_read_however_it_is_written(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    written = (f"{y}-{m}-{d}", f"{y}年{m}月{d}日", f"{y}{m:02}{d:02}", f"{y}/{m:02}/{d:02}")
    assert [spans(text) for text in written] == [[[day.isoformat()]]] * 4


@given(st.text(alphabet="0123456789年月日号天前后上下去今个半一二十-./ 拿证", max_size=24))
def test_no_text_breaks_it(text: str) -> None:
    said, rest = find_dates(text, TODAY)
    assert len(said) <= 6
    assert all(span.first <= span.last for date in said for span in date.spans)
    assert isinstance(rest, str)


# Weeks, other orders, English, what is left until an expiry: read, several, or no date at all
SAID = {
    "下周": ["2026-11-23,2026-11-29"],
    "下周三": ["2026-11-25"],
    "下個禮拜三": ["2026-11-25"],
    "上周五": ["2026-11-13"],
    "上星期天": ["2026-11-15"],
    "这周一": ["2026-11-16"],
    "本周日": ["2026-11-22"],
    "下下周二": ["2026-12-01"],
    "上上周末": ["2026-11-07,2026-11-08"],
    "这个月底": ["2026-11-21,2026-11-30"],
    "下个月初": ["2026-12-01,2026-12-10"],
    "今年年底": ["2026-10-01,2026-12-31"],
    "2027年一月二十三": ["2027-01-23"],
    "2027年1月23": ["2027-01-23"],
    "二〇二七年一月二十三": ["2027-01-23"],
    "明年三月一": ["2027-03-01"],
    "3/1/2027": ["2027-03-01", "2027-01-03"],
    "03/01/2027": ["2027-03-01", "2027-01-03"],
    "3-1-2027": ["2027-03-01", "2027-01-03"],
    "3.1.2027": ["2027-03-01", "2027-01-03"],
    "1/1/2027": ["2027-01-01"],
    "13/1/2027": ["2027-01-13"],
    "1/13/2027": ["2027-01-13"],
    "31/2/2027": [],
    "March 1 2027": ["2027-03-01"],
    "March 1, 2027": ["2027-03-01"],
    "Mar. 1st 2027": ["2027-03-01"],
    "1 March 2027": ["2027-03-01"],
    "1st of May 2027": ["2027-05-01"],
    "May 2027": ["2027-05"],
    "Feb 30 2027": [],
    "还有20天到期": ["2026-12-12"],
    "还有二十天就到期": ["2026-12-12"],
    "还有两周到期": ["2026-12-06"],
    "只剩3天就过期": ["2026-11-25"],
    "还有100天到期": ["2027-03-02"],
    "过期20天了": ["2026-11-02"],
    "过期了两周": ["2026-11-08"],
}
NO_DATES = [
    "下周内",
    "一周内",
    "周三",
    "还有20天",
    "还有三年",
    "may 我问",
    "第3周",
    "3/1",
    "1/2/3",
    "上下周转",
]


@pytest.mark.parametrize(("said", "expected"), SAID.items(), ids=SAID)
def test_more_ways_to_say_one(said: str, expected: list[str]) -> None:
    assert spans(said) == [expected]


@pytest.mark.parametrize("said", NO_DATES)
def test_what_sounds_like_a_date_and_is_none(said: str) -> None:
    assert spans(said) == []


@pytest.mark.parametrize(
    ("said", "roles"),
    [
        ("2024年3月1日到2027年3月1日到期", ["start", "end"]),
        ("有效期2024-03-01至2027-03-01", ["start", "end"]),
        ("2024-03-01~2027-03-01", ["start", "end"]),
        ("2027年3月1日届满", ["end"]),
        ("2024年3月1日签发", ["start"]),
        ("还有20天到期", ["end"]),
        ("2024年3月1日", [""]),
        ("2024年3月1日和2027年3月1日", ["", ""]),
    ],
)
def test_a_date_knows_whether_something_begins_or_ends_on_it(said: str, roles: list[str]) -> None:
    assert [date.role for date in find_dates(said, TODAY)[0]] == roles


def test_characters_that_stand_for_many_hide_no_date() -> None:
    assert spans("\ufdfa" * 1000 + "2023年6月1日") == [["2023-06-01"]]


def test_a_year_that_nobody_asks_about_is_told_to_be_no_date() -> None:
    assert spans("80年后") == [[]]
