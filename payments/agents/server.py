"""The Model Context Protocol: our acts as tools, what somebody bought as prompts."""

import json
import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import mcp_types as types
from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import Http404
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from common import problems
from common.problems import Problem
from payments.agents import acts

log = logging.getLogger(__name__)

INSTRUCTIONS = (
    "Promptuary is a market for prompts. Search for one, read its page, and let the person pay at the address that"
    " buy_prompt gives. What they bought is offered as prompts, with its variables as arguments; render_prompt fills"
    " one in. The text of a prompt that was not bought is never available."
)
TEXT = {"type": "string"}
SLUG = {"type": "string", "description": "The listing's slug, as in its address."}

TOOLS: dict[str, tuple[Callable[[Mapping[str, Any]], dict[str, Any]], types.Tool]] = {}


def _tool(
    act: Callable[[Mapping[str, Any]], dict[str, Any]],
    description: str,
    properties: dict[str, Any],
    required: list[str],
    *,
    only_reads: bool = True,
) -> None:
    name = act.__name__
    schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    hints = types.ToolAnnotations(
        read_only_hint=only_reads, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )
    TOOLS[name] = act, types.Tool(name=name, description=description, input_schema=schema, annotations=hints)


_tool(
    acts.search_prompts,
    "Search the market for prompts by words and filters. Prices are in minor units (499 is 4.99).",
    {
        "query": {**TEXT, "description": "What the prompt should do, in plain words.", "maxLength": 200},
        "model": {**TEXT, "description": "Slug of the model it is for, such as chatgpt or midjourney."},
        "category": TEXT,
        "medium": {"type": "string", "enum": ["text", "image", "video", "audio", "code"]},
        "tag": TEXT,
        "price_max": {"type": "integer", "minimum": 0, "maximum": 1_000_000},
        "free": {"type": "boolean"},
        "sort": {"type": "string", "enum": ["relevance", "trending", "newest", "top_rated", "best_selling", "price"]},
        "limit": {"type": "integer", "minimum": 1, "maximum": acts.MOST_RESULTS, "default": 10},
    },
    [],
)
_tool(
    acts.get_listing,
    "One listing: what it does, for which model, examples, variables, price. Never the prompt's own text.",
    {"slug": SLUG},
    ["slug"],
)
_tool(
    acts.buy_prompt,
    "Begin to buy a listing and get the address where the person pays. Nothing is charged by this call. A free listing"
    " is in the library at once.",
    {"slug": SLUG},
    ["slug"],
    only_reads=False,
)
_tool(
    acts.render_prompt,
    "Fill in a prompt from the person's own library. Variables left out keep their default, or stay as [placeholders].",
    {
        "prompt": {**TEXT, "description": "The listing's slug, or the id in the library."},
        "variables": {"type": "object", "additionalProperties": {"type": ["string", "number"]}},
        "version": {"type": "integer", "minimum": 1, "description": "The newest without it."},
    },
    ["prompt"],
)


async def list_tools(_context: Any, _params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
    return types.ListToolsResult(tools=[tool for _act, tool in TOOLS.values()])


async def call_tool(_context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
    if params.name not in TOOLS:
        raise MCPError(code=types.INVALID_PARAMS, message=f"There is no tool called {params.name[:60]!r}.")
    act, tool = TOOLS[params.name]
    try:
        arguments = _checked(tool, params.arguments or {})
        answer = await _do(act, arguments)
    except Problem as refusal:
        # The model should hear what was wrong, and may do better.
        words = json.dumps(refusal.as_json(), ensure_ascii=False)
        return types.CallToolResult(content=[types.TextContent(type="text", text=words)], is_error=True)
    text = json.dumps(answer, ensure_ascii=False, default=str)
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], structured_content=answer)


async def list_prompts(_context: Any, params: types.PaginatedRequestParams | None) -> types.ListPromptsResult:
    found, following = await _refusing(acts.prompts, params.cursor if params else None)
    return types.ListPromptsResult(prompts=[_described(one) for one in found], next_cursor=following)


async def get_prompt(_context: Any, params: types.GetPromptRequestParams) -> types.GetPromptResult:
    text, instructions = await _refusing(acts.prompt, params.name, params.arguments or {})
    message = types.PromptMessage(role="user", content=types.TextContent(type="text", text=text))
    return types.GetPromptResult(description=instructions or None, messages=[message])


def _described(found: Mapping[str, Any]) -> types.Prompt:
    arguments = [
        types.PromptArgument(name=each["name"], description=_meaning(each) or None, required=not each.get("default"))
        for each in found["variables"]
    ]
    return types.Prompt(
        name=found["name"], title=found["title"], description=found["description"] or None, arguments=arguments
    )


def _meaning(variable: Mapping[str, Any]) -> str:
    choices = ", ".join(variable.get("choices") or [])
    parts = [variable.get("label"), variable.get("help"), choices and f"One of: {choices}", variable.get("default")]
    if parts[3]:
        parts[3] = f"Default: {parts[3]}"
    return ". ".join(str(part) for part in parts if part)


async def _refusing(act: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return await _do(act, *arguments)
    except Problem as refusal:
        message = "; ".join([refusal.detail, *(words for each in refusal.errors.values() for words in each)])
        raise MCPError(code=types.INVALID_PARAMS, message=message) from None


async def _do(act: Callable[..., Any], *arguments: Any) -> Any:
    """Our functions are synchronous: they run in the thread that holds the database connection."""

    def run() -> Any:
        try:
            return act(*arguments)
        except Http404:
            raise problems.not_found() from None

    try:
        return await sync_to_async(run, thread_sensitive=True)()
    except Problem:
        raise
    except Exception as problem:  # noqa: BLE001 — whatever it is, its words stay here
        # Neither the log nor the client gets words that may come from a prompt.
        log.error("An agent's call failed", extra={"act": act.__name__, "error": type(problem).__name__})
        raise MCPError(code=types.INTERNAL_ERROR, message="Something went wrong on our side.") from None


def _checked(tool: types.Tool, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as the tool's schema wants them; the few kinds of rules our schemas have are looked at here."""
    properties: dict[str, Any] = tool.input_schema["properties"]
    errors: dict[str, list[str]] = {}
    for name in tool.input_schema["required"]:
        if name not in sent:
            errors[name] = ["This is required."]
    for name, value in sent.items():
        rule = properties.get(name)
        if rule is None:
            errors[name] = ["There is no such argument."]
        elif wrong := _wrong(rule, value):
            errors[name] = [wrong]
    if errors:
        raise problems.invalid(errors)
    return dict(sent)


_KINDS: dict[str, Any] = {"string": str, "integer": int, "boolean": bool, "object": dict}


def _wrong(rule: Mapping[str, Any], value: Any) -> str:
    kind = rule["type"]
    if not isinstance(value, _KINDS[kind]) or (kind == "integer" and isinstance(value, bool)):
        return f"This must be of type {kind}."
    if isinstance(value, str) and ("\x00" in value or len(value) > rule.get("maxLength", 1000)):
        return "This text cannot be used."
    if "enum" in rule and value not in rule["enum"]:
        return f"Choose one of: {', '.join(rule['enum'])}."
    if kind == "integer" and not rule.get("minimum", 0) <= value <= rule.get("maximum", 10**9):
        return "This number is out of range."
    return ""


@lru_cache(maxsize=1)
def server() -> Server[Any]:
    return Server(
        "promptuary",
        version="1.0.0",
        title=settings.SITE_NAME,
        instructions=INSTRUCTIONS,
        website_url=settings.SITE_URL,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_prompts=list_prompts,
        on_get_prompt=get_prompt,
    )
