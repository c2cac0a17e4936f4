"""`make compile`, `make uncompile`, what CI asks first, and the line that `make install` says.

python -m compiling put     build the C modules and put them beside their sources
python -m compiling away    remove them: the sources run
python -m compiling lack    say what `put` needs and is not here; nothing where it can compile
python -m compiling offer   say what `put` would bring, where it can be done and is not
"""

import sys

from chassis.compiled import MANIFEST, ROOT, complaint
from compiling import place
from compiling.build import missing


def put() -> str:
    """Compile; returns the message."""
    absent = missing()
    if absent is not None:
        raise SystemExit(f"compiling needs {absent}; everything runs without, as Python")
    print("compiling the data plane, about a minute ...", flush=True)  # noqa: T201
    try:
        count = place.put(ROOT)
    except RuntimeError as error:
        raise SystemExit(f"nothing was compiled:\n{error}") from None
    return f"{count} modules are compiled; processes that start from now on run them"


def away() -> str:
    """Remove; returns the message."""
    if place.take_away(ROOT):
        return "the C modules are removed; processes that start from now on run the sources"
    return "there were no C modules"


def lack() -> str:
    """What compiling needs and is not here; empty: nothing."""
    return missing() or ""


def offer() -> str:
    """One line where compiling is possible and not done, else nothing."""
    if complaint() is not None:
        return f"the C modules are older than their sources: {complaint()}; run `make compile`"
    if (ROOT / MANIFEST).exists() or missing() is not None:
        return ""
    return "a C compiler is here: `make compile` (a minute) makes the facade need a third less CPU"


DOES = {"put": put, "away": away, "lack": lack, "offer": offer}


def main(words: list[str]) -> None:
    """Do what the word names, and print what it says."""
    if len(words) != 1 or words[0] not in DOES:
        raise SystemExit(f"usage: python -m compiling {'|'.join(DOES)}")
    said = DOES[words[0]]()
    if said:
        print(said)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
