"""Pages are put together from pieces of escaped HTML."""

import pathlib
from collections.abc import Callable, Iterable

from markupsafe import Markup
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from payments.sandbox.pages.words import language, say

View = Callable[..., Response]
rules: list[Rule] = []
views: dict[str, View] = {}
STYLE = pathlib.Path(__file__).with_name("style.css").read_text(encoding="utf-8")
PAGE = """<!doctype html>
<html lang="{}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{} · {}</title>
<style>{}</style>
</head>
<body class="{}">
<p class="ribbon"><strong>{}</strong> {}</p>
<main>{}</main>
</body>
</html>
"""


def view(path: str, *methods: str) -> Callable[[View], View]:
    """Names the function that answers this path."""

    def register(function: View) -> View:
        name = f"{function.__module__}.{function.__qualname__}"
        views[name] = function
        rules.append(Rule(path, endpoint=name, methods=methods or ("GET",)))
        return function

    return register


def page(title: str, *parts: Markup, status: int = 200, kind: str = "narrow") -> Response:
    ribbon = say("Sandbox."), say("This is not Stripe; no money moves here.")
    head = language(), say(title), say("Stripe sandbox"), Markup(STYLE)  # noqa: S704 - our own style sheet
    text = fill(PAGE, *head, kind, *ribbon, join(parts))
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    return Response(text, status, headers, content_type="text/html; charset=utf-8")


def see_other(url: str) -> Response:
    return Response("", 303, {"Location": url, "Cache-Control": "no-store"}, content_type="text/plain")


def join(parts: Iterable[Markup]) -> Markup:
    return Markup("\n").join(parts)


def fill(text: str, *values: object, **named: object) -> Markup:
    """HTML with places for values, which are escaped."""
    return Markup(text).format(*values, **named)  # noqa: S704 - the text is ours, the values are escaped


def notice(text: str, kind: str = "note") -> Markup:
    return fill('<p class="notice {}" role="{}">{}</p>', kind, "alert" if kind == "problem" else "status", say(text))


def field(name: str, label: str, value: str = "", *, kind: str = "text", required: bool = True, **more: str) -> Markup:
    extra = join(fill(' {}="{}"', one.replace("_", "-"), what) for one, what in more.items())
    return fill(
        '<label for="{0}">{1}</label><input id="{0}" name="{0}" type="{2}" value="{3}"{4}{5}>',
        name,
        say(label),
        kind,
        value,
        Markup(" required") if required else "",
        extra,
    )


def button(label: str, *, name: str = "", value: str = "", kind: str = "", form: str = "") -> Markup:
    parts = [fill(' name="{}" value="{}"', name, value) if name else Markup("")]
    parts.append(fill(' class="{}"', kind) if kind else Markup(""))
    parts.append(fill(' formaction="{}"', form) if form else Markup(""))
    return fill("<button{}>{}</button>", Markup("").join(parts), say(label))


def table(heads: Iterable[str], rows: Iterable[Iterable[object]], empty: str = "Nothing yet.") -> Markup:
    body = [fill("<tr>{}</tr>", Markup("").join(fill("<td>{}</td>", cell) for cell in row)) for row in rows]
    if not body:
        return notice(empty)
    head = Markup("").join(fill('<th scope="col">{}</th>', one) for one in heads)
    return fill(
        '<div class="scroll"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>', head, join(body)
    )
