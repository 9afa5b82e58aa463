"""A register has no sampling error, even where its description names clusters."""

from __future__ import annotations

import re
from pathlib import Path

from everychild.estimation.survey import Survey
from everychild.microdata.invented import simulate, write_invented


def test_clusters_of_a_register_make_no_sampling_error(tmp_path: Path) -> None:
    write_invented(simulate(1200, seed=2), tmp_path / "made")
    path = tmp_path / "made" / "survey.yaml"
    path.write_text(re.sub("^psus: survey$", "psus: survey\nregister: true", path.read_text(), flags=re.MULTILINE))
    rows = Survey.open(path).estimate(["birth_registration"], by=["residence"]).rows
    assert rows["se"].fill_null(0).to_list() == [0.0, 0.0, 0.0]
    assert rows["deff"].null_count() == 3
    assert all(low < value < high for low, value, high in rows.select("lower", "value", "upper").iter_rows())
