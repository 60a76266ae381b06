"""Make load with many connections, each asking as soon as it is answered, in its own process.

    python -m scripts.bench.load PORT CONNECTIONS SECONDS

Uses Debian's wrk if it is installed, else a small client on asyncio; prints requests per second,
delays, and which of the two it was.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from scripts.bench.figures import spread_ms
from scripts.bench.questions import mixed

PATH = "/api/v1/messages"
QUESTIONS = 100
PEOPLE = 1600
"""People who ask in turn, so that nobody has two questions in flight."""
SCRIPT = """
local texts = {%s}
local n = 0
function request()
  n = n + 1
  local body = '{"conversation": "w' .. n %% %d .. '", "text": ' .. texts[n %% #texts + 1] .. '}'
  return wrk.format("POST", "%s", {["Content-Type"] = "application/json"}, body)
end
function done(summary, latency, requests)
  local wrong = summary.errors
  print(string.format(
    '{"requests": %%d, "seconds": %%f, "wrong": %%d, "p50_ms": %%f, "p95_ms": %%f, "p99_ms": %%f}',
    summary.requests, summary.duration / 1e6,
    wrong.connect + wrong.read + wrong.write + wrong.status + wrong.timeout,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
"""


def by_wrk(wrk: str, port: int, connections: int, seconds: int) -> dict[str, Any]:
    texts = ", ".join(f"[=[{json.dumps(text)}]=]" for text in mixed(QUESTIONS))
    with TemporaryDirectory() as folder:
        script = Path(folder) / "ask.lua"
        script.write_text(SCRIPT % (texts, PEOPLE, PATH), "utf-8")
        options = ["-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script)]
        command = [wrk, *options, f"http://127.0.0.1:{port}{PATH}"]
        run = subprocess.run(command, capture_output=True, check=True, text=True)
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return {"maker": "wrk", **found}


async def by_hand(port: int, connections: int, seconds: int) -> dict[str, Any]:
    times: list[float] = []
    bodies = [json.dumps(text) for text in mixed(QUESTIONS)]
    numbers = count()
    began = perf_counter()

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while perf_counter() - began < seconds:
            number = next(numbers)
            writer.write(_request(number % PEOPLE, bodies[number % len(bodies)]))
            sent = perf_counter()
            await _answer(reader)
            times.append(perf_counter() - sent)
        writer.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(one())
    took = perf_counter() - began
    return {"maker": "asyncio", "requests": len(times), "seconds": took, "wrong": 0} | spread_ms(
        times
    )


def _request(conversation: int, text: str) -> bytes:
    body = f'{{"conversation": "a{conversation}", "text": {text}}}'
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode("ascii")


async def _answer(reader: asyncio.StreamReader) -> None:
    """Read one answer to its end.

    Raises:
        RuntimeError: its status is not 200.
    """
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode("latin-1"))
    fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:] if line)
    await reader.readexactly(int(fields[b"content-length"]))


def main() -> None:
    port, connections, seconds = map(int, sys.argv[1:])
    if wrk := shutil.which("wrk"):
        found = by_wrk(wrk, port, connections, seconds)
    else:
        found = asyncio.run(by_hand(port, connections, seconds))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
