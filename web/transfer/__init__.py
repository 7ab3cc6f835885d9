"""What is brought in from elsewhere, and taken along."""
