"""Tables of the registers at the desk: who sees which, findings before anything is written, kept once, gone in time."""

from __future__ import annotations

import os
import re
import stat
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.utils import timezone

from everychild.exchange.workbooks import read_workbook
from everychild.registers.audit.models import AuditEvent
from everychild.registers.budget.models import Line
from everychild.registers.care.models import CareCount, JusticeCount
from everychild.registers.columns import label
from everychild.registers.people import actions as people
from everychild.registers.people.models import Account
from everychild.registers.recommendations.models import Recommendation
from everychild.registers.refusals import Refused, problem
from everychild.registers.voices import actions as voices
from everychild.registers.voices.models import Answers, Poll, Respondents
from everychild.vocabulary.language import LANGUAGES
from everychild.website.desk import looked_at, table_work
from everychild.website.desk.table_kinds import TABLES, Table, template_of
from tests.registers.filled import filled
from tests.registers.made import Desk
from tests.registers.tables_made import ROWS, a_definition, a_poll
from tests.website.desk.signed import BODIES, EVERYBODY, granted, signed_in

KEYS = list(TABLES)
MODELS = {("budget", "lines"): Line, ("care", "counts"): CareCount, ("care", "justice"): JusticeCount,
          ("voices", "respondents"): Respondents, ("voices", "answers"): Answers,
          ("recommendations", "tidy"): Recommendation, ("recommendations", "index"): Recommendation}  # fmt: skip
HEADER = "year,level,region,programme,title_en,unit,planned\n"
PERSONAL_NUMBER = "050101500000"  # of nobody: day, century and check digit hold
LINE = "2024,central,KAZ,261.010,Schools,thousand,800\n"


@pytest.fixture
def world(desk: Desk) -> Desk:
    """Besides the people: a definition of care, and a draft poll of each body."""
    a_definition(desk)
    for body in BODIES:
        a_poll(desk, desk.bodies[body], "safe" if body == "ministry" else "ngo-poll")
    return desk


def where(key: tuple[str, str]) -> str:
    return f"/desk/tables/{key[0]}/{key[1]}"


def allowed(table: Table, role: str, *, own: bool = True) -> bool:
    return granted(role, table.action, own=own and table.asks != "")


def given(table: Table, body: str = "ministry", **more: str) -> dict[str, str]:
    poll = "safe" if body == "ministry" else "ngo-poll"
    form = {"body": body} if table.asks == "body" else {"poll": poll} if table.asks == "poll" else {}
    if table.marked:
        form |= {"source": "Report of 2024", "retrieved": "2026-01-31", "verified": "partly", "note": "draft"}
    return form | {"reason": "yearly report", **more}


def the_file(table: Table, *rows: dict[str, str | int]) -> SimpleUploadedFile:
    poll = Poll.objects.get(code="safe") if table.asks == "poll" else None
    names = [column.name for column in table.columns(poll)]
    return SimpleUploadedFile(
        "table.xlsx", filled(template_of(table, "ru", poll), names, *(rows or (ROWS[table.key],)))
    )


