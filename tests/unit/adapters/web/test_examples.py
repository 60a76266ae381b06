"""The API is what `/openapi.json` says: every example, and whatever else fits or does not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy

from bot.adapters.web.limits import UNLIMITED
from bot.core.ports import Brain
from bot.runtime.brain import load_brain
from tests.api_examples import FILE, client, recorded
from tests.library.questions import PACK
from tests.workers import SOAK


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


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def answers(schema: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for name, operation in operations(schema):
        for status, answer in operation["responses"].items():
            for kind, content in answer.get("content", {}).items():
                yield f"{name} {status}", kind, content


def test_every_answer_has_an_example_that_fits(library: Brain) -> None:
    schema = client(library).get("/openapi.json").json()
    for name, kind, content in answers(schema):
        if kind == "image/png":
            continue
        assert "example" in content, name
        whole = {**content.get("schema", {}), "components": schema["components"]}
        jsonschema.validate(content["example"], whole)


def test_every_operation_keeps_to_its_description(
    library: Brain, figures: Callable[[str], None]
) -> None:
    """Over a pack, a conversation and a store as they are; with what is as described and not."""
    import schemathesis  # takes seconds, which no other test should wait for
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    promises = [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
        checks.negative_data_rejection,
    ]
    # 404: an id with a line break in it is part of no address.
    refused = {"negative_data_rejection": {"expected-statuses": [400, 404, 413, 422]}}
    described = schemathesis.openapi.from_asgi(
        "/openapi.json",
        client(library, limits=UNLIMITED).app,
        config=schemathesis.Config.from_dict({"checks": refused}),
    )
    asked: Counter[str] = Counter()
    for operation in (found.ok() for found in described.get_all_operations()):
        for mode in schemathesis.GenerationMode:
            with suppress(Unsatisfiable):  # where nothing is given, nothing can be wrong
                _try_out(operation.as_strategy(generation_mode=mode), promises, asked)
    figures(f"{len(asked)} operations, {asked.total()} requests: as described")
    assert asked.keys() == {name for name, _ in operations(described.raw_schema)}


def _try_out(cases: SearchStrategy[Any], promises: list[Any], asked: Counter[str]) -> None:
    @given(cases)
    @settings(
        max_examples=400 if SOAK else 6,
        deadline=None,
        derandomize=not SOAK,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        asked[case.operation.label] += 1
        case.call_and_validate(checks=promises)

    ask()
