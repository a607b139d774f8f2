"""Raw logs into the warehouse, no detection; hourly."""

import sys

from hydrascope.cli import main

if __name__ == "__main__":
    sys.exit(main(["ingest", *sys.argv[1:]]))
