"""Idempotency-Key: a write that is sent again is carried out once, its first answer replayed."""
