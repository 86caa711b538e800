"""Police's side: takes each message at once, and notes when its first came."""

import json
import socketserver
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler

ARRIVED: dict[str, float] = {}
TIMES: Counter[str] = Counter()  # how often each message came, by its id
SLOW = [0.0]  # seconds that an answer takes


class Handler(BaseHTTPRequestHandler):
    """Says 204 to all that is posted."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        at = time.monotonic()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        mark = _mark(body)
        ARRIVED.setdefault(mark, at)
        TIMES[self.headers.get("webhook-id") or mark] += 1
        time.sleep(SLOW[0])
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


def main(port: str, patience: str = "20", slow: str = "0") -> None:
    """Take messages until all those named on standard input are there, or for so many seconds
    more; say when each first came, and how often each id did."""
    SLOW[0] = float(slow)
    server = Server(("127.0.0.1", int(port)), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    wanted = json.load(sys.stdin)
    until = time.monotonic() + float(patience)
    while time.monotonic() < until and not ARRIVED.keys() >= set(wanted):
        time.sleep(0.05)
    json.dump({"arrived": dict(ARRIVED), "times": dict(TIMES)}, sys.stdout)
