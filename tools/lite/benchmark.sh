#!/bin/sh
# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
# Measure models on a phone that adb reaches, by Paddle-Lite's own benchmark program, with 1, 2 and 4 threads.
#
#   sh tools/lite/benchmark.sh BENCHMARK_BIN MODELS_DIR RESULT_FILE [RUN_MODEL_OPTIMIZE=false]
#
# MODELS_DIR holds a folder or file for each model. As they are: bundles of `ppclas export RUN lite`, or NAME.nb; each of
# them needs the BENCHMARK_BIN of the Paddle-Lite that made it. With RUN_MODEL_OPTIMIZE=true the phone converts first:
# folders with `model` and `params` (tools/export_model.py), or inference.pdmodel and inference.pdiparams (`ppclas export
# RUN inference --option legacy=true`). BENCHMARK_BIN may be of 2020 or of Paddle-Lite 2.9 and later; they take other flags.
set -eu

PHONE_DIR=/data/local/tmp/ppclas_benchmark
WARM_UP=10
REPEATS=30

fail() { # message, exit code
  printf 'benchmark.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

on_phone() { adb shell "$@" </dev/null; } # adb would read the loop's input

# What a model needs on the phone, as "FILE NAME_ON_PHONE" lines, or nothing when it is not a model of this kind.
files_of() { # folder or file
  if [ "$optimize" = false ]; then
    case $1 in *.nb) [ -f "$1" ] && echo "$1" ;; *) [ -f "$1/model.nb" ] && echo "$1/model.nb" ;; esac
  else
    for pair in model:params inference.pdmodel:inference.pdiparams; do
      if [ -f "$1/${pair%%:*}" ] && [ -f "$1/${pair##*:}" ]; then
        printf '%s\n%s\n' "$1/${pair%%:*}" "$1/${pair##*:}"
        return
      fi
    done
  fi
  return 0
}

plain() { # a name that needs no quoting in any shell
  basename "$1" .nb | tr -c 'A-Za-z0-9._\n-' _
}

shape_of() { # "1,3,224,224" of a bundle, from its preprocess.yaml
  sed -n '/^image_shape:/,/^[a-z]*:$/s/^ *- *\([0-9][0-9]*\)$/,\1/p' "$1/preprocess.yaml" 2>/dev/null | tr -d '\n'
}

backend_of() { # of a bundle
  if grep -q '"target": "opencl"' "$1/bundle.json" 2>/dev/null; then echo opencl,arm; else echo arm; fi
}

[ $# -eq 3 ] || [ $# -eq 4 ] || fail "usage: sh $0 BENCHMARK_BIN MODELS_DIR RESULT_FILE [RUN_MODEL_OPTIMIZE=false]" 2
bin=$1 models=${2%/} result=$3 optimize=${4:-false}
case $optimize in true | false) ;; *) fail "the fourth argument is '$optimize'; it must be true or false" 2 ;; esac
[ -f "$bin" ] || fail "$bin: no such file; BENCHMARK_BIN comes with Paddle-Lite for the phone" 2
[ -d "$models" ] || fail "$models: no such folder" 2

