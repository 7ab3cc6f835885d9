"""What a token may be used for here."""

from memory_hub.core.features import Scope

MEMORIES_READ = "memories:read"
MEMORIES_WRITE = "memories:write"
MEMORIES_SHARE = "memories:share"
MEMORIES_PUBLISH = "memories:publish"
AUDIT_READ = "audit:read"
HOLDS_MANAGE = "holds:manage"
WEBHOOKS_MANAGE = "webhooks:manage"

SCOPES = (
    Scope(
        MEMORIES_READ,
        "read and search your memories and those shared with you",
        "내 메모리와 나에게 공유된 메모리를 읽고 검색하기",
        writes=False,
        is_default=True,
        is_public=True,
        heeds_restrictions=True,
    ),
    Scope(
        MEMORIES_WRITE,
        "save, change and delete memories",
        "메모리를 저장, 수정, 삭제하기",
        is_default=True,
        heeds_restrictions=True,
    ),
    Scope(
        MEMORIES_SHARE,
        "share memories and say who may do what with them",
        "메모리를 공유하고 권한을 정하기",
        heeds_restrictions=True,
    ),
    Scope(
        MEMORIES_PUBLISH,
        "make memories public, for everybody to read",
        "메모리를 모두에게 공개하기",
        heeds_restrictions=True,
    ),
    Scope(
        AUDIT_READ,
        "read who did what with your account and with the memories you administer",
        "내 계정과 내가 관리하는 메모리에 누가 무엇을 했는지 읽기",
        writes=False,
    ),
    Scope(
        HOLDS_MANAGE,
        "place legal holds on anybody's memories, and lift them",
        "누구의 메모리에든 법적 보존을 걸고 해제하기",
        about="hub",
    ),
    Scope(
        WEBHOOKS_MANAGE,
        "have what happens to your memories sent to addresses on the internet",
        "내 메모리에 일어난 일을 인터넷 주소로 보내도록 설정하기",
    ),
)
