import logging

from django.apps import AppConfig

from memory_hub.core.features import Features
from memory_hub.events.order import Stage

# Bytes of a body: what is asked here is short.
FORM, CLIENT = 16 * 1024, 32 * 1024


class OAuthConfig(AppConfig):
    name = "integrations.oauth"
    label = "oauth"
    verbose_name = "Connected clients"
    default_auto_field = "django.db.models.BigAutoField"
    features = Features(
        prefix="/oauth",
        urls="integrations.oauth.urls",
        pages=("/authorize", "/clients"),
        well_known={
            "oauth-authorization-server": "integrations.oauth.views.metadata.authorization_server",
            "openid-configuration": "integrations.oauth.views.metadata.openid_configuration",
            "oauth-protected-resource": "integrations.oauth.views.metadata.protected_resource",
        },
        tag="Clients that people let act for them",
        points={"/register": 20, "/authorize": 5},
        body_limits={"/token": FORM, "/revoke": FORM, "/authorize": FORM, "/register": CLIENT},
        subscribers={Stage.CONSEQUENCES: ("integrations.oauth.subscribers.follow",)},
        jobs=("integrations.oauth.jobs.FORGET_CLIENTS",),
        order=35,
    )

    def ready(self) -> None:
        from integrations.oauth import cross_origin

        # At DEBUG it writes codes and tokens into the log.
        logging.getLogger("oauthlib").setLevel(logging.INFO)
        cross_origin.connect()
