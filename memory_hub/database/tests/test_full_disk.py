"""A full disk is told as such, in whatever language the database speaks."""

import pytest
from django.db import OperationalError, connection

from memory_hub.core.errors import hub_error

RAISE = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'Kein Platz'; END $$"


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db
def test_a_server_that_speaks_another_language_is_understood():
    with pytest.raises(OperationalError) as full, connection.cursor() as cursor:
        cursor.execute(RAISE)
    assert hub_error(full.value).status == 507


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db
def test_a_sqlite_without_room_is_a_full_disk():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        try:
            with pytest.raises(OperationalError) as full:
                cursor.execute("CREATE TABLE too_much AS SELECT randomblob(1000000) AS filling")
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    assert hub_error(full.value).status == 507
