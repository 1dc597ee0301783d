"""People at work: who they are and what they do, questions handed over to them, Slack and Teams, and what is learned."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)
_TABLES = (
    "officer",
    "sign_in",
    "desk_session",
    "audit",
    "question",
    "chat_account",
    "chat_event",
    "chat_post",
    "review",
    "own_topic",
)


def upgrade() -> None:
    _conversations()
    _staff()
    _questions()
    _chat()
    _learning()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
    with op.batch_alter_table("message") as message:
        message.drop_constraint(op.f("ck_message_rating"), type_="check")
        for column in ("author", "rating", "understood"):
            message.drop_column(column)
    with op.batch_alter_table("conversation") as conversation:
        for column in ("held_by", "held_at", "seen_n", "member", "hub_id"):
            conversation.drop_column(column)


def _conversations() -> None:
    with op.batch_alter_table("conversation") as conversation:
        conversation.add_column(sa.Column("held_by", sa.String(45)))
        conversation.add_column(sa.Column("held_at", MOMENT))
        conversation.add_column(sa.Column("seen_n", sa.Integer, nullable=False, server_default="0"))
        conversation.add_column(sa.Column("member", sa.String(45)))
        conversation.add_column(sa.Column("hub_id", sa.String(36)))
    with op.batch_alter_table("message") as message:
        message.add_column(sa.Column("author", sa.String(100), nullable=False, server_default=""))
        message.add_column(sa.Column("rating", sa.String(5)))
        message.add_column(sa.Column("understood", sa.JSON))
        message.create_check_constraint(op.f("ck_message_rating"), "rating IS NULL OR rating IN ('right', 'wrong')")


def _staff() -> None:
    op.create_table(
        "officer",
        _text("id", 36),
        _text("name", 100),
        _text("email", 254),
        sa.PrimaryKeyConstraint("id", name="pk_officer"),
        sa.UniqueConstraint("email", name="uq_officer_email"),
    )
    op.create_table(
        "sign_in",
        _text("token_hash", 64),
        _text("member", 45),
        sa.Column("account_id", sa.String(36)),
        _moment("created_at"),
        _moment("ends_at"),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sign_in"),
    )
    op.create_index("ix_sign_in_member", "sign_in", ["member"])
    op.create_table(
        "desk_session",
        _text("id", 36),
        _text("member", 45),
        _moment("created_at"),
        _moment("last_at"),
        _moment("ends_at"),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_desk_session"),
    )
    op.create_index("ix_desk_session_member", "desk_session", ["member"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, nullable=False),
        _moment("at"),
        _text("member", 45),
        _text("name", 100),
        _text("door", 10),
        _text("action", 40),
        _text("subject_kind", 20),
        _text("subject_id", 60),
        sa.Column("hub_id", sa.String(36)),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sa.CheckConstraint(
            "door IN ('desk', 'slack', 'teams', 'email', 'command', 'service')", name=op.f("ck_audit_door")
        ),
    )
    op.create_index("ix_audit_subject", "audit", ["subject_kind", "subject_id"])
    op.create_index("ix_audit_hub_id_at", "audit", ["hub_id", "at"])


def _questions() -> None:
    op.create_table(
        "question",
        _text("id", 36),
        sa.Column("hub_id", sa.String(36)),
        sa.Column("conversation_id", sa.String(36)),
        sa.Column("inbound_id", sa.Integer),
        _text("reason", 30),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("shares_from", sa.Integer),
        sa.Column("shares_upto", sa.Integer),
        _text("name", 100),
        _text("email", 254),
        _text("school_name", 200),
        _text("state", 10),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answered_by", sa.String(45)),
        _text("answered_name", 100),
        sa.Column("answered_at", MOMENT),
        _moment("created_at"),
        _moment("due_at"),
        sa.Column("reminded_at", MOMENT),
        sa.Column("escalated_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"], [f"{table}.id"], name=f"fk_question_{table}_id_{table}", ondelete="SET NULL"
            )
            for table in ("hub", "conversation", "inbound")
        ),
        sa.CheckConstraint("state IN ('open', 'answered', 'closed')", name=op.f("ck_question_state")),
    )
    op.create_index("ix_question_state_due_at", "question", ["state", "due_at"])
    for column in ("hub_id", "conversation_id", "email"):
        op.create_index(f"ix_question_{column}", "question", [column])


def _chat() -> None:
    op.create_table(
        "chat_account",
        _text("id", 36),
        _text("platform", 10),
        _text("workspace", 100),
        _text("user_id", 200),
        sa.Column("member", sa.String(45)),
        sa.Column("reference", sa.JSON),
        sa.Column("conversation_id", sa.String(36)),
        sa.Column("also_mail", sa.Boolean, nullable=False),
        _moment("created_at"),
        sa.Column("linked_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_chat_account"),
        sa.UniqueConstraint("platform", "workspace", "user_id", name="uq_chat_account_platform_workspace_user_id"),
        sa.CheckConstraint("platform IN ('slack', 'teams')", name=op.f("ck_chat_account_platform")),
    )
    op.create_index("ix_chat_account_member", "chat_account", ["member"])
    op.create_table(
        "chat_event",
        sa.Column("id", sa.Integer, nullable=False),
        _text("platform", 10),
        _text("key", 250),
        sa.Column("payload", sa.JSON),
        _text("state", 10),
        sa.Column("attempts", sa.Integer, nullable=False),
        _moment("next_at"),
        sa.Column("lease_until", MOMENT),
        sa.Column("error", sa.Text, nullable=False),
        _moment("received_at"),
        sa.Column("handled_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_chat_event"),
        sa.UniqueConstraint("platform", "key", name="uq_chat_event_platform_key"),
        sa.CheckConstraint("state IN ('new', 'done', 'failed')", name=op.f("ck_chat_event_state")),
    )
    op.create_index("ix_chat_event_state_next_at", "chat_event", ["state", "next_at"])
    op.create_table(
        "chat_post",
        sa.Column("id", sa.Integer, nullable=False),
        _text("key", 250),
        _text("platform", 10),
        _text("account_id", 36),
        _text("kind", 40),
        _text("subject_kind", 20),
        _text("subject_id", 60),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("fallback", sa.JSON),
        _text("state", 10),
        sa.Column("attempts", sa.Integer, nullable=False),
        _moment("next_at"),
        sa.Column("lease_owner", sa.String(64)),
        sa.Column("lease_until", MOMENT),
        sa.Column("last_error", sa.Text, nullable=False),
        sa.Column("sent_ref", sa.JSON),
        _moment("created_at"),
        sa.Column("sent_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_chat_post"),
        sa.UniqueConstraint("key", name="uq_chat_post_key"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["chat_account.id"], name="fk_chat_post_account_id_chat_account", ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'in_flight', 'sent', 'waiting', 'failed', 'withheld')", name=op.f("ck_chat_post_state")
        ),
    )
    op.create_index("ix_chat_post_platform_state_next_at", "chat_post", ["platform", "state", "next_at"])
    op.create_index("ix_chat_post_subject", "chat_post", ["subject_kind", "subject_id"])
    op.create_index("ix_chat_post_account_id", "chat_post", ["account_id"])


def _learning() -> None:
    op.create_table(
        "review",
        _text("message_id", 36),
        _text("verdict", 10),
        sa.Column("topic", sa.String(100)),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("approved", sa.Boolean, nullable=False),
        _text("by", 45),
        _moment("at"),
        sa.Column("exported_at", MOMENT),
        sa.PrimaryKeyConstraint("message_id", name="pk_review"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name="fk_review_message_id_message", ondelete="CASCADE"
        ),
        sa.CheckConstraint("verdict IN ('topic', 'not_ours', 'skipped')", name=op.f("ck_review_verdict")),
    )
    op.create_table(
        "own_topic",
        _text("slug", 40),
        _text("label", 80),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("examples", sa.JSON, nullable=False),
        _text("state", 10),
        sa.Column("problem", sa.Text, nullable=False),
        _text("by", 45),
        _moment("updated_at"),
        sa.Column("live_at", MOMENT),
        sa.PrimaryKeyConstraint("slug", name="pk_own_topic"),
        sa.CheckConstraint("state IN ('draft', 'training', 'live', 'failed')", name=op.f("ck_own_topic_state")),
    )


def _text(name: str, longest: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(longest), nullable=False)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, MOMENT, nullable=False)
