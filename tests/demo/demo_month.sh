# demo_month.sh -- a month of microdata: offices, intake, seal, forward, receive, a lost month, receipts. Sourced by demo.sh.
seed=${SEED:-20251201}
DEMO_CLOCK=2026-01-05T05:00:00Z
"$BUILD/tests/demo/generate" ${SMALL:+--small} --seed "$seed" "$work/in" || fail "the generator"
n_offices=$(($(wc -l <"$work/in/offices.csv") - 1))
truth() { awk -F, -v p="$1" -v o="$2" -v i="$3" -v k="$4" '$1 == p && (o == "" || $2 == o) && (i == "" || $4 == i) && $5 == k {n += $6} END {print n + 0}' "$work/in/truth.csv"; }

title "A month of microdata: $n_offices offices / 1か月の調査票：$n_offices 機関"
ministry=ministry-mhlw
for type in ministry prefecture health_centre municipality; do awk -F, -v t="$type" 'NR > 1 && $2 == t' "$work/in/offices.csv" | two_at_a_time office_init; done
awk -F, 'NR > 1 && $5 != "" {print $5}' "$work/in/offices.csv" | sort -u | two_at_a_time office_enrol
for office in $(awk -F, 'NR > 1 {print $1}' "$work/in/offices.csv"); do mkdir -p "$work/media/$office"; done
[ -z "${KEEP:-}" ] || cp -R "$work/offices" "$work/offices.new" # a test receives into copies in another order
say "made and enrolled: $(awk -F, 'NR > 1 {n[$2]++} END {printf "%d municipalities, %d health centres, %d prefectures, 1 ministry", n["municipality"], n["health_centre"], n["prefecture"]}' "$work/in/offices.csv")"

# --- municipalities ---
sed 1d "$work/in/slips.csv" | two_at_a_time municipality
count_of() { # word in the intake reports of all municipalities
  cat "$work"/log/municipality-*-birth "$work"/log/municipality-*-death | awk -v w="$1" '$1 == w {n += $NF} $2 == w {n += $3} END {print n + 0}'
}
rows_accepted=$(count_of accepted) rows_rejected=$(count_of rejected) rows_duplicate=$(count_of duplicate)
say "municipalities took in births and deaths of December 2025 (batch month 2026-01):"
printf '  %-42s %8s %8s\n' "" "truth" "intake"
for word in accepted rejected duplicate; do
  eval "found=\$rows_$word"
  planted=$(truth count "" "" "$word")
  printf '  %-42s %8s %8s\n' "$word" "$planted" "$found"
  [ "$planted" -eq "$found" ] || fail "$word: $found, planted $planted"
done
problems_found=$(cat "$work"/log/municipality-*-birth "$work"/log/municipality-*-death | awk '$1 == "problems" {n += $2} END {print n + 0}')
problems_planted=$(awk -F, '$1 == "problem" && $2 ~ /-(birth|death)\.csv$/' "$work/in/truth.csv" | wc -l)
printf '  %-42s %8s %8s\n' "problems, each with file:line:column" "$problems_planted" "$problems_found"
[ "$problems_planted" -eq "$problems_found" ] || fail "$problems_found problems, planted $problems_planted"
say "for example:"
grep -h -A2 -E '^[0-9]+-(birth|death)\.csv:[0-9]+:[0-9]+: ' "$work"/log/municipality-?????? | grep -v '^--' | head -n 6 | sed 's/^/  /'
wrong=$(awk -F, '$5 == "wrong_total" {print $1}' "$work/in/slips.csv")
say "a wrong total on the transmittal slip of $wrong was not sealed, then corrected:"
sed 's/^/  /' "$work/wrong_total"

mkdir -p "$work/media/mls"
awk -F, '$2 == "prefecture" {print $1}' "$work/in/offices.csv" | two_at_a_time prefecture_mls

# --- up: health centres, prefectures, ministry ---
awk -F, '$2 == "health_centre" {print $1}' "$work/in/offices.csv" | two_at_a_time receive_and_forward
# One city comes after its health centre has forwarded, and is forgotten there.
forgotten=$(awk -F, '$5 == "forgotten" {print $1}' "$work/in/slips.csv")
centre=$(awk -F, -v i="$forgotten" '$1 == i {print $5}' "$work/in/offices.csv")
DEMO_CLOCK=2026-01-27T05:00:00Z
must "$centre" batch receive --from "$work/media/forgotten" --receipts "$work/receipts" >"$work/log/$centre-forgot"
awk -F, '$2 == "prefecture" {print $1}' "$work/in/offices.csv" | two_at_a_time receive_and_forward
DEMO_CLOCK=2026-03-10T05:00:00Z
must $ministry ledger roster "$work/in/roster.csv" >/dev/null
for pass in first again; do must $ministry batch receive --from "$work/media/$ministry" --receipts "$work/receipts" >"$work/log/ministry-$pass"; done
say "health centres and prefectures received and forwarded; the ministry received, and received the same media again:"
sed 's/^/  /' "$work/log/ministry-first" "$work/log/ministry-again"
grep -q 'received 0, already here' "$work/log/ministry-again" || fail "a replayed batch was taken in twice"

# --- the roster: the lost month shouts ---
title "Who has reported / 提出状況"
status=0
at $ministry ledger status vital 2026-01 >"$work/status" || status=$?
[ "$status" -eq 1 ] || fail "a missing month does not show in the exit status ($status)"
sed -n 1p "$work/status"
grep -E 'missing|late' "$work/status" || fail "the lost month does not show"
say "  ... and $(grep -c ' received ' "$work/status") lines received"
at $ministry ledger gaps vital 2026-01 >"$work/gaps" || true
grep "^missing" "$work/gaps"
[ "$(grep '^missing' "$work/gaps" | awk '{print $2}' | sort -u)" = "$forgotten" ] || fail "not exactly $forgotten is missing"
[ "$(grep -c ' late ' "$work/status")" -eq 2 ] || fail "the late batch does not show as late"
at "$centre" ledger gaps vital 2026-01 >"$work/gaps-centre" || true
say "at its health centre, $centre:"
grep not_forwarded "$work/gaps-centre" | sed 's/^/  /' || fail "the health centre is not told what it forgot"
must $ministry ledger balance vital 2026-01
expected=$(($(truth count "" "" declared) - $(truth count "$forgotten" "" declared) - $(awk -F, '$1 == "count" && $2 ~ /^prefecture/ {n += $6} END {print n + 0}' "$work/in/truth.csv")))
grep_declared=$(at $ministry ledger balance vital 2026-01 | sed 's/declared \([0-9]*\).*/\1/')
[ "$grep_declared" -eq "$expected" ] || fail "declared $grep_declared at the ministry, the municipalities declared $expected"

# --- receipts, one level down ---
find "$work/receipts" -name 'receipt-vital-*' | sort | two_at_a_time take_receipt
for office in $(awk -F, 'NR > 1 && $2 == "municipality" {print $1}' "$work/in/offices.csv" | head -n 3); do
  at "$office" ledger gaps vital 2026-01 >"$work/gaps-$office" || fail "$office still waits for a receipt"
done
say "receipts went back to $(find "$work/receipts" -name 'receipt-vital-*' | wc -l) senders"
