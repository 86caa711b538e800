"""What takes long, or takes a whole PostgreSQL down: run by `make night`, not by `make test`."""

import os

NIGHT = "MISSING_NIGHT"
collect_ignore_glob = [] if os.environ.get(NIGHT) else ["test_*.py"]