def csv(text: str = HEADER + LINE, name: str = "lines.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def sent(client: Client, key: tuple[str, str] = ("budget", "lines"), file: Any = None, **more: str) -> Any:
    """The answer of the page to which a sent file leads, or of the form when it was refused."""
    table = TABLES[key]
    return client.post(where(key), {**given(table, **more), "file": file or the_file(table)}, follow=True)


def kept(client: Client, answer: Any) -> Any:
    return client.post(answer.request["PATH_INFO"], follow=True)


def folders(tmp_path: Path) -> list[Path]:
    home = tmp_path / "looked-at"
    return list(home.iterdir()) if home.is_dir() else []


class TestWhoMay:
    """Every role × every table, as the table of permissions says."""

    @pytest.mark.parametrize(("body", "role"), EVERYBODY)
    def test_the_list_shows_what_is_granted(self, world: Desk, body: str, role: str) -> None:
        text = signed_in(world.person(role, body)).get("/desk/tables").content.decode()
        for key, table in TABLES.items():
            linked = f'href="{where(key)}"' in text or f'href="{where(key)}?poll=' in text
            assert linked == allowed(table, role), key
            assert (f"{where(key)}/template.xlsx" in text) == allowed(table, role), key

    @pytest.mark.parametrize(("body", "role"), EVERYBODY)
    @pytest.mark.parametrize("key", KEYS)
    def test_other_tables_do_not_exist(self, world: Desk, body: str, role: str, key: tuple[str, str]) -> None:
        table, client = TABLES[key], signed_in(world.person(role, body))
        expected = 200 if allowed(table, role) else 404
        poll = {"poll": "safe" if body == "ministry" else "ngo-poll"} if table.asks == "poll" else {}
        assert client.get(where(key), poll).status_code == expected
        assert client.get(f"{where(key)}/template.xlsx", poll).status_code == expected
        assert client.get(f"{where(key)}/{'0' * 32}").status_code == 404

    @pytest.mark.parametrize(("body", "role"), EVERYBODY)
    @pytest.mark.parametrize("key", KEYS)
    @pytest.mark.parametrize("of", BODIES)
    def test_a_table_is_looked_at_and_written_only_where_it_is_granted(
        self, world: Desk, body: str, role: str, key: tuple[str, str], of: str
    ) -> None:
        table, client = TABLES[key], signed_in(world.person(role, body))
        if key == ("voices", "answers"):
            for code in BODIES:
                poll = Poll.objects.get(code="safe" if code == "ministry" else "ngo-poll")
                voices.hand_in_respondents(
                    by=world.person("contributor", code), poll=poll, rows=[ROWS["voices", "respondents"]]
                )
        row = dict(ROWS[key]) | ({"choice": "ngo-poll-yes"} if key[1] == "answers" and of == "ngo" else {})
        answer = client.post(where(key), {**given(table, of), "file": the_file(table, row)})
        before = MODELS[key].objects.count()
        if not allowed(table, role):
            assert answer.status_code == 404
        elif table.asks and not granted(role, table.action, own=body == of):
            assert answer.status_code == 400
        else:
            assert answer.status_code == 302
            client.post(answer.headers["Location"])
            assert MODELS[key].objects.count() == before + 1
            return
        assert MODELS[key].objects.count() == before

    @pytest.mark.parametrize(
        "address", ["", "/budget/lines", "/budget/lines/template.xlsx", f"/budget/lines/{'0' * 32}"]
    )
    def test_nobody_without_signing_in(self, db: None, address: str) -> None:
        assert Client().get(f"/desk/tables{address}").headers["Location"] == "/desk/sign-in"

    def test_a_file_is_its_senders_alone(self, world: Desk) -> None:
        answer = sent(signed_in(world.person("contributor")))
        other = signed_in(world.person("publisher"))  # may hand in the same table of the same body
        assert other.get(answer.request["PATH_INFO"]).status_code == 404
        assert other.post(answer.request["PATH_INFO"]).status_code == 404
        assert not Line.objects.exists()

    def test_a_file_stands_under_its_table_alone(self, world: Desk) -> None:
        client = signed_in(world.person("contributor"))
        path = sent(client).request["PATH_INFO"].replace("/budget/lines/", "/care/counts/")
        assert client.get(path).status_code == 404

    def test_a_role_that_ends_meanwhile_writes_nothing(self, world: Desk) -> None:
        person = world.person("contributor")
        client = signed_in(person)
        answer = sent(client)
        people.end_role(by=world.system, membership=person.memberships.get(role="contributor"), reason="left")
        assert client.post(answer.request["PATH_INFO"]).status_code == 404
        assert not Line.objects.exists()

    @pytest.mark.parametrize("code", ["ngo-poll", "none"])
    def test_polls_of_others_do_not_exist(self, world: Desk, code: str) -> None:
        client = signed_in(world.person("contributor"))
        for page in ("", "/template.xlsx"):
            assert client.get(f"/desk/tables/voices/answers{page}?poll={code}").status_code == 404

    def test_a_published_poll_is_no_longer_filled(self, world: Desk) -> None:
        client, poll = signed_in(world.person("contributor")), Poll.objects.get(code="safe")
        voices.hand_in_respondents(by=world.person("contributor"), poll=poll, rows=[ROWS["voices", "respondents"]])
        voices.hand_in_answers(by=world.person("contributor"), poll=poll, rows=[ROWS["voices", "answers"]])
        waiting = sent(client, ("voices", "respondents"))
        voices.publish_poll(by=world.person("publisher"), poll=Poll.objects.get(code="safe"))
        assert client.get("/desk/tables/voices/answers?poll=safe").status_code == 404
        written = Respondents.objects.get().revision
        kept(client, waiting)
        assert Respondents.objects.get().revision == written

    def test_a_form_from_elsewhere_is_refused(self, world: Desk) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(world.person("contributor"))
        assert client.post(where(("budget", "lines")), given(TABLES["budget", "lines"])).status_code == 403


class TestTemplate:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_it_speaks_the_language_of_the_account(self, world: Desk, language: Any, tmp_path: Path) -> None:
        person = world.person("contributor")
        people.set_language(by=person, account=person, language=language)
        answer = signed_in(world.person("contributor")).get("/desk/tables/budget/lines/template.xlsx")
        assert f"budget-lines-{language}.xlsx" in answer.headers["Content-Disposition"]
        path = tmp_path / "t.xlsx"
        path.write_bytes(answer.content)
        assert read_workbook(path, "t").header[0] == label("budget", "lines", "year", language)

    def test_answers_have_the_codes_of_their_poll(self, world: Desk, tmp_path: Path) -> None:
        from python_calamine import CalamineWorkbook

        answer = signed_in(world.person("contributor")).get("/desk/tables/voices/answers/template.xlsx?poll=safe")
        path = tmp_path / "t.xlsx"
        path.write_bytes(answer.content)
        book = CalamineWorkbook.from_path(str(path))
        cells = {str(cell) for row in book.get_sheet_by_index(2).to_python() for cell in row}
        assert {"safe-yes", "safe-no", "Safe? kk – yes kk"} <= cells


class TestForm:
    def test_what_is_missing_is_said_and_what_was_typed_stays(self, world: Desk) -> None:
        client = signed_in(world.person("contributor"))
        form = given(TABLES["budget", "lines"], source="", retrieved="2999-01-01", verified="seed", note="<b>kept</b>")
        answer = client.post(where(("budget", "lines")), form)
        text = answer.content.decode()
        assert answer.status_code == 400
        assert set(re.findall(r'id="said-([a-z]+)"', text)) == {"source", "retrieved", "verified", "file"}
        assert "&lt;b&gt;kept&lt;/b&gt;" in text
        assert not folders(Path(looked_at._home().parent))

    def test_a_reason_is_asked_for_where_the_action_wants_it(self, world: Desk) -> None:
        client = signed_in(world.person("publisher"))
        answer = sent(client, ("recommendations", "tidy"), reason=" ")
        assert answer.status_code == 400
        assert 'id="said-reason"' in answer.content.decode()

    @pytest.mark.parametrize("name", ["source", "note", "reason"])
    def test_a_number_of_a_person_stands_in_no_text(self, world: Desk, name: str, tmp_path: Path) -> None:
        answer = sent(signed_in(world.person("contributor")), **{name: f"see {PERSONAL_NUMBER}"})
        assert answer.status_code == 400
        assert f'id="said-{name}"' in answer.content.decode()
        assert folders(tmp_path) == []

    def test_the_day_of_reading_is_today_unless_said(self, world: Desk) -> None:
        text = signed_in(world.person("contributor")).get(where(("budget", "lines"))).content.decode()
        assert f'value="{timezone.localdate().isoformat()}"' in text


class TestLook:
    def test_a_wrong_cell_is_named_and_the_file_is_gone(self, world: Desk, tmp_path: Path) -> None:
        answer = sent(signed_in(world.person("contributor")), file=csv(HEADER + LINE.replace("800", "eight")))
        text = answer.content.decode()
        assert "<td>2</td><td>Бекітілген</td><td>eight</td>" in text
        assert 'name="source" maxlength="1000" required value="Report of 2024"' in text
        assert [path.name for folder in folders(tmp_path) for path in folder.iterdir()] == ["state.json"]
        assert not Line.objects.exists()
        assert kept(signed_in(world.person("contributor")), answer).status_code in (404, 409)

    def test_what_has_errors_is_not_written_however_it_is_asked(self, world: Desk) -> None:
        client = signed_in(world.person("contributor"))
        answer = sent(client, file=csv(HEADER + LINE.replace("261.010", "x")))
        assert client.post(answer.request["PATH_INFO"]).status_code == 409
        assert not Line.objects.exists()

    def test_columns_of_persons_are_refused_and_nothing_of_them_stays(self, world: Desk, tmp_path: Path) -> None:
        text = "ФИО," + HEADER + "Иванов Иван Иванович," + LINE
        answer = sent(signed_in(world.person("contributor")), file=csv(text))
        assert "ФИО" in answer.content.decode()
        left = "".join(path.read_text() for folder in folders(tmp_path) for path in folder.iterdir())
        assert "Иванов" not in answer.content.decode() + left

    @pytest.mark.parametrize("name", ["lines.exe", "...", "x" * 200 + ".xlsx", "a\u0000b.csv"])
    def test_any_file_gets_an_answer(self, world: Desk, name: str) -> None:
        answer = sent(signed_in(world.person("contributor")), file=SimpleUploadedFile(name, b"\x00\x01\x02 no table"))
        assert answer.status_code in (200, 400)
        assert not Line.objects.exists()

    def test_new_changed_and_the_same_are_counted(self, world: Desk) -> None:
        client = signed_in(world.person("contributor"))
        first = LINE + LINE.replace("261.010", "261.011")
        kept(client, sent(client, file=csv(HEADER + first)))
        second = LINE + LINE.replace("261.010", "261.011").replace("800", "900") + LINE.replace("2024", "2025")
        counted = sent(client, file=csv(HEADER + second)).context["file"]
        assert (counted.rows, counted.new, counted.changed, counted.unchanged) == (3, 1, 1, 1)

    @pytest.mark.parametrize(("key", "rule"), [(("budget", "lines"), "line_of_another_body"),
                                               (("care", "counts"), "count_of_another_body"),
                                               (("care", "justice"), "count_of_another_body")])  # fmt: skip
    def test_what_another_body_keeps_is_found_before_writing(
        self, world: Desk, key: tuple[str, str], rule: str
    ) -> None:
        client, other = (signed_in(world.person("contributor", body)) for body in BODIES)
        kept(client, sent(client, key))
        found = sent(other, key, body="ngo").context["file"]
        assert [(finding.rule, finding.row) for finding in found.findings] == [(rule, 2)]

    def test_what_a_recommendation_itself_refuses_is_found_with_its_row(self, world: Desk) -> None:
        table = TABLES["recommendations", "tidy"]
        wrong = dict(ROWS[table.key]) | {"document": "D" * 130, "due": "2011", "link": "no address"}
        answer = sent(
            signed_in(world.person("publisher")), table.key, the_file(table, ROWS[table.key], wrong | {"code": "Z"})
        )
        found = answer.context["file"].findings
        assert {(finding.row, finding.column) for finding in found} == {(3, "document"), (3, "link")}

    def test_findings_are_said_in_the_language_of_the_account(self, world: Desk) -> None:
        person = world.person("contributor")
        said = set()
        for language in LANGUAGES:
            people.set_language(by=world.person("contributor"), account=world.person("contributor"), language=language)
            answer = sent(signed_in(person), file=csv(HEADER + LINE.replace("800", "eight")))
            said.add(answer.context["findings"][0]["message"])
        assert len(said) == 3


class TestKeep:
    @pytest.mark.parametrize("key", KEYS)
    def test_one_upload_from_file_to_register(self, world: Desk, key: tuple[str, str], tmp_path: Path) -> None:
        table = TABLES[key]
        client = signed_in(world.person(next(role for _, role in EVERYBODY if allowed(table, role))))
        if key == ("voices", "answers"):
            kept(client, sent(client, ("voices", "respondents")))
        looked = sent(client, key)
        assert looked.context["file"].new == 1
        assert not MODELS[key].objects.exists()
        done = kept(client, looked)
        assert done.context["file"].stage == "kept"
        assert MODELS[key].objects.count() == 1
        event = AuditEvent.objects.get(number=done.context["file"].event)
        assert (event.action, event.reason) == (table.action, "yearly report")
        assert f'href="/desk/trail/{event.number}"' in done.content.decode()
        assert [path.name for folder in folders(tmp_path) for path in folder.iterdir() if path.name == "sent"] == []

    def test_the_mark_is_what_the_form_said(self, world: Desk) -> None:
        client = signed_in(world.person("contributor"))
        kept(client, sent(client))
        line = Line.objects.get()
        assert (line.source, str(line.retrieved), line.verified, line.note) == (
            "Report of 2024", "2026-01-31", "partly", "draft",
        )  # fmt: skip
        assert (line.planned, line.body.code) == (800_000, "ministry")

    def test_kept_twice_is_written_once(self, world: Desk) -> None:
        client = signed_in(world.person("contributor"))
        looked = sent(client)
        kept(client, looked)
        events = AuditEvent.objects.count()
        assert kept(client, looked).context["file"].stage == "kept"
        assert AuditEvent.objects.count() == events

    def test_only_one_of_two_requests_gets_the_file(self, world: Desk) -> None:
        look = sent(signed_in(world.person("contributor"))).context["file"]
        assert [looked_at.take(look), looked_at.take(look)] == [True, False]

    def test_the_same_again_changes_nothing_and_says_so(self, world: Desk) -> None:
        client = signed_in(world.person("contributor"))
        kept(client, sent(client))
        done = kept(client, sent(client))
        assert (done.context["file"].written, done.context["file"].event) == (0, 0)
        assert "/desk/trail/" not in done.content.decode()

    def test_what_changed_in_between_is_found_when_it_is_kept(self, world: Desk) -> None:
        ministry, ngo = (signed_in(world.person("contributor", body)) for body in BODIES)
        waiting = sent(ngo, body="ngo")
        assert waiting.context["file"].errors == 0
        kept(ministry, sent(ministry))
        assert [finding.rule for finding in kept(ngo, waiting).context["file"].findings] == ["line_of_another_body"]
        assert Line.objects.get().body.code == "ministry"

    def test_a_refusal_of_the_action_is_said_and_can_be_tried_again(self, world: Desk, monkeypatch: Any) -> None:
        client = signed_in(world.person("contributor"))
        waiting = sent(client)
        refuse = Refused([problem("budget.line", "changed_meanwhile", value="x")])
        table = TABLES["budget", "lines"]

        def refused(*args: object) -> int:
            raise refuse

        monkeypatch.setattr(table_work, "TABLES", {table.key: _with_keep(table, refused)})
        answer = kept(client, waiting)
        assert refuse.findings[0].message("kk") in answer.content.decode()
        monkeypatch.undo()
        assert kept(client, waiting).context["file"].stage == "kept"

    def test_a_file_that_was_exchanged_is_not_written(self, world: Desk, caplog: Any) -> None:
        client = signed_in(world.person("contributor"))
        waiting = sent(client)
        path = waiting.context["file"].path
        path.write_bytes((HEADER + LINE.replace("800", "900")).encode())
        assert kept(client, waiting).context["file"].stage == "failed"
        assert "FileNotFoundError" in caplog.text
        assert not Line.objects.exists()


def _with_keep(table: Table, keep: Any) -> Table:
    from dataclasses import replace

    return replace(table, keep=keep)


class TestFolder:
    def test_files_are_private(self, world: Desk, tmp_path: Path) -> None:
        sent(signed_in(world.person("contributor")))
        (folder,) = folders(tmp_path)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}

    def test_what_nobody_kept_is_removed(self, world: Desk, tmp_path: Path) -> None:
        client = signed_in(world.person("contributor"))
        old = sent(client)
        (folder,) = folders(tmp_path)
        past = time.time() - looked_at.FOR_SECONDS - 60
        os.utime(folder / "state.json", (past, past))
        client.get("/desk/tables")
        assert folders(tmp_path) == []
        assert client.get(old.request["PATH_INFO"]).status_code == 404

    @pytest.mark.parametrize("token", ["..", "0" * 31, "Z" * 32, "%2e%2e%2f"])
    def test_a_token_is_no_path(self, world: Desk, token: str) -> None:
        assert signed_in(world.person("contributor")).get(f"/desk/tables/budget/lines/{token}").status_code == 404

    def test_a_file_that_is_too_large_is_not_read_to_its_end(self, world: Desk, monkeypatch: Any) -> None:
        monkeypatch.setattr(looked_at, "MAX_UPLOAD", 1_000)
        monkeypatch.setattr("everychild.registers.uploads.MAX_UPLOAD", 1_000)
        answer = sent(signed_in(world.person("contributor")), file=csv(HEADER + LINE * 1_000))
        assert [finding.rule for finding in answer.context["file"].findings] == ["file_too_large"]


