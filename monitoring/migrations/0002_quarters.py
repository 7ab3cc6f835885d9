"""Sums the hours that were counted so far to quarters of a day, which long windows are read from."""

from typing import Any

from django.db import migrations

from monitoring.aggregates import windows
from monitoring.aggregates.series import Series, SeriesTally
from monitoring.models.series import ROW_FIELDS, fields_of, tally_of


def sum_hours(apps: Any, editor: Any) -> None:
    """Make a row for every quarter and series that has an hour."""
    rows = apps.get_model("monitoring", "Slice").objects.using(editor.connection.alias)
    sums: dict[tuple[int, Series], SeriesTally] = {}
    hours = rows.filter(span=windows.HOUR).values_list("start", *ROW_FIELDS)
    for start, route, method, status, *values in hours.iterator(chunk_size=5000):
        place = windows.floor(start, windows.QUARTER), Series(route, method, status)
        sums.setdefault(place, SeriesTally()).add(tally_of(tuple(values)))
    rows.bulk_create(
        (
            rows.model(span=windows.QUARTER, start=start, **series._asdict(), **fields_of(tally))
            for (start, series), tally in sums.items()
        ),
        batch_size=500,
    )


def forget_quarters(apps: Any, editor: Any) -> None:
    """Delete them: the hours are still there."""
    rows = apps.get_model("monitoring", "Slice").objects.using(editor.connection.alias)
    rows.filter(span=windows.QUARTER).delete()


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_initial")]
    operations = [migrations.RunPython(sum_hours, forget_quarters)]
