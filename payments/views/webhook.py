from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments import alerts, webhooks

LARGEST = 2 * 1024 * 1024


@csrf_exempt  # signed by Stripe instead
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Stripe's deliveries: verified and filed, handled by a worker."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return HttpResponse(status=413)
    try:
        webhooks.receive(request.body, request.headers.get("Stripe-Signature", ""))
    except (webhooks.BadSignature, webhooks.OtherMode):
        return HttpResponse(status=400)
    alerts.look_at_beat()
    return HttpResponse(status=200)
