"""Why a release or the state of publication is refused; every refusal is a finding and reads in three languages."""

from __future__ import annotations

from collections.abc import Sequence

from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.findings import Finding
from everychild.vocabulary.language import Language


class Refusal(EverychildError):  # noqa: N818 - says what is the case
    """Base of the refusals of this package; `finding` holds the rule and its values."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(self.message("en"))

    def message(self, language: Language) -> str:
        """What is the case and what to do about it, in that language."""
        return f"{self.finding.message(language)}. {self.finding.suggestion(language)}"


class DamagedRelease(Refusal):
    """A file of a release is not the file that was written; `found` is None when there is no such file."""

    def __init__(self, release: str, file: str, expected: str, found: str | None) -> None:
        self.release, self.file, self.expected, self.found = release, file, expected, found
        parameters = {"release": release, "expected": expected, "found": found or ""}
        rule = "release_file_missing" if found is None else _rule(expected, found)
        super().__init__(Finding(file, None, "", release, rule, parameters=parameters))


def _rule(expected: str, found: str) -> str:
    """A file that is what was written and still cannot be read was written by another version."""
    return "release_not_understood" if found == expected else "damaged_release"


class UnknownRelease(Refusal):
    """No release of that name is stored; `near` are the most similar names."""

    def __init__(self, release: str, near: Sequence[str] = ()) -> None:
        self.release, self.near = release, tuple(near)
        rule = "unknown_release" if near else "unknown_release_alone"
        super().__init__(Finding("", None, "", release, rule, parameters={"near": ", ".join(near)}))


class NotPublishable(Refusal):
    """The release exists and is whole, but cannot be published."""

    def __init__(self, release: str) -> None:
        super().__init__(Finding("", None, "", release, "empty_release"))


class ReasonMissing(Refusal):
    """Readers of a withdrawn figure must be told why."""

    def __init__(self, release: str) -> None:
        super().__init__(Finding("", None, "", release, "withdrawal_without_reason"))


class DamagedState(Refusal):
    """`published.json` cannot be read."""

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(Finding(file, None, "", "", "damaged_state", parameters={"problem": problem}))


class DamagedCopy(Refusal):
    """A derived table of the reading copy is absent or not what was written; it is made again at the next start."""

    def __init__(self, table: str) -> None:
        super().__init__(Finding(table, None, "", table, "damaged_copy"))
