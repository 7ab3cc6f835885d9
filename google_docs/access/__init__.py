"""From a caller to the places at Google that they reach, and what the hub keeps for that."""
