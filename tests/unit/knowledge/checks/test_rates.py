"""What is wrong with a rate is said in Chinese, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.model.rates import Count, Tariff
from bot.knowledge.loader import load_pack
from tests.packs import problems_of, write_pack

RATES = """\
rates:
  - id: late-fee
    title: 算滞纳金
    counts:
      - {name: 件数, units: {件: 1, 份: 1}, unsaid: 1}
      - {name: 天数, units: {天: 1, 周: 7}}
    tariffs:
      - {name: 滞纳金, price: "0.5", most: "30", slots: {registration: [延续注册]}}
    most_for: 件数
    working:
      - text: 每件每天五角。
        sources: [{source: seed}]
    entries: [renewal-materials]
    cues: [晚|迟 滞纳金]
"""


def pack_in(folder: Path, text: str = RATES) -> Path:
    write_pack(folder)
    (folder / "calculators").mkdir()
    (folder / "calculators/rates.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_rate_is_read(tmp_path: Path) -> None:
    rate = load_pack(pack_in(tmp_path)).rates["late-fee"]
    assert rate.counts == (Count("件数", {"件": 1, "份": 1}, 1), Count("天数", {"天": 1, "周": 7}))
    slots = {"registration": ("延续注册",)}
    assert rate.tariffs == (Tariff("滞纳金", "0.5", "30", slots),)
    assert (rate.unit, rate.most_for, rate.cues) == ("元", "件数", ((("晚", "迟"), ("滞纳金",)),))


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("entries: [renewal-materials]", "entries: [renewal]", "没有条目“renewal”"),
        ("source: seed", "source: sed", "没有出处“sed”"),
        ("most_for: 件数", "most_for: 个数", "counts 里没有“个数”"),
        ("{天: 1, 周: 7}", "{天: 1, 件: 1}", "“件”已经是“件数”的单位"),
        ("{天: 1, 周: 7}", "{天: 1, 周: 7}, unsaid: 1", "至少有一个数要别人说出来"),
        ("[延续注册]", "[延长注册]", "槽位 registration 没有值“延长注册”"),
        ("{registration:", "{registrations:", "没有槽位“registrations”"),
        ("id: late-fee", "id: renewal-materials", "已经是条目或者期限的编号"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    assert right in RATES
    found = problems_of(pack_in(tmp_path, RATES.replace(right, wrong)))
    assert any(message in str(problem) for problem in found), found


def test_a_file_has_deadlines_or_rates(tmp_path: Path) -> None:
    found = problems_of(pack_in(tmp_path, "wanted: []\n"))
    assert any("至少要写一个" in str(problem) for problem in found), found
