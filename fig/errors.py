"""What ends a command: each error says what is wrong and what to do about it."""

NEGATIVE = 1  # exit code: the answer is no, or something did not work out
BAD_INPUT = 2  # exit code: the call, a setting or the machine is not as it must be


class FigError(Exception):
    """Ends the command with its message on stderr; `exit_code` says what kind it is."""

    exit_code = NEGATIVE


class BadSetting(FigError):
    """A setting, a folder, a port or a binary that cannot be used."""

    exit_code = BAD_INPUT


def last_line(output: object) -> str:
    """The last line of what a program printed or an error says; empty where there is none."""
    lines = str(output).strip().splitlines()
    return lines[-1].strip() if lines else ""
