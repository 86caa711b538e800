"""One process of the bench's own: the load, a receiver, the peer."""

import sys
from collections.abc import Callable

from bench import load, peer, receiver

PARTS: dict[str, Callable[..., None]] = {
    "load": load.main,
    "receive": receiver.main,
    "peer": peer.main,
}

if __name__ == "__main__":
    PARTS[sys.argv[1]](*sys.argv[2:])
