"""Declare every setting, its default and its meaning; from the environment, `.env`, or a TOML file.

Names begin with `BOT_`, nested ones have `__` between them: `BOT_HTTP__PORT=8080`; in a file that
is `port` in the table `[http]`.  The environment wins over `.env`, and `.env` over the file.  A
misspelt name is an error that says which one was probably meant; `BOT_TEST_…` belongs to the tests.

Each adapter that is installed has a group of its own, `BOT_<NAME>__…` or `[<name>]`, with a model
of its own (`bot.plugins`); `Settings.of` returns it.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.errors import PluginError, SettingsError
from bot.extras import default_journal, default_store
from bot.plugins.adapter import Adapter, S
from bot.plugins.fields import Absent, Lower, divided, is_secret, secrets_in
from bot.plugins.registry import adapters
from bot.redaction import hide_password, password_in

PREFIX = "BOT_"
SHORTEST_KEY = 16
"""Characters of `BOT_HTTP__KEY`; from random ones nobody finds it by trying."""
_IGNORED = "BOT_TEST_"


def _addresses(value: str | None) -> str | None:
    """Check addresses or networks, divided by commas."""
    for address in divided(value):
        ip_network(address, strict=False)
    return value


def _origins(value: str | None) -> str | None:
    """Check origins of sites, divided by commas; they become part of a header."""
    if not all(_ORIGIN.fullmatch(origin) for origin in divided(value)):
        raise ValueError(_ORIGIN.pattern)
    return value


Rate = Annotated[str, Field(pattern=r"^([1-9][0-9]*/(second|minute|hour|day))?$")]
Proxies = Annotated[str | None, Absent, AfterValidator(_addresses)]
Origins = Annotated[str | None, Absent, AfterValidator(_origins)]
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.*-]+(:[0-9]+)?")
_REDIS_OR_HERE = r"^(memory://|rediss?://[^\s]+)$"


class HttpSettings(BaseModel):
    """The HTTP server: web chat, API and webhooks on one port."""

    host: str = Field(default="127.0.0.1", description="监听的地址；127.0.0.1 只有本机能访问")
    port: int = Field(
        default=8080, ge=0, le=65535, description="监听的端口；0 表示随便一个空闲端口"
    )
    key: SecretStr | None = Field(
        default=None,
        min_length=SHORTEST_KEY,
        description=f"其他程序调用 API 的密钥，至少 {SHORTEST_KEY} 个字符；对外监听时网页不需要它",
    )
    mcp: bool = Field(
        default=False,
        description="on：语言模型的工具也开在 /mcp（要装 zhuce[mcp]；对外监听时要有密钥）",
    )
    embedders: Origins = Field(
        default=None,
        description="哪些网站可以嵌入聊天：https://域名，用逗号隔开；不写就都不可以",
    )
    origins: Origins = Field(
        default=None,
        description="哪些网站的脚本可以调用 API（CORS）：https://域名，用逗号隔开；不写就都不可以",
    )
    proxies: Proxies = Field(
        default=None,
        description="前面的反向代理的地址或网段，用逗号隔开；只有它们写的 X-Forwarded-For 才算数",
    )
    address_rate: Rate = Field(
        default="300/minute",
        description="一个地址最多多快，如 300/minute、20/second；超过的回 429；留空就不限",
    )
    conversation_rate: Rate = Field(
        default="30/minute", description="一个会话最多发消息多快，写法同上；留空就不限"
    )
    key_rate: Rate = Field(
        default="6000/minute", description="带密钥的请求一共最多多快，写法同上；留空就不限"
    )
    rate_store: str = Field(
        default="memory://",
        pattern=_REDIS_OR_HERE,
        description="请求次数记在哪里：memory://（每个进程各记各的）或 redis://…（几个进程一起记）",
    )
    turns: int = Field(
        default=64,
        ge=4,
        description="同时等着回答的消息最多几条，超过的回 503；一个地址最多占四分之一",
    )
    body_bytes: int = Field(
        default=65536, ge=1024, description="请求内容最多多少字节，超过的回 413"
    )
    header_bytes: int = Field(
        default=16384, ge=1024, description="请求的地址和请求头一共最多多少字节，超过的回 431"
    )
    header_timeout: float = Field(
        default=10, gt=0, le=600, description="请求头最多等多少秒，过了就断开"
    )
    body_timeout: float = Field(
        default=20, gt=0, le=600, description="请求内容最多等多少秒，过了就断开"
    )
    connections: int = Field(
        default=900, ge=1, description="最多同时多少个连接；要比进程能打开的文件数小"
    )
    address_connections: int = Field(
        default=100, ge=1, description="一个地址最多同时多少个连接；写明的反向代理不限"
    )


class AdminSettings(BaseModel):
    """The console of operators at `/admin`; nothing of it runs or is imported without a key."""

    key: Annotated[SecretStr | None, Absent] = Field(
        default=None,
        min_length=SHORTEST_KEY,
        description=f"维护页面 /admin 的密钥，至少 {SHORTEST_KEY} 个字符；不写就没有这个页面",
    )
    write: bool = Field(
        default=True,
        description="off：维护页面只出补丁，不改知识包的文件",
    )
    git: Annotated[Path | None, Absent] = Field(
        default=None,
        description="git 仓库里的知识包文件夹，维护页面可以把改动提交到那里；不写就不提交",
    )


Level = Annotated[Literal["debug", "info", "warning", "error"], Lower]


class Settings(BaseSettings):
    """The settings of the program; those of adapters are added by `settings_model`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
    )

    knowledge: Annotated[Path | None, Absent] = Field(
        default=None, description="知识包文件夹；不写就用自带的"
    )
    store: str = Field(
        default_factory=default_store,
        description="会话存在哪里：memory://、sqlite:///文件、postgresql://… 或 redis://…",
    )
    journal: Annotated[str | None, Absent] = Field(
        default_factory=default_journal,
        description="没答上的问题和使用次数记在哪里：sqlite:///文件 或 postgresql://…；留空就不记",
    )
    feedback: bool = Field(
        default=True,
        description="on：回答下面问“有用 / 没解决”（群里不问；要有 BOT_JOURNAL）；off：不问",
    )
    reload: bool = Field(
        default=True,
        description="off：知识改了要重启才生效；on：检查、考过以后自己换上",
    )
    semantic: bool = Field(
        default=False,
        description="on：词句拿不准时再按意思找一遍（要装 zhuce[semantic]，多用约 120 MiB 内存）",
    )
    semantic_cache: Path = Field(
        default=Path("data/semantic"),
        description="问法的向量存在哪个文件夹；可以随时删，删了会重新算",
    )
    log_level: Level = Field(
        default="info", description="日志写到多细：debug、info、warning 或 error"
    )
    http: HttpSettings = HttpSettings()
    admin: AdminSettings = AdminSettings()

    def of(self, adapter: Adapter[S]) -> S:
        """Return the settings of an adapter; the defaults if none were read."""
        chosen = getattr(self, adapter.name, None)
        return chosen if isinstance(chosen, adapter.settings) else adapter.settings()

    @property
    def asks_feedback(self) -> bool:
        """Return whether answers ask if they helped: only where that is noted."""
        return self.feedback and self.journal is not None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  named by pydantic
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where settings come from, the first one wins; a file in TOML comes last."""
        file = TomlConfigSettingsSource(settings_cls)
        return (init_settings, env_settings, dotenv_settings, file)

    def secrets(self) -> list[str]:
        """Return every secret, for those who must keep it out of sight."""
        groups = [getattr(self, name) for name in type(self).model_fields]
        nested = [group for group in groups if isinstance(group, BaseModel)]
        return [secret for model in (self, *nested) for secret in secrets_in(model)]


@cache
def settings_model() -> type[Settings]:
    """Return the settings with a group for each adapter that is installed.

    Raises:
        PluginError: the settings of an adapter are not of the form that `Adapter` asks for.
    """
    groups: dict[str, Any] = {}
    for name, adapter in adapters().items():
        if problem := misfit(name, adapter.settings):
            raise PluginError(name, adapter.settings.__module__, problem)
        groups[name] = (adapter.settings, adapter.settings())
    return create_model("Settings", __base__=Settings, **groups)


def misfit(name: str, model: type[BaseModel]) -> str | None:
    """Return what is wrong with the settings of an adapter."""
    if name in Settings.model_fields or f"{PREFIX}{name}_".upper() == _IGNORED:
        return f"{PREFIX}{name} 已经是程序自己的设置，请换一个名字".upper()
    for key, field in model.model_fields.items():
        if field.is_required() or not field.description or _is_group(field):
            return f"设置 {key} 要有默认值和 description，本身不能再分组"
    return None


def _is_group(field: FieldInfo) -> bool:
    return isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)


def load_settings(file: Path | None = None) -> Settings:
    """Return the settings in force; `file` is one in TOML.

    Raises:
        SettingsError: a name that does not exist or a value that does not fit, or there is no such
            file.
        PluginError: an adapter that is installed cannot be used.
    """
    named = [*os.environ, *_names_in_env_file(Path(".env"))]
    in_file = _names_in_toml(file) if file else {}
    for name in named:
        _check_name(name)
    for name, as_written in in_file.items():
        _check_name(name, f"{file} 里的 {as_written}")

    class InForce(settings_model()):  # type: ignore[misc]  # made of what is installed
        model_config = SettingsConfigDict(toml_file=file)

    try:
        return InForce()
    except ValidationError as error:
        stated = {name.upper() for name in named}
        only_in_file = {n: f"{file} 里的 {w}" for n, w in in_file.items() if n not in stated}
        raise _as_settings_error(error, only_in_file) from None


def as_toml() -> Iterator[str]:
    """Yield the lines of a file with every setting: what it means, and its default as a comment."""
    group = ""
    for name, meaning in described_settings():
        table, _, part = name.removeprefix(PREFIX).lower().partition("__")
        if part and table != group:
            group = table
            yield f"[{group}]"
        yield f"# {meaning}"
        yield f"# {part or table} = {_as_toml_value(_default(table, part))}"
        yield ""


def holds_secrets(file: Path) -> bool:
    """Return whether a file in TOML holds something that others must not read."""
    fields = setting_fields()
    return any(
        ((field := fields.get(_variable(key))) and is_secret(field)) or password_in(str(value))
        for key, value in _flat(tomllib.loads(file.read_text(encoding="utf-8")))
    )


def _default(table: str, part: str) -> object:
    plain = settings_model().model_construct()
    value = getattr(plain, table)
    return getattr(value, part) if part else value


def _as_toml_value(value: object) -> str:
    plain = value if isinstance(value, bool | int | float | list | tuple) else str(value or "")
    return json.dumps(plain, ensure_ascii=False)


def _flat(table: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    """Yield each key, with the table it stands in and a dot before it, and its value."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield before + key, value


