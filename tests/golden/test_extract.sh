#!/bin/sh
# test_extract.sh -- `use provide`, `use sign`, `use open`, `use trace` from the command line, and the package in the hands of others: Debian's minisign, age, zstd,
# bsdtar, GNU tar, xmllint, R haven and Python's json and csv open it and find what the store holds. A tool that is absent is a skipped test.
set -u
cd "$(dirname "$0")/../.." || exit 70
title=extract
. tests/golden/common.sh
SHIRABE_FORMS=$PWD/forms
maker=$BUILD/tests/demo/extract_office
skipped=0
have() { command -v "$1" >/dev/null 2>&1 || { skipped=$((skipped + 1)); echo "skipped: $1 is not installed"; return 1; }; }
rows=3000
"$maker" "$work" $rows 'a passphrase of the tests' >"$work/setup" 2>&1 || { cat "$work/setup"; echo 'extract: 0 passed, 1 failed'; exit 1; }
pass() { for _ in $1; do printf ' --officer-passphrase %s' "$work/pass"; done; }
# shellcheck disable=SC2046
provide() { exits "$1" office use provide "$2" --out "$work/packages" --officer "$work/pack-j.key" --officer "$work/manager-c.key" $(pass '1 2') --json; }

check 'a package is built' provide 0 g-1
check 'says how many rows' prints "\"rows\":$rows"
check 'a second copy has a number of its own' provide 0 g-1
check 'and another name' test -e "$work/packages/extract-g-1.2/extract-g-1.2.tar.zst.age"
check 'a third is one too many' provide 77 g-1
check 'another recipient' provide 0 g-2
check 'nobody signs alone' exits 64 office use provide g-2 --out "$work/packages" --officer "$work/pack-j.key" --officer-passphrase "$work/pass"
check 'an unknown grant' provide 66 g-9
check 'nothing but packages in the folder' test "$(find "$work/packages" -mindepth 1 -maxdepth 1 | wc -l)" -eq 3
check 'the store is sound' exits 0 office store verify --open
package=$work/packages/extract-g-1/extract-g-1.tar.zst.age

# --- our importer ---
SHIRABE_PASSPHRASE_FILE=$work/pass
keys=$work/pack-j.pub,$work/manager-c.pub
open_it() { status=0; "$program" use open "$1" --identity "$2" --keys "$3" --out "$4" --passphrase-file "$work/pass" >"$work/out.txt" 2>"$work/err" || status=$?; [ "$status" -eq "$5" ] || { echo "exit $status, expected $5"; cat "$work/err"; false; }; }
check 'its recipient opens it' open_it "$package" "$work/user-u.key" "$keys" "$work/opened" 0
check 'somebody else does not' open_it "$package" "$work/user-v.key" "$keys" "$work/not" 77
check 'with one key given twice neither' open_it "$package" "$work/user-u.key" "$work/pack-j.pub,$work/pack-j.pub" "$work/not" 64
check 'with keys of others neither' open_it "$package" "$work/user-u.key" "$work/pack-j.pub,$work/chief-a.pub" "$work/not" 77
cp -R "$work/packages/extract-g-1" "$work/half"
rm "$work/half/extract-g-1.tar.zst.age.2.minisig"
check 'signed by one only' open_it "$work/half/extract-g-1.tar.zst.age" "$work/user-u.key" "$keys" "$work/not" 77
check 'the lost signature is written again' exits 0 office use sign "$work/half/extract-g-1.tar.zst.age" --officer "$work/manager-c.key" --officer-passphrase "$work/pass"
check 'and holds' open_it "$work/half/extract-g-1.tar.zst.age" "$work/user-u.key" "$keys" "$work/again" 0
check 'nothing was released where it was refused' test ! -e "$work/not"
check 'both openings are one' diff -r "$work/opened" "$work/again"
data=$work/opened/data/birth.csv
check 'as many lines as rows and a header' test "$(wc -l <"$data")" -eq $((rows + 1))
check 'lines end with CR LF' sh -c "head -n 1 '$data' | od -c | grep -q '\\\\r  *\\\\n'"

# --- other tools ---
if have minisign; then
  for i in 1 2; do
    who=pack-j; [ $i = 1 ] || who=manager-c
    check "minisign verifies signature $i" minisign -Vm "$package" -x "$package.$i.minisig" -p "$work/$who.pub"
    check "and not by another key $i" sh -c "! minisign -Vm '$package' -x '$package.$i.minisig' -p '$work/chief-a.pub'"
  done
