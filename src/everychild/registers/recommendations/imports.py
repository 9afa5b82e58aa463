"""Files of recommendations that people send: the export of the UN's Universal Human Rights Index, and a tidy table.

The columns of the Index's export are those of its workbooks as public programs read them (2024 to 2026), the
misspelled “Reccomending” included: one row an annotation, several values of a cell on lines that begin with “- ”,
dates as dates or as the day numbers of Excel. Nothing is stored here: `read_*` returns rows that
`actions.take_over` stores, or findings cell by cell in the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ValidationError

from everychild.catalogue.registers import RECOMMENDATION_KINDS, VERIFIED
from everychild.registers.columns import CellRefused, Column
from everychild.registers.comparing import Compared, compare
from everychild.registers.dates import check_date_cell
from everychild.registers.laws.articles import CRC_ARTICLES
from everychild.registers.recommendations.models import Recommendation
from everychild.registers.recommendations.rhythms import due_by_rhythm
from everychild.registers.recommendations.vocabulary import MECHANISMS, PROOFS, UPR_POSITIONS, WORDINGS
from everychild.registers.records import findings_of
from everychild.registers.refusals import problem
from everychild.registers.uploads import Progress, Upload, read_upload
from everychild.vocabulary.findings import Finding

REGISTER: Final = "recommendations"
_DAY_ZERO: Final = date(1899, 12, 30)
_BULLET: Final = re.compile(r"^[\s\-\u2013\u2022]+")
_PARAGRAPH: Final = re.compile(r"(?:^|\s)(\d{1,3}(?:\.\d{1,3})?)\s*\.?\s*(?=[A-ZА-ЯӘҒҚҢӨҰҮҺІ(])")
_SPECIAL: Final = re.compile(r"(?:SR|WG|IE)\b|Special Procedures", re.IGNORECASE)
_MECHANISM: Final[Mapping[str, str]] = {
    **{name.casefold(): name for name in MECHANISMS}, "crc-op-ac": "CRC-OPAC", "crc-op-sc": "CRC-OPSC",
}  # fmt: skip
_KIND: Final[Mapping[str, str]] = {
    "recommendations": "recommendation", "recommendation": "recommendation", "concerns/observations": "concern",
    "concerns": "concern", "observations": "concern", "positive aspects": "noted",
}  # fmt: skip
_POSITION: Final[Mapping[str, str]] = {
    "supported": "supported", "accepted": "supported", "noted": "noted", "rejected": "noted", "pending": "pending",
    "no clear response": "pending",
}  # fmt: skip


def entries(cell: object) -> list[str]:
    """The values of a cell of the Index: one a line, without their bullets."""
    found = (_BULLET.sub("", line).strip() for line in str(cell or "").splitlines())
    return [entry for entry in found if entry]


def index_day(cell: object) -> str:
    """`2015-10-30` (with or without a time), `30.10.2015` or the day number 42307 as a date. Raises CellRefused."""
    text = str(cell).strip()
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return (_DAY_ZERO + timedelta(days=int(float(text)))).isoformat()
    try:
        if match := re.match(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text):
            return date(int(match[3]), int(match[2]), int(match[1])).isoformat()
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError as refused:
        raise CellRefused("not_a_date") from refused


def mechanism_of(cell: object) -> str:
    """The mechanism of a cell of the Index; all special procedures are one. Raises CellRefused for an unknown one."""
    for entry in entries(cell):
        if known := _MECHANISM.get(entry.casefold()):
            return known
        if _SPECIAL.match(entry):
            return "SP"
    raise CellRefused("field_not_a_choice", choices=", ".join(MECHANISMS))


def _of(words: Mapping[str, str]) -> Callable[[object], None]:
    def check(cell: object) -> None:
        if any(entry.casefold() not in words for entry in entries(cell)):
            raise CellRefused("field_not_a_choice", choices=", ".join(sorted(words)))

    return check


def _checked(parse: Callable[[object], object]) -> Callable[[object], None]:
    def check(cell: object) -> None:
        parse(cell)

    return check


INDEX: Final = (
    Column("Text", required=True),
    Column("Countries Concerned", required=True),
    Column("Recommending Body", required=True, check=_checked(mechanism_of)),
    Column("Document Symbol", required=True),
    Column("Themes"),
    Column("Affected Persons"),
    Column("Sdgs"),
    Column("Document Publication Date", required=True, check=_checked(index_day)),
    Column("UPR Recommending States"),
    Column("UPR Position", check=_of(_POSITION)),
    Column("Type", check=_of(_KIND)),
    Column("OHCHR Annotation Id", required=True),
    Column("UPR Session"),
    Column("Regions Concerned"),
    Column("Recommending Regions"),
    Column("Date of publication on UHRI"),
)
"""The export's columns, spelled right; as the export spells them they stand among the labels."""


