"""The case files; on demand."""

import sys

from hydrascope.cli import main

if __name__ == "__main__":
    sys.exit(main(["report", *sys.argv[1:]]))
