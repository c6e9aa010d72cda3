# demo_published.sh -- published figures as input: taken in at a ministry's office, through the form library and its tables.csv, beside what was published.
# Sourced by demo.sh. The tables of tests/reference name their sources (SOURCES.md); here their columns are put in the order of the form's layout.
reference=$root/tests/reference
ALTER=${ALTER:-} # a test adds 1 to one unit cell and expects the comparison to fail

title "Published figures / 公表値からの再計算"
office_init "published,ministry,mhlw,厚生労働省,"
DEMO_CLOCK=2026-03-10T05:00:00Z
cut -d, -f2-4,6-16 "$reference/mls_2025-12_unit_cells.csv" >"$work/in/unitcell.csv"
if [ -n "$ALTER" ]; then
  awk -F, -v OFS=, '$1 == "E" && $2 == "5" && $3 == "T" {$7 += 1} {print}' "$work/in/unitcell.csv" >"$work/in/altered.csv"
  mv "$work/in/altered.csv" "$work/in/unitcell.csv"
fi
awk -F, -v OFS=, 'NR == 1 {print "sex,age_from,age_to,prefecture,population,vintage"; next} {print $1, $2, $3, "", $4, ""}' "$reference/vital_2015_population.csv" >"$work/in/population.csv"
awk -F, -v OFS=, 'NR == 1 {print "sex,age_from,age_to,prefecture,deaths"; next} {print $1, $2, $3, "", $4}' "$reference/vital_2015_deaths_by_age.csv" >"$work/in/deaths_by_age.csv"
# Births at 45 and over belong to the women of 45 to 49: the last group is closed for the rate.
awk -F, -v OFS=, 'NR == 1 {print "age_from,age_to,prefecture,births,women"; next} {print $1, ($1 == 45 ? 49 : $2), "", $3, $4}' "$reference/vital_2015_births_by_age.csv" >"$work/in/births_by_age.csv"
take() { must published intake file "$1" --form "$2" --period "$3" >>"$work/log/published-intake"; }
take "$work/in/unitcell.csv" mls/unitcell 2025-12
take "$work/in/population.csv" vital/population 2015
take "$work/in/deaths_by_age.csv" vital/deaths_by_age 2015
take "$work/in/births_by_age.csv" vital/births_by_age 2015
take "$reference/life_q_2020.csv" vital/life_q 2020

must published estimate table mls 2025-12 rollup --stage received --as csv >"$work/rollup.csv"
say "Monthly Labour Survey, December 2025: 400 published unit cells rolled up  毎月勤労統計 令和7年12月"
say "(inputs are rounded: workers must agree exactly; C O S within 1 yen, G B within 2; days and hours within 0.1, H within 0.2)"
awk -F, -v table="$work/compare" '
  function limit(c) { return c ~ /^(e0|inc|dec|e1|pt)$/ ? 0 : c == "H" ? 0.2001 : c ~ /^[D]$|^H/ ? 0.1001 : c ~ /^[GB]$/ ? 2 : 1 }
  NR == FNR { if (FNR == 1) { for (i = 1; i <= NF; i++) head[i] = $i; next } for (i = 4; i <= NF; i++) ours[$1 "/" $2 "/" $3 "/" head[i]] = $i; next }
  FNR == 1 { for (i = 1; i <= NF; i++) column[i] = $i; next }
  {
    for (i = 6; i <= NF; i++) {
      key = $2 "/" $3 "/" $4 "/" column[i]; o = ours[key]; state = ours[key "_status"]
      if ($i !~ /[0-9]/) { if (o != "") { print "figure shown that was not published: " key; bad++ } else if (state == "suppressed") stars++; continue }
      if (o == "") { if (state == "suppressed") hidden++; else { print "figure missing: " key; bad++ } continue }
      n++; d = o - $i; d = d < 0 ? -d : d
      if (d == 0) exact++
      if (d > limit(column[i])) { printf "DIFFERS %s: published %s, ours %s\n", key, $i, o; bad++ }
      kind = column[i] ~ /^(e0|inc|dec|e1|pt)$/ ? "workers" : column[i] ~ /^[DH]/ ? "hours and days" : "yen"
      if (d > worst[kind]) { worst[kind] = d; where[kind] = key }
      if ($2 == "TL" && $3 ~ /^[1579]$/ && $4 == "T" && column[i] ~ /^(e1|C)$/ || $2 == "TL" && $3 == "5" && $4 == "P" && column[i] ~ /^(e1|C)$/ || $2 == "E" && $3 == "T" && $4 == "T" && column[i] ~ /^(e1|C|S|Hs)$/)
        printf "  %-12s %-4s %12s %12s %+8.1f\n", $2 " / " $3 " / " $4, column[i], $i, o, o - $i > table
    }
  }
  END {
    printf "%d figures compared, %d identical; largest difference: workers %d, yen %d (%s), hours and days %.1f\n", n, exact, worst["workers"], worst["yen"], where["yen"], worst["hours and days"]
    printf "%d figures whose sum contains the suppressed cell C/3 (mining, 500-999) stay hidden, never derived by subtraction\n", hidden
    exit bad > 0 || n < 3000 || hidden < 300
  }' "$work/rollup.csv" "$reference/mls_2025-12_published.csv" >"$work/summary" || { head -n 5 "$work/summary" >&2; fail "published labour figures are not reproduced"; }
printf '  %-12s %-4s %12s %12s %8s\n' "industry/size" "" "published" "ours" "diff."
cat "$work/compare" "$work/summary"

published_rate() { # label, published, ours
  printf '  %-58s %8s %8s\n' "$1" "$2" "$3"
  awk -v p="$2" -v o="$3" 'BEGIN { exit !(o != "" && o - p <= 0.0001 && p - o <= 0.0001) }' || fail "$1: published $2, ours $3"
}
must published estimate table vital 2015 tfr --stage received --as long >"$work/tfr.csv"
must published estimate table vital 2015 asdr_s60 --stage received --as long >"$work/asdr.csv"
must published estimate series life-table 2020 --as csv >"$work/life.csv"
say "Vital statistics and life tables  人口動態統計・生命表"
published_rate "total fertility rate 2015  合計特殊出生率" 1.45 "$(awk -F, 'NR == 2 {for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+\.[0-9]+$/) {print $i; exit}}' "$work/tfr.csv")"
for sex in "1 men,男 4.9" "2 women,女 2.5"; do
  # shellcheck disable=SC2086
  set -- $sex
  published_rate "age-standardised deaths per 1,000, model of 1985, $2" "$3" "$(awk -F, -v s="$1" '$1 == s {for (i = 2; i <= NF; i++) if ($i ~ /^[0-9]+\.[0-9]+$/) {print $i; exit}}' "$work/asdr.csv")"
done
life() { awk -F, -v s="$1" 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == "e") e = i} NR > 1 && $1 + 0 == 0 && $2 == s {print $e; exit}' "$work/life.csv"; }
published_rate "life expectancy at birth 2020 from published q, men  平均寿命" 81.56 "$(life 1)"
published_rate "life expectancy at birth 2020 from published q, women" 87.71 "$(life 2)"