def _articles(cell: object) -> None:
    if any(part.strip() not in CRC_ARTICLES for part in str(cell).split(";")):
        raise CellRefused("unknown_article")


def _proofs(cell: object) -> None:
    if any(part.strip() not in PROOFS for part in str(cell).split(";")):
        raise CellRefused("field_not_a_choice", choices=", ".join(PROOFS))


def _code(cell: object) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,60}", str(cell)):
        raise CellRefused("field_invalid")


TIDY: Final = (
    Column("code", required=True, check=_code),
    Column("mechanism", "code", required=True, codes=MECHANISMS),
    Column("document", required=True),
    Column("paragraph"),
    Column("adopted", required=True, check=check_date_cell),
    Column("kind", "code", required=True, codes=RECOMMENDATION_KINDS),
    Column("text_kk"),
    Column("text_ru"),
    Column("text_en"),
    Column("wording", "code", codes=WORDINGS),
    Column("theme"),
    Column("articles", check=_articles),
    Column("groups"),
    Column("sdg_targets"),
    Column("upr_position", "code", codes=UPR_POSITIONS),
    Column("asked_by"),
    Column("due", check=check_date_cell),
    Column("proofs", check=_proofs),
    Column("link"),
    Column("source"),
    Column("verified", "code", codes=VERIFIED),
    Column("note"),
)


@dataclass(frozen=True)
class Recommended:
    """Rows ready for `actions.take_over`, and what was found wrong or left out; `left_out` rows of other countries.

    `numbers` are the rows' places in the file.
    """

    rows: list[dict[str, Any]]
    findings: tuple[Finding, ...]
    left_out: int
    numbers: tuple[int, ...] = ()

    @property
    def refused(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)


def read_index_export(
    path: Path, name: str, country: str, country_name: str, *, progress: Progress | None = None
) -> Recommended:
    """Read an export of the Index; `country_name` is the English name that the Index uses. Never raises."""
    sent = read_upload(path, name, REGISTER, "index", INDEX, progress=progress)
    if sent.refused:
        return Recommended([], sent.findings, 0)
    ours = [
        row for row in sent.rows if country_name.casefold() in map(str.casefold, entries(row["Countries Concerned"]))
    ]
    findings = list(sent.findings)
    left_out = len(sent.rows) - len(ours)
    if left_out:
        findings.append(
            problem(name, "index_other_countries", "Countries Concerned", str(left_out), country=country_name)
        )
    findings += _repeated(ours, name, "OHCHR Annotation Id")
    numbers = tuple(row["row"] for row in ours)
    return Recommended([_from_index(row, country) for row in ours], tuple(findings), left_out, numbers)


