"""What is looked for: all rules, in one place.

Each is a kind, as people are told it; words one of which stands in every text that has such a
thing, so that most texts cost a search for words; patterns; and what a match must be beside that.
Patterns of providers' tokens are detect-secrets', whose maintainers follow the providers.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from importlib import import_module

Check = Callable[["re.Match[str]"], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """``words`` are in small letters, whatever the text has; patterns are tried around them. None
    where a digit will do."""

    kind: str
    words: tuple[str, ...]
    patterns: tuple["re.Pattern[str]", ...]
    check: Check | None = None


# kind: module and class of detect-secrets, and the words.
_PROVIDERS = {
    "private-key": (
        *("private_key", "PrivateKeyDetector"),
        ("private key", "putty-user-key-file-2"),
    ),
    "aws-key": ("aws", "AWSKeyDetector", ("a3t", "abia", "acca", "akia", "asia", "aws")),
    "azure-storage-key": ("azure_storage_key", "AzureStorageKeyDetector", ("accountkey=",)),
    "github-token": (
        *("github_token", "GitHubTokenDetector"),
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    ),
    "gitlab-token": (
        *("gitlab_token", "GitLabTokenDetector"),
        ("glpat-", "gldt-", "glft-", "glsoat-", "glrt-", "glcbt-", "glptt-", "glimt-", "glagent-"),
    ),
    "jwt": ("jwt", "JwtTokenDetector", ("eyj",)),
    "npm-token": ("npm", "NpmDetector", ("_authtoken=",)),
    "openai-key": ("openai", "OpenAIDetector", ("t3blbkfj",)),
    "pypi-token": ("pypi_token", "PypiTokenDetector", ("pypi-age",)),
    "sendgrid-key": ("sendgrid", "SendGridDetector", ("sg.",)),
    "slack-token": ("slack", "SlackDetector", ("xox", "hooks.slack.com")),
    "square-secret": ("square_oauth", "SquareOAuthDetector", ("sq0csp-",)),
    "stripe-key": ("stripe", "StripeDetector", ("k_live_",)),
    "telegram-token": ("telegram_token", "TelegramBotTokenDetector", (":aa",)),
    "url-password": ("basic_auth", "BasicAuthDetector", ("://",)),
}
_WORDS = ("password", "passwd", "passphrase", "pwd", "secret", "apikey", "api_key", "api-key")
_WORDS += ("access_token", "access-token", "auth_token", "auth-token")
_WORDS += ("비밀번호", "암호", "패스워드")
# What stands where a secret would: a reference, a gap to fill in, an example.
_PLACEHOLDER = re.compile(r"[<{$%*]|(?i:example|placeholder|changeme|your|redacted|xxx)|\.\.\.")
_CARD = re.compile(r"(?<![\d.-])[3-6]\d{3}(?:[ -]?\d){9,15}(?![\d-])")
_RRN = re.compile(r"(?<![\d-])\d{6}-[1-8]\d{6}(?![\d-])")


def rules(personal: Iterable[str]) -> tuple[Rule, ...]:
    """All for secrets, and for those kinds of personal numbers. Imports detect-secrets."""
    wanted = set(personal)
    return (
        *(_of_provider(kind, *where) for kind, where in _PROVIDERS.items()),
        *_OWN,
        *(rule for rule in _PERSONAL if rule.kind in wanted),
    )


def _of_provider(kind: str, module: str, name: str, words: tuple[str, ...]) -> Rule:
    detector = getattr(import_module(f"detect_secrets.plugins.{module}"), name)
    return Rule(kind, words, tuple(detector.denylist))


def _is_password(match: "re.Match[str]") -> bool:
    """Letters and digits, and no placeholder: a sentence about passwords has none."""
    value = match["value"]
    mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return mixed and not _PLACEHOLDER.search(value)


def _is_card(match: "re.Match[str]") -> bool:
    """By its last digit (Luhn), and not one digit again and again."""
    digits = [int(one) for one in match[0] if one.isdigit()]
    doubled = [sum(divmod(2 * one, 10)) for one in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_resident(match: "re.Match[str]") -> bool:
    """By the day of birth; numbers given since October 2020 have no check digit."""
    number = match[0]
    century = {"1": 1900, "2": 1900, "5": 1900, "6": 1900}.get(number[7], 2000)
    try:
        date(century + int(number[:2]), int(number[2:4]), int(number[4:6]))
    except ValueError:
        return False
    return True


_NAMED = re.compile(
    rf"(?i:{'|'.join(_WORDS)})[\"'`]?\s{{0,3}}(?:[:=]|는|은)\s{{0,3}}[\"'`]?"
    r"(?P<value>[^\s\"'`,;]{8,128})"
)
_OWN = (
    Rule("hub-token", ("mh_",), (re.compile(r"\bmh_[A-Za-z0-9_-]{32,}"),)),
    Rule("google-key", ("aiza",), (re.compile(r"\bAIza[0-9A-Za-z_-]{35}"),)),
    Rule("anthropic-key", ("sk-ant-",), (re.compile(r"\bsk-ant-[A-Za-z0-9_-]{32,}"),)),
    Rule("password", _WORDS, (_NAMED,), _is_password),
)
# By setting. Their words are the separators or digits that they begin with.
_PERSONAL = (
    Rule("card-number", ("3", "4", "5", "6"), (_CARD,), _is_card),
    Rule("kr-resident-number", tuple(f"-{digit}" for digit in "12345678"), (_RRN,), _is_resident),
)
PERSONAL = tuple(rule.kind for rule in _PERSONAL)
