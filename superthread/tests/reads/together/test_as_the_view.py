"""Reads that are carried out together say what the view says, to the byte, and each to its own."""

from hypothesis import given
from hypothesis import strategies as st

from memory_hub.caching.tests.exchange import ask, uncached
from memory_hub.core import request_stats
from memory_hub.core.request_stats import RequestStats
from memory_hub.journal import tallies
from memory_hub.journal.models import Access
from superthread.feed.shown import WHOLE
from testing.examples import examples

ROLES = ("viewer", "editor", "admin")


def _path(doc_id):
    return f"/superthread/memories/{doc_id}"


CALLERS = (
    *(*ROLES, "owner", "member", "stranger", "own alone", "one category", "one folder"),
    *("reading alone", "writing alone", "expired", "revoked", "unknown", "none"),
)
MEMORIES = (
    *("short", "long", "huge", "with a path", "team's", "public", "expiring", "expired"),
    *("in the trash", "offered", "whole second"),
)
LISTS = (
    *("", "?limit=2", "?scope=all", "?scope=team&team_key=alpha&limit=3", "?scope=public"),
    *("?scope=all&content=summary&limit=50", "?fields=doc_id,updated_at&sort=created", "?limit=51"),
    *(
        "?scope=all&total=1",
        "?path_prefix=notes/",
        "?category=kept",
        "?category=%EB%B0%B0%ED%8F%AC",
    ),
    *("?limit=0", "?limit=1&limit=2", "?scope=nonsense", "?cursor=nonsense", "?tag=a/b&scope=all"),
    *("?at=2020-01-01T00:00:00Z", "?%61t=2020-01-01T00:00:00Z", "?metadata=%ff", "?role=editor"),
)
OTHER_PATHS = (
    *(f"/superthread/memories{query}" for query in LISTS),
    "/superthread/by-path/personal/notes/한글 one.md",
    "/superthread/by-path/personal/notes/none.md",
    "/superthread/by-path/public/notes/한글 one.md",
    "/superthread/by-path/team/alpha/none.md",
    "/superthread/by-path/team/other//",
    "/superthread/trash",
    "/superthread/stats",
    "/superthread/memories/",
    "/superthread/memories/01a204fd-ca96-731c-b865-8c7a8fdc762e",
    "/superthread/memories/01A204FD-CA96-731C-B865-8C7A8FDC762E",
    "/superthread/memories/not-an-id",
    "/google-docs/memories/01a204fd-ca96-731c-b865-8c7a8fdc762e",
    "/google-docs/01a204fd-ca96-731c-b865-8c7a8fdc762e",
)
ENDS = ("", "/", "?", "?fields=title,size", "?content=summary", "?at=2020-01-01T00:00:00Z", "?x=1")
HEADERS = {
    "accept_encoding": ("gzip", "gzip;q=0", "identity", "br, GZIP;q=0.5"),
    "accept": ("application/json", "text/event-stream", "*/*;q=0"),
    "if_none_match": ("*", "nonsense", '"1", W/"2"', "the present"),
    "origin": ("https://elsewhere.example", "https://friend.example", "null"),
    "host": ("localhost", "evil.example", "localhost:8000"),
    "x_forwarded_proto": ("https",),
    "x_api_key": ("mh_nonsense",),
    "cookie": ("sessionid=unknown",),
    "user_agent": ("curl/8",),
    "range": ("bytes=0-9",),
    "if_match": ('"1"',),
    "idempotency_key": ("one",),
    "x_anything": ("at all",),
    "authorization": ("Basic bm90aGluZw==",),
    "content_length": ("0",),
}


@examples(150)
@given(
    caller=st.sampled_from(CALLERS),
    of=st.sampled_from(("memories", "memories", "versions", "permissions")),
    memory=st.sampled_from(MEMORIES) | st.sampled_from(OTHER_PATHS),
    end=st.sampled_from(ENDS) | st.just(""),
    method=st.sampled_from(("GET", "GET", "GET", "HEAD", "OPTIONS")),
    chosen=st.lists(st.sampled_from(sorted(HEADERS)), max_size=3, unique=True),
    data=st.data(),
)
def test_what_is_read_together_is_answered_as_the_view_answers(
    world, settings, caller, of, memory, end, method, chosen, data
):
    settings.CORS_ALLOWED_ORIGINS = ["https://friend.example"]
    path = memory
    if memory in world.ids:
        path = _path(world.ids[memory]).replace("memories", of) + end
    headers = {name: data.draw(st.sampled_from(HEADERS[name])) for name in chosen}
    if headers.get("if_none_match") == "the present":
        headers["if_none_match"] = data.draw(st.sampled_from(world.tags))
    question = (world.tokens[caller], path, method)
    settings.HUB_GROUPED_READS = False
    view = ask(uncached, *question, **headers)
    settings.HUB_GROUPED_READS = True
    # Twice: what middleware say is learned the first time.
    answers = [ask(uncached, *question, **headers) for _ in range(2)]
    assert [one.essence() for one in answers] == [view.essence()] * 2
    if "gzip" not in headers.get("accept_encoding", ""):
        # In the same order, too.
        assert answers == [view, view]


def test_every_caller_gets_what_is_plain_as_the_view_shows_it(world, settings):
    one = world.ids["short"]
    paths = [_path(world.ids[memory]) for memory in MEMORIES]
    paths += [f"/superthread/versions/{one}", f"/superthread/permissions/{one}"]
    paths += [f"/superthread/versions/{one}/{world.version_id}", *OTHER_PATHS]
    paths.append(f"/superthread/memories?ids={','.join(world.ids.values())}")
    questions = [(world.tokens[caller], path) for caller in CALLERS for path in paths]
    plain = [ask(uncached, *one) for one in questions]
    settings.HUB_GROUPED_READS = False
    for question, answer in zip(questions, plain, strict=True):
        assert ask(uncached, *question) == answer, question


def test_a_read_in_a_group_is_noted_and_counted_as_one_of_its_own(world, together, settings):
    def noted(name):
        """What is noted of a read, and what the journal counts of it."""
        present = RequestStats()
        tallies.take()
        token = request_stats.current.set(present)
        try:
            ask(uncached, world.tokens[name], _path(world.ids["short"]))
        finally:
            request_stats.current.reset(token)
        assert present.wait_ns > 0
        assert present.db_ns > 0
        return present.route, present.user_id, tallies.take()

    names = ("owner", "viewer")
    grouped = [noted(name) for name in names]
    assert len(together) == len(names)
    settings.HUB_GROUPED_READS = False
    assert [noted(name) for name in names] == grouped
    (_, _, own), (_, _, others) = grouped
    assert own == {}
    assert list(others.values()) == [1]


def test_where_every_read_has_a_row_each_read_is_carried_out_alone(world, together, settings):
    settings.HUB_AUDIT_READS = "every"
    ask(uncached, world.tokens["viewer"], _path(world.ids["short"]))
    assert together == []
    assert Access.objects.filter(kind=WHOLE).exists()
