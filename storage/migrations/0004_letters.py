"""Letters as they were written, breaches, and who gets the notice of one."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0003_trust")]

    operations = [
        ops.CreateModel(
            name="LetterRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("ticket", fields.IntField()),
                ("name", fields.CharField(max_length=60)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("sealed", fields.BinaryField()),
            ],
            options={"table": "letters", "app": "storage", "indexes": [Index(fields=["ticket"])], "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="BreachRow",
            fields=[
                ("number", fields.IntField(primary_key=True, generated=False, unique=True, db_index=True)),
                ("aware_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("opened_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("sealed", fields.BinaryField()),
            ],
            options={"table": "breaches", "app": "storage", "pk_attr": "number"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="NoticeRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=100)),
                ("breach", fields.IntField()),
                ("outbox", fields.CharField(max_length=32)),
            ],
            options={"table": "notices", "app": "storage", "indexes": [Index(fields=["breach"])], "pk_attr": "id"},
            bases=["Model"],
        ),
    ]
