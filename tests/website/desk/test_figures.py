"""Figures without a repository: the template that is read back, the form, another file, the calendar."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from python_calamine import CalamineWorkbook

from everychild.catalogue.catalogue import catalogue
from everychild.exchange.loading import load
from everychild.registers.audit.models import AuditEvent
from everychild.registers.people.models import Account
from everychild.registers.personal_data import is_personal_number
from everychild.registers.submissions import actions, queries
from everychild.registers.submissions.dates import months_after
from everychild.registers.submissions.files import check, read
from everychild.registers.submissions.models import Expectation, Submission
from everychild.vocabulary.language import LANGUAGES
from everychild.vocabulary.observations import SCHEMA
from everychild.website.desk.template import AGES, COLUMNS, codes_of, template
from tests.registers.made import Desk
from tests.website.desk.signed import BODIES, EVERYBODY, granted, signed_in

GOOD = "indicator,area,period,value,source\nu5mr,KAZ,2021,9.8,KAZSTAT_SDG\n"
BETTER = "indicator,area,period,value,source\nu5mr,KAZ,2021,9.7,KAZSTAT_SDG\n"
BAD = "indicator,area,period,value,source\nu5mr,KAZ,2021,nine,KAZSTAT_SDG\n"
TITLE = {"en": "Rates", "ru": "Показатели", "kk": "Көрсеткіштер"}


def draft_of(desk: Desk, tmp_path: Path, body: str = "ministry") -> Submission:
    path = tmp_path / "rates.csv"
    path.write_text(GOOD)
    return actions.draw_up(
        by=desk.person("contributor", body), body=desk.bodies[body], title=TITLE, file=check(path, "rates.csv")
    )


def sheets(content: bytes) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(content))


class TestTemplate:
    @pytest.mark.parametrize(("body", "role"), EVERYBODY)
    def test_everybody_may_look_at_it(self, desk: Desk, body: str, role: str) -> None:
        answer = signed_in(desk.person(role, body)).get("/desk/submissions/template.xlsx")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == 'attachment; filename="figures-kk.xlsx"'

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize(("period", "regions"), [("2021", 17), ("2023", 20)])
    def test_filled_in_it_is_read_back_without_a_finding(
        self, tmp_path: Path, language: Any, period: str, regions: int
    ) -> None:
        """As a spreadsheet saves it: values typed into the value column, everything else left as it was.

        Kazakhstan had 14 regions and 3 cities until June 2022, and has 17 and 3 since.
        """
        book = sheets(template(language, "u5mr", period))
        figures, codes = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
        assert tuple(figures[0]) == COLUMNS
        path = tmp_path / "figures.xlsx"
        with xlsxwriter.Workbook(path) as saved:
            for name, rows in zip(book.sheet_names, (figures, codes), strict=True):
                sheet = saved.add_worksheet(name)
                for at, row in enumerate(rows):
                    sheet.write_row(at, 0, row)
                    if at and name == "figures":
                        sheet.write_number(at, COLUMNS.index("value"), 9.8)
                        sheet.write_string(at, COLUMNS.index("source"), "KAZSTAT_SDG")
        loaded = load(path, "tidy", "KAZ")
        assert loaded.ledger.is_empty()
        assert loaded.observations.height == len(figures) - 1 == regions + 1
        assert set(loaded.observations["value"]) == {9.8}

    def test_columns_and_codes_are_those_of_the_schema(self) -> None:
        assert set(COLUMNS) <= set(SCHEMA)
        codes = codes_of("kk")
        assert [code for code, _ in codes["indicator"]] == list(catalogue().indicators)
        assert codes["area"][0][0] == "KAZ"
        assert set(codes) <= set(COLUMNS)

    def test_every_code_to_choose_from_is_accepted(self, tmp_path: Path) -> None:
        codes = codes_of("en")
        missing = {"O", "L", "M", "Q"}
        rows = []
        for name in ("area", "sex", "age", "residence", "status", "source"):
            for code, _ in codes[name]:
                row = {"indicator": "u5mr", "area": "KAZ", "period": "2023", "value": "9", "source": "KAZSTAT_SDG"}
                row |= {name: code} | ({"value": ""} if name == "status" and code in missing else {})
                rows.append(",".join(row.get(column, "") for column in COLUMNS))
        path = tmp_path / "codes.csv"
        path.write_text("\n".join([",".join(COLUMNS), *rows]))
        loaded = load(path, "tidy", "KAZ")
        broken = loaded.ledger.filter(loaded.ledger["rule"].is_in(["unknown_code", "unknown_area", "unknown_source"]))
        assert broken.is_empty(), broken
        assert set(AGES) <= set(loaded.observations["age"])

    def test_labels_stand_beside_the_cells_in_the_language(self, tmp_path: Path) -> None:
        for language, label in (("kk", "Кезең"), ("ru", "Период"), ("en", "Period")):
            with zipfile.ZipFile(io.BytesIO(template(language))) as book:  # type: ignore[arg-type]
                comments = book.read("xl/comments1.xml").decode()
                sheet = book.read("xl/worksheets/sheet1.xml").decode()
            assert label in comments
            assert f'promptTitle="{label}"' in sheet
            assert "everychild codes" in sheet

    def test_an_unknown_indicator_has_none(self, desk: Desk) -> None:
        client = signed_in(desk.person("contributor"))
        assert client.get("/desk/submissions/template.xlsx?indicator=nothing").status_code == 404
        answer = client.get("/desk/submissions/template.xlsx?indicator=u5mr&period=%3DA1")
        rows = sheets(answer.content).get_sheet_by_name("figures").to_python()
        assert rows[1][:3] == ["u5mr", "KAZ", ""]


def typed(*rows: dict[str, str], **more: str) -> dict[str, str]:
    form = {"indicator": "u5mr", "body": "ministry", "source": "KAZSTAT_SDG", "rows": str(max(5, len(rows)))}
    for number, row in enumerate(rows):
        form |= {f"{name}-{number}": value for name, value in ({"area": "KAZ"} | row).items()}
    return form | more


class TestForm:
    def post(self, desk: Desk, form: dict[str, str]) -> Any:
        return signed_in(desk.person("contributor")).post("/desk/submissions/form", form)

    @pytest.mark.parametrize(("body", "role"), EVERYBODY)
    def test_who_may_draw_up_figures_may_type_them(self, desk: Desk, body: str, role: str) -> None:
        client = signed_in(desk.person(role, body))
        may = granted(role, "submissions.draw_up", own=True)
        assert client.get("/desk/submissions/form").status_code == (200 if may else 403)
        form = typed({"period": "2021", "value": "9.8"}, keep="1")
        for of_body in BODIES:
            answer = client.post("/desk/submissions/form", form | {"body": of_body})
            own = granted(role, "submissions.draw_up", own=body == of_body)
            assert answer.status_code == (302 if own else 400 if may else 403)
            assert Submission.objects.filter(body__code=of_body).exists() == own

    @pytest.mark.parametrize("query", ["u5mr", "өлім", "смертн", "MORTALITY under"])
    def test_indicators_are_found_in_every_language(self, desk: Desk, query: str) -> None:
        text = signed_in(desk.person("contributor")).get("/desk/submissions/form", {"q": query}).content.decode()
        assert "?indicator=u5mr" in text

    def test_what_is_typed_becomes_a_draft_like_a_file(self, desk: Desk) -> None:
        rows = (
            {"period": "2021", "value": "9,8", "n": "1 200", "note": 'live births, "all"'},
            {},
            {"period": "2022", "value": "9.1", "sex": "F", "age": "Y0T4", "lower": "8", "upper": "10"},
        )
        answer = self.post(desk, typed(*rows, keep="1", interval="CI95"))
        assert answer.status_code == 302
        draft = Submission.objects.get()
        assert answer.headers["Location"] == f"/desk/submissions/{draft.pk}"
        assert (draft.state, draft.figures, draft.title_en) == (
            "draft",
            2,
            f"{catalogue().indicators['u5mr'].name.en}, 2021–2022",
        )
        figures = read(draft.sha256, draft.sent_name).observations
        assert figures.select("period", "value", "sex", "n", "lower", "interval", "note", "source").rows() == [
            ("2021", 9.8, "_T", 1200, None, "", 'live births, "all"', "KAZSTAT_SDG"),
            ("2022", 9.1, "F", None, 8.0, "CI95", "", "KAZSTAT_SDG"),
        ]

    def test_looking_keeps_nothing(self, desk: Desk, tmp_path: Path) -> None:
        answer = self.post(desk, typed({"period": "2021", "value": "9.8"}, look="1"))
        assert answer.status_code == 200
        assert 'role="status"' in answer.content.decode()
        assert not Submission.objects.exists()
        assert not (tmp_path / "submissions").exists()

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            ({"period": "2O21", "value": "9"}, "period"), ({"period": "2021", "value": "nine"}, "value"),
            ({"period": "2021", "value": "-1"}, "value"), ({"period": "2021", "value": "9", "age": "5"}, "age"),
            ({"period": "2021", "value": "9", "sex": "X"}, "sex"), ({"period": "2021", "value": "9", "n": "1.5"}, "n"),
            ({"period": "2021", "value": "9", "area": "KZ-00"}, "area"),
            ({"period": "2021", "value": "9", "lower": "10", "upper": "11"}, "lower"),
        ],
    )  # fmt: skip
    def test_a_finding_stands_beside_its_cell(self, desk: Desk, row: dict[str, str], column: str) -> None:
        """In the third row of the form, after one that is empty: it is the second of the table."""
        answer = self.post(desk, typed({"period": "2020", "value": "9"}, {}, row, keep="1", interval="CI95"))
        text = answer.content.decode()
        assert answer.status_code == 422
        cell = re.search(rf'name="{column}-2"[^>]*>', text)
        assert cell
        assert f'aria-invalid="true" aria-describedby="said-{column}-2"' in cell[0]
        assert text.count('aria-invalid="true"') == 1
        assert f'id="said-{column}-2">' in text
        assert not Submission.objects.exists()
        for name, value in row.items():
            if name not in ("sex", "area"):
                assert f'name="{name}-2" value="{value}"' in text, "what was typed is kept"

    def test_bounds_without_their_kind_are_told_at_the_kind(self, desk: Desk) -> None:
        answer = self.post(desk, typed({"period": "2021", "value": "9", "lower": "8", "upper": "10"}, keep="1"))
        assert answer.status_code == 422
        assert 'aria-describedby="said-interval"' in answer.content.decode()

    def test_one_figure_with_two_values_is_told(self, desk: Desk) -> None:
        """As of a file: a warning, and both are kept with a mark."""
        answer = self.post(desk, typed({"period": "2021", "value": "9"}, {"period": "2021", "value": "8"}, look="1"))
        assert answer.status_code == 200
        assert 'id="said-value-' in answer.content.decode()

    def test_more_rows_keep_what_was_typed(self, desk: Desk) -> None:
        answer = self.post(desk, typed({"period": "2021", "value": "9,8"}, more="1"))
        text = answer.content.decode()
        assert text.count("<fieldset") == 10
        assert 'name="value-0" value="9,8"' in text
        answer = self.post(desk, typed(more="1") | {"rows": "58"})
        assert answer.content.decode().count("<fieldset") == 60
        assert 'name="more"' not in answer.content.decode()

    @pytest.mark.parametrize("rows", ["", "-1", "9999", "x", "²"])
    def test_a_strange_number_of_rows_is_no_error(self, desk: Desk, rows: str) -> None:
        form = typed({"period": "2021", "value": "9"}, look="1") | {"rows": rows}
        assert self.post(desk, form).status_code == 200

    def test_an_empty_form_is_said(self, desk: Desk) -> None:
        assert self.post(desk, typed(keep="1")).status_code == 400

    def test_no_number_of_a_person_gets_in(self, desk: Desk) -> None:
        """A number that passes the check of an individual identification number, made for this test."""
        number = next(f"1501015{n:05}" for n in range(100_000) if is_personal_number(f"1501015{n:05}"))
        answer = self.post(desk, typed({"period": "2021", "value": "9", "note": f"ЖСН {number}"}, keep="1"))
        assert answer.status_code == 422
        assert 'aria-describedby="said-note-0"' in answer.content.decode()

    def test_an_unknown_indicator_does_not_exist(self, desk: Desk) -> None:
        assert self.post(desk, typed(look="1") | {"indicator": "nothing"}).status_code == 404


class TestAnotherFile:
    def send(self, account: Account, number: int, content: str = BETTER) -> Any:
        file = SimpleUploadedFile("better.csv", content.encode())
        return signed_in(account).post(f"/desk/submissions/{number}/file", {"file": file, "reason": "2021 revised"})

    @pytest.mark.parametrize("state", ["draft", "returned", "submitted"])
    @pytest.mark.parametrize(("body", "role"), EVERYBODY)
    def test_who_replaces_a_file(self, desk: Desk, tmp_path: Path, body: str, role: str, state: str) -> None:
        sent = draft_of(desk, tmp_path)
        if state != "draft":
            actions.submit(by=desk.person("contributor"), submission=sent)
        if state == "returned":
            actions.give_back(by=desk.person("reviewer"), submission=sent, reason="2021")
        person = desk.person(role, body)
        seen = queries.seen_by(person).filter(pk=sent.pk).exists()
        may = granted(role, "submissions.replace_file", own=body == "ministry")
        answer = self.send(person, sent.pk)
        expected = 404 if not seen else 403 if not may else 409 if state == "submitted" else 302
        assert answer.status_code == expected
        again = Submission.objects.get(pk=sent.pk)
        assert (again.sent_name == "better.csv") == (expected == 302)
        if seen:
            text = signed_in(person).get(f"/desk/submissions/{sent.pk}").content.decode()
            assert (f'action="/desk/submissions/{sent.pk}/file"' in text) == (may and state != "submitted")
        if expected == 302:
            assert AuditEvent.objects.order_by("-number")[0].reason == "2021 revised"

    def test_a_broken_file_is_told_and_the_old_one_stays(self, desk: Desk, tmp_path: Path) -> None:
        sent = draft_of(desk, tmp_path)
        answer = self.send(desk.person("contributor"), sent.pk, BAD)
        assert answer.status_code == 422
        assert re.search(r"<td>2</td><td>value</td><td>nine</td>", answer.content.decode())
        assert Submission.objects.get(pk=sent.pk).sha256 == sent.sha256

    def test_no_file_is_said(self, desk: Desk, tmp_path: Path) -> None:
        sent = draft_of(desk, tmp_path)
        client = signed_in(desk.person("contributor"))
        assert client.post(f"/desk/submissions/{sent.pk}/file", {}).status_code == 400


class TestPersons:
    @pytest.mark.parametrize(
        ("header", "cells"),
        [
            ("ФИО", "x"),
            ("child name", "x"),
            ("remark", "Ахметов Асан Болатович"),
            ("note", "Ахметов Асан Болатович"),
            ("iin", "1"),
        ],
    )
    def test_a_file_with_persons_is_not_kept(self, tmp_path: Path, header: str, cells: str) -> None:
        path = tmp_path / "rates.csv"
        path.write_text(f"indicator,area,period,value,source,{header}\nu5mr,KAZ,2021,9.8,KAZSTAT_SDG,{cells}\n")
        assert check(path, "rates.csv").refused

    @pytest.mark.parametrize("title", ["children", "everychild codes"])
    def test_a_further_sheet_does_not_come_along_unread(self, tmp_path: Path, title: str) -> None:
        path = tmp_path / "rates.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("figures")
            for at, line in enumerate(GOOD.splitlines()):
                sheet.write_row(at, 0, line.split(","))
            book.add_worksheet(title).write_row(0, 0, ["code", "a list"])
        assert check(path, "rates.xlsx").refused == (title == "children")


class TestCalendar:
    TODAY = timezone.localdate()

    def expected(self, desk: Desk, due: date, body: str = "ministry", every: int = 12) -> Expectation:
        return actions.expect(
            by=desk.person("publisher"), body=desk.bodies[body], title=dict.fromkeys(LANGUAGES, f"Owed by {body}"),
            every_months=every, due=due,
        )  # fmt: skip

    @pytest.mark.parametrize(("body", "role"), EVERYBODY)
    def test_what_each_role_sees(self, desk: Desk, tmp_path: Path, body: str, role: str) -> None:
        for code in BODIES:
            self.expected(desk, self.TODAY, code)
            sent = draft_of(desk, tmp_path, code)
            until = timezone.now() + timedelta(days=3)
            actions.set_embargo(by=desk.person("contributor", code), submission=sent, until=until)
        person = desk.person(role, body)
        text = signed_in(person).get("/desk/calendar").content.decode()
        for code in BODIES:
            assert (f"Owed by {code}" in text) == (code == body or role in ("reviewer", "publisher"))
        for sent in Submission.objects.all():
            assert (f'href="/desk/submissions/{sent.pk}"' in text) == (sent.body.code == body)

    @pytest.mark.parametrize("of_body", BODIES)
    @pytest.mark.parametrize(("body", "role"), EVERYBODY)
    def test_who_agrees_on_what_is_owed(self, desk: Desk, body: str, role: str, of_body: str) -> None:
        client = signed_in(desk.person(role, body))
        form = {"body": of_body, "every_months": "6", "due": "2027-03-01", "reason": "agreed",
                **{f"title_{k}": "T" for k in LANGUAGES}}  # fmt: skip
        may = granted(role, "submissions.expect", own=body == of_body)
        assert client.post("/desk/calendar", form).status_code == (302 if may else 403)
        assert Expectation.objects.exists() == may
        shown = re.search(rf'<option value="{of_body}"', client.get("/desk/calendar").content.decode())
        assert bool(shown) == may

    @pytest.mark.parametrize(
        "wrong", [{"every_months": "0"}, {"every_months": "²"}, {"every_months": "121"}, {"due": "soon"},
                  {"due": "9999-01-01"}, {"title_kk": " "}]
    )  # fmt: skip
    def test_what_does_not_hold_is_said_and_kept(self, desk: Desk, wrong: dict[str, str]) -> None:
        form = {"body": "ngo", "every_months": "6", "due": "2027-03-01", **{f"title_{k}": f"In {k}" for k in LANGUAGES}}
        answer = signed_in(desk.person("publisher")).post("/desk/calendar", form | wrong)
        text = answer.content.decode()
        assert answer.status_code == 409
        assert 'role="alert"' in text
        assert 'value="In ru"' in text
        assert '<option value="ngo" selected>' in text
        assert not Expectation.objects.exists()

    def test_the_rhythm_goes_on(self, desk: Desk) -> None:
        expected = self.expected(desk, date(2026, 8, 31), every=6)
        entries = queries.calendar(desk.person("contributor"), date(2026, 8, 1), date(2027, 9, 1))
        assert [(e.day, e.kind) for e in entries] == [
            (date(2026, 8, 31), "due"), (date(2027, 2, 28), "again"), (date(2027, 8, 31), "again")
        ]  # fmt: skip
        assert {e.what for e in entries} == {expected}

    @pytest.mark.parametrize("months", range(-30, 31))
    def test_months_later_against_counting_day_by_day(self, months: int) -> None:
        day = date(2024, 1, 31)
        year, month = day.year, day.month
        for _ in range(abs(months)):
            month += 1 if months > 0 else -1
            year, month = (year + 1, 1) if month == 13 else (year - 1, 12) if month == 0 else (year, month)
        last = next(d for d in (31, 30, 29, 28) if _is_day(year, month, d))
        assert months_after(day, months) == date(year, month, last)

    @pytest.mark.parametrize("asked", ["2020-01", "x", "2020-13", "0000-01", "9999-12", "1990-01"])
    def test_other_months(self, desk: Desk, asked: str) -> None:
        self.expected(desk, date(2020, 5, 1), every=120)
        text = signed_in(desk.person("contributor")).get(f"/desk/calendar?from={asked}").content.decode()
        assert ("Owed by ministry" in text) == (asked == "2020-01")


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
