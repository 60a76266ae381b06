"""What click says by itself is Chinese, whatever language the machine speaks."""

from __future__ import annotations

import gettext
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.cli import main
from bot.cli.click_messages import CATALOGUE, chinese

BY_NAME = {"required"}
"""Sentences that click hands to gettext in a variable."""
CHINESE = re.compile(r"[一-鿿]")
FIELDS = re.compile(r"\{(\w+)(?:![rs])?\}|%\((\w+)\)s")
Key = str | tuple[str, ...]


def said_by_click() -> set[Key]:
    """Every sentence in the source of the click that is installed, plural forms together."""
    found = extract_from_dir(
        Path(click.__file__).parent,
        method_map=[("**.py", "python")],
        keywords={"_": None, "ngettext": (1, 2)},
    )
    return {message for _, _, message, _, _ in found} | BY_NAME


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.with_suffix(".po").open("rb") as source:
        return read_po(source, abort_invalid=True)


def translations(catalogue: Catalog) -> Iterator[tuple[tuple[str, ...], str]]:
    """The forms of each sentence in English, and the one in Chinese."""
    for message in catalogue:
        if message.id:
            yield _forms(message), _told(message)


def _forms(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)


def _told(message: Message) -> str:
    if isinstance(message.string, str):
        return message.string
    [only] = message.string
    return only


def test_every_sentence_of_click_is_translated_and_no_other(catalogue: Catalog) -> None:
    assert {message.id for message in catalogue if message.id} == said_by_click()


def test_every_translation_is_chinese(catalogue: Catalog) -> None:
    untranslated = [
        told for forms, told in translations(catalogue) if not CHINESE.search(FIELDS.sub("", told))
    ]
    assert untranslated == []


def test_a_translation_names_what_its_sentence_names(catalogue: Catalog) -> None:
    """One Chinese form stands for two English ones, which may name different things."""
    for forms, told in translations(catalogue):
        named = set(FIELDS.findall(told))
        assert any(named == set(FIELDS.findall(form)) for form in forms), told


def test_what_is_compiled_is_what_is_written(catalogue: Catalog) -> None:
    with CATALOGUE.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for forms, told in translations(catalogue):
        seen = {compiled.gettext(forms[0])} if len(forms) == 1 else {
            compiled.ngettext(*forms, number) for number in (1, 2, 5)
        }  # fmt: skip
        assert seen == {told}, "make catalogue"


def test_the_language_of_the_process_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "fr")
    domain = gettext.textdomain()
    with chinese():
        assert gettext.gettext("Missing command.") == "缺少命令。"
    assert (os.environ["LANGUAGE"], gettext.textdomain()) == ("fr", domain)
    monkeypatch.delenv("LANGUAGE")
    with chinese():
        assert gettext.ngettext("{value!r} is not {choice}.", "…", 1) != "…"
    assert "LANGUAGE" not in os.environ
    assert gettext.gettext("Missing command.") == "Missing command."


# As people meet them


Say = Callable[..., str]


