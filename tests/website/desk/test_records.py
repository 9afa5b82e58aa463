"""The registers at the desk: who may do what, through the browser, and what she sees."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from everychild.registers.audit.models import AuditEvent
from everychild.registers.laws.models import Cell
from everychild.registers.people import actions as people
from everychild.vocabulary.language import LANGUAGES
from everychild.website.desk.forms.declarations import REGISTERS, forms
from everychild.website.desk.forms.kinds import KINDS
from tests.website.desk.registers_cases import CASES, address, allowed, events, prepare, say, typed_into, undone
from tests.website.desk.registers_made import World
from tests.website.desk.signed import EVERYBODY, granted, signed_in


class TestPermissions:
    def test_there_is_a_case_for_each_form(self) -> None:
        assert set(CASES) == set(forms())

    @pytest.mark.parametrize("action", sorted(CASES))
    def test_each_role_does_what_the_table_grants_and_nothing_else(self, world: World, action: str) -> None:
        subject = prepare(world, action)
        where = address(world, action)
        for body, role in EVERYBODY:
            with undone():
                client, before = signed_in(world.desk.person(role, body)), events()
                may = allowed(action, body, role, subject)
                own = action == "recommendations.check_evidence" and body == "ministry"
                shown = client.get(where)
                assert shown.status_code == (409 if may and own else 200) if may else shown.status_code in (403, 404)
                page = shown.content.decode()
                sent = typed_into(page, action) if shown.status_code == 200 else CASES[action][1]
                answer = client.post(where, sent)
                expected = (409,) if may and own else (302,) if may else (403, 404)
                assert answer.status_code in expected, (body, role, answer.content.decode()[:6000])
                assert events() == before + (answer.status_code == 302), (body, role)
                if answer.status_code == 302:
                    assert AuditEvent.objects.order_by("-number")[0].action == action
                    done = client.get(answer.headers["Location"])
                    assert done.status_code == 200
                    assert 'role="status"' in done.content.decode()

    @pytest.mark.parametrize("where", ["", "/laws", "/laws.act/ACT-1", "/do/laws.add_act"])
    def test_nobody_comes_in_without_signing_in(self, world: World, where: str) -> None:
        assert Client().get(f"/desk/registers{where}").headers["Location"] == "/desk/sign-in"

    @pytest.mark.parametrize(
        "where",
        ["/nothing", "/laws.act/NONE", "/people.account/1", "/laws.reading/9", "/do/laws.add_act/1",
         "/do/laws.amend_act", "/do/laws.amend_act/99", "/do/people.add_account", "/do/laws.load_pack", "/laws.cell/x",
         "/do/budget.set_basis?of=7"],
    )  # fmt: skip
    def test_what_is_not_there_is_not_found(self, world: World, where: str) -> None:
        assert signed_in(world.by("publisher")).get(f"/desk/registers{where}").status_code == 404

    def test_a_form_from_elsewhere_is_refused(self, world: World) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(world.by("reviewer"), backend="everychild.registers.people.sign_in.EmailBackend")
        before = events()
        assert client.post(address(world, "laws.add_act"), CASES["laws.add_act"][1]).status_code == 403
        assert events() == before


class TestButtons:
    @pytest.mark.parametrize("name", sorted({name for name, _ in CASES.values() if name}))
    def test_a_record_offers_what_may_be_done_to_it(self, world: World, name: str) -> None:
        """Each button leads to a form that opens; what may be done has a button."""
        subject = getattr(world, name)
        kind = KINDS[subject._meta.label_lower]
        code = subject.code if kind.model._meta.get_field("id") and hasattr(subject, "code") else subject.pk
        for body, role in EVERYBODY:
            client = signed_in(world.desk.person(role, body))
            answer = client.get(f"/desk/registers/{kind.name}/{code}")
            if answer.status_code == 404:
                continue
            page = answer.content.decode()
            for form in forms().values():
                if form.stands == kind.name:
                    where = f"/desk/registers/do/{form.action}/{subject.pk}"
                    opens = client.get(where).status_code == 200
                    assert (f'href="{where}"' in page) == opens, (body, role, form.action)

    def test_nobody_checks_decides_or_publishes_her_own(self, world: World) -> None:
        person = world.by("contributor")
        for role in ("reviewer", "publisher"):
            people.entrust_role(by=world.desk.system, account=person, body=world.desk.bodies["ministry"], role=role)
        client = signed_in(world.by("contributor"))
        for action in ("recommendations.check_evidence", "programmes.check_step", "voices.publish_poll",
                       "voices.decide_comment", "laws.adjudicate"):  # fmt: skip
            subject, before = prepare(world, action), events()
            where = address(world, action)
            assert client.get(where).status_code == 409
            kind = subject._meta.label_lower
            page = client.get(f"/desk/registers/{kind}/{getattr(subject, 'code', subject.pk)}").content.decode()
            assert where not in page
            assert where not in client.get("/desk/registers").content.decode()
            typed = {**CASES[action][1], "reason_given": "So.", "revision": subject.revision}
            assert client.post(where, typed).status_code == 409, action
            assert events() == before


class TestBlindness:
    SECRET = "Only the first coder knows this sentence."

    def pages(self, world: World, cell: Cell) -> list[str]:
        return ["/desk/registers", "/desk/registers/laws?kind=laws.cell", f"/desk/registers/laws.cell/{cell.pk}",
                f"/desk/registers/do/laws.hand_in_reading/{cell.pk}", "/desk/registers/laws.provision/ACT-1:1",
                "/desk/registers/laws.obligation/CRC-19-1", f"/desk/registers/do/laws.reopen_cell/{cell.pk}",
                f"/desk/registers/do/laws.adjudicate/{cell.pk}"]  # fmt: skip

    def test_no_page_differs_for_another_coder_while_one_reading_is_out(self, world: World) -> None:
        """Not even whether there is a first reading can be told from what another person sees."""
        cell = world.cell
        for body, role in EVERYBODY:
            if (body, role) == ("ministry", "contributor"):
                continue
            client = signed_in(world.desk.person(role, body))
            before = [_plain(client.get(where)) for where in self.pages(world, cell)]
            with undone():
                reading = world.hand_in("not_aligned", why=self.SECRET)
                after = [_plain(client.get(where)) for where in self.pages(world, cell)]
                assert before == after
                assert client.get(f"/desk/registers/laws.reading/{reading.pk}").status_code == 404
                refused = client.post(self.pages(world, cell)[3], {"revision": cell.revision})
                assert self.SECRET not in refused.content.decode()

    def test_the_trail_tells_no_reading_before_both_are_in(self, world: World) -> None:
        reading = world.hand_in("not_aligned", why=self.SECRET)
        number = AuditEvent.objects.order_by("-number")[0].number
        addresses = ["/desk/trail", "/desk/trail.csv", f"/desk/trail/{number}",
                     f"/desk/trail/of/laws.reading/{reading.pk}"]  # fmt: skip

        def told(role: str, body: str) -> list[bool]:
            client = signed_in(world.desk.person(role, body))
            return [self.SECRET.encode() in b"".join(client.get(where)) for where in addresses]

        everybody = [one for one in EVERYBODY if one != ("ministry", "contributor")]
        assert all(told("contributor", "ministry"))
        assert not any(any(told(role, body)) for body, role in everybody)
        world.hand_in("aligned", "ngo")
        assert all(told("reviewer", "ngo"))

    def test_the_coder_sees_her_own_and_both_once_both_are_in(self, world: World) -> None:
        world.hand_in("not_aligned", why=self.SECRET)
        where = f"/desk/registers/laws.cell/{world.cell.pk}"
        assert self.SECRET in signed_in(world.by("contributor")).get(where).content.decode()
        assert self.SECRET not in signed_in(world.by("contributor", "ngo")).get(where).content.decode()
        world.hand_in("aligned", "ngo")
        assert self.SECRET in signed_in(world.by("contributor", "ngo")).get(where).content.decode()

    def test_a_cell_waits_for_who_has_not_read_it(self, world: World) -> None:
        world.hand_in("aligned")
        where = f"/desk/registers/do/laws.hand_in_reading/{world.cell.pk}"
        assert where not in signed_in(world.by("contributor")).get("/desk/registers").content.decode()
        assert where in signed_in(world.by("contributor", "ngo")).get("/desk/registers").content.decode()
        assert where not in signed_in(world.by("reader", "ngo")).get("/desk/registers").content.decode()


def _plain(answer: Any) -> tuple[int, str]:
    """A page without what is new with every request."""
    import re

    return answer.status_code, re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())


class TestSeeing:
    def test_a_draft_poll_is_seen_by_its_body_and_by_who_publishes(self, world: World) -> None:
        assert world.poll
        for body, role in EVERYBODY:
            sees = body == "ministry" or role == "publisher"
            client = signed_in(world.desk.person(role, body))
            assert client.get("/desk/registers/voices.poll/safe").status_code == (200 if sees else 404), (body, role)
            listed = client.get("/desk/registers/voices").content.decode()
            assert ("/desk/registers/voices.poll/safe" in listed) == sees

    def test_a_comment_is_seen_by_its_body_and_by_moderators_until_it_is_approved(self, world: World) -> None:
        comment = world.comment
        for body, role in EVERYBODY:
            sees = body == "ministry" or granted(role, "voices.decide_comment", own=False)
            answer = signed_in(world.desk.person(role, body)).get(f"/desk/registers/voices.comment/{comment.pk}")
            assert answer.status_code == (200 if sees else 404), (body, role)

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("register", REGISTERS)
    def test_lists_are_searched(self, world: World, register: str, language: str) -> None:
        for action in (action for action in CASES if action != "voices.submit_comment"):
            prepare(world, action)
        client = signed_in(say(world, world.by("publisher"), language))
        for kind in KINDS.values():
            if kind.register == register and kind.listed:
                one = kind.model.objects.first()
                page = client.get(f"/desk/registers/{register}?kind={kind.name}").content.decode()
                assert f'lang="{language}"' in page
                assert one is None or f"/desk/registers/{kind.name}/" in page, kind.name
                nothing = client.get(f"/desk/registers/{register}?kind={kind.name}&q=zzzz").content.decode()
                assert f"/desk/registers/{kind.name}/" not in nothing

    def test_no_page_tells_who_of_another_body_has_done_it(self, world: World) -> None:
        client = signed_in(world.by("reviewer", "ngo"))
        for name in ("evidence", "poll", "comment", "step"):
            record = getattr(world, name)
            where = f"/desk/registers/{record._meta.label_lower}/{getattr(record, 'code', record.pk)}"
            assert "@ministry.example" not in client.get(where).content.decode()


class TestWaiting:
    @pytest.mark.parametrize(
        ("action", "role"),
        [("laws.adjudicate", "publisher"), ("recommendations.check_evidence", "reviewer"),
         ("programmes.check_step", "publisher"), ("voices.decide_comment", "reviewer"),
         ("voices.publish_poll", "publisher")],
    )  # fmt: skip
    def test_what_another_has_done_waits_for_who_may_answer(self, world: World, action: str, role: str) -> None:
        assert prepare(world, action)
        where = address(world, action)
        assert where in signed_in(world.by(role, "ngo")).get("/desk/registers").content.decode()
        assert where not in signed_in(world.by("contributor", "ngo")).get("/desk/registers").content.decode()

    def test_an_overdue_recommendation_waits_for_its_body_until_it_has_reported(self, world: World) -> None:
        one = world.recommended("R-9", due="2024-05", responsible=world.desk.bodies["ministry"])
        where = f"/desk/registers/do/recommendations.report_status/{one.pk}"
        client = signed_in(world.by("contributor"))
        assert where in client.get("/desk/registers").content.decode()
        assert where not in signed_in(world.by("contributor", "ngo")).get("/desk/registers").content.decode()
        assert 'href="/desk/registers">' in client.get("/desk/").content.decode().partition('id="waiting"')[2]
        other = signed_in(world.by("reader", "ngo")).get("/desk/").content.decode()
        assert 'href="/desk/registers">' not in other.partition('id="waiting"')[2]
        page = client.get(where).content.decode()
        typed = typed_into(page, "recommendations.report_status", on="2022")
        assert client.post(where, typed).status_code == 302
        assert where in client.get("/desk/registers").content.decode(), "it speaks of two years before the date"
        page = client.get(where).content.decode()
        assert client.post(where, typed_into(page, "recommendations.report_status")).status_code == 302
        assert where not in client.get("/desk/registers").content.decode()
