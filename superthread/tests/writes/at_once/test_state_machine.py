"""Any order of calls: the server agrees with a model of a few lines of plain Python."""

from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from testing import effort

MEMORIES = "/superthread/memories"
RANK = {"viewer": 1, "editor": 2, "admin": 3, "owner": 4}
PEOPLE = ("mina", "jun", "hana")
people = st.sampled_from(PEOPLE)
texts = st.sampled_from(["Jun has the key.", "열쇠는 준이 가지고 있다.", "a\r\nb ", "🗝"])
categories = st.sampled_from(["default", "decisions"])
roles = st.sampled_from(["viewer", "editor", "admin", None])
ages = st.none() | st.integers(0, 1)
_runs = count()


@dataclass
class Model:
    """What one memory should be."""

    owner: str
    state: tuple[str, str]  # content, category
    doc_id: str = ""
    revision: int = 1
    versions: list[tuple[str, str]] = field(default_factory=list)
    grants: dict[str, str] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    where: str = "alive"  # or trash, or purged

    def rank(self, person: str) -> int:
        return RANK[self.role(person)] if self.role(person) else 0

    def role(self, person: str) -> str | None:
        return "owner" if person == self.owner else self.grants.get(person)

    def lists(self, person: str) -> bool:
        """Whether it is in the person's lists: not what is only offered."""
        return person == self.owner or person in self.accepted

    def refusal(self, person: str, least: str, where: str = "alive") -> int | None:
        """The status that a call of this person gets instead of success."""
        if self.where != where or not self.role(person):
            return 404
        return 403 if self.rank(person) < RANK[least] else None

    def change(self, state: tuple[str, str]) -> None:
        self.state, self.revision = state, self.revision + 1
        self.versions.append(state)


class Memories(RuleBasedStateMachine):
    """Three people on their memories; ``api`` makes their clients."""

    api = None

    memories = Bundle("memories")

    def __init__(self):
        super().__init__()
        self.emails = {person: f"{person}{next(_runs)}@example.com" for person in PEOPLE}
        self.clients = {person: self.api(email) for person, email in self.emails.items()}
        self.known: list[Model] = []

    def send(self, person, method, model, rest="", base=MEMORIES, **options):
        path = f"{base}/{model.doc_id}{rest}"
        return self.clients[person].request(method, path, **options)

    @rule(target=memories, person=people, text=texts, category=categories)
    def save(self, person, text, category):
        state = (text, category)
        model = Model(person, state, versions=[state])
        model.doc_id = self.clients[person].save(text, category=category)["doc_id"]
        self.known.append(model)
        return model

    @rule(model=memories, person=people, text=texts, category=categories, behind=ages)
    def edit(self, model, person, text, category, behind):
        """``behind``: how old the revision in If-Match is, None for no If-Match."""
        expected = f'"{model.revision - behind}"' if behind is not None else "*"
        body = {"content": text, "category": category}
        answer = self.send(person, "PATCH", model, json=body, headers={"If-Match": expected})
        refusal = model.refusal(person, "editor")
        if refusal is None and behind:
            refusal = 412
        assert answer.status_code == (refusal or 200), answer.text
        if not refusal and (text, category) != model.state:
            model.change((text, category))

    @rule(model=memories, person=people, back=st.integers(0, 3))
    def restore(self, model, person, back):
        number = max(1, len(model.versions) - back)
        base = "/superthread/versions"
        listed = self.send(person, "GET", model, "?limit=50", base=base)
        refusal = model.refusal(person, "editor")
        assert listed.status_code == (refusal or 200)
        if refusal:
            return
        versions = {one["number"]: one["version_id"] for one in listed.json()["versions"]}
        answer = self.send(person, "POST", model, f"/restore/{versions[number]}", base=base)
        assert answer.status_code == 200
        model.change(model.versions[number - 1])

    @rule(model=memories, person=people)
    def trash(self, model, person):
        refusal = model.refusal(person, "admin")
        assert self.send(person, "DELETE", model).status_code == (refusal or 204)
        model.where = model.where if refusal else "trash"

    @rule(model=memories, person=people)
    def undelete(self, model, person):
        refusal = model.refusal(person, "admin", where="trash")
        assert self.send(person, "POST", model, "/undelete").status_code == (refusal or 200)
        model.where = model.where if refusal else "alive"

    @rule(model=memories, person=people)
    def purge(self, model, person):
        refusal = model.refusal(person, "owner", where=model.where)
        refusal = 404 if model.where == "purged" else refusal
        answer = self.send(person, "DELETE", model, "?permanent=true")
        assert answer.status_code == (refusal or 204)
        model.where = model.where if refusal else "purged"

    @rule(model=memories, person=people, other=people, role=roles)
    def share(self, model, person, other, role):
        body = {"permissions": {self.emails[other]: role}}
        answer = self.send(person, "POST", model, base="/superthread/permissions", json=body)
        leaves = person == other and role is None
        refusal = model.refusal(person, "viewer" if leaves else "admin")
        if refusal is None and other == model.owner:
            refusal = 409
        assert answer.status_code == (refusal or 200), answer.text
        if not refusal:
            model.grants.pop(other, None)
            model.grants |= {other: role} if role else {}
            model.accepted -= set() if role else {other}

    @rule(model=memories, person=people, accept=st.booleans())
    def reply(self, model, person, accept):
        """To a share, whenever it was made."""
        answer = self.send(
            person, "POST", model, base="/superthread/shares", json={"accept": accept}
        )
        granted = model.where == "alive" and person in model.grants
        assert answer.status_code == (204 if granted else 404), answer.text
        if granted and accept:
            model.accepted.add(person)
        elif granted:
            del model.grants[person]
            model.accepted.discard(person)

    @invariant()
    def lists_and_trash_hold_what_they_should(self):
        for person, client in self.clients.items():
            listed = client.get(f"{MEMORIES}?scope=all&limit=100").json()["memories"]
            expected = [one for one in self.known if one.where == "alive" and one.lists(person)]
            assert {one["doc_id"]: shown(one) for one in listed} == {
                one.doc_id: (*one.state, one.revision, one.role(person)) for one in expected
            }
            trashed = client.get("/superthread/trash?limit=100").json()["memories"]
            assert {one["doc_id"] for one in trashed} == {
                one.doc_id
                for one in self.known
                if one.where == "trash" and one.lists(person) and one.rank(person) >= RANK["admin"]
            }

    def teardown(self):
        """At the end the whole history is compared, content by content."""
        for model in self.known:
            if model.where == "alive":
                base = "/superthread/versions"
                listed = self.send(model.owner, "GET", model, "?limit=50", base=base).json()
                numbers = [one["number"] for one in listed["versions"]]
                assert numbers == list(range(len(model.versions), 0, -1))[:50]
                for version in listed["versions"]:
                    rest = f"/{version['version_id']}"
                    kept = self.send(model.owner, "GET", model, rest, base=base).json()
                    expected = model.versions[version["number"] - 1]
                    assert (kept["content"], kept["category"]) == expected


def shown(memory):
    return memory["content"], memory["category"], memory["revision"], memory["role"]


@pytest.mark.drill
def test_the_server_agrees_with_the_model(api):
    run_state_machine_as_test(
        type("Bound", (Memories,), {"api": staticmethod(api)}),
        settings=settings(
            max_examples=effort.at_most(8),
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
