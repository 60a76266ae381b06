"""`zhuce kb new`: what is asked for, what is refused, what stands on disk afterwards."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

from bot.knowledge.loader import load_pack
from tests.packs import write_pack
from tests.unit.cli.running import Ran, Run, run_here

ASKS = ("--ask", "什么颜色的印油", "--ask", "印油是红的蓝的", "--ask", "印油颜色")


@pytest.fixture
def zhuce(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return run_here(monkeypatch, capsys)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack that `kb new pack` made; tests add files to it and take none away."""
    folder = tmp_path_factory.mktemp("new") / "library"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["zhuce", "kb", "new", "pack", str(folder), *SAID])
        from bot.cli.main import main

        with pytest.raises(SystemExit) as left:
            main()
    assert left.value.code == 0
    return folder


SAID = ("--title", "借书证问答", "--subject", "借书证")


def at(folder: Path) -> tuple[str, str]:
    return "--knowledge", str(folder)


def test_a_pack_just_made_passes_its_check_and_its_test(zhuce: Run, library: Path) -> None:
    assert zhuce("kb", "check", *at(library)).code == 0
    ran = zhuce("kb", "test", *at(library))
    assert (ran.code, ran.out.splitlines()[-1].endswith("0 次不对。")) == (0, True)


def test_a_pack_just_made_answers_a_first_question(zhuce: Run, library: Path) -> None:
    reply = zhuce("ask", "--json", "借书证咋办", *at(library)).reply
    assert (reply["status"], reply["entry"]) == ("answered", "how")
    assert "待核实" in reply["text"]


def test_slots_of_a_pack_just_made_bear_their_own_names(zhuce: Run, library: Path) -> None:
    reply = zhuce("ask", "--json", "借书证要什么材料", *at(library)).reply
    assert reply["slots"] == {"aspect": "材料"}


def test_an_entry_is_added_with_its_test_and_the_files_to_edit_are_named(
    zhuce: Run, library: Path
) -> None:
    ran = zhuce("kb", "new", "entry", "ink", "--title", "印油", *ASKS, *at(library))
    assert ran.code == 0
    assert f"打开 {library / 'faq/ink.yaml'}" in ran.out
    questions = yaml.safe_load((library / "tests/ink.yaml").read_text("utf-8"))["questions"]
    assert questions == [{"q": "什么颜色的印油", "status": "answered", "entry": "ink"}]
    assert "现在还问不对的" not in ran.out


def test_a_question_that_does_not_come_out_right_yet_is_told(zhuce: Run, library: Path) -> None:
    asks = ("--ask", "怎么办借书证呢", "--ask", "水票在哪领", "--ask", "水票怎么领")
    ran = zhuce("kb", "new", "entry", "water", "--title", "水票", *asks, *at(library))
    assert ran.code == 0
    assert "现在还问不对的：" in ran.out
    assert "怎么办借书证呢" in ran.out


def test_a_procedure_can_be_walked_at_once(zhuce: Run, library: Path) -> None:
    ran = zhuce("kb", "new", "procedure", "lost", "--title", "丢卡", *at(library))
    assert ran.code == 0
    assert "现在还问不对的" not in ran.out
    assert zhuce("ask", "--json", "一步步办丢卡", *at(library)).reply["status"] == "procedure"


def test_the_door_of_a_place_is_answered_at_once(zhuce: Run, library: Path) -> None:
    ran = zhuce("kb", "new", "portal", "海南", "--answer", "海口的馆", *at(library))
    assert ran.code == 0
    assert "现在还问不对的" not in ran.out
    assert "海口的馆" in zhuce("ask", "海南的借书证去哪儿办", *at(library)).out


