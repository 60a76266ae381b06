"""Write new files of a pack from the templates in `defaults/<language>/templates`.

What is filled in stands inside double quotes in the templates, so whatever somebody types stays
text.  What a newcomer would get wrong: nothing here reads a folder or writes one, but for
`write`; who asks for the files checks the pack that they make.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template

from bot.core.model.pack import Pack
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE
from bot.knowledge.inheritance import FOLDER

Files = Mapping[str, str]
"""Name inside the folder -> text, the one to edit next first."""
SAMPLE = "示例：在这里写答案。"
"""The answer of an entry that was given none; shown as 待核实."""
_UNSURE = "\n        confidence: low  # 换成真的答案以后，删掉这一行"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What somebody says of an entry that is to be written."""

    id: str
    title: str
    ask: Sequence[str]
    answer: str
    """Empty where it is not known yet."""
    other: str
    """A question that belongs to another entry."""


def new_pack(name: str, title: str, subject: str, today: date) -> Files:
    """Return the files of a pack that can answer at once; `name` is its id."""
    values = {"id": name, "title": title, "subject": subject, "today": today.isoformat()}
    names = ("faq/first.yaml", "pack.yaml", "synonyms.yaml", "sources.yaml", "tests/first.yaml")
    return {name: _filled(f"pack/{name}", values) for name in names}


def new_entry(pack: Pack, entry: NewEntry) -> Files:
    """Return a file with one entry, and one with its test."""
    asks = "\n".join(f"      - {_quoted(line)}" for line in entry.ask)
    values = {
        "id": entry.id,
        "title": entry.title,
        "answer": entry.answer or SAMPLE,
        "other": entry.other,
        "question": entry.ask[0],
        "source": _source(pack),
    }
    return _both("entry", "faq", entry.id, values, asks=asks, mark=_mark(entry.answer))


def new_procedure(pack: Pack, name: str, title: str, service: str | None) -> Files:
    """Return a procedure with one branch, and its test; without a service its title finds it."""
    services = f"\nregistrations: [{_quoted(service)}]" if service else ""
    values = {"id": name, "title": title, "name": service or title, "source": _source(pack)}
    return _both("procedure", "procedures", name, values, services=services)


def new_portal(pack: Pack, place: str, answer: str, spelt: str = "") -> Files:
    """Return the portal of one place, and its test; `spelt` names a place that has no letters."""
    name = f"portal-{_letters(pack, place, spelt)}"
    slots = pack.vocabulary.names
    others = [e.slots[PLACE] for e in pack.portals] or [p for p in pack.regions if p != place]
    values = {
        "id": name,
        "place": place,
        "elsewhere": next(iter(others), ""),
        "place_slot": slots[PLACE],
        "aspect_slot": slots[ASPECT],
        "portal": pack.vocabulary.portal,
        "subject": pack.subject or "",
        "answer": answer or SAMPLE,
        "source": _source(pack),
    }
    return _both("portal", "faq", name, values, mark=_mark(answer))


def services_with_procedure(pack: Pack) -> dict[str, str]:
    """Map each service to the id of the procedure that it has already."""
    return {
        service: procedure.id
        for procedure in pack.procedures.values()
        for service in (*procedure.registrations, *procedure.without_path)
    }


def services_of(pack: Pack) -> tuple[str, ...]:
    return pack.vocabulary.values.get(SERVICE, ())


def taken(folder: Path, files: Files) -> list[str]:
    """Return the paths of those files that exist already."""
    return [(folder / name).as_posix() for name in files if (folder / name).exists()]


def write(folder: Path, files: Files) -> list[Path]:
    """Write new files, with the folders they lie in.

    Raises:
        FileExistsError: one of them is there already; those before it have been written.
    """
    paths = []
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        paths.append(path)
    return paths


def _both(kind: str, room: str, name: str, values: Mapping[str, str], **raw: str) -> Files:
    return {
        f"{room}/{name}.yaml": _filled(f"{kind}/{room}/name.yaml", values, **raw),
        f"tests/{name}.yaml": _filled(f"{kind}/tests/name.yaml", values),
    }


def _filled(template: str, values: Mapping[str, str], **raw: str) -> str:
    """Fill a template with values in quotes; `raw` is YAML already."""
    text = (FOLDER / "zh" / "templates" / template).read_text(encoding="utf-8")
    escaped = {name: _quoted(value)[1:-1] for name, value in values.items()}
    return Template(text).substitute(escaped, **raw)


def _quoted(text: str) -> str:
    """Quote a string for YAML; JSON is YAML."""
    return json.dumps(text, ensure_ascii=False)


def _mark(answer: str) -> str:
    return "" if answer else _UNSURE


def _source(pack: Pack) -> str:
    return next(iter(pack.sources))


def _letters(pack: Pack, place: str, spelt: str) -> str:
    """Return a place's name in letters: those of the pack, else as it is spelt, else a number."""
    names = (*pack.regions[place].letter_names, spelt)
    letters = (name for name in names if name.isascii() and name.isalpha())
    return next(letters, str(len(pack.portals) + 1))
