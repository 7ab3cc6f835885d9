"""The operations of the hub. Made by `clients/python/generate.py`: not to be changed by hand."""


from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, Literal, Union

from memory_hub_client.calls import Call, path_of
from memory_hub_client.generated.models import *


class AsyncOperations(ABC):
    """A method for each operation."""

    @abstractmethod
    async def _send(self, call: Call) -> Any:
        """Carries a call out; returns what is answered."""

    async def me(self) -> "Me":
        """The caller: e-mail address, teams with roles, this token's scopes, expiry and
        restriction; of a token for some teams these alone are told."""
        return await self._send(Call("GET", '/accounts/me'))

    async def list_tokens(self) -> "TokenList":
        """One's own tokens, newest first, without their secrets. A restricted token is shown
        itself and those it has made."""
        return await self._send(Call("GET", '/accounts/tokens'))

    async def create_token(self, body: "NewTokenRequest" | None = None, *, idempotency_key: str | None = None) -> "NewTokenOut":
        """A new token with at most this one's scopes and life; its secret is told here only.

        A `restriction` narrows what it may be used on: to reading, to one's own personal memories,
        to some teams (with both, to either), to one category, to one folder of paths. Without one
        it is restricted as the token that makes it, and never less."""
        return await self._send(Call("POST", '/accounts/tokens', json=body, idempotency_key=idempotency_key))

    async def revoke_token(self, token_id: int, *, idempotency_key: str | None = None) -> None:
        """Revokes one's own token and all that it made, effective on the next request."""
        return await self._send(Call("DELETE", path_of('/accounts/tokens/{token_id}', token_id=token_id), idempotency_key=idempotency_key))

    async def list_teams(self) -> "TeamList":
        """The teams one is in or invited to, with their members."""
        return await self._send(Call("GET", '/accounts/teams'))

    async def create_team(self, body: "NewTeamRequest", *, idempotency_key: str | None = None) -> "TeamOut":
        """A new team; whoever makes it is its admin."""
        return await self._send(Call("POST", '/accounts/teams', json=body, idempotency_key=idempotency_key))

    async def get_team(self, team_key: str) -> "TeamOut":
        """One of one's teams."""
        return await self._send(Call("GET", path_of('/accounts/teams/{team_key}', team_key=team_key)))

    async def change_team(self, team_key: str, body: "PatchedTeamChangeRequest" | None = None, *, idempotency_key: str | None = None) -> "TeamOut":
        """Changes name and default role; for admins of the team."""
        return await self._send(Call("PATCH", path_of('/accounts/teams/{team_key}', team_key=team_key), json=body, idempotency_key=idempotency_key))

    async def delete_team(self, team_key: str, *, idempotency_key: str | None = None) -> None:
        """Deletes a team without memories; for its admins."""
        return await self._send(Call("DELETE", path_of('/accounts/teams/{team_key}', team_key=team_key), idempotency_key=idempotency_key))

    async def accept_invitation(self, team_key: str, *, idempotency_key: str | None = None) -> "TeamOut":
        """Accepts an invitation: from now on the team's memories are listed and searched. Leaving
        the team declines it."""
        return await self._send(Call("POST", path_of('/accounts/teams/{team_key}/accept', team_key=team_key), idempotency_key=idempotency_key))

    async def list_blocks(self) -> "BlockList":
        """The addresses from which one wants to be offered nothing."""
        return await self._send(Call("GET", '/accounts/blocks'))

    async def block_address(self, email: str, *, idempotency_key: str | None = None) -> None:
        """Shows no share, invitation or transfer of this address any more. Nobody is told."""
        return await self._send(Call("PUT", path_of('/accounts/blocks/{email}', email=email), idempotency_key=idempotency_key))

    async def unblock_address(self, email: str, *, idempotency_key: str | None = None) -> None:
        """Shows what the address offers again."""
        return await self._send(Call("DELETE", path_of('/accounts/blocks/{email}', email=email), idempotency_key=idempotency_key))

    async def set_member(self, team_key: str, email: str, body: "MemberChangeRequest" | None = None, *, idempotency_key: str | None = None) -> "MemberOut":
        """Invites a member or changes a role; for admins. The answer is the same whether the
        address has an account or not."""
        return await self._send(Call("PUT", path_of('/accounts/teams/{team_key}/members/{email}', email=email, team_key=team_key), json=body, idempotency_key=idempotency_key))

    async def remove_member(self, team_key: str, email: str, *, idempotency_key: str | None = None) -> None:
        """Removes a member; anyone may leave, the last admin may not."""
        return await self._send(Call("DELETE", path_of('/accounts/teams/{team_key}/members/{email}', email=email, team_key=team_key), idempotency_key=idempotency_key))

    async def list_memories(self, *, at: str | None = None, categories: str | None = None, category: str | None = None, content: Literal['none', 'summary', 'full'] | None = None, created_before: str | None = None, created_from: str | None = None, cursor: str | None = None, depth: int | None = None, fields: str | None = None, ids: str | None = None, limit: int | None = None, metadata: str | None = None, origin: str | None = None, owner: str | None = None, path_prefix: str | None = None, role: Literal['viewer', 'editor', 'admin', 'owner'] | None = None, scope: Literal['personal', 'team', 'public', 'all'] | None = None, sort: Literal['updated', 'created', 'path'] | None = None, tag: str | None = None, team_key: str | None = None, total: bool | None = None, updated_before: str | None = None, updated_from: str | None = None) -> "MemoryPage":
        """A page of what the caller may read, newest change first; or memories by their ids; or
        those with paths, in the order of these (`path_prefix`, `depth`).

        A copy of everything that loses nothing while others write goes by `sort=created`. Filters
        by role, origin, tag and metadata are answered by looking at memories one by one: a page
        then says how many it has `examined`, may hold few or none, and goes on by its cursor.

        With `at` the list is as it was then: what stood in the same place, and what is shared
        with the caller now, as far as they may edit it now. 400 `in-the-future`, `too-early`,
        `too-far` (with the `nearest` moment there is, where the journal is not kept for so long)."""
        return await self._send(Call("GET", '/superthread/memories', params={'at': at, 'categories': categories, 'category': category, 'content': content, 'created_before': created_before, 'created_from': created_from, 'cursor': cursor, 'depth': depth, 'fields': fields, 'ids': ids, 'limit': limit, 'metadata': metadata, 'origin': origin, 'owner': owner, 'path_prefix': path_prefix, 'role': role, 'scope': scope, 'sort': sort, 'tag': tag, 'team_key': team_key, 'total': total, 'updated_before': updated_before, 'updated_from': updated_from}))

    async def save_memory(self, body: "NewMemoryRequest", *, content: Literal['none', 'summary', 'full'] | None = None, fields: str | None = None, report_duplicates: bool | None = None, idempotency_key: str | None = None) -> "SavedMemoryWritten":
        """Saves a memory; the owner is whoever the credential belongs to."""
        return await self._send(Call("POST", '/superthread/memories', json=body, params={'content': content, 'fields': fields, 'report_duplicates': report_duplicates}, idempotency_key=idempotency_key))

    async def get_memory(self, doc_id: str, *, at: str | None = None, content: Literal['none', 'summary', 'full'] | None = None, fields: str | None = None, if_none_match: int | str | None = None) -> "MemoryOut":
        """One memory; 304 when If-None-Match names what the client has.

        With `at` it is as it was then, for who may edit it now, and of what is in the trash for
        its admins. Its role, and when it will expire, are those of now. 400 `in-the-future`,
        `too-early`, `too-far` (with the `nearest` moment there is, where the journal is not kept
        for so long)."""
        return await self._send(Call("GET", path_of('/superthread/memories/{doc_id}', doc_id=doc_id), params={'at': at, 'content': content, 'fields': fields}, if_none_match=if_none_match))

    async def change_memory(self, doc_id: str, body: "PatchedMemoryChangeRequest" | None = None, *, if_match: int | str | None = None, idempotency_key: str | None = None) -> "ChangedMemoryWritten":
        """Changes the named fields; with If-Match only if nobody else did meanwhile. As a merge
        patch (RFC 7396) it keeps the metadata that it does not name; null removes some. After a
        rename the answer offers to rewrite links to the old path: `links_to_rewrite`."""
        return await self._send(Call("PATCH", path_of('/superthread/memories/{doc_id}', doc_id=doc_id), json=body, if_match=if_match, idempotency_key=idempotency_key))

    async def delete_memory(self, doc_id: str, *, permanent: bool | None = None, if_match: int | str | None = None, idempotency_key: str | None = None) -> None:
        """To the trash for 30 days, or for good."""
        return await self._send(Call("DELETE", path_of('/superthread/memories/{doc_id}', doc_id=doc_id), params={'permanent': permanent}, if_match=if_match, idempotency_key=idempotency_key))

    async def undelete_memory(self, doc_id: str, body: "UndeletionRequest" | None = None, *, content: Literal['none', 'summary', 'full'] | None = None, fields: str | None = None, idempotency_key: str | None = None) -> "ChangedMemoryWritten":
        """Back from the trash, as it was. Where somebody has its path by now, 409: a body may give
        it another `path`, or null for none; then it may offer `links_to_rewrite`."""
        return await self._send(Call("POST", path_of('/superthread/memories/{doc_id}/undelete', doc_id=doc_id), json=body, params={'content': content, 'fields': fields}, idempotency_key=idempotency_key))

    async def transfer_memory(self, doc_id: str, body: "TransferBodyRequest" | None = None, *, idempotency_key: str | None = None) -> "TransferOut":
        """Offers the memory to another owner, withdraws the offer (`to` is null), or answers one
        (`accept`). An offer says the same whether the address has an account or not; a team's
        admin names a new owner at once while the present one is not in the team."""
        return await self._send(Call("POST", path_of('/superthread/memories/{doc_id}/transfer', doc_id=doc_id), json=body, idempotency_key=idempotency_key))

    async def get_personal_path(self, path: str, *, if_none_match: int | str | None = None) -> "MemoryOut":
        """One's personal memory at a path."""
        return await self._send(Call("GET", path_of('/superthread/by-path/personal/{path}', path=path), if_none_match=if_none_match))

    async def put_personal_path(self, path: str, body: "MemoryPutRequest", *, content: Literal['none', 'summary', 'full'] | None = None, fields: str | None = None, if_match: int | str | None = None, if_none_match: int | str | None = None, idempotency_key: str | None = None) -> "MemoryWritten":
        """Saves a personal memory at a path (201), or changes the one that is there (200): fields
        that are left out stay as they are."""
        return await self._send(Call("PUT", path_of('/superthread/by-path/personal/{path}', path=path), json=body, params={'content': content, 'fields': fields}, if_match=if_match, if_none_match=if_none_match, idempotency_key=idempotency_key))

    async def delete_personal_path(self, path: str, *, permanent: bool | None = None, if_match: int | str | None = None, idempotency_key: str | None = None) -> None:
        """To the trash, which frees the path, or for good."""
        return await self._send(Call("DELETE", path_of('/superthread/by-path/personal/{path}', path=path), params={'permanent': permanent}, if_match=if_match, idempotency_key=idempotency_key))

    async def get_team_path(self, team_key: str, path: str, *, if_none_match: int | str | None = None) -> "MemoryOut":
        """A team's memory at a path."""
        return await self._send(Call("GET", path_of('/superthread/by-path/team/{team_key}/{path}', path=path, team_key=team_key), if_none_match=if_none_match))

    async def put_team_path(self, team_key: str, path: str, body: "MemoryPutRequest", *, content: Literal['none', 'summary', 'full'] | None = None, fields: str | None = None, if_match: int | str | None = None, if_none_match: int | str | None = None, idempotency_key: str | None = None) -> "MemoryWritten":
        """Saves a team's memory at a path (201), or changes the one that is there (200): fields
        that are left out stay as they are."""
        return await self._send(Call("PUT", path_of('/superthread/by-path/team/{team_key}/{path}', path=path, team_key=team_key), json=body, params={'content': content, 'fields': fields}, if_match=if_match, if_none_match=if_none_match, idempotency_key=idempotency_key))

    async def delete_team_path(self, team_key: str, path: str, *, permanent: bool | None = None, if_match: int | str | None = None, idempotency_key: str | None = None) -> None:
        """To the trash, which frees the path, or for good."""
        return await self._send(Call("DELETE", path_of('/superthread/by-path/team/{team_key}/{path}', path=path, team_key=team_key), params={'permanent': permanent}, if_match=if_match, idempotency_key=idempotency_key))

    async def get_public_path(self, path: str, *, if_none_match: int | str | None = None) -> "MemoryOut":
        """The public memory at a path of an owner's, one's own unless told."""
        return await self._send(Call("GET", path_of('/superthread/by-path/public/{path}', path=path), if_none_match=if_none_match))

    async def put_public_path(self, path: str, body: "MemoryPutRequest", *, content: Literal['none', 'summary', 'full'] | None = None, fields: str | None = None, if_match: int | str | None = None, if_none_match: int | str | None = None, idempotency_key: str | None = None) -> "MemoryWritten":
        """Saves a public memory at a path of one's own (201), or changes the one that is there
        (200): fields that are left out stay as they are."""
        return await self._send(Call("PUT", path_of('/superthread/by-path/public/{path}', path=path), json=body, params={'content': content, 'fields': fields}, if_match=if_match, if_none_match=if_none_match, idempotency_key=idempotency_key))

    async def delete_public_path(self, path: str, *, permanent: bool | None = None, if_match: int | str | None = None, idempotency_key: str | None = None) -> None:
        """To the trash, which frees the path, or for good."""
        return await self._send(Call("DELETE", path_of('/superthread/by-path/public/{path}', path=path), params={'permanent': permanent}, if_match=if_match, idempotency_key=idempotency_key))

    async def audit(self, *, actor: str | None = None, cursor: str | None = None, doc_id: str | None = None, kind: str | None = None, limit: int | None = None, only: Literal['changes', 'reads', 'refusals'] | None = None, since: str | None = None, team_key: str | None = None, token_id: int | None = None, until: str | None = None) -> "AuditPage":
        """Who did what, newest first: one's own acts, or with `doc_id` all that happened to a
        memory and to who may see it, for its admins. Beside what was changed (one act, with its
        `position` in the journal) stand reads of memories that are another's, and refusals: counted
        by the hour, so many from `at` `until`. Never a title or a content."""
        return await self._send(Call("GET", '/superthread/audit', params={'actor': actor, 'cursor': cursor, 'doc_id': doc_id, 'kind': kind, 'limit': limit, 'only': only, 'since': since, 'team_key': team_key, 'token_id': token_id, 'until': until}))

    async def audit_export(self, *, actor: str | None = None, cursor: str | None = None, doc_id: str | None = None, format: Literal['ecs', 'jsonl'] | None = None, kind: str | None = None, limit: int | None = None, only: Literal['changes', 'reads', 'refusals'] | None = None, since: str | None = None, team_key: str | None = None, token_id: int | None = None, until: str | None = None) -> str:
        """The audit as lines, newest first: a JSON object each, as `/superthread/audit` tells it or
        of the Elastic Common Schema. Where there is more, the header `Link` says where
        (`rel="next"`)."""
        return await self._send(Call("GET", '/superthread/audit/export', params={'actor': actor, 'cursor': cursor, 'doc_id': doc_id, 'format': format, 'kind': kind, 'limit': limit, 'only': only, 'since': since, 'team_key': team_key, 'token_id': token_id, 'until': until}, is_text=True))

    async def audit_head(self) -> "HeadOut":
        """Up to where the journal is sealed. Whoever keeps the hash can prove later that nothing
        before it was taken away or altered (`manage.py verify_journal --head`)."""
        return await self._send(Call("GET", '/superthread/audit/head'))

    async def list_changes(self, *, cursor: str | None = None, limit: int | None = None, scope: Literal['personal', 'team', 'public', 'all'] | None = None, team_key: str | None = None, wait: int | None = None) -> "ChangesPage":
        """What happened to what the caller may read, in the order in which it became known.

        To begin: take the cursor `now`, list everything (`scope=all`), then follow. A change says
        which memory to take in anew; of what is not in the caller's lists any more, for whatever
        reason, it says that it is gone. Nothing that commits late is passed over. A page may hold
        few changes or none and have `more`. 410 `cursor-gone`: the hub was restored; begin again.

        With `Accept: text/event-stream` the answer goes on: each page with changes is an event, its
        `data` the same JSON, its `id` the `next_cursor`. It ends after five minutes, when the hub
        restarts or who asks has changed; who comes again with the `Last-Event-ID`, as browsers do,
        misses nothing. `wait` is nothing to it."""
        return await self._send(Call("GET", '/superthread/changes', params={'cursor': cursor, 'limit': limit, 'scope': scope, 'team_key': team_key, 'wait': wait}))

    async def list_exports(self) -> "ExportList":
        """One's own exports, newest first. What is told of one goes with its file, a day after its
        end."""
        return await self._send(Call("GET", '/superthread/exports'))

    async def start_export(self, body: "ExportInRequest" | None = None, *, idempotency_key: str | None = None) -> "ExportOut":
        """All that is in the caller's lists becomes one file, in the background. It is an archive
        that a hub imports again, or a tree of Markdown for people; either is a ZIP. An archive has
        the trash as well, versions where the caller may edit, and roles where the caller
        administers. It holds what the caller may read while it is made, and others' memories count
        as read. The export is told of at the `Location`. There may be two at a time: being made, or
        not deleted yet."""
        return await self._send(Call("POST", '/superthread/exports', json=body, idempotency_key=idempotency_key))

    async def get_export(self, export_id: str) -> "ExportOut":
        """How far an export is."""
        return await self._send(Call("GET", path_of('/superthread/exports/{export_id}', export_id=export_id)))

    async def delete_export(self, export_id: str, *, idempotency_key: str | None = None) -> None:
        """The export is made no further, its file goes, and it is forgotten."""
        return await self._send(Call("DELETE", path_of('/superthread/exports/{export_id}', export_id=export_id), idempotency_key=idempotency_key))

    async def get_export_file(self, export_id: str) -> bytes:
        """The file of an export that is done. It is for its owner's credentials alone: there is no
        link that opens it without one. It has to be taken at 64 KiB a second at least."""
        return await self._send(Call("GET", path_of('/superthread/exports/{export_id}/file', export_id=export_id), is_file=True))

    async def list_holds(self) -> "HoldsOut":
        """All legal holds, newest first."""
        return await self._send(Call("GET", '/superthread/holds'))

    async def place_hold(self, body: "NewHoldRequest", *, idempotency_key: str | None = None) -> "HoldOut":
        """Keeps a memory, or all memories of a team, as they are.

        Until it is lifted nothing of it is deleted for good or redacted, by its owner, by the end
        of the trash or of its time, and no memory leaves the team: 423 `on-hold`. It may be read,
        changed, which makes versions, and moved to the trash. 409 `already-on-hold`."""
        return await self._send(Call("POST", '/superthread/holds', json=body, idempotency_key=idempotency_key))

    async def lift_hold(self, hold_id: int, *, idempotency_key: str | None = None) -> None:
        """Lifts a hold."""
        return await self._send(Call("DELETE", path_of('/superthread/holds/{hold_id}', hold_id=hold_id), idempotency_key=idempotency_key))

    async def list_imports(self) -> "ImportList":
        """One's own imports, newest first, at most 50. What is told of one goes 30 days after its
        end."""
        return await self._send(Call("GET", '/superthread/imports'))

    async def start_import(self, content: bytes | Iterable[bytes], *, category: str | None = None, dry_run: bool | None = None, exchanges: bool | None = None, filename: str | None = None, format: Literal['auto', 'archive', 'chatgpt', 'claude', 'mem0', 'mcp-memory', 'obsidian', 'basic-memory', 'notion', 'notes', 'jsonl'] | None = None, scope: Literal['personal', 'team', 'public'] | None = None, team_key: str | None = None, idempotency_key: str | None = None) -> "ImportOut":
        """Sends a file, as the body itself, to become memories of one's own in the background: an
        export of ChatGPT, Claude, mem0, MCP's memory server, Basic Memory, Obsidian or Notion,
        notes as Markdown, the hub's JSON Lines; packed or not, at most 1 GiB. It has to come at
        64 KiB a second at least. Sending one again is safe: nothing comes twice. Owners, ids and
        grants that it names count for nothing, and nothing becomes public by it. The import is told
        of at the `Location`."""
        return await self._send(Call("POST", '/superthread/imports', content=content, params={'category': category, 'dry_run': dry_run, 'exchanges': exchanges, 'filename': filename, 'format': format, 'scope': scope, 'team_key': team_key}, idempotency_key=idempotency_key))

    async def get_import(self, import_id: str) -> "ImportOut":
        """How far an import is."""
        return await self._send(Call("GET", path_of('/superthread/imports/{import_id}', import_id=import_id)))

    async def cancel_import(self, import_id: str, *, idempotency_key: str | None = None) -> None:
        """Nothing more of the file is imported, and it goes; what has come stays. An import that
        has ended is forgotten."""
        return await self._send(Call("DELETE", path_of('/superthread/imports/{import_id}', import_id=import_id), idempotency_key=idempotency_key))

    async def list_import_outcomes(self, import_id: str, *, after: int | None = None, limit: int | None = None) -> "OutcomeList":
        """What became of each thing in the file, in its order; of the first 10,000."""
        return await self._send(Call("GET", path_of('/superthread/imports/{import_id}/outcomes', import_id=import_id), params={'after': after, 'limit': limit}))

    async def list_webhooks(self) -> "WebhookList":
        """One's own webhooks, newest first, without their secrets."""
        return await self._send(Call("GET", '/superthread/webhooks'))

    async def create_webhook(self, body: "NewWebhookRequest", *, idempotency_key: str | None = None) -> "WebhookWithSecret":
        """From now on, or from a cursor of `/superthread/changes` on, each change that the feed
        tells you is sent to the address: in order, at least once, with the rights you have at that
        moment, signed as Standard Webhooks has it with the secret that is told here only."""
        return await self._send(Call("POST", '/superthread/webhooks', json=body, idempotency_key=idempotency_key))

    async def get_webhook(self, webhook_id: int) -> "WebhookOut":
        """One webhook, and how it goes."""
        return await self._send(Call("GET", path_of('/superthread/webhooks/{webhook_id}', webhook_id=webhook_id)))

    async def change_webhook(self, webhook_id: int, body: "PatchedWebhookChangeRequest" | None = None, *, idempotency_key: str | None = None) -> "WebhookOut":
        """Changes the address, the description, or what is wanted, from the next delivery on."""
        return await self._send(Call("PATCH", path_of('/superthread/webhooks/{webhook_id}', webhook_id=webhook_id), json=body, idempotency_key=idempotency_key))

    async def delete_webhook(self, webhook_id: int, *, idempotency_key: str | None = None) -> None:
        """Nothing more is sent, for good."""
        return await self._send(Call("DELETE", path_of('/superthread/webhooks/{webhook_id}', webhook_id=webhook_id), idempotency_key=idempotency_key))

    async def pause_webhook(self, webhook_id: int, *, idempotency_key: str | None = None) -> "WebhookOut":
        """Nothing more is sent until it is resumed. Nothing is lost meanwhile."""
        return await self._send(Call("POST", path_of('/superthread/webhooks/{webhook_id}/pause', webhook_id=webhook_id), idempotency_key=idempotency_key))

    async def resume_webhook(self, webhook_id: int, body: "ResumingRequest" | None = None, *, idempotency_key: str | None = None) -> "WebhookOut":
        """Goes on from where it was paused, or from a cursor of `/superthread/changes`. 410
        `cursor-gone`: the hub was restored, and its place is not in the journal any more."""
        return await self._send(Call("POST", path_of('/superthread/webhooks/{webhook_id}/resume', webhook_id=webhook_id), json=body, idempotency_key=idempotency_key))

    async def rotate_webhook_secret(self, webhook_id: int, *, idempotency_key: str | None = None) -> "WebhookWithSecret":
        """A new secret, told here only. For 24 hours messages are signed with the one before as
        well."""
        return await self._send(Call("POST", path_of('/superthread/webhooks/{webhook_id}/rotate', webhook_id=webhook_id), idempotency_key=idempotency_key))

    async def test_webhook(self, webhook_id: int, *, idempotency_key: str | None = None) -> "DeliveryOut":
        """Sends a message of the type `webhook.test` now, paused or not, and tells how it went."""
        return await self._send(Call("POST", path_of('/superthread/webhooks/{webhook_id}/test', webhook_id=webhook_id), idempotency_key=idempotency_key))

    async def list_webhook_deliveries(self, webhook_id: int, *, cursor: str | None = None, limit: int | None = None) -> "DeliveryPage":
        """What was sent in the last 30 days and how it went, newest first. Contents are not
        kept."""
        return await self._send(Call("GET", path_of('/superthread/webhooks/{webhook_id}/deliveries', webhook_id=webhook_id), params={'cursor': cursor, 'limit': limit}))

    async def list_shares(self) -> "ShareList":
        """What others have shared with the caller and the caller has not answered yet."""
        return await self._send(Call("GET", '/superthread/shares'))

    async def answer_share(self, doc_id: str, body: "ShareReplyRequest", *, idempotency_key: str | None = None) -> None:
        """Accepts a share, so that it is listed and searched, or declines it; `block` shows no
        further offer of its sender. Accepted shares can be declined later."""
        return await self._send(Call("POST", path_of('/superthread/shares/{doc_id}', doc_id=doc_id), json=body, idempotency_key=idempotency_key))

    async def list_transfers(self) -> "TransferList":
        """The memories that others want to give to the caller."""
        return await self._send(Call("GET", '/superthread/transfers'))

    async def memory_facets(self, *, category: str | None = None, scope: Literal['personal', 'team', 'public', 'all'] | None = None, team_key: str | None = None) -> "FacetsOut":
        """How many memories of a list are in each category and have each tag."""
        return await self._send(Call("GET", '/superthread/facets', params={'category': category, 'scope': scope, 'team_key': team_key}))

    async def rename_category(self, body: "CategoryRenameRequest", *, idempotency_key: str | None = None) -> "CategoryRenamed":
        """Renames a category of what the caller may edit, or merges it into another one: up to
        1 000 memories a call, each with a new version, and none changes its place in lists."""
        return await self._send(Call("POST", '/superthread/categories/rename', json=body, idempotency_key=idempotency_key))

    async def list_trash(self, *, content: Literal['none', 'summary', 'full'] | None = None, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> "TrashPage":
        """A page of what the caller may undelete, latest deletion first."""
        return await self._send(Call("GET", '/superthread/trash', params={'content': content, 'cursor': cursor, 'fields': fields, 'limit': limit}))

    async def save_memories(self, body: "BatchSaveRequest", *, idempotency_key: str | None = None) -> "BatchSaved":
        """Saves up to 1 000 memories; each has its own result.

        Large batches are saved in parts, a transaction each, unless they are atomic."""
        return await self._send(Call("POST", '/superthread/batch/save', json=body, idempotency_key=idempotency_key))

    async def change_memories(self, body: "BatchUpdateRequest", *, idempotency_key: str | None = None) -> "BatchUpdated":
        """Changes up to 1 000 memories; with a revision only where nobody else did meanwhile. Where
        one was renamed its result offers to rewrite links to the old path: `links_to_rewrite`.

        Large batches are changed in parts, a transaction each, unless they are atomic."""
        return await self._send(Call("POST", '/superthread/batch/update', json=body, idempotency_key=idempotency_key))

    async def delete_memories(self, body: "BatchDeleteRequest", *, idempotency_key: str | None = None) -> "BatchDeleted":
        """Moves up to 1 000 memories to the trash.

        Large ones go in parts, a transaction each, unless the batch is atomic."""
        return await self._send(Call("POST", '/superthread/batch/delete', json=body, idempotency_key=idempotency_key))

    async def memory_links(self, doc_id: str, *, cursor: str | None = None, limit: int | None = None) -> "LinksOut":
        """What the memory's text links to, with the memories that are there for the caller, and a
        page of those that link to it."""
        return await self._send(Call("GET", path_of('/superthread/memories/{doc_id}/links', doc_id=doc_id), params={'cursor': cursor, 'limit': limit}))

    async def rewrite_links(self, doc_id: str, body: "RelinkingRequest", *, idempotency_key: str | None = None) -> "RelinkedOut":
        """After a rename: makes the links that say the path of before lead to the present one, in
        all memories of its space that the caller may edit, 200 a call, all of them or none. With
        `dry_run` it names them first."""
        return await self._send(Call("POST", path_of('/superthread/memories/{doc_id}/links', doc_id=doc_id), json=body, idempotency_key=idempotency_key))

    async def similar_memories(self, doc_id: str, *, content: Literal['none', 'summary', 'full'] | None = None, fields: str | None = None, limit: int | None = None) -> "SimilarPage":
        """What the caller may read that resembles this memory, most alike first."""
        return await self._send(Call("GET", path_of('/superthread/memories/{doc_id}/similar', doc_id=doc_id), params={'content': content, 'fields': fields, 'limit': limit}))

    async def search_memories(self, body: "SearchBodyRequest") -> "SearchPage":
        """What the caller may read that answers the query, best first.

        Words are alternatives: the more of them and the rarer, the better. A "quoted phrase" must
        occur as written, -word or -"phrase" must not; `excluded` says what was left out. A dash
        before a flag, a number or what memories have behind a dash (`java -jar`) excludes nothing.
        `beginning*` stands for words with that beginning. With `syntax: plain` all of the query is
        text, with `web` every dash excludes. Of equal scores the memory changed later comes first.

        Filters are those of the list. By role, origin, tag and metadata the hits are looked at one
        by one, 2,000 for a page, and phrases are looked for in 2,000 memories: where these were not
        all, `incomplete` says so, the page may hold few or none, and goes on by its cursor.

        With `at` it searches what the caller may edit now as it was then, with the frequencies of
        now. What has changed since is looked at one by one, up to 1,000 memories: 400 `too-far`
        tells the `nearest` moment there is beyond that, and where the journal is not kept for so
        long."""
        return await self._send(Call("POST", '/superthread/search', json=body))

    async def list_permissions(self, doc_id: str) -> "PermissionsOut":
        """Who has a role by grant, and the owner."""
        return await self._send(Call("GET", path_of('/superthread/permissions/{doc_id}', doc_id=doc_id)))

    async def change_permissions(self, doc_id: str, body: "PermissionChangeRequest", *, idempotency_key: str | None = None) -> "PermissionsWritten":
        """Merges roles into the grants; null removes one. A grant is an offer until it is accepted:
        it opens the memory by its id and puts it into no list or search. Anybody may take back
        their own. No answer tells whether an address has an account."""
        return await self._send(Call("POST", path_of('/superthread/permissions/{doc_id}', doc_id=doc_id), json=body, idempotency_key=idempotency_key))

    async def list_versions(self, doc_id: str, *, cursor: str | None = None, limit: int | None = None) -> "VersionPage":
        """A page of versions without their contents, newest first."""
        return await self._send(Call("GET", path_of('/superthread/versions/{doc_id}', doc_id=doc_id), params={'cursor': cursor, 'limit': limit}))

    async def name_version(self, doc_id: str, *, description: str | None = None, idempotency_key: str | None = None) -> "VersionWritten":
        """Keeps the present state as a further version under a description."""
        return await self._send(Call("POST", path_of('/superthread/versions/{doc_id}', doc_id=doc_id), params={'description': description}, idempotency_key=idempotency_key))

    async def diff_versions(self, doc_id: str, *, from_: int, to: int | None = None) -> "DiffOut":
        """What changed between two versions, as a unified diff."""
        return await self._send(Call("GET", path_of('/superthread/versions/{doc_id}/diff', doc_id=doc_id), params={'from': from_, 'to': to}))

    async def get_version(self, doc_id: str, version_id: str) -> "WholeVersionOut":
        """One version with its content."""
        return await self._send(Call("GET", path_of('/superthread/versions/{doc_id}/{version_id}', doc_id=doc_id, version_id=version_id)))

    async def restore_version(self, doc_id: str, version_id: str, *, content: Literal['none', 'summary', 'full'] | None = None, fields: str | None = None, if_match: int | str | None = None, idempotency_key: str | None = None) -> "MemoryWritten":
        """Makes an old state the present one, as a new version."""
        return await self._send(Call("POST", path_of('/superthread/versions/{doc_id}/restore/{version_id}', doc_id=doc_id, version_id=version_id), params={'content': content, 'fields': fields}, if_match=if_match, idempotency_key=idempotency_key))

    async def redact_version(self, doc_id: str, version_id: str, *, idempotency_key: str | None = None) -> "VersionWritten":
        """Takes the text of an old version out of the hub, for good: for a secret that was saved.

        For administrators. Content, metadata and description go; number, path, author and date
        stay, and everybody who sees versions sees by whom and when it was redacted.
        `version_id` may be the version's number. The present version is refused (409 `version-
        present`): save the memory without the secret first. Other versions that hold the same
        text keep it. What was redacted can be neither compared nor restored (410 `version-
        redacted`). Answers kept for an Idempotency-Key that repeat something of the memory are
        forgotten."""
        return await self._send(Call("POST", path_of('/superthread/versions/{doc_id}/redact/{version_id}', doc_id=doc_id, version_id=version_id), idempotency_key=idempotency_key))

    async def memory_stats(self) -> "StatsOut":
        """Counts and sizes over what the caller may read."""
        return await self._send(Call("GET", '/superthread/stats'))

    async def memory_info(self) -> "InfoOut":
        """What this store can do."""
        return await self._send(Call("GET", '/superthread/info'))

    async def memory_health(self) -> "HealthOut":
        """Writes to the database and takes it back: a full disk or a lost server shows here."""
        return await self._send(Call("GET", '/superthread/health'))

    async def docs_list_memories(self, *, category: str | None = None, cursor: str | None = None, include: Literal['content'] | None = None, limit: int | None = None, scope: Literal['personal', 'team', 'all'] | None = None, team_key: str | None = None) -> "DocMemoryPage":
        """A page of the caller's memories in Google Docs, newest change first."""
        return await self._send(Call("GET", '/google-docs/memories', params={'category': category, 'cursor': cursor, 'include': include, 'limit': limit, 'scope': scope, 'team_key': team_key}))

    async def docs_save_memory(self, body: "NewDocMemoryRequest", *, idempotency_key: str | None = None) -> "DocMemoryWritten":
        """Saves a memory as a new Google Doc, once, whatever happens to the connection."""
        return await self._send(Call("POST", '/google-docs/memories', json=body, idempotency_key=idempotency_key))

    async def docs_get_memory(self, doc_id: str, *, if_none_match: int | str | None = None) -> "DocMemoryOut":
        """One memory with its exact text; 304 when If-None-Match names what the client has."""
        return await self._send(Call("GET", path_of('/google-docs/memories/{doc_id}', doc_id=doc_id), if_none_match=if_none_match))

    async def docs_change_memory(self, doc_id: str, body: "PatchedDocMemoryChangeRequest" | None = None, *, if_match: int | str | None = None, idempotency_key: str | None = None) -> "DocMemoryWritten":
        """Changes the named fields; with If-Match only if nobody else revised the text.

        Of the text only what differs is written, so that tables, images, chips and comments around
        it stay. A change that would cut them is 409 `would-lose-structure`, which names them; with
        `force` it is made, and `lost` says what went."""
        return await self._send(Call("PATCH", path_of('/google-docs/memories/{doc_id}', doc_id=doc_id), json=body, if_match=if_match, idempotency_key=idempotency_key))

    async def docs_delete_memory(self, doc_id: str, *, permanent: bool | None = None, if_match: int | str | None = None, idempotency_key: str | None = None) -> None:
        """To Google's trash for 30 days, or for good with its snapshots."""
        return await self._send(Call("DELETE", path_of('/google-docs/memories/{doc_id}', doc_id=doc_id), params={'permanent': permanent}, if_match=if_match, idempotency_key=idempotency_key))

    async def docs_search_memories(self, body: "DocSearchRequest") -> "DocSearchOut":
        """Searches Google's full-text index: whole words, all of them; it lags behind writes."""
        return await self._send(Call("POST", '/google-docs/search', json=body))

    async def docs_batch_save(self, body: "DocBatchSaveRequest", *, idempotency_key: str | None = None) -> "DocBatchSaveOut":
        """Saves up to 100 memories, in parallel; one bad item harms no other."""
        return await self._send(Call("POST", '/google-docs/batch/save', json=body, idempotency_key=idempotency_key))

    async def docs_batch_delete(self, body: "DocBatchDeleteRequest", *, idempotency_key: str | None = None) -> "DocBatchDeleteOut":
        """Puts up to 100 memories into the trash, in parallel."""
        return await self._send(Call("POST", '/google-docs/batch/delete', json=body, idempotency_key=idempotency_key))

    async def docs_list_permissions(self, doc_id: str) -> "DocPermissionsOut":
        """Who has a role on the document, in our words and in Google's."""
        return await self._send(Call("GET", path_of('/google-docs/permissions/{doc_id}', doc_id=doc_id)))

    async def docs_change_permissions(self, doc_id: str, body: "DocPermissionChangeRequest", *, idempotency_key: str | None = None) -> "DocPermissionsWritten":
        """Merges roles into the grants; null removes one. Takes effect in Google at once."""
        return await self._send(Call("POST", path_of('/google-docs/permissions/{doc_id}', doc_id=doc_id), json=body, idempotency_key=idempotency_key))

    async def docs_list_versions(self, doc_id: str, *, limit: int | None = None) -> "DocVersionPage":
        """Snapshots, which stay, and Google's revisions, which it may merge or drop."""
        return await self._send(Call("GET", path_of('/google-docs/versions/{doc_id}', doc_id=doc_id), params={'limit': limit}))

    async def docs_name_version(self, doc_id: str, *, description: str | None = None, idempotency_key: str | None = None) -> "DocVersionWritten":
        """Keeps the present state for good, as a copy of the document."""
        return await self._send(Call("POST", path_of('/google-docs/versions/{doc_id}', doc_id=doc_id), params={'description': description}, idempotency_key=idempotency_key))

    async def docs_get_version(self, doc_id: str, version_id: str) -> "DocVersionTextOut":
        """The text of one version; 410 for a revision that Google merged away."""
        return await self._send(Call("GET", path_of('/google-docs/versions/{doc_id}/{version_id}', doc_id=doc_id, version_id=version_id)))

    async def docs_restore_version(self, doc_id: str, version_id: str, *, force: bool | None = None, if_match: int | str | None = None, idempotency_key: str | None = None) -> "DocRestoredWritten":
        """Makes an old text the present one, changing only what differs; the present one becomes a
        snapshot first. 409 `would-lose-structure` without `force` where the present document has
        what the text cannot say; `plain` names what the version had and its text cannot bring back."""
        return await self._send(Call("POST", path_of('/google-docs/versions/{doc_id}/restore/{version_id}', doc_id=doc_id, version_id=version_id), params={'force': force}, if_match=if_match, idempotency_key=idempotency_key))

    async def docs_stats(self) -> "StatsOut":
        """Counts and sizes over the caller's memories in Google Docs; up to 60 s old."""
        return await self._send(Call("GET", '/google-docs/stats'))

    async def docs_info(self) -> "DocInfoOut":
        """What this store can do and how it is set up; asks nothing of Google."""
        return await self._send(Call("GET", '/google-docs/info'))

    async def docs_health(self) -> "DocHealthOut":
        """Asks Google who the caller's credentials are; at most every 15 s, within 3 s."""
        return await self._send(Call("GET", '/google-docs/health'))

    async def oauth_register(self, body: "RegistrationRequest") -> "Registered":
        """Makes a client known (RFC 7591); what is not for this hub is left out. One that nobody
        has let in within a day is forgotten."""
        return await self._send(Call("POST", '/oauth/register', json=body))

    async def oauth_keys(self) -> "Keys":
        """The keys that ID tokens are signed with: none, for there are no ID tokens."""
        return await self._send(Call("GET", '/oauth/keys'))

    async def call_memory_tool(self, body: "ToolInputRequest", *, idempotency_key: str | None = None) -> "ToolResult":
        """One call of Claude's memory tool (`memory_20250818`): the body is the tool's input, the
        answer its result for the model.

        A command that cannot be carried out is answered with 200 and `is_error`, in words for the
        model. `/memories` stands for the folder `memories` of one's personal space, or for the
        folder that the token is restricted to."""
        return await self._send(Call("POST", '/anthropic/memory-tool', json=body, idempotency_key=idempotency_key))

    async def cache_statistics(self) -> "CachesOut":
        """Each cache, summed over all workers of this host."""
        return await self._send(Call("GET", '/monitoring/cache'))

    async def clear_caches(self, *, idempotency_key: str | None = None) -> "RemovedOut":
        """Forgets everything, in every worker and in Redis."""
        return await self._send(Call("POST", '/monitoring/cache/clear', idempotency_key=idempotency_key))

    async def cleanup_caches(self, *, idempotency_key: str | None = None) -> "RemovedOut":
        """Drops what has expired or is outdated, in every worker."""
        return await self._send(Call("POST", '/monitoring/cache/cleanup', idempotency_key=idempotency_key))

    async def performance(self, *, window: Literal['5m', '1h', '24h', '7d', 'all'] | None = None) -> "PerformanceOut":
        """Statistics of all workers, by route and method. Workers report every five seconds."""
        return await self._send(Call("GET", '/monitoring/performance', params={'window': window}))

    async def slowest_endpoints(self, *, count: int | None = None, window: Literal['5m', '1h', '24h', '7d', 'all'] | None = None) -> "EndpointsOut":
        """The endpoints with the highest average time."""
        return await self._send(Call("GET", '/monitoring/slowest', params={'count': count, 'window': window}))

    async def most_used_endpoints(self, *, count: int | None = None, window: Literal['5m', '1h', '24h', '7d', 'all'] | None = None) -> "EndpointsOut":
        """The endpoints with the most requests."""
        return await self._send(Call("GET", '/monitoring/most-used', params={'count': count, 'window': window}))

    async def reset_performance(self, *, idempotency_key: str | None = None) -> "ResetOut":
        """Begin a new epoch in every worker; answers when all acknowledged, or after ten seconds
        with how many did."""
        return await self._send(Call("POST", '/monitoring/reset-performance', idempotency_key=idempotency_key))

    async def pool(self) -> dict[str, Any]:
        """The database connections of the worker that answers, per database."""
        return await self._send(Call("GET", '/monitoring/pool'))

    async def charts(self, *, window: Literal['5m', '1h', '24h', '7d', 'all'] | None = None) -> dict[str, Any]:
        """What the dashboard shows: as the workers last reported, some seconds ago."""
        return await self._send(Call("GET", '/monitoring/charts', params={'window': window}))

    async def metrics(self) -> str:
        """Prometheus text, summed over all workers: scrape one address of a hub."""
        return await self._send(Call("GET", '/monitoring/metrics', is_text=True))

    async def health_live(self) -> "ReadinessOut":
        """The process answers."""
        return await self._send(Call("GET", '/monitoring/health/live'))

    async def health_ready(self) -> "ReadinessOut":
        """The hub can do its work: every database takes a write, which is rolled back."""
        return await self._send(Call("GET", '/monitoring/health/ready'))
