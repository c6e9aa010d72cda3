# scratch.sh -- what the golden scripts that work on files share: a folder of their own, no office and no passphrase from outside, counting. Is read from
# the root of the repository. Sets root, BUILD and REFERENCE (whole paths), shirabe, here (removed at the end), passed, failed, skipped.
root=$PWD
BUILD=${BUILD:-build} REFERENCE=${REFERENCE:-../shared/data}
case $BUILD in /*) ;; *) BUILD=$root/$BUILD ;; esac
case $REFERENCE in /*) ;; *) REFERENCE=$root/$REFERENCE ;; esac
shirabe=$BUILD/shirabe
passed=0 failed=0 skipped=0
here=$(mktemp -d) || exit 73
trap 'rm -rf "$here"' EXIT
unset SHIRABE_OFFICE SHIRABE_PASSPHRASE_FILE SHIRABE_CLOCK SHIRABE_FAULT 2>/dev/null || true
SHIRABE_LANG=en SHIRABE_FORMS=$root/forms
export SHIRABE_LANG SHIRABE_FORMS
holds() { # what, command...
  what=$1; shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s\n' "$what"; fi
}
