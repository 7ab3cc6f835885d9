"""Paths of the pages. Those of accounts have the names under which django-allauth looks for them;
all others are in the ``urls`` of their package."""

from django.urls import include, path

from web.lazy import page

ACCOUNT = "allauth.account.views"
MFA = "allauth.mfa"
SOCIAL = "allauth.socialaccount.views"
KEYS = "allauth.mfa.webauthn.views"

PACKAGES = ("bulk", "sharing", "memories", "teams", "tokens", "transfer", "connect")
urlpatterns = [
    *(path("", include(f"web.{package}.urls")) for package in PACKAGES),
    page("login", "web.accounts.views.log_in", "account_login"),
    page("logout", f"{ACCOUNT}.logout", "account_logout"),
    page("account", "web.accounts.views.home", "account_home"),
    page("signup", "web.accounts.invitations.sign_up", "account_signup"),
    page("account/invitations", "web.accounts.invitations.invite", "invitations"),
    page(
        r"account/invitations/(?P<pk>\d{1,18})/withdraw",
        "web.accounts.invitations.withdraw",
        "withdraw_invitation",
    ),
    page(r"invitation/(?P<key>[\w-]{20,64})", "web.accounts.invitations.invitation", "invitation"),
    page("account/prove", "web.accounts.addresses.ask_for_proof", "ask_for_proof"),
    page(r"account/prove/(?P<key>[^/]+)", "web.accounts.addresses.prove_address", "prove_address"),
    page("account/email", "web.accounts.addresses.ask_for_another", "change_address"),
    page(r"account/email/(?P<key>[^/]+)", "web.accounts.addresses.take_another", "take_address"),
    page("account/activity", "web.accounts.activity.activity", "activity"),
    page("account/sessions", "web.accounts.sessions.sessions", "sessions"),
    page("login/code", f"{MFA}.base.views.authenticate", "mfa_authenticate"),
    page("login/passkey", f"{KEYS}.login_webauthn", "mfa_login_webauthn"),
    page("account/confirm/code", f"{MFA}.base.views.reauthenticate", "mfa_reauthenticate"),
    page("account/confirm/key", f"{KEYS}.reauthenticate_webauthn", "mfa_reauthenticate_webauthn"),
    page("account/confirm/sign-on", "web.accounts.confirming.confirm", "confirm_by_sign_on"),
    page("account/security", f"{MFA}.base.views.index", "mfa_index"),
    page(
        "account/security/app",
        f"{MFA}.totp.views.activate_totp",
        "mfa_activate_totp",
        is_one_write=True,
    ),
    page(
        "account/security/app/off",
        f"{MFA}.totp.views.deactivate_totp",
        "mfa_deactivate_totp",
        is_one_write=True,
    ),
    page(
        "account/security/codes",
        f"{MFA}.recovery_codes.views.view_recovery_codes",
        "mfa_view_recovery_codes",
    ),
    page(
        "account/security/codes/new",
        f"{MFA}.recovery_codes.views.generate_recovery_codes",
        "mfa_generate_recovery_codes",
    ),
    page(
        "account/security/codes/download",
        f"{MFA}.recovery_codes.views.download_recovery_codes",
        "mfa_download_recovery_codes",
    ),
    page("account/security/keys", f"{KEYS}.list_webauthn", "mfa_list_webauthn"),
    page(
        "account/security/keys/add", f"{KEYS}.add_webauthn", "mfa_add_webauthn", is_one_write=True
    ),
    page(
        r"account/security/keys/(?P<pk>\d{1,18})/remove",
        f"{KEYS}.remove_webauthn",
        "mfa_remove_webauthn",
        is_one_write=True,
    ),
    page(
        r"account/security/keys/(?P<pk>\d{1,18})/name",
        f"{KEYS}.edit_webauthn",
        "mfa_edit_webauthn",
    ),
    page("account/export", "web.accounts.leaving.export", "export"),
    page(r"account/export/(?P<number>\d{1,6})", "web.accounts.leaving.export_part", "export_part"),
    page("account/delete", "web.accounts.leaving.delete", "delete_account"),
    page(
        "account/(?P<provider_id>oidc)/login",
        "web.single_sign_on.views.login",
        "openid_connect_login",
    ),
    page(
        "account/(?P<provider_id>oidc)/callback",
        "web.single_sign_on.views.callback",
        "openid_connect_callback",
    ),
    page("account/oidc", f"{SOCIAL}.connections", "socialaccount_connections", is_one_write=True),
    page("account/oidc/cancelled", f"{SOCIAL}.login_cancelled", "socialaccount_login_cancelled"),
    page("account/oidc/error", f"{SOCIAL}.login_error", "socialaccount_login_error"),
    page("account/inactive", f"{ACCOUNT}.account_inactive", "account_inactive"),
    page("account/confirm", f"{ACCOUNT}.reauthenticate", "account_reauthenticate"),
    page("account/password", f"{ACCOUNT}.password_change", "account_change_password"),
    page("account/password/set", f"{ACCOUNT}.password_set", "account_set_password"),
    page("account/reset", "web.accounts.views.password_reset", "account_reset_password"),
    page("account/language", "web.language.choose", "set_language"),
    page("account/reset/sent", f"{ACCOUNT}.password_reset_done", "account_reset_password_done"),
    page(
        "account/reset/done",
        f"{ACCOUNT}.password_reset_from_key_done",
        "account_reset_password_from_key_done",
    ),
    page(
        r"account/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)",
        "web.accounts.views.set_password",
        "account_reset_password_from_key",
    ),
]
