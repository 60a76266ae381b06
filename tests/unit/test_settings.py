"""Settings from the environment and `.env`; a misspelt one is named with the right one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.adapters.telegram_plugin import ADAPTER
from bot.errors import SettingsError
from bot.redaction import Redactor
from bot.settings import as_toml, described_settings, in_force, load_settings, setting_names


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.upper().startswith("BOT_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def refused() -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return caught.value


def test_without_any_setting_the_bot_listens_on_loopback_and_keeps_a_file() -> None:
    settings = load_settings()
    assert (settings.http.host, settings.http.port, settings.http.key) == ("127.0.0.1", 8080, None)
    assert (settings.store, settings.knowledge) == ("sqlite:///data/bot.db", None)


def test_an_empty_journal_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().journal == "sqlite:///data/journal.db"
    monkeypatch.setenv("BOT_JOURNAL", "")
    assert load_settings().journal is None


@pytest.mark.parametrize("name", ["BOT_STORE", "BOT_JOURNAL"])
@pytest.mark.parametrize(
    "address",
    [
        "postgresql://bot:hunter2hunter2@host/db",
        "postgresql://bot:hunter2/hunter2@host/db",
        "redis://:hunter2#hunter2@host/0",
        "postgresql://bot:hunter2@hunter2@[host/db",
    ],
)
def test_a_password_in_an_address_is_a_secret(
    monkeypatch: pytest.MonkeyPatch, name: str, address: str
) -> None:
    monkeypatch.setenv(name, address)
    settings = load_settings()
    assert "hunter2" not in dict(in_force(settings))[name]
    assert "hunter2" not in Redactor(settings.secrets())(f"connecting to {address}")


def test_the_secrets_of_groups_are_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("BOT_HTTP__KEY", "BOT_ADMIN__KEY", "BOT_TELEGRAM__WEBHOOK_SECRET")
    for number, name in enumerate(names):
        monkeypatch.setenv(name, f"sixteen-letters-{number}")
    settings = load_settings()
    assert set(settings.secrets()) == {f"sixteen-letters-{number}" for number in range(3)}
    assert {dict(in_force(settings))[name] for name in names} == {"（已设置，不显示）"}


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_STORE", "memory://")
    monkeypatch.setenv("BOT_HTTP__PORT", "9000")
    settings = load_settings()
    assert (settings.store, settings.http.port) == ("memory://", 9000)


def test_settings_are_read_from_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("BOT_HTTP__PORT=9001\nOTHER_THING=1\n", encoding="utf-8")
    assert load_settings().http.port == 9001


def test_the_environment_counts_before_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("BOT_HTTP__PORT=9001\n", encoding="utf-8")
    monkeypatch.setenv("BOT_HTTP__PORT", "9000")
    assert load_settings().http.port == 9000


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("BOT_STROE", "BOT_STORE"),
        ("BOT_KNOWLEGE", "BOT_KNOWLEDGE"),
        ("BOT_HTTP_PORT", "BOT_HTTP__PORT"),
        ("BOT_PORT", "BOT_HTTP__PORT"),
    ],
)
def test_a_misspelt_name_is_refused_with_the_right_one(
    monkeypatch: pytest.MonkeyPatch, name: str, meant: str
) -> None:
    monkeypatch.setenv(name, "1")
    error = refused()
    assert error.name == name
    assert f"是不是想写 {meant}？" in str(error)


def test_a_misspelt_name_in_the_env_file_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# 注释\nexport BOT_STROE=memory://\n", encoding="utf-8")
    assert "是不是想写 BOT_STORE？" in str(refused())


@pytest.mark.parametrize("name", ["BOT_TEST_REDIS_URL", "ROBOT_STORE", "PATH_TO_BOT_STORE"])
def test_names_of_tests_and_of_others_are_left_alone(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    assert load_settings().store == "sqlite:///data/bot.db"


@pytest.mark.parametrize("port", ["abc", "-1", "65536", ""])
def test_a_port_that_is_none_is_refused_with_its_name_and_value(
    monkeypatch: pytest.MonkeyPatch, port: str
) -> None:
    monkeypatch.setenv("BOT_HTTP__PORT", port)
    error = refused()
    assert (error.name, error.value) == ("BOT_HTTP__PORT", port)


def test_a_key_is_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_HTTP__KEY", "short-secret")
    assert "short-secret" not in str(refused())


def test_a_key_does_not_show_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_HTTP__KEY", "a-secret-of-sixteen-and-more")
    assert "a-secret-of-sixteen" not in repr(load_settings())


def test_an_env_file_that_is_not_utf_8_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("BOT_STORE=memory://\n# 说明\n".encode("gb18030"))
    assert ".env" in str(refused())


def test_every_setting_says_in_chinese_what_it_means() -> None:
    unexplained = [
        n for n, text in described_settings() if not any("一" <= c <= "鿿" for c in text)
    ]
    assert unexplained == []


def test_these_names_are_read() -> None:
    assert {
        "BOT_KNOWLEDGE",
        "BOT_STORE",
        "BOT_HTTP__HOST",
        "BOT_HTTP__PORT",
        "BOT_HTTP__KEY",
        "BOT_TELEGRAM__TOKEN",
        "BOT_TELEGRAM__LIBRARY",
        "BOT_TELEGRAM__API_URL",
        "BOT_TELEGRAM__MODE",
        "BOT_TELEGRAM__WEBHOOK_URL",
        "BOT_TELEGRAM__WEBHOOK_SECRET",
        "BOT_TELEGRAM__PROXY",
        "BOT_TELEGRAM__FORMAT",
        "BOT_TELEGRAM__EPHEMERAL",
    } <= set(setting_names())


def test_without_a_token_there_is_no_telegram_and_with_one_it_polls_through_ptb(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert load_settings().of(ADAPTER).token is None
    monkeypatch.setenv("BOT_TELEGRAM__TOKEN", "123:abc")
    telegram = load_settings().of(ADAPTER)
    assert (telegram.library, telegram.mode) == ("ptb", "polling")
    assert telegram.api_url == "https://api.telegram.org"


def test_an_empty_token_is_none_and_one_pasted_with_spaces_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BOT_TELEGRAM__TOKEN", "")
    assert load_settings().of(ADAPTER).token is None
    monkeypatch.setenv("BOT_TELEGRAM__TOKEN", " 123:abc\n")
    assert load_settings().secrets() == ["123:abc"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TELEGRAM__TOKEN", "canary"),
        ("BOT_TELEGRAM__TOKEN", "123:can ary"),
        ("BOT_TELEGRAM__WEBHOOK_SECRET", "canary!"),
        ("BOT_TELEGRAM__PROXY", "ftp://user:canary@proxy"),
    ],
)
def test_a_wrong_secret_is_refused_without_being_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    error = refused()
    assert error.name == name
    assert "canary" not in str(error)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TELEGRAM__LIBRARY", "telebot"),
        ("BOT_TELEGRAM__MODE", "push"),
        ("BOT_TELEGRAM__API_URL", "api.telegram.org"),
        ("BOT_TELEGRAM__WEBHOOK_URL", "https://bot.example.cn/webhooks?x=1"),
        ("BOT_TELEGRAM__EPHEMERAL", "perhaps"),
        ("BOT_LOG_LEVEL", "loud"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    error = refused()
    assert (error.name, error.value) == (name, value)


def test_secrets_are_known_wherever_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TELEGRAM__PROXY", "socks5://me:word@127.0.0.1:1080")
    monkeypatch.setenv("BOT_STORE", "postgresql://me:other@127.0.0.1/bot")
    monkeypatch.setenv("BOT_TELEGRAM__WEBHOOK_SECRET", "third")
    assert sorted(load_settings().secrets()) == ["other", "third", "word"]


def test_settings_in_force_can_be_shown_to_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_STORE", "postgresql://me:canary@127.0.0.1/bot")
    monkeypatch.setenv("BOT_TELEGRAM__TOKEN", "123:canary")
    shown = dict(in_force(load_settings()))
    assert list(shown) == setting_names()
    assert shown["BOT_STORE"] == "postgresql://me:（不显示）@127.0.0.1/bot"
    assert shown["BOT_TELEGRAM__TOKEN"] == "（已设置，不显示）"
    assert shown["BOT_HTTP__KEY"] == "（没有设置）"
    assert (shown["BOT_HTTP__PORT"], shown["BOT_LOG_LEVEL"]) == ("8080", "info")


@pytest.mark.parametrize("value", ["https://www.example.cn", "https://*.a.cn, http://b:8080"])
def test_sites_that_may_embed_the_chat_are_origins(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("BOT_HTTP__EMBEDDERS", value)

    assert load_settings().http.embedders == value


@pytest.mark.parametrize(
    "value", ["*", "www.example.cn", "https://a.cn/x", "https://a.cn; script-src *"]
)
def test_what_is_no_origin_cannot_embed_the_chat(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("BOT_HTTP__EMBEDDERS", value)

    with pytest.raises(SettingsError, match="BOT_HTTP__EMBEDDERS"):
        load_settings()


def test_a_file_says_what_the_environment_does_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "zhuce.toml"
    file.write_text('store = "memory://"\nreload = false\n[http]\nport = 1\nturns = 8\n', "utf-8")
    monkeypatch.setenv("BOT_HTTP__PORT", "2")
    found = load_settings(file)
    assert (found.store, found.reload, found.http.port, found.http.turns) == (
        "memory://",
        False,
        2,
        8,
    )
    assert load_settings().store == "sqlite:///data/bot.db"


@pytest.mark.parametrize(
    ("text", "where", "hint"),
    [
        ("[http]\nprot = 1", "zhuce.toml 里的 http.prot", "http.port"),
        ("[http]\nport = 'x'", "zhuce.toml 里的 http.port", "监听的端口"),
        ("sotre = 'memory://'", "zhuce.toml 里的 sotre", "store"),
        ("[http\n", "--config", "TOML"),
        (None, "--config", "能读的文件"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_as_it_is_written(
    tmp_path: Path, text: str | None, where: str, hint: str
) -> None:
    file = Path("zhuce.toml")
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    assert where in str(caught.value)
    assert hint in str(caught.value)


def test_the_example_of_a_file_names_every_setting_and_its_default(tmp_path: Path) -> None:
    file = tmp_path / "zhuce.toml"
    stated = [line.removeprefix("# ") for line in as_toml() if " = " in line or line[:1] == "["]
    empty_secrets = ('key = ""', 'token = ""')
    file.write_text("\n".join(one for one in stated if one not in empty_secrets), "utf-8")
    assert load_settings(file).model_dump() == load_settings().model_dump()
    groups = [line for line in stated if line[:1] == "["]
    assert len(stated) - len(groups) == len(setting_names())
