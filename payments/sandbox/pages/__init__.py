"""The pages that people see: hosted checkout, 3-D Secure, onboarding, a dashboard."""

from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map
from werkzeug.wrappers import Request, Response

from . import html
from .html import rules, views

if TYPE_CHECKING:
    from ..app import Sandbox


def load() -> Map:
    from . import checkout, dashboard, setup

    for module in (checkout, dashboard, setup):
        assert module.__doc__  # imported for the rules that they register
    return Map(rules)


table: Map | None = None


def answer(sandbox: "Sandbox", request: Request) -> Response:
    global table
    if table is None:
        table = load()
    try:
        name, places = table.bind_to_environ(request.environ).match()
        return views[name](sandbox, request, **places)
    except NotFound:
        return html.page("Not found", html.notice("This sandbox has no such page."), status=404)
    except HTTPException as problem:
        return html.page("Not possible", html.notice(problem.description or ""), status=problem.code or 400)
