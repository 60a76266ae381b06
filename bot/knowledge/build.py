"""Forms that have passed every check become the frozen data of core.

What a newcomer would get wrong: a name that fits several regions (春城, sx) is taken out of the
regions here and stands in `Lexicon.ambiguous_regions` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.core.model.date_rules import Outcome, Period, Rule
from bot.core.model.pack import (
    Calculator,
    CalculatorLine,
    Citation,
    Confidence,
    Cue,
    Entry,
    EntryKind,
    Fact,
    Lexicon,
    Pack,
    Procedure,
    Question,
    QuestionKind,
    Region,
    Source,
    Step,
    Term,
    Transition,
    Website,
)
from bot.knowledge.draft import Draft
from bot.knowledge.schema import (
    CalculatorForm,
    CalculatorLineForm,
    CitationForm,
    CityForm,
    EntryForm,
    FactForm,
    PeriodForm,
    ProcedureFile,
    RegionForm,
    SourceForm,
    StepForm,
    StepQuestionForm,
    TermForm,
    TransitionForm,
    WebsiteForm,
)

Sources = Mapping[str, Source]


def build(draft: Draft, version: str) -> Pack:
    """The pack of a draft that is complete and without problems."""
    assert draft.pack is not None  # a missing file is a problem
    assert draft.phrases is not None
    about = draft.pack.form
    sources = {item.form.id: _source(item.form) for item in draft.sources}
    return Pack(
        id=about.id,
        title=about.title,
        language=about.language,
        version=version,
        review_after_days=about.review_after_days,
        certificate=about.certificate,
        most_asked=tuple(about.most_asked),
        sources=sources,
        entries={item.form.id: _entry(item.form, sources) for item in draft.entries},
        procedures={item.form.id: _procedure(item.form, sources) for item in draft.procedures},
        regions=_regions(draft),
        lexicon=_lexicon(draft),
        phrases={locale: dict(table) for locale, table in draft.phrases.form.phrases.items()},
        calculators={i.form.id: _calculator(i.form, sources) for i in draft.calculators},
        calculation=_cues(draft.calculation_cues),
    )


def _source(form: SourceForm) -> Source:
    return Source(form.id, form.title, form.checked_on, form.url, form.note, form.perspective)


def _citations(forms: Iterable[CitationForm], sources: Sources) -> tuple[Citation, ...]:
    return tuple(Citation(sources[form.source], form.article) for form in forms)


def _fact(form: FactForm, sources: Sources) -> Fact:
    return Fact(
        text=form.text,
        citations=_citations(form.sources, sources),
        confidence=Confidence(form.confidence),
        valid_from=form.valid_from,
        valid_until=form.valid_until,
        regions=tuple(form.regions),
    )


def _entry(form: EntryForm, sources: Sources) -> Entry:
    return Entry(
        id=form.id,
        title=form.title,
        kind=EntryKind(form.kind),
        ask=tuple(form.ask),
        not_ask=tuple(form.not_),
        short=form.short,
        facts=tuple(_fact(fact, sources) for fact in form.facts),
        slots={slot: value for slot, value in form.slots if value is not None},
        regions=tuple(form.regions),
        related=tuple(form.related),
        procedure=form.procedure,
    )


def _procedure(form: ProcedureFile, sources: Sources) -> Procedure:
    return Procedure(
        id=form.id,
        title=form.title,
        start=form.start,
        steps={step.id: _step(step) for step in form.steps},
        registrations=tuple(form.registrations),
        citations=_citations(form.sources, sources),
        regions=tuple(form.regions),
        materials={str(registration): entry for registration, entry in form.materials.items()},
        without_path={
            str(registration): entry for registration, entry in form.without_path.items()
        },
        remarks={str(registration): remark for registration, remark in form.remarks.items()},
        renamed=dict(form.renamed),
    )


def _step(form: StepForm) -> Step:
    ways = tuple(_transition(transition) for transition in form.next)
    return Step(
        id=form.id,
        action=form.action,
        actor=form.actor,
        notes=tuple(form.notes),
        transitions=ways,
        elsewhere=form.elsewhere,
        has_portal=form.portal,
        has_papers=form.papers,
        question=_question(form.question) if form.question else None,
        related=tuple(form.related),
    )


def _question(form: StepQuestionForm) -> Question:
    kind = QuestionKind(form.kind)
    bounds = (form.least, form.most)
    return Question(kind, form.text, form.why, *bounds, form.unit or "", form.future)


def _transition(form: TransitionForm) -> Transition:
    return Transition(
        to=form.to,
        label=form.label,
        registrations=tuple(form.registrations),
        outcome=form.outcome,
        is_setback=form.setback,
        also=tuple(form.also),
    )


def _calculator(form: CalculatorForm, sources: Sources) -> Calculator:
    return Calculator(
        id=form.id,
        title=form.title,
        rule=Rule(form.rule),
        period=_period(form.period),
        registration=form.registration,
        date_name=form.date_name,
        ask=form.ask,
        results={Outcome(outcome): text for outcome, text in form.results.items()},
        working=tuple(_line(line, sources) for line in form.working),
        advice=tuple(_line(line, sources) for line in form.advice),
        reminder=form.reminder,
        entries=tuple(form.entries),
        cues=_cues(form.cues),
        tells=_cues(form.tells),
        unless=tuple(form.unless),
        allows_future=form.future,
        since=form.since,
        most_ahead=_period(form.most_ahead) if form.most_ahead else None,
    )


def _period(form: PeriodForm) -> Period:
    return Period(form.years, form.months, form.days)


def _line(form: CalculatorLineForm, sources: Sources) -> CalculatorLine:
    return CalculatorLine(_fact(form, sources), tuple(Outcome(word) for word in form.when))


def _cues(lines: Iterable[str]) -> tuple[Cue, ...]:
    return tuple(tuple(tuple(group.split("|")) for group in line.split()) for line in lines)


def _regions(draft: Draft) -> dict[str, Region]:
    forms = [item.form for item in draft.regions]
    shared = frozenset(word for word, regions in _ambiguous(draft).items() if len(regions) > 1)
    names = frozenset(name for form in forms for name in (form.short, form.name, *form.nicknames))
    return {form.short: _region(form, shared, names) for form in forms}


def _region(form: RegionForm, shared: frozenset[str], names: frozenset[str]) -> Region:
    """`shared` words fit several regions; `names` are those of all regions and never a place's."""
    return Region(
        short=form.short,
        name=form.name,
        names=_unique([form.name, form.short, *form.abbr, *form.nicknames], shared),
        letter_names=_unique(_letter_names(form), shared),
        places=_unique(_places(form, shared), shared | names),
        gov_portal=_website(form.gov_portal),
    )


