"""Tallies by series: of an epoch, and of a minute or an hour."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from django.db import models

from memory_hub.core.route_templates import LONGEST
from monitoring.aggregates import buckets
from monitoring.aggregates.series import Series, SeriesTally

# The route of slices that sum all routes, for charts over time.
ALL_ROUTES = ""

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


class Joined(models.Aggregate):
    """The texts of a group, with commas between them."""

    output_field = models.TextField()

    def as_sqlite(self, *args: Any, **kwargs: Any) -> tuple[str, Any]:
        return self.as_sql(*args, function="GROUP_CONCAT", **kwargs)

    def as_postgresql(self, *args: Any, **kwargs: Any) -> tuple[str, Any]:
        template = "%(function)s(%(expressions)s, ',')"
        return self.as_sql(*args, function="STRING_AGG", template=template, **kwargs)


class _Whole:
    """An aggregate of whole numbers, which come as such: there is nothing to convert row by row."""

    output_field = models.BigIntegerField()

    def get_db_converters(self, connection: Any) -> list[Any]:
        return []


class Least(_Whole, models.Min):
    """The least of a group."""


class Most(_Whole, models.Max):
    """The greatest of a group."""


class Total(_Whole, models.Sum):
    """The sum of a group; PostgreSQL adds big integers up to a number of another type."""

    def as_postgresql(self, *args: Any, **kwargs: Any) -> tuple[str, Any]:
        return self.as_sql(*args, template="%(function)s(%(expressions)s)::bigint", **kwargs)


class TallyRows(models.QuerySet):
    """Rows read as tallies: no model instances, for a page is about thousands of rows."""

    def summed(self, *, with_buckets: bool = True) -> dict[Series, SeriesTally]:
        """Return the sums by series. Histograms are left out (no percentiles) where nobody wants
        them."""
        sums = {}
        for series, tally, flat in self.grouped(with_buckets=with_buckets):
            tally.buckets = buckets.counts_of(flat)
            sums[series] = tally
        return sums

    def total(self) -> SeriesTally:
        """Return the sum over all series."""
        sums, flats = SeriesTally(), []
        for _, tally, flat in self.grouped():
            sums.add(tally)
            flats.append(flat)
        if flats:
            sums.buckets = buckets.counts_of(buckets.merged(flats))
        return sums

    def grouped(
        self, *, with_buckets: bool = True
    ) -> Iterable[tuple[Series, SeriesTally, list[int]]]:
        """Yield every series, the sums of its numbers, which the database adds, and of its
        histograms as they are stored."""
        sums = {f"{name}_": _AGGREGATES.get(name, Total)(name) for name in TALLY_FIELDS}
        if with_buckets:
            sums["buckets_"] = Joined("buckets")
        end = len(Series._fields) + len(TALLY_FIELDS)
        for row in self.order_by().values_list(*Series._fields).annotate(**sums):
            flat = buckets.merged(orjson.loads(f"[{row[end]}]")) if with_buckets else []
            yield Series(*row[:3]), _tally(row[3:end]), flat

    def tallies(self) -> Iterable[tuple[Series, SeriesTally]]:
        """Yield the series and tally of every row."""
        for row in self.values_list(*ROW_FIELDS).iterator(chunk_size=5000):
            yield Series(*row[:3]), tally_of(row[3:])

    def placed_tallies(self) -> Iterable[tuple[int, Series, SeriesTally]]:
        """Yield the start, series and tally of every slice."""
        for row in self.values_list("start", *ROW_FIELDS).iterator(chunk_size=5000):
            yield row[0], Series(*row[1:4]), tally_of(row[4:])

    def put(self, rows: Iterable[tuple[dict[str, Any], Series, SeriesTally]]) -> None:
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


_AGGREGATES = {"min_ns": Least, "max_ns": Most}


def tally_of(values: tuple[Any, ...]) -> SeriesTally:
    """Return the tally of the values of ``TALLY_FIELDS`` and ``buckets``."""
    *numbers, packed = values
    tally = _tally(numbers)
    tally.buckets = buckets.counts_of(orjson.loads(packed))
    return tally


def _tally(numbers: Sequence[int]) -> SeriesTally:
    tally = SeriesTally()
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
    return tally


def fields_of(tally: SeriesTally) -> dict[str, Any]:
    """Return the columns of a tally; buckets as a flat JSON list of index, count, index, …"""
    fields = {name: getattr(tally, name) for name in TALLY_FIELDS}
    return fields | {"buckets": orjson.dumps(buckets.flat_of(tally.buckets)).decode()}


class TallyRow(models.Model):
    """The columns of a tally. Durations are nanoseconds; a big integer holds 292 years of them."""

    route = models.CharField(max_length=LONGEST)
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
    def tally(self) -> SeriesTally:
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
