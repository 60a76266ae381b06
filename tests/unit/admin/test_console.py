"""The console over HTTP: who gets in, what a form needs, two at once, proposals, the way back."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from bot.admin import door, guard
from bot.admin.door import Door
from bot.app import web_app
from bot.core.conversation import Conversation
from bot.core.model.choices import ReportFault
from bot.core.model.question_type import QuestionType
from bot.core.model.reply import Reason
from bot.core.model.update import ConversationKey, Update
from bot.runtime.brain import load_brain
from bot.runtime.chores import open_journal
from bot.runtime.draft_process import DraftProcess
from bot.runtime.explain import QUESTION_TYPES
from bot.runtime.good_copies import GoodCopies, files_of
from bot.runtime.workplace import Workplace
from bot.settings import AdminSettings, Settings
from bot.storage.memory import MemoryStore
from tests.fakes import FakeClock
from tests.packs import write_pack

KEY = "a key that is long enough"
ENTRY = "entry:renewal-materials"
PAGES = (
    "",
    "/try",
    "/gaps",
    "/feedback",
    "/due",
    "/knowledge",
    "/knowledge?q=材料",
    "/entries/renewal-materials",
    "/procedures/path",
    f"/edit?where={ENTRY}",
    "/edit?where=file:procedures/path.yaml",
    "/changes",
)
FORMS = ("/logout", "/try", "/draft", "/edit", "/check", "/undo")
TOKEN = re.compile(r'name="token" value="([0-9a-f]+)"')


@dataclass
class Operator:
    """Somebody with a browser of their own."""

    client: TestClient

    def get(self, path: str) -> Any:
        return self.client.get(f"/admin{path}")

    def token(self, path: str = "/try") -> str:
        found = TOKEN.search(self.get(path).text)
        assert found
        return found[1]

    def post(self, path: str, **fields: str) -> Any:
        return self.client.post(f"/admin{path}", data={"token": self.token(), **fields})

    def enters(self, name: str, key: str = KEY) -> Any:
        fields = {"token": self.token("/login"), "name": name, "key": key}
        return self.client.post("/admin/login", data=fields)

    def opens(self, where: str) -> dict[str, str]:
        """The hidden fields of an editor."""
        text = self.get(f"/edit?where={where}").text
        return {"where": where, "base": re.findall(r'name="base" value="(\w+)"', text)[0]}


@pytest.fixture(scope="module")
def loop() -> Iterator[Any]:
    """The event loop that serves all of it, so that one process tries the drafts of every test."""
    with TestClient(FastAPI()) as client:
        yield client.portal


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory, loop: Any) -> Iterator[DraftProcess]:
    found = DraftProcess(tmp_path_factory.mktemp("console") / "knowledge")
    yield found
    loop.call(found.close)


@pytest.fixture
def pack(drafts: DraftProcess) -> Path:
    shutil.rmtree(drafts.folder, ignore_errors=True)
    return write_pack(drafts.folder)


@pytest.fixture
def work(
    pack: Path, drafts: DraftProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Workplace:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    GoodCopies.of(pack).keep()
    admin = AdminSettings(key=SecretStr(KEY), git=pack)
    settings = Settings(_env_file=None, knowledge=pack, journal=None, admin=admin)  # type: ignore[call-arg]
    found = Workplace(Conversation(load_brain(pack), MemoryStore(), FakeClock()), settings, pack)
    found.drafts = drafts
    return found


@pytest.fixture
def stranger(work: Workplace, loop: Any) -> Callable[[], Operator]:
    """Browsers that know nothing yet."""
    app = web_app(work.settings, work.conversation, work=work)

    def browser() -> Operator:
        client = TestClient(app, follow_redirects=False)
        client.portal = loop
        return Operator(client)

    return browser


@pytest.fixture
def operator(stranger: Callable[[], Operator]) -> Operator:
    found = stranger()
    assert found.enters("王工").status_code == 303
    return found


def test_without_the_key_there_is_a_login_and_nothing_else(
    stranger: Callable[[], Operator], pack: Path, work: Workplace
) -> None:
    before, person = files_of(pack), stranger()
    asked = {path: person.get(path) for path in (*PAGES, "/state", "/procedures/path/drawing.svg")}
    assert {path: a.headers.get("location") for path, a in asked.items()} == dict.fromkeys(
        asked, "/admin/login"
    )
    told = {path: person.client.post(f"/admin{path}", data={"do": "adopt"}) for path in FORMS}
    assert {path: a.status_code for path, a in told.items()} == dict.fromkeys(FORMS, 401)
    assert "延续" not in "".join(a.text for a in (*asked.values(), *told.values()))
    assert files_of(pack) == before

    off = Settings(_env_file=None, knowledge=pack, journal=None)  # type: ignore[call-arg]
    with TestClient(web_app(off, work.conversation, work=work)) as client:
        assert client.get("/admin/login").status_code == 404


def test_every_form_refuses_without_the_token_of_its_session(
    stranger: Callable[[], Operator], operator: Operator, pack: Path
) -> None:
    other = stranger()
    other.enters("李工")
    before = files_of(pack)
    copy = GoodCopies.of(pack).copies()[0].name
    fields = {**operator.opens(ENTRY), "text": "- id: x\n", "do": "adopt", "copy": copy}
    for given in ("", "0" * 64, other.token()):
        told = {
            path: operator.client.post(f"/admin{path}", data={**fields, "token": given})
            for path in FORMS
        }
        assert {path: a.status_code for path, a in told.items()} == dict.fromkeys(FORMS, 403)
        headers = {"X-Form-Token": given}
        assert operator.client.post("/admin/check", headers=headers).status_code == 403
    login = stranger().client.post("/admin/login", data={"name": "谁", "key": KEY})
    assert (login.status_code, files_of(pack)) == (403, before)
    assert operator.get("/try").status_code == 200, "still inside: nobody was logged out"


def test_a_wrong_key_waits_and_after_five_the_address_does(
    stranger: Callable[[], Operator], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(guard.asyncio, "sleep", wait)
    person = stranger()
    tried = [person.enters("谁", f"wrong {n}").status_code for n in range(door.MOST_WRONG)]
    assert (tried, waited) == ([403] * 5, [door.WRONG_PAUSE_S] * 5)
    late = person.enters("谁")
    assert (late.status_code, 0 < int(late.headers["retry-after"]) <= 600) == (429, True)
    assert person.get("").status_code == 303


def test_a_session_is_signed_ends_and_is_sent_to_the_console_only() -> None:
    now = [1_000_000.0]
    here, elsewhere = (Door(KEY, clock_s=lambda: now[0]) for _ in range(2))
    visitor = here.visit("王工")
    cookie = here.seal(visitor)
    assert elsewhere.open(cookie) == visitor, "another process with the key knows it"
    assert Door("another key").open(cookie) is None
    for forged in ("", ".", "é.é", cookie[:-1], "x" + cookie, cookie.replace(".", ".0", 1)):
        assert here.open(forged) is None
    here.end(visitor)
    assert here.open(cookie) is None
    now[0] += door.SESSION_S + 1
    assert elsewhere.open(cookie) is None
    assert not here.has_token(visitor, elsewhere.token(elsewhere.visit("王工")))


def test_pages_have_a_strict_policy_and_nothing_inline(
    stranger: Callable[[], Operator], operator: Operator
) -> None:
    for path in PAGES:
        told = operator.get(path)
        policy = told.headers["content-security-policy"]
        assert (told.status_code, "default-src 'none'" in policy) == (200, True), path
        assert "unsafe" not in policy
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", told.text), path
        assert told.headers["cache-control"] == "no-store"
    kept = stranger().enters("王工").headers["set-cookie"]
    assert {"HttpOnly", "Path=/admin", "SameSite=strict"} <= set(kept.split("; "))


def test_every_kind_of_question_has_a_name() -> None:
    assert {*QUESTION_TYPES} == {*QuestionType}


def test_what_is_typed_is_shown_as_text(operator: Operator) -> None:
    told = operator.post("/try", question="<script>alert(1)</script>续期材料").text
    assert "<script>alert" not in told
    assert "&lt;script&gt;" in told


def test_a_question_is_shown_with_signals_decision_and_platforms(operator: Operator) -> None:
    told = operator.post("/try", question="续期材料").text
    for platform in (
        "网页",
        "Telegram 群里",
        "微信公众号",
        "企业微信应用",
        "企业微信机器人",
        "钉钉",
        "飞书",
        "QQ",
        "纯文字",
    ):
        assert f"<h3>{platform}" in told
    for words in (
        "归一",
        "registration：延续注册",
        "句子相像",
        "Telegram 群里",
        "交申请表",
        "规则",
    ):
        assert words in told


def test_the_second_of_two_is_told_and_loses_nothing(
    stranger: Callable[[], Operator], operator: Operator, pack: Path, work: Workplace
) -> None:
    second = stranger()
    second.enters("李工")
    first_form, second_form = operator.opens(ENTRY), second.opens(ENTRY)
    assert "王工 也开着这一段" in second.get(f"/edit?where={ENTRY}").text
    before = _entry(pack)
    mine = before.replace("交五样。", "交六样。")
    told = operator.post("/edit", **first_form, text=mine, do="adopt")
    assert told.headers["location"] == "/admin/changes?done=adopted"

    theirs = before.replace("title: 延续材料", "title: 延续要的材料")
    told = second.post("/edit", **second_form, text=theirs, do="adopt")
    assert told.status_code == 409
    assert "王工 在" in told.text
    assert "交六样。" in told.text, "what the first wrote"
    assert "延续要的材料" in told.text, "what the second wrote"
    assert "交六样。" in _entry(pack)

    base = re.findall(r'name="base" value="(\w+)"', told.text)[0]
    both = theirs.replace("交五样。", "交六样。")
    again = second.post("/edit", where=ENTRY, base=base, text=both, do="adopt")
    assert again.status_code == 303
    changed = "短答案由“交五样。”改为“交六样。”"
    assert (work.log.latest()[1].who, changed in work.log.latest()[1].told[0]) == ("王工", True)
    page = operator.get("/changes").text
    assert changed in page
    assert "李工" in page


def test_what_is_wrong_is_named_by_its_line_and_not_saved(operator: Operator, pack: Path) -> None:
    form, before = operator.opens(ENTRY), files_of(pack)
    wrong = _entry(pack).replace("title: ", "title：")
    told = operator.client.post(
        "/admin/check", data={**form, "text": wrong}, headers={"X-Form-Token": operator.token()}
    ).json()
    assert [(p["line"], "中文冒号" in p["message"]) for p in told["problems"]] == [(2, True)]
    assert operator.post("/edit", **form, text=wrong, do="adopt").status_code == 422
    stolen = _entry(pack).replace("续期交什么", "一建怎么考试")
    refused = operator.post("/edit", **form, text=stolen, do="adopt", questions="一建报名")
    assert "不是 renewal-materials" in refused.text or "ask 应当" in refused.text
    for where in ("file:../../etc/passwd", "new:faq/../../x.yaml", "new:x.yaml", "file:faq/x.yaml"):
        answer = operator.post(
            "/edit", where=where, file=where[4:], base="", text="entries: []\n", do="adopt"
        )
        assert answer.status_code in (409, 422), where
    assert files_of(pack) == before


def test_a_proposal_is_a_patch_with_its_test_or_a_commit_in_the_name_of_its_writer(
    operator: Operator, pack: Path, tmp_path: Path
) -> None:
    def git(*words: str) -> str:
        ran = subprocess.run(["git", *words], cwd=pack, capture_output=True, text=True, check=True)
        return ran.stdout

    git("init", "-q")
    git("add", ".")
    git("-c", "user.name=x", "-c", "user.email=x@localhost", "commit", "-qm", "pack")
    text = _entry(pack).replace("ask: [", "ask: [续期要带啥, ")
    form = {**operator.opens(ENTRY), "text": text, "questions": "续期要带啥", "note": "有人这样问"}
    told = operator.post("/edit", **form, do="patch")
    assert told.headers["content-disposition"].startswith('attachment; filename="knowledge-')
    (tmp_path / "p").write_bytes(told.content)
    git("apply", "--check", str(tmp_path / "p"))
    assert '+  - q: "续期要带啥"\n+    entry: renewal-materials\n' in told.text

    before, hook = files_of(pack), pack / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    refused = operator.post("/edit", **form, do="commit")
    assert (refused.status_code, "not today" in refused.text) == (422, True)
    assert (files_of(pack), git("status", "--porcelain")) == (before, "")
    hook.unlink()

    assert operator.post("/edit", **form, do="commit").status_code == 303
    assert git("log", "-1", "--format=%an %s").strip() == "王工 有人这样问"
    assert git("show", "--stat", "--format=").split()[0::4][:2] == [
        "faq/main.yaml",
        "tests/console.yaml",
    ]
    assert git("status", "--porcelain") == ""
    assert "有人这样问" in operator.get("/changes").text


def test_usage_and_what_people_say_are_on_their_pages(
    operator: Operator, work: Workplace, loop: Any, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    work.settings = work.settings.model_copy(update={"journal": url})
    talk, now = work.conversation, work.conversation.clock.now()

    async def keep() -> None:
        async with open_journal(url) as journal:
            assert journal
            noted = Conversation(talk.brain, MemoryStore(), talk.clock, journal)
            for user in ("one", "two"):
                key = ConversationKey("web", user, user)
                for number, said in enumerate(("续期材料", "v:up:renewal-materials", "天气怎么样")):
                    press = said if said.startswith("v:") else None
                    text = None if press else said
                    await noted.handle(Update(str(number), key, now, text=text, press=press))
            key = ConversationKey("web", "three", "three")
            fault = str(ReportFault("renewal-materials", Reason.OUTDATED))
            await noted.handle(Update("1", key, now, press=fault))

    loop.call(keep)
    overview = " ".join(re.sub("<[^>]+>", " ", operator.get("").text).split())
    for words in ("7 条回复", "2 次答了", "2 次没答", "2 有用 0 没解决"):
        assert words in overview, overview
    row = next(r for r in operator.get("/feedback").text.split("<tr>") if "延续材料" in r)
    assert re.findall(r'class="number">(\d)', row) == ["2", "0", "1", "0", "0", "0"]
    assert "1 人说" in operator.get("/due").text


def test_there_is_a_way_back(operator: Operator, pack: Path) -> None:
    before = files_of(pack)
    text = _entry(pack).replace("交五样。", "交六样。")
    operator.post("/edit", **operator.opens(ENTRY), text=text, do="adopt")
    copy = GoodCopies.of(pack).copies()[0].name
    assert "会改动 1 个文件：faq/main.yaml" in operator.get("/changes").text
    assert operator.post("/undo", copy="../../etc").status_code == 422
    assert operator.post("/undo", copy=copy).status_code == 303
    assert files_of(pack) == before


def test_words_asked_in_vain_go_into_an_entry_or_a_new_one(operator: Operator) -> None:
    fresh = operator.post("/draft", wordings="培训在哪\n怎么报培训", entry="").text
    assert "faq/new-entry.yaml" in fresh
    assert "怎么报培训" in fresh
    added = operator.post("/draft", wordings="续期要带啥", entry="renewal-materials").text
    assert "续期要带啥" in added


def _entry(pack: Path) -> str:
    """The entry as it stands in its file."""
    whole = (pack / "faq" / "main.yaml").read_text("utf-8")
    start, end = whole.index("  - id: renewal"), whole.index("  - id: first-class")
    return whole[start:end]
