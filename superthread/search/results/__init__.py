"""From hits to a page: their order, filters that need a look, highlights."""
