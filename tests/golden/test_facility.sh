#!/bin/sh
# test_facility.sh -- the four facility surveys the whole way: generated months with known truth and planted errors go through intake and process run;
# every kind of planted error is found by its check, false alarms are counted (and bounded), figures from full counts equal the truth exactly, those from
# the detail forms lie within their intervals, and `estimate run` gives the same rates. Ends with `facility: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
bin=$(cd "$BUILD" && pwd)
work=$(mktemp -d) || exit 73
trap 'rm -rf "$work"' EXIT
SHIRABE_FORMS=$PWD/forms SHIRABE_LANG=en SHIRABE_CLOCK=2026-12-20T00:00:00Z SHIRABE_PASSPHRASE_FILE=$work/pass
export SHIRABE_FORMS SHIRABE_LANG SHIRABE_CLOCK SHIRABE_PASSPHRASE_FILE
unset SHIRABE_OFFICE SHIRABE_FAULT 2>/dev/null || true
printf 'a passphrase of the tests\n' >"$work/pass"
passed=0 failed=0
at() { office=$1; shift; "$bin/shirabe" "$@" --office "$work/$office" --quiet; }
setup() { at "$@" >"$work/setup" 2>&1 || [ $? -eq 1 ] || { echo "setup failed: $*"; tail -n 5 "$work/setup"; echo 'facility: 0 passed, 1 failed'; exit 1; }; }
holds() { what=$1; shift; if "$@" >"$work/said" 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'FAILED %s\n' "$what"; head -n 12 "$work/said"; fi; }

month=$work/month
"$bin/tests/demo/facility_month" --seed "${SEED:-20251201}" "$month" || { echo 'facility: 0 passed, 1 failed'; exit 1; }
take() { # office, survey/form, period: the spoilt file where there is one and the office is "spoilt"
  file=$month/$(echo "$2" | tr / -)-$3
  [ "$1" = spoilt ] && [ -f "$file-planted.csv" ] && file=$file-planted
  setup "$1" intake file "$file.csv" --form "$2" --period "$3"
}
for office in clean spoilt; do
  setup $office office init --type ministry --code 00 --name 本省 --profile light
  for file in "$month"/hospital_report-patient-*.csv; do
    case $file in *planted*) continue ;; esac
    take $office hospital_report/patient "$(basename "$file" .csv | cut -d- -f3-4)"
  done
  take $office hospital_report/register 2025-12
  for m in 07 09 10; do take $office medical_facility/register 2026-$m; done
  for m in 07 08 09; do take $office medical_facility/notice 2026-$m; done
  take $office medical_facility/static 2026
  take $office medical_facility/population 2026
  for survey in welfare_facility care_service; do
    take $office $survey/register 2025
    take $office $survey/detail 2024
    take $office $survey/detail 2025
  done
done

# --- process run: what fails which check, by facility ---
run() { at "$1" process run "$2" "$3" ${4:+--frame-period "$4"} >"$work/run-$1-$(echo "$2" | tr / -)" 2>"$work/err" || [ $? -eq 1 ] || { cat "$work/err"; failed=$((failed + 1)); }; }
for office in clean spoilt; do
  run $office hospital_report/patient 2025-11 2025-12
  run $office hospital_report/patient 2025-12
  run $office medical_facility/notice 2026-09
  run $office medical_facility/static 2026 2026-10
  for survey in welfare_facility care_service; do
    run $office $survey/register 2025
    run $office $survey/detail 2024 2025
    run $office $survey/detail 2025
  done
done
failures() { awk -v check="$2" '$1 == check && ($2 == "hard" || $2 == "soft") { print $3; found = 1 } END { if (!found) print 0 }' "$work/run-$1"; } # run, check
units() { awk -v line="$2" 'index($0, line) == 1 { print $(NF - 1) }' "$work/run-$1"; }
planted() { awk -F, -v form="$1" -v check="$2" 'NR > 1 && $1 == form && $5 == check' "$month/planted.csv" | wc -l; }
at_least() { [ "$1" -ge "$2" ] || { echo "$1 is less than $2"; false; }; }
at_most() { [ "$1" -le "$2" ] || { echo "$1 is more than $2"; false; }; }
equal() { [ "$1" = "$2" ] || { echo "$1 is not $2"; false; }; }
total=0 kinds=0
for form in hospital_report/patient medical_facility/notice medical_facility/static welfare_facility/detail care_service/detail; do
  name=$(echo "$form" | tr / -)
  for check in $(awk -F, -v form="$form" 'NR > 1 && $1 == form { print $5 }' "$month/planted.csv" | sort -u); do
    n=$(planted "$form" "$check") f=$(failures "spoilt-$name" "$check") c=$(failures "clean-$name" "$check")
    total=$((total + n)) kinds=$((kinds + 1))
    holds "$form $check: every one of $n planted errors is found" at_least $((f - c)) "$n"
  done
  bad=$(units "clean-$name" 'fail a hard check') soft=$(units "clean-$name" 'fail a soft check') all=$(units "clean-$name" records)
  printf '%-26s %4d records: false alarms in the month without errors: %d hard, %d soft\n' "$form" "$all" "$bad" "$soft"
  if [ "$form" = medical_facility/static ]; then # what changed without a notice, and nothing else
    silent=$(awk -F, '$1 == "medical_facility" && $4 == "differences" && $3 != "only_in_roll_forward" { s += $5 } END { print s }' "$month/truth.csv")
    holds "$form: alarms for the $silent changes without a notice alone" equal $((bad + soft)) "$silent"
    continue
  fi
  holds "$form: no false alarm" at_most $((bad + soft)) 0
