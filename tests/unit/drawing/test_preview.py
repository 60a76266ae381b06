"""The page that shows every entry as each kind of chat shows it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape

from bot.core.answering.entry_replies import entry_reply
from bot.core.model.pack import Pack
from bot.core.model.scope import Scope
from bot.drawing.preview import page

DAY = date(2026, 11, 22)


def test_every_entry_and_procedure_of_the_pack_is_shown(pack: Pack) -> None:
    text = page(pack, pack.entries.values(), pack.procedures.values(), DAY)
    assert set(re.findall('<section id="([^"]+)">', text)) == {*pack.entries, *pack.procedures}
    assert "<svg" in text


def test_it_shows_what_people_get(pack: Pack) -> None:
    entry = pack.entries["fees"]
    reply = entry_reply(Scope(pack, DAY, dict(entry.slots)), entry, None, "preview")
    text = unescape(page(pack, [entry], [], DAY))
    assert f"<pre>{reply.as_text()}</pre>" in text
    assert all(f'class="choice">{choice.label}<' in text for choice in reply.choices)


def test_what_is_written_stays_text(pack: Pack) -> None:
    entry = replace(pack.entries["fees"], title="<script>alert(1)</script>")
    assert "<script" not in page(pack, [entry], [], DAY)


def test_a_day_decides_what_is_current(pack: Pack) -> None:
    entry = pack.entries["fees"]
    assert page(pack, [entry], [], DAY) != page(pack, [entry], [], date(2021, 12, 9))
