"""Read an update of either library into our own classes; `None` for what is not for the bot.

Attributes are read where they are: converting a library's objects to dictionaries would cost more
than answering the question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from bot.adapters.telegram.incoming import update_types
from bot.adapters.telegram.incoming.mentions import (
    answering_reply,
    is_named,
    without_mentions,
    words_for_us,
)
from bot.adapters.telegram.incoming.quotes import quoted_by
from bot.adapters.telegram.incoming.wordings import EDITABLE_FOR
from bot.adapters.telegram.ports import BotIdentity, Extra
from bot.adapters.telegram.routes import Route
from bot.core.dialogue import commands
from bot.core.model.update import ConversationKey, Event, Position, Update

GROUP_ANONYMOUS_BOT = 1087968824
"""The sender where an administrator speaks as the group itself (Bot API, class Message,
`sender_chat`, read 2026-11).
"""
CHANNEL_BOT = 136817688
"""The sender where somebody speaks in a group as a channel (`ChatID.FAKE_CHANNEL` of
python-telegram-bot 22.8).
"""
SERVICE_CHAT = 777000
"""The sender of what a channel forwards into its group (`ChatID.SERVICE_CHAT`, as above)."""
_NO_PERSON = (GROUP_ANONYMOUS_BOT, CHANNEL_BOT, SERVICE_CHAT)
_WORDLESS = {
    "voice": Event.VOICE,
    "audio": Event.VOICE,
    "video_note": Event.VOICE,
    "photo": Event.PICTURE,
    "video": Event.PICTURE,
    "animation": Event.PICTURE,
    "story": Event.PICTURE,
    "sticker": Event.UNREADABLE,
    "document": Event.UNREADABLE,
    "contact": Event.UNREADABLE,
    "poll": Event.UNREADABLE,
    "dice": Event.UNREADABLE,
    "game": Event.UNREADABLE,
    "checklist": Event.UNREADABLE,
    "paid_media": Event.UNREADABLE,
}
"""Attributes of messages without words of their own; service messages are not among them."""
_THUMBS = {"👍": "up", "👎": "down"}
_OUT = ("left", "kicked")
_DIGEST = 6
"""Bytes that tell the wordings of one message apart."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Words or an event, to be answered along the route."""

    update: Update
    """Named after the words of the message, so that the same words are never answered twice."""
    route: Route
    name: str
    """Id of the update itself."""
    number: int
    """Higher for what happened later (https://core.telegram.org/bots/api#update, read 2026-11)."""
    is_edited: bool = False
    album: str | None = None
    """The album that the message is a part of."""
    message: int | None = None

    @property
    def place(self) -> tuple[ConversationKey, int | None]:
        """Return which message it is; numbers of messages to a Business account are its own."""
        return self.update.key, self.message


@dataclass(frozen=True, slots=True)
class Press:
    """A press of a button; `route` is missing if it is under an inline message."""

    query: str
    data: str
    user: int
    name: str
    """Id of the update."""
    route: Route | None


@dataclass(frozen=True, slots=True)
class Typing:
    """A person types an inline query, in any chat."""

    query: str
    text: str
    offset: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A person posted an inline result of ours."""

    result: str
    name: str
    """Id of the update."""


@dataclass(frozen=True, slots=True)
class Left:
    """The bot can no longer write into this chat."""

    chat: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A group has become a supergroup."""

    chat: int
    new_chat: int


@dataclass(frozen=True, slots=True)
class Rated:
    """A person put 👍 or 👎 under a message, which may be anybody's."""

    name: str
    """The same for the same thumb of the same person."""
    at: datetime
    message: int
    route: Route
    """Replies to the message."""
    is_good: bool


Seen = Heard | Press | Typing | Chosen | Left | Moved | Rated


@dataclass(frozen=True, slots=True)
class _Envelope:
    """What surrounds a message: the update that brings it, and the bot that gets it."""

    number: int
    me: BotIdentity
    extras: Collection[Extra]
    is_edited: bool = False

    @property
    def name(self) -> str:
        return f"{self.me.id}:{self.number}"


def read(
    update: update_types.Update, me: BotIdentity, extras: Collection[Extra] = ()
) -> Seen | None:
    """Return what happened; in groups `None` unless the bot is addressed."""
    envelope = _Envelope(update.update_id, me, extras)
    if message := update.message:
        return _message(message, envelope)
    if query := update.callback_query:
        return _press(query, envelope.name)
    if typing := update.inline_query:
        return Typing(typing.id, typing.query, typing.offset)
    if edited := update.edited_message:
        return _message(edited, replace(envelope, is_edited=True))
    if member := update.my_chat_member:
        return _membership(member, envelope)
    if chosen := update.chosen_inline_result:
        return Chosen(chosen.result_id, envelope.name)
    if guest := getattr(update, "guest_message", None):
        return _guest(guest, envelope)
    return _extra(update, envelope)


