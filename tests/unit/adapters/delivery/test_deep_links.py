"""Links to answers and steps: short, the same on every platform, and sound after years."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.adapters.delivery.codes import Codebook
from bot.adapters.delivery.deep_links import payload_of, payload_of_reply, value_from
from bot.core.model.choices import OpenAnswers
from bot.core.model.pack import Pack
from bot.core.model.reply import Answer, Choice, Choices, Reply, Status
from tests.tiny import tiny_pack


def test_a_link_names_up_to_four_answers_with_their_regions(pack: Pack) -> None:
    book = Codebook(pack)
    answers = [
        Answer("portal-sichuan", {"region": "四川", "aspect": "入口"}),
        Answer("initial-materials", {"registration": "初始注册"}),
        Answer("change-once-a-year", {"region": "云南"}),
        Answer("portal-yunnan", {"region": "云南"}),
    ]
    payload = payload_of(book, answers) or ""
    assert len(payload) <= 64
    assert payload.replace("-", "").replace("_", "").isalnum()
    assert value_from(book, payload) == (
        "o:portal-sichuan#四川,initial-materials#,change-once-a-year#云南,portal-yunnan#云南"
    )


def test_every_entry_can_be_linked(pack: Pack) -> None:
    book = Codebook(pack)
    values = [value_from(book, payload_of(book, [Answer(entry)]) or "") for entry in pack.entries]
    assert values == [f"o:{entry}#" for entry in pack.entries]


@pytest.mark.parametrize("answers", [[], [Answer("limits")] * 7, [Answer("never heard of")]])
def test_what_cannot_be_linked_has_no_payload(answers: list[Answer]) -> None:
    assert payload_of(Codebook(tiny_pack()), answers) is None


@pytest.mark.parametrize("change", ["cut", "typo", "longer", "other kind", "empty"])
def test_a_payload_that_was_damaged_opens_nothing(change: str) -> None:
    book = Codebook(tiny_pack())
    good = payload_of(book, [Answer("limits", {"region": "四川"})]) or ""
    bad = {
        "cut": good[:-1],
        "typo": good[:3] + ("A" if good[3] != "A" else "B") + good[4:],
        "longer": good + "A",
        "other kind": "x" + good[1:],
        "empty": "",
    }[change]
    assert value_from(book, bad) is None


def test_a_link_to_an_entry_that_is_gone_opens_nothing() -> None:
    pack = tiny_pack()
    payload = payload_of(Codebook(pack), [Answer("limits")]) or ""
    entries = {name: entry for name, entry in pack.entries.items() if name != "limits"}
    assert value_from(Codebook(replace(pack, entries=entries)), payload) is None


def test_the_value_of_a_link_is_one_that_core_knows() -> None:
    assert str(OpenAnswers((("limits", ""), ("local", "四川")))) == "o:limits#,local#四川"


def test_every_step_can_be_linked(pack: Pack) -> None:
    book = Codebook(pack)
    for procedure in pack.procedures.values():
        for kind in procedure.kinds:
            for step in procedure.steps:
                walk = f"{procedure.id}#{kind}"
                payload = payload_of_reply(book, card(f"m:{walk}:{step}")) or ""
                assert 0 < len(payload) <= 64
                assert value_from(book, payload) == f"g:{walk}:{step}"


def test_an_answer_in_a_walk_and_a_list_of_papers_have_no_link_of_their_own(pack: Pack) -> None:
    [procedure] = pack.procedures
    aside = replace(card(f"m:{procedure}#:x"), status=Status.ANSWERED)
    papers = replace(card(), has_card=False)

    assert payload_of_reply(Codebook(pack), aside) is None
    assert payload_of_reply(Codebook(pack), papers) is None


def card(*values: str) -> Reply:
    parts = (Choices(tuple(Choice(value, value) for value in values)),)
    return Reply(Status.PROCEDURE, parts, answers=(Answer("any"),), has_card=True)
