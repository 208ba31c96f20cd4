"""One settings file; the environment decides (see .env.example for every name)."""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from cryptography.fernet import Fernet
from django.utils.translation import gettext_lazy as _

from common import money
from config import env, errors, logs, mail, office, sandbox, services

# Forms and admin classes may say what they are about: ModelForm[Listing].
django_stubs_ext.monkeypatch()
BASE_DIR = Path(__file__).resolve().parent.parent
env.load()
VAR = services.var()

DEBUG = env.flag("DEBUG", True)
TESTING = env.flag("TESTING", False)


def in_development(name: str, make: str | None = None) -> str | None:
    """A secret generated once on a developer's machine; None (refuse to start) anywhere else."""
    return env.kept(VAR / "secrets" / name.lower(), make) if DEBUG else None


# ---- Secrets -------------------------------------------------------------------------------------------------------
SECRET_KEY = env.secret("SECRET_KEY", in_development("SECRET_KEY"))
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", [])
# Fernet keys that encrypt prompt text at rest, newest first: the first writes, all of them read.
PROMPT_KEYS = env.keys("PROMPT_KEYS", in_development("PROMPT_KEYS", Fernet.generate_key().decode()))

# ---- Where we are --------------------------------------------------------------------------------------------------
SITE_URL = env.address("SITE_URL", services.addresses()["site"] if DEBUG else None, "https", "http").rstrip("/")
SITE_NAME = "Promptuary"
_site = urlsplit(SITE_URL)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"] if DEBUG else [_site.hostname or ""])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
# How many proxies of ours stand in front; only then are their X-Forwarded headers believed.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0, most=5)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# ---- The parts -----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "accounts.apps.AccountsConfig",
    "marketplace.apps.MarketplaceConfig",
    "payments.apps.PaymentsConfig",
    "common.apps.CommonConfig",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
]
MIDDLEWARE = [
    "config.headers.HeadersMiddleware",
    "config.health.HealthMiddleware",
    "config.compression.CompressionMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.freshness.FreshSignInMiddleware",
    "accounts.limits.LimitsMiddleware",
    "accounts.api.throttling.RateLimitMiddleware",
    "payments.shopper.ViaMiddleware",
    "config.outages.OutageMiddleware",
    *(["config.missing.MissingMiddleware"] if DEBUG else []),
]
ROOT_URLCONF = "config.urls"
UNFOLD = office.LOOK
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.headers.csp_nonce",
                "payments.shopper.header",
                "accounts.context.header",
            ],
        },
    },
]
SILENCED_SYSTEM_CHECKS: list[str] = []

# ---- Data ----------------------------------------------------------------------------------------------------------
DATABASE_URL = env.text("DATABASE_URL", services.database_url())
if sys.argv[1:2] == ["migrate"]:
    # In production the application may connect as a role that owns nothing and migrate as the one that does.
    DATABASE_URL = env.text("DATABASE_OWNER_URL", DATABASE_URL)
PROCESS = os.environ.get("PROMPTUARY_PROCESS", "command")  # web, worker, beat, or a command of manage.py
DATABASE = env.database(DATABASE_URL)
# A visitor never waits longer than this for a statement; migrations and workers may. Nobody waits long for a lock.
_limits = {"lock_timeout": "3s", "idle_in_transaction_session_timeout": "60s"}
# Of the vector index: how many are looked at, and that a filter makes it look further.
_limits |= {"hnsw.ef_search": "400", "hnsw.iterative_scan": "relaxed_order"}
if PROCESS == "web":
    _limits["statement_timeout"] = "10s"
DATABASES = {
    "default": DATABASE
    | {
        "CONN_MAX_AGE": 300 if PROCESS in {"web", "worker"} else 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": f"promptuary-{PROCESS}",
            "connect_timeout": "5",
            "options": " ".join(f"-c {name}={value}" for name, value in _limits.items()),
        }
        | dict(DATABASE["OPTIONS"]),  # type: ignore[call-overload]
        "TEST": {"NAME": os.environ.get("TEST_DATABASE"), "TEMPLATE": os.environ.get("TEST_TEMPLATE")},
    }
}
REDIS_URL = env.address("REDIS_URL", services.redis_url(), "redis", "rediss", "unix", needs_host=False)
CACHES = {
    "default": {
        # Redis may be away: then everything is a miss, and nothing breaks.
        "BACKEND": "config.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "promptuary-cache",
        "TIMEOUT": 300,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1},
    }
}
# How long a page that holds nothing personal may be given to the next visitor as it is; tests look at every change.
PAGE_SECONDS = 0 if TESTING else env.number("PAGE_SECONDS", 20, most=3600)
# In the database, so that emptying Redis signs nobody out.
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # a listing with a hundred variables and twelve examples
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o644

