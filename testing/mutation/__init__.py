"""Mutation runs: small changes of the product, and whether a test notices (`script/mutate`)."""
