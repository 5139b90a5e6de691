"""What channels with limits need: the platform's order, parts, receipts, and messages to be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("reachable", sa.Boolean(), server_default="1", nullable=False))
    op.add_column("conversations", sa.Column("source", sa.String(), nullable=True))
    op.add_column("messages", sa.Column("platform_order", sa.Float(), server_default="0", nullable=False))
    op.add_column("messages", sa.Column("parts_sent", sa.Integer(), server_default="0", nullable=False))
    op.add_column("messages", sa.Column("ambiguous", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("messages", sa.Column("failure", sa.String(), nullable=True))
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("receipts_of_conversation", "receipts", ["conversation"])
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.Column("not_before", sa.Float(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    op.drop_table("withdrawals")
    op.drop_table("receipts")
    for column in ("failure", "ambiguous", "parts_sent", "platform_order"):
        op.drop_column("messages", column)
    for column in ("source", "reachable"):
        op.drop_column("conversations", column)
