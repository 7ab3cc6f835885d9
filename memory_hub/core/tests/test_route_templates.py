"""What a route is called in logs and metrics."""

import pytest

from memory_hub.core.route_templates import template


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("superthread/memories/<uuid:doc_id>", "/superthread/memories/{doc_id}"),
        ("<key>", "/{key}"),
        ("^docs/?$", "/docs"),
        (r"^(?P<url>.*)$", "/{url}"),
        (r"^\.well-known/oauth-protected(?P<of>/.*)?$", "/.well-known/oauth-protected{of}"),
    ],
)
def test_a_route_is_named_as_an_openapi_path(pattern, name):
    assert template(pattern) == name
