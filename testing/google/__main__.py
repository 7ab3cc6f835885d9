"""Run the double on its own: `python -m testing.google --port 9400`."""

import argparse
import signal
import sys
import threading

from testing.google.server import Double


def main() -> int:
    """Serve until a signal; say on standard output how to point the hub at it."""
    parser = argparse.ArgumentParser(prog="testing.google", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that a call takes")
    options = parser.parse_args()
    double = Double(options.host, options.port)
    double.every_call = options.latency
    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    double.start()
    sys.stdout.write(f"GOOGLE_API_ROOT={double.root}\n")
    sys.stdout.flush()
    ended.wait()
    double.stop()
    for violation in double.violations:
        sys.stdout.write(f"violation: {violation}\n")
    return 1 if double.violations else 0


if __name__ == "__main__":
    sys.exit(main())
