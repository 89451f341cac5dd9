"""The first schema."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="AuditRow",
            fields=[
                ("seq", fields.IntField(primary_key=True, generated=False, unique=True, db_index=True)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ticket", fields.IntField(null=True)),
                ("kind", fields.CharField(max_length=40)),
                ("by", fields.CharField(max_length=80)),
                ("facts", fields.TextField(unique=False)),
                ("before", fields.CharField(max_length=64)),
                ("hash", fields.CharField(max_length=64)),
            ],
            options={
                "table": "audit",
                "app": "storage",
                "indexes": [Index(fields=["ticket"])],
                "pk_attr": "seq",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CardRow",
            fields=[
                ("ticket", fields.IntField(primary_key=True, generated=False, unique=True, db_index=True)),
                ("channel", fields.CharField(max_length=40)),
                ("ts", fields.CharField(max_length=40)),
            ],
            options={
                "table": "cards",
                "app": "storage",
                "pk_attr": "ticket",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CodeRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("ticket", fields.IntField()),
                ("address_hash", fields.CharField(max_length=64)),
                ("code_hash", fields.CharField(max_length=64)),
                ("issued_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("tries", fields.IntField(default=0)),
                ("state", fields.CharField(max_length=10)),
            ],
            options={
                "table": "codes",
                "app": "storage",
                "indexes": [Index(fields=["ticket", "state"]), Index(fields=["address_hash", "issued_at"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CorrectionRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("ticket", fields.IntField(null=True)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("by", fields.CharField(max_length=80)),
                ("read_as", fields.CharField(max_length=120)),
                ("said", fields.CharField(max_length=120)),
                ("sealed", fields.BinaryField()),
            ],
            options={
                "table": "corrections",
                "app": "storage",
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CounterRow",
            fields=[
                ("name", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=20)),
                ("value", fields.IntField()),
            ],
            options={
                "table": "counters",
                "app": "storage",
                "pk_attr": "name",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="InboxRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("place", fields.CharField(unique=True, max_length=255)),
                ("state", fields.CharField(max_length=10)),
                ("received_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("size", fields.IntField()),
                ("digest", fields.CharField(max_length=64)),
                ("message_hash", fields.CharField(null=True, max_length=64)),
                ("ticket", fields.IntField(null=True)),
                ("reason", fields.TextField(null=True, unique=False)),
                ("attempts", fields.IntField(default=0)),
                ("marked", fields.BooleanField(default=False)),
                ("mail", fields.BinaryField(null=True)),
                ("wrapped_key", fields.BinaryField(null=True)),
            ],
            options={
                "table": "inbox",
                "app": "storage",
                "indexes": [Index(fields=["state", "received_at"]), Index(fields=["digest"]), Index(fields=["ticket"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OutboxRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("ticket", fields.IntField(null=True)),
                ("kind", fields.CharField(max_length=10)),
                ("name", fields.CharField(max_length=60)),
                ("state", fields.CharField(max_length=10)),
                ("place", fields.IntField(default=0)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("not_before", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("done_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("attempts", fields.IntField(default=0)),
                ("holds_data", fields.BooleanField(default=False)),
                ("recipient_hash", fields.CharField(null=True, max_length=64)),
                ("error", fields.TextField(null=True, unique=False)),
                ("payload", fields.BinaryField(null=True)),
            ],
            options={
                "table": "outbox",
                "app": "storage",
                "indexes": [
                    Index(fields=["state", "not_before"]),
                    Index(fields=["ticket"]),
                    Index(fields=["recipient_hash", "created_at"]),
                    Index(fields=["created_at"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PositionRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=255)),
                ("uidvalidity", fields.BigIntField()),
                ("last_uid", fields.BigIntField()),
            ],
            options={
                "table": "positions",
                "app": "storage",
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SecretRow",
            fields=[
                ("name", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=20)),
                ("wrapped", fields.BinaryField()),
            ],
            options={
                "table": "secrets",
                "app": "storage",
                "pk_attr": "name",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SeenRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=120)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "seen",
                "app": "storage",
                "indexes": [Index(fields=["at"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SuppressedRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=100)),
                ("since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ticket", fields.IntField(null=True)),
            ],
            options={
                "table": "suppressed",
                "app": "storage",
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TicketRow",
            fields=[
                ("number", fields.IntField(primary_key=True, generated=False, unique=True, db_index=True)),
                ("version", fields.IntField()),
                ("right", fields.CharField(max_length=20)),
                ("status", fields.CharField(max_length=20)),
                ("regime", fields.CharField(null=True, max_length=40)),
                ("person_hash", fields.CharField(null=True, max_length=64)),
                ("writer_hash", fields.CharField(null=True, max_length=64)),
                ("thread_hash", fields.CharField(null=True, max_length=64)),
                ("received_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("opened_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("look_again_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("state", fields.TextField(unique=False)),
                ("sealed", fields.BinaryField(null=True)),
                ("wrapped_key", fields.BinaryField(null=True)),
            ],
            options={
                "table": "tickets",
                "app": "storage",
                "indexes": [
                    Index(fields=["look_again_at"]),
                    Index(fields=["status", "due_at"]),
                    Index(fields=["person_hash"]),
                    Index(fields=["writer_hash"]),
                    Index(fields=["thread_hash"]),
                ],
                "pk_attr": "number",
            },
            bases=["Model"],
        ),
    ]
