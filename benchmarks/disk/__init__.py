"""What saves write."""
