"""The replicate weights that the description of a survey names: which of them suit what is asked, and their refusal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from everychild.estimation.choices import Options
from everychild.estimation.groups import AskedWrongly
from everychild.estimation.replication import Replication
from everychild.estimation.work import Pass
from everychild.microdata.checking import weights
from everychild.microdata.file_checks import FileChecks
from everychild.microdata.located import finding
from everychild.microdata.replicate_checks import replicate_checks
from everychild.microdata.survey_files import SurveyFiles
from everychild.recipes.nodes import variables
from everychild.vocabulary.findings import DataRefused, Finding

BY_REPLICATES: Final = "replicates"


def replication_of(files: SurveyFiles, one: Pass, options: Options) -> Replication | None:
    """How the replicates of a pass are made; None for linearised errors, and for a register, which has none."""
    if options.errors == "taylor" or files.description.register:
        return None
    if options.errors != BY_REPLICATES:
        return Replication(options.errors)
    told = files.description.replicates[one.file]
    return Replication(BY_REPLICATES, told.scale, told.centre)


def stands_for(files: SurveyFiles, one: Pass) -> str:
    """The variable (lower case) of the weight of a pass in whose place each replicate weight stands; empty when it is
    not that which the replicates are of."""
    told = files.description.replicates[one.file].weight.lower()
    read = variables(one.plan.weight)
    likely = weights(files, one.file) & read or (read if len(read) == 1 else frozenset())
    if told:
        return told if told in read else ""
    return next(iter(likely)) if len(likely) == 1 else ""


def refuse_ways(files: SurveyFiles, chains: Sequence[Sequence[Pass]], options: Options) -> None:
    """AskedWrongly for errors that the files cannot give: by clusters that are withheld, by replicate weights that are
    not named or are of another weight. DataRefused for replicate weights that are no weights. `chains`: the passes that
    are put under each other."""
    if files.description.register:
        return
    scans = [scan for chain in chains for scan in chain]
    asked = list(
        _replicates_asked(files, chains) if options.errors == BY_REPLICATES else _clusters_asked(files, scans, options)
    )
    if asked:
        raise AskedWrongly(asked)
    if options.errors == BY_REPLICATES:
        found: list[Finding] = []
        for name in dict.fromkeys(scan.file for scan in scans):
            read = frozenset().union(*(variables(scan.plan.weight) for scan in scans if scan.file == name))
            found += replicate_checks(FileChecks(files, name), weights(files, name) & read)
        if found:
            raise DataRefused(found)


def _clusters_asked(files: SurveyFiles, scans: Iterable[Pass], options: Options) -> Iterator[Finding]:
    """Files whose clusters are withheld, and whose errors are asked for by clusters."""
    for name in dict.fromkeys(scan.file for scan in scans if not scan.plan.design.psu):
        yield finding(files.path(name).name, "--errors", options.errors, "estimate_no_clusters")


def _replicates_asked(files: SurveyFiles, chains: Iterable[Sequence[Pass]]) -> Iterator[Finding]:
    path, told = files.description.path.name, files.description.replicates
    lacking: set[str] = set()
    stood_for: dict[str, set[str]] = {}
    for chain in chains:
        without = [scan.file for scan in chain if scan.file not in told]
        for name in without:
            if name not in lacking:
                yield finding(path, "replicates", name, "estimate_no_replicates")
            lacking.add(name)
        if without:
            continue
        if len({(len(told[s.file].columns), told[s.file].scale, told[s.file].centre) for s in chain}) > 1:
            yield finding(path, "replicates", ", ".join(s.file for s in chain), "estimate_no_alike_replicates")
        for scan in chain:
            stood_for.setdefault(scan.file, set()).add(stands_for(files, scan))
    for name, found in stood_for.items():
        if len(found) > 1 or "" in found:
            used = sorted(weights(files, name) & _weights_of(chains, name)) or sorted(_weights_of(chains, name))
            yield finding(
                path, f"replicates.{name}", told[name].weight or "?", "estimate_no_weight_of_replicates",
                part=name, used=", ".join(each.upper() for each in used),
            )  # fmt: skip


def _weights_of(chains: Iterable[Sequence[Pass]], name: str) -> frozenset[str]:
    scans = (scan for chain in chains for scan in chain if scan.file == name)
    return frozenset().union(*(variables(scan.plan.weight) for scan in scans))
