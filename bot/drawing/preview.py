"""Write one HTML page that shows every entry as each kind of chat shows it (`zhuce kb preview`).

What a newcomer would get wrong: the texts are those of the functions that answer people.  Only the
frame round them is made here, without a script, so that the file can be sent to anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from html import escape

from bot.core.answering.entry_replies import entry_reply
from bot.core.dialogue.short_form import shorten
from bot.core.model.entry import Entry
from bot.core.model.pack import Pack
from bot.core.model.procedure import Procedure
from bot.core.model.reply import Choices, Reply
from bot.core.model.scope import Scope
from bot.drawing.verbs import NotDrawableError, drawing_of

_STYLE = """
body{font:16px/1.6 system-ui,sans-serif;margin:1rem auto;max-width:72rem;padding:0 1rem}
.views{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr))}
.view{background:#8881;border-radius:.5rem;padding:.5rem .75rem}
h3{font-size:.85rem;margin:0;opacity:.7} pre{font:inherit;margin:.25rem 0;white-space:pre-wrap}
.choice{border:1px solid #8888;border-radius:1rem;display:inline-block;margin:.2rem;padding:0 .7rem}
svg{height:auto;max-width:100%}
"""


def page(pack: Pack, entries: Iterable[Entry], procedures: Iterable[Procedure], day: date) -> str:
    """Return the page; `day` decides which facts are shown as current."""
    parts = [*(_entry(pack, entry, day) for entry in entries), *map(_procedure, procedures)]
    title = escape(f"{pack.title}，版本 {pack.version}，{day}")
    return (
        f'<!doctype html>\n<html lang="{escape(pack.language)}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n<h1>{title}</h1>\n"
        + "\n".join(parts)
        + "\n</html>\n"
    )


def _entry(pack: Pack, entry: Entry, day: date) -> str:
    reply = entry_reply(Scope(pack, day, dict(entry.slots)), entry, None, "preview")
    short = shorten(pack, reply, day) or reply
    views = [
        ("私聊和网页", _bubble(reply)),
        ("群里", _bubble(short)),
        ("打字时的提示", _text(f"{entry.title}\n{entry.short}")),
        ("纯文字（没有按钮）", _text(reply.as_text())),
    ]
    shown = "".join(f'<div class="view"><h3>{name}</h3>{body}</div>' for name, body in views)
    asked = "；".join(entry.ask[:5])
    return (
        f'<section id="{escape(entry.id)}"><h2>{escape(entry.title)} <small>{escape(entry.id)}'
        f"</small></h2><p>问法：{escape(asked)}</p>"
        f'<div class="views">{shown}</div></section>'
    )


def _bubble(reply: Reply) -> str:
    """Return the reply with its choices as buttons."""
    parts = tuple(part for part in reply.parts if not isinstance(part, Choices))
    return _text(replace(reply, parts=parts).as_text()) + "".join(_choices(reply))


def _choices(reply: Reply) -> Iterator[str]:
    return (f'<span class="choice">{escape(choice.label)}</span>' for choice in reply.choices)


def _text(text: str) -> str:
    return f"<pre>{escape(text)}</pre>"


def _procedure(procedure: Procedure) -> str:
    try:
        drawn = drawing_of(procedure, "svg", None).decode()
    except NotDrawableError:
        drawn = _text(drawing_of(procedure, "text", None).decode())
    head = f"{escape(procedure.title)} <small>{escape(procedure.id)}</small>"
    return f'<section id="{escape(procedure.id)}"><h2>{head}</h2>{drawn}</section>'
