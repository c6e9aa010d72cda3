#!/bin/sh
# test_extract_unaltered.sh -- extracts under art. 33 are what was collected: every value of every granted item and row in a package is the value that was put
# into the store, however many recipes the office has approved; a recipe cannot be given to an extract, nor to a grant.
# Ends with `extract unaltered: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='extract unaltered'
. tests/golden/common.sh
SHIRABE_FORMS=$PWD/forms
rows=2500
"$BUILD/tests/demo/extract_office" "$work" $rows 'a passphrase of the tests' "$work/truth.csv" >"$work/setup" 2>&1 || { cat "$work/setup"; exit 70; }
recipe=forms/secure/recipes/vital_birth.json
SHIRABE_CLOCK=2026-01-20T01:00:00Z
as() { who=$1 want=$2; shift 2; exits "$want" office "$@" --officer-key "$work/$who.key" --officer-passphrase-file "$work/pass"; }
check 'a recipe for the same records is approved' as chief-a 0 release recipe "$recipe" --approve
check 'by two' as review-g 0 release recipe "$recipe" --approve
provide() { # status, grant, options
  want=$1 grant=$2; shift 2
  exits "$want" office use provide "$grant" --out "$work/packages" --officer "$work/pack-j.key" --officer "$work/manager-c.key" \
    --officer-passphrase "$work/pass" --officer-passphrase "$work/pass" "$@"
}
check 'an extract takes no recipe' provide 64 g-1 --recipe "$recipe"
check 'a grant has no place for one' sh -c "printf '{\"format\":\"shirabe-grant-1\",\"id\":\"g-9\",\"recipe\":\"x\"}' >'$work/grant.json'"
check 'and is refused' sh -c "! '$program' use grant request '$work/grant.json' --office '$work/office' --quiet --officer-key '$work/review-g.key' --officer-passphrase-file '$work/pass' 2>'$work/err' >'$work/out'"
check 'all answers' provide 0 g-1
check 'some rows of two items' provide 0 g-local
opened() { # grant, user
  "$program" use open "$work/packages/extract-$1/extract-$1.tar.zst.age" --identity "$work/$2.key" --keys "$work/pack-j.pub,$work/manager-c.pub" \
    --out "$work/opened-$1" --passphrase-file "$work/pass"
}
check 'the first is opened' opened g-1 user-u
check 'the second too' opened g-local user-v
cat >"$work/same.py" <<'P'
import collections, csv, sys
truth, extract, rule = sys.argv[1:4]
read = lambda path: list(csv.DictReader(open(path, encoding="utf-8", newline="")))
put, got = read(truth), read(extract)
items = list(got[0])[1:] # the first column numbers the rows of this package
keep = [r for r in put if not rule or eval(rule, {}, {"r": r})]
# A missing value has a sign of its own in both: one sign for each status.
signs = collections.defaultdict(set)
missing = lambda v: v == "" or v.startswith(".")
a = collections.Counter(tuple("." if missing(r[i]) else r[i] for i in items) for r in keep)
b = collections.Counter(tuple("." if missing(r[i]) else r[i] for i in items) for r in got)
assert len(got) == len(keep) and a == b, (len(got), len(keep), (a - b).most_common(2), (b - a).most_common(2))
for i in items: # as many of each kind of missing
    x = sorted(collections.Counter(r[i] for r in keep if missing(r[i])).values())
    y = sorted(collections.Counter(r[i] for r in got if missing(r[i])).values())
    assert x == y, (i, x, y)
print(len(got), len(items))
P
check 'every value of every row is the store'"'"'s' python3 "$work/same.py" "$work/truth.csv" "$work/opened-g-1/data/birth.csv" ''
check 'of chosen rows and items too' python3 "$work/same.py" "$work/truth.csv" "$work/opened-g-local/data/birth.csv" 'r["municipality_code"].startswith("01") and r["sex"] == "1"'
sed '2s/,\([0-9]\)/,9\1/' "$work/opened-g-1/data/birth.csv" >"$work/altered.csv"
check 'one digit more is found' sh -c "! python3 '$work/same.py' '$work/truth.csv' '$work/altered.csv' '' 2>/dev/null"
check 'the store is whole' exits 0 office store verify --open
finish
