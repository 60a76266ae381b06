"""Define the command `zhuce`.  Help and messages are Chinese; with `--json` stdout is JSON only.

Exit codes: 0 all well, 1 a check failed, 2 wrong usage, 3 the knowledge cannot be used.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from bot import __version__
from bot.cli.click_messages import chinese
from bot.cli.shared import KNOWLEDGE_INVALID, WRONG_USAGE, LazyVerbs, complain
from bot.errors import BotError, KnowledgeError, why

_MODULES = {
    "ask": "bot.cli.ask",
    "chat": "bot.cli.ask",
    "config": "bot.cli.config",
    "doctor": "bot.cli.serve",
    "kb": "bot.cli.kb",
    "mcp": "bot.cli.mcp",
    "procedure": "bot.cli.procedure",
    "report": "bot.cli.report",
    "serve": "bot.cli.serve",
    "store": "bot.cli.store",
}


def main() -> NoReturn:
    """Run the command line; every expected error ends in a sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(encoding="utf-8", errors="replace")
    with chinese():
        _run()


def _run() -> NoReturn:
    try:
        sys.exit(cli(prog_name="zhuce", standalone_mode=False) or 0)
    except click.ClickException as error:
        complain(error.format_message())
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except KnowledgeError as error:
        complain(str(error))
        sys.exit(KNOWLEDGE_INVALID)
    except BotError as error:
        complain(str(error))
        sys.exit(WRONG_USAGE)
    except OSError as error:
        if error.filename is None:
            raise
        complain(f"{error.filename}：{why(error)}")
        sys.exit(WRONG_USAGE)


@click.group(
    cls=LazyVerbs, modules=_MODULES, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(
    __version__, prog_name="zhuce", message="%(prog)s %(version)s", help="显示版本。"
)
def cli() -> None:
    """问答机器人：有出处的回答，或者老实说没有收录。"""
