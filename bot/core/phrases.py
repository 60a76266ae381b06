"""The bot's own words that a pack must give in Chinese, each with the names it may fill in.

`kb check` holds a pack to them: a phrase with another name in braces could not be said.
"""

from __future__ import annotations

from collections.abc import Mapping

REQUIRED: Mapping[str, str] = {
    "welcome": "",
    "help": "",
    "privacy": "",
    "forgotten": "",
    "cancelled": "",
    "nothing_to_cancel": "",
    "sources_intro": "",
    "source_label": "",
    "source_checked": "date",
    "unverified": "text",
    "aged": "date days",
    "perspective": "origin region",
    "assumed_region": "region",
    "for_topic": "topic",
    "ask_region": "",
    "ask_region_between": "names",
    "ask_registration": "",
    "ask_guess": "",
    "none_of_these": "",
    "none_chosen": "",
    "more_regions": "",
    "other_region": "",
    "step_by_step": "",
    "no_data_for_region": "region topic",
    "topic_portal": "",
    "gov_portal_note": "",
    "gov_portal_note_weak": "",
    "expired": "date title",
    "not_yet_valid": "date title",
    "out_of_domain": "",
    "not_a_question": "",
    "rejected": "",
    "old_choice": "",
    "choice_portal": "",
    "ask_steps": "",
    "card": "action number registration title total who",
    "card_who": "actor",
    "card_setback": "action label",
    "card_last": "",
    "card_origin": "origin",
    "card_materials": "",
    "next": "",
    "back": "",
    "stop": "",
    "resume": "number total",
    "no_path": "registration",
    "finished": "registration",
    "try_later": "",
}
