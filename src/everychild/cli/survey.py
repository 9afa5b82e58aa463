"""`everychild survey`: read survey files into a private workspace, check them, draw an invented survey."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from everychild.cli.finding_lists import COLUMNS, finding_row, print_findings, refusal, width
from everychild.cli.progress import ProgressLine
from everychild.cli.tables import add_format, print_rows
from everychild.cli.unwritable import write_whole, written
from everychild.microdata.located import finding
from everychild.vocabulary.command_words import say
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.language import Language, format_number

if TYPE_CHECKING:
    from everychild.microdata.survey_files import SurveyFiles
    from everychild.microdata.workspace import KeptFile

FEWEST_HOUSEHOLDS: Final = 1000
MOST_HOUSEHOLDS: Final = 1_000_000
"""A hundred thousand take 1.2 gigabytes of memory and 0.6 on the disk, a million ten and six."""
INVENTED_LIKE: Final = "mics6"


def add(commands: Any) -> None:
    purpose = "read, check or invent the files of a household survey"
    survey = commands.add_parser("survey", help=purpose, description=purpose)
    verbs = survey.add_subparsers(title="verbs", metavar="VERB", required=True)
    _add_read(verbs)
    _add_check(verbs)
    _add_breakdowns(verbs)
    _add_describe(verbs)
    _add_simulate(verbs)


def add_survey(command: argparse.ArgumentParser) -> None:
    command.add_argument("survey", metavar="SURVEY.yaml", type=Path, help="description of the survey")
    command.add_argument(
        "--data", metavar="DIR", type=Path, help="folder of its files (default: beside the description)"
    )


def _add_read(verbs: Any) -> None:
    purpose = "read the files of a survey into a private workspace of Parquet files"
    command = verbs.add_parser("read", help=purpose, description=purpose)
    add_survey(command)
    command.add_argument("--out", metavar="DIR", type=Path, required=True, help="the workspace to make or replace")
    add_format(command)
    command.set_defaults(run=run_read)


def _add_check(verbs: Any) -> None:
    purpose = "say what is missing or odd in the files of a survey"
    command = verbs.add_parser("check", help=purpose, description=purpose)
    add_survey(command)
    add_format(command)
    command.set_defaults(run=run_check)


def _add_breakdowns(verbs: Any) -> None:
    purpose = "list the breakdowns that a survey has, by file"
    command = verbs.add_parser("breakdowns", help=purpose, description=purpose)
    add_survey(command)
    add_format(command)
    command.set_defaults(run=run_breakdowns)


def _add_describe(verbs: Any) -> None:
    purpose = "write the description of a survey, to fill in"
    command = verbs.add_parser("describe", help=purpose, description=purpose)
    command.add_argument("--like", metavar="KIND", default="mics6",
                         help="mics5, mics6, mics7, dhs, or a survey known by name (default: mics6)")  # fmt: skip
    command.add_argument("--country", metavar="XXX", default="", help="its regions are listed, ready for their codes")
    command.add_argument("--out", metavar="FILE.yaml", type=Path, help="where to write (default: print)")
    command.set_defaults(run=run_describe)


def _add_simulate(verbs: Any) -> None:
    purpose = "draw a whole survey of an invented country, to learn and test on"
    command = verbs.add_parser("simulate", help=purpose, description=purpose)
    command.add_argument("--like", metavar="KIND", default="mics6", help="format of the files: mics6 (default)")
    command.add_argument("--households", type=int, default=16_000, metavar="N", help="households (default: 16000)")
    command.add_argument("--seed", type=int, default=1, help="another number draws another sample (default: 1)")
    command.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder to write to")
    command.set_defaults(run=run_simulate)


def explained(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """A command whose refusals are told as findings, with their place and in the reader's language."""

    @wraps(run)
    def command(arguments: argparse.Namespace) -> int:
        try:
            return run(arguments)
        except DataRefused as refused:
            return refusal(refused, arguments.language)

    return command


@explained
def run_read(arguments: argparse.Namespace) -> int:
    from everychild.estimation.survey import Survey
    from everychild.microdata.workspace import keep

    files = Survey.open(arguments.survey, arguments.data).files
    language: Language = arguments.language
    with ProgressLine(len(files.present)) as line, written(arguments.out):
        kept = keep(files, arguments.out, line.step)
    rows = [
        {
            "file": f.name, "read_from": f.source, "rows": f.rows, "variables": f.columns,
            "missing_letters": ", ".join(f"{letter} {count}" for letter, count in f.missing_letters.items()),
        }
        for f in kept
    ]  # fmt: skip
    columns = ("file", "read_from", "rows", "variables")
    if arguments.format == "table":
        titles = [say(f"survey.head.{column}", language) for column in columns]
        rows = [dict(zip(titles, (row[column] for column in columns), strict=True)) for row in rows]
        print_rows(rows, titles, "table")
        print_letters(kept, language)
    else:
        print_rows(rows, (*columns, "missing_letters"), arguments.format)
    out = sys.stdout if arguments.format == "table" else sys.stderr
    out.write(f"\n{say('survey.kept', language)} {arguments.out}\n{say('survey.private', language)}\n")
    return _tell_errors(files, language)


