"""The tables. Times are seconds since the epoch; `LargeBinary` columns are sealed or hashed."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

metadata = MetaData()

conversations = Table(
    "conversations",
    metadata,
    Column("id", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("address_key", LargeBinary, nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("data_key", LargeBinary, nullable=False),
    Column("holder", String, nullable=False),
    Column("memory", LargeBinary),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("lease_until", Float),
    Column("created_at", Float, nullable=False),
    Column("reachable", Boolean, nullable=False, server_default="1"),
    Column("source", String),
    Column("hidden_until", Integer, nullable=False, server_default="0"),
    UniqueConstraint("channel", "address_key", name="one_conversation_per_address"),
)

messages = Table(
    "messages",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("conversation", String, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("channel", String, nullable=False),
    Column("platform_id", LargeBinary),
    Column("author", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", String, nullable=False),
    Column("urgency", Integer, nullable=False, server_default="0"),
    Column("at", Float, nullable=False),
    Column("not_before", Float, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("platform_order", Float, nullable=False, server_default="0"),
    Column("parts_sent", Integer, nullable=False, server_default="0"),
    Column("ambiguous", Boolean, nullable=False, server_default="0"),
    Column("failure", String),
    UniqueConstraint("channel", "platform_id", name="one_row_per_platform_message"),
    Index("messages_of_conversation", "conversation", "seq"),
    Index(
        "messages_to_do",
        "state",
        "conversation",
        sqlite_where=text("state IN ('received','triaged','pending','sending','reread')"),
        postgresql_where=text("state IN ('received','triaged','pending','sending','reread')"),
    ),
    Index(
        "messages_not_arrived",
        "seq",
        sqlite_where=text("state IN ('failed','unknown')"),
        postgresql_where=text("state IN ('failed','unknown')"),
    ),
    sqlite_autoincrement=True,
)

receipts = Table(
    "receipts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation", String, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("receipt", LargeBinary, nullable=False),
    Column("at", Float, nullable=False),
    Index("receipts_of_conversation", "conversation"),
)
"""Under which names the platform can take messages back; sealed with the conversation's key."""

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String, nullable=False),
    Column("message", LargeBinary, nullable=False),
    Column("until", Float, nullable=False),
    Column("not_before", Float, nullable=False, server_default="0"),
)
"""Messages of an erased conversation that are still to be taken back; sealed with the master key."""

operators = Table(
    "operators",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("password", String),
    Column("invitation", LargeBinary),
    Column("invited_until", Float),
    Column("role", String, nullable=False, server_default="operator"),
    Column("duty", String, nullable=False, server_default="on"),
    Column("reachable_until", Float),
    Column("capacity", Integer, nullable=False, server_default="3"),
    Column("paused_until", Float),
)

desk_sessions = Table(
    "desk_sessions",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("operator", Integer, ForeignKey("operators.id", ondelete="CASCADE"), nullable=False),
    Column("csrf", String, nullable=False),
    Column("until", Float, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("conversation", String, ForeignKey("conversations.id"), nullable=False),
    Column("state", String, nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("reasons", LargeBinary, nullable=False),
    Column("operator", Integer, ForeignKey("operators.id")),
    Column("opened_at", Float, nullable=False),
    Column("waiting_since", Float),
    Column("card_due", Float),
    Column("seen_seq", Integer, nullable=False, server_default="0"),
    Column("closed_at", Float),
    Column("outcome", String),
    Column("drill", Boolean, nullable=False, server_default="0"),
    Column("queued_at", Float, nullable=False, server_default="0"),
    Column("claimed_at", Float),
    Column("alarmed_at", Float),
    Column("danger_since", Float),
    Column("first_reply_at", Float),
    Column("transferred_by", Integer),
    Column("transferred_at", Float),
    Column("reopened", Integer, nullable=False, server_default="0"),
    Column("category", String),
    Column("referral", String),
    Column("follow_up", String),
    Index(
        "one_open_case",
        "conversation",
        unique=True,
        sqlite_where=text("state != 'closed'"),
        postgresql_where=text("state != 'closed'"),
    ),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("operator", String),
    Column("action", String, nullable=False),
    Column("case_number", Integer),
    Column("about", String, nullable=False, server_default=""),
    Column("mark", LargeBinary),
    Column("before", LargeBinary),
    sqlite_autoincrement=True,
)

alarms = Table(
    "alarms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_number", Integer, ForeignKey("cases.number", ondelete="CASCADE"), nullable=False),
    Column("cause", String, nullable=False),
    Column("key", String, nullable=False),
    Column("step", Integer, nullable=False),
    Column("whom", String, nullable=False),
    Column("say", String, nullable=False, server_default=""),
    Column("due", Float, nullable=False),
    Column("state", String, nullable=False, server_default="due"),
    Column("fired_at", Float),
    UniqueConstraint("case_number", "cause", "key", "step", name="one_row_per_step"),
    Index("alarms_due", "state", "due"),
    Index("alarms_fired", "fired_at"),
)

alarm_firings = Table(
    "alarm_firings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alarm", Integer, ForeignKey("alarms.id", ondelete="CASCADE"), nullable=False),
    Column("route", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("went_out", Boolean, nullable=False),
)

zalo_tokens = Table(
    "zalo_tokens",
    metadata,
    Column("app_id", String, primary_key=True),
    Column("pair", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("seed", LargeBinary),
    Column("obtained_at", Float, nullable=False),
    Column("refresh_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("begun_at", Float),
    Column("needs_consent", Boolean, nullable=False, server_default="0"),
)
"""The one pair of tokens of an app, sealed with the master key. With `attempts` above 0 a refresh has begun."""

zalo_consents = Table(
    "zalo_consents",
    metadata,
    Column("state", LargeBinary, primary_key=True),
    Column("verifier", LargeBinary, nullable=False),
    Column("until", Float, nullable=False),
)
"""Consents that were asked for: the hash of the state that comes back, and the sealed PKCE verifier."""

notices = Table(
    "notices",
    metadata,
    Column("name", String, primary_key=True),
    Column("at", Float, nullable=False),
)
"""What operators must know of the machine itself, by its name in `texts.yml`, until it is put right."""
