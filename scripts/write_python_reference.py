"""Write the generated part of docs/reference/python.md anew: names, signatures, what they are for.

    python scripts/write_python_reference.py

Everything comes from `bot.__all__` and the docstrings; a test compares the page with it.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import bot

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "python.md"
MARK = "<!-- From here on written by `make reference`. -->\n"
GROUPS = {
    "Beginning": ("embedded", "Embedded", "Conversation", "asgi_app"),
    "What is said to the bot": ("Update", "ConversationKey", "Event", "Position", "Quoted"),
    "What it says": (
        "Reply",
        "Status",
        "Reason",
        "Answer",
        "Applied",
        "Part",
        "Text",
        "ListPart",
        "ClickPath",
        "Link",
        "Picture",
        "Document",
        "Sources",
        "SourceNote",
        "Choices",
        "Choice",
    ),
    "Errors": (
        "BotError",
        "KnowledgeError",
        "Problem",
        "SettingsError",
        "ExtraMissing",
        "LifetimeError",
        "StoreError",
        "StoreUnavailable",
        "AdapterError",
        "DeliveryFailed",
        "DataFileError",
        "SavedIndexError",
    ),
}


def page() -> str:
    """The generated part."""
    lines = [line for title, names in GROUPS.items() for line in _group(title, names)]
    return "\n\n".join(lines) + "\n"


def _group(title: str, names: tuple[str, ...]) -> Iterator[str]:
    yield f"## {title}"
    for name in names:
        yield from _described(name, getattr(bot, name))


def _described(name: str, found: Any) -> Iterator[str]:
    yield f"### `{name}{_signature(found)}`"
    if parts := get_args(found):
        yield f"One of {', '.join(f'`{part.__name__}`' for part in parts)}."
        return
    if summary := _summary(found):
        yield summary
    if inspect.isclass(found) and issubclass(found, Enum):
        yield ", ".join(f"`{member.name}`" for member in found)
    elif inspect.isclass(found) and (members := list(_members(found))):
        yield "\n".join(members)


def _members(found: type) -> Iterator[str]:
    """Own public methods and properties, each with the beginning of its docstring."""
    if issubclass(found, Exception):
        return
    for name, member in vars(found).items():
        if name.startswith("_") or not isinstance(member, property | Callable):
            continue
        is_async = inspect.iscoroutinefunction(member)
        told = _summary(member)
        shown = name if isinstance(member, property) else f"{name}{_signature(member)}"
        yield f"- `{'await ' if is_async else ''}{shown}`" + (f": {told}" if told else "")


def _summary(found: Any) -> str:
    """The first paragraph of its own docstring; what `dataclass` makes up is none."""
    text = inspect.cleandoc(getattr(found, "__doc__", None) or "")
    own = vars(found).get("__doc__") if inspect.isclass(found) else text
    if not own or text.startswith(f"{getattr(found, '__name__', '')}("):
        return ""
    return " ".join(re.split(r"\n\s*\n", text)[0].split())


def _signature(found: Any) -> str:
    """As it stands in the source, which looks alike under every Python."""
    if inspect.isclass(found) and issubclass(found, Exception) and "__init__" not in vars(found):
        return ""
    if not callable(found) or (inspect.isclass(found) and issubclass(found, Enum)):
        return ""
    told = inspect.signature(found.__init__ if inspect.isclass(found) else found)
    parameters = [p for p in told.parameters.values() if p.name != "self"]
    shown: list[str] = []
    for parameter in parameters:
        is_first_by_name = parameter.kind is parameter.KEYWORD_ONLY and "*" not in shown
        shown += ["*"] * is_first_by_name + [_parameter(parameter)]
    gives = "" if inspect.isclass(found) else f" -> {told.return_annotation}"
    return f"({', '.join(shown)}){gives}"


def _parameter(parameter: inspect.Parameter) -> str:
    name = f"{parameter.name}: {parameter.annotation}"
    if parameter.default is parameter.empty:
        return name
    is_made = not isinstance(parameter.default, str | int | float | tuple | None)
    return f"{name} = {'…' if is_made else repr(parameter.default)}"


def main() -> int:
    written, _, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    PAGE.write_text(f"{written}{MARK}\n{page()}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
