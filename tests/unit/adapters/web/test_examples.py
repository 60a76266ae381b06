"""Every example in `/openapi.json` is what the API answers, and fits its description."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from bot.core.ports import Brain
from bot.runtime.brain import load_brain
from tests.api_examples import FILE, client, recorded
from tests.library.questions import PACK


@pytest.fixture(scope="module")
def library() -> Brain:
    return load_brain(PACK)


def untitled(found: Any) -> Any:
    """Without what statuses are called, which differs between versions of Python."""
    if isinstance(found, dict):
        return {
            k: untitled(v) for k, v in found.items() if (k, "errors" in found) != ("title", True)
        }
    return [untitled(one) for one in found] if isinstance(found, list) else found


def test_examples_are_what_is_answered_today(library: Brain) -> None:
    """If not: `python -m tests.api_examples`, and a look at what changed."""
    assert untitled(recorded(library)) == untitled(json.loads(FILE.read_text(encoding="utf-8")))


def answers(schema: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                for kind, content in answer.get("content", {}).items():
                    yield f"{method} {path} {status}", kind, content


def test_every_answer_has_an_example_that_fits(library: Brain) -> None:
    schema = client(library).get("/openapi.json").json()
    for name, kind, content in answers(schema):
        if kind == "image/png":
            continue
        assert "example" in content, name
        whole = {**content.get("schema", {}), "components": schema["components"]}
        jsonschema.validate(content["example"], whole)
