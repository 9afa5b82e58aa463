"""The tables that are handed in whole: their columns, how each is checked, compared with what stands, and kept.

Who may hand in which is said by the table of permissions alone: by the action of the table, and for a table of a body
or a poll by whose it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from django.conf import settings

from everychild.catalogue.catalogue import catalogue
from everychild.registers.actions import may
from everychild.registers.budget import actions as budget
from everychild.registers.budget import rows as budget_rows
from everychild.registers.care import actions as care
from everychild.registers.care import queries as care_queries
from everychild.registers.care import rows as care_rows
from everychild.registers.columns import Column
from everychild.registers.comparing import Compared
from everychild.registers.installed import REGISTERS
from everychild.registers.people.models import Account, Body
from everychild.registers.permissions import ROLES, permission_table
from everychild.registers.recommendations import actions as recommendations
from everychild.registers.recommendations import imports
from everychild.registers.templates import Names, workbook
from everychild.registers.uploads import Progress
from everychild.registers.voices import actions as voices
from everychild.registers.voices import queries as voice_queries
from everychild.registers.voices import rows as voice_rows
from everychild.registers.voices.models import Poll
from everychild.vocabulary.ages import parse_age
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.findings import Finding
from everychild.vocabulary.language import Language
from everychild.website.texts import interface_texts, say

Key = tuple[str, str]


@dataclass(frozen=True)
class Chosen:
    """What a person chose beside the file. `mark` has source, day of reading, mark and note."""

    body: Body | None = None
    poll: Poll | None = None
    mark: Mapping[str, object] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Checked:
    """Rows of a file and everything that was found; `compared` only when nothing stands against them."""

    rows: Sequence[Mapping[str, Any]]
    findings: tuple[Finding, ...]
    compared: Compared

    @property
    def refused(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)


@dataclass(frozen=True)
class Table:
    """One kind of table. `asks`: whose it is; `marked`: whether its source is asked for; `needs_reason`: whether why.

    `codes`: where the words of a column's codes stand among the interface's texts.
    """

    register: str
    name: str
    action: str
    asks: Literal["body", "poll", ""]
    columns: Callable[[Poll | None], Sequence[Column]]
    check: Callable[[Path, str, Chosen, Progress], Checked]
    keep: Callable[[Account, Sequence[Mapping[str, Any]], Chosen], int]
    open_file: Key
    public_page: str
    marked: bool = True
    needs_reason: bool = False
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        return self.register, self.name

    def bodies(self, account: Account) -> list[Body]:
        """Bodies on whose behalf this person may hand it in; none for a table of no body."""
        own = {body.pk: body for _, body in account.roles() if body is not None}
        return [body for body in own.values() if self.asks and may(account, self.action, body)]

    def granted(self, account: Account) -> bool:
        return bool(self.bodies(account)) if self.asks else may(account, self.action)

    def polls(self, account: Account) -> list[Poll]:
        """Draft polls for which this person may hand it in."""
        if self.asks != "poll":
            return []
        return list(voice_queries.drafts(self.bodies(account)))

    def who(self) -> list[tuple[str, str]]:
        """Roles that may hand it in, each with how far it reaches, as the table of permissions says."""
        table = permission_table(REGISTERS)
        scopes = ((role, table.scope(role, self.action)) for role in ROLES if role != "system")
        return [(role, scope) for role, scope in scopes if scope]


def may_hand_in(account: Account) -> bool:
    """Whether the menu leads to the tables."""
    return any(table.granted(account) for table in TABLES.values())


def template_of(table: Table, language: Language, poll: Poll | None = None) -> bytes:
    """The workbook to fill in, with the codes in the words of the site."""
    columns = table.columns(poll)
    return workbook(*table.key, columns, language, names=_names(table, columns, language, poll))


def _names(table: Table, columns: Sequence[Column], language: Language, poll: Poll | None) -> Names:
    found: dict[str, Mapping[str, str]] = {
        column.name: {code: _word(table.codes.get(column.name, ()), code, language) for code in column.codes}
        for column in columns
    }
    if "age" in found:
        ages = (code for code in found["age"] if code != "_T")
        found["age"] = {"_T": say("desk.tables.age._T", language)} | {c: parse_age(c).label(language) for c in ages}
    if "programme_area" in found:
        found["programme_area"] = {code: area.name[language] for code, area in catalogue().programme_areas.items()}
    if "definition" in found:
        found["definition"] = {one.code: one.name[language] for one in care_queries.definitions()}
    if "choice" in found and poll is not None:
        found["choice"] = {
            choice.code: f"{choice.question.text[language]} – {choice.label[language]}"
            for choice in voice_queries.choices_of(poll)
        }
    return found


def _word(stems: Sequence[str], code: str, language: Language) -> str:
    keys = (f"{stem}.{code}" for stem in stems)
    return next((say(key, language) for key in keys if key in interface_texts()), "")


def _read_budget(path: Path, name: str, chosen: Chosen, progress: Progress) -> Checked:
    sent = budget_rows.check(path, name, progress)
    return _checked(sent, lambda: budget_rows.compared(sent.rows, _body(chosen), settings.COUNTRY, chosen.mark, name))


def _read_care(path: Path, name: str, chosen: Chosen, progress: Progress) -> Checked:
    sent = care_rows.check_care(path, name, progress)
    return _checked(sent, lambda: care_rows.compared_care(sent.rows, _body(chosen), chosen.mark, name))


def _read_justice(path: Path, name: str, chosen: Chosen, progress: Progress) -> Checked:
    sent = care_rows.check_justice(path, name, progress)
    return _checked(sent, lambda: care_rows.compared_justice(sent.rows, _body(chosen), chosen.mark, name))


def _read_respondents(path: Path, name: str, chosen: Chosen, progress: Progress) -> Checked:
    sent = voice_rows.check_respondents(path, name, progress)
    return _checked(sent, lambda: voice_rows.compared_respondents(sent.rows, _poll(chosen)))


def _read_answers(path: Path, name: str, chosen: Chosen, progress: Progress) -> Checked:
    sent = voice_rows.check_answers(path, name, _poll(chosen), progress)
    return _checked(sent, lambda: voice_rows.compared_answers(sent.rows, _poll(chosen)))


def _read_tidy(path: Path, name: str, chosen: Chosen, progress: Progress) -> Checked:
    read = imports.read_tidy(path, name, settings.COUNTRY, progress=progress)
    return _checked(read, lambda: imports.compared(read, name))


def _read_index(path: Path, name: str, chosen: Chosen, progress: Progress) -> Checked:
    named = gazetteer()[settings.COUNTRY].name.en
    read = imports.read_index_export(path, name, settings.COUNTRY, named, progress=progress)
    return _checked(read, lambda: imports.compared(read, name))


def _checked(sent: Any, compared: Callable[[], Compared]) -> Checked:
    """Only rows without an error can be compared: others lack what makes them what they are."""
    if sent.refused or not sent.rows:
        return Checked(sent.rows, tuple(sent.findings), Compared(0, 0, 0))
    found = compared()
    return Checked(sent.rows, (*sent.findings, *found.findings), found)


def _keep_budget(by: Account, rows: Sequence[Mapping[str, Any]], chosen: Chosen) -> int:
    return budget.hand_in_lines(by=by, body=_body(chosen), rows=rows, mark=chosen.mark, country=settings.COUNTRY,
                                reason=chosen.reason)  # fmt: skip


def _keep_care(by: Account, rows: Sequence[Mapping[str, Any]], chosen: Chosen) -> int:
    return care.hand_in_counts(by=by, body=_body(chosen), rows=rows, mark=chosen.mark, reason=chosen.reason)


def _keep_justice(by: Account, rows: Sequence[Mapping[str, Any]], chosen: Chosen) -> int:
    return care.hand_in_justice(by=by, body=_body(chosen), rows=rows, mark=chosen.mark, reason=chosen.reason)


def _keep_respondents(by: Account, rows: Sequence[Mapping[str, Any]], chosen: Chosen) -> int:
    return voices.hand_in_respondents(by=by, poll=_poll(chosen), rows=rows, reason=chosen.reason)


def _keep_answers(by: Account, rows: Sequence[Mapping[str, Any]], chosen: Chosen) -> int:
    return voices.hand_in_answers(by=by, poll=_poll(chosen), rows=rows, reason=chosen.reason)


def _keep_recommendations(by: Account, rows: Sequence[Mapping[str, Any]], chosen: Chosen) -> int:
    return sum(recommendations.take_over(by=by, rows=rows, reason=chosen.reason))


def _body(chosen: Chosen) -> Body:
    if chosen.body is None:
        raise ValueError("a table of a body without one")
    return chosen.body


def _poll(chosen: Chosen) -> Poll:
    if chosen.poll is None:
        raise ValueError("a table of a poll without one")
    return chosen.poll


def _answer_columns(poll: Poll | None) -> Sequence[Column]:
    if poll is None:
        raise ValueError("a table of a poll without one")
    return voice_rows.answer_columns(poll)


_SEX: Final = {"sex": ("desk.tables.sex",)}
_DECLARED: Final = (
    Table("budget", "lines", "budget.hand_in_lines", "body", lambda _: budget_rows.columns(), _read_budget,
          _keep_budget, ("budget", "lines"), "budget",
          codes={"level": ("word.budget_level",), "unit": ("desk.tables.unit",)}),
    Table("care", "counts", "care.hand_in_counts", "body", lambda _: care_rows.care_columns(), _read_care, _keep_care,
          ("care", "counts"), "care",
          codes=_SEX | {"measure": ("word.care_flow", "desk.tables.measure"),
                        "disability": ("desk.tables.disability",)}),
    Table("care", "justice", "care.hand_in_justice", "body", lambda _: care_rows.justice_columns(), _read_justice,
          _keep_justice, ("care", "justice"), "care", codes=_SEX | {"component": ("desk.tables.component",)}),
    Table("voices", "respondents", "voices.hand_in_respondents", "poll", lambda _: voice_rows.respondent_columns(),
          _read_respondents, _keep_respondents, ("voices", "answers"), "voices", marked=False,
          codes={"sex": ("word.poll_sex",)}),
    Table("voices", "answers", "voices.hand_in_answers", "poll", _answer_columns, _read_answers, _keep_answers,
          ("voices", "answers"), "voices", marked=False, codes={"sex": ("word.poll_sex",)}),
    Table("recommendations", "tidy", "recommendations.take_over", "", lambda _: imports.TIDY, _read_tidy,
          _keep_recommendations, ("recommendations", "recommendations"), "recommendations", marked=False,
          needs_reason=True,
          codes={"mechanism": ("word.mechanism",), "kind": ("word.recommendation",), "wording": ("word.wording",),
                 "upr_position": ("word.position",), "verified": ("verified", "desk.tables.verified")}),
    Table("recommendations", "index", "recommendations.take_over", "", lambda _: imports.INDEX, _read_index,
          _keep_recommendations, ("recommendations", "recommendations"), "recommendations", marked=False,
          needs_reason=True),
)  # fmt: skip
TABLES: Final[Mapping[Key, Table]] = {table.key: table for table in _DECLARED}
"""In the order of the page."""
