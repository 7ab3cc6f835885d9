"""Paths of teams."""

from web.lazy import page

KEY = r"(?P<team_key>[^/]{1,64})"
urlpatterns = [
    page("teams", "web.teams.views.teams", "teams"),
    page(f"teams/{KEY}", "web.teams.views.team", "team"),
    page(f"teams/{KEY}/activity", "web.teams.activity.activity", "team_activity"),
]
