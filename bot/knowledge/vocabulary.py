"""Convert the slots that pack.yaml declares to the names that the program uses internally.

See `bot.core.model.vocabulary` for the meaning of the roles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.core.model.vocabulary import INSIDE, Role, Vocabulary
from bot.errors import Problem
from bot.knowledge.did_you_mean import did_you_mean
from bot.knowledge.schema import PackFile, VocabularyForm
from bot.knowledge.validation import Item

_LISTED = (Role.SERVICE, Role.ASPECT, Role.DETAIL)
"""Roles whose values pack.yaml lists."""


def inside_names(form: VocabularyForm) -> dict[str, str]:
    """Return the pack's name of each slot -> its internal name."""
    return {name: INSIDE.get(Role(role), name) for name, role in form.slots.items()}


def name_of(form: VocabularyForm, role: Role) -> str | None:
    """Return the pack's name of the slot with this role."""
    return next((name for name, own in form.slots.items() if Role(own) is role), None)


def values_of(form: VocabularyForm) -> dict[str, tuple[str, ...]]:
    """Return the pack's name of each slot with listed values -> these values."""
    return {
        name: tuple(form.values.get(name, ()))
        for name, role in form.slots.items()
        if Role(role) in _LISTED
    }


def vocabulary_of(form: VocabularyForm) -> Vocabulary:
    """Convert a form that has no problems."""
    inside = inside_names(form)
    return Vocabulary(
        names={inside[name]: name for name in form.slots},
        values={inside[name]: values for name, values in values_of(form).items()},
        portal=form.portal or "",
        materials=form.materials or "",
        undated=tuple(form.undated),
        substitutes=dict(form.substitutes),
        idle=tuple(form.idle),
        authorities=tuple(form.authorities),
        own=tuple(form.own),
        elsewhere=form.elsewhere or "",
        sites=tuple(form.sites),
        actors=tuple(form.actors),
        asides=tuple(form.asides),
    )


def inside_slots(form: VocabularyForm, slots: Mapping[str, str]) -> dict[str, str]:
    """Return the slots of an entry under their internal names, in the order of the pack's slots."""
    inside = inside_names(form)
    return {inside[name]: slots[name] for name in form.slots if name in slots}


def check_vocabulary(pack: Item[PackFile]) -> Iterator[Problem]:
    """Yield roles given twice, values of undeclared slots, and words that are no aspect."""
    form = pack.form.vocabulary
    yield from _roles(pack)
    listed = values_of(form)
    for name in form.values:
        if name not in (*listed, name_of(form, Role.SUBJECT)):
            hint = did_you_mean(name, listed)
            message = f"“{name}”不是要列出词的槽位{hint}"
            yield pack.problem(message, "vocabulary", "values", name)
    aspects = listed.get(name_of(form, Role.ASPECT) or "", ())
    for key, words in _aspects(form):
        for word in words:
            if word not in aspects:
                message = f"没有“{word}”这个方面{did_you_mean(word, aspects)}"
                yield pack.problem(message, "vocabulary", key)


def _roles(pack: Item[PackFile]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for name, role in pack.form.vocabulary.slots.items():
        at = ("vocabulary", "slots", name)
        if Role(role) is Role.DETAIL and name in INSIDE.values():
            yield pack.problem(f"角色是 detail 的槽位不能叫“{name}”，请换个名称", *at)
        elif Role(role) is not Role.DETAIL and first.setdefault(role, name) != name:
            yield pack.problem(f"角色 {role} 已经给了“{first[role]}”；一种角色只有一个槽位", *at)


def _aspects(form: VocabularyForm) -> Iterator[tuple[str, list[str]]]:
    yield "portal", [form.portal] if form.portal else []
    yield "materials", [form.materials] if form.materials else []
    yield "undated", form.undated
    yield "substitutes", [*form.substitutes, *form.substitutes.values()]
