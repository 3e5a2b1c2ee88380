"""Lists keep their order in indexes, and families are found by parts of their names

Fills ``case_name`` from the families and people there are. Stop the old version first: families
that it names afterwards would not be found by their names.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

FREE = "done_at IS NULL AND assignee_id IS NULL"
DECISIONS = f"{FREE} AND kind = 'sign_off'"
FILL = """
    WITH RECURSIVE named (case_id, name_key, of_family) AS (
        SELECT c.id, f.name_key, 1 FROM "case" c JOIN family f ON f.id = c.family_id
        UNION ALL
        SELECT c.id, p.name_key, 0 FROM "case" c JOIN person p ON p.family_id = c.family_id
    ), place (start) AS (
        SELECT 1 UNION ALL
        SELECT start + 1 FROM place
        WHERE start < (SELECT coalesce(max(length(name_key)), 0) FROM named)
    )
    INSERT INTO case_name (part, case_id, of_family)
    SELECT substr(name_key, start, 32), case_id, max(of_family)
    FROM named JOIN place ON start <= length(name_key)
    WHERE substr(name_key, start, 1) <> ' '
    GROUP BY substr(name_key, start, 32), case_id
    ORDER BY 1, 2
"""


def upgrade() -> None:
    part = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.create_table(
        "case_name",
        sa.Column("part", part, nullable=False),
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("of_family", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("part", "case_id", name=op.f("pk_case_name")),
        sqlite_with_rowid=False,
    )
    op.execute(FILL)
    op.create_index("ix_case_area", "case", ["area_id", "id"])
    op.create_index("ix_case_place", "case", ["area_id", "locality_id", "id"])
    op.drop_index("ix_case_area_locality", "case")
    op.drop_index("ix_case_team", "case")
    op.create_index("ix_case_team", "case", ["team_id", "id"])
    op.create_index(
        "ix_task_free_case",
        "task",
        ["role", "area_id", "case_id", "locality_id", "team_id"],
        sqlite_where=sa.text(FREE),
        postgresql_where=sa.text(FREE),
    )
    op.drop_index("ix_task_team", "task")
    op.drop_index("ix_task_role", "task")
    for name, condition in (("ix_task_role", FREE), ("ix_task_decision", DECISIONS)):
        op.create_index(
            name,
            "task",
            ["role", "area_id", "due_sort", "id", "locality_id", "team_id"],
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
        )


def downgrade() -> None:
    for name in ("ix_task_decision", "ix_task_role", "ix_task_free_case"):
        op.drop_index(name, "task")
    for name, places in (("ix_task_role", []), ("ix_task_team", ["locality_id"])):
        op.create_index(
            name,
            "task",
            ["role", "area_id", *places, "due_sort", "id"],
            sqlite_where=sa.text(FREE),
            postgresql_where=sa.text(FREE),
        )
    op.drop_index("ix_case_team", "case")
    op.create_index("ix_case_team", "case", ["team_id"])
    op.create_index("ix_case_area_locality", "case", ["area_id", "locality_id", "status"])
    op.drop_index("ix_case_place", "case")
    op.drop_index("ix_case_area", "case")
    op.drop_table("case_name")
