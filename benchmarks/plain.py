"""What acknowledgements and deliveries are compared with: a plain view, and a task that does nothing."""

import time

import redis
from celery import shared_task
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from accounts.models import Activity, User
from config import urls


@csrf_exempt
def view(request: HttpRequest) -> HttpResponse:
    """As anybody would write it, behind the same middleware as every page."""
    person = User.objects.order_by("pk").first()
    Activity.objects.create(actor=person, verb="plain.view", object_type="view", object_id=str(len(request.body)))
    return HttpResponse(status=200)


@shared_task
def nothing(*, mark: str) -> None:
    moment = time.time()
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.rpush(mark, moment)


urlpatterns = [*urls.urlpatterns, path("plain/", view)]
