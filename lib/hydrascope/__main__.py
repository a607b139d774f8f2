"""`python -m hydrascope` is the command `hydrascope`."""

import sys

from hydrascope.cli import main

sys.exit(main())
