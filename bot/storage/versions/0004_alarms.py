"""Who is on duty, the life of a case, the alarms, and the chain of the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NEW = {
    "operators": [
        sa.Column("role", sa.String(), server_default="operator", nullable=False),
        sa.Column("duty", sa.String(), server_default="on", nullable=False),
        sa.Column("reachable_until", sa.Float(), nullable=True),
        sa.Column("capacity", sa.Integer(), server_default="3", nullable=False),
        sa.Column("paused_until", sa.Float(), nullable=True),
    ],
    "audit": [
        sa.Column("about", sa.String(), server_default="", nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=True),
        sa.Column("before", sa.LargeBinary(), nullable=True),
    ],
    "cases": [
        sa.Column("queued_at", sa.Float(), server_default="0", nullable=False),
        sa.Column("claimed_at", sa.Float(), nullable=True),
        sa.Column("alarmed_at", sa.Float(), nullable=True),
        sa.Column("danger_since", sa.Float(), nullable=True),
        sa.Column("first_reply_at", sa.Float(), nullable=True),
        sa.Column("transferred_by", sa.Integer(), nullable=True),
        sa.Column("transferred_at", sa.Float(), nullable=True),
        sa.Column("reopened", sa.Integer(), server_default="0", nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("referral", sa.String(), nullable=True),
        sa.Column("follow_up", sa.String(), nullable=True),
    ],
}


def upgrade() -> None:
    for table, columns in NEW.items():
        for column in columns:
            op.add_column(table, column.copy())
    op.execute("UPDATE cases SET queued_at = opened_at")
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("whom", sa.String(), nullable=False),
        sa.Column("say", sa.String(), server_default="", nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("state", sa.String(), server_default="due", nullable=False),
        sa.Column("fired_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_number", "cause", "key", "step", name="one_row_per_step"),
    )
    op.create_index("alarms_due", "alarms", ["state", "due"])
    op.create_table(
        "alarm_firings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alarm", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("went_out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["alarm"], ["alarms.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    op.drop_table("alarm_firings")
    op.drop_table("alarms")
    for table, columns in NEW.items():
        for column in reversed(columns):
            op.drop_column(table, column.name)
