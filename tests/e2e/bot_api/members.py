"""The bot's standing in a chat, and how it hears that it changed."""

from __future__ import annotations

from tests.e2e.bot_api.world import Chat, Json

RIGHTS = (
    "can_be_edited",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "is_anonymous",
    "can_send_welcome_messages",
)
PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
    "can_react_to_messages",
    "can_edit_tag",
)


def change_status(chat: Chat, status: str, by: Json) -> None:
    """Make the bot something else in a chat and tell it so (`my_chat_member`)."""
    world, old = chat.world, chat.bot_status
    chat.bot_status = status
    change = {
        "chat": chat.as_json,
        "from": by,
        "old_chat_member": as_member(world.bot, old),
        "new_chat_member": as_member(world.bot, status),
    }
    world.emit("my_chat_member", {"date": world.now(), **change})


def as_member(user: Json, status: str) -> Json:
    """A ChatMember with every field that its status demands."""
    known = {name: user[name] for name in ("id", "is_bot", "first_name") if name in user}
    member: Json = {"status": status, "user": known | {"username": user.get("username", "")}}
    if status == "administrator":
        return member | dict.fromkeys(RIGHTS, False)
    if status == "restricted":
        return member | dict.fromkeys(PERMISSIONS, False) | {"is_member": True, "until_date": 0}
    return member | ({"until_date": 0} if status == "kicked" else {})
