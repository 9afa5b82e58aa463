"""Which recipes are computed together: one pass for each file and weight, and one more for stacked files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from everychild.engines.plan import DesignColumns, Grouping, Plan
from everychild.estimation.columns import ColumnBook, IndicatorColumns, settled
from everychild.estimation.groups import Table, breakdowns_of
from everychild.estimation.procedures import procedure
from everychild.microdata.checking import near_names
from everychild.microdata.located import finding
from everychild.microdata.survey_files import SurveyFiles
from everychild.recipes.groups import FileBreakdown, Level
from everychild.recipes.nodes import Node, Number, both, variables
from everychild.recipes.recipe import Part, Recipe
from everychild.vocabulary.findings import Finding
from everychild.vocabulary.language import Language


@dataclass(frozen=True)
class NotComputed:
    """A recipe that this survey cannot be asked, and why: a rule and what it is about."""

    indicator: str
    rule: str
    value: str
    part: str = ""

    def finding(self, file: str) -> Finding:
        """The reason as a finding; `file` is that of the description."""
        return finding(file, "", self.value, self.rule, indicator=self.indicator, part=self.part)

    def why(self, language: Language) -> str:
        return self.finding("").message(language)

    @property
    def reason(self) -> str:
        return self.why("en")


@dataclass(frozen=True)
class Rate:
    """One quotient to estimate: a recipe, or one of the two rates of a parity (`side` 1 or 2)."""

    recipe: Recipe
    parts: tuple[Part, ...]
    kind: str
    side: int = 0


@dataclass(frozen=True)
class Pass:
    """One scan: the rows of `file`, everything that is summed over them, and whose columns are whose."""

    file: str
    plan: Plan
    rates: tuple[Rate, ...]
    columns: tuple[IndicatorColumns, ...]
    levels: Mapping[str, tuple[Level, ...]]
    variables: frozenset[str]
    partner: Pass | None = None
    """The same rates over the second file of stacked recipes."""


def with_varying(one: Pass, names: frozenset[str]) -> Pass:
    """The same pass, and those over files stacked under it, with groupings that are summed by group in each."""
    partner = None if one.partner is None else with_varying(one.partner, names & frozenset(one.partner.plan.named))
    return replace(one, plan=replace(one.plan, varying=names), partner=partner)


def computable(files: SurveyFiles, recipes: Iterable[Recipe]) -> tuple[list[Rate], list[NotComputed]]:
    """The rates that recipes need, without those whose file or variables the survey lacks."""
    rates: list[Rate] = []
    left: list[NotComputed] = []
    present = frozenset(files.present)
    for recipe in recipes:
        told = files.description.left_out.get(recipe.code)
        if told:
            hindrance: NotComputed | None = NotComputed(recipe.code, "recipe_left_out", told)
        elif files.description.only and recipe.code not in (*files.description.only, *files.own_codes):
            hindrance = NotComputed(recipe.code, "recipe_not_matched", files.description.path.name)
        else:
            hindrance = _hindrance(files, present, recipe)
        if hindrance is not None:
            left.append(hindrance)
        elif recipe.when is not None:
            base = files.book[recipe.rate_of]
            for side, condition in enumerate(recipe.when, start=1):
                parts = tuple(_narrowed(part, condition) for part in base.parts)
                rates.append(Rate(recipe, parts, base.kind, side))
        else:
            rates.append(Rate(recipe, recipe.parts, recipe.kind))
    return rates, left


def _narrowed(part: Part, condition: Node) -> Part:
    return Part(part.file, both(part.universe, condition), part.numerator, part.denominator, part.weight)


def _hindrance(files: SurveyFiles, present: frozenset[str], recipe: Recipe) -> NotComputed | None:
    """Why a recipe cannot be computed; None when it can."""
    base = files.book[recipe.rate_of] if recipe.when is not None else recipe
    if base.waits_for:
        return NotComputed(recipe.code, "recipe_needs_parameter", base.waits_for)
    if not base.parts:
        return NotComputed(recipe.code, *procedure(recipe.kind))
    wanted: dict[str, frozenset[str]] = {}
    for part in base.parts:
        more = variables(*(recipe.when or ()))
        read = part.variables - (variables(part.weight) if files.description.register else frozenset())
        wanted[part.file] = wanted.get(part.file, frozenset()) | read | more
        for source, needed in files.carried_needs(part.file, part.variables).items():
            wanted[source] = wanted.get(source, frozenset()) | needed
    for file, names in wanted.items():
        if file not in present:
            return NotComputed(recipe.code, "recipe_lacks_file", file)
        lacking = files.lacking(file, names)
        if lacking:
            near = _with_near(files, file, lacking, own=recipe.code in files.own_codes)
            return NotComputed(recipe.code, "recipe_lacks_variable", near, file)
    return None


def _with_near(files: SurveyFiles, file: str, lacking: Sequence[str], *, own: bool) -> str:
    """`BR1 (BR1A?), BR2`: variables that a file lacks, each with the name that it likely has here. An `own` recipe may
    mean any variable of the file by a slip, a shipped one none that another recipe reads."""
    known = frozenset() if own else files.expected_names(file)
    spare = [column for lower, column in files.columns(file).items() if lower not in known]
    named = []
    for variable in lacking:
        near = near_names(variable, spare)
        named.append(f"{variable.upper()} ({', '.join(near)}?)" if near else variable.upper())
    return ", ".join(named)


def passes(files: SurveyFiles, rates: Sequence[Rate], tables: Sequence[Table]) -> list[Pass]:
    """The scans that a set of rates needs."""
    together: dict[tuple[tuple[str, Node], ...], list[Rate]] = defaultdict(list)
    for rate in rates:
        together[tuple((part.file, part.weight) for part in rate.parts)].append(rate)
    found = []
    for key, group in together.items():
        shared = _shared_breakdowns(files, [file for file, _ in key])
        wanted = tuple(t.breakdowns for t in tables if all(code in shared for code in t.breakdowns))
        chain: Pass | None = None
        for index in reversed(range(len(key))):
            chain = _pass(files, group, index, shared, wanted, chain)
        if chain is not None:
            found.append(chain)
    return found


def _shared_breakdowns(files: SurveyFiles, names: Sequence[str]) -> Mapping[str, list[FileBreakdown]]:
    """Breakdowns that all the files have with the same levels, by code: one for each file."""
    each = [breakdowns_of(files, name) for name in names]
    return {
        code: [found[code] for found in each]
        for code in each[0]
        if all(code in found and found[code].levels == each[0][code].levels for found in each)
    }


def _pass(
    files: SurveyFiles, rates: Sequence[Rate], index: int, shared: Mapping[str, list[FileBreakdown]],
    tables: tuple[tuple[str, ...], ...], partner: Pass | None,
) -> Pass:  # fmt: skip
    part = rates[0].parts[index]
    weight: Node = Number(1) if files.description.register else part.weight
    book = ColumnBook()
    found = [book.add(rate.parts[index], rate.kind) for rate in rates]  # type: ignore[arg-type]
    used = list(dict.fromkeys(code for table in tables for code in table))
    groupings = tuple(Grouping(code, shared[code][index].code, len(shared[code][index].levels)) for code in used)
    design = files.description.design_of(part.file)
    register = files.description.register  # nobody was drawn, whatever clusters the file may name
    plan = Plan(
        DesignColumns() if register else DesignColumns(design.stratum, design.psu),
        weight, groupings, tables, tuple(book.conditions), tuple(book.values), book.counted,
    )  # fmt: skip
    names = frozenset().union(*(rate.parts[index].variables for rate in rates))
    levels = {code: shared[code][index].levels for code in used}
    return Pass(part.file, plan, tuple(rates), tuple(settled(book, found)), levels, names, partner)
