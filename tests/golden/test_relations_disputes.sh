#!/bin/sh
# test_relations_disputes.sh -- a made year of labour disputes through the program: twelve months taken in (disputes, acts, demands), processed, estimated by month
# and as a year, against the truth; planted errors of May against the checks that must find them; months that are missing or contradict one another.
# Ends with `relations disputes: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='relations disputes'
. tests/golden/common.sh
SHIRABE_FORMS=$PWD/forms SHIRABE_CLOCK=2023-02-20T00:00:00Z
generate=$BUILD/tests/demo/disputes_year
if [ ! -x "$generate" ]; then printf 'skipped: %s is not built; next: make tools\nrelations disputes: 0 passed, 0 failed, 1 skipped\n' "$generate"; exit 0; fi
truth() { python3 tests/golden/relations_truth.py "$@"; }
take() { # office, file, layout, month
  status=0
  "$program" intake file "$work/year/$2" --form labour_dispute/dispute --layout "$3" --period "2022-$4" --office "$work/$1" --quiet >"$work/out" 2>"$work/err" || status=$?
  [ "$status" -le 1 ] || { echo "$2: exit $status"; false; }
}
month_in() { take "$1" "$3slips-2022-$2.csv" csv "$2" && take "$1" "$3acts-2022-$2.csv" acts "$2" && take "$1" "demands-2022-$2.csv" demands "$2"; }
# participants of "strike or lock-out" are undefined where a dispute used both: ~ says that the truth has no figure of them
figures() { # office, period [, more options]
  folder=$1 period=$2; shift 2
  office "$folder" estimate relations disputes "$period" "$@" --as csv >"$work/table.csv" 2>"$work/err" || return 1
  cp "$work/table.csv" "$work/out"
  truth table "$work/year/truth.csv" "$period" "$work/table.csv" "figure" disputes=disputes days=days_lost participants=participants '~participants' '~days'
}

check 'a year of slips and its truth are made' "$generate" "$work/year"
check 'the form is good' exits 0 year form check labour_dispute/dispute
for name in clean may; do setup $name office init --type ministry --code 00 --name 本省 --profile light; done
for m in 01 02 03 04 05 06 07 08 09 10 11 12; do
  check "month $m is taken in" month_in clean $m ''
  check "month $m is processed: no hard check fails" exits 0 clean process run labour_dispute/dispute 2022-$m --json
  [ $m != 05 ] || cp "$work/out" "$work/clean-05.json"
  check "month $m: as in truth" figures clean 2022-$m
done
check 'the year from its months: as in truth' figures clean 2022
check 'carried over counts once' test "$(awk -F, '$2 == "05_new" || $2 == "06_carried_over" {n += $3} END {print n}' "$work/table.csv")" = \
  "$(awk -F, '$2 == "01_all" {print $3}' "$work/table.csv")"
cp "$work/table.csv" "$work/store.csv"
check 'forms overlap: they add up to more than the disputes with acts' test "$(awk -F, '$2 ~ /^1[1-5]_/ {n += $3} END {print n}' "$work/table.csv")" -gt \
  "$(awk -F, '$2 == "02_with_acts" {print $3}' "$work/table.csv")"
check 'months added up would count disputes more than once' test "$(awk -F, '$1 ~ /2022-/ && $2 == "01_all" {n += $3} END {print n}' "$work/year/truth.csv")" -gt \
  "$(awk -F, '$2 == "01_all" {print $3}' "$work/table.csv")"
