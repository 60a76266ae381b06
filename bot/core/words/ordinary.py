"""List words that packs use as names of aspects and that the program says as well.

A pack about library cards asks for 材料 as one about licences does, so such a word in a sentence
of the program is no trace of a subject.  What a newcomer would get wrong: a word belongs here
only if it would stand in the same sentence whatever the pack is about.
"""

from __future__ import annotations

from collections.abc import Mapping

ORDINARY: Mapping[str, str] = {
    "入口": "the name of the role that pack.yaml calls `portal`, in the descriptions of its keys",
    "材料": "what every office wants to see: moves of a walk, the papers of a procedure",
    "程序": "the program itself, in what operators read",
    "步骤": "the steps of every procedure",
    "期限": "what calculators work out",
    "有效期": "of any paper",
    "条件": "of anything that is applied for",
    "费用": "of anything that is paid for",
    "时限": "of any office",
    "证书": "certificates of webhooks, in what the doctor says",
    "依据": "what introduces the sources of an answer",
}
"""The word -> where the program says it itself."""
