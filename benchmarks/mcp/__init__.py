"""The door for AI clients beside REST, and beside others' servers of the same protocol."""
