"""Each in their own language."""

from bot.demo.stories.shelf import story
from bot.demo.stories.stage import Stage
from responders.case.ticket import Status


@story("Jonas writes in German, Marie in French, Carmen in Spanish; each is answered in the same language.")
async def languages(stage: Stage) -> None:
    await stage.jonas.writes("Bitte löschen Sie alle Daten, die Sie über mich gespeichert haben.", "Löschung")
    stage.jonas.got("Löschung", "mit diesem Code")
    await stage.jonas.answers_with_the_code()
    stage.jonas.got("[#1]")
    await stage.expects(Status.DECIDING, 1)
    await stage.marie.writes(
        "Je souhaite recevoir une copie de toutes les données que vous détenez sur moi.", "Mes données"
    )
    stage.marie.got("Bonjour", "[#2]")
    await stage.carmen.writes("Por favor, denme de baja del boletín.", "Boletín")
    stage.carmen.got("Opterre News", "[#3]")
    await stage.expects_tickets("erase", "access", "unsubscribe")