def _names_in_toml(file: Path) -> dict[str, str]:
    """Map the name of each setting in a file to how it is written there."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError:
        raise SettingsError("--config", str(file), "要写一个能读的文件") from None
    except UnicodeDecodeError:
        raise SettingsError("--config", str(file), "文件要用 UTF-8 编码保存") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("--config", str(file), f"不是有效的 TOML：{error}") from None
    return {_variable(key): key for key, _ in _flat(found)}


def _variable(key: str) -> str:
    return PREFIX + key.replace(".", "__").upper()


def setting_fields() -> Mapping[str, FieldInfo]:
    """Return what is declared of each variable, in order of declaration."""
    found: dict[str, FieldInfo] = {}
    for name, field in settings_model().model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            for part, inner_field in inner.model_fields.items():
                found[f"{PREFIX}{name}__{part}".upper()] = inner_field
        else:
            found[f"{PREFIX}{name}".upper()] = field
    return found


def setting_names() -> list[str]:
    """Return every variable that is read, in order of declaration."""
    return list(setting_fields())


def described_settings() -> Iterator[tuple[str, str]]:
    """Return each variable with its meaning, in Chinese."""
    return ((name, field.description or "") for name, field in setting_fields().items())


def in_force(settings: Settings) -> Iterator[tuple[str, str]]:
    """Return each variable with its value as it may be shown."""
    for name in setting_names():
        group, _, part = name.removeprefix(PREFIX).lower().partition("__")
        value = getattr(settings, group, None)
        yield name, _shown(getattr(value, part) if part else value)


def _shown(value: object) -> str:
    if value is None:
        return "（没有设置）"
    if isinstance(value, SecretStr):
        return "（已设置，不显示）"
    return hide_password(str(value))


def _check_name(name: str, as_written: str | None = None) -> None:
    upper = name.upper()
    known = setting_names()
    if not upper.startswith(PREFIX) or upper.startswith(_IGNORED) or upper in known:
        return
    near = get_close_matches(upper, known, n=1, cutoff=0.5)
    if as_written:
        known, near = [_in_toml(one) for one in known], [_in_toml(one) for one in near]
    hint = f"是不是想写 {near[0]}？" if near else f"现有的设置是 {'、'.join(known)}"
    raise SettingsError(as_written or upper, "（没有这个设置）", hint)


def _in_toml(name: str) -> str:
    return name.removeprefix(PREFIX).lower().replace("__", ".")


def _names_in_env_file(path: Path) -> Iterator[str]:
    if not path.is_file():
        return
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SettingsError(".env", None, "文件要用 UTF-8 编码保存") from None
    for line in text.splitlines():
        name, equals, _ = line.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            yield name.strip()


def _as_settings_error(error: ValidationError, in_file: Mapping[str, str]) -> SettingsError:
    first = error.errors()[0]
    name = PREFIX + "__".join(str(part) for part in first["loc"]).upper()
    field = setting_fields().get(name)
    is_hidden = field is None or is_secret(field)
    value = "（不显示）" if is_hidden else str(first.get("input"))
    meaning = field.description if field else ""
    return SettingsError(in_file.get(name, name), value, f"应当是：{meaning}")
