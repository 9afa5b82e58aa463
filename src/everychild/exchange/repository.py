"""The files of an Open SDG repository: found, kept inside its folder, read one by one; one bad file stops no other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from everychild.exchange.ledger import finding
from everychild.exchange.limits import MAX_REPOSITORY_FILE, MAX_REPOSITORY_FILES, MAX_YAML
from everychild.vocabulary.findings import DataRefused, Finding
from everychild.vocabulary.language import LANGUAGES, Language

_PATTERN: Final = "indicator_*.csv"


@dataclass
class Repository:
    """A folder with `data/indicator_*.csv`; `findings` gathers what is wrong with files as such."""

    root: Path
    files: list[Path]
    findings: list[Finding] = field(default_factory=list)
    inputs: list[dict[str, str]] = field(default_factory=list)

    def name(self, path: Path) -> str:
        """How findings call a file: data files by their name alone, as people do; others by their path."""
        return path.name if path.parent.name == "data" else path.relative_to(self.root).as_posix()

    def readable(self) -> Iterator[Path]:
        """Data files that lie in the repository and can be opened."""
        inside = self.root.resolve()
        for path in self.files:
            try:
                real = path.resolve(strict=True)
            except (OSError, RuntimeError) as problem:
                rule = "outside_repository" if path.is_symlink() else "file_unreadable"
                self.findings.append(finding(self.name(path), rule, value=_why(problem)))
                continue
            if not real.is_relative_to(inside):
                self.findings.append(finding(self.name(path), "outside_repository"))
            elif not real.is_file():
                self.findings.append(finding(self.name(path), "file_unreadable", value="not a file"))
            else:
                yield path

    def count_rows(self, path: Path) -> int | None:
        """Rows of a file that is not read in, or None (with a finding) when it cannot be read."""
        rows, digest, last = 0, hashlib.sha256(), b"\n"
        try:
            if path.stat().st_size > MAX_REPOSITORY_FILE:
                self.findings.append(
                    finding(self.name(path), "file_too_large", value=str(path.stat().st_size),
                            limit=str(MAX_REPOSITORY_FILE))
                )  # fmt: skip
                return None
            with path.open("rb") as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
                    rows, last = rows + block.count(b"\n"), block[-1:]
        except OSError as problem:
            self.findings.append(finding(self.name(path), "file_unreadable", value=_why(problem)))
            return None
        self.inputs.append({"file": self.name(path), "sha256": digest.hexdigest()})
        return max(rows + (last != b"\n") - 1, 0)

    def labels(self, table: str) -> dict[Language, dict[str, str]]:
        """Labels of a code list (`SEX`, `REF_AREA`) in the languages the repository has."""
        found: dict[Language, dict[str, str]] = {}
        for language in LANGUAGES:
            path = self.root / "translations" / language / f"{table}.yml"
            if path.is_file() and path.resolve().is_relative_to(self.root.resolve()):
                loaded = self._yaml(path)
                found[language] = {str(k): str(v) for k, v in loaded.items()}
        return found

    def metadata(self, data_file: str) -> tuple[str, dict[str, str]]:
        """Name and fields of the metadata of a data file: the head of `meta/3-2-1.md`, or `meta/3-2-1.yml`."""
        number = data_file.removeprefix("indicator_").removesuffix(".csv")
        for path in (self.root / "meta" / f"{number}.md", self.root / "meta" / f"{number}.yml"):
            if path.is_file() and path.resolve().is_relative_to(self.root.resolve()):
                return self.name(path), {str(k): str(v) for k, v in self._yaml(path).items()}
        return "", {}

    def _yaml(self, path: Path) -> dict[Any, Any]:
        """The mapping of a YAML file, or of the head between `---` lines of a Markdown file."""
        try:
            with path.open("rb") as stream:
                content = stream.read(MAX_YAML + 1)
            head = content.split(b"\n---", 1)[0].removeprefix(b"---") if path.suffix == ".md" else content
            loaded = read_yaml(head)
        except (OSError, ValueError) as problem:
            self.findings.append(finding(self.name(path), "bad_yaml", value=str(problem)))
            return {}
        self.inputs.append({"file": self.name(path), "sha256": hashlib.sha256(content).hexdigest()})
        return loaded


def open_repository(root: Path) -> Repository:
    """Raises DataRefused when the folder is no Open SDG repository."""
    data = root / "data"
    try:
        if not root.is_dir():
            raise _refused(root, "is no folder" if root.exists() else "does not exist")
        if not data.is_dir():
            raise _refused(root, "has no folder “data”")
        files = sorted(data.glob(_PATTERN))
    except OSError as problem:
        raise DataRefused([finding(root.name, "file_unreadable", value=_why(problem))]) from problem
    if not files:
        raise _refused(root, f"data/{_PATTERN}: 0")
    if len(files) > MAX_REPOSITORY_FILES:
        raise DataRefused([finding(root.name, "too_many_files", limit=str(MAX_REPOSITORY_FILES))])
    return Repository(root, files)


def _refused(root: Path, why: str) -> DataRefused:
    return DataRefused([finding(root.name, "not_a_repository", value=f"{root.name} {why}")])


def _why(problem: Exception) -> str:
    return (problem.strerror if isinstance(problem, OSError) else None) or str(problem)


class _PlainLoader(yaml.SafeLoader):
    """Safe YAML without aliases: ten lines of them can stand for a billion nodes, and labels need none."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


def read_yaml(content: bytes) -> dict[Any, Any]:
    """A YAML mapping within limits; ValueError says what is wrong."""
    if len(content) > MAX_YAML:
        raise ValueError(f"longer than {MAX_YAML} bytes")
    try:
        loaded = yaml.load(content, Loader=_PlainLoader)  # noqa: S506 - a SafeLoader, made stricter
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as problem:
        raise ValueError(" ".join(str(problem).split())[:200]) from problem
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise ValueError("is no mapping of codes to labels")
    return loaded
