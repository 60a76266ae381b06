"""Put the optional encoder of sentences beside the words, where it is installed and asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.ports import Brain
from bot.errors import SettingsError

if TYPE_CHECKING:
    from bot.understanding.semantic.encoder import Encoder
    from bot.understanding.semantic.vectors import Report


def sentence_encoder() -> Encoder:
    """Return the encoder of sentences.

    Raises:
        SettingsError: it is not installed.
    """
    from bot.understanding.semantic.encoder import EXTRA, UniversalEncoder

    try:
        return UniversalEncoder()
    except ImportError as error:
        expected = f"没有安装语义模型（{error.name}）：pip install '{EXTRA}'，或写 off"
        raise SettingsError("BOT_SEMANTIC", "on", expected) from error


def reread(
    brain: Brain, folder: Path, report: Report = lambda *_: None, *, is_warm: bool = False
) -> Brain:
    """Return the brain with vectors in use where words leave doubt; `folder` caches them.

    The encoder takes a second to load; unless it is to be warm, the first doubt pays for that.

    Raises:
        SettingsError: the encoder is not installed.
    """
    from bot.understanding.semantic.fallback import SemanticUnderstander, phrasings_of
    from bot.understanding.semantic.vectors import vectors_of

    encoder, entries = sentence_encoder(), tuple(brain.pack.entries.values())
    vectors = vectors_of(phrasings_of(entries), encoder, folder, report)
    if is_warm:
        encoder.encode_one(brain.pack.title)
    return Brain(brain.pack, SemanticUnderstander(brain.understander, entries, vectors, encoder))
