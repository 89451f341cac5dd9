"""Several brands in one database: whose ticket, mail, effect, wave and breach it is.

With a default of the database's own, so that a process of the version before goes on writing rows of the only brand.
No index begins with the brand: SQLite would take it for whatever else is asked, and look through all of a brand's rows.
"""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

TABLES = ("TicketRow", "InboxRow", "OutboxRow", "WaveRow", "BreachRow")


class Migration(migrations.Migration):
    dependencies = [("storage", "0005_waves")]

    operations = [
        *(
            ops.AddField(
                model_name=name, name="brand", field=fields.CharField(default="", db_default="", max_length=40)
            )
            for name in TABLES
        ),
        ops.AddIndex(model_name="InboxRow", index=Index(fields=["state", "brand", "received_at"])),
        ops.AddIndex(model_name="OutboxRow", index=Index(fields=["state", "brand", "not_before"])),
    ]