@pytest.fixture(params=["C", "en_US.UTF-8", "de_DE"])
def complaint(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Say:
    """What is said on stderr to a wrong use, on a machine that speaks something else."""
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        monkeypatch.setenv(name, request.param)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()

    def say(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["zhuce", *words])
        with pytest.raises(SystemExit) as stopped:
            main.main()
        told = capsys.readouterr()
        assert (stopped.value.code, told.out) == (2, "")
        return told.err.rstrip("\n")

    return say


WRONG = {
    "nonsense": "没有命令 'nonsense'。",
    "kb chekc": "没有命令 'chekc'。 是不是想写 'check'？",
    "ask 问 --nonsens": "没有选项 '--nonsens'。 是不是想写 '--no-semantic'？",
    "ask 问 --jso": "没有选项 '--jso'。 是不是想写 '--as-of', '--json'？",
    "ask 问 更多": "多写了参数：更多",
    "ask 问 更多 还有": "多写了参数：更多 还有",
    "ask 问 --json=1": "选项 '--json' 后面不带值。",
    "ask --as-of": "选项 '--as-of' 后面要写 1 个值。",
    "ask 问 --as-of 2024-13-01": "'--as-of' 的值不对：'2024-13-01' 应当写成 2024-05-01 这样",
    "ask 问 --as-of 20240501": "'--as-of' 的值不对：'20240501' 应当写成 2024-05-01 这样",
    "ask --batch gone": "'--batch' 的值不对：文件 'gone' 不存在。",
    "ask --batch folder": "'--batch' 的值不对：文件 'folder' 是一个文件夹，这里要文件。",
    "kb eval --index file": "'--index' 的值不对：文件夹 'file' 是一个文件，这里要文件夹。",
    "kb eval --seed x": "'--seed' 的值不对：'x' 不是整数。",
    "report usage --days x": "'--days' 的值不对：'x' 不是整数。",
    "report usage --days 0": "'--days' 的值不对：0 不在范围 x>=1 内。",
    "kb due --ics gone/due.ics": "gone/due.ics：没有这个文件或文件夹",
    "kb preview --output file/preview.html": "file/preview.html：路径里有一段不是文件夹",
    "procedure draw": "缺少参数 '流程'.",
    "procedure draw x --format gif": (
        "'--format' 的值不对：'gif' 不行，可以写 'text', 'mermaid', 'dot', 'svg', 'png'。"
    ),
}


@pytest.mark.parametrize(("words", "told"), WRONG.items(), ids=WRONG)
def test_wrong_use_is_told_in_chinese(complaint: Say, words: str, told: str) -> None:
    assert complaint(*words.split()) == told


def test_a_yes_or_no_in_the_environment_that_is_neither_is_told_in_chinese(
    complaint: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_SEMANTIC", "perhaps")
    told = complaint("ask", "问")
    assert "'perhaps' 不是“是”或“否”。可以写：" in told


@pytest.mark.parametrize("verb", ["", "kb", "procedure", "report", "store"])
def test_a_group_without_a_verb_shows_its_help(complaint: Say, verb: str) -> None:
    assert complaint(*verb.split()).startswith(f"用法: zhuce {verb}".rstrip())


def parameters(group: click.Group) -> Iterator[click.Parameter]:
    for command in group.commands.values():
        yield from parameters(command) if isinstance(command, click.Group) else command.params


def test_every_kind_of_value_has_a_chinese_name() -> None:
    """Choices, yes or no and plain words are never named where something is wrong."""
    unnamed = (click.Choice, click.types.BoolParamType, click.types.StringParamType)
    kinds = [p.type for p in parameters(main.cli) if not isinstance(p.type, unnamed)]
    assert kinds
    assert [kind for kind in kinds if not CHINESE.search(kind.name)] == []


def test_every_value_is_shown_in_help_by_a_word_of_narrow_letters() -> None:
    options = [p for p in parameters(main.cli) if isinstance(p, click.Option) and not p.is_flag]
    assert options
    assert [o.name for o in options if not (o.metavar and o.metavar.isascii())] == []


HELP = """\
用法: zhuce ask [选项] [问题]

  问一句，答一句；不记会话，也不记问过什么。

选项:
  --batch FILE                一行一个 JSON：{"q": …} 或 {"turns": […]}
  --explain                   说明是怎么判断的
  --as-of YYYY-MM-DD          按这一天判断哪些内容有效
  --json                      只输出 JSON
  --semantic / --no-semantic  词句拿不准时再按意思找一遍；要装 zhuce[semantic]（也可用环境变量
                              BOT_SEMANTIC）
  --knowledge DIR             知识包文件夹；默认用自带的（也可用环境变量 BOT_KNOWLEDGE）
  -h, --help                  显示这段说明。
"""


def test_a_help_page_as_a_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "argv", ["zhuce", "ask", "--help"])
    with pytest.raises(SystemExit):
        main.main()
    assert capsys.readouterr().out == HELP
