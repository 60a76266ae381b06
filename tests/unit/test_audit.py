"""What was not looked up is said to be not checked, and what is known is named with its remedy."""

from __future__ import annotations

import pytest

from scripts.audit import NOT_CHECKED, main, report_in, skips, told, weaknesses

WEAK = {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1", "2"]}]}
SOUND = {"name": "b", "version": "1", "vulns": []}
UNKNOWN = {"name": "c", "skip_reason": "not found"}


def test_without_an_answer_it_says_not_checked(capsys: pytest.CaptureFixture[str]) -> None:
    """The environment of the tests has no pip-audit, which cannot answer either."""
    assert main(["requirements.lock"]) == NOT_CHECKED
    assert capsys.readouterr().out.startswith("not checked: ")


@pytest.mark.parametrize("output", ["", "Traceback", "{"])
def test_what_is_no_report_is_none(output: str) -> None:
    assert report_in(output) is None


def test_what_is_known_is_named_with_its_remedy() -> None:
    report = {"dependencies": [WEAK, SOUND, UNKNOWN]}
    assert list(weaknesses(report)) == ["a 1: PYSEC-1, mended in 1.1, 2"]
    assert list(skips(report)) == ["c: not checked (not found)"]
    assert list(told(report))[-1] == "2 of 3 packages checked"


def test_where_nothing_was_found_nothing_was_checked() -> None:
    assert list(told({"dependencies": [UNKNOWN]})) == [
        "not checked: the advisory service knew none of the 1 packages"
    ]
