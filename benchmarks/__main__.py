"""`make bench`: run every measurement and write RESULTS.md; name parts to measure and replace only those."""

from __future__ import annotations

import sys

from benchmarks import (
    child_growth,
    child_mortality,
    graph,
    loading,
    pages,
    registers,
    results,
    spark_engine,
    starting,
    survey_engine,
    tables,
)

PARTS = {
    "starting": starting.measure,
    "loading": loading.measure,
    "pages": pages.measure,
    "survey_engine": survey_engine.measure,
    "spark_engine": spark_engine.measure,
    "child_mortality": child_mortality.measure,
    "child_growth": child_growth.measure,
    "graph": graph.measure,
    "registers": registers.measure,
    "tables": tables.measure,
}


def main(names: list[str]) -> None:
    for name in names or list(PARTS):
        found = []
        for result in PARTS[name]():
            print(f"{result.what}: {result.measured} (wanted: {result.wanted})", flush=True)
            found.append(result)
        results.write(name, found)
    print(f"Written to {results.FILE}")


if __name__ == "__main__":
    main(sys.argv[1:])
