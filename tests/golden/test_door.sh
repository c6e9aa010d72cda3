#!/bin/sh
# test_door.sh -- the door is the only code that writes clear data. Every command of front/commands.def is run under strace with planted values in the stores it
# opens; whatever it writes to a file, inside or outside the store, and whatever it prints, is searched for them. The classes stand in door_commands.txt: a
# command that is new in the program and not there fails the test. A planted leak, by a library that is loaded into the program, must be found. Ends with
# `door: N passed, N failed, N skipped`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title=door
command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null || { printf '%s: 0 passed, 0 failed, 1 skipped\n' "$title"; exit 0; }
. ./tests/golden/common.sh
. ./tests/golden/bad_input_csv.sh
. ./tests/golden/traced.sh
list=tests/golden/door_commands.txt
SHIRABE_FORMS=$PWD/forms SHIRABE_CLOCK=2026-03-20T05:00:00Z TMPDIR=$work/tmp
export SHIRABE_FORMS SHIRABE_CLOCK TMPDIR
mkdir -p "$work/tmp" "$work/usb/up" "$work/in" "$work/outside"

# --- no command escapes ---
sed -n 's/^COMMAND(\(cmd_[a-z_]*\))$/\1/p' front/commands.def | sort >"$work/program"
grep -v '^#' $list | cut -d'|' -f1 | sort -u >"$work/listed"
comm -23 "$work/program" "$work/listed" >"$work/escaped"
check "every command of the program is in the list: $(tr '\n' ' ' <"$work/escaped")" test ! -s "$work/escaped"
check 'there are commands' test "$(wc -l <"$work/program")" -ge 100

# --- planted values: numbers of records, a name in a cell where it does not belong; those of the demonstration: a number of workers, the product of a maker ---
planted='7719284 7741903 7755217 7755219 8765431'
{ for value in $planted; do number "$value"; done; text 東雲紫苑之助; text 鑿岩機用特殊鍍金; } >"$work/patterns"
{ for value in $planted; do printf '%s\n' "$value"; done; echo 東雲紫苑之助; echo 鑿岩機用特殊鍍金; } >"$work/words"
{ header; slip_number 7719284; slip_number 7741903; slip_number 7741903; slip_number 7755217 | sed 's/,3021,/,東雲紫苑之助,/'; slip_number 7755219; } >"$work/in/slips.csv"
"$BUILD/tests/demo/extract_office" "$work" 20 'a passphrase of the tests' >"$work/setup" 2>&1 || { cat "$work/setup"; echo 'door: 0 passed, 1 failed, 0 skipped'; exit 1; }
demo=$(SMALL=1 KEEP=1 BUILD=$(cd "$BUILD" && pwd) tests/demo/demo.sh 2>&1 | sed -n 's/^kept: //p')
[ -d "$demo/offices" ] || { echo 'the demonstration left no offices'; echo 'door: 0 passed, 1 failed, 0 skipped'; exit 1; }
trap 'rm -rf "$work" "$demo"' EXIT
mv "$demo/offices/ministry-mhlw" "$work/ministry"; cp "$demo/keys/ministry-mhlw" "$work/pass.ministry"
mv "$demo/offices/published" "$work/published"; cp "$demo/keys/published" "$work/pass.published"
printf 'office,form,count\nmunicipality-011002,birth,8\n' >"$work/in/counts.csv"
cp tests/demo/household.csv "$work/in/"; cp tests/demo/household_design.json "$work/in/design.json"
printf 'office,name,parent,survey,forms,since,until\nmunicipality-011002,札幌市,prefecture-010006,vital,birth,,\n' >"$work/in/roster.csv"
printf 'unit,stratum\n1,a\n2,a\n3,a\n4,a\n' >"$work/in/register.csv"
printf '{"stages":[{"unit":"unit","stratum":["stratum"],"method":"srs","n":2}]}\n' >"$work/in/plan.json"
awk 'BEGIN { print "period,hours"; for (y = 2015; y < 2026; y++) for (m = 1; m <= 12; m++) printf "%d-%02d,%.1f\n", y, m, 100 + m + y % 7 }' >"$work/in/hours.csv"
printf '{"recipe":1,"dataset":"h","title_ja":"世帯","title_en":"Households","legal_basis":"example"}\n' >"$work/in/recipe.json"
passphrase() { if [ -f "$work/pass.$1" ]; then echo "$work/pass.$1"; else echo "$work/pass"; fi; }
setup prefecture office init --type prefecture --code 010006 --name 北海道 --profile light
setup city office init --type municipality --code 011002 --name 札幌市 --profile light --parent "$work/prefecture/office.json"
setup prefecture office key "$work/city/office.json"
accepted() { "$program" store show --json --office "$work/city" 2>/dev/null | sed -n 's/.*"dataset":"vital\/birth\/2025-12\/received"[^}]*"rows":\([0-9]*\).*/\1/p'; }
leaves() { SHIRABE_PASSPHRASE_FILE=$(passphrase "$1") "$program" store log --json --office "$work/$1" --quiet 2>/dev/null | grep -o '"action"' | wc -l; }