# ---- Tasks ---------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.broker(
    "CELERY_BROKER_URL", REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.number("WORKER_CONCURRENCY", 2, least=1)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TRACK_STARTED = False
CELERY_TIMEZONE = "UTC"
# Publishing gives up within about a second: a request never hangs on the broker, the sweep finds what was not sent.
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than any task may run, so nothing is handed out twice while it is still being worked on.
    "visibility_timeout": 900,
    "socket_connect_timeout": 2,
    "socket_timeout": 2 if PROCESS == "web" else 10,
    "socket_keepalive": True,
    "retry_policy": {"timeout": 1.0},
    "global_keyprefix": "promptuary:",
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "run" / "beat")
CELERY_BEAT_SCHEDULE = {
    "outbox": {"task": "accounts.tasks.sweep_outbox", "schedule": 20, "options": {"expires": 15}},
    "tidy": {"task": "accounts.tasks.tidy", "schedule": 3600, "options": {"expires": 3000}},
    "sweep": {"task": "payments.tasks.sweep", "schedule": 60, "options": {"expires": 50}},
    "books": {"task": "payments.tasks.reconcile_books", "schedule": 24 * 3600, "options": {"expires": 3600}},
    "glance": {"task": "payments.tasks.glance_at_books", "schedule": 120, "options": {"expires": 100}},
    "views": {"task": "marketplace.tasks.flush_views", "schedule": 60, "options": {"expires": 50}},
    "figures": {"task": "marketplace.tasks.recount_all", "schedule": 3600, "options": {"expires": 3000}},
    "search": {"task": "marketplace.tasks.mend_search", "schedule": 60, "options": {"expires": 50}},
    "searches": {"task": "marketplace.tasks.flush_searches", "schedule": 60, "options": {"expires": 50}},
    "pictures": {"task": "marketplace.tasks.clear_up_images", "schedule": 6 * 3600, "options": {"expires": 3600}},
    "payouts": {"task": "payments.tasks.pay_out_sellers", "schedule": 3600, "options": {"expires": 3000}},
}

# ---- Search --------------------------------------------------------------------------------------------------------
# Whether questions are also understood by meaning; the weights come with requirements-model.txt, or from a folder in
# the layout of sentence-transformers (BERT, 384 dimensions).
SEARCH_MEANING = env.flag("SEARCH_MEANING", True)
SEARCH_ENCODER = env.text("SEARCH_ENCODER", "")

# ---- Files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_STORAGE = env.choice("MEDIA_STORAGE", "file", ("file", "s3"))
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR / "media")))
PLAIN_STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"
MANIFEST_STATIC = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "storages.backends.s3.S3Storage" if MEDIA_STORAGE == "s3" else "config.storage.WholeFiles"},
    "staticfiles": {"BACKEND": PLAIN_STATIC if DEBUG else MANIFEST_STATIC},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
if MEDIA_STORAGE == "s3":
    AWS_STORAGE_BUCKET_NAME = env.text("AWS_STORAGE_BUCKET_NAME", None)
    AWS_S3_ENDPOINT_URL = os.environ.get("AWS_S3_ENDPOINT_URL") or None
    AWS_S3_REGION_NAME = os.environ.get("AWS_S3_REGION_NAME") or None
    AWS_S3_CUSTOM_DOMAIN = os.environ.get("AWS_S3_CUSTOM_DOMAIN") or None
    AWS_S3_FILE_OVERWRITE = False
    AWS_DEFAULT_ACL = None
    AWS_QUERYSTRING_AUTH = env.flag("AWS_QUERYSTRING_AUTH", False)
    AWS_S3_OBJECT_PARAMETERS = {"CacheControl": "public, max-age=31536000, immutable"}

