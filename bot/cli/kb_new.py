"""Write a pack, an entry, a procedure or a place's portal from templates (`zhuce kb new`).

What is missing is asked for at a terminal; elsewhere it is a clear usage error.  A file that is
there is never touched, and files that the pack cannot be loaded with are taken away again.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.kb_fit import own_folder
from bot.cli.shared import Verbs, knowledge_option, named
from bot.core.model.spans import ZONE

if TYPE_CHECKING:
    from bot.core.model.pack import Pack
    from bot.core.ports import Brain
    from bot.knowledge.scaffold import Files

FEWEST_ASKS = 3
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,63}")
_PLAIN = re.compile(r"[^\s#|()]+")
"""A subject is a word: blanks and brackets mean something in synonyms.yaml."""


@click.group("new", cls=Verbs)
def new() -> None:
    """新写一个知识包，或者往知识包里加条目、流程、入口。"""


def _wanted(option: str, text: str) -> Callable[[Any, Any, str | None], str]:
    """Return a callback that asks for a value at a terminal, and elsewhere says what is missing."""

    def ask(_context: Any, _option: Any, value: str | None) -> str:
        if value is None and not sys.stdin.isatty():
            raise click.UsageError(f"缺少 {option}：{text}")
        while not (value or "").strip():
            value = click.prompt(text, err=True)
        return str(value).strip()

    return ask


def _title(text: str) -> Callable[..., Any]:
    return click.option("--title", metavar="TEXT", help=text, callback=_wanted("--title", text))


@new.command("pack")
@click.argument("folder", metavar="DIR", type=named(click.Path(path_type=Path), "文件夹"))
@_title("知识包的名称，如 借书证问答")
@click.option(
    "--subject",
    metavar="WORD",
    help="讲的是什么，一个词，如 借书证",
    callback=_wanted("--subject", "讲的是什么，一个词，如 借书证"),
)
@click.option("--id", "name", metavar="ID", help="编号，小写英文、数字和连字符；默认用文件夹的名称")
def pack(folder: Path, title: str, subject: str, name: str | None) -> None:
    """新写一个知识包：几十行，马上能检查、能考、能问。"""
    from bot.knowledge.scaffold import new_pack

    subject = subject.lower()
    if not _PLAIN.fullmatch(subject):
        raise click.UsageError(f"--subject 要是一个词，不带空格和括号，现在是“{subject}”")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.UsageError(f"{folder} 已经有了，里面有东西；请换一个文件夹")
    name = _checked_id(name) if name else _id_from(folder.resolve().name)
    files = new_pack(name, title, subject, datetime.now(ZONE).date())
    _write(folder, files)
    flag = f"--knowledge {folder}"
    _tell(
        folder,
        files,
        f"把 {folder / 'faq/first.yaml'} 里的示例答案换成真的，出处写进 {folder / 'sources.yaml'}",
        f"检查：zhuce kb check {flag}；考一遍：zhuce kb test {flag}",
        f"问一句：zhuce ask {flag} 怎么办{subject}",
    )


@new.command("entry")
@click.argument("name", metavar="ID")
@_title("短标题，用作按钮，如 押金怎么退")
@click.option("--ask", metavar="TEXT", multiple=True, help="人们怎么问；写三次以上，每次一种问法")
@click.option("--answer", metavar="TEXT", default="", help="答案；不写就先放一句示例，标着“待核实”")
@knowledge_option
def entry(name: str, title: str, ask: tuple[str, ...], answer: str, knowledge: Path | None) -> None:
    """加一个条目，连同它的考题。"""
    from bot.knowledge.scaffold import NewEntry, new_entry

    folder, brain = _opened(knowledge)
    asks = _asked(title, ask)
    found = NewEntry(_checked_id(name), title, asks, answer.strip(), _neighbour(brain, asks))
    files = new_entry(brain.pack, found)
    _write(folder, files)
    _tell(folder, files, *_steps_for_answer(folder, files, answer))
    _prove(folder, name)


@new.command("procedure")
@click.argument("name", metavar="ID")
@_title("流程的名称，如 借书证丢了")
@click.option("--service", metavar="NAME", help="属于哪种业务（pack.yaml 里列的）；不写就按名称认")
@knowledge_option
def procedure(name: str, title: str, service: str | None, knowledge: Path | None) -> None:
    """加一个办事流程的架子，有一处分路，连同它的考题。"""
    from bot.knowledge.scaffold import new_procedure

    folder, brain = _opened(knowledge)
    if service:
        _check_service(brain.pack, service)
    files = new_procedure(brain.pack, _checked_id(name), title, service)
    _write(folder, files)
    _tell(
        folder,
        files,
        f"打开 {folder / next(iter(files))}，把每一步换成真的",
        f"走一遍：zhuce procedure run {name}{_flag(folder)}",
        f"画出来看：zhuce procedure draw {name}{_flag(folder)}",
    )
    _prove(folder, name)


@new.command("portal")
@click.argument("region", metavar="REGION")
@click.option("--answer", metavar="TEXT", default="", help="网站或者地点的名称；不写就先放一句示例")
@knowledge_option
def portal(region: str, answer: str, knowledge: Path | None) -> None:
    """给一个地区加入口（在哪办、上哪个网站），连同它的考题。"""
    from bot.knowledge.scaffold import new_portal
    from bot.understanding.text.pinyin import spellings

    folder, brain = _opened(knowledge)
    _check_place(brain.pack, region)
    spelt = next(iter(spellings(region, is_place=True)), "")
    files = new_portal(brain.pack, region, answer.strip(), spelt)
    _write(folder, files)
    _tell(folder, files, *_steps_for_answer(folder, files, answer))
    _prove(folder, Path(next(iter(files))).stem)


# What was given, checked


def _checked_id(name: str) -> str:
    if not _ID.fullmatch(name):
        message = f"编号只用小写英文、数字和连字符，至少两个字，现在是“{name}”"
        raise click.UsageError(message)
    return name


def _id_from(name: str) -> str:
    """Return the name of a folder if it can be an id."""
    name = name.lower().replace("_", "-").replace(" ", "-")
    return name if _ID.fullmatch(name) else "my-pack"


def _asked(title: str, ask: tuple[str, ...]) -> list[str]:
    """Return at least three wordings; at a terminal, ask for those that are missing."""
    lines = [line.strip() for line in ask if line.strip()]
    if len(lines) < FEWEST_ASKS and not sys.stdin.isatty():
        message = f"缺少 --ask：至少要 {FEWEST_ASKS} 种问法，现在有 {len(lines)} 种"
        raise click.UsageError(message)
    while len(lines) < FEWEST_ASKS:
        said = click.prompt(f"“{title}”，人们会怎么问（第 {len(lines) + 1} 种）", err=True).strip()
        if said and said not in lines:
            lines.append(said)
    return lines


def _check_service(pack: Pack, service: str) -> None:
    from bot.knowledge.did_you_mean import did_you_mean
    from bot.knowledge.scaffold import services_of, services_with_procedure

    known = services_of(pack)
    if service not in known:
        listed = f"；有：{'、'.join(known)}" if known else "；pack.yaml 里还没有列出业务"
        hint = did_you_mean(service, known) or listed
        raise click.UsageError(f"没有“{service}”这种业务{hint}")
    if other := services_with_procedure(pack).get(service):
        raise click.UsageError(f"“{service}”已经有流程了：{other}")


def _check_place(pack: Pack, region: str) -> None:
    from bot.knowledge.did_you_mean import did_you_mean

    if not pack.vocabulary.portal:
        raise click.UsageError("pack.yaml 的 vocabulary 里没有写 portal：哪个方面问的是入口")
    if region not in pack.regions:
        hint = did_you_mean(region, pack.regions) or "；请写简称，别的地方先写进 regions.yaml"
        raise click.UsageError(f"没有“{region}”这个地区{hint}")
    if other := pack.portal_of(region):
        raise click.UsageError(f"{region}已经有入口了：条目 {other.id}")


# What is written, and what comes of it


def _opened(knowledge: Path | None) -> tuple[Path, Brain]:
    """Return the folder of a pack that may be written to, and the pack."""
    from bot.cli.shared import brain_of

    folder = own_folder(knowledge)
    return folder, brain_of(folder, semantic=False)


def _write(folder: Path, files: Files) -> None:
    """Write new files; remove them if the pack cannot be used with them.

    Raises:
        click.UsageError: one of them is there already.
        KnowledgeError: the pack has problems with them.
    """
    from bot.errors import KnowledgeError
    from bot.knowledge.cases import load_questions
    from bot.knowledge.loader import load_pack
    from bot.knowledge.scaffold import taken, write

    if there := taken(folder, files):
        raise click.UsageError(f"{'、'.join(there)} 已经有了，没有改动；请换一个编号")
    paths = write(folder, files)
    try:
        load_questions(folder, load_pack(folder, today=datetime.now(ZONE).date()).named)
    except KnowledgeError:
        for path in paths:
            path.unlink()
        for place in (*(path.parent for path in paths), folder):
            with contextlib.suppress(OSError):  # not empty: somebody's own
                place.rmdir()
        raise


def _tell(folder: Path, files: Files, *steps: str) -> None:
    """Print what was written, and what to do next."""
    print("写好了：")
    for name in files:
        print(f"  {(folder / name).as_posix()}")
    print("接下来：")
    for number, step in enumerate(steps, 1):
        print(f"  {number}. {step}")


def _steps_for_answer(folder: Path, files: Files, answer: str) -> list[str]:
    answers, questions = files
    todo = "核对出处和问法" if answer else "把示例答案换成真的，再核对出处和问法"
    return [
        f"打开 {folder / answers}，{todo}",
        f"用户真的问过的话加进 {folder / questions}",
        f"检查：zhuce kb check{_flag(folder)}；考一遍：zhuce kb test{_flag(folder)}",
    ]


def _flag(folder: Path) -> str:
    """Return the option that names the pack, where it is not the one that is taken without."""
    from bot.runtime.brain import pack_folder

    return "" if folder == pack_folder(None) else f" --knowledge {folder}"


def _prove(folder: Path, name: str) -> None:
    """Return the failing tests of the new entry or procedure."""
    from bot.cli.shared import replayer_of
    from bot.knowledge.cases import load_questions
    from bot.knowledge.self_test import run_tests

    replayer = replayer_of(folder)
    pack = replayer.brain.pack
    place = (folder / "tests" / f"{name}.yaml").as_posix()
    questions = tuple(q for q in load_questions(folder) if q.place.startswith(f"{place}:"))
    failures = run_tests(
        pack,
        questions,
        replayer.understand,
        lambda turns: replayer.run(turns).reply,
        only=(name,),
    )
    if failures:
        print("现在还问不对的：")
    for failure in failures:
        print(f"  {failure}")


def _neighbour(brain: Brain, asks: list[str]) -> str:
    """Return a question of the entry that comes closest to the first wording as things are."""
    from bot.core.model.entry import EntryKind
    from bot.core.model.session import Context
    from bot.runtime.clock import SystemClock

    found = brain.understander.understand(asks[0], Context(), SystemClock().now()).candidates
    names = [*(candidate.entry for candidate in found), *brain.pack.entries]
    entries = [brain.pack.entries[name] for name in names]
    entries.sort(key=lambda entry: entry.kind is EntryKind.SMALLTALK)
    lines = (line for entry in entries for line in entry.ask)
    return next(line for line in lines if line not in asks)
