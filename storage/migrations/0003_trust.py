"""Who a waiting mail says it is from, for fairness; and which mail addresses were changed a short while ago."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0002_yearly")]

    operations = [
        ops.RenameField(model_name="InboxRow", old_name="message_hash", new_name="sender_hash"),
        ops.CreateModel(
            name="ChangedAddressRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ticket", fields.IntField(null=True)),
            ],
            options={"table": "changed_addresses", "app": "storage", "pk_attr": "id"},
            bases=["Model"],
        ),
    ]
