"""What the hub takes and tells. Made by `clients/python/generate.py`: not to be changed by hand."""


from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Union


class AuditEntryOut(TypedDict):
    position: 'int | None'
    at: 'str'
    until: 'str | None'
    type: 'str'
    count: 'int'
    change: 'str | None'
    actor: 'str | None'
    actor_id: 'int | None'
    token_id: 'int | None'
    via: 'str | None'
    subject_id: 'int | None'
    doc_id: 'str | None'
    owner: 'str | None'
    revision: 'int | None'
    version: 'int | None'
    place: 'dict[str, Any] | None'
    old_place: 'dict[str, Any] | None'
    detail: 'dict[str, Any]'
    request_id: 'NotRequired[str]'
    address: 'NotRequired[str]'


class AuditPage(TypedDict):
    entries: 'list[AuditEntryOut]'
    next_cursor: 'str | None'


class BatchDeleteRequest(TypedDict):
    atomic: 'NotRequired[bool]'
    dry_run: 'NotRequired[bool]'
    doc_ids: 'list[str]'


class BatchDeleted(TypedDict):
    results: 'list[ItemResult]'
    deleted_count: 'int'
    failed_count: 'int'


class BatchSaveRequest(TypedDict):
    atomic: 'NotRequired[bool]'
    dry_run: 'NotRequired[bool]'
    memories: 'list[SaveItemRequest]'


class BatchSaved(TypedDict):
    results: 'list[ItemResult]'
    saved_count: 'int'
    failed_count: 'int'


class BatchUpdateRequest(TypedDict):
    atomic: 'NotRequired[bool]'
    dry_run: 'NotRequired[bool]'
    updates: 'list[UpdateItemRequest]'


class BatchUpdated(TypedDict):
    results: 'list[ChangedItemResult]'
    updated_count: 'int'
    failed_count: 'int'


class BlockList(TypedDict):
    blocks: 'list[str]'


class CacheOut(TypedDict):
    name: 'str'
    backend: 'str'
    entries: 'int'
    max_entries: 'int'
    hits: 'int'
    misses: 'int'
    hit_rate: 'float'
    evictions: 'int'
    expired: 'int'
    invalidations: 'int'


class CachesOut(TypedDict):
    caches: 'list[CacheOut]'


CategoryRenameRequest = TypedDict('CategoryRenameRequest', {'from': 'str', 'to': 'str', 'scope': 'NotRequired[SearchScope]', 'team_key': 'NotRequired[str]'})


class CategoryRenamed(TypedDict):
    renamed: 'int'
    more: 'bool'


class ChangeOut(TypedDict):
    type: 'str'
    doc_id: 'NotRequired[str]'
    revision: 'NotRequired[int | None]'
    version: 'NotRequired[int | None]'
    scope: 'NotRequired[MemoryScope]'
    team_key: 'NotRequired[str | None]'
    expires_at: 'NotRequired[str | None]'
    at: 'str'
    change: 'NotRequired[str]'
    actor: 'NotRequired[int | None]'


class ChangedItemResult(TypedDict):
    index: 'int'
    status: 'int'
    doc_id: 'NotRequired[str]'
    revision: 'NotRequired[int]'
    terms_left_out: 'NotRequired[int]'
    findings: 'NotRequired[list[FindingOut]]'
    problem: 'NotRequired[dict[str, Any]]'
    links_to_rewrite: 'NotRequired[RewritingOffer]'


class ChangedMemoryOut(TypedDict):
    team_key: 'NotRequired[str | None]'
    category: 'NotRequired[str]'
    title: 'NotRequired[str]'
    metadata: 'NotRequired[dict[str, Any]]'
    size: 'NotRequired[int]'
    created_at: 'NotRequired[str]'
    updated_at: 'NotRequired[str]'
    expires_at: 'NotRequired[str | None]'
    doc_id: 'NotRequired[str]'
    scope: 'NotRequired[MemoryScope]'
    path: 'NotRequired[str | None]'
    content: 'NotRequired[str]'
    revision: 'NotRequired[int]'
    owner: 'NotRequired[str]'
    role: 'NotRequired[MemoryRole]'
    origin: 'NotRequired[OriginEnum]'
    summary: 'NotRequired[str]'
    terms_left_out: 'NotRequired[int]'
    findings: 'NotRequired[list[FindingOut]]'
    links_to_rewrite: 'NotRequired[RewritingOffer]'


ChangedMemoryWritten: TypeAlias = 'Union[ChangedMemoryOut, Receipt]'


class ChangesPage(TypedDict):
    changes: 'list[ChangeOut]'
    next_cursor: 'str'
    more: 'bool'


ContentEnum: TypeAlias = Literal['none', 'summary', 'full']


DefaultRole: TypeAlias = Literal['viewer', 'editor']


class DeliveryOut(TypedDict):
    at: 'str'
    message_id: 'str'
    type: 'str'
    status: 'int | None'
    error: 'str'
    duration_ms: 'int'


class DeliveryPage(TypedDict):
    deliveries: 'list[DeliveryOut]'
    next_cursor: 'str | None'


DiffOut = TypedDict('DiffOut', {'from': 'int', 'to': 'int', 'diff': 'str'})


