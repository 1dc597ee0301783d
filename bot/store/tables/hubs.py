"""Schools, hubs, who leads them, and their places."""

from datetime import date, datetime, time

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Table


class SchoolRow(Table):
    """A school of the DfE's register. ``postcode`` is in capitals with one space, or empty; texts are never null.

    ``successor`` is the URN of the school that took a closed one's place, which the register may not hold.
    """

    __tablename__ = "school"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'closing', 'proposed', 'closed')", name="status"),
        Index("ix_school_postcode", "postcode"),
    )

    urn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(200))
    street: Mapped[str] = mapped_column(String(200))
    locality: Mapped[str] = mapped_column(String(200))
    town: Mapped[str] = mapped_column(String(100))
    county: Mapped[str] = mapped_column(String(100))
    postcode: Mapped[str] = mapped_column(String(10))
    la: Mapped[str] = mapped_column(String(100))
    phase: Mapped[str] = mapped_column(String(50))
    type: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(10))
    teaches_primary: Mapped[bool]
    low_age: Mapped[int | None]
    high_age: Mapped[int | None]
    pupils: Mapped[int | None]
    easting: Mapped[int | None]
    northing: Mapped[int | None]
    closed_on: Mapped[date | None]
    successor: Mapped[int | None]


class LeaderRow(Table):
    """A hub leader. ``email`` is in lower case."""

    __tablename__ = "leader"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254), unique=True)


class HubRow(Table):
    """A local hub and where it is: metres of the British National Grid."""

    __tablename__ = "hub"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    leader_id: Mapped[str] = mapped_column(ForeignKey("leader.id"))
    postcode: Mapped[str] = mapped_column(String(10))
    easting: Mapped[int]
    northing: Mapped[int]
    is_example: Mapped[bool]
    created_at: Mapped[datetime]


class CohortRow(Table):
    """A hub's schools of one school year, named by the year in which it begins: 2026 is 2026/27.

    ``taken`` counts the places that somebody holds; the database refuses one too many.
    """

    __tablename__ = "cohort"
    __table_args__ = (
        UniqueConstraint("hub_id", "year"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="taken"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    hub_id: Mapped[str] = mapped_column(ForeignKey("hub.id", ondelete="CASCADE"))
    year: Mapped[int]
    capacity: Mapped[int]
    taken: Mapped[int]
    is_open: Mapped[bool]
    session_on: Mapped[date | None]
    session_at: Mapped[time | None]
    session_venue: Mapped[str] = mapped_column(String(200))
