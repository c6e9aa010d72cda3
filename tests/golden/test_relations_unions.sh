#!/bin/sh
# test_relations_unions.sh -- a made country of labour unions through the program: intake (three record types), process run, estimate relations and estimate
# table against the truth; planted errors against the checks that must find them; circles refused; corrected slips give the truth again.
# Ends with `relations unions: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='relations unions'
. tests/golden/common.sh
SHIRABE_FORMS=$PWD/forms SHIRABE_CLOCK=2023-09-20T00:00:00Z
generate=$BUILD/tests/demo/unions_year
if [ ! -x "$generate" ]; then printf 'skipped: %s is not built; next: make tools\nrelations unions: 0 passed, 0 failed, 1 skipped\n' "$generate"; exit 0; fi
truth() { python3 tests/golden/relations_truth.py "$@"; }
relations() { # office, kind, period ...: the table as CSV in $work/table.csv; exit status 0 or 1
  folder=$1; shift; status=0
  "$program" estimate relations "$@" --as csv --office "$work/$folder" --quiet >"$work/table.csv" 2>"$work/err" || status=$?
  cp "$work/table.csv" "$work/out"
  [ "$status" -le 1 ] || { echo "exit $status"; false; }
}
take() { # office, file, form, layout, period
  status=0
  "$program" intake file "$work/month/$2" --form "labour_union/$3" --layout "$4" --period "$5" --office "$work/$1" --quiet >"$work/out" 2>"$work/err" || status=$?
  [ "$status" -le 1 ] || { echo "exit $status"; false; }
}
all_in() { # office, prefix of the files of 2023
  take "$1" slips-2022.csv slip csv 2022 && take "$1" constituents-2022.csv slip constituents 2022 && take "$1" "$2slips-2023.csv" slip csv 2023 &&
    take "$1" "$2affiliations-2023.csv" slip affiliations 2023 && take "$1" "$2constituents-2023.csv" slip constituents 2023 &&
    take "$1" employees-2023.csv employees csv 2023
}
run() { # office, period, exit status
  check "$1 $2 is processed" exits "$3" "$1" process run labour_union/slip "$2" --json
  cp "$work/out" "$work/$1-$2.json"
}

check 'slips, affiliations and truth are made' "$generate" "$work/month"
check 'the forms are good' exits 0 clean form check labour_union/slip
check 'and the form of the denominators' exits 0 clean form check labour_union/employees
for office in clean month; do setup $office office init --type ministry --code 00 --name 本省 --profile light; done
check 'clean slips are taken in' all_in clean ''
check 'spoilt slips are taken in, CP932 with Japanese headings' all_in month spoilt-
run clean 2022 0; run clean 2023 0
run month 2022 0; run month 2023 1

# --- the clean year is the truth ---
measures='unions=unions members=members female=women part=part_time'
by='prefecture@basis='
check 'unions and members' relations clean unions 2023 --by prefecture
check 'by unit: as in truth' truth table "$work/month/truth.csv" unit "$work/table.csv" "${by}unit" $measures
check 'by single organisation: as in truth' truth table "$work/month/truth.csv" single "$work/table.csv" "${by}single" $measures
check 'each federation, unions by single organisation' relations clean federations 2023
sed -i 's/1_total_once,_T/1_total_once,total/; s/2_sum_of_topmost,_T/2_sum_of_topmost,sum/' "$work/table.csv"
check 'as in truth' truth table "$work/month/truth.csv" federations_single "$work/table.csv" federation $measures
check 'each federation, unions by unit' relations clean federations 2023 --basis unit
sed -i 's/1_total_once,_T/1_total_once,total/; s/2_sum_of_topmost,_T/2_sum_of_topmost,sum/' "$work/table.csv"
check 'as in truth (branches belong to what their head office joined)' truth table "$work/month/truth.csv" federations_unit "$work/table.csv" federation $measures
check 'additions and closings' relations clean flows 2023 --before-period 2022
check 'as in truth' truth table "$work/month/truth.csv" flows "$work/table.csv" part unions=unions members=members
check 'affiliations are in order' exits 0 clean estimate relations check 2023
check 'organisation rate' exits 0 clean estimate relations density 2023 --as csv
members=$(awk -F, '$1 == "single" && $2 == "_T" {print $4}' "$work/month/truth.csv")
check 'with numerator and denominator' grep -qE "^_T,[0-9.]+,.*,$members,.*,400000," "$work/out"
check 'and its rate' grep -q "^_T,$(awk -v m="$members" 'BEGIN {printf "%.1f", int(m * 1000 / 400000 + 0.5) / 10}')," "$work/out"
check 'women of their own employees' grep -qE '^F,.*,180000,' "$work/out"
check 'a table of the form' exits 0 clean estimate table labour_union 2023 single_prefecture --as csv
cp "$work/out" "$work/table.csv"
check 'as in truth' truth table "$work/month/truth.csv" single "$work/table.csv" prefecture 'unions=count()' 'members=total(members_total)' 'part=total(part_members)'
check 'a table of the affiliation record' exits 0 clean estimate table labour_union 2023 affiliations --as csv
check 'has its rows' grep -q '^13000001,' "$work/out"
check 'all tables' exits 0 clean estimate run labour_union 2023
check 'in Japanese' exits 0 clean estimate relations unions 2023 --lang ja
check 'has a Japanese title' prints '労働組合数・組合員数'

