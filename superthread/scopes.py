"""What a token may be used for here."""

from memory_hub.core.features import Scope

MEMORIES_READ = "memories:read"
MEMORIES_WRITE = "memories:write"
MEMORIES_SHARE = "memories:share"
MEMORIES_PUBLISH = "memories:publish"

SCOPES = (
    Scope(
        MEMORIES_READ,
        "read and search your memories and those shared with you",
        "내 메모리와 나에게 공유된 메모리를 읽고 검색하기",
        writes=False,
        is_default=True,
        is_public=True,
    ),
    Scope(
        MEMORIES_WRITE,
        "save, change and delete memories",
        "메모리를 저장, 수정, 삭제하기",
        is_default=True,
    ),
    Scope(
        MEMORIES_SHARE,
        "share memories and say who may do what with them",
        "메모리를 공유하고 권한을 정하기",
    ),
    Scope(
        MEMORIES_PUBLISH,
        "make memories public, for everybody to read",
        "메모리를 모두에게 공개하기",
    ),
)
