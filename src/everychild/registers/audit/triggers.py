"""The database's own refusal to change or remove an audit event, in the words of SQLite and PostgreSQL.

A later migration that alters one of these tables on SQLite makes the table anew, and the triggers go with the old one:
such a migration ends with `RunPython(add_triggers, remove_triggers)` again.
"""

from __future__ import annotations

from typing import Any, Final

TABLES: Final = ("audit_auditevent", "audit_touchedrecord")
KEYS: Final = {"audit_auditevent": "number", "audit_touchedrecord": "id"}
REFUSAL: Final = "audit events are never changed or removed"

_SQLITE: Final = (
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
    # INSERT OR REPLACE removes the old row without asking the trigger above.
    "CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
    "WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
)
_POSTGRESQL: Final = (
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$",
    "CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
)
_REMOVED: Final = {
    "sqlite": ("DROP TRIGGER {table}_no_update", "DROP TRIGGER {table}_no_delete", "DROP TRIGGER {table}_no_replace"),
    "postgresql": ("DROP TRIGGER {table}_no_change ON {table}", "DROP TRIGGER {table}_no_truncate ON {table}"),
}


def add_triggers(apps: Any, editor: Any) -> None:
    _run(editor, {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}[editor.connection.vendor])


def remove_triggers(apps: Any, editor: Any) -> None:
    _run(editor, _REMOVED[editor.connection.vendor])


def _run(editor: Any, statements: tuple[str, ...]) -> None:
    with editor.connection.cursor() as cursor:
        for table in TABLES:
            for statement in statements:
                cursor.execute(statement.format(table=table, key=KEYS[table], refusal=REFUSAL))
