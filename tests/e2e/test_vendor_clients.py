"""The vendors' own libraries read what plays DingTalk and Feishu here; only in the soak."""

from __future__ import annotations

import json
import os
import shutil
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
SAID = "四川二建在哪注册 ]]> 😀"
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
LARK_NPM = """
import lark from '@larksuiteoapi/node-sdk';
import { readFileSync } from 'fs';
const [encryptKey, verificationToken, call] = JSON.parse(readFileSync(0, 'utf-8'));
const heard = [];
const logger = { error() {}, warn() {}, info() {}, debug() {}, trace() {} };
const handler = new lark.EventDispatcher({ encryptKey, verificationToken, logger }).register({
  'im.message.receive_v1': (data) => { heard.push(JSON.parse(data.message.content).text); },
});
const given = Object.assign(Object.create({ headers: call.headers }), JSON.parse(call.body));
await handler.invoke(given);
await handler.invoke(Object.assign(Object.create({ headers: {} }), JSON.parse(call.body)));
console.log(JSON.stringify(heard));
"""
"""The second call is not signed, so it is not heard."""
DING_NPM = """
import axios from 'axios';
import { DWClient, TOPIC_ROBOT, GATEWAY_URL } from 'dingtalk-stream';
const [api, clientId, clientSecret] = process.argv.slice(2);
axios.interceptors.request.use((call) => {
  call.url = call.url.replace(new URL(GATEWAY_URL).origin, api);
  return call;
});
const client = new DWClient({ clientId, clientSecret });
client.registerCallbackListener(TOPIC_ROBOT, async (frame) => {
  const message = JSON.parse(frame.data);
  const text = { content: 'echo ' + message.text.content.trim() };
  await axios.post(message.sessionWebhook, { msgtype: 'text', text });
  client.socketCallBackResponse(frame.headers.messageId, 'OK');
});
client.connect();
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vendors")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=120)
    found = folder / "bin" / "python"
    install = [found, "-m", "pip", "install", "-q", "lark-oapi", "dingtalk-stream"]
    subprocess.run(install, check=True, timeout=900)
    return found


@pytest.fixture(scope="module")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the vendors' packages for Node.js."""
    found = shutil.which("npm")
    if found is None:
        pytest.skip("install Node.js with npm to run the vendors' clients")
    folder = tmp_path_factory.mktemp("npm")
    packages = ["@larksuiteoapi/node-sdk@1.74.0", "dingtalk-stream@2.1.5"]
    install = [found, "install", "--no-audit", "--no-fund", "--prefix", folder, *packages]
    subprocess.run(install, check=True, timeout=300, stdout=subprocess.DEVNULL)
    return folder


def node(folder: Path, name: str, program: str) -> list[str]:
    """The command for a program that stands beside the packages."""
    path = folder / f"{name}.mjs"
    path.write_text(program, encoding="utf-8")
    return ["node", str(path)]


def heard(command: list[str | Path], *, has_titles: bool) -> object:
    """What a library of Feishu makes of a message that is posted here."""
    platform = Feishu()
    made = platform.request(platform.message("ou_wang", SAID))
    platform.close()
    names = {name.title() if has_titles else name: one for name, one in made.headers.items()}
    call = {"body": made.body.decode(), "headers": names}
    given = json.dumps([feishu.KEY, feishu.TOKEN, call])
    found = subprocess.run(
        command, input=given, capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(found.stdout)


def test_feishus_own_library_opens_and_believes_what_is_posted_here(python: Path) -> None:
    assert heard([python, "-c", LARK], has_titles=True) == [200, [SAID]]


def test_feishus_npm_sdk_opens_and_believes_what_is_posted_here(npm: Path) -> None:
    assert heard([*node(npm, "lark", LARK_NPM)], has_titles=False) == [SAID]


def echoes(platform: DingTalk, program: list[str | Path]) -> None:
    """A client of DingTalk connects to the gateway here, hears, answers and acknowledges."""
    command = [*program, platform.url, dingtalk.CLIENT_ID, dingtalk.SECRET]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as client:
        try:
            platform.wait(lambda: platform.connections, 60)
            assert platform.asks("xiaowang", "你好") == "echo 你好"
            platform.wait(lambda: platform.acknowledged)
        finally:
            client.kill()


def test_dingtalks_own_client_is_served_by_the_gateway_here(python: Path) -> None:
    with DingTalk() as platform:
        echoes(platform, [python, "-c", DING])


def test_dingtalks_npm_client_is_served_by_the_gateway_here(npm: Path) -> None:
    with DingTalk(ticket="ticket{}") as platform:
        echoes(platform, [*node(npm, "dingtalk", DING_NPM)])