check 'the months agree with one another' exits 0 clean estimate relations disputes-check 2022
check 'by industry' exits 0 clean estimate relations disputes 2022 --by industry --as csv
check 'the industries add up' test "$(awk -F, '$1 != "_T" && $2 == "01_all" {n += $3} END {print n}' "$work/out")" = "$(awk -F, '$1 == "_T" && $2 == "01_all" {print $3}' "$work/out")"
check 'the same from files' exits 0 none estimate relations disputes 2022 --disputes "$work/year/slips-2022.csv" --acts "$work/year/acts-2022.csv" --as csv
check 'gives the same table' cmp "$work/out" "$work/store.csv"
# --- what is not there is not 0 ---
files="--disputes $work/year/slips-2022.csv"
undefined() { grep -qE "^$1,,,,undefined" "$work/out" || { echo "not undefined: $1"; false; }; } # row, up to its first measure
check 'without the acts their forms are not known' exits 1 none estimate relations disputes 2022 $files --as csv
for row in 10_strike_or_lockout 11_strike 12_lockout 13_short_strike 14_slowdown 15_other 16_several_forms; do check "$row is undefined" undefined "_T,$row"; done
check 'what the slips say is as before' test "$(grep -F ',02_with_acts,' "$work/out")" = "$(grep -F ',02_with_acts,' "$work/store.csv")"
check 'in text' exits 1 none estimate relations disputes 2022 $files
check 'a note says why' prints 'name no form in a month with acts'
column_out() { # file, column
  python3 -c 'import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8-sig"))); k = rows[0].index(sys.argv[2])
csv.writer(sys.stdout).writerows([r[:k] + r[k + 1:] for r in rows])' "$1" "$2"
}
column_out "$work/year/slips-2022.csv" act_participants_year >"$work/no-heads.csv"
check 'heads since January not there' exits 1 none estimate relations disputes 2022 --disputes "$work/no-heads.csv" --acts "$work/year/acts-2022.csv" --as long
check 'participants are undefined' grep -qE '^_T,02_with_acts,participants,,.*undefined,not answered in any slip' "$work/out"

# --- a month that is said to be empty ---
check 'not while the store holds it' exits 64 clean estimate relations disputes 2022 --empty-month 2022-05
check 'that is said' tells 'slips of the month'
check 'nor alone' exits 64 clean estimate relations disputes 2022-05 --empty-month 2022-05
check 'nor in a file' exits 64 none estimate relations disputes 2022 $files --acts "$work/year/acts-2022.csv" --empty-month 2022-05
check 'nor what is no month' exits 64 clean estimate relations disputes 2022 --empty-month garbage
check 'is named' tells "'garbage'"
check 'nor one of another year' exits 64 clean estimate relations disputes 2022 --empty-month 2021-05
setup received office init --type ministry --code 00 --name 本省 --profile light
check 'slips received, not processed' month_in received 05 ''
check 'are there as well' exits 64 received estimate relations disputes 2022-05 --empty-month 2022-05
check 'a month without any is empty' exits 0 received estimate relations disputes 2022-06 --empty-month 2022-06 --as csv
check 'with nothing' grep -q '^_T,01_all,0,' "$work/out"

check 'a table of the act record, with a figure that subtraction would have given away' exits 0 clean estimate table labour_dispute 2022-08 forms
check 'is protected by further rows' prints 'secondary suppression: further figures hidden'
check 'and as CSV' exits 0 clean estimate table labour_dispute 2022-08 forms --as csv
check 'has its forms' grep -q '^3,' "$work/out"
check 'all tables of a month' exits 0 clean estimate run labour_dispute 2022-08
check 'in Japanese' exits 0 clean estimate relations disputes 2022-08 --lang ja
check 'has a Japanese title' prints '労働争議の件数・人員・労働損失日数'
check 'Japanese heads' prints '労働損失日数'
check 'Japanese rows' prints '11 半日以上の同盟罷業'
check 'a Japanese refusal' prints '秘匿処理をしていません'
check 'no English note' sh -c '! grep -qE "^  [a-z0-9 :]*(dispute|strikes|heads) " "$1"' - "$work/out"

# --- planted errors ---
check 'the spoilt month is taken in' month_in may 05 spoilt-
check 'and processed: hard checks fail' exits 1 may process run labour_dispute/dispute 2022-05 --json
check 'every planted error is found by its check' truth checks "$work/out" "$work/year/planted.csv" "$work/clean-05.json"
check 'a year without its months' exits 65 may estimate relations disputes 2022
check 'names the month' tells 'the year 2022 has no data of month 1'
check 'a month said to be empty is believed, the next one is asked for' exits 65 may estimate relations disputes 2022 --empty-month 2022-01
check 'it is' tells 'month 2'

