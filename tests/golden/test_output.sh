#!/bin/sh
# test_output.sh -- results of secondary use on their way out, by the commands: kinds of files, the automatic check and its reasons, two checkers who do not
# see each other's vote, a changed file, release with its notes, differencing against what was released, and the release date.
set -u
cd "$(dirname "$0")/../.." || exit 70
title=output
. tests/golden/common.sh
SHIRABE_FORMS=$PWD/forms
"$BUILD/tests/demo/extract_office" "$work" 60 'a passphrase of the tests' >"$work/setup" 2>&1 || { cat "$work/setup"; echo 'output: 0 passed, 1 failed'; exit 1; }
second=0
later() { # every command a second later: two words of one officer about one thing in one second are refused
  second=$((second + 1))
  SHIRABE_CLOCK=$(printf '2026-01-20T%02d:%02d:%02dZ' $((1 + second / 3600)) $((second / 60 % 60)) $((second % 60)))
  export SHIRABE_CLOCK
}
as() { who=$1 want=$2; shift 2; later; exits "$want" office "$@" --officer-key "$work/$who.key" --officer-passphrase-file "$work/pass"; }
out() { who=$1 want=$2; shift 2; as "$who" "$want" use output "$@"; }
refusals() { office office store log --json 2>/dev/null | tr '{' '\n' | grep -c '"result":"refused"'; }
units() { # file, number of units, without which one
  { echo 'unit,region,weight'; i=0; while [ $i -lt "$2" ]; do i=$((i + 1)); [ "$i" = "$3" ] || echo "birth-$i,$((i % 2 + 1)),1"; done; } >"$work/$1"
}
table() { # file, total, region 1, region 2
  printf 'region,measure,kind,value,n\n_T,births,count,%s,%s\n1,births,count,%s,%s\n2,births,count,%s,%s\n' "$2" "$2" "$3" "$3" "$4" "$4" >"$work/$1"
}
units all.csv 60 none; units less.csv 60 14
table t.csv 60 30 30; table less-t.csv 59 29 30
check 'nothing yet' out review-g 0 list
check 'a vector picture' sh -c "echo '<svg/>' >'$work/plot.svg'"
check 'is refused' out user-u 77 submit o-1 --grant g-1 --file "$work/plot.svg"
check 'because it can hide data' tells 'E3822'
check 'in Japanese' sh -c "SHIRABE_LANG=ja '$program' use output submit o-1 --grant g-1 --file '$work/plot.svg' --office '$work/office' --quiet --officer-key '$work/user-u.key' --officer-passphrase-file '$work/pass' 2>&1 | grep -q '期待: .csv、.json、.png のいずれか'"
check 'not under the grant of another' out user-v 77 submit o-1 --grant g-1 --file "$work/t.csv"
check 'without a grant' out user-u 64 submit o-1 --file "$work/t.csv"
check 'no table' sh -c "echo 'a,b' >'$work/x.csv'"
check 'says what it lacks' out user-u 65 submit o-1 --grant g-1 --file "$work/x.csv"
check 'by name' tells 'measure'

# --- row 25, as a user meets it ---
printf 'region,measure,kind,value,n,status\n_T,births,count,60,60,\n1,births,count,31,31,\n2,births,count,20,20,\n3,births,count,,,suppressed\n4,births,max,987654,60,\n' >"$work/bad.csv"
check 'blocked' out user-u 77 submit o-1 --grant g-1 --file "$work/bad.csv"
check 'by its number' tells 'E3826'
check 'the reasons' out review-g 1 check o-1
check 'a total minus its parts' prints 'revealed'
check 'with the interval' prints '9 .. 9'
check 'a maximum' prints 'extreme'
check 'and the limits that were used' prints 'household'
check 'but no value' sh -c "! grep -q 987654 '$work/out'"
check 'in Japanese too' sh -c "SHIRABE_LANG=ja SHIRABE_CLOCK=2026-01-20T01:59:00Z '$program' use output check o-1 --office '$work/office' --quiet --officer-key '$work/review-g.key' --officer-passphrase-file '$work/pass' 2>/dev/null | grep -q '秘匿した値が他の値から確定する'"
check 'with the word of the verdict' sh -c "SHIRABE_LANG=ja SHIRABE_CLOCK=2026-01-20T01:59:10Z '$program' use output check o-1 --office '$work/office' --quiet --officer-key '$work/review-g.key' --officer-passphrase-file '$work/pass' 2>/dev/null | grep -q '^不合格'"
second=$((second + 3600)) # after that clock
check 'as JSON' sh -c "SHIRABE_CLOCK=2026-01-20T02:00:00Z '$program' use output check o-1 --json --office '$work/office' --quiet --officer-key '$work/review-g.key' --officer-passphrase-file '$work/pass' 2>/dev/null | python3 -c 'import json,sys; r=json.load(sys.stdin); assert r[\"fail\"] == 2 and r[\"verdict\"] == \"fail\", r'"
second=$((second + 60))
check 'a blocked one has no votes' out review-g 77 vote o-1 --approve
printf 'region,measure,kind,value\n1,births,count,1200\n' >"$work/w.csv"
printf 'unit,region,weight\nb1,1,600\nb2,1,600\n' >"$work/w-units.csv"
check 'a weighted count of two' out user-u 77 submit o-1 --grant g-1 --file "$work/w.csv" --units "$work/w-units.csv"
check 'is two' out review-g 1 check o-1
check 'units' prints 'few-units'

