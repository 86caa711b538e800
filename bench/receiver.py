"""Police's side: takes each message at once, and notes when its first came."""

import json
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler

PATIENCE = 20.0  # seconds, for what is on its way
ARRIVED: dict[str, float] = {}


class Handler(BaseHTTPRequestHandler):
    """Says 204 to all that is posted."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        at = time.monotonic()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        ARRIVED.setdefault(_mark(body), at)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is logged while it is timed."""


def _mark(body: bytes) -> str:
    said = json.loads(body)
    return str(said.get("mark") or said["data"]["episode"]["reference"])


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def main(port: str) -> None:
    """Take messages until all those named on standard input are there; say when each came."""
    server = Server(("127.0.0.1", int(port)), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    wanted = json.load(sys.stdin)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and not ARRIVED.keys() >= set(wanted):
        time.sleep(0.05)
    json.dump(ARRIVED, sys.stdout)
