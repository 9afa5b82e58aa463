"""`make bench`: run every measurement and write RESULTS.md; name parts to run only those."""

from __future__ import annotations

import sys

from benchmarks import loading, pages, results, starting

PARTS = {"starting": starting.measure, "loading": loading.measure, "pages": pages.measure}


def main(names: list[str]) -> None:
    found = []
    for name in names or list(PARTS):
        for result in PARTS[name]():
            print(f"{result.what}: {result.measured} (wanted: {result.wanted})", flush=True)
            found.append(result)
    if not names:
        results.write(found)
        print(f"Written to {results.FILE}")


if __name__ == "__main__":
    main(sys.argv[1:])
