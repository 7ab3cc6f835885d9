"""/monitoring/cache and the commands, over workers and processes."""

import httpx
import pytest

from monitoring.scopes import MONITORING_READ, MONITORING_WRITE


def rows(answer):
    return {row["name"]: row for row in answer.json()["caches"]}


def test_hits_and_misses_are_told_per_cache(api, mina):
    watcher = api("ops@example.com", scopes=[MONITORING_READ])
    mina.get("/superthread/info")
    before = rows(watcher.get("/monitoring/cache"))["responses"]
    mina.get("/superthread/info")
    after = rows(watcher.get("/monitoring/cache"))["responses"]
    assert after["hits"] == before["hits"] + 1
    assert set(after) == {
        *("name", "backend", "entries", "max_entries", "hits", "misses", "hit_rate"),
        *("evictions", "expired", "invalidations"),
    }


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/monitoring/cache", MONITORING_READ),
        ("POST", "/monitoring/cache/clear", MONITORING_WRITE),
        ("POST", "/monitoring/cache/cleanup", MONITORING_WRITE),
    ],
)
def test_the_scope_is_needed_and_enough(api, nobody, method, path, scope):
    assert nobody.request(method, path).status_code == 401
    assert api("a@example.com", scopes=["memories:read"]).request(method, path).status_code == 403
    assert api("a@example.com", scopes=[scope]).request(method, path).status_code == 200


def test_clearing_forgets_what_was_kept_and_says_how_much(api, mina):
    operator = api("ops@example.com", scopes=[MONITORING_READ, MONITORING_WRITE])
    mina.get("/superthread/info")
    removed = operator.post("/monitoring/cache/clear").json()
    assert removed["by_cache"]["responses"] >= 1
    assert removed["removed"] >= removed["by_cache"]["responses"]
    assert rows(operator.get("/monitoring/cache"))["responses"]["entries"] == 0


@pytest.mark.drill
@pytest.mark.parametrize("redis", [False, True], ids=["local", "redis"])
def test_commands_reach_every_worker_of_a_running_hub(new_hub, request, redis):
    more = {"REDIS_URL": request.getfixturevalue("redis_server").url} if redis else {}
    hub = new_hub(workers=2, **more)
    mina = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
    ops = {"Authorization": f"Bearer {hub.token('ops@example.com', '--scopes', MONITORING_READ)}"}

    def entries():
        answer = httpx.get(f"{hub.url}/monitoring/cache", headers=ops)
        return {row["name"]: row["entries"] for row in answer.json()["caches"]}

    # Connections, each to whichever worker takes it.
    deadline = 200
    while entries().get("responses", 0) < 2 and deadline:
        httpx.get(f"{hub.url}/superthread/info", headers=mina)
        deadline -= 1
    assert entries()["responses"] == 2
    assert hub.manage("clear_cache").startswith("Removed 4 entries")  # two answers, two callers
    assert entries()["responses"] == 0
    assert hub.manage("cleanup_cache") == "Removed 0 entries."
