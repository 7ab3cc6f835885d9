"""What an app shows Prometheus beside the timings of its requests."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Family(NamedTuple):
    """A metric with its samples: pairs of labels and value. ``kind`` is counter or gauge."""

    name: str
    kind: str
    help: str
    samples: Iterable[tuple[Mapping[str, str], float]]
