"""Wrong characters mended, and everything else left as it is."""

from __future__ import annotations

from importlib.resources import files

import pytest

from bot.core.model.pack import Pack
from bot.understanding.lexicon.reader import LexiconReader, joined
from bot.understanding.lexicon.spelling import SpellingRepairer, is_confusable
from bot.understanding.text.normalise import normalise

COMMON = {"的": 90_000, "上": 50_000, "还": 30_000}
WORDS = ("注册", "上海", "继续教育", "二级建造师", "黑龙江")


@pytest.fixture(scope="module")
def reader(pack: Pack) -> LexiconReader:
    return LexiconReader(pack)


@pytest.fixture(scope="module")
def repairer() -> SpellingRepairer:
    return SpellingRepairer.of(dict.fromkeys(WORDS, "a meaning"), COMMON)


def found(reader: LexiconReader, text: str, kind: str) -> list[str]:
    return [slot.value for slot in reader.read(normalise(text)).slots if slot.kind == kind]


@pytest.mark.parametrize(
    ("wrong", "loose", "right"),
    [
        pytest.param("住策", (0, 1), "注册", id="two homophones"),
        pytest.param("住册", (0, 1), "注册", id="one homophone"),
        pytest.param("继绪教育", (0, 1), "继续教育", id="a homophone in a long word"),
        pytest.param("二级建遭师", (3,), "二级建造师", id="any one character of a long word"),
        pytest.param("二级见造思", (2, 3, 4), "二级建造师", id="si for shi"),
        pytest.param("我要住策的", (2, 3), "我要注册的", id="inside a sentence"),
        pytest.param("住策住策", (0, 1, 2, 3), "注册注册", id="twice"),
    ],
)
def test_a_wrong_character_is_mended(
    repairer: SpellingRepairer, wrong: str, loose: tuple[int, ...], right: str
) -> None:
    assert repairer.mend(wrong, loose) == right


@pytest.mark.parametrize(
    ("text", "loose"),
    [
        pytest.param("住策", (), id="no character is loose"),
        pytest.param("上还", (0, 1), id="both characters are common words"),
        pytest.param("住钱", (0, 1), id="a short word with an unlike sound"),
        pytest.param("继钱孝育", (1, 2), id="two unlike characters"),
        pytest.param("注册", (0, 1), id="nothing is wrong"),
        pytest.param("", (), id="nothing at all"),
    ],
)
def test_what_cannot_be_meant_is_left_alone(
    repairer: SpellingRepairer, text: str, loose: tuple[int, ...]
) -> None:
    assert repairer.mend(text, loose) == text


@pytest.mark.parametrize(
    ("wrong", "canonical"),
    [
        ("住策", "注册"),
        ("二级建遭师", "二级建造师"),
        ("二级建照师", "二级建造师"),
        ("延绪注册财料", "延续注册材料"),
        ("增像注册", "增项注册"),
        ("继序教育", "继续教育"),
        ("二剪", "二级建造师"),
    ],
)
def test_words_of_the_real_pack_are_mended(
    reader: LexiconReader, wrong: str, canonical: str
) -> None:
    assert joined(reader.read(wrong).tokens) == canonical


@pytest.mark.parametrize(
    ("wrong", "region"),
    [("浙将", "浙江"), ("辽拧", "辽宁"), ("黑龙姜", "黑龙江"), ("内萌古", "内蒙古")],
)
def test_provinces_of_the_real_pack_are_mended(
    reader: LexiconReader, wrong: str, region: str
) -> None:
    assert found(reader, wrong, "region") == [region]


@pytest.mark.parametrize(
    "text", ["行程", "公园", "电影", "朋友", "苹果手机", "成功", "照片", "单位招人", "遗漏", "上还"]
)
def test_real_words_are_left_alone(reader: LexiconReader, text: str) -> None:
    reading = reader.read(text)
    assert (joined(reading.tokens), reading.slots) == (text, ())


def test_a_typo_never_asks_about_another_certificate(reader: LexiconReader) -> None:
    typos = (
        *("二级建遭师", "二级建早师", "二级建照师", "二级健造师", "二级贱造师", "二极建造师"),
        *("贰级建造师", "儿级建造师", "二级建造狮", "二级建造施", "二及建造师", "二鸡建造师"),
        *("七级建造师", "级建造师", "二建造师", "二剪", "二贱", "儿建", "消房", "监里", "安全原"),
    )
    assert [typo for typo in typos if found(reader, f"{typo}在哪注册", "certificate")] == []


def test_no_city_is_made_of_two_wrong_characters(reader: LexiconReader) -> None:
    typos = (
        *("城都", "成度", "诚都", "银穿", "杭洲", "苏周", "无西", "太元", "昆名", "南晶", "深镇"),
        *("广周", "武寒", "青倒", "合非", "福洲", "兰洲", "贵羊", "拉撒", "常沙", "郑洲", "大联"),
    )
    assert [typo for typo in typos if found(reader, f"{typo}二建在哪注册", "region")] == []


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        pytest.param("合同要签几年才够", "费用", id="要签 is no 要钱"),
        pytest.param("拿证以后要注册", "入口", id="拿证 is no 哪整"),
        pytest.param("执业章上要刻哪些内容", "材料", id="要刻哪些 is no 要交哪些"),
    ],
)
def test_verbs_are_left_alone(reader: LexiconReader, text: str, aspect: str) -> None:
    assert aspect not in found(reader, text, "aspect")


