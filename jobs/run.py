"""The main job, raw logs to campaigns; daily."""

import sys

from hydrascope.cli import main

if __name__ == "__main__":
    sys.exit(main(["run", *sys.argv[1:]]))
