"""Write knowledge/dictionary.txt: everyday words, and the pack's own, with their frequencies.

    python scripts/compile_dictionary.py

The frequencies are those of jieba's dictionary; the words are the commonest of Chinese, and every
word that jieba finds in the pack's phrasings.  Utterances are cut with it, and a word that it lacks
counts as a rare one.
"""

from __future__ import annotations

from pathlib import Path

import jieba
import yaml

ROOT = Path(__file__).parents[1]
PACK = ROOT / "knowledge"
COMMON = 20_000
"""Words taken by frequency alone; rarer ones are hardly ever said."""

HEADER = """\
# 常用词和词频，每行“词 频率”。由 make dictionary 从 jieba 的词典算出来，一般不用手改。
"""


def phrasings() -> list[str]:
    found: list[str] = []
    for path in sorted((PACK / "faq").glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text("utf-8"))["entries"]:
            found += [*entry["ask"], *entry["not"], entry["title"]]
    return found


def main() -> None:
    jieba.initialize()
    frequencies = {w: f for w, f in jieba.dt.FREQ.items() if f and not w.isascii()}
    common = sorted(frequencies, key=lambda word: -frequencies[word])[:COMMON]
    own = {w for text in phrasings() for w in jieba.cut(text, HMM=False) if w in frequencies}
    chosen = sorted({*common, *own}, key=lambda word: (-frequencies[word], word))
    lines = [f"{word} {frequencies[word]}" for word in chosen]
    (PACK / "dictionary.txt").write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(chosen)} words, {len(own)} of them from the pack")


if __name__ == "__main__":
    main()