# Of the store with officers: pieces of its rows, as a package of another grant holds them.
SHIRABE_PASSPHRASE_FILE=$work/pass
setup office use provide g-2 --out "$work/prepared" --officer "$work/pack-j.key" --officer "$work/manager-c.key" --officer-passphrase "$work/pass" --officer-passphrase "$work/pass"
"$program" use open "$work"/prepared/extract-g-2/extract-g-2.tar.zst.age --identity "$work/user-v.key" --keys "$work/pack-j.pub,$work/manager-c.pub" --out "$work/in/opened" --passphrase-file "$work/pass" >>"$work/setup" 2>&1
sed 1d "$work/in/opened/data/birth.csv" | cut -d, -f2-30 >"$work/rows"
check 'rows of the store with officers are known' test "$(wc -l <"$work/rows")" -eq 20
cat "$work/rows" >>"$work/words"
while read -r row; do printf %s "$row" | escaped; done <"$work/rows" >>"$work/patterns"

done_=0 refused=0 absent=0
while IFS='|' read -r command class store arguments <&3; do
  case $command in '#'* | '') continue ;; esac
  grep -qx "$command" "$work/program" || { absent=$((absent + 1)); continue; }
  before=$(leaves "$store")
  eval "set -- $arguments"
  first=$1 second=${2-}; shift; [ $# -gt 0 ] && shift
  status=0
  SHIRABE_PASSPHRASE_FILE=$(passphrase "$store")
  trace_writes "$program" "$first" ${second:+"$second"} --office "$work/$store" "$@" || status=$?
  # What it says goes to these two files of the test; what it writes elsewhere is a file of its own.
  outs=$(printf %s "$work/out" | escaped); errs=$(printf %s "$work/err" | escaped)
  grep -vF -e "<$outs>" -e "<$errs>" "$work/writes" >"$work/elsewhere"
  what="$first $second ($command, exit $status)"
  case $status in 0 | 1) done_=$((done_ + 1)) ;; 64 | 65 | 66 | 75 | 77 | 78) refused=$((refused + 1)); [ -n "${VERBOSE:-}" ] && { echo "refused: $what"; head -n 3 "$work/err"; } ;; *) check "$what: ends in a way that is foreseen" false ;; esac
  [ "$class" = door ] || check "$what: no planted value in a file" sh -c '! grep -qF -f "$1" "$2"' sh "$work/patterns" "$work/elsewhere"
  if [ "$class" = quiet ]; then check "$what: none on the terminal" sh -c '! grep -hF -f "$1" "$2" "$3"' sh "$work/words" "$work/out" "$work/err"; fi
  if [ "$class" = shows ]; then check "$what: it shows records, as the list says, and leaves an entry of the log" sh -c 'grep -qF -f "$1" "$2" && [ "$3" -gt "$4" ]' sh "$work/words" "$work/out" "$(leaves "$store")" "$before"; fi
done 3<$list
echo "commands that did their work: $done_, that refused: $refused; lines of commands that are not in this program: $absent"
check "most of them did their work ($done_ of $((done_ + refused)))" test "$done_" -ge 100

# --- the doors: what is written is what was allowed ---
check 'what its person opens holds the rows: so they would have been seen elsewhere' grep -qF -f "$work/rows" "$work/opened/data/birth.csv"
check 'and a letter to an office the number it asks about' grep -qF -f "$work/words" "$work/out-letter.html"
check 'a package is sealed: no planted value outside but in the opened one' sh -c '! grep -rqF -f "$1" "$2" "$3"' sh "$work/words" "$work/packages" "$work/usb"
check 'nor in the bundles of releases' sh -c '! grep -rlF -f "$1" "$2"' sh "$work/words" "$work/outside"
tables=0
for file in "$work"/outside/release/*/tables/*.csv; do
  case $file in *.sdmx.csv) continue ;; esac # a format with headings of its own
  release=${file%/tables/*} tables=$((tables + 1))
  form=long; case $file in *.wide.csv) form=wide ;; esac
  "$program" release check "$file" --codes "$release/codes.csv" --columns "$release/columns.csv" --table $form >"$work/out" 2>"$work/err"; status=$?
  check "our own table $(basename "$release") $(basename "$file") keeps the rules" sh -c '[ "$1" -eq 0 ] && ! grep FAILED "$2"' sh $status "$work/out"
done

check "there were bundles of two surveys ($tables tables)" test "$tables" -ge 10

# --- the test of the test: a library loaded into the program that writes one value to a file, and one that says it ---
if command -v gcc >/dev/null; then
  cat >"$work/leak.c" <<'C'
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
static void __attribute__((destructor)) leak(void) {
  const char *path = getenv("LEAK");
  int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
  if (fd >= 0 && write(fd, "x7719284x", 9) != 9) _exit(1);
}
C
  if gcc -shared -fPIC -o "$work/leak.so" "$work/leak.c" 2>"$work/err"; then
    LEAK=$work/tmp/leaked LD_PRELOAD=$work/leak.so ASAN_OPTIONS=verify_asan_link_order=0:$ASAN_OPTIONS
    export LEAK LD_PRELOAD ASAN_OPTIONS
    SHIRABE_PASSPHRASE_FILE=$work/pass
    trace_writes "$program" ledger status --office "$work/prefecture" vital 2025-12
    unset LEAK LD_PRELOAD
    check 'a planted leak into a file is found' grep -qF -f "$work/patterns" "$work/writes"
    check 'under its path' grep -qF "$(printf %s "$work/tmp/leaked" | escaped)" "$work/writes"
  fi
fi
check 'no command has left a folder in the checkout' test ! -e receipts
printf '%s: %s passed, %s failed, 0 skipped\n' "$title" "$passed" "$failed"
[ "$failed" -eq 0 ]
