"""What a call about a chat must pass first: the chat, the bot's rights, thread, reply, flood."""

from __future__ import annotations

from tests.e2e.bot_api.params import Params
from tests.e2e.bot_api.refusals import bad_request, forbidden
from tests.e2e.bot_api.world import PRESENT, Chat, Json, World, without_reply


def known(world: World, params: Params) -> Chat:
    """The chat that a call names, whatever the bot may do there."""
    wanted = params.text("chat_id").strip()
    if not wanted:
        raise bad_request("chat_id is empty")
    chat = _find(world, wanted)
    if connection := params.text("business_connection_id"):
        chat = world.business.get((connection, int(wanted)))
    if chat is None:
        raise bad_request("chat not found")
    if chat.successor is not None:
        raise bad_request(
            "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.successor.id
        )
    return chat


def _find(world: World, wanted: str) -> Chat | None:
    if wanted.startswith("@"):
        name = wanted[1:].lower()
        return next((chat for chat in world.chats.values() if chat.username.lower() == name), None)
    return world.chats.get(int(wanted)) if wanted.lstrip("-").isdigit() else None


def joined(world: World, params: Params) -> Chat:
    """The chat, if the bot can be there."""
    chat = known(world, params)
    if chat.type == "private" and chat.bot_status == "kicked":
        raise forbidden("bot was blocked by the user")
    if not chat.is_known:
        raise forbidden("bot can't initiate conversation with a user")
    if chat.bot_status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.type} chat")
    if chat.bot_status not in PRESENT:
        raise forbidden(f"bot is not a member of the {chat.type} chat")
    return chat


def writable(world: World, params: Params) -> Chat:
    """The chat, if the bot may write there."""
    chat = joined(world, params)
    if chat.is_muted and chat.bot_status != "administrator":
        raise bad_request("not enough rights to send text messages to the chat")
    return chat


def count(world: World, chat: Chat, *, is_edit: bool = False) -> None:
    """Count one call against the flood limits, if they are on."""
    if world.flood is not None:
        world.flood.check(chat.id, is_group=chat.is_group, is_edit=is_edit)


def framed(chat: Chat, params: Params) -> Json:
    """Thread and reply of a message that is to be sent."""
    return _thread(chat, params) | _reply(chat, params)


def _thread(chat: Chat, params: Params) -> Json:
    thread = params.integer("message_thread_id") or _thread_replied_to(chat, params)
    if not thread:
        return {}
    if thread not in chat.topics:
        raise bad_request("message thread not found")
    if thread in chat.closed and chat.bot_status != "administrator":
        raise bad_request("TOPIC_CLOSED")
    return {"message_thread_id": thread, "is_topic_message": True}


def _thread_replied_to(chat: Chat, params: Params) -> int:
    """The topic that a reply without one falls into: that of the message."""
    replied = Params(params.object("reply_parameters") or {}).integer("message_id")
    return int(chat.messages.get(replied, {}).get("message_thread_id") or 0)


def _reply(chat: Chat, params: Params) -> Json:
    given = params.object("reply_parameters")
    if not given and "reply_to_message_id" in params:
        given = {
            "message_id": params["reply_to_message_id"],
            "allow_sending_without_reply": params.get("allow_sending_without_reply"),
        }
    if not given or given.get("ephemeral_message_id"):
        return {}
    found = chat.messages.get(Params(given).integer("message_id"))
    if found is not None and int(given.get("chat_id") or chat.id) == chat.id:
        return {"reply_to_message": without_reply(found)}
    if Params(given).flag("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")
