"""Whose something is as a place, as one number: a person's own is the number of the person."""


def space_of_team(team_id: int) -> int:
    """What a team has: no person has such a number."""
    return -team_id


def account_name(user_id: int) -> str:
    """By what name the journal tells an account something, whatever its address is: no address
    looks like this."""
    return f"user/{user_id}"
