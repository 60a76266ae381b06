"""Translate pydantic's errors into Chinese for the person who wrote the file.

Every message says what was found and what was expected; for a misspelt key or word it suggests the
most similar right one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, Tag
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.knowledge.did_you_mean import did_you_mean

COMMA = "；各项之间要用英文逗号加空格“, ”，不是“，”或“、”"
KINDS = {
    "string_type": "文字",
    "int_type": "整数",
    "bool_type": "true 或 false",
    "date_type": "日期 YYYY-MM-DD，不加引号",
    "list_type": "列表，每行以“- ”开头",
    "dict_type": "一组“键: 值”",
    "model_type": "一组“键: 值”",
}


def explain(details: ErrorDetails, form: type[BaseModel]) -> str:
    """Return one sentence for one error of a file that has the form `form`."""
    kind = details["type"]
    if kind in KINDS:
        return _wrong_type(details["input"], KINDS[kind])
    if kind in _SENTENCES:
        return _SENTENCES[kind](details)
    if kind in _SENTENCES_ON_THE_FORM:
        return _SENTENCES_ON_THE_FORM[kind](details, form)
    return f"写的是{describe(details['input'])}，不合要求：{details['msg']}"


def describe(value: object) -> str:
    """Describe a value as a person would, cut to a readable length."""
    match value:
        case None:
            return "空的"
        case bool():
            return f"真假值 {str(value).lower()}"
        case int():
            return f"数字 {value}"
        case date():
            return f"日期 {value.isoformat()}"
        case str():
            return f"文字“{value if len(value) <= 40 else value[:40] + '…'}”"
        case _:
            return "列表" if isinstance(value, list) else "一组“键: 值”"


def _wrong_type(found: object, expected: str) -> str:
    hint = _list_hint(found) if expected == KINDS["list_type"] else ""
    if expected == KINDS["string_type"] and isinstance(found, bool | int | date):
        word = str(found).lower() if isinstance(found, bool) else str(found)
        hint = f'；请加引号："{word}"'
    return f"写的是{describe(found)}，这里要写{expected}{hint}"


def _list_hint(found: object) -> str:
    """Return how to mend a list that was typed by a Chinese keyboard or without blanks."""
    text = found if isinstance(found, str) else ""
    if text.startswith(("【", "［", "〔")):
        return "；方括号要用英文的 [ ]"
    return "；“-”后面要空一格" if text.startswith("-") else ""


def _missing(details: ErrorDetails, form: type[BaseModel]) -> str:
    *parents, key = details["loc"]
    field = fields_of(type_at(form, parents)).get(str(key))
    return f"缺少 {key}" + (f"：{field.description}" if field and field.description else "")


def _extra(details: ErrorDetails, form: type[BaseModel]) -> str:
    *parents, key = details["loc"]
    keys = fields_of(type_at(form, parents))
    return (
        f"不认识“{str(key)[:64]}”{did_you_mean(str(key), keys) or f'；可以写的有：{_join(keys)}'}"
    )


def _literal(details: ErrorDetails, form: type[BaseModel]) -> str:
    allowed = [str(word) for word in get_args(type_at(form, details["loc"]))]
    near = did_you_mean(str(details["input"]), allowed)
    return f"写的是{describe(details['input'])}，只能写：{_join(allowed)}{near}"


def _pattern(details: ErrorDetails) -> str:
    found = describe(details["input"])
    if str(_limit(details, "pattern")).startswith("^-?"):
        return f"写的是{found}，这里要写数，如 18 或 50.5"
    return f"写的是{found}，编号只用小写英文字母、数字和连字符，2 到 64 个字符"


def _text_too_long(details: ErrorDetails) -> str:
    return f"有 {len(details['input'])} 个字，最多 {_limit(details, 'max_length')} 个"


def _list_too_short(details: ErrorDetails) -> str:
    found = details["input"]
    hint = _comma_hint(str(item) for item in found) if isinstance(found, list) else ""
    few = f"只有 {_limit(details, 'actual_length')} 项，至少要 {_limit(details, 'min_length')} 项"
    return few + hint


def _comma_hint(items: Iterable[str]) -> str:
    """Return how to mend items that a comma of the wrong width has made one."""
    return COMMA if any(mark in item for item in items for mark in "，、；") else ""


def _list_too_long(details: ErrorDetails) -> str:
    return f"有 {_limit(details, 'actual_length')} 项，最多 {_limit(details, 'max_length')} 项"


def _too_small(details: ErrorDetails) -> str:
    return f"写的是{describe(details['input'])}，不能小于 {_limit(details, 'ge')}"


def _too_big(details: ErrorDetails) -> str:
    return f"写的是{describe(details['input'])}，不能大于 {_limit(details, 'le')}"


def _value_error(details: ErrorDetails) -> str:
    return str(details.get("ctx", {}).get("error", details["msg"]))


_SENTENCES: dict[str, Callable[[ErrorDetails], str]] = {
    "string_pattern_mismatch": _pattern,
    "string_too_short": lambda _: "是空的，要写文字",
    "string_too_long": _text_too_long,
    "too_short": _list_too_short,
    "too_long": _list_too_long,
    "greater_than_equal": _too_small,
    "less_than_equal": _too_big,
    "value_error": _value_error,
    "union_tag_invalid": lambda details: f"写的是{describe(details['input'])}，这里不能这样写",
}

_SENTENCES_ON_THE_FORM: dict[str, Callable[[ErrorDetails, type[BaseModel]], str]] = {
    "missing": _missing,
    "extra_forbidden": _extra,
    "literal_error": _literal,
}


def _limit(details: ErrorDetails, name: str) -> object:
    return details.get("ctx", {}).get(name, "?")


def _join(words: Iterable[str]) -> str:
    return "、".join(words)


def fields_of(owner: Any) -> dict[str, FieldInfo]:
    """Return the fields of a form by their keys in the file."""
    if not (isinstance(owner, type) and issubclass(owner, BaseModel)):
        return {}
    return {field.alias or name: field for name, field in owner.model_fields.items()}


def is_mark(step: str | int) -> bool:
    """Return whether a step of pydantic's location is none of the file: the key, a tag."""
    return isinstance(step, str) and (step == "[key]" or step.startswith("~"))


def type_at(kind: Any, trail: Sequence[str | int]) -> Any:
    """Return the annotation at a location of pydantic's (`[key]` means the key of a mapping)."""
    for index, step in enumerate(trail):
        following = trail[index + 1] if index + 1 < len(trail) else None
        kind = _inside(kind if is_mark(step) else _plain(kind), step, following == "[key]")
    return _plain(kind)


def _inside(kind: Any, step: str | int, key_follows: bool) -> Any:
    if step == "[key]":
        return kind
    if is_mark(step):
        return _tagged(kind, str(step))
    if fields := fields_of(kind):
        return fields[str(step)].annotation if step in fields else None
    inner = get_args(kind)
    return inner[0 if key_follows else -1] if inner else None


def _tagged(kind: Any, tag: str) -> Any:
    """Return the member of a union that has a tag."""
    if Tag(tag) in get_args(kind)[1:]:
        return kind
    return next(filter(None, (_tagged(arg, tag) for arg in get_args(kind))), None)


def _plain(kind: Any) -> Any:
    """Strip `| None` and `Annotated`."""
    if get_origin(kind) in (None, Literal, list, dict):
        return kind
    return _plain(next((arg for arg in get_args(kind) if arg is not NoneType), None))
