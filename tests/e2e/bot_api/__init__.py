"""A Bot API server on loopback, so that both real libraries can be driven without a network.

    with BotApi() as api:                       # a thread of its own, a free port
        start_the_bot(api.url, api.token)       # api.url is what BOT_TELEGRAM__API_URL takes
        wang = api.user("小王")
        wang.says("四川二建在哪注册")
        api.wait(lambda: api.sent(wang))        # `await api.until(...)` in a coroutine
        reply = api.sent(wang)[-1]              # .text .labels .buttons .entities .reply_to_id …
        press = wang.presses(reply.labels[0])
        api.wait(lambda: press.is_answered)

The one thing to know: a `Message` is a snapshot. `api.sent(...)` shows each message as it was
sent, `chat.shown` everything as it stands now, `api.edits(...)` the edits in between, and
`api.calls` every call with parameters, status, answer and times, also those that failed.

People (`api.user`): `says` (in a chat, `to=` a message, in a `topic=`), `sends` a sticker, voice or
photo, `edits`, `starts` with a payload, `follows` a deep link, `presses` a label or data, `forges`
data, `inline(query, offset)` with `.results` and `.chooses(id, chat)`, `summons` a guest bot,
`blocks` and `unblocks`. Places (`api.group(title, *people, kind="group"|"supergroup"|"forum")`,
`api.foreign_group`): `adds_bot`, `removes_bot`, `promotes_bot`, `mutes_bot`, `opens_topic`,
`becomes_supergroup`, `another_bot_speaks`, `says` (an anonymous administrator), `says_as` a
channel; `api.channel(title)`, whose `posts` name nobody. Privacy mode is
`BotApi(privacy=True)`, as at BotFather.

Trouble: `api.refuse("sendMessage", 429, retry_after=1)`, `api.refuse("*", 502, times=3)`,
`api.trouble("drop before" | "drop after" | "slow" | "garble" | "cut short", "sendMessage")`, each
for the next `times` calls, for one chat with `chat_id=…`; `api.stop()` and `api.start()`;
`api.another_poller_comes()`; `press.expires()`; `api.limits_flood(per_group_s=3)`;
`api.hold()`, then `api.deliver(copies=(1, 5), seed=7)`; `api.options` for what this server can do.

Without a wire: `await BotApi().call("sendMessage", chat_id=…, text=…)` makes and notes a call in
this process (then `api.close()`). `clients.py` has both libraries as clients. The server's own
tests in `test_bot_api/` show every verb.

Where it differs from Telegram: Markdown is refused; links and hashtags in texts get no entities of
their own; of a rich message in HTML only the plain text comes back; media have no content.
"""

from __future__ import annotations

from tests.e2e.bot_api.faults import Fault, FloodLimits
from tests.e2e.bot_api.groups import Channel, Group
from tests.e2e.bot_api.ledger import Call
from tests.e2e.bot_api.people import User
from tests.e2e.bot_api.queries import Guest, Inline, Press
from tests.e2e.bot_api.refusals import Refused
from tests.e2e.bot_api.server import TOKEN, BotApi
from tests.e2e.bot_api.views import Button, Message
from tests.e2e.bot_api.world import Chat, Options

__all__ = [
    "TOKEN",
    "BotApi",
    "Button",
    "Call",
    "Channel",
    "Chat",
    "Fault",
    "FloodLimits",
    "Group",
    "Guest",
    "Inline",
    "Message",
    "Options",
    "Press",
    "Refused",
    "User",
]
