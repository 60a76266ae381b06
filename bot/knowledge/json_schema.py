"""Write the forms of the files as JSON Schema, for completion and checks in an editor.

`python -m bot.knowledge.json_schema knowledge` writes them into `knowledge/schema`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bot.core.model.vocabulary import Role
from bot.knowledge.reading.pack_files import read_located
from bot.knowledge.schema import (
    CalculatorsFile,
    FaqFile,
    PackFile,
    PhrasesFile,
    ProcedureFile,
    QuestionsFile,
    RegionsFile,
    SourcesFile,
    SynonymsFile,
    VocabularyForm,
)
from bot.knowledge.validation import validate
from bot.knowledge.vocabulary import name_of, values_of

FORMS: dict[str, type[BaseModel]] = {
    "calculators.json": CalculatorsFile,
    "faq.json": FaqFile,
    "pack.json": PackFile,
    "phrases.json": PhrasesFile,
    "procedure.json": ProcedureFile,
    "questions.json": QuestionsFile,
    "regions.json": RegionsFile,
    "sources.json": SourcesFile,
    "synonyms.json": SynonymsFile,
}


def schemas(folder: Path) -> dict[str, str]:
    """Return file name -> text of the schema for the pack in a folder, the same bytes each time.

    Slots and services come from the pack.yaml there, if it can be read.
    """
    words = _vocabulary(folder)
    return {name: _text(form, words) for name, form in FORMS.items()}


def write(folder: Path) -> None:
    """Write every schema for a pack into its folder `schema`; create it if it does not exist."""
    target = folder / "schema"
    target.mkdir(parents=True, exist_ok=True)
    for name, text in schemas(folder).items():
        (target / name).write_text(text, encoding="utf-8", newline="\n")


def _vocabulary(folder: Path) -> VocabularyForm:
    file, _ = validate(read_located(folder, "pack.yaml"), PackFile)
    return file.vocabulary if file else VocabularyForm.model_validate({})


def _text(form: type[BaseModel], words: VocabularyForm) -> str:
    schema = form.model_json_schema()
    _name_slots(schema, words)
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _name_slots(schema: Any, words: VocabularyForm) -> None:
    """Insert the pack's own slots and services wherever a form accepts any word for them."""
    listed = values_of(words)
    services = list(listed.get(name_of(words, Role.SERVICE) or "", ()))
    slots = {
        name: {"enum": list(listed[name])} if listed.get(name) else {"type": "string"}
        for name in words.slots
    }
    for part in (schema, *schema.get("$defs", {}).values()):
        properties = part.get("properties", {})
        if part.get("title") == "EntryForm":
            properties["slots"].pop("patternProperties", None)
            properties["slots"] |= {"properties": slots, "additionalProperties": False}
        if part.get("title") == "TermForm":
            properties["slot"] |= {"anyOf": [{"enum": list(slots)}, {"type": "null"}]}
        if "registrations" in properties and services:
            properties["registrations"]["items"] = {"enum": services}


if __name__ == "__main__":
    write(Path(sys.argv[1]))