class DocBatchDeleteOut(TypedDict):
    results: 'list[DocBatchItemOut]'
    deleted_count: 'int'
    failed_count: 'int'


class DocBatchDeleteRequest(TypedDict):
    atomic: 'NotRequired[bool]'
    doc_ids: 'list[str]'


class DocBatchItemOut(TypedDict):
    index: 'int'
    status: 'int'
    doc_id: 'NotRequired[str]'
    problem: 'NotRequired[dict[str, Any]]'


class DocBatchSaveOut(TypedDict):
    results: 'list[DocBatchItemOut]'
    notice: 'NotRequired[str]'
    saved_count: 'int'
    failed_count: 'int'


class DocBatchSaveRequest(TypedDict):
    memories: 'list[NewDocMemoryRequest]'
    atomic: 'NotRequired[bool]'


class DocCredentialOut(TypedDict):
    space: 'str'
    account: 'str | None'
    status: 'str'
    detail: 'str | None'
    expires_at: 'str | None'
    last_refresh: 'str | None'
    consent_ends_at: 'str | None'
    warning: 'str | None'


class DocFolderOut(TypedDict):
    space: 'str'
    trouble: 'str | None'


class DocHealthOut(TypedDict):
    status: 'str'
    type: 'str'
    mode: 'str'
    double: 'bool'
    credentials: 'list[DocCredentialOut]'
    folders: 'list[DocFolderOut]'
    hint: 'str | None'


class DocInfoOut(TypedDict):
    name: 'str'
    type: 'str'
    version: 'str'
    configured: 'bool'
    missing: 'list[str]'
    mode: 'str | None'
    double: 'bool'
    unreachable: 'str | None'
    scopes: 'list[str]'
    folder_id: 'str | None'
    drive_id: 'str | None'
    features: 'list[str]'
    limits: 'dict[str, float]'
    libraries: 'dict[str, str]'
    discovery: 'dict[str, str]'


DocListScope: TypeAlias = Literal['personal', 'team', 'all']


class DocMemoryOut(TypedDict):
    team_key: 'str | None'
    category: 'str'
    title: 'str'
    metadata: 'dict[str, Any]'
    size: 'int'
    created_at: 'str'
    updated_at: 'str'
    expires_at: 'str | None'
    doc_id: 'str'
    scope: 'DocScope'
    content: 'str | None'
    revision: 'str | None'
    owner: 'str'
    role: 'DocRole'
    exact: 'bool'
    lossy: 'NotRequired[list[KindCount]]'
    tabs: 'NotRequired[int]'
    unreadable: 'NotRequired[Unreadable]'
    notice: 'NotRequired[str]'
    lost: 'NotRequired[list[KindCount]]'
    link: 'str | None'
    edited_in_google: 'NotRequired[bool]'
    metadata_pending: 'NotRequired[bool]'
    source: 'NotRequired[str]'


class DocMemoryPage(TypedDict):
    memories: 'list[DocMemoryOut]'
    count: 'int'
    next_cursor: 'str | None'
    incomplete: 'bool'


DocMemoryWritten: TypeAlias = 'Union[DocMemoryOut, DocReceipt]'


class DocPermissionChangeRequest(TypedDict):
    permissions: "dict[str, Literal['viewer', 'editor', 'admin'] | None]"
    notify: 'NotRequired[bool]'


class DocPermissionsOut(TypedDict):
    doc_id: 'str'
    owner: 'str'
    permissions: "dict[str, Literal['viewer', 'editor', 'admin']]"
    google: 'list[GooglePermissionOut]'
    outcomes: 'NotRequired[list[GrantOutcome]]'


DocPermissionsWritten: TypeAlias = 'Union[DocPermissionsOut, DocReceipt]'


class DocReceipt(TypedDict):
    doc_id: 'NotRequired[str]'
    revision: 'NotRequired[str | None]'
    version_id: 'NotRequired[str]'


class DocRestoredOut(TypedDict):
    team_key: 'str | None'
    category: 'str'
    title: 'str'
    metadata: 'dict[str, Any]'
    size: 'int'
    created_at: 'str'
    updated_at: 'str'
    expires_at: 'str | None'
    doc_id: 'str'
    scope: 'DocScope'
    content: 'str | None'
    revision: 'str | None'
    owner: 'str'
    role: 'DocRole'
    exact: 'bool'
    lossy: 'NotRequired[list[KindCount]]'
    tabs: 'NotRequired[int]'
    unreadable: 'NotRequired[Unreadable]'
    notice: 'NotRequired[str]'
    lost: 'NotRequired[list[KindCount]]'
    link: 'str | None'
    edited_in_google: 'NotRequired[bool]'
    metadata_pending: 'NotRequired[bool]'
    source: 'NotRequired[str]'
    plain: 'list[KindCount]'


DocRestoredWritten: TypeAlias = 'Union[DocRestoredOut, DocReceipt]'


