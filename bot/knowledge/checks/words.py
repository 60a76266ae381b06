"""Check the words of a pack: contradicting synonyms, phrases that cannot be filled in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from string import Formatter

from bot.core.model.phrases import REQUIRED
from bot.core.model.vocabulary import Role
from bot.errors import Problem
from bot.knowledge.did_you_mean import did_you_mean
from bot.knowledge.draft import Draft
from bot.knowledge.fill import OF_THE_PACK
from bot.knowledge.schema import PhrasesFile, RegionForm, TermForm
from bot.knowledge.validation import Item
from bot.knowledge.vocabulary import name_of, values_of

TAKEN = ("self", "key", "locale")
"""Names of the parameters of `Pack.phrase`, which a phrase cannot use."""


def region_words(form: RegionForm) -> tuple[str, ...]:
    """Return every word that means the region by itself, in the form for comparing."""
    words = (form.short, form.name, *form.abbr, *form.nicknames)
    letters = (form.pinyin, *form.pinyin_variants, form.initials)
    return tuple(dict.fromkeys(_key(word) for word in (*words, *letters) if word))


def check_terms(draft: Draft) -> Iterator[Problem]:
    regions = {word: r.form.short for r in draft.regions for word in region_words(r.form)}
    allowed = slot_values(draft)
    yield from _shared_forms(draft)
    for term in draft.terms:
        yield from _region_names(term, regions)
        yield from _suffered(term, draft)
        if allowed is not None:
            yield from _slot(term, allowed)


def _shared_forms(draft: Draft) -> Iterator[Problem]:
    """Refuse a form of two terms: one of them would replace it by chance."""
    owners = {_key(term.form.word): term.form.word for term in draft.terms}
    for term in draft.terms:
        for wording, key, number in term.form.spoken():
            owner = owners.setdefault(_key(wording), term.form.word)
            if owner != term.form.word:
                yield term.problem(f"“{wording}”已经是“{owner}”的说法；只留一处", key, number)


def _region_names(term: Item[TermForm], regions: Mapping[str, str]) -> Iterator[Problem]:
    message = "“{}”是地区“{}”的名称，不能当同义词"
    if owner := regions.get(_key(term.form.word)):
        yield term.problem(message.format(term.form.word, owner), "word")
    for wording, key, number in term.form.spoken():
        if owner := regions.get(_key(wording)):
            yield term.problem(message.format(wording, owner), key, number)


def slot_values(draft: Draft) -> dict[str, Collection[str] | None] | None:
    """Return the pack's name of each slot but the place -> the values a term may fill it with.

    The values are `None` if entries could not be read; the whole is `None` if pack.yaml could not.
    """
    if draft.pack is None:
        return None
    form = draft.pack.form.vocabulary
    values: dict[str, Collection[str] | None] = {**values_of(form)}
    if subject := name_of(form, Role.SUBJECT):
        values[subject] = _other_subjects(draft, subject, form.values.get(subject, []))
    return values


def _other_subjects(draft: Draft, slot: str, declined: Collection[str]) -> set[str] | None:
    """Return the subjects that boundary entries answer, and those that nothing is said about.

    `None` if an entry was unreadable.
    """
    if not draft.entry_ids.is_complete or draft.entry_ids.known != {
        entry.form.id for entry in draft.entries
    }:
        return None
    slots = (e.form.slots.get(slot) for e in draft.entries if e.form.kind == "boundary")
    return {*declined, *filter(None, slots)}


def _slot(term: Item[TermForm], allowed: Mapping[str, Collection[str] | None]) -> Iterator[Problem]:
    """Check that `value` is one that some entry can be found by."""
    slot, value = term.form.slot, term.form.value or term.form.word
    where = "value" if term.form.value else "word"
    if slot is not None and slot not in allowed:
        yield term.problem(unknown_slot(slot, allowed), "slot")
    elif slot and (values := allowed[slot]) is not None and value not in values:
        hint = did_you_mean(value, values) or f"；可以写的有：{_shown(values)}"
        yield term.problem(f"槽位 {slot} 没有值“{value}”{hint}", where)
    if term.form.value and not slot:
        yield term.problem("写了 value 就要写 slot", "value")


def _suffered(term: Item[TermForm], draft: Draft) -> Iterator[Problem]:
    """Check that somebody is named who may have done it."""
    if term.form.suffered and draft.pack and not draft.pack.form.vocabulary.actors:
        yield term.problem("写了 suffered，pack.yaml 的 vocabulary 就要写 actors", "suffered")


def unknown_slot(name: str, known: Collection[str]) -> str:
    """Return the sentence for a slot that pack.yaml does not declare."""
    hint = did_you_mean(name, known) or f"；有：{_shown(known)}"
    return f"没有槽位“{name}”{hint}"


def check_phrases(draft: Draft, required: Mapping[str, str] = REQUIRED) -> Iterator[Problem]:
    """Check phrases; `required` are the keys of zh, each with the names it may have in braces."""
    if draft.phrases is None:
        if draft.pack and "phrases" not in draft.pack.form.inherit:
            yield draft.pack.problem("没有 phrases.yaml，也没有沿用自带的话术", "inherit")
        return
    zh, en = (draft.phrases.form.phrases.get(locale, {}) for locale in ("zh", "en"))
    for key in sorted(set(required) - set(zh)):
        yield draft.phrases.problem(f"缺少“{key}”{did_you_mean(key, zh)}", "phrases", "zh")
    for key in zh:
        yield from _placeholders(draft.phrases, "zh", key)
        yield from _unknown_names(draft.phrases, key, required)
    for key in en:
        yield from _translation(draft.phrases, key, zh)


def _unknown_names(
    phrases: Item[PhrasesFile], key: str, required: Mapping[str, str]
) -> Iterator[Problem]:
    allowed = [*required.get(key, "").split(), *OF_THE_PACK]
    found = placeholders(phrases.form.phrases["zh"][key]) or frozenset()
    for name in sorted(found.difference(allowed)) if key in required else ():
        message = f"花括号里的“{name}”程序不会填{did_you_mean(name, allowed)}"
        yield phrases.problem(message, "phrases", "zh", key)


def _translation(phrases: Item[PhrasesFile], key: str, zh: Mapping[str, str]) -> Iterator[Problem]:
    english = phrases.form.phrases["en"][key]
    wrong = list(_placeholders(phrases, "en", key))
    yield from wrong
    if key not in zh:
        yield phrases.problem(f"zh 里没有“{key}”{did_you_mean(key, zh)}", "phrases", "en", key)
    elif not wrong and (expected := _filled_late(zh[key])) != (found := _filled_late(english)):
        message = f"花括号里的名字和 zh 不一样：zh 有 {_shown(expected)}，这里有 {_shown(found)}"
        yield phrases.problem(message, "phrases", "en", key)


def _placeholders(phrases: Item[PhrasesFile], locale: str, key: str) -> Iterator[Problem]:
    names = placeholders(phrases.form.phrases[locale][key])  # type: ignore[index]
    if names is None:
        message = "花括号没有配好；里面只写名字，如 {region}；要显示花括号就写两个"
        yield phrases.problem(message, "phrases", locale, key)
    elif taken := sorted(names.intersection(TAKEN)):
        yield phrases.problem(f"花括号里不能用名字 {taken[0]}", "phrases", locale, key)


def _filled_late(text: str) -> frozenset[str] | None:
    """Return the names that the program fills in when the phrase is used."""
    names = placeholders(text)
    return names and names.difference(OF_THE_PACK)


def placeholders(text: str) -> frozenset[str] | None:
    """Return the names to fill in; None if the braces are wrong or hold more than a name."""
    try:
        parts = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return None
    if any(
        not name.isidentifier() or spec or conversion
        for _, name, spec, conversion in parts
        if name is not None
    ):
        return None
    return frozenset(name for _, name, _, _ in parts if name is not None)


def _shown(names: Collection[str] | None) -> str:
    return "、".join(sorted(names or ())) or "（没有）"


def _key(word: str) -> str:
    return word.strip().casefold()
