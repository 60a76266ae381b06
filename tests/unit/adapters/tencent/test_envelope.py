"""Somebody else's code seals what we open and opens what we seal; nothing else is opened."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.work.crypto import WeChatCrypto as WeComCrypto

from bot.adapters.tencent.answers import sealed
from bot.adapters.tencent.envelope import Envelope, Forged
from bot.adapters.tencent.xml import Unreadable, clean, read, write

TOKEN, ID = "loopbackToken", "wx0123456789abcdef"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
NOW = 1_795_956_000
OURS = Envelope(TOKEN, ID, KEY, now=lambda: NOW)
THEIRS = WeChatCrypto(TOKEN, KEY, ID)
TEXTS = st.text(st.characters(codec=None, categories=None), max_size=200)


@given(TEXTS)
def test_wechatpy_opens_what_we_seal_and_a_strict_parser_reads_it(text: str) -> None:
    outer = sealed(OURS, write({"Content": text, "CreateTime": NOW}))
    fields = {one.tag: one.text for one in ET.fromstring(outer)}
    inner = THEIRS.decrypt_message(
        outer, fields["MsgSignature"], fields["TimeStamp"], fields["Nonce"]
    )
    assert (ET.fromstring(inner).findtext("Content") or "") == clean(text)


@pytest.mark.parametrize("text", ["]]>", "]]>]]>", "a]]", "<![CDATA[x]]>", "\x00\x0b]]\ufffe>"])
def test_the_end_of_cdata_in_a_text_ends_nothing(text: str) -> None:
    assert ET.fromstring(write({"Content": text})).findtext("Content") == clean(text)


@given(TEXTS.map(clean))
def test_we_open_what_wechatpy_and_its_wecom_seal(text: str) -> None:
    for theirs in (THEIRS, WeComCrypto(TOKEN, KEY, ID)):
        made = read(theirs.encrypt_message(write({"Content": text}), "n", str(NOW)).encode())
        opened = OURS.open(made["MsgSignature"], made["TimeStamp"], made["Nonce"], made["Encrypt"])
        assert read(opened)["Content"] == text


def _call(stamp: int = NOW, receiver: str = ID) -> tuple[str, str, str, str]:
    made = Envelope(TOKEN, receiver, KEY, now=lambda: stamp).seal(b"<xml/>")
    return made.signature, made.stamp, made.nonce, made.ciphertext


def test_a_stamp_ten_minutes_off_is_stale_and_a_repeat_within_the_window_is_not() -> None:
    for stamp in (NOW - 15, NOW, NOW + 15):
        assert OURS.open(*_call(stamp)) == b"<xml/>"
    for stamp in (NOW - 600, NOW + 600, 978_307_200):
        with pytest.raises(Forged, match="stale"):
            OURS.open(*_call(stamp))


def test_what_is_sealed_for_another_account_is_not_opened() -> None:
    with pytest.raises(Forged, match="somebody else"):
        OURS.open(*_call(receiver="wx0000000000000000"))


def test_no_change_of_a_call_is_opened() -> None:
    genuine = _call()
    for seed in range(3_000):
        changed = list(genuine)
        part = seed % len(changed)
        changed[part] = _mutated(changed[part], random.Random(seed))
        if changed != list(genuine):
            with pytest.raises(Forged):
                OURS.open(*changed)


def _mutated(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text) + 1)
    turn: list[Callable[[], str]] = [
        lambda: text[:at] + chr(dice.randrange(0x110000)) + text[at + 1 :],
        lambda: text[:at] + text[at + 1 :],
        lambda: text[:at] + text[at:] * 2,
        lambda: "",
    ]
    return dice.choice(turn)().encode("utf-8", "replace").decode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"<xml>",
        b"<xml>" * 5000,
        b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><xml><Content>&b;</Content></xml>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>',
    ],
)
def test_what_is_no_xml_of_theirs_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)


SCRIPT = """
const c = require('@wecom/crypto'), a = JSON.parse(process.argv[1]);
console.log(JSON.stringify({
  opened: c.decrypt(a.key, a.theirs).message,
  signature: c.getSignature(a.token, a.stamp, a.nonce, a.theirs),
  sealed: c.encrypt(a.key, a.text, a.id),
}));
"""


@pytest.fixture(scope="session")
def wecom_crypto(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """WeCom's own package for Node, installed for this run."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("install Node.js with npm to run it against @wecom/crypto")
    folder = tmp_path_factory.mktemp("node")
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder)]
    made = subprocess.run(
        [*command, "@wecom/crypto@1.0.1"], capture_output=True, check=False, timeout=120
    )
    if made.returncode:
        pytest.skip("npm could not install @wecom/crypto")
    return folder


def test_the_vendors_own_package_agrees_in_both_directions(wecom_crypto: Path) -> None:
    text = "四川]]>𠀀\n"
    made = OURS.seal(text.encode())
    given_: dict[str, Any] = {
        "key": KEY,
        "token": TOKEN,
        "id": ID,
        "text": text,
        "theirs": made.ciphertext,
        "stamp": made.stamp,
        "nonce": made.nonce,
    }
    told = subprocess.run(
        ["node", "-e", SCRIPT, json.dumps(given_)],
        cwd=wecom_crypto,
        capture_output=True,
        check=True,
        timeout=60,
    )
    found = json.loads(told.stdout)
    assert (found["opened"], found["signature"]) == (text, made.signature)
    signature = OURS.signature(str(NOW), "n", found["sealed"])
    assert OURS.open(signature, str(NOW), "n", found["sealed"]).decode() == text
