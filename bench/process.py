"""One process of the bench's own: `load`, `receiver` or `peer`, and no more of them."""

import sys
from importlib import import_module

if __name__ == "__main__":
    import_module(f"bench.{sys.argv[1]}").main(*sys.argv[2:])
