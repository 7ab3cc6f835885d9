"""Tallies by series: of an epoch, and of a minute or an hour."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from django.db import models

from monitoring.tally import Series, Tally

ALL_ROUTES = ""  # the route of slices that sum all routes, for charts over time

TALLY_FIELDS = (
    "count",
    "errors",
    "slow",
    "cache_hits",
    "sum_ns",
    "min_ns",
    "max_ns",
    "wait_ns",
    "db_ns",
)
ROW_FIELDS = ("route", "method", "status", *TALLY_FIELDS, "buckets")
LONGEST_ROUTE = 160


class Joined(models.Aggregate):
    """The texts of a group, with commas between them."""

    output_field = models.TextField()

    def as_sqlite(self, *args: Any, **kwargs: Any) -> tuple[str, Any]:
        return self.as_sql(*args, function="GROUP_CONCAT", **kwargs)

    def as_postgresql(self, *args: Any, **kwargs: Any) -> tuple[str, Any]:
        template = "%(function)s(%(expressions)s, ',')"
        return self.as_sql(*args, function="STRING_AGG", template=template, **kwargs)


class TallyRows(models.QuerySet):
    """Rows read as tallies: no model instances, for a page is about thousands of rows."""

    def summed(self, *, with_buckets: bool = True) -> dict[Series, Tally]:
        """Return the sums by series. The database adds; only histograms are merged here, and
        they are left out (no percentiles) where nobody wants them."""
        sums = {
            f"{name}_": _AGGREGATES.get(name, models.Sum)(
                name, output_field=models.BigIntegerField()
            )
            for name in TALLY_FIELDS
        }
        if with_buckets:
            sums["buckets_"] = Joined("buckets")
        grouped = self.order_by().values_list(*Series._fields).annotate(**sums)
        return {Series(*row[:3]): _tally_of_group(row[3:], with_buckets) for row in grouped}

    def tallies(self) -> Iterable[tuple[Series, Tally]]:
        """Yield the series and tally of every row."""
        for row in self.values_list(*ROW_FIELDS).iterator(chunk_size=5000):
            yield Series(*row[:3]), tally_of(row[3:])

    def placed_tallies(self) -> Iterable[tuple[int, Series, Tally]]:
        """Yield the start, series and tally of every slice."""
        for row in self.values_list("start", *ROW_FIELDS).iterator(chunk_size=5000):
            yield row[0], Series(*row[1:4]), tally_of(row[4:])

    def put(self, rows: Iterable[tuple[dict[str, Any], Series, Tally]]) -> None:
        """Insert or replace rows given as (key, series, tally). The caller holds the ledger."""
        key = self.model.KEY
        instances = [
            self.model(**place, **series._asdict(), **fields_of(tally))
            for place, series, tally in rows
        ]
        self.bulk_create(
            instances,
            update_conflicts=True,
            unique_fields=[*key, *Series._fields],
            update_fields=[*TALLY_FIELDS, "buckets"],
            batch_size=500,
        )


_AGGREGATES = {"min_ns": models.Min, "max_ns": models.Max}


def _tally_of_group(values: tuple[Any, ...], with_buckets: bool) -> Tally:
    if not with_buckets:
        return _tally(values, {})
    *numbers, joined = values
    first, *others = orjson.loads(f"[{joined}]")
    return _tally(numbers, _merged([first, *others]) if others else _histogram(first))


def tally_of(values: tuple[Any, ...]) -> Tally:
    """Return the tally of the values of ``TALLY_FIELDS`` and ``buckets``."""
    *numbers, packed = values
    return _tally(numbers, _histogram(orjson.loads(packed)))


def _histogram(flat: list[int]) -> dict[int, int]:
    numbers = iter(flat)
    return dict(zip(numbers, numbers, strict=True))


def _merged(histograms: list[list[int]]) -> dict[int, int]:
    """Return the sum of some, none of them empty and each in the order of its buckets."""
    lowest = min(flat[0] for flat in histograms)
    counts = [0] * (max(flat[-2] for flat in histograms) - lowest + 1)
    for flat in histograms:
        numbers = iter(flat)
        for index, count in zip(numbers, numbers, strict=True):
            counts[index - lowest] += count
    return {index: count for index, count in enumerate(counts, lowest) if count}


def _tally(numbers: Sequence[int], histogram: dict[int, int]) -> Tally:
    tally = Tally()
    (
        tally.count,
        tally.errors,
        tally.slow,
        tally.cache_hits,
        tally.sum_ns,
        tally.min_ns,
        tally.max_ns,
        tally.wait_ns,
        tally.db_ns,
    ) = numbers
    tally.buckets = histogram
    return tally


def fields_of(tally: Tally) -> dict[str, Any]:
    """Return the columns of a tally; buckets as a flat JSON list of index, count, index, …"""
    fields = {name: getattr(tally, name) for name in TALLY_FIELDS}
    flat = [number for pair in sorted(tally.buckets.items()) for number in pair]
    return fields | {"buckets": orjson.dumps(flat).decode()}


class TallyRow(models.Model):
    """The columns of a tally. Durations are nanoseconds; a big integer holds 292 years of them."""

    route = models.CharField(max_length=LONGEST_ROUTE)
    method = models.CharField(max_length=16)
    status = models.PositiveSmallIntegerField()
    count = models.BigIntegerField()
    errors = models.BigIntegerField()
    slow = models.BigIntegerField()
    cache_hits = models.BigIntegerField()
    sum_ns = models.BigIntegerField()
    min_ns = models.BigIntegerField()
    max_ns = models.BigIntegerField()
    wait_ns = models.BigIntegerField()
    db_ns = models.BigIntegerField()
    buckets = models.TextField()

    KEY: tuple[str, ...] = ()
    objects = TallyRows.as_manager()

    class Meta:
        abstract = True

    @property
    def tally(self) -> Tally:
        """Return the row as a tally."""
        return tally_of(tuple(getattr(self, name) for name in (*TALLY_FIELDS, "buckets")))


class EndpointTotal(TallyRow):
    """Everything of one series since an epoch began. Epoch 0 holds what older epochs summed to."""

    epoch = models.PositiveIntegerField()

    KEY = ("epoch",)

    class Meta:
        verbose_name = "endpoint statistic"
        permissions = [("reset_statistics", "Can begin new statistics")]
        constraints = [
            models.UniqueConstraint(
                fields=["epoch", "route", "method", "status"], name="total_of_series"
            )
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.status}"


class Slice(TallyRow):
    """One series in one minute (span 60) or hour (span 3600), beginning at ``start``."""

    span = models.PositiveSmallIntegerField()
    start = models.BigIntegerField(help_text="Seconds since 1970, UTC.")

    KEY = ("span", "start")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["span", "start", "route", "method", "status"], name="slice_of_series"
            )
        ]

    def __str__(self) -> str:
        return f"{self.start} {self.method} {self.route} {self.status}"
