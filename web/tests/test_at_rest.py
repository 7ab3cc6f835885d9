"""A hub that nobody opens a page of has imported none of what pages need."""

import os
import subprocess
import sys

from testing.servers.hub import ROOT

RUN = """
import sys
from memory_hub import asgi
from memory_hub.http.application import settle
settle()
heavy = (
    "allauth.account.views", "allauth.account.forms", "allauth.mfa.webauthn",
    "allauth.mfa.totp", "allauth.usersessions.views", "allauth.socialaccount.views",
    "allauth.socialaccount.providers.openid_connect", "web.single_sign_on", "web.accounts.views",
    "web.accounts.leaving", "web.home", "web.memories.list",
    "fido2", "qrcode", "markdown_it", "nh3", "web.memories.markdown",
)
print([name for name in heavy if name in sys.modules])
"""


def test_a_worker_at_rest_has_imported_no_view_and_no_form(tmp_path):
    variables = {"HUB_DATA_DIR": str(tmp_path), "HUB_ENVIRONMENT": "dev"}
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", RUN], cwd=ROOT, env=kept | variables, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