# --- planted errors ---
check 'every planted error is found by its check, the clean year has none' truth checks "$work/month-2023.json" "$work/month/planted.csv" "$work/clean-2023.json"
check 'circles, orphans and one-sided lists' exits 1 month estimate relations check 2023 --json
check 'exactly those planted' truth findings "$work/out" "$work/month/findings.csv"
check 'a circle has no total' exits 65 month estimate relations federations 2023
check 'and says so' tells 'run in a circle'
proposals=$(grep -o '"proposed":[0-9]*' "$work/month-2023.json" | awk -F: '{n += $2} END {print n + 0}')
check 'what cannot be right is asked' test "$proposals" -ge 15

# --- put right: corrections of all three record types, wrong affiliations withdrawn, the row that was left out added ---
correct() { # file, layout
  status=0
  "$program" intake file "$work/month/$1-2023.csv" --form labour_union/slip --layout "$2" --period 2023 --correct --office "$work/month" --quiet >"$work/out" 2>"$work/err" || status=$?
  [ "$status" -le 1 ] || { echo "exit $status"; false; }
}
check 'slips are corrected' correct slips csv
check 'each of the 36 spoilt ones, no other' grep -qE 'corrections among the accepted +36$' "$work/out"
check 'affiliations are compared by their own keys: nothing to correct' correct affiliations affiliations
check 'not one' grep -qE 'unchanged +317$' "$work/out"
tail -n 3 "$work/month/spoilt-affiliations-2023.csv" >"$work/wrong.csv"
while IFS=, read -r union federation name; do
  check "withdrawn: $name" exits 0 month intake withdraw --form labour_union/slip --period 2023 --key "union_no=$union" --key "federation_no=$federation" --reason mistake
done <"$work/wrong.csv"
check 'a key of no record type' exits 66 month intake withdraw --form labour_union/slip --period 2023 --key union_no=13000001 --key industry=E --reason mistake
check 'the constituents once more' take month constituents-2023.csv slip constituents 2023
check 'the one that was left out' grep -qE '= accepted +1$' "$work/out"
run month 2023 0
check 'the corrected year: unions and members' relations month unions 2023 --by prefecture
check 'by single organisation: as in truth' truth table "$work/month/truth.csv" single "$work/table.csv" "${by}single" $measures
check 'affiliations are in order now' exits 0 month estimate relations check 2023

# --- the route: a prefecture seals, the ministry receives; corrections and withdrawals of child records travel too ---
setup top office init --type ministry --code 00 --name 本省 --profile light
setup below office init --type prefecture --code 130001 --name 東京都 --profile light --parent "$work/top/office.json"
setup top office key "$work/below/office.json"
check 'the prefecture takes the spoilt year in' all_in below spoilt-
all() { awk 'END {print NR - 1}' "$work/month/$1"; }
sent=$(($(all spoilt-slips-2023.csv) + $(all spoilt-affiliations-2023.csv) + $(all spoilt-constituents-2023.csv)))
check 'a wrong count is not sealed' exits 65 below batch seal labour_union 2023 --declared slip=649 --declared employees=4 --out "$work/usb"
check 'three record types in one batch' exits 0 below batch seal labour_union 2023 --declared "slip=$sent" --declared employees=4 --out "$work/usb"
check 'received' exits 0 top batch receive --from "$work/usb" --receipts "$work/receipts"
check 'again: already here' exits 0 top batch receive --from "$work/usb" --receipts "$work/receipts"
check 'it is' prints 'received 0, already here 1'
run top 2023 1
grep -v ',U08$' "$work/month/planted.csv" >"$work/month/expected.csv" # last year is not here
check 'what is wrong is found above as below' truth checks "$work/top-2023.json" "$work/month/expected.csv" "$work/clean-2023.json"
check 'exactly the planted affiliations' exits 1 top estimate relations check 2023 --json
check 'as below' truth findings "$work/out" "$work/month/findings.csv"
status=0; office below intake file "$work/month/slips-2023.csv" --form labour_union/slip --layout csv --period 2023 --correct >/dev/null 2>&1 || status=$?
check 'corrected below' test "$status" -le 1
while IFS=, read -r union federation name; do
  setup below intake withdraw --form labour_union/slip --period 2023 --key "union_no=$union" --key "federation_no=$federation" --reason mistake
