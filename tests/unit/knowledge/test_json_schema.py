import json
from pathlib import Path

from bot.knowledge.json_schema import FORMS, schemas, write

SCHEMA_FOLDER = Path(__file__).parents[3] / "knowledge" / "schema"


def test_keys_are_spelt_as_in_the_files_and_explained_in_chinese() -> None:
    faq = json.loads(schemas(SCHEMA_FOLDER.parent)["faq.json"])
    not_ = faq["$defs"]["EntryForm"]["properties"]["not"]
    assert not_["description"] == "容易混淆、但不该落到这条的问法"
    assert faq["additionalProperties"] is False


def test_they_are_written_sorted_with_a_newline_at_the_end(tmp_path: Path) -> None:
    write(tmp_path / "new")
    assert {path.name for path in (tmp_path / "new/schema").iterdir()} == set(FORMS)
    text = (tmp_path / "new/schema/pack.json").read_text(encoding="utf-8")
    assert text.startswith('{\n  "$defs"' if "$defs" in text else '{\n  "additionalProperties"')
    assert text.endswith("}\n")


def test_the_written_schemas_are_those_of_the_forms() -> None:
    on_disk = {path.name: path.read_text(encoding="utf-8") for path in SCHEMA_FOLDER.iterdir()}
    assert on_disk == schemas(SCHEMA_FOLDER.parent), "run `make schema`"
