"""Who asks: clients that registered, and clients that say who they are at an address of theirs."""
