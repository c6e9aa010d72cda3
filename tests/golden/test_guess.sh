#!/bin/sh
# test_guess.sh -- a file nobody has described: guess, look, keep, take in. With a form the kept layout loads the file; without one the kept draft does. No answer
# is shown unless asked for. Ends with the hard files of tests/conform, whose cells are counted a second time by another reader.
set -u
cd "$(dirname "$0")/../.." || exit 70
root=$PWD
BUILD=${BUILD:-build}
program=$(cd "$BUILD" && pwd)/shirabe
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0
check() {
  what=$1; shift
  if "$@" >"$scratch/out" 2>&1; then passed=$((passed + 1))
  else
    failed=$((failed + 1)); printf 'FAILED %s\n' "$what"; tail -n 12 "$scratch/out"
  fi
}
exits() { want=$1; shift; status=0; "$@" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null || status=$?; [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; cat "$scratch/stderr"; false; }; }
holds() { grep -qF -- "$1" "$scratch/stdout" || { echo "not in the report: $1"; cat "$scratch/stdout"; false; }; }
lacks() { if grep -qF -- "$1" "$scratch/stdout" "$scratch/stderr"; then echo "shown: $1"; false; fi; }
says() { grep -qF -- "$1" "$scratch/stderr" || { echo "not said: $1"; cat "$scratch/stderr"; false; }; }
SHIRABE_LANG=en SHIRABE_FORMS=$root/forms
export SHIRABE_LANG SHIRABE_FORMS
unset SHIRABE_OFFICE SHIRABE_PASSPHRASE_FILE 2>/dev/null || true
. tests/golden/bad_input_csv.sh

# --- a table without a form: the draft is a form, and it loads the file ---
{
  printf '相談の状況\t\t\t\n団体コード\t氏名\t受付日\t件数\n'
  i=0
  for code in 011002 011011 011029 011037 011045 011053; do i=$((i + 1)); printf '%s\t鑿岩 次郎%d\t2025/4/%d\t87654%d\n' $code $i $i $i; done
  printf '注）速報値\t\t\t\n'
} | iconv -f UTF-8 -t CP932 >"$scratch/talks.csv"
check 'guess ends with 0' exits 0 "$program" intake guess "$scratch/talks.csv"
check 'it names the encoding and the delimiter' holds 'CP932, separated by tab'
check 'it finds title and header' holds 'title rows 1, header rows 1'
check 'it finds the note' holds 'notes 1'
check 'codes by their list, with the evidence' holds '100% have a valid municipality check digit'
check 'an answer is not shown' lacks '鑿岩'
check 'nor a figure' lacks '87654'
check 'its shape is' holds '999999'
check 'with --show-values it is' exits 0 "$program" intake guess "$scratch/talks.csv" --show-values
check 'as it stands' holds '876541'
check 'Japanese' exits 0 "$program" intake guess "$scratch/talks.csv" --lang ja
check 'says it in Japanese' holds '団体コードの検査数字に合う'
check 'JSON' exits 0 "$program" intake guess "$scratch/talks.csv" --json
check 'is JSON' python3 -c 'import json,sys; g=json.load(open(sys.argv[1])); assert [c["class"] for c in g["columns"]]==["code","name","date","count"], g["columns"]; assert g["layout"]["delimiter"]=="\t" and g["title_rows"]==1; assert "example" not in g["columns"][0]' "$scratch/stdout"
check 'no answer in it' lacks '鑿岩'
cp "$scratch/stdout" "$scratch/first"
check 'the same file' exits 0 "$program" intake guess "$scratch/talks.csv" --json
check 'gives the same guess' cmp "$scratch/first" "$scratch/stdout"
check 'the draft is kept' exits 0 "$program" intake guess "$scratch/talks.csv" --out "$scratch/draft"
check 'and says what to do next' says '--form draft/table'
check 'it is a form' exits 0 "$program" form check draft --forms "$scratch/draft"
check 'that loads the file' exits 0 env SHIRABE_FORMS="$scratch/draft" "$program" intake file "$scratch/talks.csv" --form draft/table --period 2025 --dry-run --json
check 'six records, 24 cells with a value, one note' sh -c 'grep -q "\"accepted\":6," "$1" && grep -q "\"cells_typed\":24," "$1" && grep -q "\"note_rows\":1," "$1"' - "$scratch/stdout"
check 'nothing is overwritten' exits 73 "$program" intake guess "$scratch/talks.csv" --out "$scratch/draft"
check 'a name that is none ends with 64' exits 64 "$program" intake guess "$scratch/talks.csv" --out "$scratch/other" --name 'A b'
check 'and writes nothing' test ! -e "$scratch/other"

# --- a table of a known form: the layout is kept, and loads the file ---
{ printf '出生票の一覧,,\n'; header; slip_number 1; slip_number 2; slip_number 3; } | sed 's/,/;/g; 2s/sex/性 別/; 2s/gestation_weeks/gestation weeks/' >"$scratch/births.csv"
check 'guess with a form' exits 0 "$program" intake guess "$scratch/births.csv" --form vital/birth --out "$scratch/births.json"
check 'finds the item behind another spelling' holds 'gestation_weeks'
check 'the file does not load as it is' exits 65 "$program" intake file "$scratch/births.csv" --form vital/birth --period 2025-12 --dry-run
check 'with the layout it does' exits 0 "$program" intake file "$scratch/births.csv" --form vital/birth --period 2025-12 --layout-file "$scratch/births.json" --dry-run --json
check 'all three' sh -c 'grep -q "\"accepted\":3," "$1" && grep -q "\"problems\":0," "$1"' - "$scratch/stdout"
{ header | sed 's/$/,xyzzy/'; slip_number 1 | sed 's/$/,A/'; slip_number 2 | sed 's/$/,B/'; } >"$scratch/more.csv"
check 'a column without an item is a no' exits 1 "$program" intake guess "$scratch/more.csv" --form vital/birth --out "$scratch/more.json"
check 'and stays out of the layout, so that intake names it' exits 65 "$program" intake file "$scratch/more.csv" --form vital/birth --period 2025-12 --layout-file "$scratch/more.json" --dry-run
check 'by its heading' says 'xyzzy'
check 'a form that is not there' exits 66 "$program" intake guess "$scratch/births.csv" --form vital/none
check 'a file that is not there' exits 66 "$program" intake guess "$scratch/absent.csv"

# --- hard files ---
PYTHONDONTWRITEBYTECODE=1 python3 tests/conform/adversarial.py "$program" forms >"$scratch/hard" 2>&1
grep -v ' passed, ' "$scratch/hard"
hard=$(sed -n 's/^hard files: \([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$scratch/hard")
check 'the hard files end with their count' test -n "$hard"
# shellcheck disable=SC2086
set -- ${hard:-0 1}
passed=$((passed + $1)) failed=$((failed + $2))
# A runner that finds nothing to run has failed.
check 'an empty folder is a failure' exits 1 python3 tests/conform/run.py "$program" forms "$scratch/nothing"
check 'and says so' holds '0 passed, 1 failed'
printf 'guess: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
