"""What is made of a peer's answers."""

from __future__ import annotations

from bot.evaluation.files import Query
from bot.evaluation.run import Answer
from scripts.bench.peers.port import gathered
from scripts.bench.quality import answer_of, risk, sample

IN, FAR = "in", "far"


def test_a_group_has_the_score_of_its_best_phrasing() -> None:
    assert gathered([(0, 0.9), (1, 0.8), (2, 0.7)], [5, 5, 6]) == [(5, 0.9), (6, 0.7)]


def test_the_place_of_the_right_group_is_counted_from_one() -> None:
    assert answer_of(Query("问", 6, IN), [(5, 0.9), (6, 0.7)]) == Answer(IN, 2, 0.9)


def test_what_found_nothing_scores_nothing() -> None:
    assert answer_of(Query("问", 6, IN), []) == Answer(IN, 0, 0.0)


def test_risk_grows_as_less_sure_answers_are_shown() -> None:
    sure = [Answer(IN, 1, 0.9 - n / 1000) for n in range(30)]
    unsure = [Answer(FAR, 0, 0.5 - n / 1000) for n in range(10)]
    curve = risk([*unsure, *sure])
    assert curve[0] == (0.7, 0.0)
    assert curve[-1] == (1.0, 0.25)


def test_answers_that_score_the_same_are_shown_together() -> None:
    assert risk([Answer(IN, 1, 0.5)] * 40) == [(1.0, 0.0)]


def test_a_sample_keeps_the_shares_of_the_kinds() -> None:
    queries = [Query(str(n), 0, IN) for n in range(50)]
    queries += [Query(str(n), None, FAR) for n in range(10)]
    kinds = [query.kind for query in sample(queries, 12)]
    assert (kinds.count(IN), kinds.count(FAR)) == (10, 2)
