# demo_release.sh -- the ministry's month in one command each: tables beside the truth, a figure that explains itself, a flipped bit, the verified log.
# Sourced by demo.sh after demo_month.sh.
DEMO_CLOCK=2026-03-10T06:00:00Z
title "The month at the ministry / 本省の1か月"
status=0
at $ministry run vital 2026-01 --from "$work/media/$ministry" --receipts "$work/receipts" --out "$work/release" >"$work/run-vital" || status=$?
grep -v '/release/vital' "$work/run-vital" | awk '$1 == "table" && ++tables > 4 {next} {print "  " $0} END {printf "    ... and %d more tables\n", tables - 4}' | cut -c1-150
grep -q 'incomplete: 2 of' "$work/run-vital" || fail "the run does not say that a month is missing"
[ "$status" -eq 1 ] || fail "a run with a missing month ends with $status"
say ""
must $ministry estimate table vital 2026-01 births_prefecture_sex --as csv >"$work/births.csv"
must $ministry estimate table vital 2026-01 births_prefecture_sex
must $ministry estimate table vital 2026-01 deaths_prefecture_sex --as csv >"$work/deaths.csv"
for form in births deaths; do
  awk -F, -v t="${form}_prefecture_sex" '
    NR == FNR { if ($1 == "table" && $2 == t) { split($4, s, " "); truth[$3 "," s[2]] = $6; total += $6; cells++ } next }
    FNR > 1 && ($1 "," $2) in truth { seen++; if ($3 != truth[$1 "," $2]) { print t, $1, $2, $3, truth[$1 "," $2]; bad++ } }
    FNR > 1 && $1 == "_T" && $2 == "_T" && $3 != total { print t, "total", $3, total; bad++ }
    END { exit bad > 0 || seen != cells || !cells }' "$work/in/truth.csv" "$work/$form.csv" || fail "$form by prefecture and sex are not the true counts of what arrived"
done
say "  every count is the true count of what arrived (真値と一致)"

title "Labour survey beside the truth / 毎月勤労統計：推計と真値"
for form in register stratum cell; do must $ministry intake file "$work/in/mls/$form-2025-12.csv" --form "mls/$form" --period 2025-12 >"$work/log/ministry-$form"; done
# November first: December's missing values move with last month's, and its checks look back.
must $ministry batch receive --from "$work/media/mls" --receipts "$work/receipts" >"$work/log/ministry-mls"
at_or_1 $ministry process run mls/establishment 2025-11 --frame-period 2025-12 >"$work/log/ministry-november"
status=0
at $ministry run mls 2025-12 --from "$work/media/mls" --receipts "$work/receipts" --out "$work/release" >"$work/run-mls" || status=$?
[ "$status" -le 1 ] || { cat "$work/run-mls"; tail -n 5 "$work/log/$ministry" >&2; fail "run mls (exit $status)"; }
grep -E '^(receive|ledger|process)' "$work/run-mls" | sed 's/^/  /'
must $ministry estimate table mls 2025-12 main --as csv >"$work/main.csv"
printf '  %-9s %-4s %12s %12s %10s %12s\n' "industry/" "" "truth" "estimate" "std.error" "difference/"
printf '  %-9s %-4s %12s %12s %10s %12s\n' "size" "" "真値" "推計値" "標準誤差" "std.error"
awk -F, -v small="${SMALL:-}" '
  NR == FNR { if ($1 == "mls" && $2 ~ /\//) { truth[$2 "/" $4] = $6; order[++n] = $2 "/" $4 } next }
  FNR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
  $3 == "T" { for (c in column) value[$1 "/" $2 "/" c] = $(column[c]) }
  END {
    for (i = 1; i <= n; i++) {
      k = order[i]; t = truth[k]; v = value[k]; se = value[k "_se"]; split(k, part, "/")
      if (v == "") { hidden++; continue }
      figures++
      # A complete stratum has no error but in overtime pay, where single figures are imputed. What rounding adds is no sampling error.
      half = part[3] ~ /^(D|Hs|Ho)$/ ? 0.0501 : 0.501; d = v - t; rounded = d > -half && d < half
      if (part[3] == "e0" && v != t) { print "workers at the start are not the benchmark: " k; bad++ }
      if (se != "" && se + 0 == 0 && !rounded && part[3] != "O") { print "complete stratum differs from the truth: " k, t, v; bad++ }
      if (se + 0 > 0) { d = d > half ? d - half : d < -half ? d + half : 0; z = d / se; z = z < 0 ? -z : z; judged++; if (z < 2) near++; if (z > 6) { print "far from the truth: " k, t, v, se; bad++ } }
      if (part[1] == "TL" || k ~ /^E\/[135]\/C$/)
        printf("  %-9s %-4s %12s %12s %10s %12s\n", part[1] "/" part[2], part[3], t, v, se == "" ? "" : sprintf("%.2f", se), se + 0 > 0 ? sprintf("%+.1f", d / se) : se == "" ? "" : "complete")
    }
    printf "  %d figures; of %d with a sampling error %d lie within two standard errors of the truth, none beyond six; %d suppressed\n", figures, judged, near, hidden
    exit bad > 0 || near < judged * 0.7 || (!small && figures < 150)
  }' "$work/in/truth.csv" "$work/main.csv" || fail "the estimates do not lie where their standard errors say"

title "A figure that explains itself / 数値の由来"
cell=mls-2025-12/main'?industry=E&size=5&worker_form=T:C'
must $ministry explain "$cell" >"$work/explain"
cut -c1-150 "$work/explain" | sed 's/^/  /'
grep -q 'the same bits' "$work/explain" || fail "explain does not come to the same bits"
# One bit of one sealed segment, in a copy.
cp -R "$work/offices/$ministry" "$work/offices/flipped"
cp "$work/keys/$ministry" "$work/keys/flipped"
pack=
for p in "$work"/offices/flipped/segments/*.pack; do
  if at flipped store show --pack "${p##*/}" | grep -q 'mls/establishment/2025-12/received .* c_total '; then pack=$p; break; fi
done
[ -n "$pack" ] || fail "no pack holds the questionnaires"
for at_byte in 3000 6000 9000; do
  byte=$(od -An -tu1 -j "$at_byte" -N 1 "$pack")
  # shellcheck disable=SC2059
  printf "\\$(printf '%03o' $((byte ^ 1)))" | dd of="$pack" bs=1 seek="$at_byte" conv=notrunc 2>/dev/null
done
status=0
at flipped store verify --open >"$work/flipped" || status=$?
[ "$status" -eq 1 ] || fail "a flipped bit is not found by store verify ($status)"
say "  three flipped bits in a copy:"
grep -h 'error\[' "$work/log/flipped" | sed "s|$work/offices/||g" | cut -c1-150 | head -n 2 | sed 's/^/    /'
status=0
at flipped explain "$cell" >"$work/flipped" || status=$?
[ "$status" -ge 65 ] || fail "a flipped bit is not found by explain ($status)"

title "The ministry's store / 保管庫とアクセスログ"
must $ministry store verify --open >"$work/verify"
sed 's/^/  /' "$work/verify"
grep -q 'problems: 0' "$work/verify" || fail "store verify"
