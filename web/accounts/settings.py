"""How people log in: what axes and django-allauth are told. Taken whole by the settings."""

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "memories"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "memory_hub.accounts.login.attempted_address"
AXES_LOCKOUT_CALLABLE = "web.accounts.locked.locked_out"
AXES_RESET_ON_SUCCESS = True
# Who logged in when is nobody's business here.
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# The pages of accounts are django-allauth's. What is limited is limited by axes and by
# HUB_LOGIN_LIMIT: its own limits would count the same again, in a cache that may forget.
ACCOUNT_ADAPTER = "web.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "web.accounts.forms.LoginForm",
    "change_password": "web.accounts.forms.ChangePasswordForm",
    "reset_password": "web.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "web.accounts.forms.ResetPasswordKeyForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Whoever has an account may log in; what an unproven address counts for, the gate says.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Memory Hub: "
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "memory_hub.accounts.reset_links.ResetTokens"  # noqa: S105 - a class
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = False
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
# A first password and a sign-on that is connected outlast the session that they are set up in.
ACCOUNT_REAUTHENTICATION_REQUIRED = True

SOCIALACCOUNT_ADAPTER = "web.accounts.single_sign_on.SingleSignOn"
MFA_ADAPTER = "web.accounts.second_factors.SecondFactors"
MFA_FORMS = {
    "authenticate": "web.accounts.second_factors.AuthenticateForm",
    "reauthenticate": "web.accounts.second_factors.ReauthenticateForm",
    "edit_webauthn": "web.accounts.passkeys.RenameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Also for an unproven address: whose it turns out to be takes the account over without them.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RATE_LIMITS = False
MFA_TOTP_ISSUER = "Memory Hub"
