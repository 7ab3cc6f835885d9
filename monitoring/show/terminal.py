"""Statistics as a table of plain text."""

from typing import Any

from monitoring.logs.text import harmless

COLUMNS = (
    ("requests", "request_count", "d"),
    ("errors", "error_count", "d"),
    ("avg ms", "avg_time_ms", ".2f"),
    ("p50", "p50_ms", ".2f"),
    ("p95", "p95_ms", ".2f"),
    ("p99", "p99_ms", ".2f"),
    ("max", "max_time_ms", ".2f"),
    ("slow", "slow_count", "d"),
    ("cached", "cache_hits", "d"),
)


def page(answer: dict[str, Any], count: int) -> str:
    """Return a report as text: the summary, then so many endpoints and functions."""
    summary = answer["summary"]
    lines = [
        f"{summary['total_requests']} requests since {summary['since']} (window "
        f"{summary['window']}, epoch {summary['epoch']}), {summary['error_rate_percent']:.2f} % "
        f"errors, average {summary['avg_time_ms']:.2f} ms, p95 {summary['p95_ms']:.2f} ms",
        f"{summary['workers_reporting']} workers reporting",
    ]
    lines += [
        f"Lost: worker {lost['host']} {lost['pid']}; what it did after {lost['last_report']} is "
        "missing"
        for lost in summary["workers_lost"]
    ]
    endpoints = [(f"{row['method']} {row['endpoint']}", row) for row in answer["endpoints"]]
    functions = [(row["function"], row) for row in answer["functions"]]
    lines += ["", *_table("endpoint", endpoints[:count])]
    if functions:
        lines += ["", *_table("function", functions[:count])]
    return "\n".join(lines)


def _table(title: str, rows: list[tuple[str, dict[str, Any]]]) -> list[str]:
    if not rows:
        return ["No requests yet."]
    cells = [[title, *(name for name, _, _ in COLUMNS)]]
    for name, row in rows:
        cells.append([harmless(name), *(format(row[key], form) for _, key, form in COLUMNS)])
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return [
        "  ".join(
            text.ljust(width) if column == 0 else text.rjust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
