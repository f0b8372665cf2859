# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""tools/lite/benchmark.sh, against an `adb` whose phone is a folder, and benchmark programs of both generations."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, List, NamedTuple

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "lite" / "benchmark.sh"
PHONE = "/data/local/tmp"

ADB = f"""#!/bin/sh
echo "$*" >>"$FAKE/calls"
case $1 in
  get-state) [ -z "${{FAKE_STATE-}}" ] && echo device && exit; echo "$FAKE_STATE" >&2; exit 1 ;;
  push) exec cp "$2" "$FAKE/phone/${{3#{PHONE}/}}" ;;
  shell) shift; exec sh -c "$(echo "$*" | sed "s#{PHONE}#$FAKE/phone#g")" ;;
esac
exit 1
"""
OF_2020 = """#!/bin/sh
[ "$1" = --help ] && echo '-run_model_optimize (...) -model_dir (...)' && exit 1
for flag; do case $flag in --*=*) flag=${flag#--}; eval "${flag%%=*}='${flag#*=}'" ;; esac; done
if [ "$run_model_optimize" = false ]; then [ -f "$model_dir.nb" ]
else (cd "$model_dir" && cat "$model_filename" "$param_filename" >/dev/null); fi || exit 1
echo "$input_shape $warmup $repeats" >>"$FAKE/ran"
printf '%-30smin = 9.%s0000     max = 5.10000     average = 7.%s5000     \\n' \\
  "${model_dir##*/}" "$threads" "$threads" >>"$result_filename"
"""
OF_TODAY = """#!/bin/sh
[ "$1" = --help ] && echo '-optimized_model_file (...) -backend (...)' && exit 1
for flag; do case $flag in --*=*) flag=${flag#--}; eval "${flag%%=*}='${flag#*=}'" ;; esac; done
[ -f "${optimized_model_file:-$model_file}" ] || exit 1
grep -q broken "${optimized_model_file:-$model_file}" && echo 'Check failed: kernel' && exit 134
echo "$input_shape $backend $warmup $repeats" >>"$FAKE/ran"
printf '\\n======= Perf Info =======\\nTime(unit: ms):\\ninit  = 80.1 \\nfirst = 12.0 \\nmin   = 5.125       \\n'
printf 'max   = 9.%s       \\navg   = 6.25       \\n' "$threads"
"""


class Desk(NamedTuple):
    """A folder with `models`, `bin`, and the phone; its environment."""

    folder: Path
    environment: dict

    def model(self, name: str, files: dict) -> None:
        """Put a model into the folder of models; `files` with the key "" is a file itself."""
        place = self.folder / "models" / name
        place.parent.mkdir(exist_ok=True)
        for file, content in files.items():
            path = place / file if file else place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")

    def program(self, text: str) -> None:
        (self.folder / "benchmark_bin").write_text(text, encoding="utf-8")

    def run(self, *more: str, **environment: str) -> Any:
        """The documented command line."""
        return subprocess.run(["sh", str(SCRIPT), "./benchmark_bin", "./models", "result_armv8.txt", *more],
                              cwd=self.folder, env={**self.environment, **environment}, capture_output=True, text=True)

    @property
    def ran(self) -> List[str]:
        return (self.folder / "ran").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    if shutil.which("sh") is None:
        pytest.skip("there is no sh")
    folder = tmp_path / "a desk"
    for name in ("phone", "path"):
        (folder / name).mkdir(parents=True)
    adb = folder / "path" / "adb"
    adb.write_text(ADB, encoding="utf-8")
    adb.chmod(0o755)
    found = {**os.environ, "PATH": f"{adb.parent}{os.pathsep}{os.environ['PATH']}", "FAKE": str(folder)}
    # a name without a blank: the phone's own paths have none
    (tmp_path / "fake").symlink_to(folder)
    return Desk(folder, {**found, "FAKE": str(tmp_path / "fake")})


