"""Data of buttons and links: short, bound to a person and a chat, and nobody else's to write."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from bot.adapters.delivery.codes import Codebook
from bot.adapters.telegram.outgoing.callback_data import Buttons, Pressed
from bot.adapters.telegram.routes import Route, read_route
from bot.core.model.pack import Pack
from tests.tiny import tiny_pack
from tests.workers import size

SECRET = b"a secret of the tests"
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
    for _ in range(size(100_000, 5_000)):
        changed = list(good)
        for _ in range(dice.randint(1, 3)):
            changed[dice.randrange(len(changed))] = dice.choice(letters)
        text = "".join(changed)
        accepted += text != good and own.read(text, -100, 7).value is not None
    assert accepted == 0


@pytest.mark.parametrize("data", ["", "x", "四川", "A" * 64, "*" * 16, "\x00" * 20])
def test_rubbish_is_forged_and_nothing_worse(data: str) -> None:
    assert buttons(tiny_pack()).read(data, -100, 7) == Pressed(None)


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
