"""The authorization server: people let clients act for them (OAuth 2.1). See docs/oauth.md.

What a client is given is a row of the hub's own tokens, found and revoked as all are. Here are the
clients, the codes, and what a client renews its token with. The protocol is oauthlib's, imported
with the first request that needs it.
"""
