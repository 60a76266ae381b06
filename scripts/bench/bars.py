"""Compare the measured figures with the promised ones, by code alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Sections = Mapping[str, Any]
FAST, PLAIN, RIVAL = "zhuce-rjieba", "zhuce-jieba", "bm25s"
QUALITY = {
    "lcqmc-500": {"hit1": 0.995, "cov95": 0.992},
    "lcqmc-5k": {"hit1": 0.975, "hit5": 0.998, "cov95": 0.90, "au_near": 0.97},
    "covid-500": {"hit1": 0.92, "hit5": 0.99, "cov95": 0.65},
}
PAIRS = {"lcqmc": 0.86, "covid": 0.88, "bank": 0.755}
SLIP = 0.01
SPEED = {"2,000": "lcqmc-500", "17,000": "lcqmc-5k", "104,000": "lcqmc-max"}
COLUMNS = ("hit1", "hit5", "mrr10", "au_far", "au_near", "cov95", "cov90")
MILLION = "1000000"
TELEGRAM_MS, MEMORY_MIB, ANSWER, ASK = 0.5, 110, 5, 1.5
HTTP_PER_S, MILLION_S, MILLION_MIB = 1_500, 20, 1_024
DOORS = ("ptb polling", "ptb webhook", "aiogram polling", "aiogram webhook")
BOTS = ("echo", "zhuce", AGAIN := "zhuce, asked before")


@dataclass(frozen=True, slots=True)
class Bar:
    id: str
    """Key of its note in notes.json."""
    what: str
    bar: str
    measured: str
    is_met: bool | None
    """None if nothing was measured."""


def bars(sections: Sections) -> list[Bar]:
    return [
        _questions(sections),
        *(_quality(sections, name) for name in QUALITY),
        *(_pairs(sections, name) for name in PAIRS),
        _slips(sections),
        *_speed(sections),
        *(_million(sections)),
        _answer(sections),
        _ask(sections),
        *(_telegram(sections, door) for door in DOORS),
        _http(sections),
        _memory(sections),
        Bar(
            "promises",
            "reliability",
            "the fifteen promises",
            "held by tests, not by this page: `make test-slow`, at full length `make soak`",
            None,
        ),
    ]


def _unmeasured(id_: str, what: str, bar: str, why: str = "not measured") -> Bar:
    return Bar(id_, what, bar, why, None)


def _rows(sections: Sections, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (
        sections.get("peers", {}).get("sets", {}).get(name, {}).get("rows", {})
    )
    return found


def _questions(sections: Sections) -> Bar:
    id_, what, bar = "questions", "development questions", "all pass"
    if "questions" not in sections:
        return _unmeasured(id_, what, bar, "not measured: QUESTIONS and CHECKER were not given")
    found = sections["questions"]
    told = f"{found['passed']} of {found['of']}, {found['wrong_portals']} wrong portals"
    return Bar(id_, what, bar, told, found["passed"] == found["of"])


def _quality(sections: Sections, name: str) -> Bar:
    wanted = QUALITY[name]
    id_, what = f"quality-{name}", f"retrieval, {name}"
    bar = ", ".join(f"{figure} ≥ {least}" for figure, least in wanted.items())
    row = _rows(sections, name).get(FAST)
    if row is None:
        return _unmeasured(id_, what, bar)
    told = ", ".join(f"{figure} {row[figure]:.4f}" for figure in wanted)
    return Bar(id_, what, bar, told, all(row[figure] >= wanted[figure] for figure in wanted))


def _pairs(sections: Sections, name: str) -> Bar:
    id_, what, bar = f"pairs-{name}", f"pairs, {name}", f"AUROC ≥ {PAIRS[name]}"
    row = sections.get("peers", {}).get("pairs", {}).get(name, {}).get(FAST)
    if row is None:
        return _unmeasured(id_, what, bar)
    return Bar(id_, what, bar, f"{row['auroc']:.4f}", row["auroc"] >= PAIRS[name])


def _slips(sections: Sections) -> Bar:
    id_, what = "homophones", "homophone slips"
    bar = f"cost at most {SLIP} of hit1"
    rows = {name: _rows(sections, name).get(FAST, {}) for name in QUALITY}
    costs = {
        name: row["hit1"] - row["hit1_homophone"]
        for name, row in rows.items()
        if "hit1_homophone" in row
    }
    if not costs:
        return _unmeasured(id_, what, bar)
    told = ", ".join(f"{name} {cost:.4f}" for name, cost in costs.items())
    return Bar(id_, what, bar, told, all(round(cost, 4) <= SLIP for cost in costs.values()))


def _speed(sections: Sections) -> Iterator[Bar]:
    for size, name in SPEED.items():
        rows = _rows(sections, name)
        for peer, engine, factor in ((FAST, "rjieba", 1), (PLAIN, "jieba", 2)):
            id_, what = f"speed-{name}-{engine}", f"one search of {size} phrasings, {engine}"
            times = "" if factor == 1 else f"{factor} × "
            bar = f"p50 ≤ {times}bm25s + jieba"
            if peer not in rows or RIVAL not in rows:
                yield _unmeasured(id_, what, bar)
                continue
            ours, theirs = rows[peer]["p50_ms"], rows[RIVAL]["p50_ms"]
            told = f"{ours:.3f} ms against {theirs:.3f} ms"
            yield Bar(id_, what, bar, told, ours <= factor * theirs)
        yield _better(rows, size, name)


def _better(rows: Mapping[str, Any], size: str, name: str) -> Bar:
    id_, what = f"better-{name}", f"quality at {size} phrasings"
    bar = "above bm25s in every column"
    if FAST not in rows or RIVAL not in rows:
        return _unmeasured(id_, what, bar)
    below = [column for column in COLUMNS if rows[FAST][column] <= rows[RIVAL][column]]
    return Bar(id_, what, bar, f"not in {', '.join(below)}" if below else "in all", not below)


def _million(sections: Sections) -> Iterator[Bar]:
    wanted = {
        "build_s": ("1,000,000 phrasings indexed", f"under {MILLION_S} s", MILLION_S, "{:.1f} s"),
        "p50_ms": ("one search of 1,000,000", "p50 ≤ 5 ms", 5, "{:.2f} ms"),
        "build_mb": (
            "memory at 1,000,000",
            f"under {MILLION_MIB:,} MiB",
            MILLION_MIB,
            "{:,.0f} MiB",
        ),
    }
    rows = sections.get("growth", {}).get("sizes", {}).get(MILLION, {}).get("rows", {})
    for figure, (what, bar, most, form) in wanted.items():
        id_ = f"million-{figure}"
        if FAST not in rows:
            yield _unmeasured(id_, what, bar)
            continue
        found = rows[FAST][figure]
        yield Bar(id_, what, bar, form.format(found), found <= most)


def _answer(sections: Sections) -> Bar:
    id_, what = "answer", "one answer on the real pack"
    bar = f"p50 ≤ {ANSWER} × one jieba cut of the text"
    if "answer" not in sections:
        return _unmeasured(id_, what, bar)
    row = sections["answer"]["rows"]["rjieba"]
    told = f"{row['ratio']:.1f} × ({row['answer_us']:.0f} µs, a cut {row['cut_us']:.0f} µs)"
    return Bar(id_, what, bar, told, row["ratio"] <= ANSWER)


def _ask(sections: Sections) -> Bar:
    id_, what = "ask", "`zhuce ask`, the whole process"
    bar = f"≤ {ASK} × bare jieba"
    if "start" not in sections:
        return _unmeasured(id_, what, bar)
    found = sections["start"]
    told = f"{found['ask_ratio']:.2f} × ({found['ask_ms']:.0f} ms)"
    told += f", with an empty cache {found['ask_cold_ratio']:.2f} ×"
    return Bar(id_, what, bar, told, found["ask_ratio"] <= ASK)


def _telegram(sections: Sections, door: str) -> Bar:
    id_, what = f"telegram-{door.replace(' ', '-')}", f"a Telegram message, {door}"
    bar = f"at most {TELEGRAM_MS} ms of CPU more than an echo bot"
    found = sections.get("telegram", {}).get("doors", {}).get(door)
    if found is None:
        return _unmeasured(id_, what, bar)
    echo, zhuce, again = (found[bot]["cpu_ms"] for bot in BOTS)
    more = zhuce - echo
    told = f"{more:+.2f} ms ({zhuce:.2f} against {echo:.2f}), {again - echo:+.2f} ms asked before"
    return Bar(id_, what, bar, told, more <= TELEGRAM_MS)


def _http(sections: Sections) -> Bar:
    id_, what, bar = "http-rate", "messages over HTTP", f"at least {HTTP_PER_S:,} a second"
    if "http" not in sections:
        return _unmeasured(id_, what, bar)
    row = sections["http"]["rows"]["zhuce"]
    told = f"{row['requests_per_s']:,.0f} a second, {row['cpu_ms']:.2f} ms of CPU each"
    return Bar(id_, what, bar, told, row["requests_per_s"] >= HTTP_PER_S)


def _memory(sections: Sections) -> Bar:
    id_, what, bar = "memory", "`zhuce serve` without a platform", f"at most {MEMORY_MIB} MiB"
    if "start" not in sections:
        return _unmeasured(id_, what, bar)
    found = sections["start"]
    start, asked = found["serve_mib"], found["serve_asked_mib"]
    told = f"{start:.0f} MiB after the start, {asked:.0f} MiB after 200 questions"
    return Bar(id_, what, bar, told, max(start, asked) <= MEMORY_MIB)
