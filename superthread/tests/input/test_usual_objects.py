"""What is in order is understood as Django REST framework understands it, the quick way too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.serializers import Serializer, SkipField, ValidationError

from memory_hub.core.errors import HubError
from superthread.serializers.batches import SaveItem, UpdateItem
from superthread.serializers.memories import MemoryChange, MemoryMerge, MemoryPut, NewMemory
from testing.examples import examples

KINDS = (SaveItem, UpdateItem, NewMemory, MemoryChange, MemoryMerge, MemoryPut)
VALUES = ("", "personal", "a\u0301", "notes/a.md", "../a", 1, True, None, {}, {"a": [1.0]}, [])
VALUES += ("2199-01-01T00:00:00Z", "2020-01-01T00:00:00+09:00", "\x00", "x" * 2_000)


def _understood(make, data):
    try:
        return list(make(data).items())
    except ValidationError as error:
        return error.detail
    except (HubError, SkipField) as error:
        return type(error), str(error)


@examples(400)
@given(
    kind=st.sampled_from(KINDS),
    data=st.dictionaries(
        st.sampled_from(sorted({name for kind in KINDS for name in kind().fields})),
        st.sampled_from(VALUES),
        max_size=4,
    ),
)
def test_an_object_is_understood_as_drf_does(kind, data):
    one = kind()
    known = {name: value for name, value in data.items() if name in one.fields}
    expected = _understood(lambda given: Serializer.to_internal_value(one, given), known)
    assert _understood(one.to_internal_value, known) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_all_of_what_saves_and_changes_bring_goes_the_quick_way(kind):
    data = {"content": "Jun has the key.", "metadata": {"a": 1}}
    data |= {"doc_id": "one"} if "doc_id" in kind().fields else {}
    assert kind()._usual(data)["content"] == "Jun has the key."
