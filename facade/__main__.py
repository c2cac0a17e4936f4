"""`python -m facade`; started by `fig COMMAND`, it calls itself by that name."""

import os

from facade.commands.cli import main

if __name__ == "__main__":
    main(prog_name=os.environ.get("FACADE_PROGRAM", "python -m facade"))
