"""The form of tests/*.yaml: questions and what is expected of the reply."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    Field,
    StringConstraints,
)

from bot.knowledge.schema.values import Form, Id, Line


class QuestionForm(Form):
    q: Annotated[str, StringConstraints(max_length=2000)] | None = Field(None, description="一句话")
    turns: list[Line] = Field(default_factory=list, description="一段对话，检查最后一句的回答")
    entry: Id | None = Field(None, description="应当落到的条目")
    entries: list[Id] = Field(
        default_factory=list, description="一句话问了几件事时，应当落到的全部条目"
    )
    status: Literal["answered", "clarify", "abstained", "procedure", "smalltalk"] | None = None
    reason: (
        Literal[
            "ambiguous",
            "no_data_for_region",
            "no_data",
            "boundary",
            "expired",
            "out_of_domain",
            "not_a_question",
        ]
        | None
    ) = None
    contains: list[Line] = Field(default_factory=list)
    lacks: list[Line] = Field(default_factory=list)
    gap: Line | None = Field(
        None, description="问的是哪个还没有入口的地区（简称）；等它有了入口，这一题就不再问"
    )
    known_failure: Line | None = Field(
        None, description="已知还答不对，写原因；答对了就要删掉这一行"
    )


class QuestionsFile(Form):
    """tests/*.yaml：知识的测试，问题和应有的结果。"""

    questions: list[QuestionForm] = Field(min_length=1)