def _from_index(row: Mapping[str, Any], country: str) -> dict[str, Any]:
    mechanism, adopted = mechanism_of(row["Recommending Body"]), index_day(row["Document Publication Date"])
    text = " ".join(str(row["Text"]).split())
    paragraph = _PARAGRAPH.search(text)
    kinds = [_KIND[entry.casefold()] for entry in entries(row["Type"])]
    positions = [_POSITION[entry.casefold()] for entry in entries(row["UPR Position"])]
    annotation = re.sub(r"[^A-Za-z0-9-]", "", str(row["OHCHR Annotation Id"]))
    return {
        "code": f"UHRI-{annotation}"[:60], "country": country, "mechanism": mechanism, "adopted": adopted,
        "document": str(row["Document Symbol"])[:120], "paragraph": paragraph[1] if paragraph else "",
        "kind": kinds[0] if kinds else "recommendation", "text": {"en": text, "ru": "", "kk": ""}, "wording": "exact",
        "theme": _joined(row["Themes"], 400), "groups": _joined(row["Affected Persons"], 600),
        "sdg_targets": ";".join(entry.split(" ")[0] for entry in entries(row["Sdgs"]))[:400],
        "upr_position": positions[0] if positions and mechanism == "UPR" else "",
        "asked_by": _joined(row["UPR Recommending States"], 400), "due": due_by_rhythm(mechanism, adopted),
        "verified": "yes", "source": f"Universal Human Rights Index, annotation {row['OHCHR Annotation Id']}",
    }  # fmt: skip


def _joined(cell: object, most: int) -> str:
    """Entries of a cell joined by `;`, as many as fit whole."""
    kept: list[str] = []
    for entry in entries(cell):
        if len(";".join([*kept, entry])) > most:
            break
        kept.append(entry.replace(";", ","))
    return ";".join(kept)


def read_tidy(path: Path, name: str, country: str, *, progress: Progress | None = None) -> Recommended:
    """Read a table with the register's own columns, one row a recommendation."""
    sent = read_upload(path, name, REGISTER, "tidy", TIDY, progress=progress)
    findings = [*sent.findings, *_repeated(sent.rows, name, "code"), *_without_text(sent, name)]
    read = Recommended([], tuple(findings), 0)
    if read.refused:
        return read
    numbers = tuple(row["row"] for row in sent.rows)
    return Recommended([_from_tidy(row, country) for row in sent.rows], read.findings, 0, numbers)


def _from_tidy(row: Mapping[str, Any], country: str) -> dict[str, Any]:
    plain = {c.name: row[c.name] or "" for c in TIDY if not c.name.startswith("text_")}
    plain["articles"] = ";".join(part.strip() for part in plain["articles"].split(";") if part.strip())
    plain["proofs"] = ";".join(part.strip() for part in plain["proofs"].split(";") if part.strip())
    return {
        **plain, "country": country, "text": {lang: row[f"text_{lang}"] or "" for lang in ("kk", "ru", "en")},
        "wording": plain["wording"] or "own_words", "verified": plain["verified"] or "no",
        "due": plain["due"] or due_by_rhythm(plain["mechanism"], plain["adopted"]),
        "due_set_by": "document" if plain["due"] else "rhythm",
    }  # fmt: skip


def _without_text(sent: Upload, name: str) -> list[Finding]:
    return [problem(name, "empty_cell", "text_en", "", row["row"]) for row in sent.rows
            if not (row["text_kk"] or row["text_ru"] or row["text_en"])]  # fmt: skip


def _repeated(rows: list[dict[str, Any]], name: str, column: str) -> list[Finding]:
    seen: set[object] = set()
    found = []
    for row in rows:
        if row[column] in seen:
            found.append(problem(name, "field_not_unique", column, str(row[column]), row["row"]))
        seen.add(row[column])
    return found


def compared(read: Recommended, name: str) -> Compared:
    """Rows against the recommendations that stand; what the record itself would refuse is a finding with its row."""
    given = {row["code"]: tuple(_columns_of(row).items()) for row in read.rows}
    found: list[Finding] = []
    for row, number in zip(read.rows, read.numbers, strict=True):
        record = Recommendation(**_columns_of(row))
        try:
            record.clean_fields(exclude=("parent",))
            record.clean()
        except ValidationError as refused:
            found += [replace(finding, file=name, row=number) for finding in findings_of(record, refused)]
    stored = {
        record.code: tuple((column, getattr(record, column)) for column, _ in given[record.code])
        for record in Recommendation.objects.order_by().iterator()
        if record.code in given
    }
    return compare(given, stored, tuple(found))


def _columns_of(row: Mapping[str, Any]) -> dict[str, Any]:
    texts = {f"text_{language}": text for language, text in row["text"].items()}
    return {name: value for name, value in row.items() if name != "text"} | texts
