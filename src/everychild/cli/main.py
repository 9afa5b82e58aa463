"""`everychild`: one command, one module each; a module offers `add(commands)` and `run(arguments) -> exit code`."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final, NoReturn

from everychild import __version__
from everychild.vocabulary.errors import EverychildError, WrongDefinition
from everychild.vocabulary.language import LANGUAGES, Language

COMMANDS: Final = (
    "load", "survey", "recipe", "estimate", "growth", "mortality", "fertility", "rates", "releases", "desk", "check",
    "serve",
)  # fmt: skip
"""Each is a module of this package. Only the one that is asked for is imported: all of them took half a second."""


STOPPED: Final = 130
"""The code of a command that Ctrl-C ended, as shells have it."""
YOUNG: Final = 200_000
"""New objects after which Python looks for garbage in rings; a command that only imports and reads makes fewer."""


def parser(commands: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """The parser of some commands, all by default."""
    top = argparse.ArgumentParser(
        prog="everychild",
        description="One checked picture of children's rights: load figures, check them, publish them, show them.",
    )
    top.add_argument("--version", action="version", version=f"everychild {__version__}")
    top.add_argument(
        "--language", choices=LANGUAGES, default="en", help="language of findings and messages (default: en)"
    )
    known = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in commands:
        import_module(f"everychild.cli.{command}").add(known)
    return top


def asked(argv: Sequence[str]) -> Sequence[str]:
    """The command that is asked for, none for the version alone; all of them for help or an unknown word."""
    words = iter(argv)
    for word in words:
        if word == "--language":
            next(words, "")
        elif word == "--version":
            return ()
        elif word in COMMANDS:
            return (word,)
        elif not word.startswith("--language="):
            break
    return COMMANDS


def spoken(argv: Sequence[str]) -> Language:
    """The language that is asked for, known before the options are read; English where none is."""
    words = " ".join(argv).replace("--language=", "--language ").split()
    told = words[words.index("--language") + 1 :][:1] if "--language" in words else []
    return next((language for language in LANGUAGES if language in told), "en")


def main(argv: Sequence[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    try:
        return _worded(parser(asked(argv)).parse_args(argv))
    except EverychildError as problem:
        sys.stderr.write(f"everychild: {problem}\n")
        return 2
    except BrokenPipeError:  # the reader of a pipe (`| head`) has gone; that is no error of ours
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        from everychild.vocabulary.command_words import say

        sys.stderr.write(say("main.stopped", spoken(argv)) + "\n")
        return STOPPED


def _worded(arguments: argparse.Namespace) -> int:
    """Run the command; what has sentences in three languages and was not told by the command itself is told here."""
    try:
        return int(arguments.run(arguments))
    except EverychildError as problem:
        from everychild.cli.finding_lists import refusal
        from everychild.vocabulary.findings import DataRefused

        if isinstance(problem, DataRefused):
            return refusal(problem, arguments.language)
        if not isinstance(problem, WrongDefinition):
            raise
        refusal(DataRefused([problem.finding]), arguments.language)
        return 2


def process() -> NoReturn:
    """A process of its own, as the console script starts it.

    Imports and definitions make a hundred thousand objects that stay; looking through them for garbage again and
    again, and once more at the end, was a third of the time of a short command. So the collector waits for as many
    again, and at the end it is kept from giving back piece by piece what the end gives back at once.
    """
    gc.set_threshold(YOUNG)
    code = main()
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    process()
