"""What a token may be used for here."""

from memory_hub.core.features import Scope

DOCS_READ = "docs:read"
DOCS_WRITE = "docs:write"

SCOPES = (
    Scope(
        DOCS_READ,
        "read and search memories in Google Docs",
        "Google Docs에 있는 메모리를 읽고 검색하기",
        writes=False,
    ),
    Scope(
        DOCS_WRITE,
        "save, change and delete memories in Google Docs",
        "Google Docs에 메모리를 저장, 수정, 삭제하기",
    ),
)
