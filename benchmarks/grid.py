"""What pages and calls are measured against: a plain page of 24 cards, as a careful Django developer writes it first.

One query with its joins, a cached template, a loop over the cards, behind no middleware at all.
"""

import os
from collections.abc import Callable
from pathlib import Path

GRID = """{% load i18n %}{% load static %}<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>Prompts</title>
<link rel="stylesheet" href="{% static "css/base.css" %}"></head><body><header><a href="{% url "home" %}">Promptuary</a>
<nav><a href="{% url "browse" %}">{% translate "Browse" %}</a>
<a href="{% url "cart" %}">{% translate "Cart" %}</a></nav>
</header><main><h1>{% translate "All prompts" %}</h1><div class="grid">{% for listing in listings %}
<article class="card">{% if listing.card.picture %}<img src="/media/{{ listing.card.picture.renditions.0.name }}"
 width="{{ listing.card.picture.width }}" height="{{ listing.card.picture.height }}" alt="{{ listing.title }}"
 loading="lazy">{% else %}<p class="excerpt">{{ listing.summary }}</p>{% endif %}
<h3><a href="{% url "listing" listing.slug %}">{{ listing.title }}</a></h3>
<p><span>{{ listing.model.name }}</span> <span>{{ listing.price|money:listing.currency }}</span></p>
<p><a href="{% url "seller" listing.seller.seller_profile.handle %}">{{ listing.seller.seller_profile.name }}</a>
{% if listing.rating_count %}<span title="{% translate "Rating" %}">{{ listing.rating_average|floatformat:1 }}
 ({{ listing.rating_count }})</span>{% endif %}</p></article>{% endfor %}</div></main>
<footer>{% translate "Terms" %}</footer></body></html>"""

Ask = Callable[[], None]


def prepare(host: str) -> None:
    """Production settings on whatever database the environment names, without a server in front."""
    from config import env, services

    env.load()
    services.start()
    secrets = services.var() / "secrets"
    os.environ |= {
        "DEBUG": "off",
        "PROMPTUARY_PROCESS": "web",
        "SITE_URL": f"http://{host}",
        "ALLOWED_HOSTS": host,
        "SECURE_SSL_REDIRECT": "off",
        "LOG_LEVEL": "error",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    fallback = {
        "DATABASE_URL": services.database_url(),
        "REDIS_URL": services.redis_url(9),
        "EMAIL_URL": "mailbox:",
        "STRIPE_SECRET_KEY": "sk_test_benchmark",
        "STRIPE_WEBHOOK_SECRET": "whsec_benchmark",
        "SECRET_KEY": (secrets / "secret_key").read_text().strip(),
        "PROMPT_KEYS": (secrets / "prompt_keys").read_text().strip(),
    }
    for name, value in fallback.items():
        os.environ.setdefault(name, value)
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        call_command("collectstatic", verbosity=0, interactive=False)


def floor(*, keeps_connection: bool = False) -> Ask:
    """The floor: a view of its own behind Django's bare handler, with the project's own filter for money."""
    from django.db import close_old_connections
    from django.http import HttpRequest, HttpResponse
    from django.template import engines

    from marketplace.models import Listing

    template = engines["django"].from_string("{% load ui %}" + GRID)

    def view(request: HttpRequest) -> HttpResponse:
        listings = Listing.objects.filter(status="live").select_related("seller__seller_profile", "model")
        return HttpResponse(template.render({"listings": listings.order_by("-trending", "-pk")[:24]}))

    def ask() -> None:
        if not keeps_connection:
            close_old_connections()
        assert len(view(HttpRequest()).content) > 4000

    return ask