class DocResultOut(TypedDict):
    team_key: 'str | None'
    category: 'str'
    title: 'str'
    metadata: 'dict[str, Any]'
    size: 'int'
    created_at: 'str'
    updated_at: 'str'
    expires_at: 'str | None'
    doc_id: 'str'
    scope: 'DocScope'
    content: 'str | None'
    revision: 'str | None'
    owner: 'str'
    role: 'DocRole'
    exact: 'bool'
    lossy: 'NotRequired[list[KindCount]]'
    tabs: 'NotRequired[int]'
    unreadable: 'NotRequired[Unreadable]'
    notice: 'NotRequired[str]'
    lost: 'NotRequired[list[KindCount]]'
    link: 'str | None'
    edited_in_google: 'NotRequired[bool]'
    metadata_pending: 'NotRequired[bool]'
    source: 'NotRequired[str]'
    score: 'float'
    highlight: 'str'


DocRole: TypeAlias = Literal['viewer', 'editor', 'admin', 'owner']


DocScope: TypeAlias = Literal['personal', 'team']


class DocSearchOut(TypedDict):
    results: 'list[DocResultOut]'
    count: 'int'
    next_cursor: 'str | None'
    incomplete: 'bool'
    took_ms: 'float'


class DocSearchRequest(TypedDict):
    query: 'str'
    scope: 'NotRequired[DocListScope]'
    team_key: 'NotRequired[str | None]'
    category: 'NotRequired[str | None]'
    limit: 'NotRequired[int]'
    cursor: 'NotRequired[str | None]'


class DocVersionOut(TypedDict):
    version_id: 'str'
    kind: 'DocVersionOutKindEnum'
    guaranteed: 'bool'
    description: 'str'
    author: 'str'
    created_at: 'str'
    size: 'int | None'
    current: 'bool'


DocVersionOutKindEnum: TypeAlias = Literal['snapshot', 'revision']


class DocVersionPage(TypedDict):
    versions: 'list[DocVersionOut]'
    count: 'int'


class DocVersionTextOut(TypedDict):
    version_id: 'str'
    content: 'str'


DocVersionWritten: TypeAlias = 'Union[DocVersionOut, DocReceipt]'


class EndpointOut(TypedDict):
    avg_time_ms: 'float'
    p50_ms: 'float'
    p95_ms: 'float'
    p99_ms: 'float'
    request_count: 'int'
    min_time_ms: 'float'
    max_time_ms: 'float'
    error_count: 'int'
    success_rate: 'float'
    slow_count: 'int'
    cache_hits: 'int'
    avg_wait_ms: 'float'
    avg_db_ms: 'float'
    endpoint: 'str'
    method: 'str'
    status_codes: 'dict[str, int]'


class EndpointsOut(TypedDict):
    endpoints: 'list[EndpointOut]'


class ExportInRequest(TypedDict):
    format: 'NotRequired[FormatEnum]'


class ExportList(TypedDict):
    exports: 'list[ExportOut]'


class ExportOut(TypedDict):
    id: 'str'
    format: 'FormatEnum'
    state: 'ExportOutStateEnum'
    total: 'int'
    done: 'int'
    size: 'int'
    why: 'str'
    created_at: 'str'
    started_at: 'str | None'
    ended_at: 'str | None'
    expires_at: 'str | None'


ExportOutStateEnum: TypeAlias = Literal['waiting', 'running', 'done', 'failed']


class FacetsOut(TypedDict):
    categories: 'dict[str, int]'
    tags: 'dict[str, int]'
    examined: 'int'
    complete: 'bool'


FieldsEnum: TypeAlias = Literal['doc_id', 'scope', 'team_key', 'path', 'category', 'title', 'content', 'metadata', 'revision', 'owner', 'role', 'origin', 'size', 'created_at', 'updated_at', 'expires_at']


class FindingOut(TypedDict):
    kind: 'str'
    line: 'int'


FormatEnum: TypeAlias = Literal['archive', 'markdown']


class FunctionOut(TypedDict):
    avg_time_ms: 'float'
    p50_ms: 'float'
    p95_ms: 'float'
    p99_ms: 'float'
    request_count: 'int'
    min_time_ms: 'float'
    max_time_ms: 'float'
    error_count: 'int'
    success_rate: 'float'
    slow_count: 'int'
    cache_hits: 'int'
    avg_wait_ms: 'float'
    avg_db_ms: 'float'
    function: 'str'


class GooglePermissionOut(TypedDict):
    email: 'str | None'
    type: 'str'
    effective_role: 'str'
    inherited: 'bool'


class GrantOutcome(TypedDict):
    email: 'str'
    outcome: 'OutcomeEnum'
    google_email: 'NotRequired[str | None]'
    code: 'NotRequired[str]'
    detail: 'NotRequired[str]'


GrantRole: TypeAlias = Literal['viewer', 'editor', 'admin']


GrantTypeEnum: TypeAlias = Literal['authorization_code', 'refresh_token']


class HeadOut(TypedDict):
    position: 'int'
    hash: 'str'
    at: 'str | None'


class HealthOut(TypedDict):
    status: 'str'
    type: 'str'
    database: 'str'


class HoldOut(TypedDict):
    id: 'int'
    doc_id: 'str | None'
    team_key: 'str | None'
    reason: 'str'
    placed_by: 'str | None'
    placed_at: 'str'


