"""Recognise that somebody's age is told or asked about: 63岁, 今年48了, 满六十, 岁数大了."""

from __future__ import annotations

import re

AGE = "(?>1[4-9]|[2-9][0-9]|十[四五六七八九]|[二三四五六七八九]十有?[一二三四五六七八九]?)"
"""The number of somebody's years; smaller ones are months and days rather."""
AGED = (
    rf"[就要将才刚正好都已经快虚实是大概也有]{{0,4}}年?[满到过]?{AGE}"
    r"(?:周岁|(?![\d一二三四五六七八九年月日号天个次家本份人周季届/.:：~～—至到-]))"
)
"""What stands behind a year that says how old somebody is in it: 今年21, 明年就满六十了."""
_AGE = re.compile(
    rf"岁|年[纪龄事]|上了年|[今明去后前]年{AGED}|(?<![期届])满{AGE}(?:[了啦多的，,。;；!！?？还能]|$)"
)


def speaks_of_an_age(text: str) -> bool:
    """Return whether the words speak of how old somebody is."""
    return _AGE.search(text) is not None
