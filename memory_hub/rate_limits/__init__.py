"""Points: what everything costs, who pays, and where it is counted."""
