"""Say in plain words why an entry did not get a question, and what would help (`zhuce kb why`).

What a newcomer would get wrong: it guesses nothing.  It compares what was heard with the slots of
both entries, and names the line that made it so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.core.model.entry import Entry
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply
from bot.core.model.understanding import Candidate, Understanding
from bot.core.model.vocabulary import SUBJECT
from bot.knowledge.origins import Origins, Word
from bot.runtime.replay import Replayer

_HELPFUL = 6
"""Most words that are listed as taken for others."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A question, who answered it, and who should have."""

    pack: Pack
    origins: Origins
    understanding: Understanding
    reply: Reply
    wanted: Entry | None

    @property
    def winner(self) -> Entry | None:
        """Return the entry that answered, or came first without answering."""
        if self.reply.answers:
            return self.pack.entries.get(self.reply.answers[0].entry)
        best = next(iter(self.understanding.candidates), None)
        return self.pack.entries[best.entry] if best else None

    def candidate(self, entry: Entry | None) -> tuple[int, Candidate] | None:
        """Return the rank, from 1, and the candidate of an entry."""
        ranked = enumerate(self.understanding.candidates, 1)
        return next(((n, c) for n, c in ranked if entry and c.entry == entry.id), None)


def loss_of(question: str, wanted: Entry | None, replayer: Replayer, origins: Origins) -> Loss:
    """Return how the question is answered by itself, without any context."""
    pack, reply = replayer.brain.pack, replayer.run((question,)).reply
    return Loss(pack, origins, replayer.understand(question), reply, wanted)


def why(loss: Loss) -> Iterator[str]:
    """Yield the explanation, a line each."""
    yield _outcome(loss)
    winner, wanted = loss.winner, loss.wanted
    yield from _standing(loss, winner, "排第一的" if wanted else "最接近的")
    if wanted and wanted != winner:
        yield from _standing(loss, wanted, "您要的")
    yield from _heard(loss)
    if wanted is None or wanted == winner:
        return
    yield from spoken_for(loss)
    yield from _cures(loss)


def spoken_for(loss: Loss) -> Iterator[str]:
    """Yield the words that spoke for the other entry or against the wanted one, with lines."""
    winner, wanted = loss.winner, loss.wanted
    if wanted is None or wanted == winner:
        return
    for slot in loss.understanding.slots:
        if slot.is_inherited:
            continue
        name = loss.pack.vocabulary.names.get(slot.kind, slot.kind)
        value = "、".join(slot.values)
        mine = wanted.slots.get(slot.kind)
        others = winner.slots.get(slot.kind) if winner else None
        place = _place(loss, slot.surface, name)
        said = f"“{slot.surface}”{place}填了 {name}：{value}"
        if mine and mine not in slot.values:
            yield f"{said}，而 {wanted.id} 只管 {name}：{mine}"
        elif others in slot.values and not mine:
            yield f"{said}，{winner.id if winner else ''} 有这个槽位，{wanted.id} 没有"
        elif slot.kind == SUBJECT and not mine:
            yield f"{said}，于是这句话被当成别的事；{wanted.id} 没有这个槽位"
    heard = {slot.kind for slot in loss.understanding.slots}
    for kind, mine in wanted.slots.items():
        if kind not in heard:
            name = loss.pack.vocabulary.names.get(kind, kind)
            yield f"{wanted.id} 要有 {name}：{mine}，这句话里没有听到"


def _place(loss: Loss, surface: str, name: str) -> str:
    word = loss.origins.words.get(surface)
    return f"（{word.place}）" if word and word.slot == name else ""


def _outcome(loss: Loss) -> str:
    reply = loss.reply
    names = "、".join(answer.entry for answer in reply.answers)
    said = {
        "answered": f"由 {names} 回答",
        "clarify": "反问了一句，没有直接回答",
        "abstained": "没有回答" + (f"，提到 {names}" if names else ""),
        "procedure": "进入办事步骤",
        "smalltalk": "当作寒暄或命令",
    }[reply.status.value]
    return f"现在：{said}（规则 {reply.rule}）"


def _standing(loss: Loss, entry: Entry | None, role: str) -> Iterator[str]:
    if entry is None:
        yield "没有任何条目沾边。"
        return
    place = loss.origins.entries.get(entry.id, "")
    found = loss.candidate(entry)
    if found is None:
        yield f"{role}：{entry.id}（{entry.title}，{place}），没有进入候选"
        return
    rank, candidate = found
    line = loss.origins.asks.get(candidate.phrase)
    nearest = f"，最像它的问法“{candidate.phrase}”" + (f"（{line}）" if line else "")
    needed = loss.understanding.thresholds.answer
    yield (
        f"{role}：{entry.id}（{entry.title}，{place}），第 {rank} 名，"
        f"把握 {candidate.score:.2f}，要 {needed:.2f} 才直接回答{nearest}"
    )


def _heard(loss: Loss) -> Iterator[str]:
    """Yield which words were taken for others, so that a surprising one is seen."""
    words = [w for w in loss.origins.words_in(loss.understanding.utterance) if w.form != w.word]
    for word in words[:_HELPFUL]:
        slot = f"，填 {word.slot}：{word.value}" if word.slot else ""
        yield f"听成：“{word.form}”当作“{word.word}”{slot}（{word.place}）"


def _cures(loss: Loss) -> Iterator[str]:
    winner, wanted = loss.winner, loss.wanted
    assert wanted is not None
    place = loss.origins.entries.get(wanted.id, wanted.id)
    question = loss.understanding.text
    yield f"办法：把“{question}”加进 {wanted.id} 的 ask（{place}），再考一遍"
    if winner and loss.reply.answers and winner.id != wanted.id:
        other = loss.origins.entries.get(winner.id, winner.id)
        yield f"办法：把“{question}”加进 {winner.id} 的 not（{other}），以后它抢答就会考出来"
    for word in _culprits(loss):
        yield (
            f"办法：如果“{word.form}”在这里不是说“{word.value}”，从 {word.place} 去掉它，"
            f"或者在 synonyms.yaml 里把含着它的长词写成一个 word"
        )


def _culprits(loss: Loss) -> Iterator[Word]:
    """Yield the words whose slot the wanted entry does not have."""
    wanted = loss.wanted
    names = loss.pack.vocabulary.names
    own: Mapping[str, str] = {names.get(k, k): v for k, v in wanted.slots.items()} if wanted else {}
    surfaces = {slot.surface for slot in loss.understanding.slots if not slot.is_inherited}
    for word in loss.origins.words_in(loss.understanding.utterance):
        if word.form in surfaces and word.slot and own.get(word.slot) != word.value:
            yield word