class HoldsOut(TypedDict):
    holds: 'list[HoldOut]'
    count: 'int'


class ImportList(TypedDict):
    imports: 'list[ImportOut]'


class ImportOut(TypedDict):
    id: 'str'
    name: 'str'
    format: 'str'
    state: 'ImportState'
    dry_run: 'bool'
    size: 'int'
    total: 'int'
    done: 'int'
    counts: 'dict[str, int]'
    why: 'str'
    created_at: 'str'
    started_at: 'str | None'
    ended_at: 'str | None'


ImportState: TypeAlias = Literal['waiting', 'running', 'done', 'failed', 'cancelled']


class InfoOut(TypedDict):
    name: 'str'
    type: 'str'
    version: 'str'
    database: 'str'
    features: 'list[str]'
    points: 'PointsOut'
    limits: 'dict[str, int]'


class ItemResult(TypedDict):
    index: 'int'
    status: 'int'
    doc_id: 'NotRequired[str]'
    revision: 'NotRequired[int]'
    terms_left_out: 'NotRequired[int]'
    findings: 'NotRequired[list[FindingOut]]'
    problem: 'NotRequired[dict[str, Any]]'


class Keys(TypedDict):
    keys: 'list[dict[str, Any]]'


class KindCount(TypedDict):
    kind: 'str'
    count: 'int'


KindsEnum: TypeAlias = Literal['memory.created', 'memory.updated', 'memory.moved', 'memory.transferred', 'memory.version_named', 'memory.redacted', 'memory.trashed', 'memory.undeleted', 'memory.purged', 'memory.expired', 'memory.amended', 'memory.gone', 'grant.offered', 'grant.given', 'grant.changed', 'grant.accepted', 'grant.ended', 'team.joined', 'team.left']


class LinkOut(TypedDict):
    kind: 'LinkOutKindEnum'
    text: 'str'
    memory: 'dict[str, Any] | None'


LinkOutKindEnum: TypeAlias = Literal['wiki', 'markdown']


class LinkedOut(TypedDict):
    doc_id: 'str'
    path: 'str | None'
    title: 'str'


class LinksOut(TypedDict):
    links: 'list[LinkOut]'
    backlinks: 'list[LinkedOut]'
    next_cursor: 'str | None'


class LostWorkerOut(TypedDict):
    """A worker that ended without a last report: what it did after this is missing."""

    host: 'str'
    pid: 'int'
    last_report: 'str'


class Me(TypedDict):
    email: 'str'
    teams: 'list[PlaceOut]'
    scopes: 'list[str]'
    expires_at: 'str | None'
    restriction: 'dict[str, Any] | None'


class MemberChangeRequest(TypedDict):
    role: 'NotRequired[TeamRole]'


class MemberOut(TypedDict):
    email: 'str'
    role: 'TeamRole'


class MemoryOut(TypedDict):
    team_key: 'NotRequired[str | None]'
    category: 'NotRequired[str]'
    title: 'NotRequired[str]'
    metadata: 'NotRequired[dict[str, Any]]'
    size: 'NotRequired[int]'
    created_at: 'NotRequired[str]'
    updated_at: 'NotRequired[str]'
    expires_at: 'NotRequired[str | None]'
    doc_id: 'NotRequired[str]'
    scope: 'NotRequired[MemoryScope]'
    path: 'NotRequired[str | None]'
    content: 'NotRequired[str]'
    revision: 'NotRequired[int]'
    owner: 'NotRequired[str]'
    role: 'NotRequired[MemoryRole]'
    origin: 'NotRequired[OriginEnum]'
    summary: 'NotRequired[str]'
    terms_left_out: 'NotRequired[int]'
    findings: 'NotRequired[list[FindingOut]]'


class MemoryPage(TypedDict):
    memories: 'list[MemoryOut]'
    count: 'int'
    next_cursor: 'str | None'
    total: 'NotRequired[int]'
    examined: 'NotRequired[int]'
    missing: 'NotRequired[list[str]]'


class MemoryPutRequest(TypedDict):
    content: 'str'
    category: 'NotRequired[str]'
    metadata: 'NotRequired[dict[str, Any]]'
    expires_at: 'NotRequired[str | None]'


MemoryRole: TypeAlias = Literal['none', 'viewer', 'editor', 'admin', 'owner']


MemoryScope: TypeAlias = Literal['personal', 'team', 'public']


MemoryWritten: TypeAlias = 'Union[MemoryOut, Receipt]'


class NewDocMemoryRequest(TypedDict):
    content: 'str'
    category: 'NotRequired[str]'
    team_key: 'NotRequired[str | None]'
    expires_at: 'NotRequired[str | None]'
    scope: 'NotRequired[DocScope]'
    metadata: 'NotRequired[dict[str, Any]]'


class NewHoldRequest(TypedDict):
    doc_id: 'NotRequired[str]'
    team_key: 'NotRequired[str]'
    reason: 'str'


class NewMemoryRequest(TypedDict):
    content: 'str'
    category: 'NotRequired[str]'
    team_key: 'NotRequired[str | None]'
    expires_at: 'NotRequired[str | None]'
    scope: 'NotRequired[MemoryScope]'
    path: 'NotRequired[str | None]'
    metadata: 'NotRequired[dict[str, Any]]'


