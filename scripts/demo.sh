#!/usr/bin/env bash
# Builds and starts `lineward demo`, after installing what a bare Debian with Rust lacks: a C compiler for SQLite and aws-lc.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v cc >/dev/null; then
  sudo=""
  [ "$(id -u)" -eq 0 ] || sudo="sudo"
  echo "installing build-essential"
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends build-essential >/dev/null
fi
exec cargo run --release --locked --package lineward -- demo "$@"
