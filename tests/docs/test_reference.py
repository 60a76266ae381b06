"""The documents name everything there is, and nothing else."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

import bot
from bot import errors
from bot.adapters.web import Gate, Page, Readiness, create_app
from bot.cli.main import cli
from bot.core.conversation import Conversation
from bot.knowledge import schema
from bot.knowledge.messages import fields_of
from bot.settings import described_settings, setting_fields, setting_names
from bot.storage.memory import MemoryStore
from scripts import write_python_reference as reference
from tests.docs.markdown import (
    DOCUMENTS,
    ROOT,
    blocks,
    headings,
    name_of,
    prose,
    relative_links,
    rows,
    section,
)
from tests.docs.test_examples import NovemberClock, own_brain

DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
MISSPELT = "BOT_STOR"
"""Shown as an example of a mistake."""
OF_THE_EXAMPLE = {"BOT_HOOK__SECRET", "BOT_HOOK__SECRT"}
"""Read by the adapter that a page builds, and its misspelling there."""
FORMS = {
    "## pack.yaml": schema.PackFile,
    "## sources.yaml": schema.SourcesFile,
    "### Source": schema.SourceForm,
    "## faq/*.yaml": schema.FaqFile,
    "### Entry": schema.EntryForm,
    "### Vocabulary": schema.VocabularyForm,
    "### Fact": schema.FactForm,
    "### Verdict": schema.VerdictForm,
    "### Link": schema.LinkForm,
    "### Citation": schema.CitationForm,
    "## procedures/*.yaml": schema.ProcedureFile,
    "### Step": schema.StepForm,
    "### Step question": schema.StepQuestionForm,
    "### Option": schema.OptionForm,
    "### Transition": schema.TransitionForm,
    "### Answer test": schema.AnswerTestForm,
    "## calculators/*.yaml": schema.CalculatorsFile,
    "### Calculator": schema.CalculatorForm,
    "### Period": schema.PeriodForm,
    "### Calculator line": schema.CalculatorLineForm,
    "### Rate": schema.RateForm,
    "### Count": schema.CountForm,
    "### Tariff": schema.TariffForm,
    "## regions.yaml": schema.RegionsFile,
    "### Region": schema.RegionForm,
    "### City": schema.CityForm,
    "### Website": schema.WebsiteForm,
    "## synonyms.yaml": schema.SynonymsFile,
    "### Term": schema.TermForm,
    "## phrases.yaml": schema.PhrasesFile,
    "## tests/*.yaml": schema.QuestionsFile,
    "### Question": schema.QuestionForm,
}


def test_relative_links_lead_to_files() -> None:
    dangling = [
        (name_of(document), link)
        for document in DOCUMENTS
        for link in relative_links(document)
        if not (document.parent / link).exists()
    ]
    assert dangling == []


def test_only_settings_that_exist_are_named() -> None:
    known = {MISSPELT, *OF_THE_EXAMPLE, *setting_names()}
    unknown = [
        (name_of(document), name)
        for document in DOCUMENTS
        for name in re.findall(r"\bBOT_[A-Z_]+[A-Z]\b", document.read_text("utf-8"))
        if name not in known and not name.startswith("BOT_TEST_")
    ]
    assert unknown == []


def test_settings_reference_lists_every_setting_with_its_default() -> None:
    listed = [(row[0], row[1]) for row in rows(section(REFERENCE / "settings.md", "## Settings"))]
    assert listed == list(zip(setting_names(), defaults(), strict=True))


def defaults() -> Iterator[str]:
    for field in setting_fields().values():
        default = field.get_default(call_default_factory=True)
        yield "none" if default is None else str(default)


def test_deployment_guide_explains_settings_as_the_program_does() -> None:
    table = rows(section(DOCS / "howto" / "deploy.zh-CN.md", "## 环境变量"))
    assert [(row[0], row[2]) for row in table] == list(described_settings())


def test_verbs_reference_lists_every_command_and_target() -> None:
    found = re.findall(r"^### `(.+)`$", prose(REFERENCE / "verbs.md"), re.MULTILINE)
    assert found == sorted(commands(cli, "zhuce"))
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    table = rows(section(REFERENCE / "verbs.md", "## make"))
    assert [row[0] for row in table] == [f"make {target}" for target in targets]


def commands(command: click.Command, name: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        for inner in command.list_commands(click.Context(command)):
            yield from commands(verb_of(command, inner), f"{name} {inner}")
    else:
        yield name


def verb_of(group: click.Group, name: str) -> click.Command:
    found = group.get_command(click.Context(group), name)
    assert found is not None
    return found


def test_verbs_reference_lists_every_option() -> None:
    options = {name: options_of(name) for name in commands(cli, "zhuce")}
    assert {name: listed_options(name) for name in options} == options


def options_of(name: str) -> set[str]:
    command: click.Command = cli
    for word in name.split()[1:]:
        assert isinstance(command, click.Group)
        command = verb_of(command, word)
    return {o.opts[0] for o in command.params if isinstance(o, click.Option)}


def listed_options(name: str) -> set[str]:
    listed = {row[0].split()[0] for row in rows(section(REFERENCE / "verbs.md", f"### `{name}`"))}
    return {word for word in listed if word.startswith("--")}


def test_yaml_reference_lists_every_key() -> None:
    listed = {
        heading: [row[0] for row in rows(section(REFERENCE / "yaml.md", heading))]
        for heading in FORMS
    }
    assert listed == {heading: list(fields_of(form)) for heading, form in FORMS.items()}


def test_yaml_reference_covers_every_form() -> None:
    forms = {
        form
        for _, form in inspect.getmembers(schema, inspect.isclass)
        if issubclass(form, schema.Form) and form is not schema.Form
    }
    assert forms == set(FORMS.values())


def test_errors_reference_has_every_error() -> None:
    classes = {
        name
        for name, found in inspect.getmembers(errors, inspect.isclass)
        if issubclass(found, errors.BotError)
    }
    listed = re.findall(r"^## `(\w+)`$", prose(REFERENCE / "errors.md"), re.MULTILINE)
    assert set(listed) == classes


def test_python_reference_is_what_the_docstrings_say() -> None:
    written, mark, listed = (REFERENCE / "python.md").read_text("utf-8").partition(reference.MARK)
    assert (bool(written), bool(mark)) == (True, True)
    assert listed == f"\n{reference.page()}", "make reference"


def test_python_reference_has_every_name_that_is_exported() -> None:
    listed = [name for names in reference.GROUPS.values() for name in names]
    assert sorted([*listed, "__version__"]) == list(bot.__all__)


def test_http_reference_lists_every_route() -> None:
    brain = own_brain()
    clock = NovemberClock()
    web = create_app(
        conversation=Conversation(brain, MemoryStore(), clock),
        clock=clock,
        readiness=lambda: Readiness(can_answer=True),
        knowledge_version=lambda: brain.pack.version,
        gate=Gate(is_open=True, key=None, signing_secret=b"only for the examples"),
        page=Page("问答"),
    )
    paths = web.openapi()["paths"]
    described = {f"{method.upper()} {path}" for path in paths for method in paths[path]}
    listed = {row[0] for row in rows(section(REFERENCE / "http.md", "## Routes"))}
    hidden = {"GET /", "GET /metrics", "GET /openapi.json", "POST /mcp", "POST /webhooks/telegram"}
    assert listed == described | hidden


def test_both_readmes_have_the_same_sections_and_examples() -> None:
    english, chinese = ROOT / "README.md", ROOT / "README.zh-CN.md"
    levels = [[line.partition(" ")[0] for line in headings(d)] for d in (english, chinese)]
    assert levels[0] == levels[1]
    examples = [[(b.language, b.body) for b in blocks(d)] for d in (english, chinese)]
    assert examples[0] == examples[1]


def test_every_decision_is_in_the_index() -> None:
    written = {path.name for path in (DOCS / "adr").glob("[0-9]*.md")}
    assert set(relative_links(DOCS / "adr" / "README.md")) == written


def test_every_page_of_docs_is_linked_from_its_index() -> None:
    pages = {p.relative_to(DOCS).as_posix() for p in DOCS.glob("**/*.md")} - {"README.md"}
    decisions = {page for page in pages if page.startswith("adr/0")}
    assert set(relative_links(DOCS / "README.md")) >= pages - decisions
