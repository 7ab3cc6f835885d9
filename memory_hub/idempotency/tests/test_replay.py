"""A write that is sent again under its key."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from memory_hub.idempotency.models import KeptAnswer

MEMORIES = "/superthread/memories"
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


def count(client):
    return client.get("/superthread/stats").json()["total_documents"]


def replayed(answer):
    return answer.headers.get("Idempotent-Replayed") == "true"


def test_a_save_sent_again_with_its_key_is_answered_the_same_and_saved_once(mina):
    first = mina.post(MEMORIES, json={"content": "Jun has the key."}, headers=KEY)
    second = mina.post(MEMORIES + "/", json={"content": "Jun has the key."}, headers=KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    for name in ("ETag", "Location", "Content-Type", "Content-Length"):
        assert second.headers[name] == first.headers[name]
    assert (replayed(first), replayed(second)) == (False, True)
    assert count(mina) == 1


def test_every_kind_of_write_is_carried_out_once(mina):
    memory = mina.save()
    url = f"{MEMORIES}/{memory['doc_id']}"
    grants = {"permissions": {"jun@example.com": "viewer"}}
    writes = [
        ("PATCH", url, {"json": {"content": "Mina has it."}}),
        ("POST", f"/superthread/versions/{memory['doc_id']}?description=before", {}),
        ("POST", f"/superthread/permissions/{memory['doc_id']}", {"json": grants}),
        ("DELETE", url, {}),
        ("POST", f"{url}/undelete", {}),
        ("POST", "/accounts/teams", {"json": {"team_key": "alpha"}}),
        ("PUT", "/accounts/teams/alpha/members/jun@example.com", {"json": {"role": "member"}}),
    ]
    for number, (method, path, options) in enumerate(writes):
        header = {"Idempotency-Key": f"write {number}"}
        first = mina.request(method, path, headers=header, **options)
        second = mina.request(method, path, headers=header, **options)
        assert first.status_code < 300, first.text
        assert (second.status_code, second.content) == (first.status_code, first.content)
        assert replayed(second), (method, path)
    assert mina.get(url).json()["revision"] == 2


def test_a_key_with_another_request_is_refused(mina):
    mina.post(MEMORIES, json={"content": "one"}, headers=KEY)
    other_body = mina.post(MEMORIES, json={"content": "two"}, headers=KEY)
    other_path = mina.post("/accounts/teams", json={"content": "one"}, headers=KEY)
    other_query = mina.delete(f"{MEMORIES}/x?permanent=true", headers=KEY)
    for answer in (other_body, other_path, other_query):
        assert answer.status_code == 422
        assert answer.json()["code"] == "idempotency-key-reused"
    assert count(mina) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel", "tab\tstop"])
def test_a_malformed_key_is_refused_and_nothing_written(mina, key):
    headers = {"Idempotency-Key": key.encode("latin-1")}
    answer = mina.post(MEMORIES, json={"content": "one"}, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency-key-malformed"
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("header:Idempotency-Key", "malformed")
    assert error["detail"] == answer.json()["detail"]
    assert count(mina) == 0


def test_a_refused_request_can_be_mended_and_sent_with_the_same_key(mina):
    refused = mina.post(MEMORIES, json={"content": ""}, headers=KEY)
    mended = mina.post(MEMORIES, json={"content": "Jun has the key."}, headers=KEY)
    assert (refused.status_code, mended.status_code) == (400, 201)
    assert not replayed(mended)


def test_a_stale_revision_is_not_kept_either(mina):
    url = f"{MEMORIES}/{mina.save()['doc_id']}"
    headers = {**KEY, "If-Match": '"2"'}
    assert mina.patch(url, json={"content": "two"}, headers=headers).status_code == 412
    mina.patch(url, json={"content": "between"})
    assert mina.patch(url, json={"content": "two"}, headers=headers).status_code == 200


def test_keys_of_different_users_have_nothing_to_do_with_each_other(mina, api):
    jun = api("jun@example.com")
    mine = mina.post(MEMORIES, json={"content": "one"}, headers=KEY).json()
    theirs = jun.post(MEMORIES, json={"content": "one"}, headers=KEY)
    assert theirs.status_code == 201
    assert not replayed(theirs)
    assert theirs.json()["doc_id"] != mine["doc_id"]


def test_a_token_without_the_scope_gets_no_replay(mina, api):
    mina.post(MEMORIES, json={"content": "one"}, headers=KEY)
    reader = api("mina@example.com", scopes=["memories:read"])
    assert reader.post(MEMORIES, json={"content": "one"}, headers=KEY).status_code == 403


def test_reading_takes_no_notice_of_a_key(mina):
    mina.save()
    for _ in range(2):
        assert not replayed(mina.get(MEMORIES, headers=KEY))
    assert not KeptAnswer.objects.exists()


def test_a_search_without_a_credential_takes_no_notice_of_a_key(mina, nobody, settings):
    settings.HUB_PUBLIC_READ = True
    mina.save("Fog.", scope="public")
    answers = [
        nobody.post("/superthread/search", json={"query": word}, headers=KEY)
        for word in ("fog", "sun")
    ]
    assert [answer.json()["count"] for answer in answers] == [1, 0]


def test_after_a_day_the_key_is_free_again(mina):
    mina.post(MEMORIES, json={"content": "one"}, headers=KEY)
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=24))
    again = mina.post(MEMORIES, json={"content": "two"}, headers=KEY)
    assert again.status_code == 201
    assert not replayed(again)


def test_purge_expired_deletes_answers_after_a_day_and_says_how_many(mina, capsys):
    for number in range(3):
        mina.post(MEMORIES, json={"content": "one"}, headers={"Idempotency-Key": f"{number}"})
    day = timezone.now() - timedelta(hours=24)
    KeptAnswer.objects.filter(key__in=["0", "1"]).update(created_at=day)
    call_command("purge_expired")
    assert capsys.readouterr().out == "Purged 0 memories and 2 kept answers.\n"
    assert list(KeptAnswer.objects.values_list("key", flat=True)) == ["2"]


def test_purge_expired_may_run_twice_at_once(mina, capsys):
    mina.post(MEMORIES, json={"content": "one"}, headers=KEY)
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))

    def behind_the_other(execute, sql, *rest):
        if sql.startswith("DELETE") and "keptanswer" in sql:
            execute("DELETE FROM idempotency_keptanswer", (), *rest[1:])
        return execute(sql, *rest)

    with connection.execute_wrapper(behind_the_other):
        call_command("purge_expired")
    assert capsys.readouterr().out == "Purged 0 memories and 0 kept answers.\n"


def test_a_new_token_is_repeated_to_its_maker_and_stored_nowhere_in_clear(mina, api):
    body = {"name": "laptop", "scopes": ["memories:read"]}
    first = mina.post("/accounts/tokens", json=body, headers=KEY)
    again = mina.post("/accounts/tokens", json=body, headers=KEY)
    secret = first.json()["token"]
    assert again.content == first.content
    assert replayed(again)
    assert secret.encode() not in bytes(KeptAnswer.objects.get().body)
    elsewhere = api("mina@example.com").post("/accounts/tokens", json=body, headers=KEY)
    assert elsewhere.status_code == 409
    assert elsewhere.json()["code"] == "idempotency-answer-secret"


def test_purging_a_memory_empties_the_answers_that_repeat_it(mina):
    saved = mina.post(MEMORIES, json={"content": "Jun has the key."}, headers=KEY).json()
    url = f"{MEMORIES}/{saved['doc_id']}"
    change = {"Idempotency-Key": "change"}
    mina.patch(url, json={"content": "Mina has the key."}, headers=change)
    purge = {"Idempotency-Key": "purge"}
    assert mina.delete(f"{url}?permanent=true", headers=purge).status_code == 204
    assert not any(b"has the key" in bytes(kept.body) for kept in KeptAnswer.objects.all())
    late = mina.post(MEMORIES, json={"content": "Jun has the key."}, headers=KEY)
    assert (late.status_code, late.json()["code"]) == (410, "idempotency-answer-purged")
    assert count(mina) == 0
    again = mina.delete(f"{url}?permanent=true", headers=purge)
    assert (again.status_code, replayed(again)) == (204, True)
