"""Reply while nothing can be stored and nothing is known of the conversation.

The turn at hand was decided for a stranger.  A question gets the same answer from it; words that
lean on what came before (下一步, 第二种, the button of a card) would be told something that has
nothing to do with them, so these are put off, and so is everything that would promise a deed.
"""

from __future__ import annotations

from bot.core.dialogue.hear import picked_number
from bot.core.model.pack import Pack
from bot.core.model.reply import Reason, Reply, Status, Text
from bot.core.model.turn import Turn
from bot.core.model.update import Update
from bot.core.procedures.step_answers import is_yes_or_no
from bot.core.words.moves import means_another_kind, read_move, stripped


def reply_unstored(pack: Pack, update: Update, turn: Turn) -> Reply:
    """Return the turn's reply if it needs no session, else a reply that this has to wait."""
    is_of_session = turn.is_about_session or turn.reply.status is Status.PROCEDURE
    if not (is_of_session or _leans_on_the_session(update, turn.reply)):
        return turn.reply
    text = Text(pack.phrase("try_later"))
    return Reply(Status.CLARIFY, (text,), Reason.AMBIGUOUS, rule="store_out")


def _leans_on_the_session(update: Update, reply: Reply) -> bool:
    said = stripped(update.text or "")
    return (
        read_move(said) is not None
        or picked_number(said) is not None
        or is_yes_or_no(said)
        or (means_another_kind(said) and reply.status is not Status.ANSWERED)
    )