class TestProgress:
    @pytest.fixture
    def busy(self, world: Desk) -> tuple[Client, looked_at.Look, str]:
        client = signed_in(world.person("contributor"))
        answer = sent(client)
        return client, answer.context["file"], answer.request["PATH_INFO"]

    def test_how_far_it_is_is_shown_and_asked_for_again(self, busy: Any) -> None:
        from dataclasses import replace

        client, look, path = busy
        looked_at.write(replace(look, stage="checking", done=30, of=120))
        answer = client.get(path)
        assert answer.headers["Refresh"] == "1"
        assert '<progress class="how-far" value="25" max="100"' in answer.content.decode()
        assert client.post(path).status_code == 409

    def test_a_check_that_died_says_so_and_is_not_asked_for_again(self, busy: Any, monkeypatch: Any) -> None:
        from dataclasses import replace

        client, look, path = busy
        looked_at.write(replace(look, stage="checking"))
        later = time.time() + looked_at.SILENT_CHECKING + 1
        monkeypatch.setattr(looked_at.time, "time", lambda: later)
        answer = client.get(path)
        assert "Refresh" not in answer.headers
        assert 'role="alert"' in answer.content.decode()

    def test_a_fault_of_ours_is_logged_and_said(self, world: Desk, monkeypatch: Any, caplog: Any) -> None:
        def broken(*args: object) -> None:
            raise RuntimeError("a fault")

        monkeypatch.setattr(table_work, "_checked", broken)
        answer = sent(signed_in(world.person("contributor")))
        assert answer.context["file"].stage == "failed"
        assert "a fault" in caplog.text

    def test_a_reader_never_sees_half_a_state(self, busy: Any) -> None:
        _, look, _ = busy
        looked_at.write(look)
        assert {path.name for path in look.folder.iterdir()} == {"sent", "state.json"}
        assert looked_at.read(look.token) is not None

    def test_a_large_table_is_checked_and_written_in_a_thread(self, monkeypatch: Any, world: Desk) -> None:
        """With the connection of the test, whose transaction no other would see; the audit lets no test commit."""
        monkeypatch.setattr(table_work.threading, "Thread", _sharing(connections["default"]))
        monkeypatch.setattr(table_work.connections, "close_all", lambda: None)
        monkeypatch.setattr(table_work, "SMALL_FILE", 100)
        monkeypatch.setattr(table_work, "SMALL_TABLE", 1)
        monkeypatch.setattr(table_work, "PATIENCE", 30.0)
        client = signed_in(world.person("contributor"))
        rows = "".join(LINE.replace("261.010", f"261.{n:03d}") for n in range(60))
        looked = sent(client, file=csv(HEADER + rows))
        assert looked.context["file"].new == 60
        assert kept(client, looked).context["file"].written == 60
        assert Line.objects.count() == 60


def _sharing(connection: Any) -> type[threading.Thread]:
    class Sharing(threading.Thread):
        def run(self) -> None:
            connections["default"] = connection
            super().run()

    connection.inc_thread_sharing()
    return Sharing


def test_the_menu_leads_to_the_tables_only_where_there_are_some(world: Desk) -> None:
    for role in ("contributor", "publisher", "reviewer", "reader", "administrator"):
        text = signed_in(world.person(role)).get("/desk/account").content.decode()
        assert ('href="/desk/tables"' in text) == any(allowed(table, role) for table in TABLES.values()), role


def test_the_public_template_is_the_same(world: Desk, tmp_path: Path) -> None:
    path = tmp_path / "public.xlsx"
    path.write_bytes(Client().get("/ru/budget/lines.xlsx").content)
    assert len(read_workbook(path, "x").header) == len(TABLES["budget", "lines"].columns(None)) == 15


def test_accounts_are_known_by_number_not_by_name(world: Desk, tmp_path: Path) -> None:
    person: Account = world.person("contributor")
    sent(signed_in(person))
    (folder,) = folders(tmp_path)
    assert person.email not in (folder / "state.json").read_text()
