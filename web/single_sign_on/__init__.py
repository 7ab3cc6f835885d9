"""Signing on at an OpenID provider: installed only where one is named (``OIDC_ISSUER``)."""
