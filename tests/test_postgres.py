"""The PostgreSQL that tests run on is a real one, and each test has it to itself."""

import psycopg
import pytest


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_finds_an_empty_database_that_forgets_nothing(postgres_database, turn):
    with psycopg.connect(postgres_database) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        connection.execute("CREATE TABLE mine (id INTEGER)")
        durable = connection.execute(
            "SELECT setting FROM pg_settings"
            " WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')"
        ).fetchall()

    assert postgres_database.startswith("postgresql://")
    assert tables == []
    assert durable == [("on",)] * 3
