"""Build the frozen data of core from forms that have passed every check.

What a newcomer would get wrong: a name that fits several regions (春城, sx) is taken out of the
regions here and stands in `Lexicon.ambiguous_regions` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.core.model.calculator import Calculator, CalculatorLine, Cue, Rate
from bot.core.model.date_rules import Outcome, Period, Rule
from bot.core.model.entry import (
    Citation,
    Confidence,
    Entry,
    EntryKind,
    Fact,
    OfficialLink,
    Source,
    Verdict,
)
from bot.core.model.lexicon import Lexicon, Point, Region, Term, Website
from bot.core.model.pack import Pack
from bot.core.model.procedure import Procedure
from bot.core.model.question_type import QuestionType
from bot.core.model.vocabulary import PLACE, Role
from bot.knowledge.build_procedure import procedure_of
from bot.knowledge.build_rate import rate_of
from bot.knowledge.draft import Draft
from bot.knowledge.fill import fill, pack_values
from bot.knowledge.schema import (
    CalculatorForm,
    CalculatorLineForm,
    CitationForm,
    CityForm,
    EntryForm,
    FactForm,
    PackFile,
    PeriodForm,
    ProcedureFile,
    RateForm,
    RegionForm,
    SourceForm,
    TermForm,
    VerdictForm,
    WebsiteForm,
)
from bot.knowledge.vocabulary import inside_names, inside_slots, name_of, vocabulary_of

Sources = Mapping[str, Source]
MOST_ASKED = 10
"""Entries that are shown before anything was asked, where pack.yaml names none."""


def build(draft: Draft, version: str) -> Pack:
    """Build the pack of a draft that is complete and without problems."""
    assert draft.pack is not None  # a missing file is a problem
    assert draft.phrases is not None
    about = draft.pack.form
    words = about.vocabulary
    sources = {item.form.id: _source(item.form) for item in draft.sources}
    values = _own_values(draft, about)
    entries = {item.form.id: _entry(item.form, sources, about) for item in draft.entries}
    return Pack(
        id=about.id,
        title=about.title,
        language=about.language,
        version=version,
        review_after_days=about.review_after_days,
        subject=about.subject,
        owner=about.owner or "",
        most_asked=tuple(about.most_asked) or _most_asked(entries.values()),
        vocabulary=vocabulary_of(words),
        examples=tuple(about.examples),
        places=tuple(about.regions),
        own_places=tuple(r for r in about.regions if r not in draft.inherited_regions),
        sources=sources,
        entries={name: _filled(entry, values) for name, entry in entries.items()},
        procedures={i.form.id: _procedure(i.form, sources) for i in draft.procedures},
        regions=_regions(draft),
        lexicon=_lexicon(draft),
        phrases={
            locale: {key: fill(text, values) for key, text in table.items()}
            for locale, table in draft.phrases.form.phrases.items()
        },
        calculators={i.form.id: _calculator(i.form, sources) for i in draft.calculators},
        calculation=_cues(draft.calculation_cues),
        rates={i.form.id: _rate(i.form, sources, about) for i in draft.rates},
    )


def _own_values(draft: Draft, about: PackFile) -> dict[str, str]:
    """Return the names that the pack's texts may fill in, see `bot.knowledge.fill`."""
    form = about.vocabulary
    aspect, place = name_of(form, Role.ASPECT) or "", name_of(form, Role.PLACE) or ""
    slots = [item.form.slots for item in draft.entries]
    portals = [s[place] for s in slots if place in s and s.get(aspect, "") == form.portal]
    places = [item.form.short for item in draft.regions]
    services = form.values.get(name_of(form, Role.SERVICE) or "", [])
    unique = tuple(dict.fromkeys(portals))
    return pack_values(about.title, about.examples, places, unique, services)


