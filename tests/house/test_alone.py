"""Nothing reaches out at import or start: no connection beyond this machine, whatever is loaded."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOADS = """
import pkgutil, importlib, sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        where = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments
        raise SystemExit(f"{event} {where}")
sys.addaudithook(watch)
count = 0
for room in ("intents", "responders", "storage", "bot"):
    package = importlib.import_module(room)
    for found in pkgutil.walk_packages(package.__path__, room + "."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
            count += 1
from intents.message import read_message
from intents.reader import read_letter
read_letter(read_message(b"From: a@kundin.example\\n\\nPlease erase my data.\\n"))
print(count)
"""


def test_loading_every_room_and_reading_a_letter_asks_nobody_on_the_network() -> None:
    done = subprocess.run([sys.executable, "-c", LOADS], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 100


def test_the_watch_would_notice() -> None:
    reaching = LOADS.replace("count = 0", "import socket; socket.create_connection(('mail.opterre.example', 25))")
    done = subprocess.run([sys.executable, "-c", reaching], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "socket.getaddrinfo" in done.stderr
