"""Settings of Memory Hub, read once from the environment; a bad value stops the process.

``HUB_ENVIRONMENT`` picks a preset: ``dev`` (default), ``prod`` or ``test``. What each variable
means is in docs/deployment.md.
"""

from datetime import timedelta
from pathlib import Path

from google_docs.environment import from_environment as google_docs_configuration
from memory_hub import guide
from memory_hub.conf import env
from memory_hub.conf.admin_theme import UNFOLD as UNFOLD
from memory_hub.conf.browsers import browser_settings
from memory_hub.conf.caches import caches
from memory_hub.conf.filesystems import refuse_network_filesystem
from memory_hub.conf.mail import mail_settings
from memory_hub.conf.production_checks import require_safe
from memory_hub.conf.public_address import public_address
from memory_hub.conf.secret_key import secret_key
from memory_hub.conf.signup import sign_up
from memory_hub.conf.single_sign_on import single_sign_on
from memory_hub.database.configuration import databases
from monitoring.logs.setup import configure as configure_logging
from superthread.scanning.rules import PERSONAL
from web.accounts.settings import *  # noqa: F403 - Django takes every name of this module

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
HUB_PUBLIC_URL, HUB_PATH_PREFIX, ALLOWED_HOSTS = public_address(HUB_HOST)
FORCE_SCRIPT_NAME = HUB_PATH_PREFIX or None
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
    "memory_hub.late_admin.ThemeConfig",
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
    "integrations.langgraph",
    "integrations.anthropic",
    "integrations.anthropic.short_path",
    "integrations.mem0",
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
    "memory_hub.late_admin.AdminConfig",
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
    "memory_hub.admin_door.AdminDoorMiddleware",
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

# Whether what one caller reads, or saves, at the same moment is carried out together.
HUB_GROUPED_READS = env.flag("HUB_GROUPED_READS", default=True)
HUB_GROUPED_SAVES = env.flag("HUB_GROUPED_SAVES", default=True)

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

# Webhooks: whether to private addresses, without TLS; seconds between attempts, the last for ever.
HUB_WEBHOOK_PRIVATE = env.flag("HUB_WEBHOOK_PRIVATE", default=False)
HUB_WEBHOOK_RETRIES = env.pauses("HUB_WEBHOOK_RETRIES", "5s,30s,2m,10m,1h,3h,6h")

# Google Docs: what the GOOGLE_* variables say; without any of them the store answers 503.
GOOGLE_DOCS = google_docs_configuration(HUB_PUBLIC_URL)

# Whole answers kept by each worker, in megabytes; the counters that tell when they are outdated are
# in the data directory and, with REDIS_URL, in Redis as well, for several hosts.
HUB_RESPONSE_CACHE = env.flag("HUB_RESPONSE_CACHE", default=True)
HUB_RESPONSE_CACHE_MB = env.integer("HUB_RESPONSE_CACHE_MB", 24, least=1)
REDIS_URL = env.redis_url("REDIS_URL")
CACHES = caches(DATA_DIR, REDIS_URL)

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
# Passwords are guessed at most so often for one account from one address, then not for a while.
AXES_FAILURE_LIMIT = env.integer("HUB_LOGIN_ATTEMPTS", 10, least=1)
AXES_COOLOFF_TIME = timedelta(seconds=env.seconds("HUB_LOGIN_COOLOFF", 900))
SOCIALACCOUNT_PROVIDERS = HUB_OIDC.providers if HUB_OIDC else {}

# Where mail goes, such as smtp://user:password@mail.example.com:587; without, links are shown to
# whoever would send them.
HUB_SENDS_MAIL = mail_settings(globals(), HUB_PUBLIC_URL)
# Who may make an account, and who invites: staff, or the admins of teams too.
HUB_SIGNUP = sign_up(sends_mail=HUB_SENDS_MAIL)
HUB_INVITES = env.choice("HUB_INVITES", ["staff", "team-admins"], "staff")

# Security: safe with no configuration; production also asks for TLS.
browser_settings(
    globals(),
    public_url=HUB_PUBLIC_URL,
    path_prefix=HUB_PATH_PREFIX,
    production=PRODUCTION,
    # What the doors for other people's clients are sent beside what all are.
    headers=[
        *("mcp-method", "mcp-name", "mcp-protocol-version"),
        *("mem0-user-id", "x-api-key", "x-mem0-client"),
    ],
)

# Texts and time: the API speaks UTC, the admin shows it.
LANGUAGE_CODE, LANGUAGES = "en", [("en", "English"), ("ko", "한국어")]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = f"{HUB_PATH_PREFIX}/static/"
# Static files are served from the packages themselves: nothing to collect, nothing to forget.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MIMETYPES = {".webmanifest": "application/manifest+json"}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "memory_hub.accounts.authentication.TokenAuthentication",
        "memory_hub.accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PARSER_CLASSES": ["memory_hub.api.strict_json.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "memory_hub.api.openapi.HubSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = guide.document_settings(VERSION, HUB_PATH_PREFIX)

# Who watches the requests: an ASGI wrapper around everything.
HUB_TIMING_MIDDLEWARE = "monitoring.record.timing_middleware.TimingMiddleware"
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
