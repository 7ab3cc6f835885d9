from django.urls import path

from memory_hub.accounts import views

urlpatterns = [
    path("me", views.MeView.as_view()),
    path("tokens", views.TokensView.as_view()),
    path("tokens/<str:token_id>", views.TokenView.as_view()),
    path("teams", views.TeamsView.as_view()),
    path("teams/<str:team_key>", views.TeamView.as_view()),
    path("teams/<str:team_key>/accept", views.InvitationView.as_view()),
    path("blocks", views.BlocksView.as_view()),
    path("blocks/<str:email>", views.BlockView.as_view()),
    path("teams/<str:team_key>/members/<str:email>", views.MemberView.as_view()),
]
