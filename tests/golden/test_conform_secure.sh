#!/bin/sh
# The runners conform-age, conform-crypto and conform-log on our own vectors (tests/reference/secure, made by a second implementation in Python): all hold;
# and every one is seen to fail when its expectation or its content is altered, so that a runner that takes everything cannot pass. With
# python3 the vectors are made again and must be the same bytes.
set -u
cd "$(dirname "$0")/../.." || exit 70
conform=${BUILD:-build}/tests/conform
own=tests/reference/secure
scratch=$(mktemp -d) || exit 70
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0
check() { # what, wanted closing lines, found
  if [ "$2" = "$3" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); printf '%s: wanted\n%s\nfound\n%s\n' "$1" "$2" "$3"; fi
}
closing() { "$conform/$1/$1" "$2" | grep -E '^(unsupported|conform-[a-z]+): '; }
copy() { rm -rf "${scratch:?}/copy" && cp -r "$own/$1" "$scratch/copy"; }

check 'age' 'unsupported: 1
conform-age: 42 passed, 0 failed' "$(closing age $own/age)"
check 'crypto' 'unsupported: 5
conform-crypto: 130 passed, 0 failed' "$(closing crypto $own/crypto)"
check 'log' 'unsupported: 0
conform-log: 110 passed, 0 failed' "$(closing log $own/log)"
check 'an empty folder is a failure' 'unsupported: 0
conform-age: 0 passed, 1 failed' "$(mkdir "$scratch/none" && closing age "$scratch/none")"

copy age # other outcomes: none may pass
LC_ALL=C sed -i -e 's/^expect: success$/expect: HMAC failure/;t' -e 's/^expect: .*/expect: success/' "$scratch"/copy/*
check 'age, other outcomes' 'unsupported: 1
conform-age: 0 passed, 42 failed' "$(closing age "$scratch/copy")"
copy age # another plaintext: those with a hash of what may be released must fail
LC_ALL=C sed -i -e 's/^payload: ..../payload: 0000/' "$scratch"/copy/*
check 'age, other plaintexts' 'unsupported: 1
conform-age: 26 passed, 16 failed' "$(closing age "$scratch/copy")"
copy crypto # the five `acceptable` ones stay
sed -i -e 's/"result": "valid"/"result": "was"/; s/"result": "invalid"/"result": "valid"/; s/"result": "was"/"result": "invalid"/' "$scratch"/copy/*
check 'crypto, other verdicts' "$(closing crypto "$scratch/copy" | sed 's/: .* passed/: 5 passed/')" "$(closing crypto "$scratch/copy")"
copy log # the twelve proofs from size 0 are refused whatever is said
find "$scratch/copy/proofs" -name '*.json' -exec sed -i -e 's/"wantErr": true/"wantErr": was/; s/"wantErr": false/"wantErr": true/; s/"wantErr": was/"wantErr": false/' {} +
rm -r "$scratch/copy/tiled" "$scratch/copy/notes"
check 'log, other verdicts' 'unsupported: 0
conform-log: 12 passed, 85 failed' "$(closing log "$scratch/copy")"
for f in tile/0/000 tile/0/001.p/44 tile/1/000.p/1 tile/entries/001.p/44 checkpoint.255; do
  copy log
  printf x >>"$scratch/copy/tiled/$f"
  "$conform/log/log" "$scratch/copy/tiled" >"$scratch/out" && check "$f altered" refused taken || check "$f altered" refused refused
done
if command -v python3 >/dev/null 2>&1; then
  check 'made again' '' "$(PYTHONDONTWRITEBYTECODE=1 python3 $own/make.py "$scratch/again" 2>&1; diff -r "$scratch/again" $own | grep -v '^Only in.*\.py$')"
fi
printf 'conformance runners: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