def test_a_folder_of_bundles_is_measured_in_the_table_of_the_document(desk: Desk) -> None:
    desk.program(OF_TODAY)
    shape = "image_shape:\n- 3\n- 192\n- 160\ntransforms:\n- DecodeImage:\n    to_rgb: true\n"
    desk.model("MobileNetV1", {"model.nb": "x", "preprocess.yaml": shape, "bundle.json": '{"target": "opencl"}'})
    desk.model("my model.nb", {"": "x"})
    done = desk.run()
    assert done.returncode == 0, done.stderr
    table = (desk.folder / "result_armv8.txt").read_text(encoding="utf-8")
    assert done.stdout == table
    row = "{:<38}min = 5.12500     max = 9.{}0000     average = 6.25000"
    parts = [[f"Threads={n} Warmup=10 Repeats=30", row.format("MobileNetV1", n), row.format("my_model", n)]
             for n in (1, 2, 4)]
    assert table == "PaddleLite Benchmark\n" + "\n\n".join("\n".join(part) for part in parts) + "\n"
    assert desk.ran == ["1,3,192,160 opencl,arm 10 30", "1,3,224,224 arm 10 30"] * 3
    assert list((desk.folder / "phone").iterdir()) == [], "the phone is left as it was"


def test_the_legacy_program_converts_on_the_phone(desk: Desk) -> None:
    desk.program(OF_2020)
    desk.model("MobileNetV1", {"model": "m", "params": "p"})
    desk.model("New", {"inference.pdmodel": "m", "inference.pdiparams": "p", "labels.txt": ""})
    done = desk.run("true")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:3] == ["PaddleLite Benchmark", "Threads=1 Warmup=10 Repeats=30",
                         f"{'MobileNetV1':<38}min = 5.10000     max = 9.10000     average = 7.15000"]
    assert len([line for line in lines if line.startswith("New ")]) == 3
    assert desk.ran == ["1,3,224,224 10 30"] * 6


def test_a_converted_model_is_given_to_the_legacy_program_without_its_suffix(desk: Desk) -> None:
    desk.program(OF_2020)
    desk.model("MobileNetV1.nb", {"": "x"})
    assert desk.run("false").returncode == 0
    assert len(desk.ran) == 3


def test_the_current_program_converts_on_the_phone_too(desk: Desk) -> None:
    desk.program(OF_TODAY)
    desk.model("New", {"inference.pdmodel": "m", "inference.pdiparams": "p"})
    done = desk.run("true")
    assert done.returncode == 0, done.stderr
    assert "--model_file=" in (desk.folder / "calls").read_text(encoding="utf-8")


def test_a_model_that_fails_is_named_and_the_others_stay(desk: Desk) -> None:
    desk.program(OF_TODAY)
    desk.model("Bad", {"model.nb": "broken"})
    desk.model("Good", {"model.nb": "x"})
    done = desk.run()
    assert done.returncode == 1
    assert "failed on the phone: Bad" in done.stderr
    assert "Check failed: kernel" in done.stderr
    assert done.stdout.count("Good ") == 3
    assert "Bad" not in done.stdout


@pytest.mark.parametrize(("files", "more", "told"), [
    ({"model": "m", "params": "p"}, (), 'lacks model.nb; give "true" to convert on the phone'),
    ({"model.nb": "x"}, ("true",), "lacks model and params"),
    ({"model.nb": "x"}, ("yes",), "the fourth argument is 'yes'; it must be true or false"),
    ({}, (), "no models in it"),
])
def test_what_cannot_be_measured_is_reported_before_the_phone_is_touched(desk: Desk, files: dict, more: tuple,
                                                                     told: str) -> None:
    desk.program(OF_TODAY)
    (desk.folder / "models").mkdir()
    desk.model("One", files)
    done = desk.run(*more)
    assert done.returncode == 2
    assert told in done.stderr
    assert not (desk.folder / "calls").exists()
    assert not (desk.folder / "result_armv8.txt").exists()


def test_a_missing_adb_phone_or_program_is_reported(desk: Desk) -> None:
    desk.model("One", {"model.nb": "x"})
    assert "benchmark_bin: no such file" in desk.run().stderr
    desk.program(OF_TODAY)
    silent = desk.run(FAKE_STATE="error: no devices/emulators found")
    assert silent.returncode == 1
    assert "no phone: error: no devices/emulators found" in silent.stderr
    desk.program("#!/bin/sh\necho not for this CPU; exit 1\n")
    assert "is no benchmark of Paddle-Lite: not for this CPU" in desk.run().stderr
    (desk.folder / "path" / "adb").unlink()
    if shutil.which("adb") is None:
        assert "adb is not on PATH" in desk.run().stderr
    usage = subprocess.run(["sh", str(SCRIPT)], capture_output=True, text=True)
    assert (usage.returncode, usage.stderr.split(":")[1]) == (2, " usage")


def test_the_script_is_clean_for_shellcheck() -> None:
    checker = shutil.which("shellcheck")
    if checker is None:
        pytest.skip("shellcheck is not installed")
    done = subprocess.run([checker, str(SCRIPT)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
