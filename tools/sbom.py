# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Software bill of materials of built wheels, in CycloneDX 1.5 JSON: what each contains and requires.

A dependency is listed with the range that the wheel requires, not with a version: pip chooses that at installation.
"""

from __future__ import annotations

import email.parser
import hashlib
import json
import zipfile
from email.message import Message
from pathlib import Path
from typing import Dict, List, Sequence

BUNDLED = {"libjpeg.so": ("libjpeg-turbo", "IJG AND BSD-3-Clause AND Zlib")}
"""Start of a file name inside a wheel -> name and SPDX license of the foreign library."""


def write_sbom(wheels: Sequence[Path], out: Path) -> None:
    """Write the bill of materials of the wheels as JSON."""
    components: List[Dict[str, object]] = []
    dependencies: List[Dict[str, object]] = []
    required: Dict[str, Dict[str, object]] = {}
    for wheel in sorted(wheels):
        metadata = wheel_metadata(wheel)
        component = _component(wheel, metadata)
        components.append(component)
        names = []
        for requirement in metadata.get_all("Requires-Dist") or []:
            reference = f"requires:{requirement}"
            required[reference] = {"type": "library", "name": _requirement_name(requirement), "bom-ref": reference,
                                   "description": requirement, "scope": "optional" if "extra ==" in requirement
                                   else "required"}
            names.append(reference)
        libraries = _bundled(wheel)
        components += [library for library in libraries if library not in components]
        names += [str(library["bom-ref"]) for library in libraries]
        dependencies.append({"ref": component["bom-ref"], "dependsOn": sorted(set(names))})
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "components": [*components, *(required[name] for name in sorted(required))], "dependencies": dependencies}
    out.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")


def wheel_metadata(wheel: Path) -> Message:
    """Return the METADATA of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return email.parser.Parser().parsestr(archive.read(name).decode("utf-8"))


def _component(wheel: Path, metadata: Message) -> Dict[str, object]:
    name, version = str(metadata["Name"]), str(metadata["Version"])
    license_id = str(metadata["License-Expression"] or metadata["License"])
    purl = f"pkg:pypi/{name}@{version}"
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
            "description": str(metadata["Summary"]), "author": str(metadata["Author"]),
            "licenses": [{"expression": license_id}], "hashes": [{"alg": "SHA-256", "content": digest}]}


def _bundled(wheel: Path) -> List[Dict[str, object]]:
    with zipfile.ZipFile(wheel) as archive:
        files = {Path(name).name: name for name in archive.namelist()}
        found = [(file, *library) for start, library in BUNDLED.items() for file in files if file.startswith(start)]
        return [{"type": "library", "bom-ref": f"bundled:{wheel.name}/{file}", "name": name,
                 "licenses": [{"expression": spdx}],
                 "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(archive.read(files[file])).hexdigest()}]}
                for file, name, spdx in found]


def _requirement_name(requirement: str) -> str:
    end = next((index for index, char in enumerate(requirement) if char in " ;<>=!~[("), len(requirement))
    return requirement[:end]
