"""Numbers for the yearly report, which outlive the tickets they were counted from."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0001_first")]

    operations = [
        ops.CreateModel(
            name="YearlyRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=120)),
                ("year", fields.IntField()),
                ("regime", fields.CharField(max_length=40)),
                ("right", fields.CharField(max_length=20)),
                ("outcome", fields.CharField(max_length=20)),
                ("days", fields.IntField()),
                ("tickets", fields.IntField()),
            ],
            options={"table": "yearly", "app": "storage", "pk_attr": "id"},
            bases=["Model"],
        ),
    ]
