"""How each client is connected with this hub."""
