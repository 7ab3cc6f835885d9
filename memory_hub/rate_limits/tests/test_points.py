"""Who pays for a request, how much, and what the headers say of it."""

import asyncio
import re
from pathlib import Path

import pytest
from django.conf import settings as hub
from limits import parse

from memory_hub.accounts import services
from memory_hub.core import callers, installed
from memory_hub.core.circuit_breaker import Breaker
from memory_hub.core.identity import OPERATOR
from memory_hub.rate_limits import prices
from memory_hub.rate_limits.limiter import Limiter, Payer
from memory_hub.rate_limits.mapped_storage import MappedStorage
from testing.clients.spellings import SPELLINGS, spelt

INFO = "/superthread/info"
MEMORIES = "/superthread/memories"


def left(answer):
    return int(answer.headers["ratelimit-remaining"])


def statuses(client, times, path=INFO, **options):
    return [client.get(path, **options).status_code for _ in range(times)]


def test_a_token_has_one_allowance_however_it_is_spelt(mina, nobody, limited):
    limited("10/minute")
    ways = [*SPELLINGS, *SPELLINGS][:12]
    told = [nobody.get(INFO, headers=spelt(mina.token, how)).status_code for how in ways]
    assert told == [200] * 10 + [429] * 2


def test_two_credentials_at_once_use_up_nobodys_allowance(mina, api, nobody, limited):
    limited("10/minute")
    jun = api("jun@example.com")
    both = {"Authorization": f"Bearer {mina.token}", "x-api-key": jun.token}
    assert statuses(nobody, 12, headers=both) == [401] * 12
    assert (left(mina.get(INFO)), left(jun.get(INFO))) == (9, 9)


def test_all_tokens_of_a_user_together_have_three_times_the_allowance_of_one(api, limited):
    limited("10/minute")
    tokens = [api("mina@example.com") for _ in range(5)]
    told = [status for client in tokens for status in statuses(client, 9)]
    assert told == [200] * 30 + [429] * 15
    jun = api("jun@example.com")
    assert statuses(jun, 1) == [200]


def test_the_headers_tell_of_the_tighter_one_of_two_allowances(api, limited):
    limited("10/minute")
    for _ in range(3):
        statuses(api("mina@example.com"), 9)
    last = api("mina@example.com")
    assert left(last.get(INFO)) == 30 - 3 * 9 - 1


def test_a_session_pays_points_and_shares_those_of_its_user(api, nobody, limited, client):
    mina = api("mina@example.com")
    client.force_login(mina.user)
    cookie = {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}
    limited("10/minute")
    told = [nobody.get(INFO, headers=cookie) for _ in range(11)]
    assert [answer.status_code for answer in told] == [200] * 10 + [429]
    assert [left(answer) for answer in told[:3]] == [9, 8, 7]
    other = api("mina@example.com")
    assert (statuses(mina, 11), statuses(other, 11)) == ([200] * 10 + [429],) * 2
    third = api("mina@example.com")
    assert statuses(third, 1) == [429]


def test_an_anonymous_reader_pays_points_by_address(mina, nobody, limited, settings):
    settings.HUB_PUBLIC_READ = True
    doc_id = mina.save(scope="public")["doc_id"]
    limited("3/minute")
    assert statuses(nobody, 4, f"{MEMORIES}/{doc_id}") == [200] * 3 + [429]
    assert statuses(mina, 1, f"{MEMORIES}/{doc_id}") == [200]


def test_what_is_public_is_limited_by_address_too(nobody, limited):
    limited("2/minute")
    assert statuses(nobody, 2, "/openapi.json") == [200, 429]  # a long answer
    made_up = {"Authorization": "Bearer mh_made-up"}
    assert statuses(nobody, 1, "/openapi.json", headers=made_up) == [429]


def test_without_a_credential_where_one_is_needed_it_is_401_whatever_the_count(nobody, limited):
    limited("2/minute")
    assert statuses(nobody, 4) == [401] * 4


@pytest.mark.parametrize("path", ["/docs", "/login", "/redoc", "/no-such-page"])
def test_a_page_costs_more_than_a_read_and_its_refusal_is_a_page(nobody, limited, path):
    limited("10/minute")
    answers = [nobody.get(path, headers={"Accept": "text/html"}) for _ in range(3)]
    assert 429 not in [answer.status_code for answer in answers[:2]]
    assert [left(answer) for answer in answers[:2]] == [5, 0]
    refused = answers[2]
    assert refused.status_code == 429
    assert refused.headers["Content-Type"].startswith("text/html")
    assert int(refused.headers["Retry-After"]) > 0


def test_who_is_sent_to_another_page_pays_for_the_request_alone(nobody, limited):
    limited("10/minute")
    answer = nobody.get("/admin/")
    assert (answer.status_code, left(answer)) == (302, 9)


def test_a_page_is_paid_by_the_session_and_not_by_its_address(api, nobody, limited, client):
    mina = api("mina@example.com", is_staff=True)
    client.force_login(mina.user)
    cookie = {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}
    limited("15/minute")
    statuses(nobody, 3, "/docs")
    assert statuses(nobody, 4, "/admin/", headers=cookie) == [200] * 3 + [429]
    made_up = {"Cookie": "sessionid=abcdefghijklmnop"}
    assert statuses(nobody, 1, "/admin/", headers=made_up) == [429]


