#!/bin/sh
# truth.sh -- a generated month with planted errors goes through the program (store, intake, process run); the report beside the right answers: detection per kind of error, false alarms,
# how near imputed values come, bias of totals. BUILD as in the Makefile, SEED makes another month, KEEP=1 keeps the folder. Reports also go to the folder $1 when one is given.
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
at month intake file "$work/sent/mls/register-2025-12.csv" --form mls/register --period 2025-12
at month process run mls/establishment 2025-11 --frame-period 2025-12
at month process run mls/establishment 2025-12
at month process run vital/birth 2026-01
at month process run vital/death 2026-01

report() { # form, period, items
  form=$1 period=$2; shift 2
  name=${form#*/}
  printf '\n== %s %s\n' "$form" "$period"
  "$bin/tests/demo/truth_report" "$work/clean" "$work/month" "$form" "$period" "$work/month/$name-planted.csv" "$@" >"$out/$name.report" 2>>"$work/log" || stop "truth_report $form"
  grep -v '^kind,\|^figures \|^bias \|^alarm,\|^changed,' "$out/$name.report"
}
report mls/establishment 2025-12 e1_total d_total hs_total ho_total c_total c_part o_total s_total
report vital/birth 2026-01 birth_weight mother_age deliveries
report vital/death 2026-01 age
