"""The nginx of deploy/ for tests: on a free port, in clear, in front of whatever a test names."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import httpx

from testing.servers.children import ends_with_parent
from testing.servers.hub import ROOT, free_port

DIRECTORY = ROOT / "deploy/nginx"
STARTS_WITHIN = 60.0  # seconds, on a loaded machine
SCRATCH = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def configuration(upstream: str, directory: Path) -> Path:
    """Writes nginx.conf and what it includes, as deployed but without TLS: nobody has a certificate
    for a test. ``upstream`` takes the place of hub-upstream.conf."""
    (directory / "hub-upstream.conf").write_text(upstream)
    lines = (DIRECTORY / "nginx.conf").read_text().splitlines()
    text = "\n".join(line for line in lines if "ssl_certificate" not in line)
    # Without TLS nginx would take HTTP/2 alone on the port.
    text = text.replace(" ssl http2 default_server", " default_server")
    text = text.replace("/run/nginx.pid", f"{directory}/pid")
    path = directory / "nginx.conf"
    path.write_text(text)
    return path


class NginxServer:
    """A context manager; ``url`` is that of the server that is TLS in production, ``plain`` that of
    the other one."""

    def __init__(self, directory: Path, hub_port: int) -> None:
        self.directory = directory
        port, plain = free_port(), free_port()
        self.url, self.plain = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{plain}"
        upstream = (DIRECTORY / "upstream.compose.conf").read_text()
        path = configuration(re.sub(r"hub-\d:\d+", f"127.0.0.1:{hub_port}", upstream), directory)
        text = re.sub(r"\n +listen \[::\].*", "", path.read_text())
        text = text.replace("listen 443", f"listen 127.0.0.1:{port}")
        text = text.replace("listen 80", f"listen 127.0.0.1:{plain}")
        # One after the other, so that a later request shows what became of an earlier one.
        text = text.replace("worker_processes auto", "worker_processes 1")
        # Where an ordinary user may write; and as root, an account that may read there.
        paths = "".join(f"    {name}_temp_path {directory}/{name};\n" for name in SCRATCH)
        text = text.replace("http {\n", "http {\n" + paths, 1)
        path.write_text(("user root;\n" if os.geteuid() == 0 else "") + text)
        self._command = [shutil.which("nginx"), "-p", str(directory), "-c", str(path)]
        self._command += ["-g", "daemon off;"]

    def __enter__(self) -> "NginxServer":
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, **ends_with_parent()
            )
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                httpx.get(self.plain)
            except httpx.TransportError:
                time.sleep(0.02)
            else:
                return self
        self.__exit__()
        raise RuntimeError(f"nginx did not start: {(self.directory / 'log').read_text()}")

    def __exit__(self, *exception: object) -> None:
        self._process.terminate()
        self._process.wait()
