"""The vendors' own libraries read what plays DingTalk and Feishu here; only in the soak."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e import dingtalk, feishu
from tests.e2e.dingtalk import DingTalk
from tests.e2e.feishu import Feishu

pytestmark = pytest.mark.skipif(
    os.environ.get("BOT_TEST_SOAK") != "1", reason="installs 80 MiB: set BOT_TEST_SOAK=1"
)
LARK = """
import json, sys
import lark_oapi as lark
from lark_oapi.core.model import RawRequest
heard = []
key, token, call = json.load(sys.stdin)
handler = lark.EventDispatcherHandler.builder(key, token, lark.LogLevel.ERROR)
handler = handler.register_p2_im_message_receive_v1(
    lambda data: heard.append(json.loads(data.event.message.content)["text"])).build()
request = RawRequest()
request.uri, request.body = "/webhooks/feishu", call["body"].encode()
request.headers = call["headers"]
answer = handler.do(request)
print(json.dumps([answer.status_code, heard]))
"""
DING = """
import logging, sys
import dingtalk_stream as ding
api, client_id, secret = sys.argv[1:]
ding.DingTalkStreamClient.OPEN_CONNECTION_API = api + "/v1.0/gateway/connections/open"
class Handler(ding.ChatbotHandler):
    async def process(self, callback):
        message = ding.ChatbotMessage.from_dict(callback.data)
        self.reply_text("echo " + message.text.content.strip(), message)
        return ding.AckMessage.STATUS_OK, "OK"
client = ding.DingTalkStreamClient(ding.Credential(client_id, secret), logging.getLogger())
client.register_callback_handler(ding.ChatbotMessage.TOPIC, Handler())
client.start_forever()
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vendors")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=120)
    found = folder / "bin" / "python"
    install = [found, "-m", "pip", "install", "-q", "lark-oapi", "dingtalk-stream"]
    subprocess.run(install, check=True, timeout=900)
    return found


def test_feishus_own_library_opens_and_believes_what_is_posted_here(python: Path) -> None:
    platform = Feishu()
    made = platform.request(platform.message("ou_wang", "四川二建在哪注册 ]]> 😀"))
    names = {name.title(): value for name, value in made.headers.items()}
    call = {"body": made.body.decode(), "headers": names}
    given = json.dumps([feishu.KEY, feishu.TOKEN, call])
    run = [python, "-c", LARK]
    found = subprocess.run(run, input=given, capture_output=True, text=True, check=True, timeout=60)
    platform.close()
    assert json.loads(found.stdout) == [200, ["四川二建在哪注册 ]]> 😀"]]


def test_dingtalks_own_client_is_served_by_the_gateway_here(python: Path) -> None:
    with DingTalk() as platform:
        command = [python, "-c", DING, platform.url, dingtalk.CLIENT_ID, dingtalk.SECRET]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as client:
            try:
                platform.wait(lambda: platform.connections, 60)
                assert platform.asks("xiaowang", "你好") == "echo 你好"
                platform.wait(lambda: platform.acknowledged)
            finally:
                client.kill()
