"""`python -m facade`."""

from facade.commands.cli import main

if __name__ == "__main__":
    main(prog_name="facade")
