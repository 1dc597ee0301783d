"""Schools, hubs and their years, people, registrations, and the mail that must leave."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _schools()
    _hubs()
    _people()
    _registrations()
    _outbox()


def downgrade() -> None:
    for table in (
        "outbox",
        "registration_event",
        "contact",
        "registration",
        "consent",
        "person",
        "cohort",
        "hub",
        "leader",
        "school",
    ):
        op.drop_table(table)


def _schools() -> None:
    op.create_table(
        "school",
        sa.Column("urn", sa.Integer, autoincrement=False, nullable=False),
        *(_text(name, 200) for name in ("name", "street", "locality")),
        *(_text(name, 100) for name in ("town", "county")),
        _text("postcode", 10),
        _text("la", 100),
        _text("phase", 50),
        _text("type", 100),
        _text("status", 10),
        sa.Column("teaches_primary", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.Integer) for name in ("low_age", "high_age", "pupils", "easting", "northing")),
        sa.Column("closed_on", sa.Date),
        sa.Column("successor", sa.Integer),
        sa.PrimaryKeyConstraint("urn", name="pk_school"),
        sa.CheckConstraint("status IN ('open', 'closing', 'proposed', 'closed')", name=op.f("ck_school_status")),
    )
    op.create_index("ix_school_postcode", "school", ["postcode"])


def _hubs() -> None:
    op.create_table(
        "leader",
        _text("id", 36),
        _text("name", 100),
        _text("email", 254),
        sa.PrimaryKeyConstraint("id", name="pk_leader"),
        sa.UniqueConstraint("email", name="uq_leader_email"),
    )
    op.create_table(
        "hub",
        _text("id", 36),
        _text("name", 100),
        _text("leader_id", 36),
        _text("postcode", 10),
        sa.Column("easting", sa.Integer, nullable=False),
        sa.Column("northing", sa.Integer, nullable=False),
        sa.Column("is_example", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hub"),
        sa.UniqueConstraint("name", name="uq_hub_name"),
        sa.ForeignKeyConstraint(["leader_id"], ["leader.id"], name="fk_hub_leader_id_leader"),
    )
    op.create_table(
        "cohort",
        _text("id", 36),
        _text("hub_id", 36),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("year", "capacity", "taken")),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("session_on", sa.Date),
        sa.Column("session_at", sa.Time),
        _text("session_venue", 200),
        sa.PrimaryKeyConstraint("id", name="pk_cohort"),
        sa.UniqueConstraint("hub_id", "year", name="uq_cohort_hub_id_year"),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_cohort_capacity")),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name=op.f("ck_cohort_taken")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name="fk_cohort_hub_id_hub", ondelete="CASCADE"),
    )


def _people() -> None:
    op.create_table(
        "person",
        _text("id", 36),
        _text("email", 254),
        _text("name", 100),
        _text("role", 100),
        _text("phone", 30),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("email", name="uq_person_email"),
    )
    op.create_table(
        "consent",
        _text("id", 36),
        _text("person_id", 36),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_consent_person_id_person", ondelete="CASCADE"),
    )
    op.create_index("ix_consent_person_id", "consent", ["person_id"])


def _registrations() -> None:
    op.create_table(
        "registration",
        _text("id", 36),
        sa.Column("year", sa.Integer, nullable=False),
        _text("school_key", 250),
        sa.Column("urn", sa.Integer),
        _text("school_name", 200),
        _text("school_town", 100),
        _text("school_postcode", 10),
        sa.Column("by_hand", sa.Boolean, nullable=False),
        sa.Column("cohort_id", sa.String(36)),
        _text("state", 10),
        sa.Column("offered_until", MOMENT),
        sa.Column("conversation_id", sa.String(36)),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_registration"),
        sa.CheckConstraint(
            "state IN ('interested', 'confirmed', 'waiting', 'withdrawn')", name=op.f("ck_registration_state")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'withdrawn') OR cohort_id IS NOT NULL", name=op.f("ck_registration_place")
        ),
        sa.CheckConstraint(
            "offered_until IS NULL OR (state = 'waiting' AND cohort_id IS NOT NULL)",
            name=op.f("ck_registration_offer"),
        ),
        sa.ForeignKeyConstraint(["urn"], ["school.urn"], name="fk_registration_urn_school"),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_registration_cohort_id_cohort"),
    )
    still_there = sa.text("state <> 'withdrawn'")
    op.create_index(
        "uq_registration_school",
        "registration",
        ["school_key", "year"],
        unique=True,
        sqlite_where=still_there,
        postgresql_where=still_there,
    )
    op.create_index("ix_registration_cohort_id", "registration", ["cohort_id"])
    op.create_table(
        "contact",
        _text("registration_id", 36),
        _text("person_id", 36),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("registration_id", "person_id", name="pk_contact"),
        _of_registration("contact"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_contact_person_id_person", ondelete="CASCADE"),
    )
    op.create_index("ix_contact_person_id", "contact", ["person_id"])
    op.create_table(
        "registration_event",
        sa.Column("id", sa.Integer, nullable=False),
        _text("registration_id", 36),
        sa.Column("at", MOMENT, nullable=False),
        _text("state", 10),
        _text("by", 20),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_registration_event"),
        _of_registration("registration_event"),
    )
    op.create_index("ix_registration_event_registration_id", "registration_event", ["registration_id"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, nullable=False),
        _text("key", 200),
        _text("kind", 40),
        sa.Column("registration_id", sa.String(36)),
        _text("recipient", 254),
        _text("recipient_name", 100),
        _text("reply_to", 254),
        _text("subject", 250),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("html", sa.Text, nullable=False),
        sa.Column("attachments", sa.JSON, nullable=False),
        _text("message_id", 200),
        _text("state", 10),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("lease_owner", sa.String(64)),
        sa.Column("lease_until", MOMENT),
        sa.Column("last_error", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
        sa.CheckConstraint(
            "state IN ('queued', 'in_flight', 'sent', 'waiting', 'failed', 'withheld')", name=op.f("ck_outbox_state")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name="fk_outbox_registration_id_registration", ondelete="SET NULL"
        ),
    )
    op.create_index("ix_outbox_state_next_at", "outbox", ["state", "next_at"])


def _text(name: str, longest: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(longest), nullable=False)


def _of_registration(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["registration_id"], ["registration.id"], name=f"fk_{table}_registration_id_registration", ondelete="CASCADE"
    )
