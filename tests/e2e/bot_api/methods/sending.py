"""The methods that put something into a chat or take it out."""

from __future__ import annotations

from typing import Any

from tests.e2e.bot_api import keyboards, markup
from tests.e2e.bot_api.methods.access import count, framed, joined, writable
from tests.e2e.bot_api.params import Params
from tests.e2e.bot_api.refusals import Refused, bad_request
from tests.e2e.bot_api.richness import as_rich_message
from tests.e2e.bot_api.world import Chat, Json, World

MOST_TEXT = 4096
MOST_CAPTION = 1024
FILE_ID = "AgADBAADfile"


def written(params: Params, too_long: str = "message is too long") -> Json:
    """`text` with its entities and link preview, as a message carries them."""
    text, entities = markup.formatted(
        params.text("text"),
        params.text("parse_mode"),
        params.array("entities"),
        most=MOST_TEXT,
        too_long=too_long,
    )
    preview = params.get("link_preview_options")
    content: Json = {"text": text}
    content |= {"entities": entities} if entities else {}
    return content | ({"link_preview_options": preview} if preview else {})


def captioned(params: Params) -> Json:
    text, entities = markup.formatted(
        params.text("caption"),
        params.text("parse_mode"),
        params.array("caption_entities"),
        most=MOST_CAPTION,
        least=0,
        too_long="message caption is too long",
    )
    content: Json = {"caption": text} if text else {}
    return content | ({"caption_entities": entities} if entities else {})


def send_message(world: World, params: Params) -> Json:
    return _post(world, params, written(params))


def send_rich_message(world: World, params: Params) -> Json:
    if world.options.rich == "unknown":
        raise Refused(404, "Not Found: method not found")
    if world.options.rich == "refused":
        raise bad_request("RICH_MESSAGES_FORBIDDEN")
    return _post(world, params, {"rich_message": as_rich_message(params.get("rich_message"))})


def send_photo(world: World, params: Params) -> Json:
    photo = [_file(params, "photo") | {"width": 800, "height": 600}]
    return _post(world, params, {"photo": photo} | captioned(params))


def send_document(world: World, params: Params) -> Json:
    return _post(world, params, {"document": _file(params, "document")} | captioned(params))


def _file(params: Params, name: str) -> Json:
    given: Any = params.get(name)
    if not given:
        raise bad_request(f"there is no {name} in the request")
    attached = params.get(str(given).removeprefix("attach://"), given)
    file: Json = {"file_id": FILE_ID, "file_unique_id": f"u{len(str(given))}"}
    if isinstance(attached, dict):
        file |= {"file_name": attached["file_name"], "file_size": attached["file_size"]}
    return file


def _post(world: World, params: Params, content: Json) -> Json:
    keyboard = keyboards.checked(params.get("reply_markup"))
    chat = writable(world, params)
    frame = framed(chat, params)
    count(world, chat)
    shown = {"reply_markup": keyboard} if keyboard and "inline_keyboard" in keyboard else {}
    message: Json = {"from": world.me, **frame, **content, **shown}
    receiver = _receiver(world, chat, params)
    if receiver:
        return _whisper(chat, message, receiver)
    chat.another_bot_spoke_last = False
    return chat.put(message)


def _receiver(world: World, chat: Chat, params: Params) -> Json:
    """The only person who sees the message; empty for a message to all."""
    given = Params(params.object("ephemeral_message_parameters") or dict(params))
    if "receiver_user_id" not in given or world.options.ephemeral == "unknown":
        return {}
    if world.options.ephemeral == "refused" or not chat.is_group:
        raise bad_request("EPHEMERAL_MESSAGES_FORBIDDEN")
    receiver = chat.members.get(given.integer("receiver_user_id"))
    if receiver is None:
        raise bad_request("user not found")
    return receiver


def _whisper(chat: Chat, message: Json, receiver: Json) -> Json:
    number = len(chat.ephemeral) + 1
    where = {"message_id": 0, "date": chat.world.now(), "chat": chat.as_json}
    only = {"receiver_user": receiver, "ephemeral_message_id": number}
    chat.ephemeral[number] = where | message | only
    return chat.ephemeral[number]


def send_message_draft(world: World, params: Params) -> bool:
    if not params.integer("draft_id"):
        raise bad_request("DRAFT_ID_INVALID")
    if joined(world, params).type != "private":
        raise bad_request("drafts are for private chats only")
    if params.text("text"):
        written(params)
    return True


def send_chat_action(world: World, params: Params) -> bool:
    writable(world, params)
    if not params.text("action"):
        raise bad_request("wrong parameter action in request")
    return True


def set_message_reaction(world: World, params: Params) -> bool:
    if params.integer("message_id") not in joined(world, params).messages:
        raise bad_request("message to react not found")
    return True


def delete_message(world: World, params: Params) -> bool:
    chat = joined(world, params)
    if chat.messages.pop(params.integer("message_id"), None) is None:
        raise bad_request("message to delete not found")
    return True


def delete_messages(world: World, params: Params) -> bool:
    chat = joined(world, params)
    for number in params.array("message_ids"):
        chat.messages.pop(int(number), None)
    return True


METHODS = {
    "sendMessage": send_message,
    "sendRichMessage": send_rich_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendMessageDraft": send_message_draft,
    "sendRichMessageDraft": lambda _world, _params: True,
    "sendChatAction": send_chat_action,
    "setMessageReaction": set_message_reaction,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
}
