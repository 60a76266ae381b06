"""A tiny valid pack on disk, for tests that then break one thing of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import KnowledgeError, Problem
from bot.knowledge.loader import load_pack

PACK = {
    "pack.yaml": """\
id: tiny
title: 小包
review_after_days: 365
inherit: [phrases]
vocabulary:
  slots: {region: place, registration: service, aspect: aspect, certificate: subject}
  values:
    registration: [延续注册]
    aspect: [材料, 入口]
  portal: 入口
  materials: 材料
""",
    "sources.yaml": "sources:\n  - {id: seed, title: 原资料, checked_on: 2021-12-08}\n",
    "regions.yaml": """\
ambiguous_names:
  春城: [云南, 吉林]
regions:
  - name: 云南省
    short: 云南
    abbr: [滇]
    pinyin: Yunnan
    initials: yn
    capital: 昆明
    cities:
      - {name: 昆明市, short: 昆明, nicknames: [春城]}
    districts: [渝中区, 滨海新区, 忠县, 吉林区]
    gov_portal: {name: 政务网, url: "https://example.cn/", confidence: low}
  - {name: 吉林省, short: 吉林, pinyin: jilin, initials: jl}
""",
    "synonyms.yaml": """\
terms:
  - {word: 延续注册, slot: registration, forms: [续期]}
  - {word: 什么, forms: [啥]}
  - {word: 一建, slot: certificate, forms: [一级]}
fillers: [请问]
""",
    "phrases.yaml": "phrases:\n  zh: {hello: '你好，{name}'}\n  en: {hello: 'Hello {name}'}\n",
    "dictionary.txt": "# 常用词\n材料 120\n",
    "faq/main.yaml": """\
entries:
  - id: renewal-materials
    title: 延续材料
    slots: {registration: 延续注册, aspect: 材料}
    ask: [延续要什么材料, 续期材料, 续期交什么]
    not: [变更程序]
    short: 交五样。
    facts:
      - text: 交申请表。
        sources: [{source: seed}]
    related: [first-class]
    procedure: path#延续注册
  - id: first-class
    title: 一建
    kind: boundary
    slots: {certificate: 一建}
    ask: [一建怎么考, 一建注册, 一建报名]
    not: [二建注册]
    short: 这里只管二建。
""",
    "procedures/path.yaml": """\
id: path
title: 流程
start: apply
registrations: [延续注册]
sources: [{source: seed}]
materials: {延续注册: renewal-materials}
steps:
  - id: apply
    actor: 申请人
    action: 申请
    next:
      - {to: done, outcome: 受理}
      - {to: apply, outcome: 不受理, setback: true}
  - id: done
    action: 领证
""",
}


def write_pack(folder: Path, **changes: str) -> Path:
    """The pack in `folder`; a change is named by the file's stem and replaces its text."""
    for name, text in PACK.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changes.get(path.stem, text), encoding="utf-8")
    return folder


def edited(name: str, *edits: tuple[str, str]) -> str:
    """The text of a file with every `old` replaced by its `new`."""
    text = PACK[name]
    for old, new in edits:
        assert old in text, f"{old!r} is not in {name}"
        text = text.replace(old, new)
    return text


def problems_of(folder: Path, **options: object) -> tuple[Problem, ...]:
    """What `load_pack` says of a pack that is wrong."""
    with pytest.raises(KnowledgeError) as caught:
        load_pack(folder, **options)  # type: ignore[arg-type]
    return caught.value.problems
