"""Looking for secrets and personal numbers in what others are going to read."""