def _extra(update: update_types.Update, envelope: _Envelope) -> Seen | None:
    """Read what only some operators want."""
    extras = envelope.extras
    if (post := update.channel_post) and Extra.CHANNELS in extras:
        return _post(post, envelope)
    if (reaction := update.message_reaction) and Extra.REACTIONS in extras:
        return _rating(reaction, envelope)
    if Extra.BUSINESS in extras:
        return _business(update, envelope)
    return None


def _business(update: update_types.Update, envelope: _Envelope) -> Heard | None:
    """Read words to somebody whose account the bot answers for, not those of that person."""
    edited = update.edited_business_message
    message, envelope = edited or update.business_message, replace(envelope, is_edited=bool(edited))
    if message is None or message.from_user is None or message.sender_business_bot is not None:
        return None
    is_from_owner = message.from_user.id != message.chat.id
    if is_from_owner or message.from_user.is_bot or not (message.text or message.caption):
        return None
    return _private(message, message.from_user, envelope)


def _message(message: update_types.Message, envelope: _Envelope) -> Seen | None:
    me = envelope.me
    if message.migrate_to_chat_id is not None:
        return Moved(message.chat.id, message.migrate_to_chat_id)
    user = message.from_user
    if user is None or (user.is_bot and user.id not in _NO_PERSON):
        return None
    if message.via_bot and message.via_bot.id == me.id:
        return None
    if message.chat.type == "private":
        return _private(message, user, envelope)
    if message.chat.type not in ("group", "supergroup"):
        return None
    if message.pinned_message is not None:
        return _pinned(message.pinned_message, message.date, envelope)
    if message.is_automatic_forward and not is_named(message, me):
        return None
    text = words_for_us(message, me)
    if not text:
        return None
    return _heard(message, envelope, _route(message, user.id, is_group=True), text)


def _pinned(pinned: object, at: datetime, envelope: _Envelope) -> Seen | None:
    """Read a question that names the bot and was pinned; one that was answered keeps its name.

    An old one is not read: whether it was answered is not known any more.
    """
    message = cast("update_types.Message", pinned)
    is_readable = getattr(pinned, "from_user", None) and is_named(message, envelope.me)
    if not is_readable or at - message.date > EDITABLE_FOR:
        return None
    return _message(message, envelope)


def _post(message: update_types.Message, envelope: _Envelope) -> Heard | None:
    """Read a command in a channel, where nobody is shown as its author."""
    text = message.text or message.caption or ""
    if not commands.looks_like(text) or not (words := words_for_us(message, envelope.me)):
        return None
    return _heard(message, envelope, _route(message, GROUP_ANONYMOUS_BOT, is_group=True), words)


def _rating(reaction: update_types.MessageReaction, envelope: _Envelope) -> Rated | None:
    """Read a thumb that was not there before; whoever reacts as a chat has no name."""
    new = _emoji(reaction.new_reaction) - _emoji(reaction.old_reaction)
    thumb = next((thumb for thumb in _THUMBS if thumb in new), None)
    if thumb is None or reaction.user is None:
        return None
    place, message = reaction.chat, reaction.message_id
    route = Route(place.id, reaction.user.id, is_group=place.type != "private", asked=message)
    name = f"{envelope.me.id}:r{message}:{_THUMBS[thumb]}"
    return Rated(name, reaction.date, message, route, is_good=_THUMBS[thumb] == "up")


def _emoji(reactions: Sequence[update_types.Reaction]) -> set[str]:
    return {str(getattr(one, "emoji", "")) for one in reactions or ()}


def _private(
    message: update_types.Message, user: update_types.User, envelope: _Envelope
) -> Heard | None:
    route = _route(message, user.id, is_group=False)
    if text := message.text or message.caption:
        text = answering_reply(_unmentioned(text, message, envelope.me), message, envelope.me)
        return _heard(message, envelope, route, text)
    if envelope.is_edited:
        return None
    if message.location is not None:
        position = Position(message.location.latitude, message.location.longitude)
        return _heard(message, envelope, route, position)
    events = [event for kind, event in _WORDLESS.items() if getattr(message, kind, None)]
    return _heard(message, envelope, route, events[0]) if events else None


def _unmentioned(text: str, message: update_types.Message, me: BotIdentity) -> str:
    entities = _entities(message)
    return (without_mentions(text, entities, me) if entities else None) or text


