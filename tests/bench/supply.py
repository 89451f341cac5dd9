"""The supply chain: the licence of every locked package, and the bill of materials of a release.

`python -m tests.bench.supply [--sbom FILE]`; the bill is CycloneDX 1.6 in JSON, made from requirements.lock alone.
"""

import argparse
import json
import re
import sys
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path

LOCK = Path(__file__).parents[2] / "requirements.lock"
STATED = {"imapclient": "BSD-3-Clause"}
"""Licences that only a file of the package states."""


def pins() -> dict[str, tuple[str, list[str]]]:
    """Name of each locked package, with its version and its SHA-256 hashes."""
    text = LOCK.read_text(encoding="utf-8")
    found = re.finditer(r"^([\w.\-]+)(?:\[[^\]]*\])?==([^\s;]+)((?:.*\\\n)?(?:\s+--hash=.*\n?)+)", text, re.MULTILINE)
    return {pin[1]: (pin[2], re.findall(r"sha256:([0-9a-f]{64})", pin[3])) for pin in found}


def licence_of(name: str) -> str:
    """The SPDX expression, else classifiers, else free text; "not installed here" for other platforms' packages."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return "not installed here"
    if found := about.get("License-Expression"):
        return str(found)
    classified = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
    free = str(about.get("License") or "").splitlines()
    return ", ".join(classified) or (free[0] if free else STATED.get(name, "unknown"))


def bill() -> dict[str, object]:
    """The bill of materials."""
    components = [
        {
            "type": "library",
            "name": name,
            "version": number,
            "purl": f"pkg:pypi/{name}@{number}",
            "licenses": [{"license": {"name": licence_of(name)}}],
            "hashes": [{"alg": "SHA-256", "content": each} for each in hashes],
        }
        for name, (number, hashes) in sorted(pins().items())
    ]
    program = {"type": "application", "name": "rightsdesk", "version": version("rightsdesk")}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"component": program},
        "components": components,
    }


def main() -> None:
    """Print one line a package; exit 1 if a licence is unknown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sbom", type=Path)
    arguments = parser.parse_args()
    if arguments.sbom:
        arguments.sbom.write_text(json.dumps(bill(), indent=1), encoding="utf-8")
    licences = {name: licence_of(name) for name in pins()}
    for name, licence in sorted(licences.items()):
        print(f"{name:<24} {licence}")
    sys.exit("unknown" in licences.values())


if __name__ == "__main__":
    main()
