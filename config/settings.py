"""Settings, read from the environment; `deploy/environment` explains every name.

There is one file: deployments differ by environment alone. In production mode (the default) a
missing secret stops the start; MAI_AM_MODE=demo and =test make what they lack.
"""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import environ
import structlog
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import embedded

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = embedded.data_dir()

MODE = env.str("MAI_AM_MODE", "production")
DEMO, TEST = MODE == "demo", MODE == "test"
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured("MAI_AM_MODE is production, demo or test.")
DEBUG = env.bool("DEBUG", False)


def secret(name: str) -> str:
    """A secret from the environment; only the demo and the tests may do without."""
    if value := env.str(name, ""):
        return str(value)
    if DEMO or TEST:
        return f"only-for-{MODE}-{name.lower()}-" + "0" * 40
    raise ImproperlyConfigured(f"{name} is missing: production does not start without it.")


SECRET_KEY = secret("SECRET_KEY")
PUBLIC_URL = env.str("PUBLIC_URL", f"http://localhost:{env.str('PORT', '8000')}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
BEHIND_TLS = PUBLIC_URL.startswith("https://")
NETWORK_LOOK_SECONDS = env.int("NETWORK_LOOK_SECONDS", 10)  # was the network loaded meanwhile?
PROXIES = env.int("PROXIES", 0)  # of our own, one behind the other: `network.lockout.place_of`

INSTALLED_APPS = [
    "config.staticapp.OurStatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.forms",
    "axes",
    "channels",
    "csp",
    "django_htmx",
    "pgtrigger",
    "procrastinate.contrib.django",
    "viewflow",
    "viewflow.workflow",
    "safekeeping",
    "network",
    "casework",
    "referral",
    "shelters",
    "hotline",
    "figures",
    "config",
    # After our own apps, whose templates stand in for allauth's.
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "config.headers.Headers",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.Leaving",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pages; pads at random against BREACH
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "network.middleware.LanguageOfPerson",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "network.middleware.ActorOfRequest",
    "network.middleware.SignedIn",
    "config.middleware.Unit",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                ("config.templating.Loader", ["django.template.loaders.app_directories.Loader"])
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "config.context_processors.house",
            ],
        },
    }
]
FORM_RENDERER = "network.formkit.Renderer"

DATABASES = {"default": embedded.settings_for(env.str("MAI_AM_DB_ROLE", "app"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_IMPORT_PATHS = ["safekeeping.events"]
PROCRASTINATE_WORKER_DEFAULTS = {
    "concurrency": 4,  # a text that an operator keeps on the line holds up no other job
    # A call that comes while the worker looks for its next job is not heard: it looks again soon.
    "fetch_job_polling_interval": 0.5,
    "shutdown_graceful_timeout": 5,
    "delete_jobs": "successful",
}
# The trigger switch of pgtrigger is closed in the database by policies.sync().
PGTRIGGER_MIGRATIONS = True

AUTH_USER_MODEL = "network.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "network.backends.WithMemberships",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TEST:  # hashing costs on purpose; tests sign in hundreds of times
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "network.adapters.ClosedDoor"
ACCOUNT_FORMS = {
    "login": "network.forms.SignIn",
    "change_password": "network.forms.ChangePassword",
    "reauthenticate": "network.forms.Again",
}
ACCOUNT_SESSION_REMEMBER = False
# By person: behind a proxy many share an address; axes counts both together.
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": None}  # network.lockout counts
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_FORMS = {
    "authenticate": "network.forms_of_second_step.Authenticate",
    "reauthenticate": "network.forms_of_second_step.Again",
    "activate_totp": "network.forms_of_second_step.Activate",
    "add_webauthn": "network.forms_of_second_step.AddKey",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO or TEST
MFA_REQUIRED = env.bool("MFA_REQUIRED", not (DEMO or TEST))
if MODE == "production" and (DEBUG or not MFA_REQUIRED):
    wrong = "DEBUG=1" if DEBUG else "MFA_REQUIRED=0"
    raise ImproperlyConfigured(f"{wrong} is for demo and tests: production does not start with it.")
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True  # who gets in was the right one all along
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "locked.html"
AXES_HANDLER, AXES_USERNAME_CALLABLE = "network.lockout.Wordless", "network.lockout.mark_of"
AXES_CLIENT_IP_CALLABLE = "network.lockout.place_of"
AXES_VERBOSE = False
AXES_ENABLED = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_AGE = 10 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = "s", "c", "l"

SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Not "no-referrer": browsers would send `Origin: null` with every form, and CSRF refuses that.
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "config.house.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = USE_I18N = True
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
(DATA_DIR / "assets").mkdir(parents=True, exist_ok=True)  # filled by `setup`
STATICFILES_DIRS = [DATA_DIR / "assets"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if TEST
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = TEST

REDIS_URL = env.str("REDIS_URL", "")
CHANNEL_LAYERS = {
    "default": (
        {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
        if REDIS_URL
        else {"BACKEND": "hotline.gateways.layer.NotifyLayer"}
    )
}

SMS_GATEWAY = env.str("SMS_GATEWAY", "console")
TWILIO = {
    "account": env.str("TWILIO_ACCOUNT_SID", ""),
    "token": env.str("TWILIO_AUTH_TOKEN", ""),
    "sender": env.str("TWILIO_SENDER", ""),
    "base_url": env.str("TWILIO_BASE_URL", ""),
}
NETWORK_DATA = env.str("NETWORK_DATA", str(BASE_DIR / "network" / "data" / "hung-yen"))
KEY_RING = {
    "file": env.str("KEY_RING_FILE", str(DATA_DIR / "keys" / "ring.json")),
    "json": env.str("KEY_RING_JSON", ""),
    "command": env.str("KEY_RING_COMMAND", ""),
}
# Outside the database on purpose: a restored one knows nothing of later erasures and seals.
ERASURE_LEDGER = env.str("ERASURE_LEDGER", str(DATA_DIR / "keys" / "erasures.log"))
CHAIN_ANCHORS = {
    "file": env.str("CHAIN_ANCHOR_FILE", str(DATA_DIR / "keys" / "anchors.log")),
    "mail": env.str("CHAIN_ANCHOR_MAIL", ""),
}

EMAIL_TIMEOUT = 10  # seconds: the sweep mails the chain's head, and a silent server would stop it

# Only fields that are allowed by name reach a log line; a traceback's values never do.
ALLOWED_IN_LOGS = frozenset(
    "event level timestamp logger topic reference code status method route handler job sweep"
    " fault where incident gateway attempt step count seconds pid process key_id".split()
)


def _only_allowed(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key in ALLOWED_IN_LOGS}


structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _only_allowed,
        structlog.processors.JSONRenderer(sort_keys=True),
    ],
    logger_factory=structlog.PrintLoggerFactory(),
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mute": {"()": "config.logs.NoPersonalWords"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["mute"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
    "loggers": {
        "django.request": {"level": "CRITICAL"},
        "axes": {"level": "CRITICAL"},
        # Its own handler would print tracebacks, whose last line may say what was asked for.
        "uvicorn": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
