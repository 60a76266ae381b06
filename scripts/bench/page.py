"""Write docs/benchmarks.md from results.json and notes.json alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from scripts.bench.bars import MILLION, Bar, bars
from scripts.bench.bots import BOTS
from scripts.bench.doors import SENSIBLE, doors, in_words
from scripts.bench.peers import PEERS

Sections = Mapping[str, Any]
Rows = Mapping[str, Mapping[str, Any]]
Form = tuple[str, str, Callable[[Any], str]]
"""The key of a figure, its heading, and how it is written."""

_SHARE = "{:.4f}".format
_MS = "{:,.3f}".format
_ONE = "{:,.1f}".format
_WHOLE = "{:,.0f}".format
QUALITY: tuple[Form, ...] = (
    ("hit1", "hit1", _SHARE),
    ("hit5", "hit5", _SHARE),
    ("mrr10", "mrr10", _SHARE),
    ("au_far", "au_far", _SHARE),
    ("au_near", "au_near", _SHARE),
    ("cov95", "cov95", _SHARE),
    ("cov90", "cov90", _SHARE),
    ("hit1_homophone", "hit1, homophones", _SHARE),
    ("semantic_share", "asked twice", _SHARE),
)
COST: tuple[Form, ...] = (
    ("p50_ms", "p50 ms", _MS),
    ("p95_ms", "p95 ms", _MS),
    ("p99_ms", "p99 ms", _MS),
    ("build_s", "build s", _ONE),
    ("rss_mb", "peak MiB", _WHOLE),
)
GROWTH: tuple[Form, ...] = (
    ("build_s", "build s", _ONE),
    ("build_mb", "build MiB", _WHOLE),
    ("p50_ms", "p50 ms", _MS),
    ("p99_ms", "p99 ms", _MS),
)
DELAY: tuple[Form, ...] = (
    ("cpu_ms", "CPU ms", "{:.2f}".format),
    ("updates_per_s", "updates / s", _WHOLE),
    ("p50_ms", "p50 ms", "{:.2f}".format),
    ("p99_ms", "p99 ms", "{:.2f}".format),
    ("memory_mib", "MiB", _WHOLE),
)
HTTP: tuple[Form, ...] = (
    ("requests_per_s", "requests / s", _WHOLE),
    ("cpu_ms", "CPU ms", "{:.2f}".format),
    ("p50_ms", "p50 ms", "{:.2f}".format),
    ("p99_ms", "p99 ms", "{:.2f}".format),
)
ANSWER: tuple[Form, ...] = (
    ("ratio", "answer / cut", "{:.1f}".format),
    ("answer_us", "answer p50 µs", _WHOLE),
    ("answer_mean_us", "answer mean µs", _WHOLE),
    ("answer_p99_us", "answer p99 µs", _WHOLE),
    ("cut_us", "cut p50 µs", _WHOLE),
)
_PERCENT = "{:.1%}".format
WHOLE_BOTS: tuple[Form, ...] = (
    ("right", "right", _PERCENT),
    ("right_quiet", "right, everyday questions left alone", _PERCENT),
    ("wrong_quiet", "wrong then", _PERCENT),
    ("foreign", "everyday answered then", "{:.2%}".format),
    ("checked", "checked questions", str),
    ("p50_ms", "p50 ms", _MS),
    ("p99_ms", "p99 ms", _MS),
    ("ready_s", "start s", "{:.2f}".format),
    ("rss_mb", "peak MiB", _WHOLE),
)
ABOUT = (
    "Written by `make bench`; figures, plots and verdicts come from one file "
    "([results.json](benchmarks/results.json)), only the sentences marked *Note* and those below "
    "the last table are people's. `DATA=DIR` names a folder of question sets in the form of "
    "[evaluation.md](reference/evaluation.md), which also explains every figure of quality. "
    "Compare figures within one section; other machines have others."
)
MET = {True: "yes", False: "**no**", None: "–"}


def page(sections: Sections, notes: Mapping[str, str], plots: Collection[str]) -> str:
    """Return the whole page; `plots` are the files that were drawn."""

    def plot(name: str, what: str) -> list[str]:
        return [f"![{what}](benchmarks/{name})"] if name in plots else []

    blocks = [
        "# Benchmarks",
        ABOUT,
        *_machine(sections),
        "## Whole bots",
        *_section(sections, notes, "bots", _bots(sections)),
        "## Peers",
        *_section(sections, notes, "peers", _peers(sections, plot)),
        "## Growth",
        *_section(sections, notes, "growth", _growth(sections, plot)),
        "## One answer",
        *_section(sections, notes, "answer", _answer(sections)),
        "## Start and memory",
        *_section(sections, notes, "start", _start(sections)),
        "## Telegram",
        *_section(sections, notes, "telegram", _telegram(sections)),
        "## HTTP",
        *_section(sections, notes, "http", _http(sections)),
        "## What one core serves",
        *_doors(sections, notes),
        "## Bars",
        *_bars(bars(sections), notes),
    ]
    return "\n\n".join(blocks) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; a bar in a cell is escaped."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


def figures(
    first: str, rows: Iterable[tuple[str, Mapping[str, Any]]], forms: Sequence[Form]
) -> str:
    """Return a row for each name, a column for each figure in any row; `–` where it is missing."""
    kept = list(rows)
    used = [form for form in forms if any(form[0] in row for _, row in kept)]
    return table(
        [first, *(head for _, head, _ in used)],
        ([name, *(_cell(row.get(key), form) for key, _, form in used)] for name, row in kept),
    )


def _cell(value: Any, form: Callable[[Any], str]) -> str:
    return "–" if value is None else form(value)


def _machine(sections: Sections) -> Iterator[str]:
    if "machine" not in sections:
        return
    found = sections["machine"]
    yield (
        f"Machine: {found['processor']}, {found['cores']} cores, {found['memory_gib']} GiB, "
        f"{found['system']}. Versions: "
        + ", ".join(f"{name} {number}" for name, number in sections["versions"].items())
        + "."
    )


def _section(
    sections: Sections, notes: Mapping[str, str], name: str, blocks: Iterable[str]
) -> Iterator[str]:
    if name not in sections:
        yield "Not measured in this run."
        return
    quick = ", a quick look: do not trust it" if sections[name]["is_quick"] else ""
    yield f"Measured on {sections[name]['on']}{quick}."
    yield from blocks
    yield from _note(notes, name)


def _note(notes: Mapping[str, str], name: str) -> Iterator[str]:
    if name in notes:
        yield f"*Note.* {notes[name]}"


def _in_order(rows: Rows) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((PEERS[name].label, rows[name]) for name in PEERS if name in rows)


def _bots(sections: Sections) -> Iterator[str]:
    rows: Rows = sections["bots"]["rows"]
    one = max(rows.values(), key=lambda row: row["asked"])
    fewer = [f"{BOTS[n].label} {r['asked']}" for n, r in rows.items() if r["asked"] < one["asked"]]
    yield (
        "Which bot should answer people? Each knows all entries of the real pack with their titles "
        f"and phrasings, and is asked {one['asked']:,} questions of the pack's tests, each once. "
        "*Right* is the share whose first entry is the one that was wanted, all questions answered "
        f"that have any. Then the same bots beside {one['everyday']:,} everyday questions that are "
        "none of the pack's business: each gets the lowest threshold at which at most one in a "
        "hundred of those is answered, chosen on those very questions; zhuce and hassil decline by "
        "themselves and get none; to say whose business it is counts as no answer. "
        "*Checked questions* are those of the file given, judged by a checker that "
        "knows no bot; what a bot says of an entry is what zhuce says of it, without knowing the "
        "place, the service or a conversation. *Start* is from the process to the first answer."
    )
    shown = {
        name: row | ({"checked": f"{row['passed']} of {row['of']}"} if "passed" in row else {})
        for name, row in rows.items()
    }
    yield figures("bot", ((BOTS[n].label, shown[n]) for n in BOTS if n in shown), WHOLE_BOTS)
    if fewer:
        yield f"Too slow for as many questions: {', '.join(fewer)}."


def _peers(sections: Sections, plot: Callable[[str, str], list[str]]) -> Iterator[str]:
    section = sections["peers"]
    yield (
        "One process for each peer and set, on one core with one thread; all have indexed before "
        "the first is timed, rounds go round all of them, and the median of the rounds counts. "
        "Peers get the same words (jieba's full dictionary; lower case, punctuation left out), cut "
        "beforehand and counted to `build`; a search cuts its question itself. Each looks for 50 "
        "phrasings and gathers them into 10 groups. zhuce is its collection engine (`kb eval`), "
        "cuts by itself and returns a probability; the scores of the others are taken as they are."
    )
    for name, needs in section["missing"].items():
        yield f"Left out: {PEERS[name].label}, because {', '.join(needs)} is not installed."
    yield from plot("quality.svg", "hit1, cov95 and au_near of every peer on two sets")
    yield from plot("risk.svg", "share of wrong answers against share answered right")
    yield from plot("latency.svg", "time of one search against phrasings")
    yield from plot("memory.svg", "peak memory against phrasings")
    sets = section.get("sets", {})
    for name in sorted(sets, key=lambda one: (_phrasings(sets[one]["rows"]), one)):
        yield from _one_set(name, sets[name]["rows"], section["missing"])
    yield from _pairs(section)
    yield from _literal(section)


def _phrasings(rows: Rows) -> int:
    return max((int(row["phrasings"]) for row in rows.values()), default=0)


def _one_set(name: str, rows: Rows, missing: Collection[str]) -> Iterator[str]:
    yield f"### {name}: {_phrasings(rows):,} phrasings"
    yield figures("peer", _in_order(rows), (*QUALITY, *COST))
    sampled = [
        f"{label} {row['n']:,} of {row['of']:,}"
        for label, row in _in_order(rows)
        if row["n"] < row["of"] and "hit1" in row
    ]
    if sampled:
        yield f"Too slow for all questions, so quality is that of a sample: {'; '.join(sampled)}."
    absent = [peer for peer in PEERS if peer not in rows and peer not in missing]
    for is_too_large, why in ((True, "Too slow or too large at this size"), (False, "Not asked")):
        labels = [
            PEERS[peer].label
            for peer in absent
            if (_phrasings(rows) > PEERS[peer].largest) is is_too_large
        ]
        if labels:
            yield f"{why}: {', '.join(labels)}."


def _pairs(section: Mapping[str, Any]) -> Iterator[str]:
    pairs = section.get("pairs", {})
    if not pairs:
        return
    yield "### Pairs"
    yield (
        "AUROC of the score of (a, b) against whether both ask the same. A search engine's score "
        "of b for the question a is taken as it is."
    )
    by_peer = {
        peer: {name: row[peer]["auroc"] for name, row in pairs.items() if peer in row}
        for peer in PEERS
        if any(peer in row for row in pairs.values())
    }
    yield figures("peer", _in_order(by_peer), [(name, name, _SHARE) for name in sorted(pairs)])


def _literal(section: Mapping[str, Any]) -> Iterator[str]:
    found = section.get("literal", {}).get("hassil")
    if not found:
        return
    held_out, known = found["held_out"], found["known"]
    yield "### hassil"
    yield (
        "hassil, the matcher of Home Assistant's intents, is no row above. It matches templates "
        "word for word, neither ranks nor scores, and the installed version has no fuzzy matcher. "
        "With every phrasing of lcqmc-500 as a sentence it recognises "
        f"{held_out['recognised']} of {held_out['n']} held-out questions, and "
        f"{known['recognised']} of {known['n']} of the very sentences it was given (markup "
        "characters taken out)."
    )


def _growth(sections: Sections, plot: Callable[[str, str], list[str]]) -> Iterator[str]:
    sizes = sections["growth"]["sizes"]
    yield (
        "Each corpus is the beginning of the next: the phrasings of the largest set, shuffled, "
        "then mixtures of them (the first half of one and the second half of another, cut between "
        "words; fixed seed). Indexing may use all cores here and memory is that of all processes "
        "together; searching is kept on one core. 1,000 questions a round."
    )
    yield from plot("growth.svg", "indexing, memory and search from 500 to 1,000,000 phrasings")
    rows = [
        (f"{int(size):,}", label, row)
        for size in sorted(sizes, key=int)
        for label, row in _in_order(sizes[size]["rows"])
    ]
    yield table(
        ["phrasings", "engine", *(head for _, head, _ in GROWTH)],
        (
            [size, label, *(_cell(row.get(key), form) for key, _, form in GROWTH)]
            for size, label, row in rows
        ),
    )
    if MILLION not in sizes:
        yield "1,000,000 phrasings were not measured."


def _answer(sections: Sections) -> Iterator[str]:
    found = sections["answer"]
    yield (
        "Text in, Reply out, on the real pack, with questions of the pack's own tests: half of "
        f"{found['questions']} warm a process up, the other half are measured, each once and each "
        "followed by one cut of the same text with jieba's full dictionary."
    )
    names = {"rjieba": "with `fast` (rjieba)", "jieba": "without"}
    rows = ((names[engine], row) for engine, row in found["rows"].items())
    yield figures("zhuce", rows, ANSWER)


def _start(sections: Sections) -> Iterator[str]:
    found = sections["start"]
    names = {
        "bare": "bare interpreter: import jieba, cut one sentence",
        "ask": "`zhuce ask`",
        "ask_cold": "`zhuce ask`, cache folder empty",
        "ask_jieba": "`zhuce ask` without `fast`",
    }
    yield (
        f"Whole processes in turn, medians of {found['rounds']} rounds, files and bytecode in the "
        "caches of the system."
    )
    yield table(
        ["process", "ms", "times bare"],
        (
            [what, _WHOLE(found[f"{name}_ms"]), _cell(found.get(f"{name}_ratio"), "{:.2f}".format)]
            for name, what in names.items()
        ),
    )
    yield (
        f"`zhuce serve` without a platform holds {found['serve_mib']:.0f} MiB after the start, "
        f"{found['serve_asked_mib']:.0f} MiB after 200 mixed questions, and never had more than "
        f"{found['serve_peak_mib']:.0f} MiB."
    )


def _telegram(sections: Sections) -> Iterator[str]:
    yield (
        "Each bot is a process of its own behind the same loopback Bot API, zhuce with its default "
        "SQLite stores, the echo bot written as the library's documentation does. CPU and delay: "
        "one question in the air at a time, each asked once and some misspelt on purpose, or a few "
        "that come again and again. Updates a second: fifty in the air, server and bot on "
        "the same machine. Memory of the library is what its import adds to a bare interpreter."
    )
    rows = [
        (
            f"{door}: {bot}",
            row | ({"library": found["library_mib"]} if bot == "zhuce" else {}),
        )
        for door, found in sections["telegram"]["doors"].items()
        for bot, row in found.items()
        if bot != "library_mib"
    ]
    yield figures("bot", rows, (*DELAY, ("library", "library MiB", _WHOLE)))


def _http(sections: Sections) -> Iterator[str]:
    found = sections["http"]
    maker = {"wrk": "wrk", "asyncio": "a client of our own on asyncio"}[found["maker"]]
    yield (
        f"`POST /api/v1/messages` on loopback, {found['connections']} connections that ask as fast "
        f"as they are answered, load made by {maker} in a process of its own: mixed questions of "
        "the pack's tests, default SQLite stores. The empty endpoint takes the same message, does "
        "nothing, and runs on the same server with the same settings."
    )
    names = {"empty": "empty endpoint", "zhuce": "zhuce"}
    yield figures("door", ((names[name], row) for name, row in found["rows"].items()), HTTP)


def _doors(sections: Sections, notes: Mapping[str, str]) -> Iterator[str]:
    found = doors(sections)
    if not found:
        yield "Not measured in this run."
        return
    yield table(
        ["door", "CPU ms a message", "messages / s a core", f"at {SENSIBLE:.0%} of it"],
        (
            [door.name, f"{door.cpu_ms:.2f}", _WHOLE(door.per_s), _WHOLE(door.sensible_per_s)]
            for door in found
        ),
    )
    if words := in_words(found):
        yield words
    yield from _note(notes, "doors")


def _bars(found: Sequence[Bar], notes: Mapping[str, str]) -> Iterator[str]:
    yield "What was promised, and what came of it."
    yield table(
        ["what", "bar", "measured", "met"],
        ([bar.what, bar.bar, bar.measured, MET[bar.is_met]] for bar in found),
    )
    missed = [bar for bar in found if bar.is_met is False]
    told = [bar for bar in found if bar.id in notes or bar.is_met is False]
    if told:
        yield "\n".join(f"- {bar.what}: {notes.get(bar.id, 'no note yet.')}" for bar in told)
    counted = sum(bar.is_met is not None for bar in found)
    yield f"{counted - len(missed)} of {counted} measured bars are met."
