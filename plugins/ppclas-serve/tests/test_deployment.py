# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What documents, the Dockerfile and the systemd unit say exists: commands, options, routes, metrics, distributions."""

from __future__ import annotations

import argparse
import configparser
import json
import re
import shlex
from pathlib import Path
from typing import List

import pytest

from ppclas_serve.command import add, check
from ppclas_serve.openapi import document

PLUGIN = Path(__file__).resolve().parents[1]
ROOT = PLUGIN.parents[1]
PAGES = [path for path in (ROOT / "docs" / "how-to" / "serving.md", PLUGIN / "README.md") if path.exists()]
DEPLOY = PLUGIN / "deploy"


def parsed(words: List[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add(parser)
    found = parser.parse_args(words)
    check(found)
    return found


def test_every_command_of_the_pages_is_understood() -> None:
    lines = [line for page in PAGES for line in re.findall(r"^ *(ppclas serve .*)$", page.read_text(encoding="utf-8"),
                                                           re.MULTILINE)]
    assert len(lines) >= 3
    for line in lines:
        assert parsed(shlex.split(line, comments=True)[2:]).sources


def test_options_and_their_defaults_are_those_of_the_page() -> None:
    page = (ROOT / "docs" / "how-to" / "serving.md").read_text(encoding="utf-8")
    known = vars(parsed(["x"]))
    rows = re.findall(r"^\| `--([a-z-]+)` \| ([\d.]+) \|", page, re.MULTILINE)
    assert len(rows) == 9
    for name, value in rows:
        assert float(known[name.replace("-", "_")]) == float(value), name
    named = set(re.findall(r"`--([a-z-]+)", page))
    assert {name.replace("-", "_") for name in named} - {"no_page", "no_access_log"} <= set(known)


def test_routes_and_metrics_of_the_page_exist() -> None:
    from ppclas_serve.metrics import Metrics

    page = (ROOT / "docs" / "how-to" / "serving.md").read_text(encoding="utf-8")
    paths = {path.replace("{model}", "NAME") for path in document(True)["paths"]}
    for path in re.findall(r"`(?:GET |POST )?(/(?:v2|docs|metrics|image|openapi)[^`?]*)", page):
        path = "/v2/repository/models/NAME/unload" if path == "/unload" else path
        assert path in paths, path
    metrics = Metrics()
    metrics.count_response("infer", "m", 200, 0.1)
    names = {metric.name for metric in metrics._registry.collect()}
    for name in re.findall(r"`(ppclas_[a-z_]+)`", page):
        assert name.removesuffix("_total") in names, name


def test_the_dockerfile_installs_our_distributions_and_starts_the_server() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    steps = {word: [line.split(None, 1)[1] for line in text.splitlines() if line.startswith(word + " ")]
             for word in ("FROM", "RUN", "USER", "EXPOSE", "ENTRYPOINT", "CMD", "HEALTHCHECK", "STOPSIGNAL")}
    (pip,) = [line for line in steps["RUN"] if line.startswith("pip install")]
    wanted = [word for word in shlex.split(pip)[2:] if word.startswith("ppclas")]
    folders = {path.name for path in (ROOT / "plugins").iterdir()} | {"ppclas-core"}
    assert {word.split("[")[0] for word in wanted} <= folders
    core = configparser.ConfigParser()
    core.read(ROOT / "setup.cfg", encoding="utf-8")
    assert {extra for word in wanted for extra in re.findall(r"\[(.*)\]", word)} <= set(core["options.extras_require"])
    command = json.loads(steps["ENTRYPOINT"][0]) + json.loads(steps["CMD"][0])
    assert command[:2] == ["ppclas", "serve"]
    found = parsed(command[2:])
    assert found.host == "0.0.0.0"
    assert steps["EXPOSE"] == [str(found.port)]
    assert steps["USER"] == ["serve"]
    assert f":{found.port}/v2/health/ready" in steps["HEALTHCHECK"][0]
    compile(json.loads(steps["HEALTHCHECK"][0].split("CMD ", 1)[1])[2], "healthcheck", "exec")


def test_the_unit_starts_the_server_and_gives_it_time_to_end() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "ppclas-serve.service", encoding="utf-8")
    service = unit["Service"]
    words = shlex.split(service["ExecStart"])
    assert [Path(words[0]).name, words[1]] == ["ppclas", "serve"]
    found = parsed(words[2:])
    assert service["KillSignal"] == "SIGTERM"
    assert float(service["TimeoutStopSec"]) > found.drain + found.drain_delay
    assert service["Environment"].startswith("PPCLAS_HOME=/var/cache/" + service["CacheDirectory"])


def test_a_short_run_of_the_benchmark_meets_its_goals(capfd: pytest.CaptureFixture[str]) -> None:
    import importlib.util

    spec = importlib.util.spec_from_file_location("benchmark_serving", ROOT / "benchmarks" / "serving.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    code = module.main(["--quick"])
    assert code == 0, capfd.readouterr().out
    assert "0 accepted requests without a response" in capfd.readouterr().out
