"""After a test that commits, the database is again what the migrations made of it, quickly."""

import psycopg

# Nobody's test changes these, and Django remembers their rows' numbers.
LEFT_ALONE = {"django_migrations", "django_content_type", "auth_permission"}
_plans: dict[str, dict[str, str]] = {}


def remember(connection: psycopg.Connection) -> None:
    """Copies of the rows that migrations brought, beside the tables."""
    connection.execute("CREATE SCHEMA kept")
    for table in _filled(connection, _tables(connection)):
        connection.execute(f'CREATE TABLE kept."{table}" AS TABLE public."{table}"')


def restore(connection: psycopg.Connection) -> None:
    """Needs a superuser: the ledger lets nobody else delete its rows."""
    plan = _plan(connection, connection.info.dbname)
    connection.execute("SET session_replication_role = replica")
    for table in _filled(connection, list(plan)):
        # A few rows: quicker to delete than a hundred tables are to empty.
        connection.execute(f'DELETE FROM "{table}"')
    for statement in filter(None, plan.values()):
        connection.execute(statement)


def _plan(connection: psycopg.Connection, database: str) -> dict[str, str]:
    """What brings each table's rows back; empty where it had none."""
    if database not in _plans:
        kept = {name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'kept'")}
        columns = connection.execute(
            "SELECT table_name, string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
            "WHERE table_schema = 'public' AND is_generated = 'NEVER' GROUP BY 1"
        )
        names = dict(columns.fetchall())
        _plans[database] = {
            table: f'INSERT INTO "{table}" ({names[table]}) SELECT {names[table]} FROM kept."{table}"'
            if table in kept
            else ""
            for table in _tables(connection)
        }
    return _plans[database]


def _tables(connection: psycopg.Connection) -> list[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return [name for (name,) in found if name not in LEFT_ALONE]


def _filled(connection: psycopg.Connection, tables: list[str]) -> list[str]:
    parts = [f"SELECT '{table}' WHERE EXISTS (SELECT FROM public.\"{table}\")" for table in tables]
    return [name for (name,) in connection.execute(" UNION ALL ".join(parts))]
