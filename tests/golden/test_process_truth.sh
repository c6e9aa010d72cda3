#!/bin/sh
# test_process_truth.sh -- errors planted in a generated month of the labour survey, whose right answers are known: how many are found, how many right values are flagged, how far
# the totals are off before and after, how near imputed values come. Prints the figures; the bounds are wide of what one machine or seed gives. Also the rules across records of both surveys.
# Ends with `process truth: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
bin=$(cd "$BUILD" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SHIRABE_FORMS=$PWD/forms SHIRABE_LANG=en SHIRABE_CLOCK=2026-02-20T00:00:00Z SHIRABE_PASSPHRASE_FILE=$work/pass
export SHIRABE_FORMS SHIRABE_LANG SHIRABE_CLOCK SHIRABE_PASSPHRASE_FILE
unset SHIRABE_OFFICE SHIRABE_FAULT 2>/dev/null || true
printf 'a passphrase of the tests\n' >"$work/pass"
passed=0 failed=0
office() { "$bin/shirabe" "$@" --office "$work/office" --quiet; }
setup() { office "$@" >"$work/setup" 2>&1 || [ $? -eq 1 ] || { echo "setup failed: $*"; tail -n 5 "$work/setup"; echo 'process truth: 0 passed, 1 failed'; exit 1; }; }
holds() { what=$1; shift; if [ "$@" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'FAILED %s: %s\n' "$what" "$*"; fi; }

"$bin/tests/demo/generate" --seed 20251201 "$work/sent" >/dev/null
month=$work/sent/mls/establishment-01-2025-12.csv
[ -f "$month" ] || month=$(ls "$work"/sent/mls/establishment-*-2025-12.csv | head -n 1)
# Kinds of error in turn, one in every sixth answered questionnaire: a figure with one place too many, a total off by nine, two figures exchanged, thousand times, an empty part-time cell.
awk -F, -v OFS=, -v truth="$work/truth" '
  NR == 1 { for (i = 1; i <= NF; i++) { h = $i; gsub(/"|\r|\357\273\277/, "", h); at[h] = i } print; next }
  { answered = $4 == "0" || $4 == "\"0\""; n += answered; rec = NR - 1
    if (answered && n % 6 == 0) { k = n / 6 % 5
      if (k == 0) { c = at["所定内労働時間数（延べ）（男）"]; kind = "tenfold"; new = $c * 10 }
      if (k == 1) { c = at["出勤日数（延べ）（計）"]; kind = "off_by_nine"; new = $c + 9 }
      if (k == 2) { c = at["本調査期間末の常用労働者数（女）"]; kind = "miscounted"; new = $c + 3 }
      if (k == 3) { c = at["きまって支給する給与（パートタイム）"]; kind = "thousand_times"; new = $c * 1000 }
      if (k == 4) { c = at["所定内労働時間数（延べ）（計）"]; kind = "empty"; new = "" }
      if ($c != "" && $c + 0 > 0 && $c ~ /^[0-9]+$/) { print rec, kind, c, $c > truth; $c = new } }
    print }' "$month" >"$work/month.csv"
planted=$(wc -l <"$work/truth")
holds 'errors are planted' "$planted" -ge 15

"$bin/shirabe" office init --office "$work/office" --type ministry --code 00 --name 本省 --profile light >"$work/setup" 2>&1 || { cat "$work/setup"; echo 'process truth: 0 passed, 1 failed'; exit 1; }
setup intake file "$work/month.csv" --form mls/establishment --period 2025-12
setup intake file "$work/sent/mls/register-2025-12.csv" --form mls/register --period 2025-12
office process run mls/establishment 2025-12 --json >"$work/run.json" 2>"$work/err" || [ $? -eq 1 ] || { cat "$work/err"; echo 'process truth: 0 passed, 1 failed'; exit 1; }
office process explain mls/establishment 2025-12 1 --json >"$work/probe" 2>/dev/null
names=$(sed -n '2,$p' forms/library/mls/establishment/2018/items.csv | cut -d, -f1,2)
item_of() { echo "$names" | awk -F, -v h="$1" '$2 == h { print $1 }'; }
headings=$(head -n 1 "$work/month.csv" | sed 's/^\xef\xbb\xbf//' | tr -d '"\r')
: >"$work/report"
while IFS=, read -r record kind column right; do
  item=$(item_of "$(echo "$headings" | cut -d, -f"$column")")
  office process explain mls/establishment 2025-12 "$record" --json --show-values >"$work/story" 2>/dev/null
  python3 - "$work/story" "$item" "$right" "$kind" >>"$work/report" <<'P'
import json, sys
story = json.load(open(sys.argv[1])); item, right, kind = sys.argv[2], int(sys.argv[3]), sys.argv[4]
flagged = {f['item'] for f in story['flags']}
changes = [c for c in story['changes'] if c['item'] == item and c['new_value'] != '']
value = int(changes[-1]['new_value']) if changes else None
print(kind, item, int(item in flagged or bool(changes)), len(flagged), int(value is not None), int(value == right), int(value is not None and abs(value - right) <= 0.2 * right), value if value is not None else '-', right, int(item in flagged))
P
done <"$work/truth"
awk '{ n[$1]++; d[$1] += $4 > 0 || $3 > 0; f[$1] += $3; i[$1] += $5; e[$1] += $6; c[$1] += $7 } END { for (k in n) printf "%-16s %8d %8d %8d %8d %8d %10d\n", k, n[k], d[k], f[k], i[k], e[k], c[k] }' "$work/report" | sort >"$work/kinds"
printf '%-16s %8s %8s %8s %8s %8s %10s\n' error planted found located imputed exact 'within 20%'
cat "$work/kinds"
found=$(awk '{ s += $4 > 0 || $3 > 0 } END { print s + 0 }' "$work/report") located=$(awk '{ s += $3 } END { print s + 0 }' "$work/report") imputed=$(awk '{ s += $5 } END { print s + 0 }' "$work/report")
exact=$(awk '{ s += $6 } END { print s + 0 }' "$work/report") near=$(awk '{ s += $7 } END { print s + 0 }' "$work/report") 
answered=$(awk -F, 'NR > 1 && ($4 == "0" || $4 == "\"0\"")' "$work/month.csv" | wc -l)
gaps=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) { h = $i; gsub(/"|\r|\357\273\277/, "", h); if (h == "うち超過労働給与（計）") c = i; if (h == "うち超過労働給与（パートタイム）") d = i } } NR > 1 && ($4 == "0" || $4 == "\"0\"") { s += ($c == "") + ($d == "") } END { print s + 0 }' "$work/month.csv")
flags=$(grep -o '"flags":[0-9]*' "$work/run.json" | head -n 1 | cut -d: -f2)
on_spoilt=$(awk '{ s += $10 } END { print s + 0 }' "$work/report")
false_alarms=$((flags - on_spoilt - gaps))
printf 'planted %s: record found %s, the very item located %s; values imputed %s, exactly right %s, within 20 per cent %s\n' "$planted" "$found" "$located" "$imputed" "$exact" "$near"
printf 'flags %s: %s on spoilt values, %s on empty answers of the month, %s on right values (of %s records)\n' "$flags" "$on_spoilt" "$gaps" "$false_alarms" "$answered"
holds 'at least 95 of 100 spoilt records are found' $((found * 100)) -ge $((planted * 95))
holds 'in at least 9 of 10 the very item is located' $((located * 10)) -ge $((planted * 9))
nine=$(awk '$1 == "off_by_nine" { n++; s += $10 } END { print (n > 0 && s * 10 >= n * 7) }' "$work/report")
holds 'a total of days off by nine is put down to the total in at least 7 of 10' "$nine" -eq 1
holds 'at most 3 right values flagged for 10 errors' $((false_alarms * 10)) -le $((planted * 3))
holds 'at least 9 of 10 imputed values are exactly right' $((exact * 10)) -ge $((imputed * 9))
holds 'at least 9 of 10 imputed values lie within 20 per cent of the truth' $((near * 10)) -ge $((imputed * 9))
# --- totals: as received and after all steps, against the true total of the answered questionnaires ---
bias() { # heading, item
  right=$(awk -F, -v h="$1" 'NR == 1 { for (i = 1; i <= NF; i++) { x = $i; gsub(/"|\r|\357\273\277/, "", x); if (x == h) c = i } } NR > 1 { s += $c } END { printf "%.0f", s }' "$month")
  python3 - "$work/run.json" "$2" "$right" <<'P'
import json, sys
rows = [e for e in json.load(open(sys.argv[1]))['effects'] if e['item'] == sys.argv[2] and e['weighting'] == 'none']
right = float(sys.argv[3])
b, a = [100 * (float(r['total']) / right - 1) for r in sorted(rows, key=lambda r: r['stage'] != 'before')]
print('%-9s bias before %+9.3f %%, after %+7.3f %%' % (sys.argv[2], b, a))
sys.exit(0 if abs(a) <= 0.5 and abs(a) <= abs(b) + 0.001 else 1)
P
}
bias '所定内労働時間数（延べ）（計）' hs_total; holds 'hours: off by at most 0.5 per cent and no worse than received' $? -eq 0
bias '出勤日数（延べ）（計）' d_total; holds 'days' $? -eq 0
bias 'きまって支給する給与（パートタイム）' c_part; holds 'part-time pay' $? -eq 0
grep -q '"weighting":"design"' "$work/run.json"; holds 'weighted totals stand beside' $? -eq 0
# --- rules across records of vital statistics: the same birth twice, twins of one order, a hole in the event book ---
header=$(sed -n "s/^slip_header='\(.*\)'$/\1/p" tests/golden/bad_input_csv.sh)
slip='011002,HC0101,2025,NUMBER,2025-12-10,2025-12-11,1,01,,0,01,011011,1,2,2025-11-30,9,5,1,1992-03-05,1994-02-28,33,31,1,1,2020-04,3,0,3021,0,49.5,PLURAL,ORDER,1,39,3,2,0,2,1'
one() { printf '%s\n' "$slip" | sed "s/NUMBER/$1/; s/PLURAL/$2/; s/ORDER/$3/; s/1994-02-28/$4/"; }
{ printf '%s\n' "$header"; one 1 1 1 1994-02-28; one 2 1 1 1994-02-28; one 3 1 1 1994-02-27; one 4 2 1 1994-02-26; one 5 2 1 1994-02-26; one 6 2 1 1994-02-25; one 7 2 2 1994-02-25; one 9 2 1 1994-02-24; } >"$work/births.csv"
setup intake file "$work/births.csv" --form vital/birth --period 2025-12
office process run vital/birth 2025-12 --json >"$work/births.json" 2>/dev/null
counts() { grep -o "{\"id\":\"$1\"[^}]*}" "$work/births.json" | grep -o '"\(passed\|failed\)":[0-9]*' | tr -d '"' | tr '\n' ' '; }
holds 'G06: two slips of one birth' "$(counts G06)" = 'passed:1 failed:2 '
holds 'B04m: twins of one order' "$(counts B04m)" = 'passed:3 failed:2 '
holds 'B04n: a twin alone' "$(counts B04n)" = 'passed:4 failed:1 '
holds 'G04g: a number is missing, told once per book' "$(counts G04g)" = 'passed:7 failed:1 '
holds 'T02: too few to judge' "$(counts T02)" = 'passed:8 failed:0 '
printf 'process truth: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
