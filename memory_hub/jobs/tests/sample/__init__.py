"""An app with jobs and tasks, for processes that tests start, in which a lease is short."""
