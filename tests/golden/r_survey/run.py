"""Recompute the reference figures of this folder with R's survey package.

    python tests/golden/r_survey/run.py [dhs] [cases] [further] [--practice FOLDER] [--check]

Needs Rscript with the package survey; `--practice` is the folder with the Parquet files of the practice survey. R reads
them as CSV with the value labels as text: no code enters the computation. With `--check` nothing is written: the new
figures are compared with the committed ones.
"""

from __future__ import annotations

import argparse
import csv
import math
import re
import string
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl

HERE = Path(__file__).resolve().parent
PRACTICE = HERE.parents[3] / "shared" / "data" / "dhs_model"
RECODES = ("children", "births", "women", "men", "members", "households")
REFERENCES = {
    "dhs": "dhs_recipes_reference.csv", "cases": "engine_cases_reference.csv",
    "further": "totals_and_degrees_reference.csv",
}  # fmt: skip
SCRIPTS = {"cases": "engine_cases.R", "further": "totals_and_degrees.R"}
TOLERANCE = 1e-9
"""Relative, and absolute near zero: the glm behind svyciprop's logit is the least exact figure."""


def names_in_scripts() -> set[str]:
    """Every word of the R scripts, and the names that the scripts build from a stem and a letter or number."""
    text = "".join((HERE / name).read_text(encoding="utf-8") for name in ("dhs_recipes.R", "dhs_recipes_list.R"))
    design = {stem + n for stem in ("v0", "mv0", "hv0") for n in ("05", "21", "22", "24", "25")}
    series = {stem + x for stem in ("h12", "h32", "v414", "v767", "mv767") for x in string.ascii_lowercase}
    return set(re.findall(r"\w+", text)) | design | series


def write_recodes(practice: Path, folder: Path) -> None:
    wanted = names_in_scripts()
    for recode in RECODES:
        lazy = pl.scan_parquet(practice / f"{recode}_recode.parquet")
        columns = [name for name in lazy.collect_schema().names() if name in wanted]
        lazy.select(pl.col(columns).cast(pl.String)).collect().write_csv(folder / f"{recode}.csv")


def rscript(script: str, *arguments: str) -> None:
    subprocess.run(["Rscript", "--vanilla", str(HERE / script), *arguments], check=True)


def compute(part: str, practice: Path, output: Path) -> None:
    if part in SCRIPTS:
        rscript(SCRIPTS[part], str(HERE), str(output))
        return
    with tempfile.TemporaryDirectory() as name:
        write_recodes(practice, Path(name))
        rscript("dhs_recipes.R", name, str(output))


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def same(a: str, b: str) -> bool:
    if a == b:
        return True
    try:
        return math.isclose(float(a), float(b), rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    except ValueError:
        return False


def differences(committed: Path, computed: Path) -> list[str]:
    old, new = rows_of(committed), rows_of(computed)
    if len(old) != len(new):
        return [f"{len(old)} rows committed, {len(new)} computed"]
    pairs = zip(old, new, strict=True)
    return [f"{a} became {b}" for a, b in pairs if not all(map(same, a, b))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--practice", type=Path, default=PRACTICE)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("parts", nargs="*", metavar="dhs|cases|further", default=list(REFERENCES))
    chosen = parser.parse_args()
    found: list[str] = []
    for part in chosen.parts:
        committed = HERE / REFERENCES[part]
        if not chosen.check:
            compute(part, chosen.practice, committed)
            continue
        with tempfile.TemporaryDirectory() as name:
            computed = Path(name) / committed.name
            compute(part, chosen.practice, computed)
            found += differences(committed, computed)
    if found:
        sys.exit("\n".join([*found[:20], f"{len(found)} rows differ"]))


if __name__ == "__main__":
    main()
