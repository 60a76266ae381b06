"""Write the files of a draft pack from what was read elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import yaml

from bot.knowledge.exchange.answers import ELSEWHERE, Answer, Source, entries_of, shortened
from bot.knowledge.exchange.article import Article, Section, Statement
from bot.knowledge.exchange.chart import procedure_of, read_chart
from bot.knowledge.inheritance import inherited_regions
from bot.knowledge.scaffold import Files

IMPORTED = "imported"
"""The source of what names none."""


class _Dumper(yaml.SafeDumper):
    """Writes lists further in than their key, as the guides do, and long texts line by line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _represent_text)


def as_yaml(data: Mapping[str, Any], remark: str = "") -> str:
    """Return data as the text of a file."""
    text: str = yaml.dump(
        dict(data), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000
    )
    return f"# {remark}\n{text}" if remark else text


def draft_of_answers(
    answers: Sequence[Answer], name: str, title: str, origin: str, today: date
) -> Files:
    """Return the files of a pack that answers what was read; `name` is its id."""
    ids: dict[Source, str] = {}
    for answer in answers:
        for source in answer.sources:
            ids.setdefault(source, f"source-{len(ids) + 1}")
    sources = [_source(IMPORTED, title=f"从 {origin} 导入", checked_on=today)]
    sources += [_source(one, title=known[0], checked_on=known[1]) for known, one in ids.items()]
    entries = entries_of(answers, name, ids, IMPORTED)
    remark = "导入的草稿：问法不够三种的补了客气话，not 写的是下一条的问题；请逐条改成真的"
    return {
        f"faq/{name}.yaml": as_yaml({"entries": entries}, remark),
        "pack.yaml": as_yaml({"id": name, "title": title}),
        "sources.yaml": as_yaml({"sources": sources}),
    }


def draft_of_article(article: Article, name: str, today: date) -> Files:
    """Return the files of a pack that says what an article says; `name` is its id."""
    day = article.written or today
    title = f"《{article.title}》({day})"
    entries = _sections(article, name)
    aspects = dict.fromkeys(e["slots"]["aspect"] for e in entries if "slots" in e)
    about: dict[str, Any] = {"id": name, "title": article.title}
    if aspects:
        about["vocabulary"] = {"values": {"aspect": [*aspects]}}
    files = {
        f"faq/{name}.yaml": as_yaml({"entries": entries}, _MECHANICAL),
        "pack.yaml": as_yaml(about),
        "sources.yaml": as_yaml({"sources": [_source(name, title=title, checked_on=day)]}),
    }
    for number, section in enumerate(article.sections, 1):
        if section.chart and (chart := read_chart(section.chart)).nodes:
            one, cited = f"{name}-{number}", _cited(name, section.path)
            procedure = procedure_of(chart, one, section.name or article.title, cited)
            files[f"procedures/{one}.yaml"] = as_yaml(procedure, _CHART)
    return files


_MECHANICAL = "从文章写出的草稿：ask 和 not 是照标题写的，请改成人们真的会问的话"
_CHART = (
    "从文章里的流程图写出的草稿：连线上的字当作结果（outcome）；是业务的，请改写成 registrations"
)
_ASKED = ("{}", "{}是什么", "关于{}，资料怎么写")


def _sections(article: Article, name: str) -> list[dict[str, Any]]:
    """Return an entry for each section, and for each statement with a name of its own."""
    found: dict[str, tuple[Section, list[Statement]]] = {}
    for section in article.sections:
        for statement in section.statements:
            title = _title(statement.label, section.name or article.title)
            found.setdefault(title[:150], (section, []))[1].append(statement)
    places = inherited_regions("zh")
    titles = [*found]
    entries = []
    for number, (title, (section, statements)) in enumerate(found.items()):
        other = titles[number - 1] if len(titles) > 1 else ELSEWHERE
        entry: dict[str, Any] = {"id": f"{name}-{number + 1}", "title": title}
        if (place := statements[0].label) in places:
            topic = title.removeprefix(place)
            entry |= {"slots": {"place": place, "aspect": topic}, "regions": [place]}
        cited = _cited(name, section.path)
        entry |= {
            "ask": [form.format(title) for form in _ASKED],
            "not": [other],
            "short": shortened(statements[0].text.replace("\n", " ")),
            "facts": [{"text": one.text, "sources": cited} for one in statements],
        }
        entries.append(entry)
    return entries


def _title(label: str, name: str) -> str:
    """Return the title of an entry: 某地 of 各地网站 is 某地网站."""
    return label + re.sub("^各[地省市区]", "", name) if label else name


def _cited(source: str, path: Sequence[str]) -> list[dict[str, Any]]:
    cited = {"source": source}
    return [cited | {"article": "/".join(path)} if path else cited]


def _source(name: str, *, title: str, checked_on: date) -> dict[str, Any]:
    return {"id": name, "title": title[:200], "checked_on": checked_on}
