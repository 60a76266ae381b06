"""The command line: exit codes, what stands on stdout, and no traceback whatever is said."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest

from bot import __version__
from bot.app import Brain
from bot.cli import main, shared
from tests.conftest import KNOWLEDGE
from tests.packs import PACK, edited, write_pack

ROOT = KNOWLEDGE.parent
CONTRACT = {
    "status", "reason", "text", "parts", "entry", "score", "slots", "answers", "choices", "sources",
}  # fmt: skip


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def replies(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def reply(self) -> dict[str, Any]:
        [reply] = self.replies
        return reply


Run = Callable[..., Ran]


@pytest.fixture
def zhuce(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `zhuce` in this process, as `main` runs it."""
    monkeypatch.delenv("BOT_KNOWLEDGE", raising=False)

    def run(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["zhuce", *arguments])
        with pytest.raises(SystemExit) as stopped:
            main.main()
        told = capsys.readouterr()
        code = stopped.value.code
        assert isinstance(code, int)
        return Ran(code, told.out, told.err)

    return run


@pytest.fixture
def ask(zhuce: Run, brain: Brain, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `zhuce ask` over the pack that is loaded already."""
    monkeypatch.setattr(shared, "load_brain", lambda folder=None: brain)
    return lambda *arguments: zhuce("ask", *arguments)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A tiny pack with every phrase the bot needs and nothing that is hard to tell apart."""
    phrases = (KNOWLEDGE / "phrases.yaml").read_text(encoding="utf-8")
    easy = (("not: [变更程序]", "not: [明天下雨吗]"), ("not: [二建注册]", "not: [公交几点来]"))
    return write_pack(tmp_path / "pack", phrases=phrases, main=edited("faq/main.yaml", *easy))


def with_question(folder: Path, question: str) -> Path:
    (folder / "tests").mkdir()
    text = f"questions:\n  - {question}\n"
    (folder / "tests" / "main.yaml").write_text(text, encoding="utf-8")
    return folder


# ask


def test_ask_tells_the_answer_in_plain_text(ask: Run) -> None:
    ran = ask("四川二建在哪注册")
    assert ran.code == 0
    assert "「二级注册建造师注册资格认定」" in ran.out
    assert "核对于 2021-12-08" in ran.out


@pytest.mark.parametrize(
    ("question", "status", "reason", "entry"),
    [
        ("四川二建在哪注册", "answered", None, "portal-sichuan"),
        ("要什么材料", "clarify", "ambiguous", None),
        ("shanxi erjian zai na zhuce", "clarify", "ambiguous", None),
        ("浙江二建在哪注册", "abstained", "no_data_for_region", None),
        ("补办要什么材料", "abstained", "no_data", "replacement-materials"),
        ("一建在哪注册", "abstained", "boundary", "boundary-level1"),
        ("今天天气怎么样", "abstained", "out_of_domain", None),
        ("。。。", "abstained", "not_a_question", None),
        ("/steps 初始注册", "procedure", None, "sichuan-registration"),
        ("谢谢", "smalltalk", None, "smalltalk-thanks"),
    ],
)
def test_ask_json_has_the_shape_of_the_contract(
    ask: Run, question: str, status: str, reason: str | None, entry: str | None
) -> None:
    ran = ask(question, "--json")
    assert ran.code == 0
    assert ran.reply.keys() >= CONTRACT
    assert (ran.reply["status"], ran.reply["reason"], ran.reply["entry"]) == (status, reason, entry)


def test_shanxi_is_asked_back_with_both_provinces(ask: Run) -> None:
    labels = [c["label"] for c in ask("shanxi erjian zai na zhuce", "--json").reply["choices"]]
    assert labels == ["山西", "陕西"]


def test_an_answer_in_json_carries_slots_sources_and_a_score(ask: Run) -> None:
    reply = ask("四川二建在哪注册", "--json").reply
    assert reply["slots"] == {"region": "四川", "aspect": "入口"}
    assert reply["sources"][0]["checked_on"] == "2021-12-08"
    assert 0 < reply["score"] <= 1


@pytest.mark.parametrize("question", ["谢谢", "/steps 初始注册", "/help", "/portal"])
def test_where_nothing_was_matched_there_is_no_score(ask: Run, question: str) -> None:
    assert ask(question, "--json").reply["score"] is None


def test_the_text_in_json_is_what_the_terminal_shows(ask: Run) -> None:
    assert ask("要什么材料", "--json").reply["text"] + "\n" == ask("要什么材料").out


def test_two_provinces_are_two_answers_and_the_first_is_on_top(ask: Run) -> None:
    reply = ask("四川和重庆二建在哪注册", "--json").reply
    answers = reply["answers"]
    assert [answer["entry"] for answer in answers] == ["portal-sichuan", "portal-chongqing"]
    assert (reply["entry"], reply["slots"]["region"]) == ("portal-sichuan", "四川")
    assert [answer["slots"]["region"] for answer in answers] == ["四川", "重庆"]


def test_the_top_level_speaks_of_the_first_thing_that_was_answered(ask: Run) -> None:
    reply = ask("浙江和四川二建在哪注册", "--json").reply
    assert (reply["entry"], reply["slots"]["region"]) == ("portal-sichuan", "四川")


STRANGE = {
    "empty": "",
    "spaces": " \t　\n",
    "a hundred thousand characters": "四川二建在哪注册" * 12_500,
    "a hundred thousand letters": "a" * 100_000,
    "a hundred thousand digits": "9" * 100_000,
    "control characters": "四川\x00\x07\x1b[31m二建\x7f在哪注册",
    "right-to-left marks": "\u202e四川二建\u202c在哪\u200f注册\u2067",
    "only emoji": "😀👨‍👩‍👧‍👦🏳️‍🌈",
    "only combining marks": "\u0301" * 50,
    "lone surrogate": "四川\ud83d二建在哪注册",
    "only a lone surrogate": "\udfff",
    "undecodable argument": "四川\udce5二建在哪注册",
    "line separators": "四川\u2028二建\u2029在哪注册",
    "private use": "\ue000\uf8ff",
    "a format string": "{region} %s {0}",
    "markup": "<script>alert(1)</script>",
    "a slash": "/",
    "an unknown command": "/nonsense",
    "a command with rubbish": "/portal \ud800\x00" + "四" * 1000,
    "an option in a question": "四川二建在哪注册 --json",
}


@pytest.mark.parametrize("question", STRANGE.values(), ids=STRANGE.keys())
def test_whatever_is_said_gets_an_answer(ask: Run, question: str) -> None:
    ran = ask("--json", "--", question)
    assert (ran.code, ran.err) == (0, "")
    assert ran.reply["status"] in {"answered", "clarify", "abstained"}
    assert ran.reply["text"]


@pytest.mark.parametrize("name", ["right-to-left marks", "control characters", "line separators"])
def test_what_cannot_be_seen_does_not_hide_the_question(ask: Run, name: str) -> None:
    assert "四川政务服务网" in ask("--", STRANGE[name]).out


def test_explain_shows_how_it_was_decided(ask: Run) -> None:
    told = ask("四川二建在哪注册", "--explain").out
    for heading in ("归一", "切词", "槽位", "门槛", "候选", "规则"):
        assert heading in told


def test_explain_in_json_stands_beside_the_reply(ask: Run) -> None:
    reply = ask("四川二建在哪注册", "--explain", "--json").reply
    assert reply.keys() >= CONTRACT | {"explain"}
    assert reply["explain"].keys() == {
        "utterance", "tokens", "slots", "question_type", "is_turned", "ours", "candidates",
        "decided_by", "thresholds", "rule",
    }  # fmt: skip


def test_explain_tells_which_signals_decided(ask: Run) -> None:
    told = ask("初始注册要什么材料", "--explain").out
    (line,) = [line for line in told.splitlines() if line.startswith("分差")]
    assert line.startswith("分差　initial-materials 对 ")
    assert re.search(r"[一-鿿]{2,5} \+\d\.\d\d", line)


def test_explain_in_json_names_label_and_contribution(ask: Run) -> None:
    decided_by = ask("初始注册要什么材料", "--explain", "--json").reply["explain"]["decided_by"]
    assert 1 <= len(decided_by) <= 3
    assert [set(each) for each in decided_by] == [{"signal", "label", "contribution"}] * len(
        decided_by
    )
    sizes = [abs(each["contribution"]) for each in decided_by]
    assert sizes == sorted(sizes, reverse=True)


def test_what_had_no_rival_was_decided_by_nothing(ask: Run) -> None:
    assert "分差" not in ask("？？？", "--explain").out


def test_explain_of_a_command_names_the_rule(ask: Run) -> None:
    assert ask("/help", "--explain", "--json").reply["explain"] == {"rule": "command:help"}


def test_as_of_travels_in_time(zhuce: Run, tiny: Path) -> None:
    dated = (
        "      - text: 交申请表。\n",
        "      - text: 交申请表。\n        valid_until: 2024-06-30\n",
    )
    (tiny / "faq" / "main.yaml").write_text(edited("faq/main.yaml", dated), encoding="utf-8")
    question = ("ask", "--knowledge", str(tiny), "--json", "延续要什么材料")
    then = zhuce(*question, "--as-of", "2024-06-30").reply
    now = zhuce(*question, "--as-of", "2024-07-01").reply
    assert (then["status"], "交申请表。" in then["text"]) == ("answered", True)
    assert (now["status"], now["reason"]) == ("abstained", "expired")
    assert "2024-06-30" in now["text"]
    assert "交申请表。" not in now["text"]


def test_as_of_before_the_review_period_says_nothing_of_age(ask: Run) -> None:
    assert "没有复核" not in ask("四川二建在哪注册", "--as-of", "2022-05-01").out


# ask --batch


@pytest.fixture
def batch(ask: Run, tmp_path: Path) -> Run:
    def run(*lines: str) -> Ran:
        path = tmp_path / "batch.jsonl"
        path.write_text("\n".join(lines), encoding="utf-8", newline="")
        return ask("--batch", str(path))

    return run


def test_a_batch_is_answered_line_by_line_in_order(batch: Run) -> None:
    ran = batch('{"q": "四川二建在哪注册"}', '{"q": "一建在哪注册"}', '{"q": "重庆二建在哪注册"}')
    assert [r["entry"] for r in ran.replies] == [
        "portal-sichuan",
        "boundary-level1",
        "portal-chongqing",
    ]


def test_turns_are_one_conversation_and_its_last_reply_is_told(batch: Run) -> None:
    reply = batch('{"turns": ["shanxi erjian zai na zhuce", "2"]}').reply
    assert reply["entry"] == "portal-shaanxi"


def test_no_line_knows_of_another(batch: Run) -> None:
    ran = batch('{"q": "要什么材料"}', '{"q": "1"}')
    assert ran.replies[1]["entry"] is None


def test_other_keys_and_empty_lines_are_ignored(batch: Run) -> None:
    ran = batch('{"q": "四川二建在哪注册", "kind": "portal", "expect": {}}', "", "  ", "")
    assert [r["entry"] for r in ran.replies] == ["portal-sichuan"]


@pytest.mark.parametrize("line", ['{"q": ""}', '{"q": "\\ud800"}', '{"q": "\\u0000"}'])
def test_strange_words_in_a_batch_are_answered(batch: Run, line: str) -> None:
    assert batch(line).reply["reason"] == "not_a_question"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("四川二建在哪注册", id="not JSON"),
        pytest.param("{", id="cut off"),
        pytest.param("[]", id="a list"),
        pytest.param('"四川"', id="a string"),
        pytest.param("{}", id="nothing asked"),
        pytest.param('{"q": 1}', id="a number"),
        pytest.param('{"q": null}', id="null"),
        pytest.param('{"turns": []}', id="no turns"),
        pytest.param('{"turns": "四川"}', id="turns that are no list"),
        pytest.param('{"turns": ["四川", 1]}', id="a turn that is no text"),
        pytest.param("[" * 100_000, id="nested without end"),
        pytest.param('{"q": ' + "9" * 5000 + "}", id="a number without end"),
    ],
)
def test_a_malformed_line_is_named_and_nothing_is_answered(batch: Run, line: str) -> None:
    ran = batch('{"q": "四川二建在哪注册"}', line)
    assert (ran.code, ran.out) == (2, "")
    assert "第 2 行" in ran.err


