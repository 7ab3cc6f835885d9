"""From a query to hits: what may be found, by which words, with which score."""
