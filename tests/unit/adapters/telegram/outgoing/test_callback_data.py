"""Data of buttons and links: short, bound to a person and a chat, and nobody else's to write."""

from __future__ import annotations

import os
import random
from dataclasses import replace

import pytest

from bot.adapters.telegram.outgoing.callback_data import Buttons, Pressed
from bot.adapters.telegram.outgoing.codes import Codebook
from bot.adapters.telegram.outgoing.deep_links import payload_of, value_from
from bot.adapters.telegram.routes import Route, read_route
from bot.core.model.choices import OpenAnswers
from bot.core.model.pack import Pack
from bot.core.model.reply import Answer
from tests.tiny import tiny_pack

SECRET = b"a secret of the tests"
SOAK = os.environ.get("BOT_TEST_SOAK") == "1"
HERE = Route(chat=-100, user=7, is_group=True)


def buttons(pack: Pack, secret: bytes = SECRET) -> Buttons:
    return Buttons(secret, pack.version, Codebook(pack))


def every_value(pack: Pack) -> list[str]:
    """Each kind of value that core puts on a button, for everything in the pack."""
    found = [f"e:{entry}" for entry in pack.entries]
    found += [f"r:{region}" for region in pack.regions]
    found += [f"regions:{page}" for page in range(1, 4)]
    for procedure in pack.procedures.values():
        kinds = (*procedure.registrations, *procedure.without_path)
        found += [f"p:{procedure.id}#{kind}" for kind in kinds]
        found += [f"w:{move}:{step}" for step in procedure.steps for move in ("next", "back")]
    return [*found, "w:here", "w:stop", "none", "context:clear"]


def test_every_value_of_the_pack_fits_and_comes_back(pack: Pack) -> None:
    own = buttons(pack)
    data = {value: own.data(value, HERE) for value in every_value(pack)}
    assert [value for value, text in data.items() if text is None] == []
    assert max(len((text or "").encode()) for text in data.values()) <= 64
    read = {value: own.read(text or "", HERE.chat, HERE.user) for value, text in data.items()}
    assert [value for value, pressed in read.items() if pressed != Pressed(value)] == []


def test_no_two_names_of_the_pack_share_a_short_form(pack: Pack) -> None:
    book = Codebook(pack)
    assert [name for name in (*pack.entries, *pack.regions) if book.short(name) is None] == []


def test_a_value_that_cannot_be_said_is_no_button() -> None:
    own = buttons(tiny_pack())
    assert own.data("r:没有的省", HERE) is None
    assert own.data("x:" + "a" * 60, HERE) is None


def test_a_button_is_its_owner_s() -> None:
    own = buttons(tiny_pack())
    data = own.data("e:limits", HERE)
    assert data is not None
    assert own.read(data, -100, 7) == Pressed("e:limits")
    assert own.read(data, -100, 8) == Pressed(None, is_theirs=False)


def test_a_button_of_another_chat_is_forged() -> None:
    own = buttons(tiny_pack())
    assert own.read(own.data("e:limits", HERE) or "", -200, 7) == Pressed(None)


def test_a_button_signed_with_another_secret_is_forged() -> None:
    other = buttons(tiny_pack(), b"another secret")
    assert buttons(tiny_pack()).read(other.data("e:limits", HERE) or "", -100, 7) == Pressed(None)


def test_a_button_for_somebody_who_speaks_as_the_group_is_anybody_s() -> None:
    own = buttons(tiny_pack())
    data = own.data("e:limits", replace(HERE, is_anonymous=True))
    assert own.read(data or "", -100, 8) == Pressed("e:limits", is_anybodys=True)


def test_a_button_of_an_older_pack_works_as_long_as_its_entry_is_there() -> None:
    old, new = tiny_pack(), replace(tiny_pack(), version="fedcba987654")
    data = buttons(old).data("e:limits", HERE) or ""
    assert buttons(new).read(data, -100, 7) == Pressed("e:limits")
    entries = {name: entry for name, entry in new.entries.items() if name != "limits"}
    gone = buttons(replace(new, entries=entries))
    assert gone.read(data, -100, 7) == Pressed(None)


def test_no_change_of_the_data_is_accepted() -> None:
    own, dice = buttons(tiny_pack()), random.Random(4)
    good = own.data("e:limits", HERE) or ""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~:#*四"
    accepted = 0
    for _ in range(100_000 if SOAK else 5_000):
        changed = list(good)
        for _ in range(dice.randint(1, 3)):
            changed[dice.randrange(len(changed))] = dice.choice(letters)
        text = "".join(changed)
        accepted += text != good and own.read(text, -100, 7).value is not None
    assert accepted == 0


@pytest.mark.parametrize("data", ["", "x", "四川", "A" * 64, "*" * 16, "\x00" * 20])
def test_rubbish_is_forged_and_nothing_worse(data: str) -> None:
    assert buttons(tiny_pack()).read(data, -100, 7) == Pressed(None)


# Links


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


# Routes


@pytest.mark.parametrize(
    "route",
    [
        Route(7, 7),
        Route(7, 7, asked=5, edits=(6, 8)),
        Route(-100, 7, is_group=True, thread=12, asked=345),
        Route(-100, 1087968824, is_group=True, is_anonymous=True, asked=1),
        Route(-100, 7, is_group=True, guest="AbC-d_e1"),
        Route(-100, 7, is_group=True, edits=(0,), ephemeral=9),
    ],
)
def test_a_route_comes_back_from_its_text(route: Route) -> None:
    assert read_route(route.key, route.as_text()) == route