def _tell_errors(files: SurveyFiles, language: Language) -> int:
    """What is wrong with files that were kept is said at once: it would be met at the first estimate."""
    from everychild.microdata.checking import check

    errors = [f for f in check(files) if f.severity == "error"]
    if not errors:
        return 0
    sys.stderr.write("\n")
    print_findings(errors, language, sys.stderr)
    sys.stderr.write(textwrap.fill(say("survey.kept_with_errors", language), width()) + "\n")
    return 1


def print_letters(kept: Sequence[KeptFile], language: Language) -> None:
    """One sentence for each file that had Stata's missing values."""
    for file in (file for file in kept if file.missing_letters):
        told = [f"{letter} {format_number(count, language)}" for letter, count in file.missing_letters.items()]
        text = say("survey.letters", language, file.name, ", ".join(told))
        print("\n" + textwrap.fill(text, width(), break_on_hyphens=False))


@explained
def run_check(arguments: argparse.Namespace) -> int:
    from everychild.estimation.survey import Survey
    from everychild.microdata.checking import check
    from everychild.microdata.region_checks import suggested_lines

    language: Language = arguments.language
    files = Survey.open(arguments.survey, arguments.data).files
    findings = check(files)
    errors = sum(f.severity == "error" for f in findings)
    if arguments.format != "table":
        print_rows([finding_row(f, language) for f in findings], COLUMNS, arguments.format)
        return 1 if errors else 0
    print_findings(findings, language)
    if not findings:
        print(say("survey.clean", language))
    else:
        warnings = sum(f.severity == "warning" for f in findings)
        counts = [(errors, "survey.errors"), (warnings, "survey.warnings")]
        print(", ".join(f"{say(word, language)}: {format_number(count, language)}" for count, word in counts))
    lines = suggested_lines(files)
    if lines:
        print("\n" + textwrap.fill(say("survey.lines", language, arguments.survey.name), width()) + "\n")
        print("\n".join(lines))
    return 1 if errors else 0


@explained
def run_breakdowns(arguments: argparse.Namespace) -> int:
    from everychild.estimation.groups import breakdown_name, breakdowns_of
    from everychild.estimation.survey import Survey

    files = Survey.open(arguments.survey, arguments.data).files
    language: Language = arguments.language
    found: dict[str, dict[str, Any]] = {}
    for file in files.present:
        for code, each in breakdowns_of(files, file).items():
            row = found.setdefault(
                code, {"breakdown": code, "name": breakdown_name(code, files)[language], "files": []}
            )
            row["files"].append(file)
            row["groups"] = ", ".join(level.name[language] for level in each.levels)
    rows = [{**row, "files": " ".join(row["files"])} for row in found.values()]
    if arguments.format == "table":
        for row in rows:
            print(f"{row['breakdown']}  ({row['files']})")
            print(_indented(f"{row['name']}: {row['groups']}") + "\n")
        return 0
    print_rows(rows, ("breakdown", "name", "files", "groups"), arguments.format)
    return 0


def _indented(text: str) -> str:
    return textwrap.fill(text, width(), initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


@explained
def run_describe(arguments: argparse.Namespace) -> int:
    from everychild.microdata.description_templates import description_text, template_for

    language: Language = arguments.language
    text = description_text(template_for(arguments.like, arguments.country), language, arguments.country)
    if arguments.out is None:
        sys.stdout.write(text)
        return 0
    if arguments.out.exists():
        raise DataRefused([finding("", "--out", arguments.out, "description_exists")])
    write_whole(arguments.out, text.encode())
    print(f"{arguments.out}\n\n{say('survey.next', language)}\n  everychild survey check {arguments.out}")
    return 0


@explained
def run_simulate(arguments: argparse.Namespace) -> int:
    from everychild.microdata.invented import refuse_taken, simulate, write_invented

    language: Language = arguments.language
    _refuse_impossible(arguments)
    refuse_taken(arguments.out)
    with ProgressLine() as line:
        line.step(say("estimate.invented", language))
        survey = simulate(arguments.households, arguments.seed)
        with written(arguments.out):
            paths = write_invented(survey, arguments.out)
    for path in paths:
        print(f"  {path.name}")
    print(f"\n{say('estimate.invented', language)}\n\n{say('survey.next', language)}")
    description = next((p for p in paths if p.suffix == ".yaml"), arguments.out / "survey.yaml")
    print(f"  everychild survey check {description}")
    print(f"  everychild estimate {description} --indicators birth_registration --by residence,region")
    return 0


def _refuse_impossible(arguments: argparse.Namespace) -> None:
    """What would end in an error of a library, or after seconds of drawing, is said at once."""
    found = []
    if arguments.like != INVENTED_LIKE:
        found.append(finding("", "--like", arguments.like, "invented_like_unknown", known=INVENTED_LIKE))
    if arguments.households < FEWEST_HOUSEHOLDS:
        least = format_number(FEWEST_HOUSEHOLDS, arguments.language)
        found.append(finding("", "--households", arguments.households, "invented_households_few", least=least))
    if arguments.households > MOST_HOUSEHOLDS:
        most = format_number(MOST_HOUSEHOLDS, arguments.language)
        found.append(finding("", "--households", arguments.households, "invented_households_many", most=most))
    if arguments.seed < 0:
        found.append(finding("", "--seed", arguments.seed, "invented_seed_negative"))
    if found:
        raise DataRefused(found)
