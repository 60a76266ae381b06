"""Define the form of the files of a pack, and nothing else.

pydantic models that mirror the YAML one to one; `bot.knowledge.loader` turns them into the frozen
data of `bot.core.model`.  The same models give the JSON Schema that editors complete from, so
a description here is what an operator sees: it is written in Chinese.  One module for each kind of
file; what a newcomer would get wrong: `values` holds what several of them share.
"""

from __future__ import annotations

from bot.knowledge.schema.calculators import (
    CalculatorForm,
    CalculatorLineForm,
    CalculatorsFile,
    CountForm,
    PeriodForm,
    RateForm,
    TariffForm,
)
from bot.knowledge.schema.entries import (
    CitationForm,
    EntryForm,
    FactForm,
    FaqFile,
    LinkForm,
    SourceForm,
    SourcesFile,
    VerdictForm,
)
from bot.knowledge.schema.pack import PackFile, VocabularyForm
from bot.knowledge.schema.procedures import (
    Amount,
    AnswerTestForm,
    Bound,
    ConditionForm,
    Expected,
    OptionForm,
    ProcedureFile,
    StepForm,
    StepQuestionForm,
    TransitionForm,
)
from bot.knowledge.schema.questions import QuestionForm, QuestionsFile
from bot.knowledge.schema.values import (
    ConfidenceWord,
    CueLine,
    Form,
    Id,
    InheritedWord,
    Line,
    OutcomeWord,
    PointText,
    Prose,
    QuestionWord,
    RoleWord,
    RuleWord,
    SlotName,
    Wordings,
)
from bot.knowledge.schema.words import (
    CityForm,
    PhrasesFile,
    RegionForm,
    RegionsFile,
    SynonymsFile,
    TermForm,
    WebsiteForm,
)

__all__ = [
    "Amount",
    "AnswerTestForm",
    "Bound",
    "CalculatorForm",
    "CalculatorLineForm",
    "CalculatorsFile",
    "CitationForm",
    "CityForm",
    "ConditionForm",
    "ConfidenceWord",
    "CountForm",
    "CueLine",
    "EntryForm",
    "Expected",
    "FactForm",
    "FaqFile",
    "Form",
    "Id",
    "InheritedWord",
    "Line",
    "LinkForm",
    "OptionForm",
    "OutcomeWord",
    "PackFile",
    "PeriodForm",
    "PhrasesFile",
    "PointText",
    "ProcedureFile",
    "Prose",
    "QuestionForm",
    "QuestionWord",
    "QuestionsFile",
    "RateForm",
    "RegionForm",
    "RegionsFile",
    "RoleWord",
    "RuleWord",
    "SlotName",
    "SourceForm",
    "SourcesFile",
    "StepForm",
    "StepQuestionForm",
    "SynonymsFile",
    "TariffForm",
    "TermForm",
    "TransitionForm",
    "VerdictForm",
    "VocabularyForm",
    "WebsiteForm",
    "Wordings",
]
