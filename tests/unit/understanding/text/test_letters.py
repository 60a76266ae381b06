"""What frames a letter is taken away, and nothing that is asked or told."""

import pytest

from bot.understanding.text.letters import body


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "尊敬的馆长：您好！我司想办集体借书证，现咨询：要交哪些材料？盼复，谢谢！",
            "我司想办集体借书证，要交哪些材料？",
        ),
        (
            "各位老师，大家好！烦请告知续借一般要几天？此致 敬礼 某某商贸有限公司 2024年5月6日",
            "续借一般要几天？",
        ),
        (
            "老师您好，打扰了。我的借书证丢了，请问怎么补？谢谢老师百忙之中答复。",
            "我的借书证丢了，请问怎么补？",
        ),
        (
            "馆领导：我想请教一下，借书证过期了还能用吗？望回复。联系人：赵先生。",
            "借书证过期了还能用吗？",
        ),
    ],
)
def test_greeting_leads_thanks_and_signature_are_taken_away(text: str, expected: str) -> None:
    assert body(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "您好",
        "谢谢！再问一下，要多久？",
        "借书证丢了要登报吗？谢谢老师，我是从外地搬到这里来的",
        "感谢信应该交给哪个柜台？感谢信要盖章吗？",
        "领导不同意我办借书证，我自己去办可以吗，要带什么",
    ],
)
def test_what_is_asked_or_told_stays(text: str) -> None:
    assert body(text) == text
