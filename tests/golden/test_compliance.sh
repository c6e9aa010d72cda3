#!/bin/sh
# test_compliance.sh -- the compliance matrix: every row printed with live evidence, unconfirmed wording called so, names of tests that exist, a faulty
# matrix refused with its place.
set -u
cd "$(dirname "$0")/../.." || exit 70
title=compliance
. tests/golden/common.sh
SHIRABE_FORMS=$PWD/forms
matrix=forms/secure/compliance.csv
json() { python3 - "$work/out" "$@" <<'P'
import json, sys
rows = {r["id"]: r for r in json.load(open(sys.argv[1], encoding="utf-8"))}
assert eval(sys.argv[2], {}, {"rows": rows}), {k: rows[k] for k in list(rows)[:3]}
P
}
setup office office init --type ministry --code 00 --name 本省 --profile light
check 'the matrix is printed' exits 0 office store compliance
check 'every row' sh -c "[ \$(grep -c '^[OHPTR][0-9]' $work/out) = \$(tail -n +2 $matrix | wc -l) ]"
check 'wording that is not confirmed is called so' prints 'UNCONFIRMED (not found in a public source)'
check 'Japanese' exits 0 office store compliance --lang ja
check 'Japanese wording' prints '未確認（公開資料になし）'
check 'as JSON' exits 0 office store compliance --json
check 'all groups' json 'len(rows) == 32 and {r["group"] for r in rows.values()} == {"organisational", "personnel", "physical", "technical", "retention"}'
check 'nobody has read data yet' json 'rows["P5"]["done"] == 0 and rows["P5"]["last_entry"] == -1'
check 'the log is evidence' json '"log entries" in rows["T4"]["evidence"] and not rows["T4"]["evidence"].startswith("0 ")'
check 'segments are opened' exits 0 office store verify --open
check 'again' exits 0 office store compliance --json
check 'the access is evidence now' json 'rows["P5"]["done"] >= 1 and rows["P5"]["last_entry"] >= 1'
check 'one group' exits 0 office store compliance --group retention --json
check 'only this group' json 'set(rows) == {"R1", "R2", "R3", "R4"}'
check 'what does not apply says why' json 'not rows["R4"]["applicable"] and "no online collection server" in rows["R4"]["evidence"]'
check 'what is open' exits 0 office store compliance --open --json
check 'no row that is confirmed, enforced and evident' json 'all(r["status"] != "V" or not r["enforced"] or r["last_entry"] < 0 for r in rows.values())'
wrong() { # what, sed expression, what is told
  sed "$2" $matrix >"$work/matrix.csv"
  check "$1" exits 65 office store compliance --matrix "$work/matrix.csv"
  check "$1: says where" tells "$3"
}
wrong 'an unknown status' '3s/,M,/,X,/;3s/,V,/,X,/' 'matrix.csv:3'
wrong 'an unknown action' 's/leaves:policy-set/leaves:policy-sat/' 'policy-sat'
wrong 'an id twice' '3s/^O2/O1/' 'matrix.csv:3'
wrong 'a column missing' '1s/,nature/,natur/' 'nature'
check 'a matrix that is not there' exits 66 office store compliance --matrix "$work/none.csv"
# The names of tests in the file are names of tests.
for test in $(python3 -c 'import csv; print(" ".join(sorted({t for r in csv.DictReader(open("'$matrix'", encoding="utf-8")) for t in r["enforced_by"].split()})))'); do
  check "there is a test $test" sh -c "find tests -name '$test.c' -o -name '$test.sh' | grep -q ."
done
printf '%s: %s passed, %s failed\n' "$title" "$passed" "$failed"
[ "$failed" -eq 0 ]