fi
if have age && have zstd; then
  # The recipient's identity out of his key file: that file is an age file to a passphrase, read by our program's importer in the field.
  python3 tests/unit/age_pty.py 'a passphrase of the tests' age -d -o "$work/identity" "$work/user-u.key" >"$work/pty" 2>&1 || true
  if [ -s "$work/identity" ]; then
    check 'age decrypts it' age -d -i "$work/identity" -o "$work/x.tar.zst" "$package"
    check 'zstd finds it whole' zstd -tq "$work/x.tar.zst"
    mkdir -p "$work/gnu" "$work/bsd"
    check 'GNU tar unpacks it' sh -c "zstd -dcq '$work/x.tar.zst' | tar -xf - -C '$work/gnu'"
    check 'to the same files' diff -r "$work/gnu" "$work/opened"
    if have bsdtar; then
      check 'bsdtar unpacks it' bsdtar -xf "$work/x.tar.zst" -C "$work/bsd"
      check 'to the same files too' diff -r "$work/bsd" "$work/opened"
    fi
  else skipped=$((skipped + 1)); echo 'skipped: age asks for its passphrase on no terminal here'; cat "$work/pty"
  fi
fi
if have xmllint; then check 'the DDI is well-formed' xmllint --noout "$work/opened/codebook/ddi.xml"; fi
if have python3; then
  cat >"$work/look.py" <<'P'
import base64, csv, hashlib, json, os, sys
import xml.etree.ElementTree as ET
folder, rows = sys.argv[1], int(sys.argv[2])
envelope = json.load(open(f'{folder}/manifest.json', encoding='utf-8'))
assert envelope['payloadType'] == 'application/vnd.in-toto+json' and len(envelope['signatures']) == 2
statement = json.loads(base64.b64decode(envelope['payload']))
assert statement['_type'] == 'https://in-toto.io/Statement/v1'
named = {s['name']: s['digest']['sha256'] for s in statement['subject']}
there = {os.path.relpath(os.path.join(d, f), folder) for d, _, fs in os.walk(folder) for f in fs} - {'manifest.json'}
assert set(named) == there, (named, there)
for name, digest in named.items():
    assert hashlib.sha256(open(f'{folder}/{name}', 'rb').read()).hexdigest() == digest, name
p = statement['predicate']
assert p['grant'] == 'g-1' and p['rows'] == rows and p['basis'] == '33-2' and p['recipient'].startswith('age1')
with open(f'{folder}/data/birth.csv', encoding='utf-8', newline='') as f:
    table = list(csv.reader(f))
assert table[0] == [p['mark']] + p['columns'] and len(table) == rows + 1
assert len({r[0] for r in table[1:]}) == rows and all(len(r) == len(table[0]) for r in table)
book = list(csv.DictReader(open(f'{folder}/codebook/codebook.csv', encoding='utf-8', newline='')))
assert [r['name'] for r in book if r['kind'] == 'item'] == p['columns'] and all(r['label_ja'] for r in book if r['kind'] == 'item')
# Every code in the rows has a label in the codebook, where the item has codes.
codes = {}
for r in book:
    if r['kind'] in ('code', 'missing'):
        codes.setdefault(r['name'], set()).add(r['code'])
for k, name in enumerate(table[0]):
    listed = [r for r in book if r['name'] == name and r['kind'] == 'code']
    if listed and not any(r['code'] == '*' for r in listed):
        used = {row[k] for row in table[1:]}
        assert used <= codes[name], (name, used - codes[name])
ns = {'d': 'ddi:codebook:2_5'}
root = ET.parse(f'{folder}/codebook/ddi.xml').getroot()
assert root.tag == '{ddi:codebook:2_5}codeBook' and root.get('version') == '2.5'
assert [v.get('name') for v in root.findall('.//d:dataDscr/d:var', ns)] == table[0]
assert root.find('.//d:caseQnty', ns).text == str(rows)
assert p['provision'] in open(f'{folder}/terms-ja.txt', encoding='utf-8').read()
print('ok')
P
  check 'python reads manifest, hashes, rows, codebook and DDI' python3 "$work/look.py" "$work/opened" $rows
fi
if have Rscript && Rscript -e 'quit(status = !requireNamespace("haven", quietly = TRUE))' >/dev/null 2>&1; then
  cat >"$work/look.R" <<'R'
