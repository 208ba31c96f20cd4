from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config import api_urls, back_office, dev, health, media, views

back_office.close()

# Under /api/ what Django itself refuses is a problem document, too.
handler400 = "common.problems.bad_request"
handler403 = "common.problems.permission_denied"
handler404 = "common.problems.page_not_found"
handler500 = "config.outages.failed"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("favicon.ico", views.icon, name="icon"),
    path("admin/", admin.site.urls),
    path("account/", include("allauth.urls")),
    path("api/v1/", include("config.api_urls")),
    path("api/", api_urls.missing),
    path("api/<path:rest>", api_urls.missing),
    path("", include("accounts.urls")),
    path("", include("marketplace.urls")),
    path("", include("payments.urls")),
]
if settings.MEDIA_STORAGE == "file":
    urlpatterns.append(path("media/<path:name>", media.serve, name="media"))
if settings.DEBUG:
    urlpatterns += [
        path("dev/components/", dev.components, name="components"),
        path("dev/mail/", views.mailbox, name="mailbox"),
        path("dev/mail/<str:name>/", views.letter, name="letter"),
    ]
