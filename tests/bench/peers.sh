#!/bin/sh
# peers.sh [RECORDS...] -- what R's survey package and SQLite need for the work of the benchmarks of estimation on this machine. For RESULTS.md; not part
# of make bench, because R takes minutes where the program takes fractions of a second. A peer that is not installed is named.
set -u
cd "$(dirname "$0")/../.." || exit 70
if command -v Rscript >/dev/null 2>&1 && Rscript -e 'library(survey)' >/dev/null 2>&1; then
  for n in "${@:-10000 100000 1000000}"; do
    # shellcheck disable=SC2086
    for one in $n; do Rscript --vanilla tests/bench/peers.R "$one" 2>&1; done
  done
else printf 'R with its package survey is not installed; next: ./setup peers\n'
fi
if command -v sqlite3 >/dev/null 2>&1; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  sqlite3 "$folder/t.db" 'PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; CREATE TABLE t(pref INTEGER, ind INTEGER, w REAL, y INTEGER);
    WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < 9999999) INSERT INTO t SELECT i / 212766, abs(random()) % 20, 1 + i % 97, abs(random()) % 600000 FROM c;' >/dev/null
  printf 'SQLite %s: GROUP BY of 940 cells, sum of w * y, 10000000 records, plain file: ' "$(sqlite3 --version | cut -d' ' -f1)"
  printf '.timer on\nSELECT count(*) FROM (SELECT pref, ind, sum(w * y) FROM t GROUP BY pref, ind);\n' | sqlite3 "$folder/t.db" | sed -n 's/^Run Time: //p'
else printf 'sqlite3 is not installed; next: ./setup check\n'
fi
