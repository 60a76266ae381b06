"""Answer one update: lock the conversation, load, decide, save.

What a newcomer would get wrong: the decision runs inside the store's unit of work
(`SessionStore.transact`) and must be pure, because the store may run it again.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.dialogue.autocomplete import NOBODY, Suggestion, suggest
from bot.core.dialogue.commands import FORGETS_PERSON, reply_forgotten
from bot.core.dialogue.decide import take_turn
from bot.core.dialogue.decisions import Decisions
from bot.core.dialogue.degraded import reply_unstored
from bot.core.locks import KeyedLocks
from bot.core.model.pack import Pack
from bot.core.model.reminder import WriteCalendar
from bot.core.model.reply import Reason, Reply
from bot.core.model.session import Session
from bot.core.model.turn import Turn, Work
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import (
    FORGOTTEN,
    Applied,
    Brain,
    Claim,
    Clock,
    Drawer,
    Journal,
    Meter,
    Outgoing,
    PictureForm,
    SessionStore,
    Told,
    Uncounted,
)
from bot.core.procedures.summary import chart_named
from bot.core.slices import InThread, Thinking
from bot.errors import StoreError
from bot.tracing import begin

log = logging.getLogger(__name__)


Known = Callable[[Session], Turn | None]
"""Maps the stored session to the turn if it was decided before."""
LONG, LONG_IN_CLAUSES = 24, 12
"""Characters from which words may put so much that to think of them would hold up others: fewer
where marks or blanks part them, because each clause may be a question.
"""
_CLAUSE = re.compile(r"\w+")


class _Unthought(Exception):  # noqa: N818  it never leaves this module
    """Ends a unit of work that would have to think for long; nothing is stored."""

    def __init__(self, session: Session) -> None:
        self.session = session


class _NotTold(Exception):  # noqa: N818  it never leaves this module
    """Ends a unit of work that is not to store anything."""


class Conversation:
    """Serves one pack over one store; safe to call for many conversations at once."""

    def __init__(
        self,
        brain: Brain,
        store: SessionStore,
        clock: Clock,
        journal: Journal | None = None,
        *,
        drawer: Drawer | None = None,
        calendar: WriteCalendar | None = None,
        meter: Meter | None = None,
        thinking: Thinking | None = None,
    ) -> None:
        """Without `calendar` a deadline is offered in words and not as a file."""
        self.brain = brain
        """The pack and its understander; may be replaced at any time, by one assignment."""
        self._store = store
        self._journal = journal
        self._drawer = drawer
        self.clock = clock
        self.meter = meter or Uncounted()
        self._decisions = Decisions(calendar)
        self._turns: KeyedLocks[ConversationKey] = KeyedLocks()
        self._thinking = thinking or InThread()
        self.trouble: str | None = None
        """Why turns cannot be stored at the moment; `None` while they can."""

    @property
    def pack(self) -> Pack:
        return self.brain.pack

    @property
    def slot_names(self) -> Mapping[str, str]:
        """Return the pack's name of each slot by its internal name, for JSON."""
        return self.pack.vocabulary.names

    async def handle(self, update: Update) -> Reply:
        """Return the reply to an update; the same update again gets the same reply.

        For platforms that take the reply as the answer to their request; the others need `take`.
        """
        return (await self.take(update)).reply

    async def take(self, update: Update, holder: str = "") -> Applied:
        """Answer an update, and tell whether it had been answered before.

        `holder` names the process that sends the reply, where that is not the caller's answer.
        Updates of one conversation are answered one at a time, in the order in which they arrive.

        While the store cannot be reached, questions are answered as if they were the first ones,
        replies that depend on earlier turns are put off, and nothing is stored: the `version` is 0.
        """
        begin(update.trace)
        began = self.meter.ticks()
        applied = await self._take(update, holder)
        if not applied.is_repeat:
            self.meter.turn(update, applied.reply, began)
        log.info("answered", extra=_told(update, applied))
        return applied

    async def _take(self, update: Update, holder: str) -> Applied:
        now, brain = self.clock.now(), self.brain

        def work(session: Session) -> Turn:
            return sent_by(self._decisions.take(brain, session, update, now))

        def known(session: Session) -> Turn | None:
            turn = self._decisions.known(brain, session, update, now)
            return turn and sent_by(turn)

        def sent_by(turn: Turn) -> Turn:
            if not (update.route or holder):
                return turn
            return replace(turn, route=update.route, holder=holder)

        async with self._turns.of(update.key):
            try:
                applied = await self._stored(update, now, work, known)
            except StoreError as error:
                # Once with its traceback; an outage under load would fill the disk with them.
                log.warning("a turn could not be stored: %s", error, exc_info=self.trouble is None)
                self.trouble = str(error)
                turn = await self._thought(update, work, Session())
                reply = reply_unstored(brain.pack, update, turn)
                self._note(update, reply, now)
                return Applied(reply, version=0, is_repeat=False)
            self.trouble = None
            if not applied.is_repeat:
                self._note(update, applied.reply, now)
            if applied.reply.rule == FORGETS_PERSON:
                # At a repeat too: the first time the journal may have been out.
                await self._forget_words(update.key.platform, update.key.user)
            if applied.reply == FORGOTTEN:
                return replace(applied, reply=reply_forgotten(brain.pack))
            return applied

    async def _stored(self, update: Update, now: datetime, work: Work, known: Known) -> Applied:
        """Store the turn; long words that are new are thought of between two units of work.

        The first finds out whether the update is a repeat and where the conversation stands. If
        another process went on with it meanwhile, the second thinks again.
        """
        if not _is_long(update):
            return await self._store.transact(update.key, update.id, now, work)

        def look(session: Session) -> Turn:
            if (turn := known(session)) is None:
                raise _Unthought(session)
            return turn

        try:
            return await self._store.transact(update.key, update.id, now, look)
        except _Unthought as met:
            before = met.session
        turn = await self._thought(update, work, before)

        def put(session: Session) -> Turn:
            return turn if session == before else work(session)

        return await self._store.transact(update.key, update.id, now, put)

    async def _thought(self, update: Update, work: Work, session: Session) -> Turn:
        """Decide; about long words beside what else the loop does."""
        if not _is_long(update):
            return work(session)
        return await self._thinking.think(lambda: work(session), len(_words_of(update)))

    def _note(self, update: Update, reply: Reply, now: datetime) -> None:
        if self._journal is not None:
            self._journal.record(update, reply, now)

    async def told(self, key: ConversationKey, update_id: str) -> Reply | None:
        """Return what an update was answered with; `None` if it never was, or too long ago."""

        def work(_: Session) -> Turn:
            raise _NotTold

        try:
            applied = await self._store.transact(key, update_id, self.clock.now(), work)
        except _NotTold:
            return None
        return None if applied.reply == FORGOTTEN else applied.reply

    async def look(self) -> None:
        """Find out whether turns can be stored at the moment, and set `trouble`."""
        try:
            await self._store.ping()
        except StoreError as error:
            if self.trouble is None:
                log.warning("turns cannot be stored: %s", error)
            self.trouble = str(error)
        else:
            if self.trouble is not None:
                log.warning("turns can be stored again")
            self.trouble = None

    async def suggest(self, text: str) -> Sequence[Suggestion]:
        """Return answers to choose from while a person is still typing; nothing is stored.

        What the words may become is understood as well, several times an ordinary message.
        """
        brain, now = self.brain, self.clock.now()
        return await self._thinking.think(lambda: suggest(brain, text, now), len(text))

    def note_posted(self, platform: str, value: str) -> None:
        """Count answers that somebody chose while typing and posted into a chat.

        `value` is that of the choice which opens them.  Nobody is named, and nothing is answered.
        """
        now = self.clock.now()
        reply = take_turn(self.brain, Session(), Update("", NOBODY, now, press=value), now).reply
        key = replace(NOBODY, platform=platform)
        posted = replace(reply, reason=Reason.POSTED)
        if posted.answers:
            self._note(Update("", key, now, press=value), posted, now)

    async def picture(self, name: str, form: PictureForm) -> bytes | None:
        """Draw the picture that a reply named; `None` if it cannot be drawn any more."""
        chart = chart_named(self.pack, name) if self._drawer else None
        if self._drawer is None or chart is None:
            return None
        return await asyncio.to_thread(self._drawer.draw, chart, form)

    async def history(self, key: ConversationKey, limit: int) -> Sequence[Told]:
        """Return the last replies of a conversation, oldest first; words of people are not kept."""
        return await self._store.replies(key, limit)

    async def unsent(self, platform: str) -> Sequence[Outgoing]:
        """Return replies that are stored and not known to be delivered, oldest first."""
        return await self._store.unsent(platform)

    async def claim_unsent(self, claim: Claim) -> Sequence[Outgoing]:
        """Claim stored replies that no living process is sending; return them, oldest first."""
        return await self._store.claim_unsent(claim)

    async def begin_sending(
        self, holder: str, updates: Sequence[tuple[ConversationKey, str]]
    ) -> None:
        """Note that these replies are being sent: they have arrived perhaps."""
        await self._store.begin_sending(holder, updates)

    async def release(
        self,
        holder: str,
        updates: Sequence[tuple[ConversationKey, str]],
        *,
        keeps_begun: bool = False,
    ) -> None:
        """Let anybody claim these replies."""
        await self._store.release(holder, updates, keeps_begun=keeps_begun)

    async def beat(self, holder: str) -> None:
        """Note that the process lives which sends the replies of this holder."""
        await self._store.beat(holder)

    async def shared(self, name: str) -> str | None:
        """Return what a process of this installation shares under this name."""
        return await self._store.shared(name, self.clock.now())

    async def share(self, name: str, value: str, until: datetime) -> None:
        """Share a value with every process of this installation until then."""
        await self._store.share(name, value, until)

    async def mark_sent(self, updates: Sequence[tuple[ConversationKey, str]]) -> None:
        """Record that the replies to these updates were delivered."""
        await self._store.mark_sent(updates)

    async def forget(self, platform: str, user: str) -> int:
        """Delete everything stored about a person; return the number of conversations."""
        gone = await self._store.forget(platform, user)
        await self._forget_words(platform, user)
        return gone

    async def _forget_words(self, platform: str, user: str) -> None:
        if self._journal is not None:
            await self._journal.forget(platform, user, self.clock.now())


def _is_long(update: Update) -> bool:
    text = _words_of(update)
    if len(text) <= LONG_IN_CLAUSES:
        return False
    return len(text) > LONG or len(_CLAUSE.findall(text)) > 1


def _told(update: Update, applied: Applied) -> dict[str, object]:
    """Return what the log tells of a turn: nothing that was said, and not by whom."""
    reply = applied.reply
    return {
        "platform": update.key.platform,
        "status": reply.status,
        "reason": reply.reason,
        "rule": reply.rule,
        "entries": [answer.entry for answer in reply.answers],
        "is_repeat": applied.is_repeat,
        "is_stored": bool(applied.version),
    }


def _words_of(update: Update) -> str:
    """Return all the words that have to be understood."""
    quoted = update.quoted
    return "\n".join((update.text or "", *((quoted.words, quoted.part) if quoted else ())))