class NewTeamRequest(TypedDict):
    team_key: 'str'
    name: 'NotRequired[str]'
    default_role: 'NotRequired[DefaultRole]'


class NewTokenOut(TypedDict):
    id: 'int'
    name: 'str'
    prefix: 'str'
    scopes: 'list[str]'
    restriction: 'dict[str, Any] | None'
    client: 'str | None'
    made_by: 'int | None'
    created_at: 'str'
    expires_at: 'str'
    revoked_at: 'str | None'
    last_used_at: 'str | None'
    token: 'str'


class NewTokenRequest(TypedDict):
    name: 'NotRequired[str]'
    scopes: 'NotRequired[list[ScopesEnum]]'
    expires_at: 'NotRequired[str]'
    restriction: 'NotRequired[dict[str, Any] | None]'


class NewWebhookRequest(TypedDict):
    url: 'str'
    description: 'NotRequired[str]'
    scopes: 'NotRequired[list[MemoryScope]]'
    team_keys: 'NotRequired[list[str]]'
    kinds: 'NotRequired[list[KindsEnum]]'
    cursor: 'NotRequired[str]'


OfferOut = TypedDict('OfferOut', {'doc_id': 'str', 'from': 'str', 'offered_at': 'str'})


OriginEnum: TypeAlias = Literal['own', 'team', 'shared', 'public']


OutcomeEnum: TypeAlias = Literal['granted', 'changed', 'removed', 'unchanged', 'refused']


OutcomeKind: TypeAlias = Literal['saved', 'changed', 'unchanged', 'skipped', 'failed', 'noted']


class OutcomeList(TypedDict):
    outcomes: 'list[OutcomeOut]'


class OutcomeOut(TypedDict):
    number: 'int'
    kind: 'OutcomeKind'
    place: 'str'
    why: 'str'


class PatchedDocMemoryChangeRequest(TypedDict):
    content: 'NotRequired[str]'
    category: 'NotRequired[str]'
    expires_at: 'NotRequired[str | None]'
    metadata: 'NotRequired[dict[str, Any]]'
    force: 'NotRequired[bool]'


class PatchedMemoryChangeRequest(TypedDict):
    content: 'NotRequired[str]'
    category: 'NotRequired[str]'
    expires_at: 'NotRequired[str | None]'
    metadata: 'NotRequired[dict[str, Any]]'
    scope: 'NotRequired[MemoryScope]'
    team_key: 'NotRequired[str | None]'
    path: 'NotRequired[str | None]'


class PatchedMemoryMergeRequest(TypedDict):
    content: 'NotRequired[str]'
    category: 'NotRequired[str]'
    expires_at: 'NotRequired[str | None]'
    metadata: 'NotRequired[dict[str, Any] | None]'
    scope: 'NotRequired[MemoryScope]'
    team_key: 'NotRequired[str | None]'
    path: 'NotRequired[str | None]'


class PatchedTeamChangeRequest(TypedDict):
    name: 'NotRequired[str]'
    default_role: 'NotRequired[DefaultRole]'


class PatchedWebhookChangeRequest(TypedDict):
    url: 'NotRequired[str]'
    description: 'NotRequired[str]'
    scopes: 'NotRequired[list[MemoryScope]]'
    team_keys: 'NotRequired[list[str]]'
    kinds: 'NotRequired[list[KindsEnum]]'


class PerformanceOut(TypedDict):
    endpoints: 'list[EndpointOut]'
    summary: 'SummaryOut'
    functions: 'list[FunctionOut]'


class PermissionChangeRequest(TypedDict):
    permissions: "dict[str, Literal['viewer', 'editor', 'admin'] | None]"


class PermissionsOut(TypedDict):
    doc_id: 'str'
    owner: 'str'
    permissions: "dict[str, Literal['viewer', 'editor', 'admin']]"


PermissionsWritten: TypeAlias = 'Union[PermissionsOut, Receipt]'


class PlaceOut(TypedDict):
    team_key: 'str'
    role: 'TeamRole'
    accepted: 'bool'


class PointsOut(TypedDict):
    limit: 'int | None'
    limit_of_user: 'int | None'
    limit_of_imports: 'int | None'
    seconds: 'int | None'
    prices: 'list[PriceOut]'


class PriceOut(TypedDict):
    counted: 'str'
    points: 'int'
    each: 'int'
    meaning: 'str'


class Problem(TypedDict):
    """Problem details (RFC 9457)."""

    type: 'str'
    title: 'str'
    status: 'int'
    detail: 'str'
    code: 'str'
    request_id: 'str'
    errors: 'NotRequired[list[ProblemItem]]'


class ProblemItem(TypedDict):
    """One thing that is wrong with the input."""

    pointer: 'str'
    code: 'str'
    detail: 'str'


class ReadinessOut(TypedDict):
    status: 'str'


class Receipt(TypedDict):
    doc_id: 'NotRequired[str]'
    revision: 'NotRequired[int]'
    version_id: 'NotRequired[str]'
    number: 'NotRequired[int]'


class Refusal(TypedDict):
    error: 'str'
    error_description: 'NotRequired[str]'


