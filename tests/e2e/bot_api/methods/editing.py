"""The methods that change what stands in a chat already."""

from __future__ import annotations

from tests.e2e.bot_api import keyboards
from tests.e2e.bot_api.methods.access import count, joined, known
from tests.e2e.bot_api.methods.sending import captioned, written
from tests.e2e.bot_api.params import Params
from tests.e2e.bot_api.refusals import Refused, bad_request
from tests.e2e.bot_api.richness import as_rich_message
from tests.e2e.bot_api.world import Chat, Json, World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
Place = tuple[Chat, int]


def _place(world: World, params: Params) -> Place:
    inline_id = params.text("inline_message_id")
    if inline_id:
        if inline_id not in world.inline_messages:
            raise bad_request("MESSAGE_ID_INVALID")
        chat_id, message_id = world.inline_messages[inline_id]
        return world.chats[chat_id], message_id
    chat, message_id = joined(world, params), params.integer("message_id")
    if not message_id:
        raise bad_request("message identifier is not specified")
    _check_own(world, chat.messages.get(message_id))
    count(world, chat, is_edit=True)
    return chat, message_id


def _check_own(world: World, message: Json | None) -> None:
    if message is None:
        raise bad_request("message to edit not found")
    author = message.get("sender_business_bot") or message.get("from", {})
    if author.get("id") != world.bot["id"]:
        raise bad_request("message can't be edited")


def _edit(world: World, params: Params, content: Json) -> Json | bool:
    """Put new content and the new keyboard (none given: none shown) in the place of the old."""
    keyboard = keyboards.checked(params.get("reply_markup"))
    chat, message_id = _place(world, params)
    new = content | {"reply_markup": keyboard if keyboard and _rows(keyboard) else None}
    old = chat.messages[message_id]
    if all(old.get(name) == value for name, value in new.items()):
        raise bad_request(NOT_MODIFIED)
    changed = chat.change(message_id, new)
    return True if params.text("inline_message_id") else changed


def _rows(keyboard: Json) -> bool:
    return bool(keyboard.get("inline_keyboard"))


def _text(params: Params) -> Json:
    return {"entities": None, "rich_message": None, **written(params, "MESSAGE_TOO_LONG")}


def _rich(world: World, params: Params) -> Json:
    if world.options.rich == "refused":
        raise bad_request("RICH_MESSAGES_FORBIDDEN")
    return {"text": None, "entities": None, "rich_message": as_rich_message(params["rich_message"])}


def edit_message_text(world: World, params: Params) -> Json | bool:
    if params.get("rich_message") and world.options.rich != "unknown":
        return _edit(world, params, _rich(world, params))
    content = _text(params)
    content.pop("link_preview_options", None)
    return _edit(world, params, content)


def edit_message_caption(world: World, params: Params) -> Json | bool:
    content = {"caption": None, "caption_entities": None, **captioned(params)}
    return _edit(world, params, content)


def edit_message_reply_markup(world: World, params: Params) -> Json | bool:
    return _edit(world, params, {})


def _whispered(world: World, params: Params) -> tuple[Chat, int]:
    if world.options.ephemeral == "unknown":
        raise Refused(404, "Not Found: method not found")
    chat, number = known(world, params), params.integer("ephemeral_message_id")
    message = chat.ephemeral.get(number)
    receiver = params.integer("receiver_user_id")
    if message is None or message["receiver_user"]["id"] != receiver:
        raise bad_request("message to edit not found")
    return chat, number


def edit_ephemeral_text(world: World, params: Params) -> bool:
    chat, number = _whispered(world, params)
    new = _rich(world, params) if params.get("rich_message") else _text(params)
    return _rewhisper(chat, number, params, new)


def edit_ephemeral_markup(world: World, params: Params) -> bool:
    chat, number = _whispered(world, params)
    return _rewhisper(chat, number, params, {})


def _rewhisper(chat: Chat, number: int, params: Params, content: Json) -> bool:
    new = content | {"reply_markup": keyboards.checked(params.get("reply_markup"))}
    merged = chat.ephemeral[number] | new
    chat.ephemeral[number] = {name: value for name, value in merged.items() if value is not None}
    return True


def delete_ephemeral(world: World, params: Params) -> bool:
    chat, number = _whispered(world, params)
    del chat.ephemeral[number]
    return True


METHODS = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "editEphemeralMessageText": edit_ephemeral_text,
    "editEphemeralMessageReplyMarkup": edit_ephemeral_markup,
    "deleteEphemeralMessage": delete_ephemeral,
}
