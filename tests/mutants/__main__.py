"""make mutants ARGS="[TARGET or FILE ...] [--jobs 2] [--every 10]"

Changes the code in one place at a time and runs the tests without sockets that execute the place.
Prints how many changes were noticed, file by file, and each that was not, with file and line.
Exit code 0: of each target at least 90 % were noticed, and no entry of accepted.yaml is stale;
1: not so; 2: a wrong argument, or the tests fail without any change.
"""

import argparse
import sys

from chassis.compiled import LIBRARY, ROOT
from tests.mutants import accepted, report, session
from tests.mutants.targets import chosen


def main(arguments: list[str]) -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(
        "make mutants ARGS=...", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="TARGET or FILE", help="none: all targets")
    parser.add_argument("--jobs", type=_positive, default=1, help="trials at the same time (1)")
    parser.add_argument("--every", type=_positive, default=1, help="try each Nth change only (1)")
    given = parser.parse_args(arguments)
    if (ROOT / LIBRARY).exists():
        print("mutants: C modules hide the sources: run `make uncompile`", file=sys.stderr)
        return 2
    known = accepted.load()
    wrong = [f"{name}: there is no such change" for name in accepted.stale(known)]
    try:
        targets = chosen(given.names)
        print(report.HEAD, flush=True)
        rows, left = [], []
        for target in targets:
            results = session.try_all(target, given.every, given.jobs)
            found = report.rows(target.name, results, known)
            print("\n".join(row.line() for row in found), flush=True)
            rows.append(found[-1])
            left += report.survivors(results, known)
            killed = [(one.change.path, one.change.name) for one in results if one.killed]
            wrong += [f"{name}: a test kills it" for name in accepted.killed_by_now(known, killed)]
    except (ValueError, session.Broken) as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 2
    print("", *left, sep="\n")
    for line in wrong:
        print(f"stale in {accepted.FILE.name}: {line}: take the entry out")
    low = [row.name.strip("*") for row in rows if row.share < report.WANTED]
    if low:
        print(f"below {report.WANTED:.0%}: {', '.join(low)}: write the missing tests")
    return 1 if low or wrong else 0


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, not {text}")
    return number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