def _most_asked(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return the entries with most wordings: what people ask in many ways, they ask often."""
    facts = [e for e in entries if e.kind is EntryKind.FACT and PLACE not in e.slots]
    ordered = sorted(facts, key=lambda entry: -len(entry.ask))
    return tuple(entry.id for entry in ordered[:MOST_ASKED])


def _filled(entry: Entry, values: Mapping[str, str]) -> Entry:
    def filled(fact: Fact) -> Fact:
        return replace(fact, text=fill(fact.text, values))

    return replace(
        entry,
        short=fill(entry.short, values),
        facts=tuple(map(filled, entry.facts)),
        verdicts=tuple(
            replace(v, fact=filled(v.fact), turned=v.turned and fill(v.turned, values))
            for v in entry.verdicts
        ),
    )


def _source(form: SourceForm) -> Source:
    return Source(
        id=form.id,
        title=form.title,
        checked_on=form.checked_on,
        url=form.url,
        note=form.note,
        perspective=form.perspective,
        short=form.short or "",
        owner=form.owner or "",
    )


def _citations(forms: Iterable[CitationForm], sources: Sources) -> tuple[Citation, ...]:
    return tuple(Citation(sources[form.source], form.article) for form in forms)


def _fact(form: FactForm, sources: Sources, *, is_detail: bool = False) -> Fact:
    """`is_detail` is what counts where the form does not say."""
    return Fact(
        text=form.text,
        citations=_citations(form.sources, sources),
        confidence=Confidence(form.confidence),
        valid_from=form.valid_from,
        valid_until=form.valid_until,
        regions=tuple(form.regions),
        is_detail=is_detail if form.detail is None else form.detail,
        link=OfficialLink(form.link.name, form.link.url) if form.link else None,
    )


def _types(words: Iterable[str]) -> tuple[QuestionType, ...]:
    return tuple(map(QuestionType, words))


def _unique_types(forms: Iterable[EntryForm | VerdictForm]) -> tuple[QuestionType, ...]:
    return tuple(dict.fromkeys(kind for form in forms for kind in _types(form.answers)))


def _verdict(form: VerdictForm, sources: Sources) -> Verdict:
    return Verdict(_fact(form, sources), form.turned, _types(form.answers))


def _entry(form: EntryForm, sources: Sources, about: PackFile) -> Entry:
    verdicts = tuple(_verdict(verdict, sources) for verdict in form.verdicts)
    return Entry(
        id=form.id,
        title=form.title,
        kind=EntryKind(form.kind),
        ask=tuple(form.ask),
        not_ask=tuple(form.not_),
        signs=tuple(form.signs),
        needs=tuple(form.needs),
        short=form.short or verdicts[0].fact.text,
        facts=tuple(_fact(f, sources, is_detail=bool(verdicts)) for f in form.facts),
        verdicts=verdicts,
        answers=_unique_types((form, *form.verdicts)),
        slots=inside_slots(about.vocabulary, form.slots),
        regions=tuple(_regions_of(form, about)),
        related=tuple(form.related),
        afterwards=dict(form.afterwards),
        procedure=form.procedure,
        is_by_region=form.by_region,
    )


def _regions_of(form: EntryForm, about: PackFile) -> Sequence[str]:
    """Return the regions that the entry names; an answer that names none is about the pack's."""
    is_scoped = form.kind == "fact" and "regions" not in form.model_fields_set
    return about.regions if is_scoped else form.regions


def _procedure(form: ProcedureFile, sources: Sources) -> Procedure:
    return procedure_of(form, _citations(form.sources, sources))


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


def _rate(form: RateForm, sources: Sources, about: PackFile) -> Rate:
    working = [_fact(line, sources) for line in form.working]
    return rate_of(form, working, _cues(form.cues), inside_names(about.vocabulary))


def _period(form: PeriodForm) -> Period:
    return Period(form.years, form.months, form.days)


def _line(form: CalculatorLineForm, sources: Sources) -> CalculatorLine:
    return CalculatorLine(_fact(form, sources), tuple(Outcome(word) for word in form.when))


def _cues(lines: Iterable[str]) -> tuple[Cue, ...]:
    return tuple(tuple(tuple(group.split("|")) for group in line.split()) for line in lines)


def _regions(draft: Draft) -> dict[str, Region]:
    forms = [item.form for item in draft.regions]
    shared = frozenset(word for word, regions in _ambiguous(draft).items() if len(regions) > 1)
    names = frozenset(
        name for form in forms for name in (form.short, form.name or form.short, *form.nicknames)
    )
    return {form.short: _region(form, shared, names) for form in forms}


def _region(form: RegionForm, shared: frozenset[str], names: frozenset[str]) -> Region:
    """`shared` words fit several regions; `names` are those of all regions and never a place's."""
    return Region(
        short=form.short,
        name=form.name or form.short,
        names=_unique([form.name or form.short, form.short, *form.abbr, *form.nicknames], shared),
        letter_names=_unique(_letter_names(form), shared),
        places=_unique(_places(form, shared), shared | names),
        points=tuple(_point(text) for text in form.points),
        gov_portal=_website(form.gov_portal),
    )


def _point(text: str) -> Point:
    latitude, longitude = text.split(" ")
    return float(latitude), float(longitude)


def _letter_names(form: RegionForm) -> list[str]:
    names = (form.pinyin, *form.pinyin_variants, form.initials)
    return [name.lower() for name in names if name]


def _places(form: RegionForm, shared: frozenset[str]) -> list[str]:
    """Return the places of a region; a shared name (和平区) does not give its short name either."""
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
    inside = inside_names(draft.pack.form.vocabulary) if draft.pack else {}
    file = draft.regions_file
    return Lexicon(
        terms=tuple(_term(item.form, inside) for item in draft.terms),
        fillers=tuple(draft.synonyms.form.fillers) if draft.synonyms else (),
        ambiguous_regions=_ambiguous(draft),
        careful_abbreviations=tuple(file.form.careful_abbreviations) if file else (),
        words=draft.words,
    )


def _term(form: TermForm, inside: Mapping[str, str]) -> Term:
    """`value` is the word itself where the file gives a slot and no value."""
    value = form.value or (form.word if form.slot else None)
    together, objects = (
        tuple(tuple(line.split()) for line in lines) for lines in (form.together, form.objects)
    )
    slot = inside[form.slot] if form.slot else None
    words = tuple(form.forms), tuple(form.hints)
    return Term(form.word, *words, together, objects, slot, value, form.suffered)
