"""The methods that ask about a chat or leave it."""

from __future__ import annotations

from tests.e2e.bot_api.members import as_member, change_status
from tests.e2e.bot_api.methods.access import joined, known
from tests.e2e.bot_api.params import Params
from tests.e2e.bot_api.refusals import bad_request
from tests.e2e.bot_api.world import PRESENT, Json, World


def get_chat(world: World, params: Params) -> Json:
    gifts = dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        False,
    )
    more = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}
    return known(world, params).as_json | more


def get_chat_member(world: World, params: Params) -> Json:
    chat, wanted = joined(world, params), params.integer("user_id")
    if wanted == world.bot["id"]:
        return as_member(world.bot, chat.bot_status)
    if wanted in chat.members:
        return as_member(chat.members[wanted], "member")
    raise bad_request("user not found")


def get_chat_administrators(world: World, params: Params) -> list[Json]:
    chat = joined(world, params)
    if not chat.is_group:
        raise bad_request("there are no administrators in the private chat")
    own = [as_member(world.bot, "administrator")]
    return own if chat.bot_status == "administrator" else []


def get_chat_member_count(world: World, params: Params) -> int:
    chat = joined(world, params)
    return len(chat.members) + (chat.bot_status in PRESENT)


def leave_chat(world: World, params: Params) -> bool:
    chat = joined(world, params)
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    change_status(chat, "left", world.me)
    return True


METHODS = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
}
