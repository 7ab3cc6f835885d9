"""The statistics as people and machines read them."""
