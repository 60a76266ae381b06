"""Serve one language model's program over stdio (`zhuce mcp`)."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from bot.cli.shared import Verb, brain_of, knowledge_option, semantic_option


@click.command(cls=Verb)
@semantic_option
@knowledge_option
def mcp(semantic: bool, knowledge: Path | None) -> None:
    """给语言模型用的工具（MCP）：由它的程序启动，走标准输入输出；不存会话。"""
    import asyncio

    from bot import app
    from bot.logs import configure

    configure(logging.WARNING)
    asyncio.run(app.serve_tools(brain_of(knowledge, semantic=semantic)))
