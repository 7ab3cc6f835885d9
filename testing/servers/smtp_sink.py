"""A mail server that keeps what it is sent, on a free port of this machine."""

import queue
import re
import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage


class _Session(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as one needs to send."""

    def handle(self) -> None:
        self._say("220 sink")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self._say("354 go on")
                self._keep()
            self._say("221 bye" if word == b"QUIT" else "250 sink")
            if word == b"QUIT":
                return

    def _keep(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.letters.put(message_from_bytes(b"".join(lines), policy=policy.default))

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class SmtpSink(socketserver.ThreadingTCPServer):
    """A context manager; ``url`` is its EMAIL_URL."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.letters: queue.Queue[EmailMessage] = queue.Queue()
        self.url = f"smtp+plain://127.0.0.1:{self.server_address[1]}?from=hub@example.com"

    def __enter__(self) -> "SmtpSink":
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.shutdown()
        self.server_close()

    def link(self, to: str, path: str) -> str:
        """The address below this path in a letter to somebody; waits for it, and passes over what
        says something else."""
        while True:
            letter = self.letters.get(timeout=60)
            found = re.search(rf"https?://[^/\s]+{path}\S+", letter.get_content())
            if letter["To"] == to and found:
                return found[0]
