"""Waves of letters, and the tickets in them."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0004_letters")]

    operations = [
        ops.CreateModel(
            name="WaveRow",
            fields=[
                ("number", fields.IntField(primary_key=True, generated=False, unique=True, db_index=True)),
                ("agent", fields.CharField(default="", max_length=150)),
                ("template", fields.CharField(null=True, max_length=16)),
                ("begun_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("last_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("word", fields.CharField(null=True, max_length=20)),
                ("by", fields.CharField(default="", max_length=80)),
                ("how", fields.TextField(default="", unique=False)),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("channel", fields.CharField(null=True, max_length=40)),
                ("ts", fields.CharField(null=True, max_length=40)),
            ],
            options={"table": "waves", "app": "storage", "indexes": [Index(fields=["last_at"])], "pk_attr": "number"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="WaveTicketRow",
            fields=[
                ("ticket", fields.IntField(primary_key=True, generated=False, unique=True, db_index=True)),
                ("wave", fields.IntField()),
            ],
            options={
                "table": "wave_tickets",
                "app": "storage",
                "indexes": [Index(fields=["wave"])],
                "pk_attr": "ticket",
            },
            bases=["Model"],
        ),
    ]