done
printf 'planted %d errors of %d kinds\n' "$total" "$kinds"
holds 'errors of at least 50 kinds are planted' at_least "$kinds" 50
holds 'in the spoilt month only spoilt reports fail' equal "$(($(units spoilt-hospital_report-patient 'fail a hard check') + $(units spoilt-hospital_report-patient 'fail a soft check')))" \
  "$(awk -F, '$1 == "hospital_report/patient"' "$month/planted.csv" | wc -l)"

# --- figures against the truth: num/den of the generator beside the value, the numerator and the denominator of the table ---
figure() { office=$1; shift; at "$office" estimate facility "$@" --as csv >"$work/out" 2>"$work/err" || [ $? -eq 1 ] || { cat "$work/err"; false; }; }
cat >"$work/compare.py" <<'P'
import csv, sys
truth_file, survey, period, table, rule = sys.argv[1:6]
value_of = dict(x.split('=') for x in sys.argv[6:])  # measure of the truth = column of the table
rows = list(csv.DictReader(open(table)))
truth = [r for r in csv.DictReader(open(truth_file)) if r['survey'] == survey and r['period'] == period and r['measure'] in value_of]
key = [k for k in ('bed_type', 'facility_type', 'service_kind', 'area', 'reason') if k in rows[0]][0]
part = [k for k in ('measure', 'line') if k in rows[0]]
checked = wrong = inside = with_se = 0
for t in truth:
    column = value_of[t['measure']]
    found = [r for r in rows if r[key] == t['class'] and (not part or r[part[0]] == t['measure'])]
    n, d = float(t['numerator']), float(t['denominator'])
    if not found or not d:
        continue
    v = found[0][column]
    if v == '':
        wrong += found[0][column + '_status'] == 'shown'
        continue
    scale = {'occupancy': 100, 'use': 100}.get(t['measure'], 1)
    right, v, se = n / d * scale, float(v), found[0].get(column + '_se', '')
    digits = len(found[0][column].partition('.')[2])
    half = 0.5 * 10 ** -digits + 1e-9
    checked += 1
    if rule == 'exact':
        if abs(v - right) > half:
            wrong += 1
            print(t['class'], t['measure'], v, right)
    elif se and float(se) > 0:
        with_se += 1
        inside += abs(v - right) <= 1.96 * float(se) + half
        if abs(v - right) > 4 * float(se) + half:
            wrong += 1
            print(t['class'], t['measure'], v, right, se)
    elif abs(v - right) > half:
        wrong += 1
        print(t['class'], t['measure'], v, right)
