"""After any sequence of changes the index is what a new one would be, and searches agree with the
list about what there is."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memory_hub.accounts import services
from memory_hub.accounts.principal import principal_of
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory
from superthread.models.space import PLACE, space_of
from superthread.search.index.described import terms_beside, with_beside
from superthread.search.index.documents import weighed_length
from superthread.search.index.holders import Holders, holder_of
from superthread.search.index.indexer import count_terms
from superthread.search.retrieval.lists import Snapshot
from superthread.services.lifecycle import purge_all
from superthread.services.steps.facts import facts_of
from testing import effort

WORDS = [
    "zebra",
    "Zebras",
    "giraffe",
    "배포는",
    "약은",
    "upload_worker",
    "the",
    "café",
    "!!!",
    "x1",
]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
steps = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "save",
                "save",
                "edit",
                "restore",
                "delete",
                "undelete",
                "purge",
                "meta",
                "share",
                "place",
                "name",
            ]
        ),
        st.integers(0, 5),
        texts,
    ),
    max_size=12,
)


class Hub:
    """Two people and what they saved, driven over HTTP."""

    def __init__(self, mina, jun):
        self.mina, self.jun, self.ids = mina, jun, []

    def do(self, verb, number, text):
        if verb == "save":
            owner = self.jun if number == 5 else self.mina
            self.ids.append(owner.save(text)["doc_id"])
        elif self.ids:
            getattr(self, verb)(f"/{self.ids[number % len(self.ids)]}", text)

    def edit(self, path, text):
        self.mina.patch(f"/superthread/memories{path}", json={"content": text})

    def meta(self, path, text):
        change = {"category": text[:5], "metadata": {"title": text, "tags": text.split()}}
        self.mina.patch(f"/superthread/memories{path}", json=change)

    def place(self, path, text):
        scope = "public" if len(text) % 2 else "personal"
        self.mina.patch(f"/superthread/memories{path}", json={"scope": scope})

    def name(self, path, text):
        named = text.replace(" ", "/") if len(text) % 3 else None
        self.mina.patch(f"/superthread/memories{path}", json={"path": named})

    def restore(self, path, text):
        kept = self.mina.get(f"/superthread/versions{path}").json().get("versions")
        if kept:
            self.mina.post(f"/superthread/versions{path}/restore/{kept[-1]['version_id']}")

    def delete(self, path, text):
        self.mina.delete(f"/superthread/memories{path}")

    def undelete(self, path, text):
        self.mina.post(f"/superthread/memories{path}/undelete")

    def purge(self, path, text):
        self.mina.delete(f"/superthread/memories{path}", params={"permanent": "true"})

    def share(self, path, text):
        grant = {"permissions": {"mina@example.com": "viewer"}}
        self.jun.post(f"/superthread/permissions{path}", json=grant)


def fresh_index():
    """What the index has to hold, from the memories alone."""
    whole = {}
    for row in Memory.objects.values("pk", "content", "metadata", "category", "path", *PLACE):
        counted = with_beside(count_terms(row["content"]), terms_beside(row))
        holder = holder_of(space_of(row))
        length = weighed_length(counted.length)
        terms = {
            term: (count, length, counted.spellings[term])
            for term, count in counted.frequencies.items()
        }
        whole[row["pk"]] = {"length": counted.length, "holder": holder, "terms": terms}
        whole[row["pk"]]["noted"] = sorted(terms)
    return whole


def listed(client):
    page = client.get("/superthread/memories", params={"scope": "all", "limit": "100"}).json()
    return {memory["doc_id"]: memory for memory in page["memories"]}


def test_a_memory_is_its_owners_and_its_teams_in_the_index_wherever_it_goes(mina, api, index_of):
    jun = api("jun@example.com")
    for key in ("alpha", "beta"):
        for email in ("mina@example.com", "jun@example.com"):
            services.place_member(key=key, email=email, role="admin", by=OPERATOR)
    memory = mina.save("zebra giraffe", metadata={"tags": ["okapi"]})
    url = f"/superthread/memories/{memory['doc_id']}"
    seen = []

    def look():
        assert index_of() == fresh_index()
        seen.append(next(iter(index_of().values()))["holder"])

    look()
    for change in (
        {"scope": "team", "team_key": "alpha"},
        {"team_key": "beta"},
        {"scope": "public", "content": "zebra okapi"},
        {"scope": "personal", "category": "animals", "metadata": {"title": "giraffe"}},
    ):
        assert mina.patch(url, json=change).status_code == 200, change
        look()
    transfer = f"{url}/transfer"
    assert mina.post(transfer, json={"to": "jun@example.com"}).status_code == 200
    assert jun.post(transfer, json={"accept": True}).status_code == 200
    look()
    assert len(set(seen)) == 5
    assert seen[0] == seen[4] != seen[5]
    # Who leaves a team leaves its memories to it.
    assert jun.patch(url, json={"scope": "team", "team_key": "alpha"}).status_code == 200
    gone = principal_of(jun.user, "command")
    services.remove_member(key="alpha", email="jun@example.com", by=gone)
    look()
    assert seen[-1] == seen[1]
    assert mina.post(transfer, json={"to": "mina@example.com"}).status_code == 200
    look()
    assert mina.patch(url, json={"scope": "personal", "team_key": None}).status_code == 200
    look()
    assert seen[-1] == seen[0]


@settings(
    max_examples=effort.at_most(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=steps)
def test_the_index_and_the_searches_agree_with_the_memories(api, index_of, steps):
    # All examples run in one transaction: each begins with an empty hub.
    purge_all(facts_of(Memory.objects.values_list("pk", flat=True)), by=OPERATOR)
    hub = Hub(api("mina@example.com"), api("jun@example.com"))
    for step in steps:
        hub.do(*step)
    fresh = fresh_index()
    assert index_of() == fresh
    assert Snapshot(Holders(), []).total == len(fresh)
    for client in (hub.mina, hub.jun):
        visible = listed(client)
        for word in ("zebra", "배포", "worker", "giraffe 약"):
            answer = client.post("/superthread/search", json={"query": word, "limit": 100})
            for result in answer.json()["results"]:
                memory = dict(result)
                del memory["score"], memory["highlight"]
                assert visible[memory["doc_id"]] == memory
