"""`python -m new_services.verify [verify|repair] …`; see the commands' own help.

Exit codes: 0 both sides hold the same, 1 they differ, 2 no verdict (something is away or behind).
"""

import click

from new_services.verify.commands import repair, verify


@click.group()
def main() -> None:
    """Whether both sides hold the same, and the repair of what does not."""


main.add_command(verify)
main.add_command(repair)

if __name__ == "__main__":
    main(prog_name="python -m new_services.verify")
