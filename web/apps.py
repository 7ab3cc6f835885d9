from typing import Any

from django.apps import AppConfig

from memory_hub.core.features import Features
from memory_hub.events.order import Stage
from web.memories.prices import PRICES


class WebConfig(AppConfig):
    name = "web"
    features = Features(
        is_api=False,
        # With the slash: /accounts is the API, and /teams is one page of many.
        pages=(
            *("/login", "/logout", "/signup", "/invitation/", "/account/"),
            *("/memories/", "/trash/", "/shares/", "/teams/", "/tokens/"),
            *("/connect/", "/import/", "/export/"),
        ),
        # A form with files; longer ones are sent to the API.
        body_limits={"/import": 32 * 2**20},
        logins=(
            *("/login", "/login/code", "/login/passkey", "/signup", "/account/reset"),
            *("/account/confirm", "/account/confirm/code", "/account/password", "/account/email"),
        ),
        subscribers={
            Stage.RECORD: ("web.accounts.readdressed.tell_former", "web.webhooks.tell_owner")
        },
        prices=PRICES,
        order=10,
    )

    def ready(self) -> None:
        from allauth.mfa import signals
        from allauth.socialaccount.signals import social_account_added, social_account_removed

        for signal in (
            signals.authenticator_added,
            signals.authenticator_removed,
            signals.authenticator_reset,
        ):
            signal.connect(_note_change, dispatch_uid="web.accounts")
        social_account_added.connect(_note_sign_on, dispatch_uid="web.accounts")
        social_account_removed.connect(_note_removed_sign_on, dispatch_uid="web.accounts")


def _note_change(**told: Any) -> None:
    from web.accounts.second_factors import note_change

    note_change(**told)


def _note_sign_on(**told: Any) -> None:
    from web.accounts.second_factors import note_sign_on

    note_sign_on(**told)


def _note_removed_sign_on(**told: Any) -> None:
    from web.accounts.second_factors import note_removed_sign_on

    note_removed_sign_on(**told)
