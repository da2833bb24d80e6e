"""What every test may ask for, and how long properties may go on when asked to."""

from hypothesis import settings

from tests.postgres import postgres_database, postgres_server

__all__ = ["postgres_database", "postgres_server"]

settings.register_profile("long", max_examples=2_000, stateful_step_count=60, deadline=None)