# --- two checkers ---
check 'a sound table' out user-u 0 submit o-1 --grant g-1 --file "$work/t.csv" --units "$work/all.csv" --note '出生数'
check 'is handed in' prints 'submitted'
check 'the author does not check' out user-u 77 vote o-1 --approve
check 'the first checker' out review-g 0 vote o-1 --approve
check 'one vote' prints 'partially-reviewed'
check 'is not shown' out manager-c 0 show o-1
check 'to the other' prints 'hidden until two are in'
check 'the file itself is' out manager-c 0 show o-1 --file t.csv
check 'as it was handed in' cmp -s "$work/t.csv" "$work/out"
check 'nothing is released on one vote' out chief-a 77 release o-1 --out "$work/public"
check 'row 26: the file changes' out user-u 0 submit o-1 --grant g-1 --file "$work/t.csv" --units "$work/all.csv" --note '出生数（再）'
check 'the second checker' out manager-c 0 vote o-1 --approve
check 'is the first again' prints 'partially-reviewed'
check 'and the first' out review-g 0 vote o-1 --approve
check 'the second' prints 'approved'
check 'now seen' out manager-c 0 show o-1
check 'both' prints '2 for, 0 against'
check 'a tabulator does not release' out user-u 77 release o-1 --out "$work/public"
check 'nothing is outside' test ! -e "$work/public/output-o-1"
check 'the chief does' out chief-a 0 release o-1 --out "$work/public"
check 'the very file' cmp -s "$work/t.csv" "$work/public/output-o-1/t.csv"
check 'with whose figures they are' grep -q '独自に集計・加工したもの' "$work/public/output-o-1/NOTES.md"
check 'in English' grep -q 'own tabulation' "$work/public/output-o-1/NOTES.md"
check 'and its hash' grep -q "$(sha256sum <"$work/t.csv" | cut -c1-64)" "$work/public/output-o-1/NOTES.md"
check 'a demonstration store says so' grep -q 'not for publication' "$work/public/output-o-1/NOTES.md"
check 'no unit is outside' sh -c "! grep -rq birth- '$work/public'"
check 'nor in clear inside' sh -c "! grep -rq birth-1 '$work/office'"

# --- what leaves is made again ---
printf '[{"region":"_T","measure":"births",  "kind":"count",\t\t"value":60,"n":60}\n \n]\t \t' >"$work/space.json"
check 'a table with spaces that speak' out user-u 0 submit o-w --grant g-1 --file "$work/space.json"
check 'is shown' out review-g 0 show o-w --file space.json
check 'without them' sh -c "! grep -q '	' '$work/out' && grep -q '\"value\":60,\"n\":60' '$work/out'"
check 'a hidden figure with its n' sh -c "printf 'region,measure,kind,value,n,status\n_T,births,count,160,160,\n1,births,count,100,100,\n2,births,count,,52,suppressed\n3,births,count,,,suppressed\n' >'$work/n.csv'"
check 'is blocked' out user-u 77 submit o-n --grant g-1 --file "$work/n.csv"
check 'the reason' out review-g 1 check o-n
check 'is what stands beside it' prints 'suppressed-shown'
# --- the register ---
check 'one unit less' out user-u 77 submit o-2 --grant g-1 --file "$work/less-t.csv" --units "$work/less.csv"
check 'is found' out review-g 1 check o-2
check 'against what was released' prints 'output o-1, t.csv'
check 'by another person too' out user-v 77 submit o-3 --grant g-2 --file "$work/less-t.csv" --units "$work/less.csv"
check 'withdrawn' out user-u 0 withdraw o-2 --note '差分のため'
check 'is the end' out user-u 77 submit o-2 --grant g-1 --file "$work/t.csv"

# --- row 33 ---
check 'only the chief sets the date' as manager-b 77 release embargo vital 2025-12 --at 2026-01-21T08:30:00+09:00
check 'not in the past' as chief-a 64 release embargo vital 2025-12 --at 2026-01-19T08:30:00+09:00
check 'not without a zone' as chief-a 64 release embargo vital 2025-12 --at '2026-01-21 08:30'
check 'the date' as chief-a 0 release embargo vital 2025-12 --at 2026-01-21T08:30:00+09:00
check 'is public' exits 0 office release embargo vital 2025-12
check 'in Japanese time' prints '08:30'
before=$(refusals)
check 'nobody looks before it' out user-u 77 show o-1 --file t.csv
check 'says until when' tells 'E3831'
check 'one entry' test "$(refusals)" -eq $((before + 1))
check 'nor releases' out chief-a 77 release o-1 --out "$work/early"
check 'at all' test ! -e "$work/early"
check 'who prepares it may' out review-g 0 show o-1 --file t.csv
second=$((second + 1)); SHIRABE_CLOCK=2026-01-20T23:29:59Z; export SHIRABE_CLOCK
check 'one second before' exits 77 office use output show o-1 --file t.csv --officer-key "$work/user-u.key" --officer-passphrase-file "$work/pass"
SHIRABE_CLOCK=2026-01-20T23:30:00Z; export SHIRABE_CLOCK
check 'the moment itself' exits 0 office use output show o-1 --file t.csv --officer-key "$work/user-u.key" --officer-passphrase-file "$work/pass"
check 'the list' exits 0 office use output list
check 'shows where each stands' prints 'withdrawn'
check 'the store is whole' exits 0 office store verify
printf '%s: %s passed, %s failed\n' "$title" "$passed" "$failed"
[ "$failed" -eq 0 ]
