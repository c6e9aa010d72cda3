# common.sh -- what the golden scripts of jobs share: a folder of their own, an office with a passphrase, a small survey `shop`, a form of it, checks that
# count. Is read by the scripts, from the root of the repository, after `title=`: the words of the last line, `TITLE: N passed, N failed`.
# Sets program, work (removed at the end), and after job_form: kind (shop/FORM) and form (its folder). Uses BUILD.
BUILD=${BUILD:-build}
program=$(cd "$BUILD" && pwd)/shirabe
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SHIRABE_FORMS=$work/forms SHIRABE_LANG=en SHIRABE_CLOCK=2026-01-20T00:00:00Z SHIRABE_PASSPHRASE_FILE=$work/pass
export SHIRABE_FORMS SHIRABE_LANG SHIRABE_CLOCK SHIRABE_PASSPHRASE_FILE
unset SHIRABE_OFFICE SHIRABE_FAULT 2>/dev/null || true
printf 'a passphrase of the tests\n' >"$work/pass"
passed=0 failed=0

office() { folder=$1; shift; "$program" "$@" --office "$work/$folder" --quiet; }
setup() { # office, command ...: must succeed, or nothing else is tried
  office "$@" >>"$work/setup" 2>&1 && return
  echo "setup failed: $*"; tail -n 5 "$work/setup"; printf '%s: 0 passed, 1 failed\n' "$title"; exit 1
}
check() { # what, command ...: what was said is shown only when it fails
  what=$1; shift
  if "$@" >"$work/said" 2>&1; then passed=$((passed + 1))
  else failed=$((failed + 1)); printf 'FAILED %s\n' "$what"; tail -n 12 "$work/said" "$work/out" "$work/err"; fi
}
exits() { # status, office, command ...
  want=$1; shift; status=0
  office "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
  [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; false; }
}
prints() { grep -qF -- "$1" "$work/out" || { echo "not printed: $1"; false; }; }
tells() { grep -qF -- "$1" "$work/err" || { echo "not told: $1"; false; }; }

# The survey with one form; form.json, items.csv ... are the script's own.
job_form() { # form
  kind=shop/$1 form=$work/forms/library/shop/$1/1
  mkdir -p "$form" "$work/forms/codelists"
  cp forms/codelists/disclosure_profiles.csv "$work/forms/codelists/" 2>/dev/null || true
  cat >"$work/forms/library/shop/survey.json" <<J
{ "survey": "shop", "code": "00000000", "title_ja": "商店", "title_en": "Shops", "law": "example", "levels": ["ministry"],
  "due_days": [10], "query_days": [7], "retention_class": "short", "forms": ["$1"], "source": "example" }
J
}
new_office() { setup "$1" office init --type ministry --code 00 --name 本省 --profile light; }
receive() { setup "$1" intake file "$2" --form "$kind" --period "$3"; } # office, file, period

# A mistake in process.json is refused with its reason and its line.
wrong() { # what, sed expression, message, line
  cp "$form/process.json" "$work/good.json"
  sed "$2" "$work/good.json" >"$form/process.json"
  check "$1" exits 78 base process rules "$kind"
  check "$1: says why" tells "$3"
  check "$1: says where" tells "process.json:$4"
  cp "$work/good.json" "$form/process.json"
}
# What a run has stored: hashes of its stages.
content() { office "$1" process status "$kind" "$2" --json 2>/dev/null | grep -o '"stored":{.*'; } # office, period
# The job again, from the office `from`, with 2 and 8 threads: as stored in `expected`.
same_with_threads() { # from, exit status, period
  for threads in 2 8; do
    rm -rf "$work/more"; cp -R "$work/$1" "$work/more"
    check "$threads threads" exits "$2" more process run "$kind" "$3" --threads "$threads"
    content more "$3" >"$work/now"
    check "$threads threads: the same bits" cmp "$work/expected" "$work/now"
  done
}
finish() {
  printf '%s: %s passed, %s failed\n' "$title" "$passed" "$failed"
  [ "$failed" -eq 0 ]
}
