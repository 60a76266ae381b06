"""Work out a pack's dictionary and model and keep them in it (`zhuce kb dictionary`, `kb fit`)."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli.shared import Verb, json_option, knowledge_option, print_json, replayer_of
from bot.runtime.brain import pack_folder


@click.command(cls=Verb)
@json_option
@knowledge_option
def dictionary(as_json: bool, knowledge: Path | None) -> None:
    """重写 dictionary.txt：知识包的问题里用到、自带的词表里没有的词。"""
    from bot.knowledge.dictionary import write_dictionary
    from bot.knowledge.reading.contents import WORDS

    folder = own_folder(knowledge)
    words, fresh = write_dictionary(folder)
    if as_json:
        print_json({"file": (folder / WORDS).as_posix(), "words": words, "new": fresh})
    else:
        print(f"写好了 {(folder / WORDS).as_posix()}：{words} 个词，{fresh} 个是新的")


@click.command(cls=Verb)
@click.option("--dry-run", is_flag=True, help="只算，不写文件")
@json_option
@knowledge_option
def fit(dry_run: bool, as_json: bool, knowledge: Path | None) -> None:
    """用知识包自己的考题定出多有把握才回答，写进 model.json；没有它就用自带的，更谨慎一点。"""
    from bot.core.answering.relevance import tells_unnamed
    from bot.core.model.reply import Reason
    from bot.evaluation.fit import FEWEST, Asked, right_entries
    from bot.evaluation.fit import fit as fitted
    from bot.knowledge.cases import load_questions
    from bot.knowledge.reading.contents import MODEL

    folder = own_folder(knowledge)
    replayer = replayer_of(folder)
    pack = replayer.brain.pack
    asked = []
    for question in load_questions(folder, pack.named):
        right = right_entries(question, pack)
        if right is not None and (found := replayer.run(question.turns).understanding):
            is_own = question.reason != Reason.OUT_OF_DOMAIN
            asked.append(Asked(found, right, is_own, tells_unnamed(pack, found)))
    try:
        model = fitted(pack, asked)
    except ValueError:
        message = f"tests/ 里写明 entry 的考题有 {len(asked)} 题，至少要 {FEWEST} 题；没有写文件"
        raise click.UsageError(message) from None
    if not dry_run:
        text = json.dumps(model, ensure_ascii=False, indent=2) + "\n"
        (folder / MODEL).write_text(text, encoding="utf-8", newline="\n")
    place = (folder / MODEL).as_posix()
    told = {"file": None if dry_run else place, "questions": len(asked)}
    if as_json:
        print_json(told | {"answer_from": model["answer_from"], "ask_from": model["ask_from"]})
    else:
        head = "没有写文件" if dry_run else f"写好了 {place}"
        print(f"{head}：{len(asked)} 题，分数到 {model['answer_from']} 才回答")


def own_folder(knowledge: Path | None) -> Path:
    """Return the folder of a pack that may be written to.

    Raises:
        click.UsageError: it is the one that the program carries.
    """
    folder = pack_folder(knowledge)
    if folder.name == "_pack":
        raise click.UsageError("程序自带的知识包不能改；请用 --knowledge 指明您的知识包")
    return folder
