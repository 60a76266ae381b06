"""Write the forms of the files as JSON Schema, for completion and checks in an editor.

`python -m bot.knowledge.json_schema knowledge/schema` writes them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pydantic import BaseModel

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
)

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


def schemas() -> dict[str, str]:
    """Return file name -> text of the schema, the same bytes each time."""
    return {name: _text(form) for name, form in FORMS.items()}


def write(folder: Path) -> None:
    """Write every schema into a folder; create it if it does not exist."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _text(form: type[BaseModel]) -> str:
    schema = form.model_json_schema()
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    write(Path(sys.argv[1]))
