"""What the environment says, and what production refuses to start with."""
