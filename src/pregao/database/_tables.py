"""The tables, as the newest migration leaves them.

Moments are milliseconds since 1970 in UTC: SQLite has no type for them, and both databases compare
whole numbers alike. JSON is text that a frozen value wrote and reads again.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

runs = Table(
    "runs",
    METADATA,
    Column("id", String(200), primary_key=True),
    Column("created_ms", BigInteger, nullable=False),
    Column("forecaster", String(80), nullable=False),
    Column("served", String(80)),  # the baseline in its place, if there is one
    Column("symbols", Text, nullable=False),  # JSON list
    Column("horizon", Integer, nullable=False),
    Column("edge", String(16), nullable=False),
    Column("summary", Text, nullable=False),  # JSON: the scores that lists show
    Column("provenance_digest", String(64), nullable=False),  # SHA-256 of provenance.json
    Column("registered_ms", BigInteger),  # since when it can be a champion
    Index(None, "created_ms"),
)
"""The stored runs: a row is written after its folder is whole."""

champions = Table(
    "champions",
    METADATA,
    Column("symbol", String(24), primary_key=True),
    Column("horizon", Integer, primary_key=True),
    Column("run", ForeignKey("runs.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
    CheckConstraint("version > 0", name="version_counts"),
    Index(None, "run"),
)
"""Which run serves a symbol and horizon; changed by comparing the version and setting the next."""

promotions = Table(
    "promotions",
    METADATA,
    Column("symbol", String(24), primary_key=True),
    Column("horizon", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("run", ForeignKey("runs.id"), nullable=False),
    Column("previous_run", String(200)),
    Column("action", String(16), nullable=False),  # promote or rollback
    Column("by", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)
"""The audit trail of champions: written in the transaction that changes one, never changed."""

jobs = Table(
    "jobs",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("state", String(16), nullable=False),
    Column("request", Text, nullable=False),  # JSON
    Column("key", String(200), unique=True),  # the client's Idempotency-Key
    Column("key_digest", String(64)),  # of the body that came with it
    Column("created_ms", BigInteger, nullable=False),
    Column("available_ms", BigInteger, nullable=False),  # not to be claimed before
    Column("started_ms", BigInteger),
    Column("finished_ms", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),  # fences off workers that lost their lease
    Column("lease_by", String(80)),
    Column("lease_until_ms", BigInteger),
    Column("cancel_asked", Boolean, nullable=False),
    Column("progress", Text, nullable=False),  # JSON
    Column("result", Text),  # JSON
    Column("problem", Text),  # JSON
    Column("log_tail", Text),
    Index(None, "state", "available_ms", "created_ms"),
    Index(None, "created_ms"),
)
"""Accepted work; a row is there before its acceptance is answered."""

job_events = Table(
    "job_events",
    METADATA,
    Column("job", ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("data", Text, nullable=False),  # JSON
)
"""What happened to a job, numbered from 1, for streams that go on where they were cut."""

workers = Table(
    "workers",
    METADATA,
    Column("id", String(80), primary_key=True),
    Column("host", String(120), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started_ms", BigInteger, nullable=False),
    Column("beat_ms", BigInteger, nullable=False),
    Column("job", String(40)),  # what it works on
)
"""Who works, as of the last beat."""
