# `just` lists the recipes; each is a plain command that also works without just.

_default:
    @just --list --unsorted

# The whole system on this machine with sample people; prints addresses and log-ins.
demo:
    bash scripts/demo.sh

# Every test, as CI runs it: format, lints, tests, and cargo-deny where it is installed.
check:
    bash scripts/test.sh

# Format the code.
fmt:
    cargo fmt --all

# Fuzz one reader of outside bytes for some seconds: `just fuzz receipt 60` (needs cargo-fuzz and g++). Those of
# `lineward-connect` need a feature: `just fuzz authority_answer 60 connect`.
fuzz target seconds="60" features="":
    mkdir -p fuzz/corpus/{{target}} fuzz/seeds/{{target}}
    RUSTC_BOOTSTRAP=1 cargo fuzz run --features "{{features}}" {{target}} fuzz/corpus/{{target}} fuzz/seeds/{{target}} -- -max_total_time={{seconds}}

# How much of each parser the committed seeds reach, in lines (needs: rustup component add llvm-tools).
coverage:
    bash scripts/coverage.sh

# Every benchmark.
bench:
    cargo bench --workspace
