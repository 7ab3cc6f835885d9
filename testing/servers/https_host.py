"""An http or https host of the test's own: what it answers, the test says."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import orjson
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from testing.servers.serving import serving

NAME = "agent.example.com"


class HttpsHost:
    """Listens on 127.0.0.1 with a certificate for ``agent.example.com``; ``answers`` maps paths to
    what is sent, as a document, as whole bytes, or by a function of the request's handler."""

    def __init__(self, directory: Path) -> None:
        self.answers: dict[str, object] = {}
        self.asked: list[str] = []
        self.hosts: list[str | None] = []
        certificate, key = _made(directory)
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append(self.path)
                host.hosts.append(self.headers["Host"])
                answer = host.answers.get(self.path)
                if callable(answer):
                    answer(self)
                elif isinstance(answer, bytes):
                    self.wfile.write(answer)
                else:
                    send(self, answer)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.certificate = certificate

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}"

    def trusting(self) -> ssl.SSLContext:
        """Believes this host and no other."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def document(self, path: str = "/client.json", **changes: object) -> str:
        """Says of a client what those on people's machines say; the client's id."""
        client_id = self.url + path
        said = {
            "client_id": client_id,
            "client_name": "An agent with a document",
            "redirect_uris": ["http://localhost/callback", "http://127.0.0.1/callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        } | changes
        self.answers[path] = {name: value for name, value in said.items() if value is not None}
        return client_id

    @contextmanager
    def listening(self) -> Iterator["HttpsHost"]:
        with serving(self.server):
            yield self


def send(handler: BaseHTTPRequestHandler, document: object, **headers: str) -> None:
    """Sends a document as JSON; None: 404."""
    body = b"" if document is None else orjson.dumps(document)
    handler.send_response(404 if document is None else 200)
    for name, value in {"Content-Type": "application/json", **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def resolving(**known: list[str]) -> Callable[..., list[tuple]]:
    """In place of the system's resolver: hosts, with _ for dots, and the addresses that each has,
    one more with every question."""
    left = {name.replace("_", "."): list(addresses) for name, addresses in known.items()}

    def getaddrinfo(host: str, port: int, *_: object, **__: object) -> list[tuple]:
        if host in left:
            found = left[host].pop(0) if len(left[host]) > 1 else left[host][0]
            addresses = found.split()
        else:
            addresses = [str(ip_address(host))]
        kind = [socket.AF_INET6 if ":" in one else socket.AF_INET for one in addresses]
        return [
            (family, socket.SOCK_STREAM, 6, "", (one, port))
            for family, one in zip(kind, addresses, strict=True)
        ]

    return getaddrinfo


def _made(directory: Path) -> tuple[Path, Path]:
    """A key, and a certificate for the name that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)]), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = directory / "certificate.pem", directory / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths
