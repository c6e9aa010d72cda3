#!/bin/sh
# test_install.sh -- make install, then the installed program from an empty folder without any setting, then make uninstall. Ends with `install: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
passed=0 failed=0
here=$(mktemp -d) || exit 73
trap 'rm -rf "$here"' EXIT
unset SHIRABE_FORMS SHIRABE_OFFICE SHIRABE_PASSPHRASE_FILE SHIRABE_FAULT MAKEFLAGS MAKELEVEL MFLAGS 2>/dev/null
SHIRABE_LANG=en
export SHIRABE_LANG
holds() { # what, command...
  what=$1; shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s\n' "$what"; fi
}
quiet() { "$@" >"$here/out" 2>"$here/err" || { status=$?; head -n 5 "$here/err"; return "$status"; }; }
in_empty() { mkdir -p "$here/empty"; (cd "$here/empty" && "$@"); }
files_of() { (cd "$1" 2>/dev/null && find . ! -type d | sort); }

tree=$here/tree
holds 'make install' quiet make -s BUILD="$BUILD" DESTDIR="$tree" PREFIX=/usr install
program=$tree/usr/bin/shirabe
for file in bin/shirabe bin/shirabe-verify bin/shirabe-witness share/man/man1/shirabe.1 share/man/man1/shirabe-verify.1 share/man/ja/man1/shirabe-witness.1 share/man/ja/man1/shirabe.1 share/shirabe/forms/library/vital/survey.json; do
  holds "installed: $file" test -s "$tree/usr/$file"
done
(cd forms && find library codelists secure -type f | sort) >"$here/forms"
(cd "$tree/usr/share/shirabe/forms" && find . -type f | sed 's|^\./||' | sort) >"$here/installed"
LC_ALL=C sort "$here/forms" >"$here/forms.sorted"; LC_ALL=C sort "$here/installed" >"$here/installed.sorted"
holds 'every form, code list and table of rules is installed, and no other file' cmp "$here/forms.sorted" "$here/installed.sorted"
holds 'the program may be run by everybody' test -x "$program"
modes=$(find "$tree" -type f ! -perm -044 | wc -l)
holds 'every installed file may be read by everybody' test "$modes" -eq 0
outside=$(find "$tree" -type f ! -path "$tree/usr/*" | wc -l)
holds 'nothing lies outside PREFIX' test "$outside" -eq 0

holds 'the program says its version' in_empty quiet "$program" --version
holds 'it finds its forms beside itself, from an empty folder' in_empty quiet "$program" form show vital/birth
mv "$tree" "$here/moved"
program=$here/moved/usr/bin/shirabe
holds 'it still finds them when the tree has been moved' in_empty quiet "$program" form show mls/establishment
holds 'a link to it finds them too' in_empty sh -c "ln -s '$program' linked && ./linked form show vital/death >/dev/null"
SHIRABE_FORMS=$here/nowhere
export SHIRABE_FORMS
in_empty "$program" form show vital/birth >"$here/out" 2>"$here/err"
status=$?
unset SHIRABE_FORMS
holds 'SHIRABE_FORMS goes before the installed forms' test "$status" -ne 0
mv "$here/moved" "$tree"
cp "$tree/usr/bin/shirabe" "$here/alone"
in_empty "$here/alone" form show vital/birth >"$here/out" 2>"$here/err"
holds 'a program without forms says so' test $? -ne 0
holds '... and the message says what to do' grep -q 'next:' "$here/err"

mkdir -p "$tree/usr/share/man/man1"
printf 'of somebody else\n' >"$tree/usr/share/man/man1/other.1"
holds 'make install again' quiet make -s BUILD="$BUILD" DESTDIR="$tree" PREFIX=/usr install
holds 'make uninstall' quiet make -s BUILD="$BUILD" DESTDIR="$tree" PREFIX=/usr uninstall
left=$(files_of "$tree")
holds 'uninstall takes all its files and no other' test "$left" = ./usr/share/man/man1/other.1
holds 'make uninstall again' quiet make -s BUILD="$BUILD" DESTDIR="$tree" PREFIX=/usr uninstall

mkdir -p "$here/made/front"
printf 'x\n' >"$here/made/front/main.o"
holds 'make clean' quiet make -s BUILD="$here/made" clean
holds 'clean takes the whole build folder' test ! -e "$here/made"
printf 'install: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
