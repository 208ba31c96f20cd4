"""/account/webhooks/: messages to sellers' own programs; where to, for what, and how each went."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import forms, permissions, webhooks
from accounts.models import Webhook
from accounts.views.guards import person, signed_in
from common import throttle
from common.pagination import Keyset
from common.problems import Problem

SHOWN = 20
BY_HAND = (30, 3600)  # messages an account sends by hand in so many seconds, as in the API


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def list_webhooks(request: HttpRequest) -> HttpResponse:
    """Those there are, and a form for one more; the answer to the form shows the secret, once."""
    user = person(request)
    form = forms.WebhookForm(request.POST or None)
    if request.method != "POST":
        return _list(request, form)
    if not permissions.may_sell(user):
        raise Http404
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        made, secret = webhooks.subscribe(user, **form.cleaned_data)
    except Problem as refusal:
        _put_errors(form, refusal)
        return _list(request, form, status=422)
    return _one(request, made, secret=secret)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, webhook_id: str) -> HttpResponse:
    """One of them: what was sent and how it went; its address and events may be changed."""
    webhook = _mine(request, webhook_id)
    if request.method != "POST":
        return _one(request, webhook)
    form = forms.WebhookForm(request.POST)
    if form.is_valid():
        try:
            webhooks.change(webhook, **form.cleaned_data)
        except Problem as refusal:
            _put_errors(form, refusal)
        else:
            messages.success(request, _("The webhook is saved."))
            return redirect("account-webhook", webhook.public_id)
    return _one(request, webhook, form=form, status=422)


def _act(do: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """A button on a webhook's page; what the domain refuses becomes a message."""

    @signed_in
    @require_POST
    @wraps(do)
    def act(request: HttpRequest, webhook_id: str, **more: str) -> HttpResponse:
        webhook = _mine(request, webhook_id)
        try:
            answer = do(request, webhook, **more)
        except Problem as refusal:
            messages.error(request, str(refusal.detail))
            answer = None
        return answer if isinstance(answer, HttpResponse) else redirect("account-webhook", webhook.public_id)

    return act


@_act
def test(request: HttpRequest, webhook: Webhook) -> None:
    _count(request)
    webhooks.test(webhook)
    messages.success(request, _("A test message is on its way."))


@_act
def send_again(request: HttpRequest, webhook: Webhook, delivery_id: str) -> None:
    found = webhook.deliveries.filter(public_id=delivery_id).first()
    if found is None:
        raise Http404
    _count(request)
    webhooks.send_again(found)
    messages.success(request, _("The message is on its way again."))


@_act
def switch(request: HttpRequest, webhook: Webhook) -> None:
    is_on = webhook.stopped_at is not None
    webhooks.change(webhook, is_on=is_on)
    messages.success(request, _("The webhook is on.") if is_on else _("The webhook is off."))


@_act
def new_secret(request: HttpRequest, webhook: Webhook) -> HttpResponse:
    return _one(request, webhook, secret=webhooks.new_secret(webhook))


@_act
def delete(request: HttpRequest, webhook: Webhook) -> HttpResponse:
    webhooks.delete(webhook)
    messages.success(request, _("The webhook is deleted."))
    return redirect("account-webhooks")


def _mine(request: HttpRequest, webhook_id: str) -> Webhook:
    found = webhooks.of(person(request)).filter(public_id=webhook_id).first()
    if found is None:
        raise Http404
    return found


def _count(request: HttpRequest) -> None:
    throttle.hit("accounts.webhook-messages", person(request).pk, *BY_HAND).require()


def _put_errors(form: forms.WebhookForm, refusal: Problem) -> None:
    if not refusal.errors:
        form.add_error(None, str(refusal.detail))
    for name, words in refusal.errors.items():
        for word in words:
            form.add_error(name if name in form.fields else None, str(word))


def _list(request: HttpRequest, form: forms.WebhookForm, *, status: int = 200) -> HttpResponse:
    user = person(request)
    context = {"form": form, "webhooks": list(webhooks.of(user)), "may_have": permissions.may_sell(user)}
    return render(request, "accounts/webhooks.html", context, status=status)


def _one(
    request: HttpRequest,
    webhook: Webhook,
    *,
    form: forms.WebhookForm | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    cursor = request.GET.get("cursor") or None
    page = Keyset(webhook.deliveries.all(), ["-created_at", "-pk"], cursor, SHOWN)
    known = {"url": webhook.url, "events": webhook.events, "description": webhook.description}
    context = {
        "webhook": webhook,
        "deliveries": page.items,
        "next_url": f"?cursor={page.next}" if page.next else "",
        "previous_url": f"?cursor={page.previous}" if page.previous else "",
        "form": form or forms.WebhookForm(initial=known),
        "secret": secret,
    }
    response = render(request, "accounts/webhook.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response
