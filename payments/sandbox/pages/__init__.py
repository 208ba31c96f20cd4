"""The pages that people see: hosted checkout, 3-D Secure, onboarding, a dashboard."""

import functools
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map
from werkzeug.wrappers import Request, Response

from payments.sandbox.pages import html, words
from payments.sandbox.pages.html import rules, views

if TYPE_CHECKING:
    from payments.sandbox.app import Sandbox


@functools.cache
def routes() -> Map:
    from payments.sandbox.pages import checkout, dashboard, setup

    for module in (checkout, dashboard, setup):
        assert module.__doc__  # imported for the rules that they register
    return Map(rules)


def answer(sandbox: "Sandbox", request: Request) -> Response:
    words.listen(request)
    try:
        name, places = routes().bind_to_environ(request.environ).match()
        return views[name](sandbox, request, **places)
    except NotFound:
        return html.page("Not found", html.notice("This sandbox has no such page."), status=404)
    except HTTPException as problem:
        return html.page("Not possible", html.notice(problem.description or ""), status=problem.code or 400)
