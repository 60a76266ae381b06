"""The built wheel carries the pack and answers from any folder."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import KNOWLEDGE
from tests.contract.test_kit import write_package
from tests.e2e.test_serve import environment

ROOT = KNOWLEDGE.parent

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("hatchling") is None,
    reason="the wheel is built with hatchling: pip install hatchling",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=120)
    [found] = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def unpacked(wheel: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(wheel.parent / "unpacked")
    return wheel.parent / "unpacked"


def asked(question: str, home: Path, folder: Path) -> bytes:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    return subprocess.run(
        [sys.executable, "-P", "-m", "bot", "ask", question, "--json"],
        cwd=folder,
        env=clean | {"PYTHONPATH": str(home)},
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout


def test_the_wheel_carries_every_file_of_the_pack(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if name.startswith("bot/_pack/")}
    pack = {
        f"bot/_pack/{path.relative_to(KNOWLEDGE).as_posix()}"
        for path in KNOWLEDGE.rglob("*")
        if path.suffix in (".yaml", ".txt")
    }
    assert pack - carried == set()


@pytest.mark.parametrize(
    "name",
    [
        "bot/py.typed",
        "bot/cli/locale/zh/LC_MESSAGES/click.mo",
        "bot/understanding/data/model.json",
        "bot/understanding/data/pinyin.txt",
        "bot/adapters/web/static/index.html",
    ],
)
def test_the_wheel_carries_what_the_code_reads(wheel: Path, name: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert name in archive.namelist()


def test_the_wheel_carries_nothing_left_behind_by_tools(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert [name for name in names if "_cache" in name or name.startswith("tests/")] == []
    assert "bot/_pack/tests/portal.yaml" in names


@pytest.mark.parametrize("question", ["四川二建在哪注册", "/steps 初始注册"])
def test_the_installed_bot_answers_as_the_checkout_does(
    unpacked: Path, tmp_path: Path, question: str
) -> None:
    assert asked(question, unpacked, tmp_path) == asked(question, ROOT, ROOT)


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the guide's package; its wheel and ours are installed in `env` beside it.

    What both depend on is borrowed from this environment: nothing is downloaded.  The checkout is
    not: it is here by a file that counts in this environment only.
    """
    package = write_package(tmp_path_factory.mktemp("elsewhere") / "package")
    venv.create(package.parent / "env")
    built = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(package / "dist")]
    subprocess.run(built, cwd=package, capture_output=True, check=True, timeout=120)
    python, site = package.parent / "env/bin/python", sysconfig.get_path("purelib")
    wheels = [str(wheel), *map(str, (package / "dist").glob("*.whl"))]
    installing = ["-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index"]
    subprocess.run([sys.executable, *installing, *wheels], capture_output=True, check=True)
    [there] = package.parent.glob("env/lib/*/site-packages")
    (there / "borrowed.pth").write_text(f"{site}\n", encoding="utf-8")
    return package


def run_elsewhere(
    elsewhere: Path, *arguments: str, **more: str
) -> subprocess.CompletedProcess[str]:
    clean = environment(elsewhere, 0, **more) | {"PYTHONPATH": ""}
    return subprocess.run(
        [str(elsewhere.parent / "env/bin/python"), *arguments],
        cwd=elsewhere,
        env=clean,
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )


def test_an_adapter_of_another_package_passes_the_kit_where_only_wheels_are_installed(
    elsewhere: Path,
) -> None:
    where = "import bot, zhuce_hook; print(bot.__file__, zhuce_hook.__file__)"
    home = str(elsewhere.parent / "env")
    assert all(
        path.startswith(home) for path in run_elsewhere(elsewhere, "-P", "-c", where).stdout.split()
    )
    (elsewhere / "zhuce_hook.py").rename(elsewhere / "only_the_wheel_has_it.txt")
    ran = run_elsewhere(elsewhere, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_hook.py")
    assert (ran.returncode, " failed" in ran.stdout) == (0, False), ran.stdout + ran.stderr
    assert "22 passed" in ran.stdout


def test_settings_of_another_packages_adapter_are_read_shown_and_checked(elsewhere: Path) -> None:
    secret = "0123456789-secret"
    shown = run_elsewhere(elsewhere, "-m", "bot", "doctor", BOT_HOOK__SECRET=secret).stdout
    assert "BOT_HOOK__SECRET=（已设置，不显示）" in shown
    assert secret not in shown
    slip = run_elsewhere(elsewhere, "-m", "bot", "doctor", BOT_HOOK__SECRT=secret)
    assert (slip.returncode, "是不是想写 BOT_HOOK__SECRET？" in slip.stderr) == (2, True)
    short = run_elsewhere(elsewhere, "-m", "bot", "doctor", BOT_HOOK__SECRET="tooshort")
    assert (short.returncode, "tooshort" in short.stderr) == (2, False)
    assert "至少 16 个字符" in short.stderr
