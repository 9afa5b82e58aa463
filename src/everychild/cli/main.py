"""`everychild`: one command, one module each; a module offers `add(commands)` and `run(arguments) -> exit code`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from everychild import __version__
from everychild.cli import (
    check,
    desk,
    estimate,
    fertility,
    growth,
    load,
    mortality,
    rates,
    recipe,
    releases,
    serve,
    survey,
)
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.language import LANGUAGES

COMMANDS = (load, survey, recipe, estimate, growth, mortality, fertility, rates, releases, desk, check, serve)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="everychild",
        description="One checked picture of children's rights: load figures, check them, publish them, show them.",
    )
    top.add_argument("--version", action="version", version=f"everychild {__version__}")
    top.add_argument(
        "--language", choices=LANGUAGES, default="en", help="language of findings and messages (default: en)"
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except EverychildError as problem:
        sys.stderr.write(f"everychild: {problem}\n")
        return 2
    except BrokenPipeError:  # the reader of a pipe (`| head`) has gone; that is no error of ours
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
