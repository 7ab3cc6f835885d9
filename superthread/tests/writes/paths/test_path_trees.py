"""Random trees of paths: whatever is saved, renamed, moved, deleted and brought back, the hub
agrees with a model of a few lines; and in a race nobody gets what somebody has."""

import random
from collections import Counter
from itertools import combinations, count
from threading import Lock
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory, PathName
from superthread.tests.writes.paths.test_paths import expire
from testing.consistency.races import Caller, in_threads

MEMORIES, BY_PATH = "/superthread/memories", "/superthread/by-path"
SEGMENTS = ("a", "A", "b", "b.md", "\u00e9", "e\u0301.md")
paths = st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=3).map("/".join)
PLACES = ("personal", "team", "public")
places = st.sampled_from(PLACES)
_runs = count()


def clash(one: str, other: str) -> bool:
    """The rule in other words than the hub's."""
    first, second = ([normalize("NFC", s.casefold()) for s in p.split("/")] for p in (one, other))
    shorter, longer = sorted((first, second), key=len)
    if len(shorter) < len(longer):
        return longer[: len(shorter)] == shorter

    def bare(segments):
        return [*segments[:-1], segments[-1].removesuffix(".md")]

    return bare(first) == bare(second)


class Trees(RuleBasedStateMachine):
    """One person's memories in three spaces."""

    api = None

    def __init__(self):
        super().__init__()
        email = f"tree{next(_runs)}@example.com"
        self.client, self.team = self.api(email), f"team{next(_runs)}"
        services.place_member(key=self.team, email=email, role="admin", by=OPERATOR)
        self.alive: dict[str, tuple[str, str | None]] = {}  # doc_id → place, path
        self.trashed: dict[str, tuple[str, str | None]] = {}
        self.expired: set[str] = set()

    def free(self, place, path, but=None):
        """Whether the path may be had; what has expired is in nobody's way."""
        others = (
            held for one, held in self.alive.items() if one != but and one not in self.expired
        )
        return path is None or not any(
            there == place and held is not None and clash(held, path) for there, held in others
        )

    def body(self, place):
        return {"scope": place, **({"team_key": self.team} if place == "team" else {})}

    def some(self, among, number):
        chosen = sorted(one for one in among if one not in self.expired)
        return chosen[number % len(chosen)] if chosen else None

    @rule(place=places, path=paths)
    def save(self, place, path):
        body = {"content": "x", "path": path, **self.body(place)}
        answer = self.client.post(MEMORIES, json=body)
        assert answer.status_code == (201 if self.free(place, path) else 409)
        if answer.status_code == 201:
            self.alive[answer.json()["doc_id"]] = place, normalize("NFC", path)

    @rule(place=places, path=paths)
    def put(self, place, path):
        where = {"team": f"team/{self.team}"}.get(place, place)
        nfc = normalize("NFC", path)
        there = [
            one
            for one, held in self.alive.items()
            if held == (place, nfc) and one not in self.expired
        ]
        answer = self.client.put(f"{BY_PATH}/{where}/{path}", json={"content": "y"})
        expected = 200 if there else 201 if self.free(place, path) else 409
        assert answer.status_code == expected
        if expected == 201:
            self.alive[answer.json()["doc_id"]] = place, nfc

    @rule(number=st.integers(0, 9), path=paths | st.none())
    def rename(self, number, path):
        if (one := self.some(self.alive, number)) is None:
            return
        place, _ = self.alive[one]
        answer = self.client.patch(f"{MEMORIES}/{one}", json={"path": path})
        assert answer.status_code == (200 if self.free(place, path, one) else 409)
        if answer.status_code == 200:
            self.alive[one] = place, path and normalize("NFC", path)

    @rule(number=st.integers(0, 9), place=places)
    def move(self, number, place):
        if (one := self.some(self.alive, number)) is None:
            return
        _, path = self.alive[one]
        body = self.body(place) | ({} if place == "team" else {"team_key": None})
        answer = self.client.patch(f"{MEMORIES}/{one}", json=body)
        assert answer.status_code == (200 if self.free(place, path, one) else 409)
        if answer.status_code == 200:
            self.alive[one] = place, path

    @rule(number=st.integers(0, 9))
    def trash(self, number):
        if (one := self.some(self.alive, number)) is None:
            return
        assert self.client.delete(f"{MEMORIES}/{one}").status_code == 204
        self.trashed[one] = self.alive.pop(one)

    @rule(number=st.integers(0, 9), path=paths, rename=st.booleans())
    def undelete(self, number, path, rename):
        if (one := self.some(self.trashed, number)) is None:
            return
        place, before = self.trashed[one]
        wanted = normalize("NFC", path) if rename else before
        options = {"json": {"path": path}} if rename else {}
        answer = self.client.post(f"{MEMORIES}/{one}/undelete", **options)
        assert answer.status_code == (200 if self.free(place, wanted) else 409)
        if answer.status_code == 200:
            del self.trashed[one]
            self.alive[one] = place, wanted

    @rule(number=st.integers(0, 9))
    def let_expire(self, number):
        if (one := self.some(self.alive, number)) is not None:
            expire(one)
            self.expired.add(one)

    @invariant()
    def paths_are_as_the_model_has_them(self):
        found, cursor = {}, None
        while True:
            query = {"scope": "all", "sort": "path", "limit": "100"}
            page = self.client.get(
                MEMORIES, params=query | ({"cursor": cursor} if cursor else {})
            ).json()
            found |= {one["doc_id"]: (one["scope"], one["path"]) for one in page["memories"]}
            cursor = page["next_cursor"]
            if cursor is None:
                break
        mine = {
            one: held
            for one, held in self.alive.items()
            if held[1] is not None and one not in self.expired
        }
        assert {one: held for one, held in found.items() if one in self.alive} == mine


