"""Operators ask about the pack and propose wordings in their chat; nobody else can."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.bot_api import BotApi
from tests.e2e.telegram import asks, on_the_line, seen_since
from tests.packs import edited, write_pack

PROPOSE_S = 60.0


def test_operators_look_and_propose_and_others_are_not_understood(tmp_path: Path) -> None:
    in_a_row = "ask: [延续要什么材料, 续期材料, 续期交什么]"
    apart = "ask:\n      - 延续要什么材料\n      - 续期材料\n      - 续期交什么"
    pack = write_pack(tmp_path / "knowledge", main=edited("faq/main.yaml", (in_a_row, apart)))
    before = (pack / "faq" / "main.yaml").read_text("utf-8")
    with BotApi() as api:
        operator, other = api.user(), api.user()
        more = {
            "BOT_KNOWLEDGE": str(pack),
            "BOT_JOURNAL": f"sqlite:///{tmp_path / 'journal.db'}",
            "BOT_TELEGRAM__ADMINS": f"1, {operator.id}",
            "XDG_STATE_HOME": str(tmp_path / "state"),
        }
        with on_the_line(api, tmp_path, **more):
            assert "renewal-materials　延续材料" in asks(api, operator, "/kb find 申请表")[0]
            assert "id: renewal-materials" in asks(api, operator, "/kb show renewal-materials")[0]
            assert "交申请表" in asks(api, operator, "/kb preview renewal-materials")[0]
            assert "没有条目“renewal”" in asks(api, operator, "/kb show renewal")[0]
            assert "天内到期 1 项" in asks(api, operator, "/stats")[0]
            assert "/kb propose" in asks(api, operator, "/kb")[0]

            count = len(api.calls)
            operator.says("/kb propose renewal-materials 续期要带啥")
            told = seen_since(api, operator, count, PROPOSE_S)
            assert "检查和试问都过了" in told[0]
            api.wait(lambda: any(c.method == "sendDocument" for c in api.calls[count:]), 10)
            assert (pack / "faq" / "main.yaml").read_text("utf-8") == before

            for text in ("/kb show renewal-materials", "/stats"):
                assert "id: renewal" not in "".join(asks(api, other, text))
                assert "到期" not in "".join(asks(api, other, text))