done <"$work/wrong.csv"
check 'the row that was left out' take below constituents-2023.csv slip constituents 2023
check 'sealed: 36 corrections, 3 withdrawals, 1 more' exits 0 below batch seal labour_union 2023 --declared slip=40 --out "$work/usb2"
check 'received' exits 0 top batch receive --from "$work/usb2" --receipts "$work/receipts"
run top 2023 0
check 'the year above' relations top unions 2023 --by prefecture
check 'is the truth' truth table "$work/month/truth.csv" single "$work/table.csv" "${by}single" $measures
check 'affiliations are in order above' exits 0 top estimate relations check 2023
check 'nothing is lost' exits 0 top ledger balance labour_union 2023
check 'the sums hold' prints 'differences 0'
check 'no conflict' exits 0 top batch conflicts

# --- files instead of the store; what is refused ---
files="--slips $work/month/slips-2023.csv --affiliations $work/month/affiliations-2023.csv"
check 'the same from files' exits 0 none estimate relations federations 2023 $files --as csv
cp "$work/out" "$work/one.csv"; relations clean federations 2023
check 'gives the same table' cmp "$work/one.csv" "$work/table.csv"
check 'the check from files' exits 0 none estimate relations check 2023 $files --constituents "$work/month/constituents-2023.csv"
printf 'worker_group,employees\nM,22\n' >"$work/men.csv"
check 'no denominator, no rate' exits 65 none estimate relations density 2023 --slips "$work/month/slips-2023.csv" --employees "$work/men.csv"
check 'and says which' tells 'no number of employees for T'
sed '5s/^[^,]*/13000001/' "$work/month/slips-2023.csv" >"$work/twice.csv"
check 'a number twice' exits 65 none estimate relations unions 2023 --slips "$work/twice.csv"
check 'is named' tells "'13000001' stands in two rows"
sed '1s/members_total/members/' "$work/month/slips-2023.csv" >"$work/head.csv"
check 'a column that is not there' exits 65 none estimate relations unions 2023 --slips "$work/head.csv"
check 'is named' tells "no column 'members_total'"
sed '7s/,4,1,/,7,1,/; 7s/,1,1,/,7,1,/' "$work/month/slips-2023.csv" >"$work/code.csv"
check 'a code out of its list' exits 65 none estimate relations unions 2023 --slips "$work/code.csv"
check 'has its line' tells 'code.csv:7'
# --- what is not there is not 0 ---
slips=$work/month/slips-2023.csv
column_out() { # file, column
  python3 -c 'import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8-sig"))); k = rows[0].index(sys.argv[2])
csv.writer(sys.stdout).writerows([r[:k] + r[k + 1:] for r in rows])' "$1" "$2"
}
blank() { # file, column, every how many rows
  python3 -c 'import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8-sig"))); k = rows[0].index(sys.argv[2])
for i, r in enumerate(rows[1:]): r[k] = "" if i % int(sys.argv[3]) == 0 else r[k]
csv.writer(sys.stdout).writerows(rows)' "$@"
}
column_out "$slips" members_female >"$work/no-women.csv"
check 'women not there' exits 1 none estimate relations density 2023 --slips "$work/no-women.csv" --employees "$work/month/employees-2023.csv" --as long
check 'have no rate' grep -qE '^F,rate,,.*undefined,not answered by any union' "$work/out"
check 'and no members' grep -qE '^F,members,,.*undefined,' "$work/out"
check 'men have theirs' grep -qE '^M,rate,[0-9]+\.[0-9],' "$work/out"
check 'federations without women' exits 1 none estimate relations federations 2023 --slips "$work/no-women.csv" --affiliations "$work/month/affiliations-2023.csv" --as long
check 'not 0 in any row' sh -c '! grep -E ",women," "$1" | grep -qv undefined' - "$work/out"
check 'and a note counts the unions' exits 1 none estimate relations federations 2023 --slips "$work/no-women.csv" --affiliations "$work/month/affiliations-2023.csv"
check 'all of them' prints 'women of 310 units not answered'
head -n 1 "$slips" >"$work/heads.csv"
check 'no row at all' exits 1 none estimate relations density 2023 --slips "$work/heads.csv" --employees "$work/month/employees-2023.csv" --as long
check 'no rate of anybody' sh -c 'test "$(grep -c "^[_TMFP]*,rate,,.*undefined,no slip" "$1")" -eq 4' - "$work/out"
check 'no unions without slips' exits 1 none estimate relations unions 2023 --slips "$work/heads.csv" --as long
check 'not 0 of them' grep -qE '^_T,single,unions,,.*undefined,no slip' "$work/out"
blank "$slips" members_total 20 >"$work/half.csv"
flow() { awk -F, -v p="$1" '$1 == p {print $6}' "$2"; }
check 'members not answered in one year' exits 1 none estimate relations flows 2023 --slips "$work/half.csv" --before "$work/month/slips-2022.csv" --as csv
cp "$work/out" "$work/flows.csv"
check 'are no change: it is that of the unions that answered' test "$(flow 7_change "$work/flows.csv")" -gt 0
check 'but have a line of their own' test "$(flow 8_not_answered "$work/flows.csv")" -lt 0
check 'all lines add up' awk -F, '$1 ~ /^[1-8]_/ {n += $6} $1 == "9_now" {now = $6} END {exit n != now}' "$work/flows.csv"
check 'flows of a number twice' exits 65 none estimate relations flows 2023 --slips "$work/twice.csv" --before "$slips"
check 'name it' tells "'13000001' stands in two rows"
check 'a year that is none' exits 64 none estimate relations unions foo --slips "$slips"
check 'is named' tells "'foo'"
check 'nor is a month' exits 64 none estimate relations flows 2023 --slips "$slips" --before-period 2022-06
printf 'year,members,employees\n2021,10077877,5980\n2022,,6048\n2023,9937654,6109\n' >"$work/gap.csv"
check 'no slip last year, no flows' exits 1 none estimate relations flows 2023 --slips "$slips" --before "$work/heads.csv" --as long
check 'nobody is new' grep -qE '^2_new,unions,,.*undefined,no slip last year' "$work/out"
check 'the stock of now is known' grep -qE '^9_now,unions,310,' "$work/out"
printf 'year,members,employees\nfoo,1,1\n' >"$work/foo.csv"
check 'a series of no year' exits 65 none estimate relations density --series "$work/foo.csv"
check 'has its line' tells 'foo.csv:2'
check 'a series with a year not answered' exits 1 none estimate relations density --series "$work/gap.csv" --as long
check 'that year has no rate' grep -qE '^2022,_T,rate,,.*undefined,members not answered' "$work/out"
check 'the next no change' grep -qE '^2023,_T,change,,.*undefined,a rate that is not known' "$work/out"

