"""Letters, how they are sent, and what comes back."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _letters()
    _mail_that_arrives()
    _outbox()


def downgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint("fk_outbox_letter_id_letter", type_="foreignkey")
        outbox.drop_index("ix_outbox_letter_id")
        for column in ("letter_id", "headers", "from_name", "bounce_to"):
            outbox.drop_column(column)
    for table in ("inbound", "mail_thread", "suppression", "letter", "mailing", "hub_letter"):
        op.drop_table(table)


def _letters() -> None:
    op.create_table(
        "hub_letter",
        _text("hub_id", 36),
        sa.Column("sender_address", sa.Text, nullable=False),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("report", sa.LargeBinary),
        _text("report_name", 100),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("hub_id", name="pk_hub_letter"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name="fk_hub_letter_hub_id_hub", ondelete="CASCADE"),
    )
    op.create_table(
        "mailing",
        _text("id", 36),
        _text("cohort_id", 36),
        _text("state", 10),
        sa.Column("attach", sa.Boolean, nullable=False),
        sa.Column("rate", sa.Integer, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("next_release_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mailing"),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_mailing_cohort_id_cohort"),
        sa.CheckConstraint("state IN ('sending', 'paused', 'done')", name=op.f("ck_mailing_state")),
        sa.CheckConstraint("rate > 0", name=op.f("ck_mailing_rate")),
    )
    op.create_table(
        "letter",
        _text("id", 36),
        _text("kind", 10),
        sa.Column("year", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String(36)) for name in ("cohort_id", "mailing_id", "conversation_id")),
        _text("email", 254),
        _text("name", 100),
        sa.Column("urn", sa.Integer),
        _text("school_name", 200),
        sa.Column("school_address", sa.Text, nullable=False),
        _text("school_town", 100),
        _text("school_postcode", 10),
        sa.Column("dated", sa.Date, nullable=False),
        _text("state", 10),
        sa.Column("created_at", MOMENT, nullable=False),
        *(
            sa.Column(name, MOMENT)
            for name in ("released_at", "visited_at", "replied_at", "bounced_at", "stopped_at", "reminded_at")
        ),
        sa.Column("reminders", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_letter"),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_letter_cohort_id_cohort"),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name="fk_letter_mailing_id_mailing"),
        sa.CheckConstraint("kind IN ('area', 'asked')", name=op.f("ck_letter_kind")),
        sa.CheckConstraint("state IN ('planned', 'released', 'dropped')", name=op.f("ck_letter_state")),
        sa.CheckConstraint("kind = 'asked' OR mailing_id IS NOT NULL", name=op.f("ck_letter_mailing")),
    )
    only_area = sa.text("kind = 'area'")
    op.create_index(
        "uq_letter_round", "letter", ["year", "email"], unique=True, sqlite_where=only_area, postgresql_where=only_area
    )
    op.create_index("ix_letter_email", "letter", ["email"])
    op.create_index("ix_letter_mailing_id_state", "letter", ["mailing_id", "state"])
    op.create_index("ix_letter_conversation_id", "letter", ["conversation_id"])
    op.create_table(
        "suppression",
        _text("address_hash", 64),
        _text("reason", 20),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name="pk_suppression"),
        sa.CheckConstraint("reason IN ('unsubscribed', 'bounced', 'erased')", name=op.f("ck_suppression_reason")),
    )


def _mail_that_arrives() -> None:
    op.create_table(
        "mail_thread",
        _text("id", 36),
        sa.Column("letter_id", sa.String(36)),
        _text("email", 254),
        _text("conversation_id", 36),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mail_thread"),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name="fk_mail_thread_letter_id_letter", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name="fk_mail_thread_conversation_id_conversation",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("letter_id", "email", name="uq_mail_thread_letter_id_email"),
    )
    op.create_index("ix_mail_thread_conversation_id", "mail_thread", ["conversation_id"])
    op.create_index("ix_mail_thread_email", "mail_thread", ["email"])
    op.create_table(
        "inbound",
        sa.Column("id", sa.Integer, nullable=False),
        _text("key", 64),
        sa.Column("raw", sa.LargeBinary),
        sa.Column("size", sa.Integer, nullable=False),
        _text("sender", 254),
        _text("state", 20),
        _text("verdict", 40),
        sa.Column("letter_id", sa.String(36)),
        sa.Column("thread_id", sa.String(36)),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("handled_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_inbound"),
        sa.UniqueConstraint("key", name="uq_inbound_key"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_inbound_letter_id_letter", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["mail_thread.id"], name="fk_inbound_thread_id_mail_thread", ondelete="SET NULL"
        ),
        sa.CheckConstraint(
            "state IN ('new', 'answered', 'handed_over', 'noted', 'ignored', 'failed')", name=op.f("ck_inbound_state")
        ),
    )
    op.create_index("ix_inbound_state_next_at", "inbound", ["state", "next_at"])
    op.create_index("ix_inbound_sender", "inbound", ["sender"])


def _outbox() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("letter_id", sa.String(36)))
        outbox.add_column(sa.Column("headers", sa.JSON, nullable=False, server_default="{}"))
        outbox.add_column(_text("from_name", 100, server_default=""))
        outbox.add_column(_text("bounce_to", 254, server_default=""))
        outbox.create_foreign_key("fk_outbox_letter_id_letter", "letter", ["letter_id"], ["id"], ondelete="SET NULL")
        outbox.create_index("ix_outbox_letter_id", ["letter_id"])


def _text(name: str, longest: int, server_default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(longest), nullable=False, server_default=server_default)
