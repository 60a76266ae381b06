"""A robot in a group and alone with a person, on a gateway that drops it now and then."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.vendors import connection
from bot.adapters.wecom import robot_connection
from bot.adapters.wecom.robot_updates import Heard, read
from bot.app import Brain
from bot.core.conversation import Conversation
from bot.storage.memory import MemoryStore
from tests.e2e.tencent import RobotGateway
from tests.e2e.tencent.indoors import Indoors
from tests.e2e.tencent.readers import plain, robot_at_work
from tests.e2e.tencent.robot import BOT_ID, SECRET
from tests.fakes import FakeClock

QUESTION = "四川二建在哪注册"
PORTAL = "https://www.sczwfw.gov.cn/"
GROUP = "wrGroup"
SOAK = os.environ.get("BOT_TEST_SOAK") == "1"


@pytest.fixture
def there(brain: Brain, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[RobotGateway, Indoors]]:
    monkeypatch.setattr(connection, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(robot_connection, "HEARTBEAT_S", 0.2)
    talks = Conversation(brain, MemoryStore(), FakeClock())
    with RobotGateway() as platform, robot_at_work(platform, talks, FakeClock()) as bot:
        yield platform, bot


def test_in_a_group_the_name_in_front_is_no_question(
    there: tuple[RobotGateway, Indoors],
) -> None:
    platform, _ = there
    for said in (
        f"@注册问答 {QUESTION}",
        "@注册问答 /portal 四川",
        "@注册问答\u2005／portal　四川",
    ):
        assert PORTAL in platform.asks("xiaowang", said, GROUP)
    assert "可以直接提问" in platform.asks("xiaowang", "@注册问答", GROUP)
    quote = {"msgtype": "text", "text": {"content": QUESTION}}
    assert PORTAL in platform.asks("xiaowang", "@注册问答", GROUP, quote=quote)
    assert PORTAL in platform.asks("xiaowang", "@注册问答 /ask", GROUP, quote=quote)


def test_long_answers_are_short_in_a_group_and_whole_alone(
    there: tuple[RobotGateway, Indoors],
) -> None:
    platform, _ = there
    words = "初始注册要什么材料"
    alone = plain(platform.asks("xiaowang", words))
    together = plain(platform.asks("xiaowang", f"@注册问答 {words}", GROUP))
    assert len(together) < len(alone)
    assert "请单独找我聊" in together
    assert "请单独找我聊" not in alone


def test_where_there_are_pages_a_group_is_led_to_all_of_an_answer(brain: Brain) -> None:
    talks, site = Conversation(brain, MemoryStore(), FakeClock()), "https://bot.example.cn/robot"
    with (
        RobotGateway() as platform,
        robot_at_work(platform, talks, FakeClock(), site) as bot,
    ):
        words = "初始注册要什么材料"
        together = plain(platform.asks("xiaowang", f"@注册问答 {words}", GROUP))
        name = together.partition(f"查看全文：{site}/full?m=")[2].split()[0]
        page = bot.call("GET", {"m": name}, path="/full")
        assert page.status_code == 200
        whole = plain(platform.asks("xiaowang", words))
        assert [line for line in whole.splitlines() if line not in page.text] == []


def test_buttons_in_a_group_belong_to_the_person_who_asked(
    there: tuple[RobotGateway, Indoors],
) -> None:
    platform, _ = there
    platform.asks("xiaowang", "@注册问答 要什么材料", GROUP)
    card = dict(platform.cards)
    told = platform.after("xiaoli", lambda: platform.presses("xiaoli", "延续注册", GROUP))
    assert "别人" in told
    platform.cards.update(card)
    told = platform.after(GROUP, lambda: _press(platform, card))
    assert "延续注册" in told


def _press(platform: RobotGateway, cards: dict[str, object]) -> None:
    platform.cards.update(cards)  # type: ignore[arg-type]
    platform.presses("xiaowang", "延续注册", GROUP)


def test_one_who_comes_in_is_greeted_and_a_walk_goes_on(
    there: tuple[RobotGateway, Indoors],
) -> None:
    platform, _ = there
    platform.asks("xiaowang", "/steps 注销注册")
    body = platform.message("xiaowang", msgtype="event", event={"eventtype": "enter_chat"})
    greeted = platform.after("xiaowang", lambda: platform.delivers(body, "aibot_event_callback"))
    assert "您好" in greeted
    assert "第 2" in platform.asks("xiaowang", "下一步")


def test_a_voice_is_heard_and_a_picture_gets_one_line(
    there: tuple[RobotGateway, Indoors],
) -> None:
    platform, _ = there
    voice = platform.message("a", msgtype="voice", voice={"content": QUESTION})
    assert PORTAL in platform.after("a", lambda: platform.delivers(voice))
    image = platform.message("a", msgtype="image", image={"url": "https://x.cn"})
    assert "只看得懂文字" in platform.after("a", lambda: platform.delivers(image))


def test_the_same_message_twice_is_answered_once(there: tuple[RobotGateway, Indoors]) -> None:
    platform, bot = there
    said = platform.message("a", msgtype="text", text={"content": QUESTION})
    platform.after("a", lambda: platform.delivers(said))
    platform.delivers(said)
    platform.asks("b", "谢谢")
    platform.wait(bot.is_idle)
    assert len(platform.seen["a"]) == 1


def test_a_request_that_can_no_longer_be_answered_is_answered_in_its_chat(
    there: tuple[RobotGateway, Indoors],
) -> None:
    platform, _ = there
    platform.faults.append({"errcode": 846605, "errmsg": "invalid req_id"})
    assert PORTAL in platform.asks("a", QUESTION)
    assert [frame["cmd"] for frame in platform.frames] == ["aibot_respond_msg", "aibot_send_msg"]


def test_after_a_cut_it_connects_again_and_sends_what_is_left(
    there: tuple[RobotGateway, Indoors],
) -> None:
    platform, bot = there
    platform.wait(lambda: platform.beats)
    platform.faults += [{"errcode": -1, "errmsg": "busy"}] * 2
    platform.says("a", QUESTION)
    platform.wait(lambda: not platform.faults)
    platform.cut()
    platform.wait(lambda: platform.connections == 2)
    platform.wait(lambda: platform.seen.get("a"), 20)
    assert PORTAL in platform.seen["a"][0]
    platform.wait(lambda: bot.service.trouble() is None)


def test_one_that_another_connection_pushed_out_does_not_push_back(
    there: tuple[RobotGateway, Indoors],
) -> None:
    platform, bot = there
    event = {"eventtype": "disconnected_event"}
    platform.delivers({"msgtype": "event", "event": event}, "aibot_event_callback")
    platform.wait(lambda: "让位" in (bot.service.trouble() or ""))
    assert bot.service._connection._pause == robot_connection.DISPLACED_PAUSE_S


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"msgid": 1, "from": {"userid": "a"}},
        {"msgid": "m", "from": []},
        {"msgid": "m" * 300, "from": {"userid": "a"}, "msgtype": "text"},
        {"msgid": "m", "from": {"userid": "a"}, "chattype": "group"},
        {"msgid": "m", "from": {"userid": "a"}, "create_time": 10**40, "msgtype": "text"},
    ],
)
def test_what_is_no_message_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no "):
        read(body, "r", datetime.now(UTC))


def test_odd_parts_of_a_message_count_as_nothing() -> None:
    body = {"msgid": "m", "from": {"userid": "a"}, "msgtype": "mixed", "mixed": {"msg_item": [1]}}
    seen = read(body, "r", datetime.now(UTC))
    assert isinstance(seen, Heard)
    assert seen.update.event


VENDORS = """
const { WSClient } = require('@wecom/aibot-node-sdk');
const [wsUrl, botId, secret] = process.argv.slice(1);
const client = new WSClient({ botId, secret, wsUrl });
client.on('message.text', async (frame) => {
  await client.replyStream(frame, 'id', 'x', true);
  const markdown = { content: 'x' };
  await client.sendMessage(frame.body.from.userid, { msgtype: 'markdown', markdown });
});
client.on('event.enter_chat', (frame) =>
  client.replyWelcome(frame, { msgtype: 'text', text: { content: 'x' } }));
