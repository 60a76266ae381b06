"""The files of `deploy/`: read by their own tools where those are there, and true of the bot."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.adapters.telegram_plugin import ADAPTER
from bot.runtime.brain import Brain
from bot.runtime.metrics import Metrics, Watched
from bot.settings import load_settings, setting_names
from tests.docs.markdown import ROOT

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
COMPOSE = sorted(DEPLOY.glob("compose*.yaml"))
UNIT = DEPLOY / "systemd" / "zhuce.service"
RULES = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARD = DEPLOY / "grafana" / "zhuce.json"


def tool(name: str) -> str:
    """Where a tool is; `/usr/sbin` is not on everybody's path."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"install {name} to have its files read by it")
    return found


def runs(*command: str | Path) -> str:
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_every_setting_that_is_named_exists() -> None:
    named = {
        name
        for file in FILES
        for name in re.findall(r"\bBOT_[A-Z_]+[A-Z]\b", file.read_text("utf-8"))
    }
    assert named
    assert named <= set(setting_names())


@pytest.mark.parametrize("file", COMPOSE, ids=lambda path: path.name)
def test_compose_starts_the_bot_with_settings_that_it_takes(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    service: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))["services"]["zhuce"]
    for name, value in service["environment"].items():
        monkeypatch.setenv(name, re.sub(r"\$\{[A-Z_]+(:[?-][^}]*)?\}", "", str(value)))
    monkeypatch.setenv("BOT_HTTP__KEY", "sixteen characters")
    settings = load_settings()
    assert settings.of(ADAPTER).token is None  # nothing of it runs unless one is given
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


@pytest.mark.parametrize("file", COMPOSE, ids=lambda path: path.name)
def test_compose_files_have_the_form_of_the_compose_specification(file: Path) -> None:
    runs(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", file)


@pytest.mark.parametrize("file", COMPOSE, ids=lambda path: path.name)
def test_compose_itself_takes_its_files(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compose = tool("docker-compose")
    refused = subprocess.run(
        [compose, "-f", file, "config", "-q"], capture_output=True, check=False
    )
    assert b"BOT_HTTP__KEY" in refused.stderr
    for name in ("BOT_HTTP__KEY", "POSTGRES_PASSWORD"):
        monkeypatch.setenv(name, "sixteen characters")
    runs(compose, "-f", file, "config", "-q")


def test_the_dockerfile_is_as_its_linter_wants_it() -> None:
    """But for the version of a font, which any will do for."""
    runs(tool("hadolint"), "--ignore", "DL3008", ROOT / "Dockerfile")


def test_kubernetes_files_have_the_form_of_their_kinds(tmp_path: Path) -> None:
    whole = tmp_path / "all.yaml"
    whole.write_text(runs(tool("kubectl"), "kustomize", DEPLOY / "kubernetes"), "utf-8")
    kinds = {one["kind"] for one in yaml.safe_load_all(whole.read_text("utf-8"))}
    assert {"Deployment", "PodDisruptionBudget", "NetworkPolicy", "Service"} <= kinds
    runs(tool("kubernetes-validate"), "--strict", whole)


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """With a program that exists: the path of ours does not, here."""
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text("utf-8").replace("/opt/zhuce/.venv/bin/zhuce", "/bin/true"))
    complaints = runs(tool("systemd-analyze"), "verify", "--man=no", unit)
    assert complaints == ""


def test_nginx_takes_its_file(tmp_path: Path) -> None:
    file = tmp_path / "nginx.conf"
    folders = "".join(
        f"{kind}_temp_path {tmp_path};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    text = (DEPLOY / "nginx" / "nginx.conf").read_text("utf-8")
    file.write_text(text.replace("access_log off;", f"access_log off;\n{folders}"), "utf-8")
    runs(tool("nginx"), "-t", "-p", tmp_path, "-c", file)


def test_prometheus_takes_its_files() -> None:
    runs(tool("promtool"), "check", "rules", RULES)
    runs(
        tool("promtool"),
        "check",
        "config",
        "--syntax-only",
        DEPLOY / "prometheus" / "prometheus.yml",
    )


def test_alarms_and_panels_look_at_series_that_exist(brain: Brain) -> None:
    metrics = Metrics()
    watched = Watched("1", lambda: brain.pack, lambda: None, lambda: {"telegram": None})
    metrics.watch(watched)
    there = set(re.findall(r"^# TYPE (\w+)", metrics.shown().decode(), re.MULTILINE)) | {"up"}
    rules = yaml.safe_load(RULES.read_text("utf-8"))["groups"][0]["rules"]
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    asked = [rule["expr"] for rule in rules]
    asked += [target["expr"] for panel in panels for target in panel["targets"]]
    named = {name for one in asked for name in re.findall(r"\b(?:zhuce|process)_\w+", one)}
    assert len(named) > 10
    assert {re.sub(r"_bucket$", "", name) for name in named} <= there


def test_every_alarm_is_explained() -> None:
    told = (ROOT / "docs" / "deploy" / "monitoring.zh-CN.md").read_text("utf-8")
    rules = yaml.safe_load(RULES.read_text("utf-8"))["groups"][0]["rules"]
    assert re.findall(r"^\| `(Zhuce\w+)`", told, re.MULTILINE) == [one["alert"] for one in rules]
