"""What an add takes, and what becomes of it."""

from hashlib import md5

import pytest

from superthread.models import Memory

ANN = {"user_id": "ann"}
ID = "0199b2f0-6c1e-7d3a-9a51-3f0c9d0e4b7a"


@pytest.mark.parametrize(
    ("messages", "text"),
    [
        ("I like tea.", "I like tea."),
        ({"role": "user", "content": "I like tea."}, "I like tea."),
        ([{"role": "user", "content": "I like tea."}], "I like tea."),
        ([{"role": "user", "content": [{"type": "text", "text": "차 좋아."}]}], "차 좋아."),
        (
            [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}],
            "user: Hi\n\nassistant: Hello",
        ),
    ],
)
def test_an_add_takes_every_form_of_messages_and_keeps_the_text(ann, messages, text):
    told = ann.add(messages, user_id="ann")
    assert (told["inferred"], "no model" in told["message"]) == (False, True)
    (one,) = told["results"]
    assert (one["event"], one["memory"], one["user_id"]) == ("ADD", text, "ann")
    assert ann.get(one["id"])["memory"] == text


def test_without_inference_each_message_is_a_memory(ann):
    said = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    told = ann.add(said, user_id="ann", infer=False)
    assert [(one["memory"], one["metadata"]) for one in told["results"]] == [
        ("Hi", {}),
        ("Hello", {"role": "assistant"}),
    ]
    assert "inferred" not in told


@pytest.mark.parametrize(
    "messages",
    [
        *(
            [],
            "",
            "  ",
            [{"role": "user", "content": ""}],
            {},
            {"role": "user"},
            5,
            [5],
            [[]],
            True,
        ),
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}],
        [{"role": "user", "content": 5}],
        [{"role": 5, "content": "x"}],
    ],
)
def test_what_holds_no_text_is_refused(ann, messages):
    ann.add(messages, 400, user_id="ann")
    assert not Memory.objects.exists()


def test_for_whom_it_is_may_stand_beside_filters_in_them_or_in_both(ann):
    every = {"user_id": "ann", "agent_id": "a", "app_id": "b", "run_id": "c"}
    for body in (every, {"filters": every}, {"filters": every, "user_id": "ann"}):
        one = ann.get(ann.added(**body))
        assert {name: one[name] for name in every} == every
    nested = {"AND": [{"user_id": "ann"}, {"run_id": "c"}]}
    assert ann.get(ann.added(filters=nested))["run_id"] == "c"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"user_id": None},
        {"user_id": ""},
        {"user_id": 5},
        {"user_id": "a" * 256},
        {"user_id": "ann\n"},
        {"userId": "ann"},
        {"filters": {}},
        {"filters": {"userId": "ann"}},
        {"filters": {"user_id": "*"}},
        {"filters": {"OR": [{"user_id": "ann"}, {"user_id": "bob"}]}},
        {"filters": {"user_id": "bob"}, "user_id": "ann"},
        {"filters": "user_id"},
        {"metadata": {"user_id": "ann"}},
        {"user_id": "ann", "metadata": {"user_id": "bob"}},
        {"user_id": "ann", "metadata": []},
        {"user_id": "ann", "immutable": True},
        {"user_id": "ann", "timestamp": 99999999999},
        {"user_id": "ann", "timestamp": "now"},
        {"user_id": "ann", "expiration_date": "2020-01-01"},
        {"user_id": "ann", "expiration_date": "tomorrow"},
        {"user_id": "ann", "infer": "no"},
    ],
)
def test_an_add_that_is_unclear_is_refused_and_stores_nothing(ann, body):
    ann.add(status=400, **body)
    assert not Memory.objects.exists()


def test_an_item_has_what_clients_read(ann):
    told = ann.add(
        user_id="ann",
        metadata={"mood": "calm", "n": None},
        categories=["food"],
        timestamp=1_700_000_000,
        expiration_date="2100-01-31",
    )
    (added,) = told["results"]
    one = ann.get(added["id"])
    assert added == {"event": "ADD"} | one
    assert one == {
        "id": added["id"],
        "memory": "I like tea.",
        "user_id": "ann",
        "agent_id": None,
        "app_id": None,
        "run_id": None,
        "metadata": {"mood": "calm", "n": None, "tags": ["food"]},
        "categories": ["food"],
        "hash": md5(b"I like tea.").hexdigest(),
        "created_at": "2023-11-14T22:13:20.000000Z",
        "updated_at": one["updated_at"],
        "expiration_date": "2100-01-31",
    }


def test_a_memory_is_one_of_the_hubs_as_documented(ann, mina):
    doc_id = ann.added(user_id="ann", metadata={"mood": "calm"}, expiration_date="2100-01-31")
    memory = mina.get(f"/superthread/memories/{doc_id}").json()
    assert memory["metadata"] == {"mood": "calm", "user_id": "ann"}
    assert (memory["scope"], memory["category"]) == ("personal", "mem0")
    assert memory["expires_at"] == "2100-02-01T00:00:00.000000Z"
    assert memory["owner"] == "mina@example.com"
    # And what other doors saved with the same member is found here.
    mina.save("From elsewhere.", metadata={"user_id": "ann"})
    assert ann.texts(ANN) == ["From elsewhere.", "I like tea."]


def test_options_that_guide_a_model_are_named_as_not_heeded(ann):
    told = ann.add(user_id="ann", custom_instructions="Short.", includes="tea", enable_graph=False)
    assert told["ignored"] == ["custom_instructions", "includes"]
    quiet = ann.add(user_id="ann", output_format="v1.1", version="v2", async_mode=True)
    assert "ignored" not in quiet
    assert ann.search("tea", ANN, rerank=True)["ignored"] == ["rerank"]
    assert ann.get_all(ANN, org_id="x", enable_graph=True)["ignored"] == ["enable_graph"]
