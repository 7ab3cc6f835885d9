"""Numbers come back as they went in, whatever the database makes of them meanwhile."""

import pytest

NUMBERS = [1e22, 1e16, 1.5e300, -1e22, 5e-324, 2**63 - 1, -(2**63), 0, -0.5, 1.0, True, None]


@pytest.mark.parametrize("number", NUMBERS, ids=repr)
def test_a_number_is_read_back_by_every_way(mina, number):
    memory = mina.save(metadata={"number": number, "list": [number]})
    url = f"/superthread/memories/{memory['doc_id']}"
    for answer in (
        mina.get(url).json(),
        mina.get("/superthread/memories").json()["memories"][0],
        mina.patch(url, json={"category": "other"}).json(),
    ):
        read = answer["metadata"]["number"]
        assert (read, type(read) is bool) == (number, type(number) is bool)
    versions = mina.get(url.replace("memories", "versions")).json()["versions"]
    version = f"{url.replace('memories', 'versions')}/{versions[-1]['version_id']}"
    assert mina.get(version).json()["metadata"]["number"] == number


@pytest.mark.parametrize("number", [1e22, 1e16, 2.0, 7])
def test_the_same_number_again_is_no_change(mina, number):
    url = f"/superthread/memories/{mina.save(metadata={'n': number})['doc_id']}"
    assert mina.patch(url, json={"metadata": {"n": number}}).json()["revision"] == 1


def test_a_list_again_is_no_change_and_another_one_is(mina):
    memory = mina.save("x", metadata={"list": [1, [True, {"a": None}]]})
    url = f"/superthread/memories/{memory['doc_id']}"
    same = mina.patch(url, json={"metadata": {"list": [1, [True, {"a": None}]]}})
    assert (same.status_code, same.json()["revision"]) == (200, 1)
    for other in ([1, [1, {"a": None}]], [1], [1, [True, {"a": None}], 2]):
        memory = mina.patch(url, json={"metadata": {"list": other}}).json()
        assert memory["metadata"] == {"list": other}
    assert memory["revision"] == 4


@pytest.mark.parametrize(
    ("old", "new"), [("ab", ["a", "b"]), (["a", "b"], "ab"), (1, [1]), ({}, [])]
)
def test_a_value_of_another_kind_is_a_change(mina, old, new):
    url = f"/superthread/memories/{mina.save(metadata={'of': old})['doc_id']}"
    changed = mina.patch(url, json={"metadata": {"of": new}}).json()
    assert (changed["revision"], changed["metadata"]) == (2, {"of": new})
