"""Every kind of message once, with a real process, through either library in either mode."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.e2e.bot_api import BotApi, Message, User
from tests.e2e.telegram import SET_UPS, on_the_line, words
from tests.e2e.test_serve import Server

EXTRAS = {f"BOT_TELEGRAM__{name}": "on" for name in ("CHANNELS", "REACTIONS", "BUSINESS")}
LONGEST_S = 30
READ_S = 0.5
"""What a person needs to read an answer; within a millisecond the bot does not know yet that it has
arrived, and takes the reaction for one to somebody else's message."""
FILLER = "--------------------------------\n" * 130


def told(api: BotApi, act: Callable[[], object], count: int = 1) -> list[Message]:
    """What the bot sends after this; it has to be as many messages, and no more."""
    before = len(api.sent())
    act()
    api.wait(lambda: len(api.sent()) >= before + count and not api.pending, LONGEST_S)
    return api.sent()[before:]


def test_nobody_is_talked_past(tmp_path: Path) -> None:
    """Two set-ups at a time: most of it is spent waiting for the pieces of messages."""
    with ThreadPoolExecutor(2) as pool:
        runs = {
            set_up: pool.submit(one_of_each, set_up, tmp_path / "-".join(set_up))
            for set_up in SET_UPS
        }
    for set_up, run in runs.items():
        if failure := run.exception():
            failure.add_note(f"through {' by '.join(set_up)}")
            raise failure


def one_of_each(set_up: tuple[str, str], folder: Path) -> None:
    folder.mkdir()
    with BotApi() as api:
        wang, li = api.user("小王"), api.user("小李")
        with on_the_line(api, folder, *set_up, **EXTRAS) as server:
            question = wang.says("四川二建在哪注册")
            api.wait(lambda: api.sent(wang), LONGEST_S)
            pieces(api, wang)
            places(api, wang, li)
            replies(api, wang)
            extras(api, wang, li)
            wordless(api, api.user("小孙"))
            inline(api, api.user("小赵"))
            in_group(api, api.user("小周"), api.user("小吴"))
            told(api, lambda: wang.says("/steps 注销注册"))
            moved: list[Message] = []
            [card] = told(api, lambda: moved.append(wang.says("下一步")))
            assert "第 2/3 步" in words(card)
            killed(server)
        after_a_death(api, folder, set_up, wang, [question, *moved])


def pieces(api: BotApi, wang: User) -> None:
    [refusal] = told(api, lambda: wang.sends_album(["", "", ""]))
    assert words(refusal).startswith("图片和视频我看不了")
    [answer] = told(api, lambda: wang.sends_album(["", "重庆二建在哪注册", ""]))
    assert words(answer).startswith("重庆：")
    told(api, lambda: wang.pastes(f"重庆二建初始注册。\n{FILLER}请问在哪办"))
    for thanks in ("👍", "谢谢"):
        [polite] = told(api, lambda text=thanks: wang.says(text))
        assert "不客气" in words(polite)
    assert "想问什么" in words(told(api, lambda: wang.says("请问"))[0])


def places(api: BotApi, wang: User, li: User) -> None:
    forum = api.group("论坛", wang, li, kind="forum")
    first, second = forum.opens_topic("注册", wang), forum.opens_topic("闲聊", wang)
    told(api, lambda: wang.says("@zhuce_bot 四川初始注册要什么材料", forum, topic=first))
    [apart] = told(api, lambda: wang.says("@zhuce_bot 在哪办", forum, topic=second))
    assert "四川" not in words(apart)
    api.hold()
    wang.says("/portal 重庆", forum, topic=second)
    forum.deletes_topic(second)
    [saved] = told(api, api.deliver)
    assert (words(saved)[:3], saved.thread_id) == ("重庆：", None)
    [named] = told(api, lambda: forum.says_as(api.channel(), "/portal 重庆"))
    assert words(named).startswith("重庆：")


def replies(api: BotApi, wang: User) -> None:
    [older] = told(api, lambda: wang.says("重庆二建在哪注册"))
    told(api, lambda: wang.says("四川延续注册在什么时候办"))
    [again] = told(api, lambda: wang.says("在哪办", to=older))
    assert "渝快办" in words(again)
    [quoted] = told(api, lambda: wang.says("在哪办", quote="我在安徽，二建初始注册"))
    assert "安徽" in words(quoted)