def test_a_revoked_token_uses_up_nothing_of_its_users(api, limited):
    mina, other = api("mina@example.com"), api("mina@example.com")
    assert statuses(other, 1) == [200]
    limited("10/minute")
    with mina.threads.committing():
        found = mina.get("/accounts/tokens").json()["tokens"]
        newest = max(token["id"] for token in found)
        services.revoke_token(user_id=mina.user.pk, token_id=newest, by=OPERATOR)
    before = left(mina.get(INFO))
    assert statuses(other, 40) == [401] * 40
    assert left(mina.get(INFO)) == before - 1


def test_the_headers_tell_the_truth_when_a_batch_is_refused(mina, limited):
    limited("6000/minute")
    batch = {"memories": [{"content": f"Item {number}."} for number in range(1000)]}
    body = len(str(batch)) // prices.BODY_BYTES
    told = [mina.post("/superthread/batch/save", json=batch | {"dry_run": True}) for _ in range(6)]
    assert [answer.status_code for answer in told] == [200] * 5 + [429]
    expected = 6000 - 5 * (5 + 999 + body) - 5 - body
    assert abs(left(told[5]) - expected) <= 6 * 3
    assert left(mina.get(INFO)) == left(told[5]) - 1
    assert "999" in told[5].json()["detail"]


def test_a_charge_in_one_process_is_told_by_the_others_of_the_host(tmp_path):
    made = [
        Limiter(parse("6000/minute"), MappedStorage(tmp_path / "map"), url=None, breaker=Breaker())
        for _ in range(2)
    ]
    mina = Payer(b"token", 7)

    async def both():
        for limiter in made:
            await limiter.acharge(mina, 1)
        made[0].charge(mina, 5000)
        return await made[1].acharge(mina, 1)

    assert 800 < asyncio.run(both()).left < 1000


def test_what_is_refused_is_not_charged(tmp_path):
    storage = MappedStorage(tmp_path / "map")
    limiter = Limiter(parse("10/minute"), storage, url=None, breaker=Breaker())
    mina = Payer("mina", 7)
    assert limiter.charge(mina, 4).left == 6
    refused = limiter.charge(mina, 7)
    assert (refused.allowed, refused.left) == (False, 6)
    assert limiter.charge(mina, 6).left == 0


def test_bytes_that_are_sent_and_answered_cost_points(mina, limited):
    limited("1000/minute")
    saved = mina.post(MEMORIES, json={"content": "x" * (64 * 1024)})
    sent, answered = 64 * 1024 // prices.BODY_BYTES, 1
    assert left(saved) == 1000 - 5 - sent - answered
    before = left(mina.get(INFO))
    path, whole = f"{MEMORIES}?limit=5", {"headers": {"Accept-Encoding": "identity"}}
    assert left(mina.get(path, **whole)) == before - 1 - 1
    # The kept answer is the same number of bytes.
    assert left(mina.get(path, **whole)) == before - 2 * 2


def test_a_page_costs_what_it_returns(mina, limited):
    for _ in range(5):
        mina.save("x" * 130_000)
    limited("1000/minute")
    costs = []
    for limit in (1, 5):
        before = left(mina.get(INFO))
        costs.append(before - left(mina.get(f"{MEMORIES}?limit={limit}")))
    assert costs == [1 + 1, 1 + 9]


def test_who_owes_points_is_refused_until_the_next_minute(mina, limited):
    mina.save("x" * 650_000)
    limited("9/minute")
    assert statuses(mina, 2, f"{MEMORIES}?limit=5") == [200, 429]


def test_info_has_the_price_table_and_the_documents_have_the_same(mina, limited):
    limited("6000/minute")
    told = mina.get(INFO).json()["points"]
    assert (told["limit"], told["limit_of_user"], told["seconds"]) == (6000, 18000, 60)
    assert told["limit_of_imports"] == 18000
    assert [(row["counted"], row["points"], row["each"]) for row in told["prices"]] == [
        row[:3] for row in prices.table()
    ]
    text = (Path(hub.BASE_DIR) / "docs" / "operations.md").read_text()
    for row in prices.table():
        assert f"| `{row.counted}` | {row.points} | {row.each} | {row.meaning} |" in text


def test_every_path_that_has_a_price_of_its_own_costs_it():
    said = dict(installed.below("points"))
    assert {"{" in path for path in said} == {True, False}
    for path, points in said.items():
        asked = re.sub(r"\{[^}]*\}", "some-name", path)
        assert prices.price("GET", asked) == prices.price("GET", f"{asked}/") == points, path


def test_info_says_where_nothing_is_limited(mina, limited):
    limited("off")
    told = mina.get(INFO).json()["points"]
    assert (told["limit"], told["limit_of_user"], told["limit_of_imports"]) == (None,) * 3


def test_requests_at_once_are_of_a_token_however_it_is_spelt():
    headers = [spelt("mh_x", how).items() for how in SPELLINGS]
    raw = [[(name.lower().encode(), value.encode()) for name, value in one] for one in headers]
    assert len({callers.credential_of({"headers": one}).digest for one in raw}) == 1


def test_the_addresses_of_one_customer_are_one():
    def address(text):
        return callers.credential_of({"headers": [], "client": (text, 1)}).address

    assert address("2001:db8:1:2:3::4") == address("2001:db8:1:2:ffff::1") == "2001:db8:1:2::"
    assert address("2001:db8:1:3::4") != address("2001:db8:1:2::4")
    assert address("::ffff:192.0.2.1") == address("192.0.2.1") == "192.0.2.1"


@pytest.mark.drill
def test_many_tokens_that_are_used_once_each_do_not_use_up_what_their_user_has(limited, api):
    limited("1000/minute")
    clients = [api("mina@example.com") for _ in range(400)]
    assert {client.get("/accounts/me").status_code for client in clients} == {200}
