# `just` lists the recipes; each is a plain command that also works without just.

_default:
    @just --list --unsorted

# The whole system on this machine with sample people; prints addresses and log-ins.
demo:
    cargo run --release -p lineward -- demo

# Every test.
test:
    cargo test --workspace

# What CI runs.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo test --workspace
    @if cargo deny --version >/dev/null 2>&1; then cargo deny check bans licenses sources; else echo "SKIPPED: cargo-deny is not installed (cargo install cargo-deny --locked)"; fi

# Format the code.
fmt:
    cargo fmt --all

# Fuzz one reader of outside bytes for some seconds: `just fuzz receipt 60` (needs cargo-fuzz and g++).
fuzz target seconds="60":
    RUSTC_BOOTSTRAP=1 cargo fuzz run {{target}} -- -max_total_time={{seconds}}

# Every benchmark.
bench:
    cargo bench --workspace
