"""If-Match and If-None-Match, with all that RFC 9110 allows in them."""

import pytest

MEMORIES = "/superthread/memories"


@pytest.fixture
def url(mina):
    return f"{MEMORIES}/{mina.save()['doc_id']}"


@pytest.fixture
def tag(mina, url):
    return mina.get(url).headers["ETag"]


@pytest.mark.parametrize("header", ["*", " * ", '"1"', '"1-any"', '"7", "1"', ' "1" ', "{tag}"])
def test_a_change_is_made_when_if_match_names_the_revision(mina, url, tag, header):
    headers = {"If-Match": header.format(tag=tag)}
    assert mina.patch(url, json={"category": "keys"}, headers=headers).status_code == 200


@pytest.mark.parametrize("header", ['"2"', '"11"', '"01"', '"0"', '"any"', '""', 'W/"1"', '"1x"'])
def test_a_change_is_refused_when_it_names_another(mina, url, header):
    refused = mina.patch(url, json={"category": "keys"}, headers={"If-Match": header})
    assert (refused.status_code, refused.json()["code"]) == (412, "stale-revision")
    assert mina.get(url).json()["revision"] == 1


@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("header", ["1", '"1', '"1" "2"', '"a"b"', '"1",', "**", "x*"])
def test_what_is_no_list_of_tags_is_refused_and_named(mina, url, name, header):
    changed = mina.patch(url, json={"category": "keys"}, headers={name: header})
    answer = changed if name == "If-Match" else mina.get(url, headers={name: header})
    assert answer.status_code == 400
    assert f"{name} takes" in answer.json()["detail"]


@pytest.mark.parametrize("header", ["*", " *", "{tag}", "W/{tag}", '"x", {tag}', '{tag}, "x"'])
def test_an_answer_that_is_known_is_not_sent_again(mina, url, tag, header):
    known = mina.get(url, headers={"If-None-Match": header.format(tag=tag)})
    assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", tag)


def test_an_answer_that_is_not_known_is_sent(mina, url):
    for header in ('"1"', '"x"', 'W/""'):
        assert mina.get(url, headers={"If-None-Match": header}).status_code == 200
