from importlib.util import find_spec

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config import health, views

# Signing in to the admin goes through the same door, and the same second factor, as everywhere else.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("account/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
# While the apps are being built, those without pages yet are passed over.
for module in ("accounts.urls", "marketplace.urls", "payments.urls"):
    if find_spec(module):
        urlpatterns.append(path("", include(module)))
if settings.DEBUG:
    urlpatterns += [
        path("dev/mail/", views.mailbox, name="mailbox"),
        path("dev/mail/<str:name>/", views.letter, name="letter"),
        *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    ]
