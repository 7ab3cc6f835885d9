"""To whom entries were told by name, when that name becomes somebody else's."""

from django.db import connection

from memory_hub.database.dialect import is_postgres

# First: what is being numbered meanwhile is waited for, and found by the next statements.
_INBOX = """
UPDATE journal_inbox SET audience = (audience - %s) || to_jsonb(%s::text)
WHERE jsonb_exists(audience, %s)
"""
_COPY = """
INSERT INTO journal_audience (who, position)
SELECT %s, position FROM journal_audience WHERE who = %s ON CONFLICT DO NOTHING
"""
_DELETE = "DELETE FROM journal_audience WHERE who = %s"


def hand_over(who: str, to: str) -> None:
    """What was told to ``who`` is told to ``to`` alone, in the transaction under way. What will be
    told to ``who`` is another's."""
    with connection.cursor() as cursor:
        if is_postgres():
            cursor.execute(_INBOX, [who, to, who])
        cursor.execute(_COPY, [to, who])
        cursor.execute(_DELETE, [who])