# --- either language ---
check 'unions in Japanese' exits 0 none estimate relations unions 2023 --slips "$slips" --lang ja
for word in 数え方 組合数 組合員数 非独立組合員 単一 '単位＝単位組織＋単位扱' 秘匿処理をしていません; do check "$word" prints "$word"; done
check 'no English' sh -c '! grep -qE "single|without|counts" "$1"' - "$work/out"
tail -n 1 "$work/out" | tr -cd 'a-f0-9' >"$work/digest-ja"
check 'in English' exits 0 none estimate relations unions 2023 --slips "$slips"
check 'the digest is the same' test "$(tail -n 1 "$work/out" | sed 's/^ *digest //')" = "$(cat "$work/digest-ja")"
check 'a refusal in Japanese' exits 65 none estimate relations unions 2023 --slips "$work/code.csv" --lang ja
check 'as a whole' tells '1～'

check 'an unknown kind' exits 64 none estimate relations strikes 2023
check 'a kind without its year' exits 64 none estimate relations unions
check 'says what is needed' tells "'PERIOD' is needed"
printf 'year,worker_group,members,employees\n2021,T,10077877,5980\n2022,T,9992373,6048\n2023,T,9937654,6109\n' >"$work/series.csv"
check 'a series' exits 0 none estimate relations density --series "$work/series.csv" --as csv
check 'the published rate of 2023' grep -q '^2023,_T,16.3,' "$work/out"
check 'the published rate of 2022' grep -q '^2022,_T,16.5,' "$work/out"
check 'as a picture' exits 0 none estimate relations density --series "$work/series.csv" --svg
check 'that is SVG' grep -q '<svg' "$work/out"
finish
