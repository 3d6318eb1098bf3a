#!/usr/bin/env bash
# How much of each parser its committed seeds reach, in lines, file by file: `bash scripts/coverage.sh`.
# Needs the tools of the compiler's own LLVM: rustup component add llvm-tools, or RUSTUP_TOOLCHAIN=<one that has them>.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin
[ -x "$tools/llvm-cov" ] || { echo "no llvm-cov in $tools; hint: rustup component add llvm-tools" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export RUSTFLAGS=-Cinstrument-coverage CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}/coverage

# The test binary of a crate.
binary() {
  cargo test --locked --no-run --package "$1" --test "$2" --message-format=json 2>/dev/null |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -1
}

# One line of the table: target, binary, test, source files.
measure() {
  local target=$1 binary=$2 test=$3
  shift 3
  LLVM_PROFILE_FILE=$folder/$target.profraw "$binary" --exact "$test" </dev/null >"$folder/out" 2>&1 || { cat "$folder/out"; exit 1; }
  "$tools/llvm-profdata" merge -sparse "$folder/$target.profraw" -o "$folder/$target.profdata"
  "$tools/llvm-cov" report "$binary" -instr-profile="$folder/$target.profdata" "$@" |
    awk -v target="$target" '/\.rs |^TOTAL/ { sub(/.*\//, "", $1); printf "%-14s %-24s %6d %6d %7s\n", target, $1, $8, $8 - $9, $10 }'
}

# Left out are files that read nothing from outside: mrz/kinds.rs (for the reader of pictures) and mrz/write.rs, crypto/vartime.rs
# and crypto/curves (arithmetic), chip/files.rs, chip/groups.rs and chip/report.rs (what is made of what was read).
document=$(binary lineward-document it)
face=$(binary lineward-face face)
connect=$(binary lineward-connect it)
printf '%-14s %-24s %6s %6s %7s\n' target file lines run share
while read -r target crate files; do
  case $crate in
    document) measure "$target" "$document" "seeds::${target}_holds_for_every_seed" $(printf "crates/document/src/%s " $files) ;;
    face) measure "$target" "$face" "${target}_holds_for_every_seed" $(printf "crates/face/src/%s " $files) ;;
    connect) measure "$target" "$connect" "seeds::${target}_holds_for_every_seed" $(printf "crates/connect/src/%s " $files) ;;
  esac
done <<'TABLE'
tlv document asn1.rs
cms document chip/cms.rs chip/signed.rs
x509 document trust/certificate.rs trust/name.rs
master_list document trust/master_list.rs
trust document trust/load.rs trust/crl.rs
public_key document crypto/mod.rs crypto/ec.rs crypto/rsa.rs
com_dg11_dg12 document chip/lds/com.rs chip/lds/dg11.rs chip/lds/dg12.rs chip/lds/details.rs
dg1 document chip/lds/dg1.rs
dg2 document chip/lds/dg2.rs chip/lds/iso19794.rs chip/lds/iso39794.rs
dg14_dg15 document chip/lds/dg14.rs chip/lds/dg15.rs chip/lds/security.rs
iso9796_2 document chip/active.rs
chip_answer document chip/secure_messaging.rs chip/chip_auth.rs
mrz document mrz/mod.rs mrz/zone.rs mrz/fields.rs mrz/check_digit.rs mrz/repair.rs mrz/layout.rs
number document number/
aadhaar_qr document aadhaar/
image_decode face decode.rs jpeg.rs
jpeg2000 face jpeg2000.rs
authority_answer connect authority/jose.rs authority/wire.rs
bare_picture connect authority/picture.rs
TABLE
