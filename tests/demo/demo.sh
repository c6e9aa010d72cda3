#!/bin/sh
# demo.sh -- the main job, shown twice: published figures through the library's forms and tables, then a month of microdata from 39 offices to a release.
# Called by `make demo`. BUILD, REFERENCE as in the Makefile; KEEP=1 keeps the temporary folder; SEED changes the microdata; SMALL=1 takes 4 municipalities.
# Exit status is not 0 as soon as anything that should hold does not.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$root/$BUILD ;; esac
shirabe=$BUILD/shirabe
SHIRABE_FORMS=$root/forms
SHIRABE_LANG=en # the checks below read what the program says
export BUILD SHIRABE_FORMS SHIRABE_LANG
unset SHIRABE_OFFICE SHIRABE_PASSPHRASE_FILE SHIRABE_FAULT || true

say() { printf '%s\n' "$*"; }
title() { printf '\n== %s\n' "$*"; }
fail() { printf 'demo: FAILED: %s\n' "$*" >&2; exit "${FAIL_STATUS:-1}"; }
# The program as one office: its folder, its passphrase, the day of DEMO_CLOCK. Talk goes to that office's own log, in which nothing is secret.
at() {
  office=$1; shift
  SHIRABE_CLOCK=$DEMO_CLOCK SHIRABE_PASSPHRASE_FILE=$work/keys/$office "$shirabe" "$@" --office "$work/offices/$office" 2>>"$work/log/$office"
}
# A command whose answer may be "taken in, with problems" (exit 1).
at_or_1() { status=0; at "$@" || status=$?; [ "$status" -le 1 ] || { tail -n 5 "$work/log/$1" >&2; fail "$* (exit $status)"; }; }
must() { status=0; at "$@" || status=$?; [ "$status" -eq 0 ] || { tail -n 5 "$work/log/$1" >&2; fail "$* (exit $status)"; }; }

