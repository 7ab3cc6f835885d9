"""What a token may be used for here: statistics speak of everyone, so only staff may."""

from memory_hub.core.features import Scope

MONITORING_READ = "monitoring:read"
MONITORING_WRITE = "monitoring:write"

SCOPES = (
    Scope(
        MONITORING_READ,
        "read the statistics of the whole hub",
        "허브 전체의 통계를 읽기",
        writes=False,
        about="hub",
    ),
    Scope(
        MONITORING_WRITE,
        "reset statistics and clear caches",
        "통계를 초기화하고 캐시를 비우기",
        about="hub",
    ),
)