# ---- People --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Nobody needs a password: a code by e-mail is the first thing offered, and a password can be set later.
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "signup": "accounts.forms.SignUpForm",
    "request_login_code": "accounts.forms.CodeForm",
}
# Every attempt is counted by accounts.limits, which is closed while Redis is away; the library's own limits are open.
ACCOUNT_RATE_LIMITS = False
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# Offered only to addresses without an account, the change of an address would tell which have one.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_PREVENT_ENUMERATION = True
# The letter to an address nobody registered is written, so that the answer takes as long, and then thrown away.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "fax_number"
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_FORMS = {"add_webauthn": "accounts.forms.PasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG

# ---- Languages and time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# ---- Headers and cookies -------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", not DEBUG)
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_NAME = "sessionid" if DEBUG else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if DEBUG else "__Host-csrftoken"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"

# ---- Money: whole minor units, rates in basis points ---------------------------------------------------------------
CURRENCY = env.code("CURRENCY", "usd", money.KNOWN)
MIN_PRICE = env.number("MIN_PRICE", 300, least=300)  # the database refuses less
COMMISSION_BPS = env.number("COMMISSION_BPS", 2000, most=10_000)
HOLD_DAYS = env.number("HOLD_DAYS", 7, most=365)
REFUND_DAYS = env.number("REFUND_DAYS", 7, most=365)
MIN_PAYOUT = env.number("MIN_PAYOUT", 1000)
PAYOUT_LIMIT = env.number("PAYOUT_LIMIT", 1_000_000)  # above it two people have to agree

# ---- Stripe: the sandbox of our own unless a key says otherwise ----------------------------------------------------
STRIPE_SANDBOX_KEY = "sk_test_sandbox_promptuary"
STRIPE_SANDBOX = DEBUG and not env.present("STRIPE_SECRET_KEY")
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY", STRIPE_SANDBOX_KEY if DEBUG else None)
STRIPE_WEBHOOK_SECRET = env.text("STRIPE_WEBHOOK_SECRET", sandbox.webhook_secret() if STRIPE_SANDBOX else None)
# Empty: Stripe itself.
STRIPE_API_BASE = env.address(
    "STRIPE_API_BASE", services.addresses()["sandbox"] if STRIPE_SANDBOX else "", "https", "http"
).rstrip("/")
# Let Stripe Tax work out what is due on top of prices (needs registrations in the Stripe account).
STRIPE_TAX = env.flag("STRIPE_TAX", False)
# Where a form may lead after we answered it: the hosted checkout and onboarding pages.
STRIPE_PAGES = ["https://checkout.stripe.com", "https://connect.stripe.com"] if not STRIPE_SANDBOX else []
if STRIPE_API_BASE:
    STRIPE_PAGES += sorted({STRIPE_API_BASE, STRIPE_API_BASE.replace("//127.0.0.1", "//localhost")})

# ---- Mail, log, error reports --------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"{SITE_NAME} <hello@{_site.hostname}>")
MAILBOX = Path(env.text("MAILBOX", str(VAR / "mail")))
EMAIL_TIMEOUT = 10
EMAIL_URL = env.text("EMAIL_URL", "mailbox:" if DEBUG else None)
globals().update(mail.settings_from(EMAIL_URL))
if globals()["EMAIL_BACKEND"].startswith("anymail."):
    INSTALLED_APPS.append("anymail")
LOGGING = logs.settings_for(PROCESS, env.choice("LOG_LEVEL", "info", ("debug", "info", "warning", "error")))
SENTRY_DSN = os.environ.get("SENTRY_DSN", "")
errors.report_to(SENTRY_DSN, environment="development" if DEBUG else "production")

# ---- API -----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    # Every view opens its own door: what says nothing is closed.
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.TokenAuthentication",
        "accounts.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.throttling.CallThrottle"],
    "DEFAULT_PAGINATION_CLASS": "common.pagination.KeysetPagination",
    "PAGE_SIZE": 24,
    "EXCEPTION_HANDLER": "common.problems.handler",
    "NON_FIELD_ERRORS_KEY": "non_field_errors",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.parsers.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "common.negotiation.AlwaysJSON",
    # `format` is the library's own parameter for files.
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "config.openapi.DoorSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# Receivers of webhooks that may be reached though they are not on the public internet: host:port, host:port.
OUTBOUND_ALLOWED = [place.strip() for place in os.environ.get("OUTBOUND_ALLOWED", "").split(",") if place.strip()]
SPECTACULAR_SETTINGS = {
    "TITLE": f"{SITE_NAME} API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVERS": [{"url": SITE_URL}],
    "POSTPROCESSING_HOOKS": ["config.openapi.add_components"],
    "DISABLE_ERRORS_AND_WARNINGS": True,
}
