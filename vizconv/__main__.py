"""`python -m vizconv`: what `vizconv` does on a command line."""

import sys

from vizconv.command import main

if __name__ == "__main__":
    sys.exit(main())