class Registered(TypedDict):
    client_id: 'str'
    client_id_issued_at: 'int'
    client_name: 'str'
    redirect_uris: 'list[str]'
    grant_types: 'list[str]'
    response_types: 'list[str]'
    token_endpoint_auth_method: 'str'
    client_secret: 'NotRequired[str]'
    client_secret_expires_at: 'NotRequired[int]'
    scope: 'NotRequired[str]'


class RegistrationRequest(TypedDict):
    redirect_uris: 'list[str]'
    client_name: 'NotRequired[str]'
    grant_types: 'NotRequired[list[str]]'
    response_types: 'NotRequired[list[str]]'
    token_endpoint_auth_method: 'NotRequired[TokenEndpointAuthMethodEnum]'
    application_type: 'NotRequired[str]'
    scope: 'NotRequired[str]'


class RelinkedItem(TypedDict):
    doc_id: 'str'
    path: 'str | None'
    title: 'str'
    links: 'int'
    revision: 'int'


class RelinkedOut(TypedDict):
    memories: 'list[RelinkedItem]'
    more: 'bool'


RelinkingRequest = TypedDict('RelinkingRequest', {'from': 'str', 'dry_run': 'NotRequired[bool]'})


class RemovedOut(TypedDict):
    removed: 'int'
    by_cache: 'dict[str, int]'


class ResetOut(TypedDict):
    epoch: 'int'
    acknowledged: 'int'
    workers: 'int'


class ResumingRequest(TypedDict):
    cursor: 'NotRequired[str]'


class RevocationRequestRequest(TypedDict):
    token: 'str'
    token_type_hint: 'NotRequired[str]'
    client_id: 'NotRequired[str]'
    client_secret: 'NotRequired[str]'


RewritingOffer = TypedDict('RewritingOffer', {'memories': 'int', 'from': 'str', 'url': 'str'})


class SaveItemRequest(TypedDict):
    content: 'str'
    category: 'NotRequired[str]'
    team_key: 'NotRequired[str | None]'
    expires_at: 'NotRequired[str | None]'
    scope: 'NotRequired[MemoryScope]'
    path: 'NotRequired[str | None]'
    metadata: 'NotRequired[dict[str, Any]]'
    created_at: 'NotRequired[str]'


class SavedMemoryOut(TypedDict):
    team_key: 'NotRequired[str | None]'
    category: 'NotRequired[str]'
    title: 'NotRequired[str]'
    metadata: 'NotRequired[dict[str, Any]]'
    size: 'NotRequired[int]'
    created_at: 'NotRequired[str]'
    updated_at: 'NotRequired[str]'
    expires_at: 'NotRequired[str | None]'
    doc_id: 'NotRequired[str]'
    scope: 'NotRequired[MemoryScope]'
    path: 'NotRequired[str | None]'
    content: 'NotRequired[str]'
    revision: 'NotRequired[int]'
    owner: 'NotRequired[str]'
    role: 'NotRequired[MemoryRole]'
    origin: 'NotRequired[OriginEnum]'
    summary: 'NotRequired[str]'
    terms_left_out: 'NotRequired[int]'
    findings: 'NotRequired[list[FindingOut]]'
    duplicates: 'NotRequired[list[dict[str, Any]]]'


SavedMemoryWritten: TypeAlias = 'Union[SavedMemoryOut, Receipt]'


ScopesEnum: TypeAlias = Literal['memories:read', 'memories:write', 'memories:share', 'memories:publish', 'audit:read', 'webhooks:manage', 'docs:read', 'docs:write', 'accounts:manage', 'holds:manage', 'monitoring:read', 'monitoring:write']


class SearchBodyRequest(TypedDict):
    query: 'str'
    scope: 'NotRequired[SearchScope]'
    team_key: 'NotRequired[str]'
    category: 'NotRequired[str]'
    at: 'NotRequired[str]'
    limit: 'NotRequired[int]'
    cursor: 'NotRequired[str]'
    syntax: 'NotRequired[SyntaxEnum]'
    sort: 'NotRequired[SortEnum]'
    recency: "NotRequired[Union[Literal['none', 'tie'], dict[str, Any]]]"
    explain: 'NotRequired[bool]'
    categories: 'NotRequired[list[str]]'
    created_from: 'NotRequired[str]'
    created_before: 'NotRequired[str]'
    updated_from: 'NotRequired[str]'
    updated_before: 'NotRequired[str]'
    owner: 'NotRequired[str]'
    path_prefix: 'NotRequired[str]'
    role: 'NotRequired[DocRole]'
    origin: 'NotRequired[list[OriginEnum]]'
    tag: 'NotRequired[str]'
    metadata: 'NotRequired[dict[str, dict[str, Any]]]'
    fields: 'NotRequired[list[FieldsEnum]]'
    content: 'NotRequired[ContentEnum]'


class SearchExplanation(TypedDict):
    terms: 'list[TermOut]'
    phrases: 'list[str]'
    excluded: 'list[str]'
    sort: 'SortEnum'
    recency: 'Any'
    tie: 'str'