suppressMessages(library(haven))
folder <- commandArgs(TRUE)[1]
csv <- read.csv(file.path(folder, "data/birth.csv"), colClasses = "character", encoding = "UTF-8", na.strings = character())
dta <- read_dta(file.path(folder, "data/birth.dta"))
sav <- read_sav(file.path(folder, "data/birth.sav"), user_na = TRUE)
stopifnot(nrow(dta) == nrow(csv), nrow(sav) == nrow(csv), ncol(dta) == ncol(csv), ncol(sav) == ncol(csv))
stopifnot(identical(as.character(dta[[1]]), csv[[1]]), identical(as.character(sav[[1]]), csv[[1]]))
labelled_codes <- 0; tagged <- 0
for (k in 2:ncol(csv)) {
  text <- csv[[k]]; missing <- text == "" | text %in% c(".n", ".u", ".r", ".i", ".s", ".l", ".k", ".x", ".o", ".p")
  d <- dta[[k]]; s <- sav[[k]]
  if (is.character(d)) { stopifnot(identical(as.character(d), text), identical(as.character(s), text)); next }
  stopifnot(identical(unname(is.na(d)), missing))
  tags <- na_tag(d)[missing]
  want <- ifelse(text[missing] == "", "b", substr(text[missing], 2, 2))
  stopifnot(identical(as.character(tags), want)); tagged <- tagged + sum(missing)
  number <- if (inherits(d, "Date")) as.numeric(as.Date(text[!missing])) else as.numeric(text[!missing])
  stopifnot(isTRUE(all.equal(as.numeric(d)[!missing], number, tolerance = 1e-14)))
  ds <- if (inherits(d, "Date")) TRUE else isTRUE(all.equal(as.numeric(unclass(s))[!missing], number, tolerance = 1e-14))
  stopifnot(ds)
  if (!inherits(d, "Date")) stopifnot(all(is.na(s)[missing]))
  labels <- attr(d, "labels"); labels <- labels[!is.na(labels)]
  if (length(labels)) { stopifnot(all(number %in% labels)); labelled_codes <- labelled_codes + 1 }
}
stopifnot(labelled_codes >= 3, tagged > 1000)
cat("labelled", labelled_codes, "missing", tagged, "\n")
R
  check 'R haven reads Stata and SPSS as the CSV says' Rscript "$work/look.R" "$work/opened"
else skipped=$((skipped + 1)); echo 'skipped: r-cran-haven is not installed'
fi

# --- trace ---
trace() { want=$1; shift; exits "$want" office use trace "$@"; }
tail -n +2 "$data" | awk 'NR % 100 == 7' | cut -d, -f1-3 | sort -t, -k2 >"$work/leak.csv"
check 'one percent of the rows, sorted, three columns' trace 0 "$work/leak.csv"
check 'names the grant' prints 'g-1 (grant g-1, recipient user-u)'
check 'open the other' open_it "$work/packages/extract-g-2/extract-g-2.tar.zst.age" "$work/user-v.key" "$keys" "$work/opened-2" 0
{ head -n 40 "$data"; tail -n 40 "$work/opened-2/data/birth.csv"; } >"$work/merged.csv"
check 'two recipients merged' trace 0 "$work/merged.csv"
check 'names one' prints 'recipient user-u'
check 'and the other' prints 'recipient user-v'
sed 's/\r$//' "$data" | cut -d, -f2- >"$work/no-ids.csv"
check 'without ids nobody is named' trace 1 "$work/no-ids.csv"
check 'and it says so' prints 'cannot attribute'
check 'the order names the recipient' trace 0 "$work/no-ids.csv" --grant g-trace --officer "$work/manager-c.key" --officer-passphrase "$work/pass"
check 'only this one' sh -c "grep -c recipient '$work/out' | grep -qx 1"
{ head -n 1 "$work/no-ids.csv"; tail -n +2 "$work/no-ids.csv" | sort; } >"$work/sorted.csv"
check 'sorted: cannot attribute' trace 1 "$work/sorted.csv" --grant g-trace --officer "$work/manager-c.key" --officer-passphrase "$work/pass"
check 'a clean public table' trace 1 tests/reference/vital_2015_population.csv
check 'the list' trace 0 --list
check 'has every package' test "$(wc -l <"$work/out")" -eq 3
printf '%s: %s passed, %s failed, %s skipped\n' "$title" "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
