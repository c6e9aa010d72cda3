#!/bin/sh
# truth.sh -- a generated month with planted errors goes through the program (store, intake, process run); the report beside the right answers:
# detection per kind of error, false alarms,
# how near imputed values come, bias of totals. BUILD as in the Makefile, SEED makes another month, KEEP=1 keeps the folder. Reports also go to the
# folder $1 when one is given.
set -eu
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
bin=$(cd "$BUILD" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/shirabe-truth.XXXXXX")
trap '[ -n "${KEEP:-}" ] && echo "kept: $work" || rm -rf "$work"' EXIT
out=${1:-$work}
SHIRABE_FORMS=$PWD/forms SHIRABE_LANG=en SHIRABE_CLOCK=2026-02-20T00:00:00Z SHIRABE_PASSPHRASE_FILE=$work/pass
export SHIRABE_FORMS SHIRABE_LANG SHIRABE_CLOCK SHIRABE_PASSPHRASE_FILE
unset SHIRABE_OFFICE SHIRABE_FAULT 2>/dev/null || true
od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$work/pass"
seed=${SEED:-20251201}

stop() { echo "truth: FAILED: $*" >&2; tail -n 5 "$work/log" >&2; exit 1; }
# Exit 1 is "done, with problems": that is what a spoilt month gives.
at() { office=$1; shift; status=0; "$bin/shirabe" "$@" --office "$work/$office" --quiet >>"$work/log" 2>&1 || status=$?; [ "$status" -le 1 ] || stop "$* (exit $status)"; }

mkdir "$work/month"
"$bin/tests/demo/generate" --seed "$seed" "$work/sent" >"$work/log" 2>&1 || stop generate
"$bin/tests/demo/truth_plant" --seed "$seed" "$work/sent" "$work/month" >>"$work/log" 2>&1 || stop truth_plant
for office in clean month; do
  at $office office init --type ministry --code 00 --name 本省 --profile light
  at $office intake file "$work/month/establishment-$office.csv" --form mls/establishment --period 2025-12
  at $office intake file "$work/month/birth-$office.csv" --form vital/birth --period 2026-01
  at $office intake file "$work/month/death-$office.csv" --form vital/death --period 2026-01
done
at month intake file "$work/month/establishment-late.csv" --form mls/establishment --period 2025-12
at month intake file "$work/month/birth-late.csv" --form vital/birth --period 2026-01
at month intake file "$work/month/death-late.csv" --form vital/death --period 2026-01
at month intake file "$work/month/establishment-before.csv" --form mls/establishment --period 2025-11
for office in clean month; do
  for form in register stratum cell; do at $office intake file "$work/sent/mls/$form-2025-12.csv" --form mls/$form --period 2025-12; done
done
at month process run mls/establishment 2025-11 --frame-period 2025-12
at month process run mls/establishment 2025-12
at month process run vital/birth 2026-01
at month process run vital/death 2026-01

# Published cells (industry x size, both sexes) beside the population they were drawn from: how many 95 per cent intervals contain it. The standard
# error is the one that is published:
# sampling, complete strata have none; what imputation adds is not in it.
cells() { # name, office, stage
  "$bin/shirabe" estimate table mls 2025-12 main --stage "$3" --as csv --office "$work/$2" >"$work/$1.csv" 2>>"$work/log" ||
    [ $? -eq 1 ] || stop "estimate table ($1)"
  awk -F, -v name="$1" '
    NR == FNR { if ($1 == "mls" && $2 ~ /\// && $2 !~ /^TL/ && $5 == "mean") {
        truth[$2 "/" $4] = $6; order[++n] = $2 "/" $4 }
      next }
    FNR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    $3 == "T" { for (c in column) value[$1 "/" $2 "/" c] = $(column[c]) }
    END {
      for (i = 1; i <= n; i++) {
        k = order[i]; v = value[k]; se = value[k "_se"]; split(k, part, "/"); item = part[3]
        if (v == "" || se == "" || se + 0 == 0) continue
        half = item ~ /^(D|Hs|Ho)$/ ? 0.05 : 0.5; d = v - truth[k]; d = d < 0 ? -d : d
        cells[item]++; inside[item] += d <= 1.959964 * se + half
        wide[item] += 195.9964 * se / truth[k]
      }
      m = split("D Hs Ho C O S", list, " ")
      for (i = 1; i <= m; i++) 
        printf "coverage,%s,%s,%d,%d,%.4f\n", name, list[i], cells[list[i]], inside[list[i]], wide[list[i]] / (cells[list[i]] ? cells[list[i]] : 1)
    }' "$work/sent/truth.csv" "$work/$1.csv"
}
report() { # form, period, items
  form=$1 period=$2; shift 2
  name=${form#*/}
  printf '\n== %s %s\n' "$form" "$period"
  "$bin/tests/demo/truth_report" "$work/clean" "$work/month" "$form" "$period" "$work/month/$name-planted.csv" "$@" \
    >"$out/$name.report" 2>>"$work/log" || stop "truth_report $form"
  [ "$form" != mls/establishment ] || {
    cells without_errors clean received && cells as_received month received && cells processed month imputed
  } >>"$out/$name.report"
  grep -v '^coverage,\|^kind,\|^figures \|^bias \|^alarm,\|^changed,' "$out/$name.report"
}
report mls/establishment 2025-12 e1_total d_total hs_total ho_total c_total c_part o_total s_total
report vital/birth 2026-01 birth_weight mother_age deliveries
report vital/death 2026-01 age

printf '\n== intervals of 95 %% for published cells that contain the truth (sampling error only)\n'
awk -F, '
  $1 == "coverage" { cells[$2] += $4; inside[$2] += $5; wide[$2] += $4 * $6; if (!seen[$2]++) order[++n] = $2 }
  END {
    for (i = 1; i <= n; i++) {
      k = order[i]
      printf "%-16s %d of %d (%.1f %%), half width %.1f %% on average\n", k, inside[k], cells[k], 100 * inside[k] / cells[k], wide[k] / cells[k]
    }
  }' "$out/establishment.report"
printf '\n== selective editing replayed: stage, industry, records, to be reviewed, threshold (score), bias without and behind it in per cent\n'
for stage in received imputed; do
  "$bin/tests/demo/truth_replay" "$work/clean" "$work/month" 2025-12 2025-11 c_total 1 $stage 2>>"$work/log" || stop truth_replay
done >"$out/replay.report"
grep '^replay,' "$out/replay.report"
printf '\n== standard error of contractual earnings by industry in per cent\n'
printf '   records, values put in, counting them as reported, with what imputation adds (Sarndal), jackknife\n'
grep '^imputation,' "$out/replay.report"
"$bin/tests/demo/truth_picture" "$out/truth.svg" "$out/establishment.report" "$out/birth.report" "$out/death.report" 2>>"$work/log" ||
  stop truth_picture
