"""A pack survives being written as JSON."""

from __future__ import annotations

import json

import pytest

from bot.core.model.pack import Pack
from bot.knowledge.snapshot import as_plain, from_plain
from tests.tiny import tiny_pack


def again(pack: Pack) -> Pack:
    return from_plain(json.loads(json.dumps(as_plain(pack))))


@pytest.mark.parametrize("which", ["tiny", "real"])
def test_a_pack_comes_back_as_it_was(which: str, pack: Pack) -> None:
    one = tiny_pack() if which == "tiny" else pack
    assert repr(again(one)) == repr(one)


def test_what_cites_a_source_has_the_very_source(pack: Pack) -> None:
    found = again(pack)
    cited = [c.source for e in found.entries.values() for f in e.facts for c in f.citations]
    assert cited
    assert all(source is found.sources[source.id] for source in cited)
