"""What a token may be used for (contract §2)."""

ACCOUNTS_MANAGE = "accounts:manage"
MEMORIES_READ = "memories:read"
MEMORIES_WRITE = "memories:write"
MEMORIES_SHARE = "memories:share"
MEMORIES_PUBLISH = "memories:publish"
DOCS_READ = "docs:read"
DOCS_WRITE = "docs:write"
MONITORING_READ = "monitoring:read"
MONITORING_WRITE = "monitoring:write"

# What everyone may do with what is theirs; the order is the one people read.
PERSONAL = (
    MEMORIES_READ,
    MEMORIES_WRITE,
    MEMORIES_SHARE,
    MEMORIES_PUBLISH,
    DOCS_READ,
    DOCS_WRITE,
    ACCOUNTS_MANAGE,
)
# What only staff may do: statistics speak of everyone.
STAFF = (MONITORING_READ, MONITORING_WRITE)
ALL = PERSONAL + STAFF
