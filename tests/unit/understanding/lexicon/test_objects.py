"""Things that are none of the pack's business: what is asked about, or only named."""

from __future__ import annotations

import pytest

from bot.core.model.lexicon import Term
from bot.core.model.vocabulary import PLACE, SERVICE, SUBJECT
from bot.understanding.lexicon.forms import Meaning, Span
from bot.understanding.lexicon.objects import Objects, object_of

FIRM = Term("企业事项", objects=(("公司", "注册", "注销"), ("执照", "注销")), slot=SUBJECT)


def span(utterance: str, surface: str, kind: str) -> Span:
    start = utterance.index(surface)
    return Span(start, start + len(surface), surface, Meaning(surface, kind, (surface,)))


def is_asked_about(utterance: str, *spans: Span) -> bool:
    objects = Objects.of(FIRM)
    assert objects
    found = object_of(utterance, spans, [objects], ["证", "社保"])
    assert found is None or (found.kind, found.value) == (SUBJECT, "企业事项")
    return found is not None


@pytest.mark.parametrize(
    "utterance",
    [
        *("公司注册要多少钱", "请问公司注册去哪办", "公司注销税务卡住了", "公司注册网站"),
        *("我想注册个公司", "注册一家贸易公司要几个人", "怎么注册公司", "注册公司要交什么"),
        *("怎么注册离岸公司", "怎么注销执照", "注册公司归谁管", "公司注册地址能用住宅吗"),
    ],
)
def test_what_opens_the_sentence_or_is_the_object_is_asked_about(utterance: str) -> None:
    assert is_asked_about(utterance)


@pytest.mark.parametrize(
    "utterance",
    [
        *("换公司注册要多久", "在公司注册要什么", "新公司要注册我怎么办", "我公司注册不上"),
        *(
            "公司注销了怎么办",
            "公司注册在外地行吗",
            "公司注册地址变了",
            "注册公司倒闭了",
            "注册公司不配合",
        ),
        *("只能注册一家公司吗", "注册到公司要多久", "注册分公司可以吗", "注册在一家公司"),
    ],
)
def test_a_firm_where_something_is_registered_or_that_is_told_of_is_not(utterance: str) -> None:
    assert not is_asked_about(utterance)


@pytest.mark.parametrize("utterance", ["公司注册证怎么弄", "公司注销社保怎么办"])
def test_beside_a_word_of_ours_it_is_only_told_of(utterance: str) -> None:
    assert not is_asked_about(utterance)


def test_another_service_beside_it_is_what_is_asked_about() -> None:
    utterance = "公司注册多久能转走"
    assert is_asked_about(utterance)
    assert is_asked_about(utterance, span(utterance, "注册", SERVICE))
    assert not is_asked_about(utterance, span(utterance, "转走", SERVICE))


def test_a_place_before_it_changes_nothing() -> None:
    utterance = "在成都公司注册去哪办"
    assert not is_asked_about(utterance)
    assert is_asked_about(utterance, span(utterance, "成都", PLACE))


def test_a_term_without_things_or_slot_has_none() -> None:
    assert Objects.of(Term("企业事项", slot=SUBJECT)) is None
    assert Objects.of(Term("企业事项", objects=FIRM.objects)) is None
