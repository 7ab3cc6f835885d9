"""What an app brings to the hub: one declaration, the attribute ``features`` of its ``AppConfig``.

The rooms below the apps know none of them: each reads from here what concerns it, once, when it is
first asked (`installed.py`). So an app is added by its folder and its name in INSTALLED_APPS. Paths
in a declaration are below the app's prefix; dotted names are imported when they are needed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Scope:
    """What a token may be used for, by name, and in words that go on from "It lets …".

    ``about`` says how far it reaches: what the user has, the account itself, or the whole hub,
    which only staff may. ``is_default``: a new token has it unless told otherwise. ``is_public``:
    who shows no credential has it where HUB_PUBLIC_READ is on. ``writes``: something is changed by
    it, so that a read-only token never has it. ``heeds_restrictions``: it is of use to a token for
    some memories only, as one view at least says that has it.
    """

    name: str
    english: str
    korean: str
    about: Literal["data", "account", "hub"] = "data"
    is_default: bool = False
    is_public: bool = False
    writes: bool = True
    heeds_restrictions: bool = False

    def words(self, language: str | None) -> str:
        """What it lets do, in the language of this code: Korean for ``ko…``, else English."""
        return self.korean if (language or "").startswith("ko") else self.english


class Price(NamedTuple):
    """``points`` for each ``each`` of what is ``counted``: what a request costs beside its own
    price, charged by the code that does the work (`rate_limits.bill`)."""

    counted: str
    points: int
    each: int
    meaning: str


@dataclass(frozen=True, slots=True)
class CachedTable:
    """A table that kept answers are made of.

    ``harmless`` columns are in no kept answer. ``far`` ones are shown in answers that do not depend
    on their own row's keys: a change of one is told apart from a change of the row, as
    ``table.column``.
    """

    harmless: frozenset[str] = frozenset()
    far: frozenset[str] = frozenset()

    def parts(self, table: str) -> frozenset[str]:
        """All that a change of any column changes."""
        return frozenset({table, *(f"{table}.{column}" for column in self.far)})


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work inside the hub that is told to `request_stats.note` and shown in metrics
    beside requests.

    ``label`` is the metrics' name for what the work was done on or with. ``histogram`` and
    ``counter`` are a metric's name and its help: of durations, and of how many there were.
    ``outcomes`` has words for some outcomes, others are told as numbers; None: not told at all.
    Those in ``failures`` count as errors.
    """

    kind: str
    label: str
    histogram: tuple[str, str] | None = None
    counter: tuple[str, str] | None = None
    outcomes: Mapping[int, str] | None = None
    failures: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class SideBarItem:
    """A link in the side bar of the admin: to the list of a ``model`` ("app.model"), for those who
    may view it, or to the route of this name (``url``), for whom ``is_shown`` says yes."""

    section: str
    title: str
    icon: str
    model: str = ""
    url: str = ""
    is_shown: Callable[[HttpRequest], bool] | None = None


@dataclass(frozen=True, slots=True)
class RowLink:
    """A column in the admin's list of another app's ``model`` ("app.model"): a link to the route
    ``url``, whose query string has parameters made of attributes of the row."""

    model: str
    title: str
    url: str
    query: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Features:
    """All that an app brings. Everything may be left out."""

    # "/notes", one segment; and the module of its routes, which stand below it.
    prefix: str = ""
    urls: str = ""
    # Whether that module is imported when a path below the prefix is asked, and not before.
    urls_when_asked: bool = False
    # Whether its errors are called application/json: some clients read no other.
    plain_errors: bool = False
    # Dotted name of the async view at the prefix itself, imported when it is asked.
    view: str = ""
    # Whether what is below the prefix is the API: answers problem details, and takes the lean way.
    is_api: bool = True
    # Paths that begin so are of the other kind: pages for people, or API among pages.
    pages: tuple[str, ...] = ()
    api: tuple[str, ...] = ()
    # Names below /.well-known/ (RFC 8615) and dotted names of their views, which are imported when
    # they are asked and get as ``of`` the path behind the name. They are API.
    well_known: Mapping[str, str] = field(default_factory=dict)
    # Whether it is a resource of its own (RFC 8707): a client may be let in to it alone.
    is_resource: bool = False
    # Asked by what watches the hub: under any name, in plain HTTP, at no cost.
    probes: tuple[str, ...] = ()
    # Whether it answers, as far as it can, when all threads and their queue are taken.
    answers_when_full: bool = False
    # Pages that take passwords: attempts from one address are limited.
    logins: tuple[str, ...] = ()
    # Content-Security-Policy of pages that begin so, where it is not the strict one.
    policies: Mapping[str, str] = field(default_factory=dict)
    # The OpenAPI document's words for the app, and for statuses that only its answers have.
    tag: str = ""
    # Dotted name of a module that is imported with the document: how the app's own kinds of fields
    # and credentials look there.
    openapi: str = ""
    problems: Mapping[int, str] = field(default_factory=dict)
    # Points of a request to a path, whatever its method; {…} stands for any one segment.
    points: Mapping[str, int] = field(default_factory=dict)
    prices: tuple[Price, ...] = ()
    # Most bytes of a body for paths that begin so, where it is not HUB_BODY_LIMIT.
    body_limits: Mapping[str, int] = field(default_factory=dict)
    # Paths whose POST brings a file, and its most bytes: it goes to the disk as it comes, once the
    # view knows whose it is (`http/uploads.py`).
    uploads: Mapping[str, int] = field(default_factory=dict)
    # Dotted names of coroutines that get the ASGI scope and send of a request of the API, and tell
    # whether they have answered it: together with others of its kind. Else its view does.
    together: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()
    cached_tables: Mapping[str, CachedTable] = field(default_factory=dict)
    # Dotted names of functions that hear of changes, by the stages of `events/order.py`.
    subscribers: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    # Dotted names of functions that return families of metrics (`core/metrics.py`).
    metrics: tuple[str, ...] = ()
    work: tuple[Work, ...] = ()
    # Dotted names of functions that hear of all such work, this app's and others', as it is told to
    # `request_stats.note`, with its arguments.
    work_watchers: tuple[str, ...] = ()
    # Dotted names of jobs.
    jobs: tuple[str, ...] = ()
    # Dotted names of functions without arguments: while one says so, retention deletes nothing of
    # the journal.
    journal_must_stay: tuple[str, ...] = ()
    # Dotted names of functions that retention calls with the first and the last position of some
    # entries, in the transaction that deletes them: what is to stay of them is kept elsewhere.
    before_journal_cut: tuple[str, ...] = ()
    # Dotted names of functions without arguments, called once a backup was restored: what they
    # return is said, unless it is empty. The tables are those of the backup's version.
    after_restore: tuple[str, ...] = ()
    # Dotted names of functions without arguments. At the start nothing may connect: workers are
    # forked later. At the end of a worker the requests under way are over.
    at_start: tuple[str, ...] = ()
    at_shutdown: tuple[str, ...] = ()
    side_bar: tuple[SideBarItem, ...] = ()
    row_links: tuple[RowLink, ...] = ()
    # Where the app stands in what people read (side bar, tags, scopes), among equals in the order
    # of INSTALLED_APPS, which is that of the routes.
    order: int = 50