def test_a_batch_that_is_not_utf_8_is_refused(ask: Run, tmp_path: Path) -> None:
    path = tmp_path / "batch.jsonl"
    path.write_bytes('{"q": "四川二建在哪注册"}'.encode("gb18030"))
    ran = ask("--batch", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert "UTF-8" in ran.err


def test_a_batch_saved_with_a_byte_order_mark_is_read(ask: Run, tmp_path: Path) -> None:
    path = tmp_path / "batch.jsonl"
    path.write_text('{"q": "四川二建在哪注册"}\n', encoding="utf-8-sig")
    assert ask("--batch", str(path)).reply["entry"] == "portal-sichuan"


# wrong usage


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["ask"], id="no question"),
        pytest.param(["ask", "问", "--batch", "-"], id="question and batch"),
        pytest.param(["ask", "--batch", "no-such-file.jsonl"], id="a batch that is not there"),
        pytest.param(["ask", "问", "--as-of", "2024-13-01"], id="no such day"),
        pytest.param(["ask", "问", "--nonsense"], id="unknown option"),
        pytest.param(["nonsense"], id="unknown verb"),
        pytest.param(["procedure", "draw", "no-such-procedure"], id="unknown procedure"),
        pytest.param(["procedure", "draw", "x", "--format", "gif"], id="unknown format"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_sentence(zhuce: Run, arguments: list[str]) -> None:
    ran = zhuce(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.strip()
    assert "Traceback" not in ran.err


def test_an_unknown_procedure_is_answered_with_those_there_are(zhuce: Run) -> None:
    assert "sichuan-registration" in zhuce("procedure", "draw", "no-such-procedure").err


# knowledge


BROKEN = {
    "no folder": lambda folder: folder / "gone",
    "a file": lambda folder: folder / "pack.yaml",
    "a wrong type": lambda folder: write_pack(folder, pack="id: [1]\n"),
    "a dangling id": lambda folder: write_pack(
        folder, path=PACK["procedures/path.yaml"].replace("start: apply", "start: aply")
    ),
}


@pytest.mark.parametrize("breaking", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize(
    "arguments", [["ask", "问"], ["kb", "check"], ["kb", "test"], ["procedure", "draw", "path"]]
)
def test_knowledge_that_cannot_be_used_ends_with_3(
    zhuce: Run, tiny: Path, arguments: list[str], breaking: Callable[[Path], Path]
) -> None:
    ran = zhuce(*arguments, "--knowledge", str(breaking(tiny)))
    assert (ran.code, ran.out) == (3, "")
    assert "什么都没有加载" in ran.err


def test_the_environment_names_the_pack_too(
    zhuce: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_KNOWLEDGE", str(tmp_path / "gone"))
    assert zhuce("ask", "问").code == 3


def test_kb_check_of_a_good_pack_counts_what_is_in_it(zhuce: Run, tiny: Path) -> None:
    ran = zhuce("kb", "check", "--knowledge", str(tiny))
    assert ran.code == 0
    assert ran.out.startswith("没有问题：2 个条目，6 种问法，1 个流程，2 个地区，0 个测试问题")


def test_kb_check_in_json_of_a_good_pack(zhuce: Run, tiny: Path) -> None:
    told = zhuce("kb", "check", "--json", "--knowledge", str(tiny)).reply
    assert (told["ok"], told["problems"], told["entries"]) == (True, [], 2)


@pytest.mark.parametrize("verb", ["check", "test"])
def test_problems_in_json_name_file_and_line(zhuce: Run, tiny: Path, verb: str) -> None:
    typo = edited("procedures/path.yaml", ("start: apply", "start: aply"))
    (tiny / "procedures" / "path.yaml").write_text(typo, encoding="utf-8")
    ran = zhuce("kb", verb, "--json", "--knowledge", str(tiny))
    assert (ran.code, ran.err, ran.reply["ok"]) == (3, "", False)
    [problem] = ran.reply["problems"]
    assert problem["file"].endswith("procedures/path.yaml")
    assert problem["line"] == 3
    assert "aply" in problem["message"]


def test_kb_test_of_a_good_pack(zhuce: Run, tiny: Path) -> None:
    pack = with_question(tiny, "{q: 延续要什么材料, entry: renewal-materials, status: answered}")
    ran = zhuce("kb", "test", "--knowledge", str(pack))
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "问了 9 次，0 次不对。")


def test_kb_test_of_a_pack_that_fails_its_own_question_ends_with_1(zhuce: Run, tiny: Path) -> None:
    pack = with_question(tiny, "{q: 延续要什么材料, contains: [六样]}")
    ran = zhuce("kb", "test", "--knowledge", str(pack))
    assert ran.code == 1
    assert "main.yaml:2" in ran.out
    assert "缺少“六样”" in ran.out


def test_kb_test_in_json_tells_each_failure(zhuce: Run, tiny: Path) -> None:
    pack = with_question(tiny, "{q: 延续要什么材料, contains: [六样]}")
    ran = zhuce("kb", "test", "--json", "--knowledge", str(pack))
    assert (ran.code, ran.reply["ok"], ran.reply["asked"]) == (1, False, 9)
    [failure] = ran.reply["failures"]
    assert (failure["question"], failure["message"]) == ("延续要什么材料", "缺少“六样”")


def with_neighbours(folder: Path) -> Path:
    """The tiny pack with two entries whose lines differ in one word."""
    answer = "not: [一建], short: 一, facts: [{text: 一。, sources: [{source: seed}]}]"
    asks = {
        "fees": "延续要多少钱, 续期怎么收费, 延续花钱吗",
        "refund": "延续要多少钱退, 续期能退钱吗, 退款怎么弄",
    }
    rows = [f"  - {{id: {n}, title: {n}, ask: [{ask}], {answer}}}\n" for n, ask in asks.items()]
    (folder / "faq" / "close.yaml").write_text("entries:\n" + "".join(rows), encoding="utf-8")
    return folder


def test_kb_test_close_tells_which_questions_nearly_change_hands(zhuce: Run, tiny: Path) -> None:
    ran = zhuce("kb", "test", "--close", "--knowledge", str(with_neighbours(tiny)))
    assert (ran.code, ran.err) == (0, "")
    line = r"(fees → refund|refund → fees)  \d 句，最小分差 -?\d\.\d\d  “[延续].+”"
    *pairs, last = ran.out.splitlines()
    assert [pair for pair in pairs if not re.fullmatch(line, pair)] == []
    assert last == f"{len(pairs)} 对条目离得近。"
    assert pairs


def test_kb_test_close_keeps_to_the_entries_that_are_named(zhuce: Run, tiny: Path) -> None:
    at = ("--knowledge", str(with_neighbours(tiny)))
    assert zhuce("kb", "test", "fees", "--close", *at).out.startswith("fees → refund")
    assert zhuce("kb", "test", "refund", "--close", *at).out == "0 对条目离得近。\n"
    slip = zhuce("kb", "test", "feess", "--close", *at)
    assert (slip.code, "是不是“fees”" in slip.err) == (2, True)
    assert zhuce("kb", "test", "fees", *at).code == 2


def test_kb_test_close_in_json_names_both_entries_and_a_line(zhuce: Run, tiny: Path) -> None:
    pack = str(with_neighbours(tiny))
    told = zhuce("kb", "test", "--close", "--json", "--knowledge", pack).reply
    pair = told["close"][0]
    assert told["ok"] is True
    assert {pair["entry"], pair["other"]} == {"fees", "refund"}
    assert (pair["lines"] >= 1, pair["margin"] < 1.0, len(pair["example"]) > 4) == (True,) * 3


@pytest.mark.parametrize(
    ("form", "first"),
    [
        ("text", "四川二级建造师证书注册流程"),
        ("mermaid", "graph TB"),
        ("dot", 'digraph "四川二级建造师证书注册流程" {'),
    ],
)
def test_a_procedure_is_drawn(zhuce: Run, form: str, first: str) -> None:
    ran = zhuce("procedure", "draw", "sichuan-registration", "--format", form)
    assert (ran.code, ran.out.splitlines()[0]) == (0, first)


def test_a_drawing_marks_where_one_is(zhuce: Run) -> None:
    drawn = zhuce("procedure", "draw", "sichuan-registration", "--at", "examine").out
    assert "省建岗培注册中心:审查 ◀ 您在这里\n" in drawn
    assert drawn.count("您在这里") == 1


def test_a_step_that_there_is_not_is_answered_with_those_there_are(zhuce: Run) -> None:
    ran = zhuce("procedure", "draw", "sichuan-registration", "--at", "exam")
    assert (ran.code, ran.out) == (2, "")
    assert "examine" in ran.err


@pytest.mark.parametrize(("form", "start"), [("svg", b"<svg "), ("png", b"\x89PNG")])
def test_a_drawing_can_be_a_file(zhuce: Run, tmp_path: Path, form: str, start: bytes) -> None:
    file = tmp_path / "drawing"
    ran = zhuce(
        "procedure", "draw", "sichuan-registration", "--format", form, "--output", str(file)
    )
    if ran.code == 1:
        pytest.skip(f"install zhuce[pictures] and, for png, a Chinese font: {ran.err}")
    assert (ran.code, ran.out, file.read_bytes()[: len(start)]) == (0, "", start)


def test_what_cannot_be_drawn_is_said(zhuce: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.drawing.layout.program", lambda: None)
    monkeypatch.setattr("bot.drawing.verbs.program", lambda: None)
    ran = zhuce("procedure", "draw", "sichuan-registration", "--format", "svg")
    assert (ran.code, ran.out) == (1, "")
    assert "没有装 graphviz-pure" in ran.err


def test_every_path_of_a_procedure_is_listed(zhuce: Run) -> None:
    lines = zhuce("procedure", "paths", "sichuan-registration").out.splitlines()
    assert len(lines) == 14
    assert "注销注册：apply → employer-review → [注销注册] deregistration-done" in lines


def test_paths_in_json_are_ids_of_steps(zhuce: Run) -> None:
    told = json.loads(zhuce("procedure", "paths", "sichuan-registration", "--json").out)
    assert {
        "registration": "企业名称变更",
        "steps": ["apply", "employer-review", "company-rename-done"],
    } in told


def test_a_procedure_is_played_in_the_terminal(zhuce: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("下一步\n/quit\n"))
    ran = zhuce("procedure", "run", "sichuan-registration", "--registration", "注销注册")
    assert [place for place in ("第 1/3 步", "第 2/3 步") if place in ran.out] == [
        "第 1/3 步",
        "第 2/3 步",
    ]


def test_a_deadline_beside_a_procedure_is_saved_as_a_file_for_the_calendar(
    zhuce: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    words = "/deadline 注册证书2027年3月1日到期，最晚哪天延续\n加进日历\n/quit\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(words))
    zhuce("procedure", "run", "sichuan-registration")
    assert [file.name for file in tmp_path.iterdir()] == ["renewal-deadline-2027-01-30.ics"]


def test_a_registration_that_a_procedure_does_not_have_is_wrong_usage(zhuce: Run) -> None:
    ran = zhuce("procedure", "run", "sichuan-registration", "--registration", "结婚登记")
    assert (ran.code, ran.out) == (2, "")


# help


def verbs(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from verbs(command, (*path, name))
        else:
            yield (*path, name)


def test_help_is_chinese(zhuce: Run) -> None:
    helped = {path: zhuce(*path, "--help") for path in verbs(main.cli)}
    assert {path: ran.code for path, ran in helped.items() if ran.code} == {}
    english = [
        (path, word)
        for path, ran in helped.items()
        for word in ("Usage", "Options", "Commands", "Show this")
        if word in ran.out
    ]
    assert english == []


def test_every_verb_says_in_chinese_what_it_does() -> None:
    helped = {path: command_at(path).help or "" for path in verbs(main.cli)}
    assert {p: text for p, text in helped.items() if not re.search("[一-鿿]", text)} == {}


def command_at(path: tuple[str, ...]) -> click.Command:
    command: click.Command = main.cli
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    return command


def test_the_version_is_told(zhuce: Run) -> None:
    assert zhuce("--version").out == f"zhuce {__version__}\n"


# chat


def test_chat_answers_until_the_person_quits(
    zhuce: Run, brain: Brain, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(shared, "load_brain", lambda folder=None: brain)
    monkeypatch.setattr(sys, "stdin", io.StringIO("要什么材料\n初始注册\n/quit\n谢谢\n"))
    ran = zhuce("chat")
    assert ran.code == 0
    assert "注册建造师注册申请表" in ran.out
    assert "不客气" not in ran.out


# A real process


def process(*arguments: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, capture_output=True, cwd=ROOT, timeout=60, check=False, **more)


@pytest.mark.parametrize(
    ("text", "mode", "code", "said"),
    [
        ('[http]\nkey = "sixteen characters"', 0o600, 0, "设置没有问题"),
        ('[http]\nkey = "sixteen characters"', 0o644, 1, "chmod 600"),
        ('journal = "redis://host/0"', 0o600, 2, "sqlite://"),
        ('store = "postgresql://host"', 0o600, 2, "BOT_STORE"),
        ('[http]\nhost = "0.0.0.0"\nmcp = true', 0o600, 2, "BOT_HTTP__KEY"),
        ('[telegram]\ntoken = "1:a"\nmode = "webhook"', 0o600, 2, "BOT_TELEGRAM__WEBHOOK_URL"),
    ],
)
def test_config_check_says_what_serve_would_say(
    zhuce: Run, tmp_path: Path, text: str, mode: int, code: int, said: str
) -> None:
    file = tmp_path / "zhuce.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    ran = zhuce("config", "check", "--config", str(file))
    assert (ran.code, said in ran.out + ran.err) == (code, True), ran
    assert "sixteen" not in ran.out + ran.err


def test_a_process_answers_in_utf_8_whatever_the_terminal_says() -> None:
    ran = process("ask", "四川二建在哪注册", env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"})
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "四川政务服务网" in ran.stdout.decode("utf-8")


def test_a_process_is_asked_with_bytes_that_are_no_text() -> None:
    command: list[bytes | str] = [sys.executable, "-m", "bot", "ask", "--json", b"\xff\xfe\xe5"]
    ran = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads(ran.stdout)["status"] == "abstained"


def test_a_process_reads_a_batch_from_its_input() -> None:
    ran = process("ask", "--batch", "-", input='{"q": "一建在哪注册"}\n'.encode())
    assert json.loads(ran.stdout)["reason"] == "boundary"


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = [sys.executable, "-m", "bot", "ask", "--batch", "-"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as running:
        assert running.stdin
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        running.stdin.write('{"q": "四川二建在哪注册"}\n'.encode() * 300)
        running.stdin.close()
        told = running.stderr.read()
    assert (running.returncode, told) == (0, b"")


def test_ask_writes_nothing_but_the_cache_of_the_pack(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "ask", "四川二建在哪注册"]
    environment = {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment, check=True)
    assert [path.name for path in tmp_path.iterdir()] == [".cache"]
    assert [path.name for path in (tmp_path / ".cache").iterdir()] == ["zhuce"]
