"""Build the MCP server: tools that only read, and every entry of the pack as a resource.

What a newcomer would get wrong: the pack may be replaced while the server runs, so the resources
are listed anew at each request and nothing of the pack is kept here but what a client is told once,
when it connects.
"""

from __future__ import annotations

from collections.abc import Iterable

from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from mcp.types import Resource, ResourceTemplate, ToolAnnotations
from pydantic import AnyUrl

from bot.adapters.mcp.ports import Talks
from bot.adapters.mcp.results import ENTRY_URI
from bot.adapters.mcp.tools import Tools
from bot.core.model.entry import EntryKind

NAME = "zhuce"
_JSON = "application/json"
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False)
_ASKS = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)


def create_server(talks: Talks, version: str) -> MCPServer:
    """Return the server over a conversation; it holds no state of its own."""
    tools = Tools(talks)
    server = _Server(tools, version)
    server.add_tool(tools.ask, annotations=_ASKS)
    for look_up in (
        tools.get_portal,
        tools.get_materials,
        tools.get_procedure,
        tools.compute_deadline,
        tools.search,
    ):
        server.add_tool(look_up, annotations=_READS)
    return server


class _Server(MCPServer):
    """Lists the entries of the pack in use as resources."""

    def __init__(self, tools: Tools, version: str) -> None:
        pack = tools.talks.pack
        super().__init__(
            NAME,
            title=pack.title,
            instructions=pack.phrase("model_instructions"),
            version=version,
            log_level="WARNING",
            subscriptions=False,
        )
        self._tools = tools

    async def list_resources(self) -> list[Resource]:
        return [
            Resource(uri=ENTRY_URI + entry.id, name=entry.id, title=entry.title, mime_type=_JSON)
            for entry in self._tools.talks.pack.entries.values()
            if entry.kind is not EntryKind.SMALLTALK
        ]

    async def list_resource_templates(self) -> list[ResourceTemplate]:
        return [ResourceTemplate(uri_template=ENTRY_URI + "{id}", name="entry", mime_type=_JSON)]

    async def read_resource(
        self,
        uri: AnyUrl | str,
        context: Context | None = None,  # noqa: ARG002  as the SDK calls it
    ) -> Iterable[ReadResourceContents]:
        """Return an entry as JSON.

        Raises:
            ResourceNotFoundError: the pack has no such entry.
        """
        name = str(uri)
        entry = await self._tools.entry(name.removeprefix(ENTRY_URI))
        if entry is None or not name.startswith(ENTRY_URI):
            raise ResourceNotFoundError(f"no such entry: {name}")
        return [ReadResourceContents(content=entry.model_dump_json(), mime_type=_JSON)]
