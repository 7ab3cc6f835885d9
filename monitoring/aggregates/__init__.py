"""Numbers that can be merged by adding: series, histograms, windows of time."""
