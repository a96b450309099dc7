"""The tables, as the newest migration creates them.

Times are milliseconds since 1970 in UTC: SQLite has no type for them, and both databases compare
whole numbers alike. JSON columns are text, written and parsed by frozen values.
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
    Column("served", String(80)),  # the served baseline, if there is one
    Column("symbols", Text, nullable=False),  # JSON list
    Column("horizon", Integer, nullable=False),
    Column("edge", String(16), nullable=False),
    Column("summary", Text, nullable=False),  # JSON: the scores that lists show
    Column("provenance_digest", String(64), nullable=False),  # SHA-256 of provenance.json
    Column("registered_ms", BigInteger),  # when it became eligible as champion
    Index(None, "created_ms"),
)
"""The stored runs: a row is written after its folder is complete."""

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
"""The run that serves each symbol and horizon; changed by compare-and-set on the version."""

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
"""The audit trail of champions: rows are inserted with each change and never updated."""

jobs = Table(
    "jobs",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("state", String(16), nullable=False),
    Column("request", Text, nullable=False),  # JSON
    Column("key", String(200), unique=True),  # the client's Idempotency-Key
    Column("key_digest", String(64)),  # of the request submitted with the key
    Column("created_ms", BigInteger, nullable=False),
    Column("available_ms", BigInteger, nullable=False),  # earliest time of a claim
    Column("started_ms", BigInteger),
    Column("finished_ms", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),  # fencing token of the lease
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
"""Accepted jobs; a row is committed before the client gets its answer."""

job_events = Table(
    "job_events",
    METADATA,
    Column("job", ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("data", Text, nullable=False),  # JSON
)
"""The events of each job, numbered from 1, so that a cut stream can resume."""

workers = Table(
    "workers",
    METADATA,
    Column("id", String(80), primary_key=True),
    Column("host", String(120), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started_ms", BigInteger, nullable=False),
    Column("beat_ms", BigInteger, nullable=False),
    Column("job", String(40)),  # the job in progress
)
"""The workers, as of their last heartbeats."""
