"""Plain requests, answered without Django's request and DRF's around their view: `asking.py` says
which, `reads.py`, `searches.py` and `saves.py` answer them, `ways.py` is what these share."""