client.connect();
"""


@pytest.mark.skipif(not SOAK, reason="half a minute for npm: set BOT_TEST_SOAK=1")
def test_the_vendors_own_client_says_the_same_on_the_wire(
    there: tuple[RobotGateway, Indoors], tmp_path: Path
) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("install Node.js with npm to run the vendor's client")
    package = "@wecom/aibot-node-sdk@1.0.7"
    subprocess.run([npm, "install", "--prefix", str(tmp_path), package], check=True, timeout=300)
    platform, _ = there
    platform.faults.append({"errcode": 846605, "errmsg": "invalid req_id"})
    ours = _frames_of(platform)
    with RobotGateway() as other:
        given = [other.url.replace("http", "ws"), BOT_ID, SECRET]
        command = ["node", "-e", VENDORS, *given]
        with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL) as client:
            try:
                other.wait(lambda: other.connections, 30)
                theirs = _frames_of(other)
            finally:
                client.kill()
    assert ours == theirs


def _frames_of(platform: RobotGateway) -> list[tuple[str, list[str], list[str]]]:
    """Command, parts and inner parts of what is sent for a message and a greeting."""
    platform.asks("a", "谢谢")
    platform.wait(lambda: len(platform.frames) == 2)
    body = platform.message("b", msgtype="event", event={"eventtype": "enter_chat"})
    platform.after("b", lambda: platform.delivers(body, "aibot_event_callback"))
    return [
        (frame["cmd"], sorted(body), sorted(body[body["msgtype"]]))
        for frame in platform.frames
        for body in [frame["body"]]
    ]
