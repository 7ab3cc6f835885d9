"""What a write is made of: the steps that services share, each inside their transaction."""