def extras(api: BotApi, wang: User, li: User) -> None:
    channel = api.channel()
    [post] = told(api, lambda: channel.posts("/portal 四川"))
    assert words(post).startswith("四川：")
    [answer] = told(api, lambda: li.says("四川二建在哪注册"))
    time.sleep(READ_S)
    [sorry] = told(api, lambda: li.reacts(answer, "👎"))
    assert words(sorry).startswith("抱歉")
    chat = api.business_chat(li, wang)
    [business] = told(api, lambda: li.says("重庆二建在哪注册", chat))
    assert business.raw["business_connection_id"] == chat.connection


def wordless(api: BotApi, sun: User) -> None:
    [voice] = told(api, lambda: sun.sends("voice"))
    assert words(voice).startswith("语音我听不了")
    [place] = told(api, lambda: sun.sends("location"))
    assert (words(place)[:12], place.labels[0]) == ("从位置看，您大概在四川。", "我在四川")
    told(api, lambda: sun.presses("我在四川"))
    [known] = told(api, lambda: sun.says("/settings"))
    assert "四川" in words(known)


def inline(api: BotApi, zhao: User) -> None:
    elsewhere = api.foreign_group("别的群", zhao)
    unfinished, pages = zhao.inline("四"), zhao.inline("注")
    api.wait(lambda: unfinished.is_answered and pages.is_answered)
    assert unfinished.titles[0] == "四川注册入口"
    second = zhao.inline("注", pages.next_offset)
    without = zhao.inline("浙江二建在哪注册")
    api.wait(lambda: second.is_answered and without.is_answered)
    assert not set(pages.titles) & set(second.titles)
    assert "没有浙江" in without.results[0]["input_message_content"]["message_text"]
    both = "四川在哪注册？初始注册要什么材料？"
    listed = zhao.inline(both)
    api.wait(lambda: listed.is_answered)
    posted = listed.chooses(listed.results[0]["id"], elsewhere)
    [private] = told(api, lambda: zhao.says(both))
    assert words(posted) == words(private)


def in_group(api: BotApi, zhou: User, wu: User) -> None:
    group = api.group("群", zhou, wu)
    for text in ("/portal 四川", f"/PORTAL@{api.username}　四川省"):
        [short] = told(api, lambda said=text: zhou.says(said, group))
        assert words(short).startswith("四川：") or short.reply_to_id
    told(api, lambda: zhou.says("@zhuce_bot 安徽初始注册要什么材料", group))
    [leaning] = told(api, lambda: zhou.says("@zhuce_bot 在哪办", group))
    assert words(leaning).startswith("接着前面说的，按“安徽”回答。")
    group.removes_bot(zhou)
    missed = wu.says("@zhuce_bot 重庆二建在哪注册", group)
    told(api, lambda: group.adds_bot(zhou))
    [pinned] = told(api, lambda: group.pins(missed, by=zhou))
    assert (words(pinned)[:3], pinned.reply_to_id) == ("重庆：", missed.id)
    group.pins(missed, by=wu)
    other = wu.says("海南二建在哪注册", group)
    [asked] = told(api, lambda: zhou.says("@zhuce_bot", group, to=other))
    assert "海南" in words(asked)


def killed(server: Server) -> None:
    time.sleep(1)  # what was sent is noted a moment later
    server.process.kill()
    server.process.wait()


def after_a_death(
    api: BotApi, folder: Path, set_up: tuple[str, str], wang: User, said: list[Message]
) -> None:
    """A reaction under what was said before is nothing new, and moves no procedure."""
    with on_the_line(api, folder, *set_up, **EXTRAS):
        before = len(api.sent(wang))
        for message in said:
            wang.edits(message, str(message.text))
        wang.says("现在第几步")
        api.wait(lambda: not api.pending and len(api.sent(wang)) > before, LONGEST_S)
        [here] = api.sent(wang)[before:]
        assert "第 2/3 步" in words(here)
