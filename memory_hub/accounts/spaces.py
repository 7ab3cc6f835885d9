"""Whose something is as a place, as one number: a person's own is the number of the person."""


def space_of_team(team_id: int) -> int:
    """What a team has: no person has such a number."""
    return -team_id