def _letter_names(form: RegionForm) -> list[str]:
    return [name.lower() for name in (form.pinyin, *form.pinyin_variants, form.initials)]


def _places(form: RegionForm, shared: frozenset[str]) -> list[str]:
    """A district whose name is shared (和平区) does not give its short name either."""
    places = [form.capital] if form.capital else []
    places += [name for city in form.cities for name in _city_names(city)]
    districts = [name for name in form.districts if name not in shared]
    return [*places, *districts, *filter(None, map(_short_district, districts))]


def _city_names(city: CityForm) -> list[str]:
    return [city.name, city.short, *city.nicknames]


def _short_district(name: str) -> str | None:
    """渝中 for 渝中区, 滨海 for 滨海新区; nothing for 忠县 and 石柱土家族自治县."""
    if name.endswith("自治县"):
        return None
    suffix = next((end for end in ("新区", "区", "市", "县") if name.endswith(end)), None)
    short = name.removesuffix(suffix) if suffix else ""
    return short if len(short) >= 2 else None


def _unique(words: Sequence[str], without: frozenset[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word not in without))


def _website(form: WebsiteForm | None) -> Website | None:
    return Website(form.name, form.url, Confidence(form.confidence)) if form else None


def _ambiguous(draft: Draft) -> dict[str, tuple[str, ...]]:
    names = draft.regions_file.form.ambiguous_names if draft.regions_file else {}
    return {word: tuple(regions) for word, regions in names.items()}


def _lexicon(draft: Draft) -> Lexicon:
    return Lexicon(
        terms=tuple(_term(item.form) for item in draft.terms),
        fillers=tuple(draft.synonyms.form.fillers) if draft.synonyms else (),
        ambiguous_regions=_ambiguous(draft),
        words=draft.words,
    )


def _term(form: TermForm) -> Term:
    """`value` is the word itself where the file gives a slot and no value."""
    value = form.value or (form.word if form.slot else None)
    together = tuple(tuple(line.split()) for line in form.together)
    return Term(form.word, tuple(form.forms), tuple(form.hints), together, form.slot, value)
