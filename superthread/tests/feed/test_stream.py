"""The feed as a stream of events, on a real hub of two workers."""

import json

import httpx
import pytest

from testing.clients.streams import Following

CHANGES = "/superthread/changes"
MEMORIES = "/superthread/memories"


@pytest.fixture(params=["uvicorn", pytest.param("gunicorn", marks=pytest.mark.drill)])
def hub(new_hub, request):
    return new_hub(workers=2, HUB_RATE_LIMIT="off", HUB_WORKER_CLASS=request.param)


def test_a_stream_tells_goes_on_where_it_was_broken_off_and_ends_with_its_token_or_the_hub(hub):
    mine, others = (
        {"Authorization": f"Bearer {hub.token(f'{name}@example.com')}"} for name in ("mina", "jun")
    )
    with httpx.Client(base_url=hub.url, headers=mine, timeout=60) as client:
        stranger = _follow_until_the_token_ends(hub, client, mine, others)

    hub.stop()
    stranger.until_end()
    # In time: nobody was killed at the end of the grace.
    assert "timeout graceful shutdown exceeded" not in hub.log.read_text()
    assert "Forcing close" not in hub.log.read_text()


def _follow_until_the_token_ends(hub, client, mine, others):
    first = client.post(MEMORIES, json={"content": "The first."}).json()
    url = f"{hub.url}{CHANGES}"

    stream = Following(url, mine)
    told = json.loads(stream.until("data: ")[0])
    assert [change["doc_id"] for change in told["changes"]] == [first["doc_id"]]
    place = stream.until("id: ")[0]
    assert place == told["next_cursor"]

    # Whoever comes again with the place of before gets what came since, and nothing twice; a
    # cursor of the address does not count then.
    again = Following(f"{url}?cursor=now", {**mine, "Last-Event-ID": place})
    stranger = Following(f"{url}?cursor=now", others)
    stranger.until("id: ")
    second = client.post(MEMORIES, json={"content": "The second."}).json()
    for one, nth in ((again, 1), (stream, 2)):
        told = json.loads(one.until("data: ", nth)[-1])
        assert [change["doc_id"] for change in told["changes"]] == [second["doc_id"]]
        assert told.keys() == client.get(CHANGES).json().keys()

    # On whichever worker the streams are.
    own = client.get("/accounts/tokens").json()["tokens"][0]["id"]
    assert client.delete(f"/accounts/tokens/{own}").status_code == 204
    stream.until_end()
    again.until_end()
    assert stranger.goes_on
    assert not any(line.startswith("data: ") for line in stranger.lines)
    return stranger


def test_who_is_let_into_a_team_is_told_in_the_same_stream(people, follow):
    mina, jun, sora = people
    del jun
    stream = follow(sora, f"{CHANGES}?cursor=now")
    stream.until(lambda text: "id: " in text)
    mina.put("/accounts/teams/alpha/members/sora@example.com", json={"role": "member"})
    sora.post("/accounts/teams/alpha/accept")
    stream.until(lambda text: '"type":"team.joined"' in text)
    saved = mina.save(scope="team", team_key="alpha")
    stream.until(lambda text: saved["doc_id"] in text)
    mina.delete("/accounts/teams/alpha/members/sora@example.com")
    stream.until(lambda text: '"type":"team.left"' in text)
    # And of what is the team's no more than that.
    later = mina.save(scope="team", team_key="alpha")
    own = sora.save()
    stream.until(lambda text: own["doc_id"] in text)
    assert later["doc_id"] not in stream.text
