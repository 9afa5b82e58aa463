"""The file `country.yaml` of a country pack: its codes and names.

Read apart from the rest of the pack, because an estimate needs no more of it than its code.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

from everychild.vocabulary.errors import DefinitionError, Place
from everychild.vocabulary.language import LANGUAGES

_ABOUT: Final = ("code", "dataset", *(f"{stem}_{lang}" for stem in ("name", "title") for lang in LANGUAGES))


def read_country_file(folder: Path) -> dict[str, Any]:
    """The file as it stands. DefinitionError when it is missing or lacks a key."""
    path = folder / "country.yaml"
    if not path.is_file():
        raise DefinitionError(Place(f"{folder.name}/country.yaml"), "the pack has no country.yaml")
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    about = loaded if isinstance(loaded, dict) else {}
    missing = [key for key in _ABOUT if key not in about]
    if missing:
        raise DefinitionError(Place(f"{folder.name}/country.yaml"), f"missing: {', '.join(missing)}")
    return about
