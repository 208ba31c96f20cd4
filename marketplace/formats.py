"""A version of a prompt as a file to keep, or as text to paste into a model's own window.

Pure: everything comes in with the PromptDocument. The prompt's words are the same in every file, byte for byte; only
`for_model` fills them in.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _

from marketplace import variables as template_variables
from marketplace.variables import Variable

FORMATS = ("md", "json", "txt", "prompt.yml")
CONTENT_TYPES = {
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
    "txt": "text/plain; charset=utf-8",
    "prompt.yml": "application/yaml; charset=utf-8",
}

_FENCE = re.compile(r"^[ \t>]*(`{3,})", re.MULTILINE)
_UNSAFE_IN_NAMES = re.compile(r"[^a-z0-9]+")
_MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]<>|#~!])")
# What a YAML block can hold unchanged: printable text with plain line feeds, no line ending in a space.
_BLOCK_UNSAFE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[ \t](?:\n|\\Z)"
)
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class PromptDocument:
    """One version of a prompt with all that its reader may want to know beside it."""

    title: str
    template: str
    model: str = ""
    version: str = ""
    negative: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    instructions: str = ""
    variables: tuple[Variable, ...] = ()
    licence: str = ""
    url: str = ""
    seller: str = ""
    summary: str = ""


class UnknownFormat(ValueError):
    """There is no such file format."""


def write(document: PromptDocument, name: str) -> str:
    """The document in one of FORMATS."""
    if name not in _WRITERS:
        raise UnknownFormat(_("There is no such format. Choose one of: %(formats)s.") % {"formats": ", ".join(FORMATS)})
    return _WRITERS[name](document)


def file_name(document: PromptDocument, name: str) -> str:
    """A name that is safe in a header and on every file system: `launch-e-mail-v3.md`."""
    ascii_title = unicodedata.normalize("NFKD", document.title).encode("ascii", "ignore").decode().lower()
    stem = _UNSAFE_IN_NAMES.sub("-", ascii_title)[:_LONGEST_NAME].strip("-") or "prompt"
    version = _UNSAFE_IN_NAMES.sub("-", document.version.lower()).strip("-")[:20]
    return f"{stem}-v{version.removeprefix('v')}.{name}" if version else f"{stem}.{name}"


def to_txt(document: PromptDocument) -> str:
    """The template and nothing else."""
    return document.template


def to_json(document: PromptDocument) -> str:
    data = {
        "title": document.title,
        "summary": document.summary,
        "model": document.model,
        "version": document.version,
        "prompt": {
            "template": document.template,
            "negative": document.negative,
            "parameters": dict(document.parameters),
            "instructions": document.instructions,
        },
        "variables": [variable.as_json() for variable in _described(document)],
        "seller": document.seller,
        "licence": document.licence,
        "url": document.url,
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def to_markdown(document: PromptDocument) -> str:
    parts = [f"# {_inline(document.title)}", _byline(document)]
    if document.summary:
        parts.append(_inline(document.summary))
    parts += [f"## {_('Prompt')}", _fenced(document.template)]
    if document.negative:
        parts += [f"## {_('Negative prompt')}", _fenced(document.negative)]
    if document.parameters:
        rows = [(_inline(name), _inline(scalar(value))) for name, value in document.parameters.items()]
        parts += [f"## {_('Parameters')}", _table((_("Name"), _("Value")), rows)]
    if described := _described(document):
        heads = (_("Variable"), _("Meaning"), _("Default"), _("Choices"))
        parts += [f"## {_('Variables')}", _table(heads, [_variable_row(variable) for variable in described])]
    if document.instructions:
        parts += [f"## {_('Instructions')}", document.instructions]
    parts.append("---")
    parts.append("\n".join(line for line in (_inline(document.licence), document.url and f"<{document.url}>") if line))
    return "\n\n".join(part for part in parts if part) + "\n"


def to_prompt_yml(document: PromptDocument) -> str:
    """The shape that GitHub Models reads: name, description, model, modelParameters, messages."""
    data: dict[str, Any] = {"name": document.title, "description": document.summary or document.title}
    if document.model:
        data["model"] = document.model
    parameters = dict(document.parameters)
    if document.negative:
        parameters["negativePrompt"] = document.negative
    if parameters:
        data["modelParameters"] = parameters
    data["messages"] = [{"role": "user", "content": document.template}]
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100_000)


_WRITERS: dict[str, Callable[[PromptDocument], str]] = {
    "md": to_markdown,
    "json": to_json,
    "txt": to_txt,
    "prompt.yml": to_prompt_yml,
}


class _Dumper(yaml.SafeDumper):
    """Writes long texts as blocks where that changes nothing about them."""

    def represent_text(self, text: str) -> yaml.ScalarNode:
        if "\n" not in text:
            return self.represent_str(text)
        exact_as_block = _BLOCK_UNSAFE.search(text) is None and not text.startswith((" ", "\t", "\n"))
        return self.represent_scalar("tag:yaml.org,2002:str", text, style="|" if exact_as_block else '"')


_Dumper.add_representer(str, _Dumper.represent_text)


def for_model(document: PromptDocument, values: Mapping[str, object], target: str) -> str:
    """The filled-in prompt as the target's own window wants it pasted; raises variables.BadValues.

    The target is a model's name or slug; one that needs nothing special gets the text alone.
    """
    text, negative = (
        template_variables.render(part, values, document.variables).text
        for part in (document.template, document.negative)
    )
    target = target.lower()
    for name, written in _TARGETS.items():
        if name in target:
            return written(text, negative, document.parameters)
    return _for_others(text, negative, document.parameters)


def _for_midjourney(text: str, negative: str, parameters: Mapping[str, Any]) -> str:
    """One line with the parameters at its end, as in `a fox --no text --ar 3:2`."""
    flags = [f"--no {_one_line(negative)}"] if negative.strip() else []
    for name, value in parameters.items():
        flag = "--" + name.lstrip("-")
        if value in (True, "", None):
            flags.append(flag)
        elif value is not False:
            flags.append(f"{flag} {_one_line(scalar(value))}")
    return " ".join([_one_line(text), *flags])


def _for_stable_diffusion(text: str, negative: str, parameters: Mapping[str, Any]) -> str:
    """The three parts that image tools read back from their own files: prompt, negative prompt, settings."""
    lines = [text.strip()]
    if negative.strip():
        lines.append(f"Negative prompt: {_one_line(negative)}")
    if parameters:
        lines.append(", ".join(f"{_setting(name)}: {scalar(value)}" for name, value in parameters.items()))
    return "\n".join(lines)


def _for_chat(text: str, negative: str, parameters: Mapping[str, Any]) -> str:
    """Chat windows take no settings; what to leave out is said in words."""
    return f"{text}\n\n{_('Avoid:')} {negative.strip()}" if negative.strip() else text


def _for_others(text: str, negative: str, parameters: Mapping[str, Any]) -> str:
    parts = [text]
    if negative.strip():
        parts.append(f"{_('Negative prompt:')} {negative.strip()}")
    if parameters:
        parts.append("\n".join(f"{name}: {scalar(value)}" for name, value in parameters.items()))
    return "\n\n".join(parts)


_TARGETS: dict[str, Callable[[str, str, Mapping[str, Any]], str]] = {
    "midjourney": _for_midjourney,
    "niji": _for_midjourney,
    "stable": _for_stable_diffusion,
    "sdxl": _for_stable_diffusion,
    "chatgpt": _for_chat,
    "gpt": _for_chat,
    "claude": _for_chat,
    "gemini": _for_chat,
    "llama": _for_chat,
    "mistral": _for_chat,
    "deepseek": _for_chat,
    "grok": _for_chat,
    "qwen": _for_chat,
    "copilot": _for_chat,
}


def _described(document: PromptDocument) -> list[Variable]:
    """Every variable of the template, and those that only the negative prompt has."""
    return template_variables.describe(f"{document.template}\n{document.negative}", document.variables)


def _byline(document: PromptDocument) -> str:
    lines = (
        (_("Model"), document.model),
        (_("Version"), document.version),
        (_("Seller"), document.seller),
    )
    return "\n".join(f"- {name}: {_inline(value)}" for name, value in lines if value)


def _variable_row(variable: Variable) -> tuple[str, ...]:
    meaning = " – ".join(part for part in (variable.shown, variable.help) if part)
    return (
        f"`{_code(variable.name)}`",
        _inline(meaning),
        _inline(variable.default),
        _inline(", ".join(variable.choices)),
    )


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _head in heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _fenced(text: str) -> str:
    """The text in a code block whose fence is longer than any inside it."""
    longest = max((len(found) for found in _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _inline(text: str) -> str:
    return _MARKDOWN_SIGNS.sub(r"\\\1", _one_line(text))


def _code(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def scalar(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _setting(name: str) -> str:
    return {"cfg": "CFG scale", "cfg_scale": "CFG scale"}.get(name, template_variables.label_for(name))
