"""What schools are found by: their words, and the register's vocabulary to mend spelling with.

SQLite has full-text tables (FTS5) for that, PostgreSQL trigram indexes (pg_trgm). Both are filled by ``bot.schools.index``.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

from bot.store.database import StoreUnavailable

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _full_text_tables()
    else:
        _trigram_indexes()


def downgrade() -> None:
    # The extension stays: others may use it.
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE school_spelling")
    for table in ("school_word", "school_search"):
        op.execute(f"DROP TABLE {table}")


def _full_text_tables() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE school_search USING fts5("
        "name, place, urn UNINDEXED, standing UNINDEXED, length UNINDEXED, tokenize = 'ascii', prefix = '2 3', detail = none)"
    )
    op.execute(
        "CREATE TABLE school_word ("
        "word TEXT NOT NULL PRIMARY KEY, schools INTEGER NOT NULL, names INTEGER NOT NULL) WITHOUT ROWID"
    )
    op.execute("CREATE VIRTUAL TABLE school_spelling USING fts5(word, tokenize = 'trigram', detail = none)")


def _trigram_indexes() -> None:
    _need_extension()
    # "C": words are compared letter by letter, as SQLite does it.
    op.create_table(
        "school_search",
        sa.Column("urn", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("place", sa.Text(collation="C"), nullable=False),
        sa.Column("standing", sa.SmallInteger, nullable=False),
        sa.Column("length", sa.SmallInteger, nullable=False),
    )
    op.execute("CREATE INDEX ix_school_search_words ON school_search USING gin (name gin_trgm_ops, place gin_trgm_ops)")
    op.create_table(
        "school_word",
        sa.Column("word", sa.Text(collation="C"), primary_key=True),
        sa.Column("schools", sa.Integer, nullable=False),
        sa.Column("names", sa.Integer, nullable=False),
    )
    op.execute("CREATE INDEX ix_school_word_word ON school_word USING gin (word gin_trgm_ops)")


def _need_extension() -> None:
    connection = op.get_bind()
    if connection.scalar(sa.text("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")):
        return
    try:
        connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except DBAPIError as error:
        raise StoreUnavailable(
            "its extension pg_trgm is missing and could not be created: let its administrator install PostgreSQL's contrib "
            "package, where it is separate, and run CREATE EXTENSION pg_trgm in this database"
        ) from error