class SearchPage(TypedDict):
    results: 'list[SearchResult]'
    count: 'int'
    excluded: 'list[str]'
    incomplete: 'bool'
    next_cursor: 'str | None'
    took_ms: 'float'
    explain: 'NotRequired[SearchExplanation]'


class SearchResult(TypedDict):
    team_key: 'NotRequired[str | None]'
    category: 'NotRequired[str]'
    title: 'NotRequired[str]'
    metadata: 'NotRequired[dict[str, Any]]'
    size: 'NotRequired[int]'
    created_at: 'NotRequired[str]'
    updated_at: 'NotRequired[str]'
    expires_at: 'NotRequired[str | None]'
    doc_id: 'NotRequired[str]'
    scope: 'NotRequired[MemoryScope]'
    path: 'NotRequired[str | None]'
    content: 'NotRequired[str]'
    revision: 'NotRequired[int]'
    owner: 'NotRequired[str]'
    role: 'NotRequired[MemoryRole]'
    origin: 'NotRequired[OriginEnum]'
    summary: 'NotRequired[str]'
    terms_left_out: 'NotRequired[int]'
    findings: 'NotRequired[list[FindingOut]]'
    score: 'float'
    highlight: 'str'
    explain: 'NotRequired[dict[str, float]]'


SearchScope: TypeAlias = Literal['personal', 'team', 'public', 'all']


class ShareList(TypedDict):
    shares: 'list[ShareOut]'


ShareOut = TypedDict('ShareOut', {'doc_id': 'str', 'from': 'str | None', 'role': 'GrantRole', 'offered_at': 'str'})


class ShareReplyRequest(TypedDict):
    accept: 'bool'
    block: 'NotRequired[bool]'


class SimilarMemory(TypedDict):
    team_key: 'NotRequired[str | None]'
    category: 'NotRequired[str]'
    title: 'NotRequired[str]'
    metadata: 'NotRequired[dict[str, Any]]'
    size: 'NotRequired[int]'
    created_at: 'NotRequired[str]'
    updated_at: 'NotRequired[str]'
    expires_at: 'NotRequired[str | None]'
    doc_id: 'NotRequired[str]'
    scope: 'NotRequired[MemoryScope]'
    path: 'NotRequired[str | None]'
    content: 'NotRequired[str]'
    revision: 'NotRequired[int]'
    owner: 'NotRequired[str]'
    role: 'NotRequired[MemoryRole]'
    origin: 'NotRequired[OriginEnum]'
    summary: 'NotRequired[str]'
    terms_left_out: 'NotRequired[int]'
    findings: 'NotRequired[list[FindingOut]]'
    score: 'float'


class SimilarPage(TypedDict):
    memories: 'list[SimilarMemory]'
    count: 'int'


SortEnum: TypeAlias = Literal['relevance', 'created', 'updated']


StateEnum: TypeAlias = Literal['active', 'paused']


class StatsOut(TypedDict):
    total_documents: 'int'
    total_size: 'int'
    storage_used: 'int'
    storage_limit: 'int | None'
    average_size: 'float'
    members: 'int'
    teams: 'int'
    by_scope: 'dict[str, int]'
    by_category: 'dict[str, int]'


class SummaryOut(TypedDict):
    avg_time_ms: 'float'
    p50_ms: 'float'
    p95_ms: 'float'
    p99_ms: 'float'
    total_requests: 'int'
    total_errors: 'int'
    error_rate_percent: 'float'
    slow_count: 'int'
    cache_hits: 'int'
    endpoint_count: 'int'
    status_codes: 'dict[str, int]'
    window: 'str'
    since: 'str'
    epoch: 'int'
    workers_reporting: 'int'
    workers_lost: 'list[LostWorkerOut]'


SyntaxEnum: TypeAlias = Literal['auto', 'plain', 'web']


class TeamList(TypedDict):
    teams: 'list[TeamOut]'


class TeamOut(TypedDict):
    team_key: 'str'
    name: 'str'
    default_role: 'DefaultRole'
    role: 'TeamRole'
    accepted: 'bool'
    members: 'list[MemberOut]'


TeamRole: TypeAlias = Literal['member', 'admin']


class TermOut(TypedDict):
    term: 'str'
    idf: 'float'
    weight: 'float'
    instead_of: 'str | None'


class TokenAnswer(TypedDict):
    access_token: 'str'
    token_type: 'str'
    expires_in: 'int'
    refresh_token: 'str'
    scope: 'str'


TokenEndpointAuthMethodEnum: TypeAlias = Literal['none', 'client_secret_post', 'client_secret_basic']


class TokenList(TypedDict):
    tokens: 'list[TokenOut]'


class TokenOut(TypedDict):
    id: 'int'
    name: 'str'
    prefix: 'str'
    scopes: 'list[str]'
    restriction: 'dict[str, Any] | None'
    client: 'str | None'
    made_by: 'int | None'
    created_at: 'str'
    expires_at: 'str'
    revoked_at: 'str | None'
    last_used_at: 'str | None'


class TokenRequestRequest(TypedDict):
    grant_type: 'GrantTypeEnum'
    client_id: 'NotRequired[str]'
    client_secret: 'NotRequired[str]'
    code: 'NotRequired[str]'
    redirect_uri: 'NotRequired[str]'
    code_verifier: 'NotRequired[str]'
    refresh_token: 'NotRequired[str]'
    scope: 'NotRequired[str]'
    resource: 'NotRequired[str]'


