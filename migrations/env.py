"""Runs migrations. Usage: ``earlyhelp migrate`` (or ``alembic upgrade head``)."""

from alembic import context
from sqlalchemy import create_engine

import app.audit.models
import app.cases.models
import app.definitions.models
import app.identity.models
import app.modeller.models
import app.outbox.models
import app.runtime.models
import app.runtime.records  # noqa: F401  registers tables
from app.config import database_url_from_environment
from app.db import Base, UtcDateTime


def render_item(kind: str, item: object, _: object) -> str | bool:
    """Keep migrations free of application code, so old ones still run next year."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


url = context.config.attributes.get("database_url") or database_url_from_environment()
is_postgres = url.startswith("postgresql")
# A migration that cannot get its lock fails after 4 s instead of blocking the site. Given as a
# connection option: an executed SET would open a transaction and the work would be rolled back.
arguments = {"options": "-c lock_timeout=4s"} if is_postgres else {}
with create_engine(url, connect_args=arguments).connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_server_default=True,
        render_item=render_item,
        render_as_batch=not is_postgres,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
