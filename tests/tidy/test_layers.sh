#!/bin/sh
# Who may include whom (DESIGN: base <- forms <- secure-store; collector uses the three; methods are pure; one adapter per library).
# Prints file:line of every breach. Ends with a self-test: planted breaches must be found.
set -u
cd "$(dirname "$0")/../.." || exit 70

breaches() { # root folder
  (cd "$1" && find base forms secure-store collector processing estimators front -name '*.[ch]' 2>/dev/null | sort | xargs -r awk '
    function bad(why) { printf "%s:%d: %s: %s\n", FILENAME, FNR, why, $0 }
    function allowed(folder, target, command) {
      if (target == folder) return 1
      if (folder == "base") return 0
      if (folder == "forms") return target == "base"
      if (folder == "secure-store") return target == "base" || target == "forms"
      if (folder == "collector") return target == "base" || target == "forms" || target == "secure-store"
      if (folder == "processing" || folder == "estimators") return target == "base" || target == "forms" || (command && target == "secure-store")
      return folder == "front"
    }
    FNR == 1 {
      n_parts = split(FILENAME, part, "/"); folder = part[1]; name = part[n_parts]
      outside = FILENAME ~ /^secure-store\/(verify|witness)\//
      command = name ~ /^cmd_/; adapter = name ~ /^ext_/; method = (folder == "processing" || folder == "estimators") && !command
    }
    /^[ \t]*#[ \t]*include[ \t]*"/ {
      target = $0; sub(/^[^"]*"/, "", target); sub(/".*/, "", target)
      split(target, t, "/")
      if (outside && target !~ /^secure-store\/(verify|witness)\//) bad("programs for outsiders share no code with the store")
      else if (t[2] == "") bad("include from the repository root, as in \"base/arena.h\"")
      else if (!allowed(folder, t[1], command)) bad("this layer may not include " t[1])
      else if (method && t[2] ~ /^ext_(sqlite|archive|zstd|sodium)/) bad("methods open no file, database or socket")
    }
    /^[ \t]*#[ \t]*include[ \t]*</ {
      target = $0; sub(/^[^<]*</, "", target); sub(/>.*/, "", target)
      if (target == "sodium.h" && outside) next
      if (target ~ /^(sqlite3|csv|archive|archive_entry|zstd|sodium|jansson|utf8proc|expat|glpk|gmp|readstat|xlsxwriter|microhttpd|seccomp|libgfshare|qrencode|freexl|png)\.h$|^(gsl|nettle)\//) {
        if (folder != "base" || !adapter) bad("a library is included by its adapter base/ext_*.c only")
        else if (!(target in owner)) { split(name, stem, "."); owner[target] = stem[1] }
        else if (substr(name, 1, length(owner[target])) != owner[target] && target !~ /^gsl/ && target != "sqlite3.h" && target !~ /^archive/) bad("this library has an adapter already: " owner[target])
      }
      if (method && target ~ /^(fcntl|unistd|dirent|sys\/socket|sys\/mman)\.h$/) bad("methods open no file, database or socket")
    }
    method && /(^|[^a-z_])(fopen|open|fprintf|printf|puts|socket|getenv|time)\(/ && !/^[ \t]*(\/\*|\*|\/\/)/ { bad("methods do not read, print or ask the system") }
  ')
}

cases=0 failed=0
check() { # what, expected emptiness, text
  cases=$((cases + 1))
  if [ "$2" = none ] && [ -n "$3" ]; then printf '%s\n' "$3"; printf 'failed: %s\n' "$1"; failed=$((failed + 1)); fi
  if [ "$2" = some ] && [ -z "$3" ]; then printf 'failed: %s was not found\n' "$1"; failed=$((failed + 1)); fi
}
check 'layers of the tree' none "$(breaches .)"

planted=$(mktemp -d); trap 'rm -rf "$planted"' EXIT
plant() { # path, line, what
  rm -rf "$planted"/*; mkdir -p "$planted/$(dirname "$1")"; printf '%s\n' "$2" >"$planted/$1"
  check "planted: $3" some "$(breaches "$planted")"
}
plant base/x.c '#include "forms/form.h"' 'base includes forms'
plant collector/x.c '#include "processing/edit/edit_run.h"' 'collector includes processing'
plant estimators/x.c '#include "secure-store/store.h"' 'a method includes the store'
plant processing/x.c '#include <fcntl.h>' 'a method opens files'
plant processing/edit/x.c '#include "secure-store/store.h"' 'a method in a room of its own includes the store'
plant estimators/table/x.c '#include "secure-store/store.h"' 'an estimator in a room of its own includes the store'
plant estimators/x.c '  printf("x");' 'a method prints'
plant secure-store/x.c '#include <sodium.h>' 'a library outside its adapter'
plant secure-store/verify/x.c '#include "base/str.h"' 'the verifier includes base'
plant secure-store/verify/x.c '#include "secure-store/merkle.h"' 'the verifier includes the store'
plant secure-store/witness/x.c '#include "secure-store/signed_note.h"' 'the witness includes the store'
# Not even through the linker: no object of libshirabe, and the verifier stays small enough to be read.
lines=$(cat secure-store/verify/*.[ch] | wc -l)
[ "$lines" -lt 2000 ]; verdict=$?
check "the verifier has fewer than 2,000 lines (it has $lines)" none "$([ $verdict = 0 ] || echo too long)"
linked=$(make -n BUILD=/nonexistent STATIC= /nonexistent/shirabe-verify /nonexistent/shirabe-witness 2>/dev/null | grep -E -- '-o /nonexistent/shirabe-' | grep -cE 'libshirabe|-lsqlite3|-ljansson')
check 'the programs for outsiders link libsodium only' none "$([ "$linked" = 0 ] || echo "$linked")"
printf 'layers: %s passed, %s failed\n' $((cases - failed)) "$failed"
[ "$failed" -eq 0 ]