@pytest.mark.parametrize("wrong", ["陕溪", "删西", "陕细"])
def test_a_typo_that_sounds_like_two_provinces_is_not_taken_for_one(
    reader: LexiconReader, wrong: str
) -> None:
    regions = {
        slot.values for slot in reader.read(f"{wrong}二建在哪注册").slots if slot.kind == "region"
    }
    assert regions <= {("山西", "陕西"), ("陕西", "山西")}


@pytest.mark.parametrize("wrong", ["二键注册", "二简注册", "二监注册", "二照注册"])
def test_a_typo_in_our_certificate_never_becomes_a_registration(
    reader: LexiconReader, wrong: str
) -> None:
    assert found(reader, f"{wrong}要什么材料", "registration") == []


@pytest.mark.parametrize(
    ("written", "meant", "expected"),
    [
        pytest.param("微", "徽", True, id="looks alike"),
        pytest.param("徽", "微", True, id="either way round"),
        pytest.param("住", "注", True, id="sounds alike"),
        pytest.param("思", "师", True, id="sounds alike to many"),
        pytest.param("重", "虫", True, id="by one of its readings"),
        pytest.param("注", "注", False, id="the same"),
        pytest.param("钱", "注", False, id="neither"),
        pytest.param("a", "注", False, id="a letter"),
    ],
)
def test_characters_are_confused_by_look_and_sound(
    written: str, meant: str, expected: bool
) -> None:
    assert is_confusable(written, meant) is expected


def test_no_set_of_look_alikes_holds_what_counts_or_denies() -> None:
    table = files("bot.understanding").joinpath("data/lookalikes.txt").read_text("utf-8")
    sets = [line for line in table.splitlines() if not line.startswith("#")]
    assert [line for line in sets if set(line) & set("一二三五六七八九十不没无未非")] == []
    assert [line for line in sets if len(set(line)) < max(2, len(line))] == []


@pytest.mark.parametrize(
    ("wrong", "stray", "right"),
    [
        pytest.param("柱册", (0, 1), "注册", id="a short word of two stray characters"),
        pytest.param("上还", (0, 1), "上海", id="what are words by themselves"),
        pytest.param("黑尤江", (1,), "黑龙江", id="a look-alike in a longer word"),
        pytest.param("我要柱册了", (0, 1, 2, 3, 4), "我要注册了", id="inside a sentence"),
        pytest.param("柱册上还", (0, 1, 2, 3), "注册上海", id="two of them"),
    ],
)
def test_a_stray_character_is_guessed_at(
    repairer: SpellingRepairer, wrong: str, stray: tuple[int, ...], right: str
) -> None:
    assert repairer.guess(wrong, stray) == right


@pytest.mark.parametrize(
    ("text", "stray"),
    [
        pytest.param("柱册", (), id="nothing is stray"),
        pytest.param("柱册", (0,), id="half of a short word is no stray character"),
        pytest.param("钱册", (0, 1), id="neither looks nor sounds alike"),
        pytest.param("注册", (0, 1), id="nothing is wrong"),
        pytest.param("继绪教育", (), id="a long word without a stray character"),
        pytest.param("", (), id="nothing at all"),
    ],
)
def test_what_is_no_stray_look_alike_is_not_guessed_at(
    repairer: SpellingRepairer, text: str, stray: tuple[int, ...]
) -> None:
    assert repairer.guess(text, stray) == text


def test_a_guess_between_two_meanings_is_none() -> None:
    either = SpellingRepairer.of({"山西": "one", "陕西": "other"}, {})
    assert either.guess("扇西", (0, 1)) == "扇西"


def test_two_words_of_one_meaning_are_no_doubt() -> None:
    same = SpellingRepairer.of({"换证": "one", "还证": "one"}, {})
    assert same.guess("环证", (0, 1)) == "换证"


@pytest.mark.parametrize(
    ("wrong", "region"),
    [("安微", "安徽"), ("浙扛", "浙江"), ("江办", "江苏"), ("重床", "重庆"), ("辽字", "辽宁")],
)
def test_a_province_written_with_a_look_alike_is_guessed(
    reader: LexiconReader, wrong: str, region: str
) -> None:
    guessed = reader.guess(f"{wrong}二建在哪注册")
    assert guessed is not None
    assert [slot.value for slot in guessed.slots if slot.kind == "region"] == [region]


@pytest.mark.parametrize("wrong", ["医保", "河北", "湖北", "广西", "消防"])
def test_a_right_word_is_not_guessed_away(reader: LexiconReader, wrong: str) -> None:
    assert reader.guess(f"{wrong}要交吗") in (None, reader.read(f"{wrong}要交吗"))


def test_only_so_many_slips_are_mended_in_one_message(repairer: SpellingRepairer) -> None:
    assert repairer.mend("住策" * 250, range(500)) == "注册" * 20 + "住策" * 230