# --- the route: sealed by the prefecture, received, judged and asked about by the ministry ---
setup top office init --type ministry --code 00 --name 本省 --profile light
setup below office init --type prefecture --code 130001 --name 東京都 --profile light --parent "$work/top/office.json"
setup top office key "$work/below/office.json"
check 'the prefecture takes the spoilt month in' month_in below 05 spoilt-
sent=$(awk 'FNR > 1' "$work/year/spoilt-slips-2022-05.csv" "$work/year/spoilt-acts-2022-05.csv" "$work/year/demands-2022-05.csv" | wc -l)
check 'it seals all three record types' exits 0 below batch seal labour_dispute 2022-05 --declared "dispute=$sent" --out "$work/usb"
check 'the ministry receives them' exits 0 top batch receive --from "$work/usb" --receipts "$work/receipts"
check 'and judges them' exits 1 top process run labour_dispute/dispute 2022-05 --json
check 'as the prefecture would' truth checks "$work/out" "$work/year/planted.csv" "$work/clean-05.json"
check 'the prefecture is asked' exits 0 top query ask labour_dispute 2022-05
check 'also about single acts' exits 0 top query list
check 'whose days are wrong' grep -qE 'dispute +D0[45] +form_days_lost' "$work/out"

# --- months that contradict one another ---
head -n 1 "$work/year/slips-2022.csv" | tr -d '\r' | sed 's/^\xef\xbb\xbf//' >"$work/heads"
column() { tr ',' '\n' <"$work/heads" | grep -nx "$1" | cut -d: -f1; }
slip() { # number, month, start, state, has_act, heads since January, days
  awk -F, -v n="$(awk -F, '{print NF}' "$work/heads")" -v set="dispute_no=$1;month=$2;start_date=$3;state=$4;has_act=$5;total_participants=50;act_participants=10;act_participants_year=$6;days_lost=$7" '
    NR == 1 { k = split(set, part, ";"); for (i = 1; i <= k; i++) { split(part[i], p, "="); value[p[1]] = p[2] }
      for (i = 1; i <= n; i++) printf "%s%s", (i > 1 ? "," : ""), value[$i]; print "" }' "$work/heads"
}
{ cat "$work/heads"
  slip A 2022-01 2022-01-10 1 1 10 5; slip A 2022-03 2022-01-10 2 2 9 ''; slip B 2022-02 2021-11-01 2 2 0 ''; slip B 2022-03 2021-11-02 1 2 0 ''
} >"$work/slips.csv"
printf 'dispute_no,month,act_form,participants,participants_year,form_days_lost\nA,2022-01,3,10,10,5\n' >"$work/acts.csv"
empty=''; for m in 04 05 06 07 08 09 10 11 12; do empty="$empty --empty-month 2022-$m"; done
check 'they are listed' exits 1 none estimate relations disputes-check 2022 --disputes "$work/slips.csv" --acts "$work/acts.csv" $empty
for fault in 'A  open_without_later_slip' 'A  carried_without_earlier_slip' 'A  heads_since_january_fall' 'A  days_lost_by_a_form_that_loses_none' 'B  start_differs' \
  'B  slip_after_settlement' 'B  carried_without_earlier_slip'; do check "$fault" prints "$fault"; done
check 'and nothing else but the open end' prints '4 slips, 8 findings'
printf 'dispute_no,month,act_form,participants,participants_year,form_days_lost\nC,2022-01,3,10,10,0\n' >"$work/acts.csv"
check 'an act without its slip' exits 65 none estimate relations disputes 2022 --disputes "$work/slips.csv" --acts "$work/acts.csv" $empty
check 'is named' tells "'C' has no slip of its own"
finish
