"""What a person erased is hidden from their own page, also where a case keeps it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"


def upgrade() -> None:
    op.add_column(
        "conversations", sa.Column("hidden_until", sa.Integer(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("conversations", "hidden_until")
