"""Exit 0 when the hub on this machine answers, 1 otherwise: the container's health check."""

import http.client
import os
import sys


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """True when /monitoring/health/live is 200 within two seconds."""
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/monitoring/health/live")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if answers(int(os.environ.get("HUB_PORT", "8000"))) else 1)
