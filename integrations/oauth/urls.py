"""Paths of the authorization server. What is asked of it alone imports oauthlib, and late."""

from django.urls import path, re_path

from integrations.oauth.views import connected, consent
from integrations.oauth.views.registration import RegisterView
from integrations.oauth.views.tokens import KeysView, RevokeView, TokenView

urlpatterns = [
    re_path(r"^authorize/?$", consent.authorize, name="oauth-authorize"),
    re_path(r"^clients/?$", connected.clients, name="oauth-clients"),
    path("token", TokenView.as_view()),
    path("revoke", RevokeView.as_view()),
    path("register", RegisterView.as_view()),
    path("keys", KeysView.as_view()),
]