print('%s %s: %d figures, %d wrong, %d of %d within 95 per cent intervals' % (survey, period, checked, wrong, inside, with_se))
sys.exit(1 if wrong or checked < 4 or (with_se and inside < 0.75 * with_se) else 0)
P
compare() { what=$1; shift; holds "$what" python3 "$work/compare.py" "$month/truth.csv" "$@"; tail -n 1 "$work/said"; }
figure clean occupancy hospital_report 2025-12; compare 'a month: patients a day, occupancy' hospital_report 2025-12 "$work/out" exact patients_a_day=patients_a_day occupancy=occupancy
at clean estimate facility occupancy hospital_report 2025-12 >"$work/out" 2>&1
holds 'all facilities reported' grep -q '600 of 600 open facilities of the register reported in 1 months' "$work/out"
at clean estimate facility stay hospital_report 2025-05 >"$work/out" 2>&1
holds 'a month that was not processed stops, and says what to do' grep -q 'or use --stage received' "$work/out"
at spoilt estimate facility stay hospital_report 2025-11 --stage received >"$work/out" 2>&1
holds 'a month without a register says so' grep -q 'no register for 1 months' "$work/out"
figure clean occupancy hospital_report 2025 --stage received; compare 'a year: patients a day, both occupancies' hospital_report 2025 "$work/out" exact patients_a_day=patients_a_day use=occupancy_by_days_unconfirmed mean_occupancy=occupancy_mean_of_months
figure clean stay hospital_report 2025-12; compare 'a month: mean stay' hospital_report 2025-12 "$work/out" exact stay=mean_stay
figure clean stay hospital_report 2025 --stage received; compare 'a year: mean stay from yearly sums' hospital_report 2025 "$work/out" exact stay=mean_stay
at clean estimate facility balance hospital_report 2025-12 --from 2024-12 --stage received >"$work/out" 2>&1
holds 'every report follows from the month before' grep -q '^33120 checked, 2760 without a month before, 0 with a missing item; 0 differences, 0 ' "$work/out"
at spoilt estimate facility balance hospital_report 2025-12 --from 2025-11 --stage received --json >"$work/out" 2>&1
holds 'a period of another month stops' grep -q E6656 "$work/out"
figure clean reconcile medical_facility 2026 --from 2026-07 --stage received; compare 'what was not noticed, by reason' medical_facility 2026 "$work/out" exact differences=institutions
figure clean beds medical_facility 2026 --stage received
compare 'beds per 100,000 and physicians' medical_facility 2026 "$work/out" exact $(for b in psy inf tb lt gen clinic; do printf 'beds_%s_per_100000=value ' $b; done) beds_per_100000=value physicians_fte_per_100_beds=value
figure clean stock medical_facility 2026-09 --from 2026-07 --stage received
for m in 07 08 09; do
  right=$(awk -F, -v p=2026-$m '$2 == p { v[$3] = $5 } END { print v["start"] "," v["opened"] "," v["reopened"] "," v["closed"] "," v["suspended"] "," v["end"] }' "$month/truth.csv")
  now=$(awk -F, -v p=2026-$m 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i } $1 == p && $2 == "_T" { print $c["start"] "," $c["opened"] "," $c["reopened"] "," $c["closed"] "," $c["suspended"] "," $c["end"] }' "$work/out")
  holds "stock of 2026-$m" equal "$now" "$right"
done
figure clean stock medical_facility 2026-09 --from 2026-07 --table beds --stage received
right=$(awk -F, '$2 == "2026-09" && $3 == "end" { print $6 }' "$month/truth.csv")
holds 'beds at the end of September' equal "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i } $1 == "2026-09" && $2 == "_T" { print $c["end"] }' "$work/out")" "$right"
at spoilt estimate facility notices medical_facility 2026-09 --from 2026-07 --stage received >"$work/out" 2>&1
holds 'notices that do not fit are refused and listed' grep -q ', 16 refused, 4 with other beds before$' "$work/out"
figure clean welfare welfare_facility 2025
compare 'welfare within its intervals' welfare_facility 2025 "$work/out" interval facilities=value users=value users_per_100_places=value users_per_facility=value staff_fte=value fte_per_facility=value fte_per_100_users=value
cp "$work/out" "$work/welfare.csv"
figure clean care care_service 2025
compare 'care within its intervals' care_service 2025 "$work/out" interval facilities=value users=value users_per_100_places=value mean_care_level=value support_users=value mean_stay_days=value staff_fte=value fte_per_facility=value fte_per_100_users=value

# --- the tables of estimate run: the same rates, the same errors ---
# Exit status 1: a table of few units cannot go out as it is.
made() { at clean estimate run "$1" "$2" >"$work/out" 2>&1; [ $? -le 1 ] && [ "$(grep -c ' rows, ' "$work/out")" -ge "$3" ] || { cat "$work/out"; false; }; }
holds 'tables of the Hospital Report' made hospital_report 2025-12 5
holds 'tables of the notices' made medical_facility 2026-09 4
holds 'tables of the static survey' made medical_facility 2026 5
holds 'tables of welfare' made welfare_facility 2025 5
holds 'tables of care' made care_service 2025 6
at clean estimate table welfare_facility 2025 users --as long >"$work/long" 2>"$work/err"
run_se=$(awk -F'"' '/^_T,"rate\(users_total,capacity,100\)"/ { split($3, f, ","); printf "%.9f", f[3] }' "$work/long")
own_se=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i } $1 == "_T" && $2 == "users_per_100_places" { printf "%.9f", $c["value_se"] }' "$work/welfare.csv")
holds 'both ways give one standard error' equal "$run_se" "$own_se"
figure clean welfare welfare_facility 2025; cp "$work/out" "$work/one"
for threads in 1 2 8; do figure clean welfare welfare_facility 2025 --threads $threads; holds "$threads threads: the same bytes" cmp "$work/one" "$work/out"; done
printf 'facility: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