def _entities(message: update_types.Message) -> Sequence[update_types.Entity]:
    return message.entities or message.caption_entities or ()


def _route(message: update_types.Message, user: int, *, is_group: bool) -> Route:
    """Return the way back; all who speak as a group or as a channel are one person there."""
    is_anonymous = user in _NO_PERSON
    return Route(
        chat=message.chat.id,
        user=GROUP_ANONYMOUS_BOT if is_anonymous else user,
        is_group=is_group,
        is_anonymous=is_anonymous,
        thread=_thread(message),
        asked=None if message.business_connection_id else message.message_id or None,
        business=message.business_connection_id,
        ephemeral=_ephemeral(message),
    )


def _thread(message: object) -> int | None:
    """Return the topic; a thread of mere replies is none."""
    if not getattr(message, "is_topic_message", None):
        return None
    thread: int | None = getattr(message, "message_thread_id", None)
    return thread


def _ephemeral(message: object) -> int | None:
    """Return the id; python-telegram-bot 22.8 keeps the field among those it does not know."""
    unknown = getattr(message, "api_kwargs", None) or {}
    found = getattr(message, "ephemeral_message_id", None) or unknown.get("ephemeral_message_id")
    return int(found) if found else None


def _heard(
    message: update_types.Message,
    envelope: _Envelope,
    route: Route,
    said: str | Event | Position,
) -> Heard:
    """Return the words of a message, or what it has in place of words."""
    event = said if isinstance(said, Event) else None
    text = said if isinstance(said, str) and event is None else None
    update = Update(
        _name_of_words(message, envelope),
        route.key,
        message.date,
        text=text,
        event=event,
        position=said if isinstance(said, Position) else None,
        route=route.as_text(),
        quoted=quoted_by(message, envelope.me) if text else None,
    )
    album = message.media_group_id
    return Heard(
        update,
        route,
        envelope.name,
        envelope.number,
        envelope.is_edited,
        album,
        message.message_id,
    )


def _name_of_words(message: update_types.Message, envelope: _Envelope) -> str:
    """Return a name that the same words of the same message always have.

    A reaction makes an `edited_message` with nothing edited; by this name the store knows that it
    was answered, whichever process takes it.  The pictures of an album that have no words share one
    name.  A message that one person sees has no number of its own.
    """
    if not message.message_id or message.guest_query_id:
        return envelope.name
    words = (message.text or message.caption or "").encode()
    if not words and message.media_group_id:
        return f"{envelope.me.id}:a{message.media_group_id}"
    digest = hashlib.blake2b(words, digest_size=_DIGEST).hexdigest()
    return f"{envelope.me.id}:m{message.message_id}:{digest}"


def _press(query: update_types.CallbackQuery, name: str) -> Press:
    pressed = query.message
    route = None
    if pressed is not None:
        route = Route(
            chat=pressed.chat.id,
            user=query.from_user.id,
            is_group=pressed.chat.type != "private",
            thread=_thread(pressed),
            edits=(pressed.message_id,),
            business=getattr(pressed, "business_connection_id", None),
            ephemeral=_ephemeral(pressed),
        )
    return Press(query.id, query.data or "", query.from_user.id, name, route)


def _membership(member: update_types.ChatMemberUpdated, envelope: _Envelope) -> Heard | Left | None:
    old, new = member.old_chat_member, member.new_chat_member
    if not _is_in(new) or getattr(new, "can_send_messages", None) is False:
        return Left(member.chat.id)
    if _is_in(old) or member.chat.type not in ("group", "supergroup"):
        return None
    hears_all = envelope.me.can_read_all_group_messages or new.status == "administrator"
    event = Event.ADDED_HEARING_ALL if hears_all else Event.ADDED
    route = Route(member.chat.id, member.from_user.id, is_group=True)
    update = Update(envelope.name, route.key, member.date, event=event, route=route.as_text())
    return Heard(update, route, envelope.name, envelope.number)


def _is_in(member: update_types.ChatMember) -> bool:
    return member.status not in _OUT and getattr(member, "is_member", None) is not False


def _guest(message: update_types.Message, envelope: _Envelope) -> Heard | None:
    """Read a call into a chat that the bot is not in; it is always meant for the bot."""
    user, query = message.from_user, message.guest_query_id
    if user is None or not query:
        return None
    text = words_for_us(message, envelope.me) or message.text or message.caption
    if not text:
        return None
    route = Route(message.chat.id, user.id, is_group=True, guest=query)
    return _heard(message, envelope, route, text)
