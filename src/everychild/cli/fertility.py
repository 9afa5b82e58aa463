"""`everychild fertility`: age-specific rates, total fertility and the adolescent birth rate, with their errors."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

from everychild.cli.demographic_tables import explain, explain_refusal, invented, write_tables
from everychild.cli.mortality import NoSuchTable, add_common, add_release, source_and_layout
from everychild.cli.tables import settle_format
from everychild.cli.women_tables import WORDS, store, table_of, women_of
from everychild.vocabulary.findings import DataRefused

THREE_YEARS: Final = "0-2"


def add(commands: Any) -> None:
    purpose = "compute fertility with its sampling errors from files of women and births"
    command = commands.add_parser(
        "fertility", help=purpose, description=purpose, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example:\n  everychild fertility wm.sav bh.sav --layout mics6 --by residence",
    )  # fmt: skip
    command.add_argument("women", metavar="WOMEN", type=Path, nargs="?", help="women (default: as --survey says)")
    command.add_argument("births", metavar="BIRTHS", type=Path, nargs="?", help="births (default: as --survey says)")
    add_common(command)
    command.add_argument("--period", metavar="0-2|2010-2014", default=THREE_YEARS,
                         help="years before the interview, or calendar years (default: 0-2)")  # fmt: skip
    add_release(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from everychild.estimation.demographic_rates import Options, read_period
    from everychild.estimation.women_rates import fertility_table

    if arguments.survey is None and (arguments.release or arguments.publish):
        raise NoSuchTable("a release needs the country, year and source of the survey: --survey SURVEY.yaml")
    settle_format(arguments)
    period = read_period(arguments.period)
    births, _ = source_and_layout(arguments, "births", arguments.births)
    options = Options(arguments.errors, arguments.interval, arguments.lonely)
    try:
        found = fertility_table(women_of(arguments, arguments.women), births, period, options)
    except DataRefused as refused:
        return explain_refusal(refused, arguments.language)
    explain(found.findings, arguments.language)
    foot = WORDS["fertility_foot"][arguments.language].format(period.label)
    write_tables([table_of(found, "fertility", arguments)], [*invented(arguments), foot], arguments)
    store(found, arguments, births if isinstance(births, Path) else births.path, period)
    return 0
