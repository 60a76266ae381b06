"""Results as a run leaves them, small enough to be read."""

from __future__ import annotations

from typing import Any

from scripts.bench.bars import BOTS

MEASURED = {"on": "2026-11-22", "is_quick": False}


def row(**more: Any) -> dict[str, Any]:
    shares = dict.fromkeys(("hit1", "mrr10", "au_far", "au_near", "cov95", "cov90"), 0.5)
    costs = {"p50_ms": 0.1, "p95_ms": 0.2, "p99_ms": 0.3, "build_s": 1.0, "rss_mb": 90.0}
    counts = {"n": 700, "of": 700, "phrasings": 2027}
    return {"hit5": 0.9, **shares, **costs, **counts, "risk": [[0.1, 0.0], [0.5, 0.1]], **more}


def sections() -> dict[str, Any]:
    fast = row(hit1=0.996, cov95=0.994, hit1_homophone=0.992, au_near=0.99)
    slow = row(p50_ms=0.09, n=60)
    bot = {"cpu_ms": 1.5, "updates_per_s": 300.0, "p50_ms": 2.0, "p99_ms": 3.0, "memory_mib": 120.0}
    echo = {**bot, "cpu_ms": 1.1}
    whole = {"asked": 1000, "everyday": 2000, "right": 0.8, "right_quiet": 0.7, "p50_ms": 1.0}
    return {
        "bots": {
            **MEASURED,
            "rows": {
                "zhuce": {**whole, "passed": 9, "of": 10},
                "hassil": {**whole, "asked": 20, "right": 0.1},
            },
        },
        "machine": {"processor": "A|B", "cores": 2, "memory_gib": 8.0, "system": "Linux x86_64"},
        "versions": {"Python": "3.11.7", "jieba": "0.42.1"},
        "peers": {
            **MEASURED,
            "missing": {"whoosh": ["whoosh"]},
            "sets": {"lcqmc-500": {"rows": {"zhuce-rjieba": fast, "bm25s": slow}}},
            "pairs": {"lcqmc": {"zhuce-rjieba": {"auroc": 0.8697, "n": 4000}}},
        },
        "growth": {
            **MEASURED,
            "sizes": {
                "500": {"rows": {"zhuce-rjieba": row(phrasings=500, build_mb=60.0)}},
                "1000000": {
                    "rows": {
                        "zhuce-rjieba": row(
                            phrasings=1_000_000, build_s=55.0, p50_ms=6.0, build_mb=1500.0
                        )
                    }
                },
            },
        },
        "answer": {
            **MEASURED,
            "questions": 600,
            "rows": {
                "rjieba": {
                    "ratio": 4.5,
                    "answer_us": 400.0,
                    "answer_mean_us": 500.0,
                    "answer_p99_us": 900.0,
                    "cut_us": 90.0,
                }
            },
        },
        "start": {
            **MEASURED,
            "rounds": 15,
            "bare_ms": 800.0,
            "ask_ms": 1000.0,
            "ask_ratio": 1.25,
            "ask_cold_ms": 1300.0,
            "ask_cold_ratio": 1.63,
            "ask_jieba_ms": 1100.0,
            "ask_jieba_ratio": 1.38,
            "serve_mib": 110.0,
            "serve_asked_mib": 131.0,
            "serve_peak_mib": 140.0,
        },
        "telegram": {
            **MEASURED,
            "doors": {
                "ptb polling": {
                    **dict(zip(BOTS, (echo, bot, bot), strict=True)),
                    "library_mib": 25.0,
                }
            },
        },
        "http": {
            **MEASURED,
            "connections": 16,
            "maker": "wrk",
            "rows": {
                "empty": {"requests_per_s": 3000.0, "cpu_ms": 0.3, "p50_ms": 4.0, "p99_ms": 9.0},
                "zhuce": {"requests_per_s": 900.0, "cpu_ms": 1.0, "p50_ms": 16.0, "p99_ms": 40.0},
            },
        },
    }
