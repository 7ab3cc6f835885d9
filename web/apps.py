from django.apps import AppConfig

from memory_hub.core.features import Features


class WebConfig(AppConfig):
    name = "web"
    features = Features(
        is_api=False,
        # With the slash: /accounts is the API.
        pages=("/login", "/logout", "/signup", "/invitation/", "/account/"),
        logins=("/login", "/signup", "/account/confirm", "/account/password", "/account/reset"),
        order=10,
    )
