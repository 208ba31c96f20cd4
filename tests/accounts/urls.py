"""The project's addresses, the account's API, and a few views that only tests need."""

import threading
from typing import ClassVar

from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import HasScope, IdempotentMixin, IsModerator, IsSeller, IsSignedIn, TakesPart, Throttle
from config.urls import urlpatterns as project


class Counter(IdempotentMixin, APIView):
    """Counts how often it really ran; `wait` holds it in the middle."""

    permission_classes = (IsSignedIn, HasScope("read"))
    ran: ClassVar[list[object]] = []
    wait: ClassVar[threading.Event | None] = None
    fail: ClassVar[Exception | None] = None

    def post(self, request):
        Counter.ran.append(request.data)
        if Counter.wait:
            Counter.wait.wait(10)
        if Counter.fail:
            raise Counter.fail
        return Response(
            {"count": len(Counter.ran), "key": self.idempotency_key}, status=201, headers={"Location": "/x"}
        )


class Door(APIView):
    def get(self, request):
        return Response({"open": True})


class SellersOnly(Door):
    permission_classes = (IsSeller, HasScope("sell"))


class ModeratorsOnly(Door):
    permission_classes = (IsModerator, HasScope("moderate"))


class TakingPart(Door):
    permission_classes = (TakesPart,)


class Three(Throttle):
    scope, limit, seconds = "three", 3, 60


class Slow(Door):
    permission_classes = (IsSignedIn,)
    throttle_classes = (Three,)


urlpatterns = [
    path("api/count/", Counter.as_view()),
    path("api/sellers/", SellersOnly.as_view()),
    path("api/moderators/", ModeratorsOnly.as_view()),
    path("api/part/", TakingPart.as_view()),
    path("api/slow/", Slow.as_view()),
    path("api/shut/", Door.as_view()),
    # Behind ours, because they answer for everything that is not there.
    *project,
]
handler404 = "common.problems.page_not_found"
