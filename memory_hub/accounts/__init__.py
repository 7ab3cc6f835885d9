"""Who is asking: users, their API tokens, teams and memberships."""
