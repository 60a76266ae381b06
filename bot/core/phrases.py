"""The keys of the bot's own words that a pack must give in Chinese; `kb check` holds it to them."""

from __future__ import annotations

REQUIRED = (
    "welcome help privacy forgotten cancelled nothing_to_cancel sources_intro source_label "
    "source_checked unverified aged perspective assumed_region for_topic ask_region "
    "ask_region_between ask_registration ask_aspect ask_guess none_of_these none_chosen "
    "more_regions other_region step_by_step no_data_for_region topic_portal "
    "gov_portal_note gov_portal_note_weak expired not_yet_valid out_of_domain "
    "out_of_domain_nearest not_a_question rejected old_choice choice_portal choice_materials "
    "choice_steps ask_steps card card_who card_setback card_last card_origin card_materials next "
    "back stop resume no_path finished"
).split()
