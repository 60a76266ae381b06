"""Kinds of settings that adapters share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, SecretStr
from pydantic.fields import FieldInfo

from bot.errors import SettingsError
from bot.redaction import password_in


def _empty_is_none(value: Any) -> Any:
    """Compose files hand down empty variables for what is not set; pasting brings spaces along."""
    return value.strip() or None if isinstance(value, str) else value


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


Absent = BeforeValidator(_empty_is_none)
"""An empty value counts as not set."""
Lower = BeforeValidator(_lower)
"""Words that choose may be written in capitals."""
HTTP_ADDRESS = r"^https?://[^\s/?#]+(/[^\s?#]*)?$"


def divided(value: str | None) -> tuple[str, ...]:
    """Return the words of a setting that stand between commas."""
    return tuple(word for part in (value or "").split(",") if (word := part.strip()))


def shaped(pattern: str) -> AfterValidator:
    """Check a secret as `Field(pattern=…)` checks a string."""

    def check(value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(pattern, value.get_secret_value()):
            raise ValueError(pattern)
        return value

    return AfterValidator(check)


def plain(secret: SecretStr | None) -> str | None:
    """Return what a secret holds."""
    return secret.get_secret_value() if secret else None


def given(name: str, value: str | None, expected: str) -> str:
    """Return a value that is needed here.

    Raises:
        SettingsError: it is not set.
    """
    if value is None:
        raise SettingsError(name, None, expected)
    return value


def is_secret(field: FieldInfo) -> bool:
    """Return whether the value of a setting is never shown."""
    return SecretStr in (field.annotation, *get_args(field.annotation))


def secrets_in(model: BaseModel) -> Iterator[str]:
    """Yield what must be kept out of sight; of an address only its password."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, SecretStr):
            plain = value.get_secret_value()
            if "://" not in plain:
                yield plain
            elif word := password_in(plain):
                yield word
        elif isinstance(value, str) and (word := password_in(value)):
            yield word