def test_the_file_of_an_own_place_is_named_by_its_sound(zhuce: Run, tmp_path: Path) -> None:
    """A branch has no letters of its own in the pack."""
    folder = tmp_path / "branches"
    assert zhuce("kb", "new", "pack", str(folder), *SAID).code == 0
    places = "regions:\n  - {short: 桃溪分馆, name: 桃溪分馆}\n"
    (folder / "regions.yaml").write_text(places, encoding="utf-8")
    ran = zhuce("kb", "new", "portal", "桃溪分馆", "--answer", "柳岸街的小楼", *at(folder))
    assert (ran.code, (folder / "faq/portal-taoxifenguan.yaml").is_file()) == (0, True), ran.out


REFUSED = {
    "no title": (("pack", "x", "--subject", "借书证"), "缺少 --title"),
    "no subject": (("pack", "x", "--title", "问答"), "缺少 --subject"),
    "a subject of two words": (("pack", "x", *SAID[:3], "借书 证"), "一个词"),
    "an id in Chinese": (("pack", "x", *SAID, "--id", "借书证"), "小写英文"),
    "too few wordings": (("entry", "x1", "--title", "印油", "--ask", "印油"), "至少要 3 种"),
    "an entry with a bad id": (("entry", "X", "--title", "印油", *ASKS), "小写英文"),
    "an unknown service": (("procedure", "x1", "--title", "x", "--service", "延续"), "延续注册"),
    "a service with a procedure": (
        ("procedure", "x1", "--title", "x", "--service", "延续注册"),
        "已经有流程了：path",
    ),
    "an unknown place": (("portal", "云蓝"), "是不是“云南”"),
}


@pytest.mark.parametrize(("said", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_missing_or_wrong_is_wrong_usage(
    zhuce: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_pack(tmp_path / "tiny")
    flag = () if said[0] == "pack" else at(tmp_path / "tiny")
    ran = zhuce("kb", "new", *said, *flag)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]


def test_a_folder_with_something_in_it_is_left_alone(zhuce: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    ran = zhuce("kb", "new", "pack", str(tmp_path), *SAID)
    assert (ran.code, [path.name for path in tmp_path.iterdir()]) == (2, ["mine.txt"])


def test_a_file_that_is_there_is_left_alone(zhuce: Run, tmp_path: Path) -> None:
    folder = write_pack(tmp_path)
    (folder / "faq/ink.yaml").write_text((folder / "faq/main.yaml").read_text("utf-8"))
    (folder / "faq/main.yaml").unlink()
    before = (folder / "faq/ink.yaml").read_bytes()
    ran = zhuce("kb", "new", "entry", "ink", "--title", "印油", *ASKS, *at(folder))
    assert (ran.code, "没有改动" in ran.err) == (2, True)
    assert (folder / "faq/ink.yaml").read_bytes() == before


def test_files_that_the_pack_cannot_be_used_with_go_again(zhuce: Run, tmp_path: Path) -> None:
    folder = write_pack(tmp_path)
    taken = ("--ask", "续期材料", "--ask", "印油", "--ask", "印油颜色")
    ran = zhuce("kb", "new", "entry", "ink", "--title", "印油", *taken, *at(folder))
    assert (ran.code, "已经是条目" in ran.err) == (3, True)
    assert sorted(load_pack(folder).entries) == ["first-class", "renewal-materials"]
    assert not (folder / "tests").exists()


def test_what_is_missing_is_asked_for_at_a_terminal(
    zhuce: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["", "借书证问答", "借书证"])
    monkeypatch.setattr(sys, "stdin", AtTerminal())
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(answers))
    ran: Ran = zhuce("kb", "new", "pack", str(tmp_path / "library"))
    assert ran.code == 0
    assert load_pack(tmp_path / "library").title == "借书证问答"


class AtTerminal:
    def isatty(self) -> bool:
        return True


def test_the_pack_that_the_program_carries_is_not_written_to(zhuce: Run, tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "_pack")
    for verb in (("new", "portal", "吉林"), ("dictionary",), ("fit",)):
        ran = zhuce("kb", *verb, *at(folder))
        assert (ran.code, "自带的知识包不能改" in ran.err) == (2, True)
