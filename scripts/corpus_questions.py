"""Questions and pairs to fit on, out of a corpus alone: what is asked of it is held out of it.

For scripts/fit_lexical.py and scripts/fit_semantic.py.  Files of queries and of labelled pairs only
judge.  What a newcomer would get wrong: two groups of a corpus can mean the same without saying so,
so the nearest question of another group is too often no other question at all; pairs that differ
are drawn from the nearest few.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from random import Random

from bot.evaluation.files import Corpus, Pair, Query
from bot.understanding.collection.retriever import Retriever
from bot.understanding.text.tokeniser import full_cutter

Groups = Sequence[Sequence[str]]
QUESTIONS, PAIRS = 2_000, 2_000
"""At most so many questions that have an answer, and pairs that ask the same, of one corpus."""
NEAR, FAR = 0.2, 0.2
"""Questions without an answer for each one that has: about the same subject, and about another."""
RANDOM = 0.5
"""Pairs at random for each two phrasings of one group; with the near ones they make as many."""
NEAREST = 30
"""A near pair is drawn from so many nearest groups."""


def groups_of(corpus: Corpus) -> Groups:
    found: dict[int, list[str]] = defaultdict(list)
    for text, group in zip(corpus.texts, corpus.groups, strict=True):
        found[group].append(text)
    return [found[group] for group in sorted(found)]


def held_out(corpus: Corpus, strangers: Corpus, seed: int) -> tuple[Corpus, list[Query]]:
    """Return what is left of a corpus, and questions to it.

    One phrasing of a group is a question that has an answer; a group that is left out whole gives
    one that has none, and so do the `strangers`, who ask about something else.
    """
    chance = Random(seed)
    groups = [list(group) for group in groups_of(corpus)]
    chance.shuffle(groups)
    plural = [place for place, group in enumerate(groups) if len(group) > 1]
    count = min(QUESTIONS, int(len(plural) / (1 + NEAR)))
    gone = plural[count : count + round(NEAR * count)]
    asked = {
        place: groups[place].pop(chance.randrange(len(groups[place]))) for place in plural[:count]
    }
    near = [chance.choice(groups[place]) for place in gone]
    kept = [place for place in range(len(groups)) if place not in set(gone)]
    queries = [Query(asked[place], now, "in") for now, place in enumerate(kept) if place in asked]
    queries += [Query(text, None, "near") for text in near]
    far = chance.sample(strangers.texts, min(len(strangers.texts), round(FAR * count)))
    queries += [Query(text, None, "far") for text in far]
    left = [(text, now) for now, place in enumerate(kept) for text in groups[place]]
    ids = tuple(map(str, range(len(kept))))
    return Corpus(ids, tuple(t for t, _ in left), tuple(g for _, g in left)), queries


def pairs_of(corpus: Corpus, seed: int) -> list[Pair]:
    """Return as many pairs that ask the same, of one group each, as pairs that do not."""
    chance = Random(seed)
    plural = [group for group in groups_of(corpus) if len(group) > 1]
    drawn = [plural[n % len(plural)] for n in range(PAIRS)] if plural else []
    same = {tuple(sorted(chance.sample(list(group), 2))) for group in drawn}
    found = [Pair(a, b, is_same=True) for a, b in sorted(same)]
    count = len(found)
    others = list(_near_pairs(corpus, round(count * (1 - RANDOM)), chance))
    while len(others) < count:
        one, other = (chance.randrange(len(corpus.texts)) for _ in "ab")
        if corpus.groups[one] != corpus.groups[other]:
            others.append(Pair(corpus.texts[one], corpus.texts[other], is_same=False))
    return [*found, *others]


def _near_pairs(corpus: Corpus, count: int, chance: Random) -> Iterator[Pair]:
    retriever = Retriever(corpus.texts, corpus.groups, full_cutter())
    for place in chance.choices(range(len(corpus.texts)), k=count):
        hits, _ = retriever.examine(corpus.texts[place], NEAREST + 1)
        other = [hit for hit in hits if hit.group != corpus.groups[place]]
        if other:
            yield Pair(
                corpus.texts[place], corpus.texts[chance.choice(other).phrase], is_same=False
            )