class ToolInputRequest(TypedDict):
    """The input of a call of the tool, as the model wrote it; members that a command has no use"""

    command: 'str'
    path: 'NotRequired[str]'
    view_range: 'NotRequired[list[int] | None]'
    file_text: 'NotRequired[str]'
    old_str: 'NotRequired[str]'
    new_str: 'NotRequired[str | None]'
    insert_line: 'NotRequired[int]'
    insert_text: 'NotRequired[str]'
    old_path: 'NotRequired[str]'
    new_path: 'NotRequired[str]'


class ToolResult(TypedDict):
    content: 'str'
    is_error: 'bool'


class TransferBodyRequest(TypedDict):
    to: 'NotRequired[str | None]'
    accept: 'NotRequired[bool]'


class TransferList(TypedDict):
    transfers: 'list[OfferOut]'


class TransferOut(TypedDict):
    doc_id: 'str'
    owner: 'str'
    offered_to: 'str | None'


class TrashPage(TypedDict):
    memories: 'list[TrashedOut]'
    count: 'int'
    next_cursor: 'str | None'


class TrashedOut(TypedDict):
    team_key: 'NotRequired[str | None]'
    category: 'NotRequired[str]'
    title: 'NotRequired[str]'
    metadata: 'NotRequired[dict[str, Any]]'
    size: 'NotRequired[int]'
    created_at: 'NotRequired[str]'
    updated_at: 'NotRequired[str]'
    expires_at: 'NotRequired[str | None]'
    doc_id: 'NotRequired[str]'
    scope: 'NotRequired[MemoryScope]'
    path: 'NotRequired[str | None]'
    content: 'NotRequired[str]'
    revision: 'NotRequired[int]'
    owner: 'NotRequired[str]'
    role: 'NotRequired[MemoryRole]'
    origin: 'NotRequired[OriginEnum]'
    summary: 'NotRequired[str]'
    terms_left_out: 'NotRequired[int]'
    findings: 'NotRequired[list[FindingOut]]'
    deleted_at: 'str'
    deleted_by: 'str | None'
    purge_at: 'str'


class UndeletionRequest(TypedDict):
    path: 'NotRequired[str | None]'


class Unreadable(TypedDict):
    code: 'str'
    detail: 'str'


class UpdateItemRequest(TypedDict):
    content: 'NotRequired[str]'
    category: 'NotRequired[str]'
    expires_at: 'NotRequired[str | None]'
    metadata: 'NotRequired[dict[str, Any]]'
    scope: 'NotRequired[MemoryScope]'
    team_key: 'NotRequired[str | None]'
    path: 'NotRequired[str | None]'
    doc_id: 'str'
    revision: 'NotRequired[int]'


class VersionOut(TypedDict):
    version_id: 'str'
    number: 'int'
    description: 'str'
    author: 'str'
    created_at: 'str'
    path: 'str | None'
    size: 'int'
    current: 'bool'
    redacted_at: 'str | None'
    redacted_by: 'str | None'


class VersionPage(TypedDict):
    versions: 'list[VersionOut]'
    count: 'int'
    next_cursor: 'str | None'


VersionWritten: TypeAlias = 'Union[VersionOut, Receipt]'


class WebhookList(TypedDict):
    webhooks: 'list[WebhookOut]'


class WebhookOut(TypedDict):
    id: 'int'
    url: 'str'
    description: 'str'
    scopes: 'list[MemoryScope]'
    team_keys: 'list[str]'
    kinds: 'list[KindsEnum]'
    state: 'StateEnum'
    reason: "Literal['owner', 'operator', 'gone', 'failing', 'inactive', 'revoked', 'restored', 'cursor-gone', 'secret-lost'] | None"
    created_at: 'str'
    paused_at: 'str | None'
    failures: 'int'
    failing_since: 'str | None'
    next_attempt_at: 'str | None'
    last_success_at: 'str | None'
    former_secret_until: 'str | None'


class WebhookWithSecret(TypedDict):
    id: 'int'
    url: 'str'
    description: 'str'
    scopes: 'list[MemoryScope]'
    team_keys: 'list[str]'
    kinds: 'list[KindsEnum]'
    state: 'StateEnum'
    reason: "Literal['owner', 'operator', 'gone', 'failing', 'inactive', 'revoked', 'restored', 'cursor-gone', 'secret-lost'] | None"
    created_at: 'str'
    paused_at: 'str | None'
    failures: 'int'
    failing_since: 'str | None'
    next_attempt_at: 'str | None'
    last_success_at: 'str | None'
    former_secret_until: 'str | None'
    secret: 'str'


class WholeVersionOut(TypedDict):
    version_id: 'str'
    number: 'int'
    description: 'str'
    author: 'str'
    created_at: 'str'
    path: 'str | None'
    size: 'int'
    current: 'bool'
    redacted_at: 'str | None'
    redacted_by: 'str | None'
    category: 'str'
    content: 'str'
    metadata: 'dict[str, Any]'