count=0
for model in "$models"/*; do
  [ -n "$(files_of "$model")" ] && count=$((count + 1)) && continue
  if [ -d "$model" ] || [ "${model%.nb}" != "$model" ]; then
    if [ "$optimize" = false ]; then wanted='model.nb; give "true" to convert on the phone'; else
      wanted='model and params, or inference.pdmodel and inference.pdiparams'; fi
    fail "$model: lacks $wanted" 2
  fi
done
[ "$count" -gt 0 ] || fail "$models: no models in it" 2
{ : >>"$result"; } 2>/dev/null || fail "$result: cannot be written" 2

command -v adb >/dev/null 2>&1 || fail "adb is not on PATH; it is part of the Android platform tools"
state=$(adb get-state 2>&1) || fail "no phone: $state (adb devices lists them; ANDROID_SERIAL chooses one of several)"
[ "$state" = device ] || fail "the phone is '$state'; allow USB debugging on it"

on_phone "rm -rf $PHONE_DIR && mkdir -p $PHONE_DIR" || fail "$PHONE_DIR cannot be made on the phone"
trap 'on_phone "rm -rf $PHONE_DIR" >/dev/null 2>&1' EXIT
trap 'exit 130' INT TERM
adb push "$bin" "$PHONE_DIR/benchmark_bin" >/dev/null || fail "$bin cannot be copied to the phone"
on_phone "chmod 755 $PHONE_DIR/benchmark_bin"
flags=$(on_phone "$PHONE_DIR/benchmark_bin --help" 2>&1 || true) # gflags ends with 1 after its help
case $flags in
  *optimized_model_file*) form=new ;;
  *run_model_optimize*) form=old ;;
  *) fail "$bin does not run on this phone, or is no benchmark of Paddle-Lite: $(echo "$flags" | tail -n 1)" ;;
esac

for model in "$models"/*; do
  [ -n "$(files_of "$model")" ] || continue
  name=$(plain "$model")
  if [ "$optimize" = false ]; then
    adb push "$(files_of "$model")" "$PHONE_DIR/$name.nb" >/dev/null || fail "$model cannot be copied to the phone"
  else
    on_phone "mkdir -p $PHONE_DIR/$name"
    files_of "$model" | while IFS= read -r file; do
      adb push "$file" "$PHONE_DIR/$name/$(basename "$file")" </dev/null >/dev/null || exit 1
    done || fail "$model cannot be copied to the phone"
  fi
done

# One model with one number of threads: "MIN MAX AVERAGE" in milliseconds.
measure() { # folder or file, threads
  name=$(plain "$1") line="--warmup=$WARM_UP --repeats=$REPEATS --threads=$2"
  shape=$(shape_of "$1") first='' second=''
  if [ "$optimize" = true ]; then
    first=$(basename "$(files_of "$1" | head -n 1)") second=$(basename "$(files_of "$1" | tail -n 1)")
  fi
  line="$line --input_shape=1${shape:-,3,224,224}"
  if [ "$form" = old ]; then
    line="$line --model_dir=$PHONE_DIR/$name --run_model_optimize=$optimize --result_filename=$PHONE_DIR/result"
    [ -z "$first" ] || line="$line --model_filename=$first --param_filename=$second"
  else
    line="$line --backend=$(backend_of "$1")"
    if [ -n "$first" ]; then
      line="$line --model_file=$PHONE_DIR/$name/$first --param_file=$PHONE_DIR/$name/$second"
    else
      line="$line --optimized_model_file=$PHONE_DIR/$name.nb"
    fi
  fi
  said=$(on_phone "cd $PHONE_DIR && rm -f result && ./benchmark_bin $line 2>&1; cat result 2>/dev/null" || true)
  # the program of 2020 calls the largest time min and the least max
  printf '%s\n' "$said" | tr -d '\r' | awk '
    match($0, /min *= *[0-9.]+ +max *= *[0-9.]+ +average *= *[0-9.]+/) {
      gsub(/[^0-9. ]/, "", $0); n = split(substr($0, 1), f, " "); a = f[n - 2]; b = f[n - 1]; m = f[n] }
    /^min +=/ { a = $3 } /^max +=/ { b = $3 } /^avg +=/ { m = $3 }
    END { if (m == "") exit 1; if (a + 0 < b + 0) print a, b, m; else print b, a, m }' && return
  printf '%s\n' "$said" | tail -n 5 >&2
  return 1
}

echo 'PaddleLite Benchmark' >"$result"
failed=''
for threads in 1 2 4; do
  [ "$threads" = 1 ] || echo >>"$result"
  echo "Threads=$threads Warmup=$WARM_UP Repeats=$REPEATS" >>"$result"
  for model in "$models"/*; do
    [ -n "$(files_of "$model")" ] || continue
    name=$(plain "$model")
    echo "Model=$name Threads=$threads" >&2
    if times=$(measure "$model" "$threads"); then
      # shellcheck disable=SC2086 # three numbers
      printf '%-38smin = %-12.5fmax = %-12.5faverage = %.5f\n' "$name" $times >>"$result"
    else
      failed="$failed $name"
    fi
  done
done
cat "$result"
[ -z "$failed" ] || fail "failed on the phone:$failed"
