"""Groups, and what happens to the bot in them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.e2e.bot_api import detection
from tests.e2e.bot_api.members import change_status
from tests.e2e.bot_api.people import User
from tests.e2e.bot_api.privacy import reaches
from tests.e2e.bot_api.views import Message
from tests.e2e.bot_api.world import Chat, Json

ANONYMOUS = {
    "id": 1087968824,  # the same for every group, says PTB's ChatID
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}


CHANNEL_BOT = {
    "id": 136817688,  # the same for every channel, says PTB's ChatID
    "is_bot": True,
    "first_name": "Channel",
    "username": "Channel_Bot",
}


@dataclass(eq=False)
class Channel(Chat):
    """A channel with the bot as an administrator; a bot hears nothing of others."""

    def posts(self, text: str) -> Message:
        with self.world.lock:
            said = {"text": text, "entities": detection.entities(text)}
            message = self.put({"sender_chat": self.as_json, **said})
            if self.bot_status == "administrator":
                self.world.emit("channel_post", message)
        return Message(message)


@dataclass(eq=False)
class BusinessChat(Chat):
    """A customer's chat with the owner of a Business account, in whose name the bot answers."""

    connection: str = "business-1"
    owner: int = 0

    @property
    def kind(self) -> str:
        return "business_message"

    def put(self, content: Json) -> Json:
        is_ours = (content.get("from") or {}).get("id") == self.world.bot["id"]
        author = {"from": self.members[self.owner], "sender_business_bot": self.world.me}
        return super().put(
            content | {"business_connection_id": self.connection} | (author if is_ours else {})
        )


@dataclass(eq=False)
class Group(Chat):
    """A group or supergroup; the verbs say what its people do to the bot or to the group."""

    def adds_bot(self, by: User) -> None:
        change_status(self, "member", by.raw)
        self._service(by, new_chat_members=[self.world.bot])

    def removes_bot(self, by: User) -> None:
        """The bot still hears of it: service messages and `my_chat_member` come once more."""
        change_status(self, "kicked", by.raw)

    def promotes_bot(self, by: User) -> None:
        change_status(self, "administrator", by.raw)

    def mutes_bot(self, by: User) -> None:
        """The bot may read and not write."""
        self.is_muted = True
        change_status(self, "restricted", by.raw)

    def opens_topic(self, name: str, by: User) -> int:
        """A new topic of a forum; its id goes into `says(topic=…)`."""
        created = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        with self.world.lock:
            message = self.put({"from": by.raw, "is_topic_message": True, **created})
            thread: int = message["message_id"]
            message["message_thread_id"] = thread
            self.topics[thread] = name
            self.world.emit("message", message)
        return thread

    def closes_topic(self, thread: int) -> None:
        self.closed.add(thread)

    def deletes_topic(self, thread: int) -> None:
        """Its messages go with it."""
        with self.world.lock:
            del self.topics[thread]
            for number, message in list(self.messages.items()):
                if message.get("message_thread_id") == thread:
                    del self.messages[number]

    def becomes_supergroup(self, by: User) -> Group:
        """The group under its new id; the old id answers with `migrate_to_chat_id`."""
        with self.world.lock:
            number = -(1_000_000_000_000 + next(self.world.group_ids))
            new = Group(self.world, number, "supergroup", self.title, members=self.members)
            self.world.add(new)
            self.successor = new
            self._service(by, migrate_to_chat_id=new.id)
            new._service(by, migrate_from_chat_id=self.id)
        return new

    def says(self, text: str) -> Message:
        """An administrator who stays anonymous writes; the sender is the group itself."""
        with self.world.lock:
            said = {"text": text, "entities": detection.entities(text)}
            message = self.put({"from": ANONYMOUS, "sender_chat": self.as_json, **said})
            if reaches(self, message, self.world.bot):
                self.world.emit("message", message)
        return Message(message)

    def says_as(self, channel: Channel, text: str) -> Message:
        """Somebody who owns a channel writes in its name."""
        with self.world.lock:
            said = {"text": text, "entities": detection.entities(text)}
            message = self.put({"from": CHANNEL_BOT, "sender_chat": channel.as_json, **said})
            if reaches(self, message, self.world.bot):
                self.world.emit("message", message)
        return Message(message)

    def pins(self, message: Message, by: User) -> None:
        self._service(by, pinned_message=message.raw)

    def another_bot_speaks(self) -> None:
        """From now on commands without a name are not for our bot, until it speaks again."""
        self.another_bot_spoke_last = True

    def _service(self, by: User, **content: object) -> None:
        with self.world.lock:
            self.world.emit("message", self.put({"from": by.raw, **content}))