@pytest.mark.parametrize(
    ("examples", "steps"), [(4, 15), pytest.param(25, 30, marks=pytest.mark.drill)]
)
def test_any_order_of_calls_agrees_with_the_model(api, examples, steps):
    Trees.api = staticmethod(api)
    run_state_machine_as_test(
        Trees,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


FINE = {200, 201, 204, 404, 409, 412}


def scramble(caller: Caller, clients: int, steps: int) -> Counter:
    """Random calls on few paths from many threads; how often each status was answered."""
    told, lock = Counter(), Lock()

    def work(seed: int) -> None:
        chance = random.Random(seed)
        own: list[str] = []

        def path() -> str:
            return "/".join(chance.choices(SEGMENTS, k=chance.randint(1, 3)))

        def one() -> str:
            return f"{MEMORIES}/{chance.choice(own)}"

        for _ in range(steps):
            act = chance.randrange(6)
            if act == 0 or not own:
                answer = caller.http.post(MEMORIES, json={"content": "x", "path": path()})
                own += [answer.json()["doc_id"]] if answer.status_code == 201 else []
            elif act == 1:
                answer = caller.http.put(
                    f"{BY_PATH}/personal/{path()}", json={"content": f"{seed}"}
                )
            elif act == 2:
                answer = caller.http.patch(one(), json={"path": path()})
            elif act == 3:
                answer = caller.http.delete(one())
            elif act == 4:
                answer = caller.http.post(f"{one()}/undelete")
            else:
                items = [{"content": "b", "path": path()} for _ in range(3)]
                answer = caller.http.post("/superthread/batch/save", json={"memories": items})
                statuses = {each["status"] for each in answer.json()["results"]}
                assert statuses <= {201, 409}, answer.text
            with lock:
                told[answer.status_code] += 1

    in_threads(clients, work, range(clients))
    return told


def listed(caller: Caller) -> list[str]:
    found, cursor = [], None
    while True:
        query = {"sort": "path", "limit": "100"} | ({"cursor": cursor} if cursor else {})
        page = caller.http.get(MEMORIES, params=query).json()
        found += [one["path"] for one in page["memories"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    """One for all races: each has a person of its own."""
    with nursery.hub(tmp_path_factory.mktemp("races"), 4, HUB_RATE_LIMIT="off") as hub:
        yield hub


@pytest.fixture
def caller(hub):
    with Caller(hub.url, hub.token(f"racer{next(_runs)}@example.com")) as caller:
        yield caller


@pytest.mark.parametrize(
    ("clients", "steps"), [(8, 10), pytest.param(8, 25, marks=pytest.mark.drill)]
)
def test_in_a_race_nobody_gets_what_somebody_has(caller, clients, steps):
    told = scramble(caller, clients=clients, steps=steps)
    assert set(told) <= FINE, told
    assert told[201] > 5
    assert told[409] > 5
    present = listed(caller)
    assert not [pair for pair in combinations(present, 2) if clash(*pair)]
    for path in present:
        assert caller.http.get(f"{BY_PATH}/personal/{path}").status_code == 200


def answers(caller: Caller, method: str, url: str, body) -> Counter:
    """The statuses of eight requests at once; ``body(number)`` is what each sends."""
    told: list[int] = []

    def send(number: int) -> None:
        where = url.format(number=number)
        told.append(caller.http.request(method, where, json=body(number)).status_code)

    in_threads(8, send, range(8))
    return Counter(told)


def test_of_many_who_want_one_path_one_gets_it(caller):
    posted = answers(caller, "POST", MEMORIES, lambda n: {"content": "x", "path": "a"})
    assert posted == {201: 1, 409: 7}
    put = answers(caller, "PUT", f"{BY_PATH}/personal/b", lambda n: {"content": f"{n}"})
    assert put == {201: 1, 200: 7}


@pytest.mark.drill
def test_of_a_memory_and_a_folder_of_its_name_there_is_one(caller):
    for name in "cd":
        told = answers(
            caller,
            *("POST", MEMORIES),
            lambda n, name=name: {"content": "x", "path": name if n % 2 else f"{name}/{n}"},
        )
        assert set(told) == {201, 409}
        present = [path for path in listed(caller) if path.startswith(name)]
        assert present == [name] or name not in present


def test_names_are_those_of_the_memories_that_live(mina):
    for path in ("a/b", "c"):
        mina.save("x", path=path)
    mina.delete(f"{BY_PATH}/personal/c")
    named = PathName.objects.filter(is_folder=False).values_list("memory_id", flat=True)
    assert list(named) == list(Memory.objects.filter(deleted_at=None).values_list("pk", flat=True))
