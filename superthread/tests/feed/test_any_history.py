"""After any history a follower holds exactly what the lists hold."""

import random

import pytest

from superthread.tests.feed.follower import Follower
from testing.halves import halved

NAMES = ("mina", "jun", "sora")
STEPS = 40
PLACES = (
    {"scope": "personal"},
    {"scope": "team"},
    {"scope": "public"},
    {"scope": "team", "team_key": "alpha"},
    {"team_key": "beta"},
)


class Story:
    """Three people who do at random whatever the API has for them, and are followed meanwhile."""

    def __init__(self, api, seed):
        self.random = random.Random(seed)
        self.people = {name: api(f"{name}@example.com") for name in NAMES}
        self.followers = [
            Follower(one, self.random.choice((1, 3, 100)), **place)
            for one in self.people.values()
            for place in ({}, self.random.choice(PLACES))
        ]
        self.memories: list[str] = []
        for key in ("alpha", "beta"):
            self.people["mina"].post("/accounts/teams", json={"team_key": key})

    def step(self):
        who = self.people[self.random.choice(NAMES)]
        acts = (
            self.save, self.save, self.move, self.move, self.change, self.share, self.share,
            self.answer, self.answer, self.trash, self.undelete, self.purge, self.invite,
            self.invite, self.join, self.join, self.leave, self.transfer, self.take, self.batch,
        )  # fmt: skip
        self.random.choice(acts)(who)
        if self.random.random() < 0.3:
            self.random.choice(self.followers).follow()

    def one(self):
        return self.random.choice(self.memories) if self.memories else "nothing"

    def place(self):
        scope = self.random.choice(("personal", "team", "team", "public"))
        return {"scope": scope} | ({"team_key": self.team()} if scope == "team" else {})

    def team(self):
        return self.random.choice(("alpha", "beta"))

    def address(self):
        return f"{self.random.choice(NAMES)}@example.com"

    def save(self, who):
        answer = who.post("/superthread/memories", json={"content": "One more."} | self.place())
        if answer.status_code == 201:
            self.memories.append(answer.json()["doc_id"])

    def batch(self, who):
        body = {"memories": [{"content": "One."} | self.place() for _ in range(3)]}
        answer = who.post("/superthread/batch/save", json=body)
        for result in answer.json().get("results", ()):
            self.memories += [result["doc_id"]] if result.get("doc_id") else []

    def move(self, who):
        who.patch(f"/superthread/memories/{self.one()}", json=self.place())

    def change(self, who):
        words = {"content": f"Number {self.random.random()}"}
        who.patch(f"/superthread/memories/{self.one()}", json=words)

    def share(self, who):
        role = self.random.choice(("viewer", "editor", "admin", None))
        body = {"permissions": {self.address(): role}}
        who.post(f"/superthread/permissions/{self.one()}", json=body)

    def answer(self, who):
        yes = self.random.random() < 0.8
        who.post(f"/superthread/shares/{self.one()}", json={"accept": yes})

    def trash(self, who):
        who.delete(f"/superthread/memories/{self.one()}")

    def purge(self, who):
        if self.random.random() < 0.3:
            who.delete(f"/superthread/memories/{self.one()}?permanent=true")

    def undelete(self, who):
        who.post(f"/superthread/memories/{self.one()}/undelete")

    def invite(self, who):
        role = self.random.choice(("member", "admin"))
        who.put(f"/accounts/teams/{self.team()}/members/{self.address()}", json={"role": role})

    def join(self, who):
        who.post(f"/accounts/teams/{self.team()}/accept")

    def leave(self, who):
        who.delete(f"/accounts/teams/{self.team()}/members/{self.address()}")

    def transfer(self, who):
        who.post(f"/superthread/memories/{self.one()}/transfer", json={"to": self.address()})

    def take(self, who):
        who.post(f"/superthread/memories/{self.one()}/transfer", json={"accept": True})


def told(api, seed, steps):
    story = Story(api, seed)
    for _ in range(5):
        story.step()
    for follower in story.followers[:4]:
        follower.begin()
    for _ in range(steps):
        story.step()
    for follower in story.followers:
        follower.follow()
        assert follower.held == follower.listed(), seed
    return sum(len(follower.held) for follower in story.followers)


@pytest.mark.parametrize("seed", range(4))
def test_a_follower_holds_what_the_lists_hold(in_all, api, seed):
    told(api, seed, STEPS)


@pytest.mark.drill
@pytest.mark.parametrize("seed", halved(range(100, 112)))
def test_a_follower_of_a_long_history_holds_it_too(api, seed):
    told(api, seed, 200)
