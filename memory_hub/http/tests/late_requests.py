"""Every write there is and what is sent, for those that are given up."""

TOKENS, TEAMS, MEMORIES = "accounts/tokens", "accounts/teams", "superthread/memories"
MEMBER = "accounts/teams/<str:team_key>/members/<str:email>"
VERSIONS = "superthread/versions/<str:doc_id>"
RESTORE = "superthread/versions/<str:doc_id>/restore/<str:version_id>"
REDACT = "superthread/versions/<str:doc_id>/redact/<str:version_id>"
BY_PATH = "superthread/by-path/{}/<path:path>"
WEBHOOKS, WEBHOOK = "superthread/webhooks", "superthread/webhooks/<str:webhook_id>"
DELTA = {"scope": "team", "team_key": "delta"}
PLACES = ("personal", "public", "team/<str:team_key>")
# Every write and what is sent.
REQUESTS = {
    ("POST", TOKENS): {"name": "second", "scopes": ["memories:read"]},
    ("DELETE", f"{TOKENS}/<str:token_id>"): None,
    ("POST", TEAMS): {"team_key": "beta"},
    ("PATCH", f"{TEAMS}/<str:team_key>"): {"name": "Another"},
    ("DELETE", f"{TEAMS}/<str:team_key>"): None,
    ("PUT", MEMBER): {"role": "member"},
    ("DELETE", MEMBER): None,
    ("POST", f"{TEAMS}/<str:team_key>/accept"): None,
    ("PUT", "accounts/blocks/<str:email>"): None,
    ("DELETE", "accounts/blocks/<str:email>"): None,
    ("POST", "superthread/categories/rename"): {"from": "default", "to": "renamed"},
    ("POST", "superthread/shares/<str:doc_id>"): {"accept": True},
    ("POST", MEMORIES): {"content": "Jun has the key."},
    ("PATCH", f"{MEMORIES}/<str:doc_id>"): {"content": "Mina has it."},
    ("DELETE", f"{MEMORIES}/<str:doc_id>"): None,
    ("POST", f"{MEMORIES}/<str:doc_id>/undelete"): None,
    ("POST", "superthread/batch/save"): {"memories": [{"content": "one"}, {"content": "two"}]},
    ("POST", "superthread/batch/update"): {"updates": [{"doc_id": "{doc_id}", "content": "new"}]},
    ("POST", "superthread/batch/delete"): {"doc_ids": ["{doc_id}"]},
    ("POST", "superthread/permissions/<str:doc_id>"): {"permissions": {"jun@x.com": "viewer"}},
    ("POST", f"{MEMORIES}/<str:doc_id>/transfer"): {"to": "jun@example.com"},
    ("POST", VERSIONS): None,
    ("POST", RESTORE): None,
    ("POST", REDACT): None,
    ("POST", "superthread/holds"): {"doc_id": "{doc_id}", "reason": "a case"},
    ("DELETE", "superthread/holds/<str:hold_id>"): None,
    ("POST", f"{MEMORIES}/<str:doc_id>/links"): {"from": "notes/old.md", "dry_run": False},
    ("POST", "superthread/exports"): {"format": "archive"},
    ("DELETE", "superthread/exports/<str:export_id>"): None,
    ("POST", "superthread/imports"): {"content": "a file"},
    ("DELETE", "superthread/imports/<str:import_id>"): None,
    ("POST", WEBHOOKS): {"url": "https://hooks.example.com/"},
    ("PATCH", WEBHOOK): {"description": "changed"},
    ("DELETE", WEBHOOK): None,
    **{("POST", f"{WEBHOOK}/{act}"): None for act in ("pause", "rotate", "test")},
    ("POST", f"{WEBHOOK}/resume"): {"cursor": "now"},
    **{("PUT", BY_PATH.format(place)): {"content": "put there"} for place in PLACES},
    **{("DELETE", BY_PATH.format(place)): None for place in PLACES},
}