# --- what one office does; called again by xargs, two offices at a time ---
office_init() { # id,type,code,name,parent
  id=$(printf '%s' "$1" | cut -d, -f1); parent=$(printf '%s' "$1" | cut -d, -f5)
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$work/keys/$id"
  set -- "$id" office init --type "$(printf '%s' "$1" | cut -d, -f2)" --code "$(printf '%s' "$1" | cut -d, -f3)" --name "$(printf '%s' "$1" | cut -d, -f4)" --profile light
  [ -z "$parent" ] || set -- "$@" --parent "$work/offices/$parent/office.json"
  must "$@" >/dev/null
}
office_enrol() { # parent: all offices below it
  awk -F, -v p="$1" '$5 == p {print $1}' "$work/in/offices.csv" | while read -r below; do must "$1" office key "$work/offices/$below/office.json" >/dev/null; done
}
# A code with a lost zero that no check digit proves: nobody here knows which it was, so it goes up as invalid and is asked about.
undecided() { # office, intake, its report
  grep -q '^proposed repairs' "$3" || return 0
  must "$1" intake fix "$2" --refuse lost-zero-in-list --reason 'not readable on the paper either' >/dev/null
}
municipality() { # office,births,deaths,births typed at first,trouble
  id=$(printf '%s' "$1" | cut -d, -f1); births=$(printf '%s' "$1" | cut -d, -f2); deaths=$(printf '%s' "$1" | cut -d, -f3)
  typed=$(printf '%s' "$1" | cut -d, -f4); trouble=$(printf '%s' "$1" | cut -d, -f5); code=${id#municipality-}
  parent=$(awk -F, -v i="$id" '$1 == i {print $5}' "$work/in/offices.csv")
  out=$work/media/$parent
  DEMO_CLOCK=2026-01-16T05:00:00Z
  case $trouble in late) DEMO_CLOCK=2026-01-24T05:00:00Z ;; forgotten) out=$work/media/forgotten DEMO_CLOCK=2026-01-26T05:00:00Z ;; esac
  at_or_1 "$id" intake file "$work/in/vital/$code-birth.csv" --form vital/birth --period 2026-01 >"$work/log/$id-birth"
  at_or_1 "$id" intake file "$work/in/vital/$code-death.csv" --form vital/death --period 2026-01 >"$work/log/$id-death"
  undecided "$id" 1 "$work/log/$id-birth"
  undecided "$id" 2 "$work/log/$id-death"
  if [ "$typed" != "$births" ]; then
    status=0
    at "$id" batch seal vital 2026-01 --declared "birth=$typed" --declared "death=$deaths" --out "$out" >/dev/null || status=$?
    [ "$status" -eq 65 ] || fail "a wrong total was sealed (exit $status)"
    grep -A2 'error\[E4508\]' "$work/log/$id" >"$work/wrong_total"
  fi
  must "$id" batch seal vital 2026-01 --declared "birth=$births" --declared "death=$deaths" --out "$out" >/dev/null
}
receive_and_forward() { # office: everything on its medium, then one batch upwards
  DEMO_CLOCK=2026-01-25T05:00:00Z
  case $1 in prefecture-*) DEMO_CLOCK=2026-02-03T05:00:00Z ;; esac
  parent=$(awk -F, -v i="$1" '$1 == i {print $5}' "$work/in/offices.csv")
  must "$1" batch receive --from "$work/media/$1" --receipts "$work/receipts" >"$work/log/$1-received"
  must "$1" batch seal vital 2026-01 --out "$work/media/$parent" >/dev/null
}
prefecture_mls() { # office: the questionnaires of its establishments
  number=$(printf '%s' "${1#prefecture-}" | cut -c1-2)
  DEMO_CLOCK=2026-01-17T05:00:00Z
  for month in 2025-11 2025-12; do
    declared=$(awk -F, -v o="$1" -v f="establishment/$month" '$1 == "count" && $2 == o && $4 == f {print $6}' "$work/in/truth.csv")
    at_or_1 "$1" intake file "$work/in/mls/establishment-$number-$month.csv" --form mls/establishment --period "$month" >"$work/log/$1-$month"
    must "$1" batch seal mls "$month" --declared "establishment=$declared" --out "$work/media/mls" >/dev/null
  done
}
take_receipt() { # receipt file, back to the office that sent the batch
  name=${1##*/}
  sender=$(printf '%s' "$name" | sed 's/^receipt-[a-z]*-[0-9]*-[0-9]*-\(.*\)-[0-9]*\.tar\.zst\.age$/\1/')
  DEMO_CLOCK=2026-03-10T05:00:00Z
  must "$sender" batch receipt "$1" >/dev/null
}
two_at_a_time() { # step; arguments on stdin, one per line
  tr '\n' '\0' | xargs -0 -r -n 1 -P 2 "$root/tests/demo/demo.sh" --step "$1" || fail "step $1"
}
if [ "${1:-}" = --step ]; then
  work=$DEMO_WORK
  FAIL_STATUS=255 # xargs starts no further office
  DEMO_CLOCK=${DEMO_CLOCK:-2026-01-05T05:00:00Z}
  "$2" "$3"
  exit 0
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/shirabe-demo.XXXXXX")
DEMO_WORK=$work
DEMO_CLOCK=2026-01-05T05:00:00Z
export DEMO_WORK DEMO_CLOCK
leave() { [ -n "${KEEP:-}" ] && printf 'kept: %s\n' "$work" || rm -rf "$work"; }
trap leave EXIT
trap 'exit 130' INT TERM
mkdir "$work/keys" "$work/offices" "$work/log" "$work/media" "$work/receipts" "$work/in" "$work/media/forgotten"
started=$(date +%s)

. "$root/tests/demo/demo_published.sh"
. "$root/tests/demo/demo_month.sh"
. "$root/tests/demo/demo_release.sh"
. "$root/tests/demo/demo_answer.sh"

say ""
say "demo: all figures as they should be, $(($(date +%s) - started)) s  (実演：すべて期待どおり)"
