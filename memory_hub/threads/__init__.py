"""The bounded pool of threads in which requests do their work, and whose turn it is."""
