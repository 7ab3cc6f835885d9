"""The mapping of memories onto Google Docs, on plain values: no Django model is used here."""
