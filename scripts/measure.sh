#!/usr/bin/env bash
# Cold start and idle memory of the released binary with a model pack: `bash scripts/measure.sh MODELS-FOLDER`.
set -euo pipefail
cd "$(dirname "$0")/.."
models=${1:?a folder with a model pack}
cargo build --release --locked --package lineward
folder=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || true; rm -rf "$folder"' EXIT
now() { date +%s%N; }
for run in first second; do
  started=$(now)
  target/release/lineward demo --data "$folder/demo" --models "$models" --listen 127.0.0.1:18199 >"$folder/out" 2>&1 &
  pid=$!
  until curl -fs -o /dev/null http://127.0.0.1:18199/readyz; do sleep 0.01; done
  echo "$run start: $((($(now) - started) / 1000000)) ms until /readyz answers"
  sleep 5
  grep -E 'VmRSS|VmHWM' "/proc/$pid/status"
  kill "$pid"; wait "$pid" || true
done
