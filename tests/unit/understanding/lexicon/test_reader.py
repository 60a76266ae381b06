"""The real pack's words found in an utterance: slots, negations, lists, fillers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from bot.core.model.pack import Pack
from bot.core.model.shorthand import expand
from bot.core.model.understanding import Slot
from bot.understanding.lexicon.reader import LexiconReader, joined
from bot.understanding.text.normalise import normalise

REGIONS = {
    "北京": ("北京市", "帝都", "京", "海淀区", "beijing"),
    "天津": ("天津市", "津门", "津", "滨海新区", "tianjin"),
    "河北": ("河北省", "燕赵", "冀", "石家庄", "保定", "hebei"),
    "山西": ("山西省", "三晋", "晋", "太原", "大同", "shanxisheng"),
    "内蒙古": ("内蒙古自治区", "内蒙", "蒙", "呼和浩特", "包头", "neimenggu"),
    "辽宁": ("辽宁省", "辽沈", "辽", "沈阳", "大连", "liaoning"),
    "吉林": ("吉林省", "吉省", "长春", "四平", "jilin"),
    "黑龙江": ("黑龙江省", "龙江", "哈尔滨", "大庆", "heilongjiang"),
    "上海": ("上海市", "魔都", "沪", "浦东", "shanghai"),
    "江苏": ("江苏省", "苏北", "苏", "南京", "无锡", "jiangsu"),
    "浙江": ("浙江省", "浙省", "浙", "杭州", "宁波", "zhejiang"),
    "安徽": ("安徽省", "江淮", "合肥", "芜湖", "anhui"),
    "福建": ("福建省", "八闽", "闽", "福州", "厦门", "fujian"),
    "江西": ("江西省", "赣南", "赣", "南昌", "九江", "jiangxi"),
    "山东": ("山东省", "齐鲁", "鲁", "济南", "青岛", "shandong"),
    "河南": ("河南省", "中原", "豫", "郑州", "洛阳", "henan"),
    "湖北": ("湖北省", "荆楚", "鄂", "武汉", "宜昌", "hubei"),
    "湖南": ("湖南省", "三湘", "湘", "长沙", "岳阳", "hunan"),
    "广东": ("广东省", "岭南", "粤", "广州", "深圳", "guangdong"),
    "广西": ("广西壮族自治区", "八桂", "桂", "南宁", "桂林", "guangxi"),
    "海南": ("海南省", "琼州", "海口", "三亚", "hainan"),
    "重庆": ("重庆市", "山城", "渝", "万州", "chongqing"),
    "四川": ("四川省", "天府", "川", "蜀", "成都", "绵阳", "sichuan"),
    "贵州": ("贵州省", "黔省", "黔", "贵阳", "遵义", "guizhou"),
    "云南": ("云南省", "彩云之南", "滇", "昆明", "大理", "yunnan"),
    "西藏": ("西藏自治区", "拉萨", "日喀则", "xizang", "tibet"),
    "陕西": ("陕西省", "三秦", "陕", "秦", "西安", "咸阳", "shaanxi"),
    "甘肃": ("甘肃省", "陇上", "甘", "陇", "兰州", "天水", "gansu"),
    "青海": ("青海省", "西宁", "玉树", "qinghai"),
    "宁夏": ("宁夏回族自治区", "银川", "吴忠", "ningxia"),
    "新疆": ("新疆维吾尔自治区", "疆", "乌鲁木齐", "喀什", "xinjiang"),
    "香港": ("香港特别行政区", "香江", "hong kong"),
    "澳门": ("澳门特别行政区", "濠江", "macao"),
    "台湾": ("台湾省", "宝岛", "台北", "taiwan"),
}
REGISTRATIONS = {
    "初始注册": ("初始注册", "初次办理", "第一次注册"),
    "延续注册": ("延续", "续期", "证书快到期了"),
    "变更注册": ("变更", "换单位", "换了家公司"),
    "增项注册": ("增项", "加个专业"),
    "重新注册": ("重新注册", "注销后再注册"),
    "注销注册": ("注销", "取消注册"),
    "企业名称变更": ("公司改名", "企业更名"),
    "个人信息修改": ("个人信息修改", "信息填错了"),
    "遗失补办": ("补办", "注册证书丢了"),
}
ASPECTS = {
    "材料": ("材料", "要带啥", "交哪些资料"),
    "程序": ("程序", "走什么流程"),
    "步骤": ("步骤", "分几步"),
    "入口": ("在哪注册", "哪个网站"),
    "时限": ("多久办好", "多久能拿到证"),
    "期限": ("截止日期", "最晚什么时候"),
    "有效期": ("有效期", "管几年"),
    "条件": ("什么条件", "有啥要求"),
    "继续教育": ("继续教育", "学时"),
    "费用": ("多少钱", "收费标准"),
    "证书": ("电子证书", "打印证书"),
    "印章": ("执业印章", "章子"),
    "依据": ("什么规定", "法律依据"),
}


@pytest.fixture(scope="module")
def reader(pack: Pack) -> LexiconReader:
    return LexiconReader(pack)


def slots_of(reader: LexiconReader, text: str, kind: str) -> list[Slot]:
    return [slot for slot in reader.read(normalise(text)).slots if slot.kind == kind]


def values_of(reader: LexiconReader, text: str, kind: str) -> list[tuple[str, ...]]:
    return [slot.values for slot in slots_of(reader, text, kind)]


def misread(
    reader: LexiconReader, kind: str, meanings: Mapping[str, Sequence[str]]
) -> dict[str, list[tuple[str, ...]]]:
    """The words that are taken for something else than is written here, and for what."""
    return {
        text: found
        for meant, texts in meanings.items()
        for text in texts
        if (found := values_of(reader, text, kind)) != [(meant,)]
    }


def test_every_region_of_the_pack_is_tried_here(pack: Pack) -> None:
    assert set(REGIONS) == set(pack.regions)


def test_every_region_is_known_by_its_names(reader: LexiconReader) -> None:
    asked = {
        short: [f"{name}二建在哪注册" for name in (short, *names)]
        for short, names in REGIONS.items()
    }
    assert misread(reader, "region", asked) == {}


def test_a_name_of_a_region_is_a_slot_and_no_word(reader: LexiconReader) -> None:
    names = {name for short, names in REGIONS.items() for name in (short, *names)}
    read = {name: reader.read(normalise(f"{name}二建在哪注册")).tokens for name in names}
    assert {name: left for name, left in read.items() if joined(left) != "二级建造师在入口"} == {}


def test_every_city_and_district_of_the_pack_means_its_region_or_is_ambiguous(
    reader: LexiconReader, pack: Pack
) -> None:
    stray = {
        place
        for short, region in pack.regions.items()
        for place in region.places
        if len(place) > 1 and short not in (values_of(reader, place, "region") or [()])[0]
    }
    assert stray == set()


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("川", "四川"),
        ("川二建", "四川"),
        ("川籍", "四川"),
        ("我在川", "四川"),
        ("渝二建在哪注册", "重庆"),
        ("到沪二建要换吗", "上海"),
        ("贵省二建", "贵州"),
        ("新籍二建", "新疆"),
        ("黑省二建", "黑龙江"),
    ],
)
def test_one_character_is_a_region_where_it_can_be_nothing_else(
    reader: LexiconReader, text: str, short: str
) -> None:
    assert values_of(reader, text, "region") == [(short,)]


def test_one_character_inside_a_word_is_no_region(reader: LexiconReader) -> None:
    texts = (
        *("贵公司二建怎么办", "新系统怎么登录", "黑名单会影响注册吗", "云平台在哪", "青年二建"),
        *("台账怎么填", "港口工程", "藏在哪", "吉日", "川流不息", "京东买章", "辽阔", "申请表"),
        *("新二建", "贵二建", "云二建", "豫剧", "鲁莽", "苏醒"),
    )
    assert [text for text in texts if values_of(reader, text, "region")] == []


@pytest.mark.parametrize(
    ("text", "short"),
    [("银川", "宁夏"), ("云浮", "广东"), ("新乡", "河南"), ("贵港", "广西"), ("吉安", "江西")],
)
def test_a_city_hides_the_abbreviation_in_its_name(
    reader: LexiconReader, text: str, short: str
) -> None:
    assert values_of(reader, text, "region") == [(short,)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("shanxi二建", ("山西", "陕西")),
        ("sx二建", ("山西", "陕西")),
        ("春城二建", ("云南", "吉林")),
        ("hn二建", ("河南", "湖南", "海南")),
        ("川渝二建", ("四川", "重庆")),
        ("江浙沪二建", ("江苏", "浙江", "上海")),
        ("鼓楼区二建", ("江苏", "福建", "河南")),
    ],
)
def test_an_ambiguous_name_means_several_regions(
    reader: LexiconReader, text: str, values: tuple[str, ...]
) -> None:
    assert values_of(reader, text, "region") == [values]


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("山西shanxi二建", "山西"),
        ("shanxi西安二建", "陕西"),
        ("春城昆明", "云南"),
        ("hn长沙二建", "湖南"),
        ("南京鼓楼区", "江苏"),
    ],
)
def test_a_certain_name_settles_the_ambiguous_one(
    reader: LexiconReader, text: str, short: str
) -> None:
    assert values_of(reader, text, "region") == [(short,)]


@pytest.mark.parametrize("text", ["福建去哪里申申请", "河北去哪个网站申注册", "河南注册晋哪个系统"])
def test_beside_a_full_name_a_stray_character_is_no_region(
    reader: LexiconReader, text: str
) -> None:
    assert values_of(reader, text, "region") == [(text[:2],)]


@pytest.mark.xfail(reason="of the names of one character only those of a region itself are kept")
@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("宁籍二建", ("宁夏", "江苏"), id="宁 is ambiguous"),
        pytest.param("蓉二建", ("四川",), id="蓉 is 成都"),
        pytest.param("穗二建", ("广东",), id="穗 is 广州"),
    ],
)
def test_one_character_may_be_a_city_or_ambiguous(
    reader: LexiconReader, text: str, values: tuple[str, ...]
) -> None:
    assert values_of(reader, text, "region") == [values]


def test_a_registration_is_known_by_what_people_call_it(reader: LexiconReader) -> None:
    assert misread(reader, "registration", REGISTRATIONS) == {}


def test_an_aspect_is_known_by_what_people_call_it(reader: LexiconReader) -> None:
    assert misread(reader, "aspect", ASPECTS) == {}


@pytest.mark.parametrize("slot", ["registration", "aspect", "certificate"])
def test_every_form_of_a_slot_fills_it(reader: LexiconReader, pack: Pack, slot: str) -> None:
    wrong = [
        form
        for term in pack.lexicon.terms
        if term.slot == slot
        for line in (term.word, *term.forms)
        for form in expand(line)
        if values_of(reader, form, slot) != [(term.value or term.word,)]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("不是湖南是河南", "region", ["河南"]),
        ("是湖南不是河南", "region", ["湖南"]),
        ("不要延续要增项", "registration", ["增项注册"]),
        ("不办变更，办注销", "registration", ["注销注册"]),
        ("并非四川，重庆的", "region", ["重庆"]),
    ],
)
def test_of_two_the_one_denied_is_not_meant(
    reader: LexiconReader, text: str, kind: str, expected: list[str]
) -> None:
    assert [slot.value for slot in slots_of(reader, text, kind)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("要不要延续", ["延续注册"], id="asked with X不X"),
        pytest.param("是不是延续和增项", ["延续注册", "增项注册"], id="asked about two"),
        pytest.param("不是变更吗", ["变更注册"], id="asked, and nothing else named"),
        pytest.param("没有延续会怎样", ["延续注册"], id="not having done it"),
    ],
)
def test_what_only_looks_like_a_denial_is_none(
    reader: LexiconReader, text: str, expected: list[str]
) -> None:
    assert [slot.value for slot in slots_of(reader, text, "registration")] == expected


@pytest.mark.parametrize(
    "text", ["分别变更和增项要什么", "有没有变更和增项的材料", "办不办变更和增项"]
)
def test_the_end_of_another_word_denies_nothing(reader: LexiconReader, text: str) -> None:
    assert values_of(reader, text, "registration") == [("变更注册",), ("增项注册",)]


@pytest.mark.parametrize(
    "text",
    [
        "变更和增项",
        "变更跟增项要什么材料",
        "变更注册以及增项注册",
        "变更、增项",
        "变更增项分别要啥",
    ],
)
def test_registrations_in_a_list_are_listed(reader: LexiconReader, text: str) -> None:
    slots = slots_of(reader, text, "registration")
    assert [(slot.value, slot.is_listed) for slot in slots] == [
        ("变更注册", True),
        ("增项注册", True),
    ]


@pytest.mark.parametrize("text", ["初始注册完多久能变更", "初始注册没满一年可以变更吗"])
def test_registrations_in_a_sentence_are_only_mentioned(reader: LexiconReader, text: str) -> None:
    slots = slots_of(reader, text, "registration")
    assert [(slot.value, slot.is_listed) for slot in slots] == [
        ("初始注册", False),
        ("变更注册", False),
    ]


def test_several_places_are_always_listed(reader: LexiconReader) -> None:
    slots = slots_of(reader, "四川二建能在重庆注册吗", "region")
    assert [(slot.value, slot.is_listed) for slot in slots] == [("四川", True), ("重庆", True)]


def test_where_others_are_gives_way_to_the_askers_own_place(reader: LexiconReader) -> None:
    for text, places in {
        "老婆在成都，我在重庆上班，去哪注册": [("重庆",)],
        "孩子在重庆上学，单位在成都": [("四川",)],
        "我同学都在四川，我公司在重庆": [("重庆",)],
        "我朋友在四川怎么注册": [("四川",)],
        "我在成都上班，公司在重庆": [("四川",), ("重庆",)],
    }.items():
        assert values_of(reader, text, "region") == places, text


def test_an_ambiguous_place_is_in_no_list(reader: LexiconReader) -> None:
    assert [slot.is_listed for slot in slots_of(reader, "shanxi和sx", "region")] == [False]


def test_a_place_said_twice_is_one(reader: LexiconReader) -> None:
    assert values_of(reader, "四川成都的川二建", "region") == [("四川",)]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("请问一下延续要什么材料谢谢", "延续注册要什么材料"),
        ("二建在哪注册呀", "二级建造师在入口"),
        ("老师好，变更要多少钱呢", "变更注册费用"),
        ("啊二建", "二级建造师"),
    ],
)
def test_fillers_are_left_out(reader: LexiconReader, text: str, canonical: str) -> None:
    assert joined(reader.read(normalise(text)).tokens) == canonical


def test_a_particle_inside_an_unknown_word_is_no_filler(reader: LexiconReader) -> None:
    assert joined(reader.read("酒吧老板").tokens) == "酒吧老板"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        pytest.param("谢谢", ("谢谢",), id="thanks"),
        pytest.param("你好", ("你好",), id="greeting"),
    ],
)
def test_fillers_alone_are_what_was_said(
    reader: LexiconReader, text: str, tokens: tuple[str, ...]
) -> None:
    assert reader.read(text).tokens == tokens


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("继续教育", "registration", id="续 in 继续教育"),
        pytest.param("手续", "registration", id="续 in 手续"),
        pytest.param("印章管理", "registration", id="章"),
        pytest.param("手续费", "registration", id="续 in 手续费"),
        pytest.param("资质延续", "registration", id="延续 of a company's qualification"),
        pytest.param("二级建造师", "certificate", id="our own certificate"),
    ],
)
def test_a_form_shields_what_lies_in_it(reader: LexiconReader, text: str, kind: str) -> None:
    assert values_of(reader, text, kind) == []


@pytest.mark.parametrize(
    ("text", "certificate"),
    [
        ("一建在哪注册", "一级建造师"),
        ("消防证怎么注册", "消防工程师"),
        ("二造注册", "造价工程师"),
        ("监理延续", "监理工程师"),
        ("安全员b证", "三类人员"),
    ],
)
def test_another_certificate_is_a_slot(reader: LexiconReader, text: str, certificate: str) -> None:
    assert values_of(reader, text, "certificate") == [(certificate,)]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("不是这个", ""),
        ("不是这种，我问增项", "我问增项注册"),
        ("不对，是延续", "是延续注册"),
        ("不是问这个，要什么材料", "要什么材料"),
    ],
)
def test_a_rejection_is_taken_off_the_front(
    reader: LexiconReader, text: str, canonical: str
) -> None:
    reading = reader.read(normalise(text))
    assert (reading.is_rejection, joined(reading.tokens)) == (True, canonical)


@pytest.mark.parametrize("text", ["延续不是这个网站吗", "不是湖南", "对不对"])
def test_a_no_elsewhere_is_no_rejection(reader: LexiconReader, text: str) -> None:
    assert not reader.read(text).is_rejection


@pytest.mark.parametrize("text", ["不是第一次", "我不是初始注册", "这不是增项的"])
def test_a_registration_that_is_only_taken_back_is_not_meant(
    reader: LexiconReader, text: str
) -> None:
    reading = reader.read(text)
    assert (reading.is_bare_rejection, reading.slots) == (True, ())


@pytest.mark.parametrize(
    ("text", "place", "canonical"),
    [
        pytest.param("湖南的二建想转广东", "广东", "外省的二级建造师想转", id="moves"),
        pytest.param("四川的证能去重庆注册吗", "重庆", "外省的证能去注册吗", id="registers there"),
        pytest.param("湖南的证能到广东干活吗", "湖南", "的证能到外省干活吗", id="works there"),
    ],
)
def test_of_two_places_one_is_asked_about(
    reader: LexiconReader, text: str, place: str, canonical: str
) -> None:
    reading = reader.read(text)
    assert (values_of(reader, text, "region"), joined(reading.tokens)) == ([(place,)], canonical)


def test_bare_leaves_the_registration_out(reader: LexiconReader) -> None:
    reading = reader.read("四川延续要什么材料")
    assert (joined(reading.tokens), joined(reading.bare_tokens)) == (
        "延续注册要什么材料",
        "要什么材料",
    )


def test_a_phrasing_is_read_like_an_utterance(reader: LexiconReader) -> None:
    assert reader.read_phrase("續期，要帶啥？") == reader.read("续期要带啥")


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        pytest.param((), "", id="none"),
        pytest.param(("延续注册", "材料"), "延续注册材料", id="Han"),
        pytest.param(("hello", "world"), "hello world", id="Latin"),
        pytest.param(("pdf", "文件", "v2"), "pdf文件v2", id="mixed"),
        pytest.param(("12", "30"), "12 30", id="numbers"),
    ],
)
def test_joined_keeps_latin_words_apart(tokens: tuple[str, ...], text: str) -> None:
    assert joined(tokens) == text


@pytest.mark.parametrize(
    "text",
    [
        "这种事摊上了二建怎么办",
        "贷款降息了，二建注册",
        "扇动同事去挂证",
        "商海沉浮，二建还注册吗",
        "重新省事吗，二建注册",
        "全新省心的注册办法有没有",
        "加大理解力度，二建注册",
        "演讲时说二建过期了",
        "现场复检，二建证书要带吗",
        "太晚了，二建注册来得及吗",
    ],
)
def test_everyday_words_that_sound_like_a_place_are_none(reader: LexiconReader, text: str) -> None:
    utterance = normalise(text)
    for reading in (reader.read(utterance), reader.guess(utterance)):
        assert reading is None or not [s for s in reading.slots if s.kind == "region"]


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("请问光东二建注册", "广东"),
        ("我们辽拧的二建怎么注册", "辽宁"),
        ("我在贵洲二建在哪注册", "贵州"),
        ("唐衫市二建注册", "河北"),
        ("川省二建注册", "四川"),
        ("我在大理解决二建注册", "云南"),
    ],
)
def test_a_place_that_is_misspelt_where_places_stand_is_one(
    reader: LexiconReader, text: str, region: str
) -> None:
    utterance = normalise(text)
    found = [
        slot.values
        for reading in (reader.read(utterance), reader.guess(utterance))
        for slot in (reading.slots if reading else ())
        if slot.kind == "region"
    ]
    assert set(found) == {(region,)}


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("二建注册在云南，项目在广西，我能当负责人吗", "云南"),
        ("宁夏那边有个工程，我的二建是青海注册的，能用吗", "青海"),
        ("以前注册在吉林，跳槽到辽宁的公司怎么办", "辽宁"),
        ("证在海南，接了安徽的标段，还能用吗", "海南"),
    ],
)
def test_of_two_places_the_one_of_the_registration_is_asked_about(
    reader: LexiconReader, text: str, region: str
) -> None:
    reading = reader.read(normalise(text))
    assert [slot.value for slot in reading.slots if slot.kind == "region"] == [region]
    assert "外省" in reading.tokens
