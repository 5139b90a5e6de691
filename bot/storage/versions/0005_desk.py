"""What the desk looks up at every change: alarms lately fired, and lines that did not arrive."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

NOT_ARRIVED = sa.text("state IN ('failed','unknown')")


def upgrade() -> None:
    op.create_index("alarms_fired", "alarms", ["fired_at"])
    op.create_index(
        "messages_not_arrived", "messages", ["seq"], sqlite_where=NOT_ARRIVED, postgresql_where=NOT_ARRIVED
    )


def downgrade() -> None:
    op.drop_index("messages_not_arrived", "messages")
    op.drop_index("alarms_fired", "alarms")
