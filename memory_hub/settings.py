"""Settings of Memory Hub, read once from the environment; a bad value stops the process.

``HUB_ENVIRONMENT`` picks a preset: ``dev`` (default), ``prod`` or ``test``. What each variable
means is in docs/deployment.md.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from google_docs.configuration import from_environment as google_docs_configuration
from memory_hub import guide
from memory_hub.conf import env
from memory_hub.conf.admin_theme import UNFOLD as UNFOLD
from memory_hub.conf.filesystems import refuse_network_filesystem
from memory_hub.conf.mail import mail_settings
from memory_hub.conf.production_checks import require_safe
from memory_hub.conf.secret_key import secret_key
from memory_hub.conf.signup import sign_up
from memory_hub.conf.single_sign_on import single_sign_on
from memory_hub.database.configuration import databases
from monitoring.logs.setup import configure as configure_logging
from superthread.scanning.rules import PERSONAL

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

HUB_ENVIRONMENT = env.choice("HUB_ENVIRONMENT", ["dev", "prod", "test"], "dev")
PRODUCTION = HUB_ENVIRONMENT == "prod"
DATA_DIR = env.directory("HUB_DATA_DIR", BASE_DIR / "var")
if not env.flag("HUB_NETWORK_DATA_DIR", default=False):
    refuse_network_filesystem(DATA_DIR)
SECRET_KEY = secret_key(DATA_DIR)
DEBUG = env.flag("DEBUG", default=False)

HUB_HOST = env.text("HUB_HOST", "127.0.0.1")
HUB_PORT = env.integer("HUB_PORT", 8000, least=1, most=65535)
# Where people find the hub: the only source of links that leave it. Below a path of its host, that
# path is the prefix of everything; the proxy may take it off or leave it.
HUB_PUBLIC_URL = env.public_url("HUB_PUBLIC_URL")
HUB_PATH_PREFIX = env.path_prefix("HUB_PATH_PREFIX", urlsplit(HUB_PUBLIC_URL).path)
if HUB_PUBLIC_URL and urlsplit(HUB_PUBLIC_URL).path != HUB_PATH_PREFIX:
    raise ImproperlyConfigured("HUB_PUBLIC_URL must end with HUB_PATH_PREFIX.")
FORCE_SCRIPT_NAME = HUB_PATH_PREFIX or None
ALLOWED_HOSTS = env.words("HUB_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", HUB_HOST])
if HUB_PUBLIC_URL:
    _host = urlsplit(HUB_PUBLIC_URL).hostname or ""
    ALLOWED_HOSTS.append(f"[{_host}]" if ":" in _host else _host)
# Where the welcome of the very first start goes instead of standard output, which may be a log.
HUB_WELCOME_FILE = env.text("HUB_WELCOME_FILE", "")
# Who may see /docs, /redoc and /openapi.json: everybody, users, or nobody.
HUB_DOCS = env.choice("HUB_DOCS", ["public", "private", "off"], "public")
HUB_PUBLIC_READ = env.flag("HUB_PUBLIC_READ", default=False)
HUB_PUBLIC_IN_ALL = env.flag("HUB_PUBLIC_IN_ALL", default=True)

# Whether reads of shared memories, and refusals, are counted; `every`: no answer before its row.
HUB_AUDIT_READS = env.choice("HUB_AUDIT_READS", ["off", "counted", "every"], "counted")
# Seconds for which they are kept, 0 for ever: entries of the journal, where each came from, reads.
HUB_JOURNAL_KEPT = env.seconds("HUB_JOURNAL_KEPT", 0)
HUB_ORIGINS_KEPT = env.seconds("HUB_ORIGINS_KEPT", 400 * 86_400)
HUB_READS_KEPT = env.seconds("HUB_READS_KEPT", 90 * 86_400)

# What becomes of memories for others that hold a secret, and which numbers of persons count as one.
HUB_SCAN = env.choice("HUB_SCAN", ["off", "flag", "refuse"], "flag")
HUB_SCAN_PERSONAL = env.some_of("HUB_SCAN_PERSONAL", PERSONAL)

HUB_OIDC = single_sign_on()
INSTALLED_APPS = [
    "memory_hub",  # before the theme: it has another build of one of its scripts
    "unfold",
    "unfold.contrib.filters",
    "memory_hub.jobs",
    "memory_hub.accounts",
    "memory_hub.caching",
    "memory_hub.journal",
    "memory_hub.idempotency",
    "superthread",
    "superthread.feed.webhooks",
    "google_docs",
    "integrations.oauth",
    "integrations.mcp",
    "monitoring",
    "web",  # before allauth, whose templates it has its own instead of
    *env.modules("HUB_APPS"),
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    # Always, for the table that goes with an account; a provider, only where one is named.
    "allauth.socialaccount",
    *(["web.single_sign_on"] if HUB_OIDC else []),
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "django.contrib.humanize",
    "rest_framework",
    "corsheaders",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

# For pages people open; the API takes the lean list below on the event loop (http/api_handler.py).
MIDDLEWARE = [
    "monitoring.record.route_notes.note_route",
    "django.middleware.security.SecurityMiddleware",
    "memory_hub.http.content_security_policy.PagePolicyMiddleware",
    "memory_hub.http.middleware.RefusalMiddleware",
    "memory_hub.http.middleware.StaticFilesMiddleware",
    "memory_hub.http.middleware.StrongGZipMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "memory_hub.http.middleware.PointsMiddleware",
    "web.language.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
API_MIDDLEWARE = [
    "monitoring.record.route_notes.note_route",
    "integrations.oauth.challenge.ChallengeMiddleware",
    "memory_hub.http.middleware.ApiSecurityMiddleware",
    "memory_hub.http.middleware.StrongGZipMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "memory_hub.http.middleware.HostCheckMiddleware",
]

ROOT_URLCONF = "memory_hub.urls"
ASGI_APPLICATION = "memory_hub.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = databases(HUB_ENVIRONMENT, DATA_DIR, statistics="monitoring")
DATABASE_ROUTERS = ["monitoring.router.MonitoringRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# On PostgreSQL; off for a pooler that hands out its connections by transaction.
HUB_PREPARED_STATEMENTS = env.flag("HUB_PREPARED_STATEMENTS", default=True)

# Threads that run the database part of requests, per worker process, and how many requests may
# wait for one before the hub answers 503 at once.
HUB_THREADS = env.integer("HUB_THREADS", 8, least=1, most=256)
HUB_THREAD_QUEUE = env.integer("HUB_THREAD_QUEUE", 200, least=1)

# Addresses or networks whose X-Forwarded-For and -Proto are believed. Who may write to a Unix
# socket is decided by its directory: the proxy.
_unix_socket = env.text("HUB_BIND", "").startswith("unix:")
HUB_TRUSTED_PROXIES = env.networks("HUB_TRUSTED_PROXIES", ["*"] if _unix_socket else [])

# Seconds after which a request is given up with 503, whatever it waits for.
HUB_REQUEST_SECONDS = env.seconds("HUB_REQUEST_SECONDS", 30)
# Request limits: bytes of a body, those that an app may allow for a path of its own, and seconds
# within which it must be complete.
HUB_BODY_LIMIT = 8 * 2**20
HUB_BODIES_MB = env.integer("HUB_BODIES_MB", 72, least=40)  # of all bodies that a worker holds
# Of answers being built in a worker, and as much again of those that wait for clients to take them.
HUB_ANSWERS_MB = env.integer("HUB_ANSWERS_MB", 72, least=40)
# What a worker may grow by beside its caches; once nothing large is under way it is replaced else.
HUB_WORKER_GROWTH_MB = env.integer("HUB_WORKER_GROWTH_MB", 24)
HUB_BODY_SECONDS = env.seconds("HUB_BODY_SECONDS", 10)
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 2**20

# Whether the workers look for scheduled jobs and queued tasks: without, `manage.py jobs work` does.
HUB_JOBS = env.flag("HUB_JOBS", default=True)

# On SQLite: megabytes of the database up to which it is written anew after memories were deleted
# for good; a megabyte takes some 10 ms, in which writers wait.
HUB_REWRITE_MB = env.integer("HUB_REWRITE_MB", 16)
TASKS = {"default": {"BACKEND": "memory_hub.jobs.backend.DatabaseBackend"}}

# Webhooks: whether they may go to private addresses, and without TLS; the seconds between attempts,
# the last of them again and again.
HUB_WEBHOOK_PRIVATE = env.flag("HUB_WEBHOOK_PRIVATE", default=False)
HUB_WEBHOOK_RETRIES = env.pauses("HUB_WEBHOOK_RETRIES", "5s,30s,2m,10m,1h,3h,6h")

# Google Docs: what the GOOGLE_* variables say; without any of them the store answers 503.
GOOGLE_DOCS = google_docs_configuration(HUB_PUBLIC_URL)

# Whole answers kept by each worker, in megabytes; the counters that tell when they are outdated are
# in the data directory and, with REDIS_URL, in Redis as well, for several hosts.
HUB_RESPONSE_CACHE = env.flag("HUB_RESPONSE_CACHE", default=True)
HUB_RESPONSE_CACHE_MB = env.integer("HUB_RESPONSE_CACHE_MB", 24, least=1)
REDIS_URL = env.redis_url("REDIS_URL")

# Django's cache framework. None of these holds answers of the API: those have caches of their own.
# "default", where libraries keep limits and the like, and "shared" are the same for all workers:
# files of the host or, with REDIS_URL, Redis. "ttl" is each worker's own.
CACHES = {
    name: {
        "BACKEND": "memory_hub.caching.host_files.HostFiles",
        "LOCATION": DATA_DIR / "cache" / name,
        "OPTIONS": {"MAX_ENTRIES": 1000},
    }
    for name in ("default", "shared")
}
CACHES["ttl"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "TIMEOUT": 3600}
if REDIS_URL:
    for name in ("default", "shared"):
        CACHES[name] = {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": f"hub:{name}",
            "OPTIONS": {
                # Not pickles: who can write into Redis shall run nothing here.
                "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
                "IGNORE_EXCEPTIONS": True,  # a cache that is away is a cache that has nothing
                "SOCKET_CONNECT_TIMEOUT": 0.1,
                "SOCKET_TIMEOUT": 0.1,
            },
        }

# Limits: points of a token, of a session, and of an address without either (what costs how many is
# in rate_limits/prices.py; a user's all have three times as much), requests of one at once in a
# worker, attempts to log in from one address. "off" turns a rate off.
HUB_RATE_LIMIT = env.rate("HUB_RATE_LIMIT", "6000/minute")
HUB_LOGIN_LIMIT = env.rate("HUB_LOGIN_LIMIT", "20/minute")
# Clients that register from one address, and documents of clients that are read for one person.
HUB_OAUTH_REGISTRATIONS = env.rate("HUB_OAUTH_REGISTRATIONS", "20/hour")
HUB_OAUTH_DOCUMENTS = env.rate("HUB_OAUTH_DOCUMENTS", "60/hour")
HUB_CONCURRENT_REQUESTS = env.integer("HUB_CONCURRENT_REQUESTS", 64, least=1)

# Whether people may let clients act for them, where the hub knows its address (docs/oauth.md).
HUB_OAUTH = env.flag("HUB_OAUTH", default=True)

# Accounts
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "memory_hub.accounts.hashers.Argon2",
    "memory_hub.accounts.hashers.PBKDF2",
]
if HUB_ENVIRONMENT == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account_home"
# Passwords are guessed at most so often for one account from one address, then not for a while.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = env.integer("HUB_LOGIN_ATTEMPTS", 10, least=1)
AXES_COOLOFF_TIME = timedelta(seconds=env.seconds("HUB_LOGIN_COOLOFF", 900))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "memory_hub.accounts.login.attempted_address"
AXES_LOCKOUT_CALLABLE = "web.accounts.locked.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # who logged in when is nobody's business here
AXES_VERBOSE = False

# The pages of accounts are django-allauth's. What is limited is limited by axes and by
# HUB_LOGIN_LIMIT: its own limits would count the same again, in a cache that may forget.
ACCOUNT_ADAPTER = "web.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "web.accounts.forms.LoginForm",
    "change_password": "web.accounts.forms.ChangePasswordForm",
    "reset_password": "web.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "web.accounts.forms.ResetPasswordKeyForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Whoever has an account may log in; what an unproven address counts for, the gate says.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Memory Hub: "
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "memory_hub.accounts.reset_links.ResetTokens"  # noqa: S105 - a class
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = False
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
# A first password and a sign-on that is connected outlast the session that they are set up in.
ACCOUNT_REAUTHENTICATION_REQUIRED = True

SOCIALACCOUNT_ADAPTER = "web.accounts.single_sign_on.SingleSignOn"
SOCIALACCOUNT_PROVIDERS = HUB_OIDC.providers if HUB_OIDC else {}
MFA_ADAPTER = "web.accounts.second_factors.SecondFactors"
MFA_FORMS = {
    "authenticate": "web.accounts.second_factors.AuthenticateForm",
    "reauthenticate": "web.accounts.second_factors.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Also for an unproven address: whose it turns out to be takes the account over without them.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RATE_LIMITS = False
MFA_TOTP_ISSUER = "Memory Hub"

# Where mail goes, such as smtp://user:password@mail.example.com:587; without, links are shown to
# whoever would send them.
HUB_SENDS_MAIL = mail_settings(globals(), HUB_PUBLIC_URL)
# Who may make an account, and who invites: staff, or the admins of teams too.
HUB_SIGNUP = sign_up(sends_mail=HUB_SENDS_MAIL)
HUB_INVITES = env.choice("HUB_INVITES", ["staff", "team-admins"], "staff")

# Security: safe with no configuration; production also asks for TLS.
SESSION_COOKIE_HTTPONLY = True
# What else lives on the host has cookies of its own.
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = HUB_PATH_PREFIX or "/"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.flag("HUB_SECURE_COOKIES", PRODUCTION)
SECURE_SSL_REDIRECT = env.flag("HUB_SSL_REDIRECT", PRODUCTION)
SECURE_HSTS_SECONDS = env.integer("HUB_HSTS_SECONDS", 31_536_000 if PRODUCTION else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = env.origins("HUB_TRUSTED_ORIGINS")
if HUB_PUBLIC_URL:
    CSRF_TRUSTED_ORIGINS.append(HUB_PUBLIC_URL.removesuffix(HUB_PATH_PREFIX))
CORS_ALLOW_ALL_ORIGINS = env.text("HUB_CORS_ORIGINS", "") == "*"
CORS_ALLOWED_ORIGINS = [] if CORS_ALLOW_ALL_ORIGINS else env.origins("HUB_CORS_ORIGINS")
CORS_ALLOW_CREDENTIALS = env.flag("HUB_CORS_CREDENTIALS", default=False)
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "mcp-method",
    "mcp-name",
    "mcp-protocol-version",
    "x-csrftoken",
    "x-request-id",
]
CORS_EXPOSE_HEADERS = [
    "ETag",
    "Location",
    "X-Request-ID",
    "Idempotent-Replayed",
    "Retry-After",
    "WWW-Authenticate",
]

# A cookie of messages would be of the whole host.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Texts and time: the API speaks UTC, the admin shows it.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ko", "한국어")]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = f"{HUB_PATH_PREFIX}/static/"
# Static files are served from the packages themselves: nothing to collect, nothing to forget.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "memory_hub.accounts.authentication.BearerAuthentication",
        "memory_hub.accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PARSER_CLASSES": ["memory_hub.api.strict_json.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "memory_hub.api.openapi.HubSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = guide.document_settings(VERSION, HUB_PATH_PREFIX)

# Who watches the requests: an ASGI wrapper around everything.
HUB_OBSERVER = "monitoring.record.timing_middleware.TimingMiddleware"
# What Prometheus shows instead of a token with monitoring:read; empty: none is accepted.
HUB_SCRAPE_TOKEN = env.secret("HUB_SCRAPE_TOKEN", "")
# Seconds between two flushes of a worker's statistics: what a killed worker may lose. A worker that
# said nothing for 16 seconds is shown as silent.
MONITORING_FLUSH_SECONDS = env.seconds("HUB_FLUSH_SECONDS", 5, least=0.1, most=15)
# Milliseconds from which a request or a query is slow: logged, counted, listed in the admin.
MONITORING_SLOW_REQUEST_MS = env.integer("HUB_SLOW_REQUEST_MS", 500)
MONITORING_SLOW_QUERY_MS = env.integer("HUB_SLOW_QUERY_MS", 100)

LOG_LEVEL = env.choice("HUB_LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], "INFO")
# json: ECS documents for machines; plain: for people at a terminal.
LOG_FORMAT = env.choice("HUB_LOG_FORMAT", ["json", "plain"], "json" if PRODUCTION else "plain")
# One line a request on standard output: in the same form, or off.
MONITORING_ACCESS_LOG = (
    LOG_FORMAT if env.flag("HUB_ACCESS_LOG", default=HUB_ENVIRONMENT != "test") else "off"
)
LOGGING = configure_logging(json_lines=LOG_FORMAT == "json", level=LOG_LEVEL)

if PRODUCTION:
    require_safe(globals(), workers=env.integer("HUB_WORKERS", 2))
