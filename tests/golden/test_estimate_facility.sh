#!/bin/sh
# test_estimate_facility.sh -- `estimate facility` over small files whose figures are worked out by hand, the published month of June 2007, and hostile
# input: no days, no movement, no beds, transfers above the stock, a missing month, a missing cell. Ends with `estimate facility: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
root=$PWD
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$root/$BUILD ;; esac
shirabe=$BUILD/shirabe
passed=0 failed=0
here=$(mktemp -d) || exit 73
trap 'rm -rf "$here"' EXIT
unset SHIRABE_OFFICE SHIRABE_PASSPHRASE_FILE 2>/dev/null
SHIRABE_LANG=en SHIRABE_FORMS=$root/forms SHIRABE_CLOCK=2026-12-20T00:00:00Z
export SHIRABE_LANG SHIRABE_FORMS SHIRABE_CLOCK
cd "$here" || exit 70
holds() { # what, command...
  what=$1; shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s\n' "$what"; head -n 8 out err; fi
}
ends() { # what, status, arguments
  what=$1 want=$2; shift 2
  "$shirabe" estimate facility "$@" >out 2>err; status=$?
  holds "$what (status $status)" test "$status" -eq "$want"
}
says() { holds "$1" grep -qE -- "$2" out; }
complains() { holds "$1" grep -qE -- "$2" err; }

# --- published: June 2007 ---
cp "$root/tests/spec/hospital_2007_06.csv" published.csv
ends 'the published month' 0 published published.csv
says 'the rest of 37 patients lies in infectious-disease beds' '^rest of infectious-disease beds is 0 or more +inf +37 .*recomputed_agrees'
says 'the total 80.0 is in the range of the types' '^occupancy of the types weighted by beds +_T +80 +79\.9[0-9]* \.\. 80\.[0-9]+ +recomputed_agrees'
says 'the change since May' '^change since the month before +_T +6286 +6286 +recomputed_agrees'
says 'the rate of a type cannot be computed again, and that is said' '^occupancy of the type +psy +90.2 +only_compared'
sed 's/^_T,1329882,1323596,6286,80.0/_T,1329882,1323596,6286,80.6/' published.csv >off.csv
ends 'another total' 1 published off.csv
says 'is out of the range' 'weighted by beds +_T +80.6 .*recomputed_differs'
sed 's/^_T,1329882/_T,1329800/' published.csv >off.csv
ends 'a total below its types' 1 published off.csv
ends 'as JSON' 1 published off.csv --json
says 'with results' '"result":"recomputed_differs"'
echo 'bed_type,occupancy
xyz,1' >bad.csv
ends 'an unknown type' 65 published bad.csv
ends 'no file' 64 published

# --- Hospital Report: two hospitals and a clinic, May to July ---
items='prefecture,facility_no,report_kind,period_from,period_to,outpatients'
for h in psy inf tb lt gen; do for k in beds days end new left in out; do items=$items,${k}_$h; done; done
zeros() { printf ',0,0,0,0,0,0,0'; }
row() { # prefecture, number, kind, month, last day, outpatients, lt (7 values), gen (7 values)
  printf '%s,%s,%s,2025-%s-01,2025-%s-%s,%s' "$1" "$2" "$3" "$4" "$4" "$5" "$6"; zeros; zeros; zeros; printf ',%s,%s\n' "$7" "$8"
}
none=0,0,0,0,0,0,0
{ echo "$items"
  row 13 1 1 05 31 310 100,2790,90,2,2,3,3 100,2170,70,50,50,0,0
  row 13 2 1 05 31 620 $none 50,1240,40,30,30,0,0
  row 13 9 2 05 31 '' 10,248,8,1,1,0,0 $none
  row 13 1 1 06 30 300 100,2700,90,2,2,3,3 100,2100,70,50,50,0,0
  row 13 2 1 06 30 600 $none 50,1200,40,30,30,0,0
  row 13 9 2 06 30 '' 10,240,8,1,1,0,0 $none
  row 01 1 1 06 30 300 100,2700,90,0,0,0,0 $none
} >patients.csv
ends 'a month' 0 occupancy --patients patients.csv --period 2025-05 --as csv
says 'general: 110 of 150 beds' '^2025-05,_T,gen,110,,,shown,73.3,.*,3410,.*,110,.*,150,'
says 'the total: (90 + 70 + 40) / 250; 6200 days / 31' '^2025-05,_T,_T,200,,,shown,80.0,'
says 'outpatients 930 / 31' '^2025-05,_T,outpatients,30,'
says 'the clinic stands apart' '^2025-05,_T,clinic_lt,8,,,shown,80.0,'
holds 'a type without beds has no rate' sh -c "grep -qE '^2025-05,_T,psy,0,,,shown,,,,undefined' out"
ends 'mean stay' 0 stay --patients patients.csv --period 2025-05 --as csv
says 'general: 2 x 3410 / 160' '^2025-05,_T,gen,42.6,'
says 'long-term care with transfers: 2 x 2790 / (2 + 2 + 3 + 3)' '^2025-05,_T,lt,558.0,'
says 'the total across types without transfers: 2 x 6200 / (160 + 4)' '^2025-05,_T,_T,75.6,'
printf 'prefecture,facility_no,state\n13,1,1\n13,2,1\n13,9,1\n13,7,1\n13,8,9\n' >open.csv
ends 'who did not report' 1 occupancy --patients patients.csv --register open.csv --period 2025-05
says 'three of four open ones' '3 of 4 open facilities of the register reported in 1 months; nothing stands for the others'
head -n 1 open.csv >empty.csv
ends 'a register without a record' 65 occupancy --patients patients.csv --register empty.csv --period 2025-05
complains 'is refused' '^empty.csv:.*E6651.*records'
ends 'without a register' 0 occupancy --patients patients.csv --period 2025-05
says 'it is not known' 'no register for 1 months: how many facilities did not report there is not known'
ends 'as JSON' 0 stay --patients patients.csv --period 2025-05 --json
says 'with the measures' '"movements"'
ends 'by prefecture' 0 occupancy --patients patients.csv --period 2025-06 --by prefecture --as csv
says 'Hokkaido alone' '^2025-06,01,lt,90,,,shown,90.0,'
ends 'two months' 0 occupancy --patients patients.csv --period 2025-06 --from 2025-05 --svg
says 'as a picture' '^<svg '
ends 'in Japanese' 0 occupancy --patients patients.csv --period 2025-06 --from 2025-05 --svg --lang ja
says 'its title' '月末病床利用率'
ends 'no movement, patients there' 0 stay --patients patients.csv --period 2025-06 --by prefecture --as csv
says 'has no mean stay' '^2025-06,01,lt,,,,undefined'
ends 'a missing prior month is counted, not passed' 0 balance --patients patients.csv --period 2025-06 --from 2025-05
says 'as not checked' '^11 checked, 16 without a month before,'
ends 'as JSON' 0 balance --patients patients.csv --period 2025-06 --from 2025-05 --json
says 'with counts' '"checked":11,"no_prior":16'
ends 'a missing month' 66 occupancy --patients patients.csv --period 2025-07 --from 2025-05
complains 'its name' 'E6652.*2025-07'
ends 'a year of two months' 66 occupancy --patients patients.csv --period 2025
complains 'the first that is missing' 'E6652.*2025-01'
sed '2,3s/,0,0\(,\|$\)/,0,0\1/; s/^13,2,1,2025-06-01,\(.*\),40,30,30,0,0$/13,2,1,2025-06-01,\1,40,30,33,0,0/' patients.csv >off.csv
ends 'a difference of three' 1 occupancy --patients off.csv --period 2025-06 --from 2025-05
complains 'is told' 'E6660'
ends 'and listed' 1 balance --patients off.csv --period 2025-06 --from 2025-05
says 'with both sides' '^13/2 +2025-06 +gen +difference +37 +40'
sed 's/^13,2,1,2025-06-01,\(.*\),40,30,30,0,0$/13,2,1,2025-06-01,\1,40,30,30,0,99/' patients.csv >off.csv
ends 'transfers out above the stock' 1 balance --patients off.csv --period 2025-06 --from 2025-05
says 'are a finding of their own' 'gen +more_left_than_there_were +70 +129'
{ head -n 1 patients.csv; for m in 05 06 07; do d=31; [ $m = 06 ] && d=30; row 01 1 1 $m $d 0 100,2700,90,0,0,0,0 $none; done; } >still.csv
ends 'three months without movement' 1 balance --patients still.csv --period 2025-07 --from 2025-05
says 'are told once' '1 without movement for three months$'
sed 's/2025-06-30/2025-06-29/' patients.csv >off.csv
ends 'a month of 29 days' 65 occupancy --patients off.csv --period 2025-06
complains 'its message' '^off.csv:5:.*E6656.*2025-06 .13/1'
{ cat patients.csv; row 13 1 1 06 30 300 $none $none; } >off.csv
ends 'a hospital twice' 65 occupancy --patients off.csv --period 2025-06
complains 'is refused, by line and number' '^off.csv:9:.*E6653.*13/1'
sed 's/^13,2,1,/13,2,3,/' patients.csv >off.csv
ends 'a kind of report that is none' 65 occupancy --patients patients.csv --patients off.csv --period 2025-05
complains 'by file, line and number' '^off.csv:3:.*E6651.*report_kind .13/2'
sed 's/^13,2,1,2025-05-01\(.*\),50,1240,40/13,2,1,2025-05-01\1,50,V,40/' patients.csv >off.csv
ends 'patient days not known' 1 stay --patients off.csv --period 2025-05 --as csv
says 'leave numerator and denominator: 2 x 2170 / 100' '^2025-05,_T,gen,43.4,'
ends 'in words' 1 stay --patients off.csv --period 2025-05
says 'the class and how many' 'general beds: 1 reports lack patient days or movements'
ends 'patients a day without the days of one hospital' 1 occupancy --patients off.csv --period 2025-05 --as csv
says 'the row bears the number of reports' '^2025-05,_T,gen,70,.*,1,.*,2$'
ends 'in words' 1 occupancy --patients off.csv --period 2025-05
says 'the class, and that the sum is too low' 'general beds: 1 reports lack patient days: .* too low'
ends 'in Japanese' 1 occupancy --patients off.csv --period 2025-05 --lang ja
says 'the note too' '一般病床：報告 1 件に在院患者延数なし'
sed 's/^13,2,1,2025-05-01,2025-05-31,620/13,2,1,2025-05-01,2025-05-31,V/' patients.csv >off.csv
ends 'visits not known' 1 occupancy --patients off.csv --period 2025-05
says 'are told' 'outpatients: 1 reports lack outpatient visits'
ends 'a facility with one month of two' 1 occupancy --patients patients.csv --period 2025-06 --from 2025-05
says 'is named' '1 facilities reported fewer months than the 2 of others, sums lack theirs: 01/1 \(1\)'
ends 'in Japanese' 1 occupancy --patients patients.csv --period 2025-06 --from 2025-05 --lang ja
says 'the note too' '2 か月.*1 件：合計はその分過少です。01/1 \(1\)'
ends 'balance of one month' 1 balance --patients patients.csv --period 2025-05
says 'checks nothing, and says so' '^nothing was checked'
sed 's/,1240,/,12x0,/' patients.csv >off.csv
ends 'a cell that is no number' 65 occupancy --patients off.csv --period 2025-05
complains 'with its place' '^off.csv:3:.*E6651'
sed 's/,1240,/,999999999999999,/' patients.csv >off.csv
ends 'a number above the limit of the form' 65 occupancy --patients off.csv --period 2025-05
sed 's/,1240,/,-1,/' patients.csv >off.csv
ends 'a number below 0' 65 occupancy --patients off.csv --period 2025-05
cut -d, -f1-20 patients.csv >off.csv
ends 'a column gone' 65 occupancy --patients off.csv --period 2025-05
complains 'by its name' 'E6650'
ends 'no period' 64 occupancy --patients patients.csv
ends 'no file and no store' 64 occupancy --period 2025-05

# --- stock and reconciliation ---
beds='psy inf tb lt gen clinic'
head_of() { printf '%s' "$1"; for b in $beds; do printf ',%s_%s' "$2" "$b"; done; }
{ head_of prefecture,facility_no,facility_kind,state beds; echo
  echo '13,a,3,1,0,0,0,0,100,0'; echo '13,b,3,1,0,0,0,0,50,0'; echo '13,c,4,2,0,0,0,0,0,10'; echo '13,d,1,1,80,0,0,0,0,0'; } >register.csv
{ head_of prefecture,facility_no,notice_no,notice_kind,event_date,facility_kind before; head_of '' after; echo
  echo '13,e,1,1,2025-10-05,3,0,0,0,0,0,0,0,0,0,20,40,0'
  echo '13,b,1,3,2025-10-09,3,0,0,0,0,50,0,0,0,0,0,0,0'
  echo '13,a,1,5,2025-11-02,3,0,0,0,0,100,0,0,0,0,30,90,0'
  echo '13,c,1,2,2025-11-03,4,0,0,0,0,0,0,0,0,0,0,0,8'
  echo '13,d,1,4,2025-11-04,1,80,0,0,0,0,0,0,0,0,0,0,0'
  echo '13,z,1,3,2025-11-05,3,0,0,0,0,0,0,0,0,0,0,0,0'
  echo '13,b,2,4,2025-11-06,3,0,0,0,0,0,0,0,0,0,0,0,0'; } >notices.csv
files='--register register.csv --notices notices.csv --period 2025-11 --from 2025-10'
# shellcheck disable=SC2086
ends 'two months of stock' 1 stock $files --as csv
complains 'two notices cannot be carried' 'E6659.*2 notices'
says 'October: 3 + 1 - 1' '^2025-10,_T,3,.*,1,.*,0,.*,1,.*,0,.*,0,.*,3,'
says 'November: 3 + 1 reopened - 1 suspended' '^2025-11,_T,3,.*,0,.*,1,.*,0,.*,1,.*,0,.*,3,'
# shellcheck disable=SC2086
ends 'its beds' 1 stock $files --table beds --as csv
says 'October: 230 + 60 - 50' '^2025-10,_T,230,.*,60,.*,50,.*,0,.*,240,'
says 'November: 240 + 8 - 80 + 20' '^2025-11,_T,240,.*,8,.*,80,.*,20,.*,188,'
# shellcheck disable=SC2086
ends 'the notices' 1 notices $files
says 'a closing nobody knows' '^13/z +2025-11 +3 +not_there +no'
says 'a suspension of what was closed' '^13/b +2025-11 +4 +not_there +no'
# shellcheck disable=SC2086
ends 'as JSON' 1 notices $files --json
says 'with the reason' '"reason":"not_there","carried":false'
grep -v 2025-11 notices.csv >october.csv
ends 'a month without a notice' 66 stock --register register.csv --notices october.csv --period 2025-11 --from 2025-10
complains 'its name and the file' '^october.csv:.*E6652.*2025-11'
ends 'a month said to be without any' 0 stock --register register.csv --notices october.csv --period 2025-11 --from 2025-10 --empty-month 2025-11 --as csv
says 'keeps its stock' '^2025-11,_T,3,.*,0,.*,0,.*,0,.*,0,.*,0,.*,3,'
ends 'notices of other months' 0 stock --register register.csv --notices notices.csv --period 2025-10
says 'are counted' '^  5 notices of other months in the files are left out'
ends 'also in their list' 0 notices --register register.csv --notices notices.csv --period 2025-10
says 'are counted' '^5 notices of other months in the files are left out'
ends 'in Japanese' 0 notices --register register.csv --notices notices.csv --period 2025-10 --lang ja
says 'too' '^ファイル中の範囲外の月の届出 5 件は除きました'
tac notices.csv | sed -n '$p' >shuffled.csv; tac notices.csv | sed '$d' >>shuffled.csv
"$shirabe" estimate facility stock --register register.csv --notices shuffled.csv --period 2025-11 --from 2025-10 --as csv >other 2>/dev/null
# shellcheck disable=SC2086
"$shirabe" estimate facility stock $files --as csv >out 2>err
holds 'the order of the notices does not matter' cmp out other
# shellcheck disable=SC2086
ends 'drawn' 1 stock $files --svg
says 'SVG' '^<svg '
{ cat register.csv; echo '13,a,3,1,0,0,0,0,100,0'; } >twice.csv
ends 'an institution twice' 65 stock --register twice.csv --notices notices.csv --period 2025-11
complains 'is refused, by line and number' '^twice.csv:6:.*E6653.*13/a'
sed 's/^13,c,4/13,c,7/' register.csv >off.csv
ends 'a kind that is none' 65 stock --register off.csv --notices notices.csv --period 2025-11 --from 2025-10
complains 'by line and number' '^off.csv:4:.*E6651.*facility_kind .13/c'
sed 's/^13,c,1,2,/13,c,1,8,/' notices.csv >off.csv
ends 'a notice that is none' 65 stock --register register.csv --notices off.csv --period 2025-11 --from 2025-10
complains 'by line and number' '^off.csv:5:.*E6651.*notice_kind .13/c'
head -n 1 register.csv >empty.csv
ends 'a register without a record' 65 stock --register empty.csv --notices notices.csv --period 2025-11 --from 2025-10
complains 'is refused' '^empty.csv:.*E6651.*records'
{ head_of prefecture,facility_no,facility_kind,state beds; echo ',full_physician,hours_physician,standard_hours'
  echo '13,a,3,1,0,0,0,0,110,0,10,50.0,40.0'; echo '13,b,3,1,0,0,0,0,50,0,3,0,'; echo '13,c,4,1,0,0,0,0,0,10,1,0,'; echo '13,f,3,1,0,0,0,0,40,0,2,1.5,40.0'; } >static.csv
ends 'against the static survey' 1 reconcile --register register.csv --static static.csv --period 2025 --as csv
says 'closed without a notice' '^differences,only_in_roll_forward,1,'
says 'opened without one' '^differences,only_in_static,1,'
says 'reopened without one' '^differences,state,1,'
says 'ten more beds' '^differences,beds,1,.*,100,.*,110,'
says 'and the bridge ends at 210 beds' '^bridge,7_static,4,.*,210,'
ends 'each by name' 1 reconcile --register register.csv --static static.csv --period 2025 --list
says 'the beds' '^13/a  beds  gen: 100 / 110'
printf 'prefecture,population\n13,1000000\n' >people.csv
ends 'beds per 100,000' 0 beds --static static.csv --population people.csv --period 2025 --as csv
says '200 of a million' '^_T,beds_gen_per_100000,20.0,.*,200.0,.*,1000000,'
says '(10 + 1.2 + 3 + 2 + 0.1) / 200: hours cut to a tenth, at least 0.1' '^_T,physicians_fte_per_100_beds,8.2,.*,16.3,.*,200,'
# national rows, regions and doubles would be counted into the nation
for bad in 00 48 1 130 99 ''; do
  printf 'prefecture,population\n13,1000000\n%s,5000000\n' "$bad" >off.csv
  ends "a population of '$bad'" 65 beds --static static.csv --population off.csv --period 2025
  complains 'is no prefecture' '^off.csv:3:.*E6651.*prefecture'
done
printf 'prefecture,population\n13,1000000\n47,5\n47,5\n' >off.csv
ends 'a prefecture twice, without institutions there' 65 beds --static static.csv --population off.csv --period 2025
complains 'with its line' '^off.csv:4:.*E6651.*one row of each prefecture'
printf 'prefecture,population\n01,1000000\n' >people.csv
ends 'no population of the prefecture' 65 beds --static static.csv --population people.csv --period 2025
complains 'its name' '^people.csv:.*E6658.* 13'

head -n 1 static.csv >empty.csv
ends 'a static survey without a record' 65 beds --static empty.csv --population people.csv --period 2025
complains 'is refused' '^empty.csv:.*E6651.*records'
echo 'bed_type,occupancy' >empty.csv
ends 'a publication without a line' 65 published empty.csv

# --- what is given and not used is refused ---
unused() { # what, option, arguments
  what=$1 option=$2; shift 2
  ends "$what" 64 "$@"
  complains 'is refused by its name' "E6060.*$option"
}
unused 'notices without a month before October' --notices reconcile --register register.csv --notices notices.csv --static static.csv --period 2025
unused 'a month after October' --from reconcile --register register.csv --static static.csv --period 2025 --from 2030-05
unused 'one register for twelve months' --register occupancy --patients patients.csv --register open.csv --period 2025-06 --from 2025-05
unused 'files beside the store' --patients occupancy hospital_report 2025-12 --patients patients.csv
unused 'a period beside the store' --period occupancy hospital_report 2025-12 --period 2025-01
unused 'a stage of files' --stage occupancy --patients patients.csv --period 2025-05 --stage received
unused 'areas of the detail forms' --by welfare --register basic.csv --detail answers.csv --period 2025 --by prefecture
unused 'months of the detail forms' --from welfare --register basic.csv --detail answers.csv --period 2025 --from 2020-01
unused 'a picture of the detail forms' --svg welfare --register basic.csv --detail answers.csv --period 2025 --svg
unused 'a table of a picture' --table stock --register register.csv --notices notices.csv --period 2025-11 --from 2025-10 --svg --table beds
unused 'a form of a list' --as notices --register register.csv --notices notices.csv --period 2025-11 --from 2025-10 --as csv
unused 'a register of the balance' --register balance --patients patients.csv --register open.csv --period 2025-06 --from 2025-05

# --- detail forms: two cells ---
printf 'prefecture,facility_no,facility_type,state,capacity,cell\n' >basic.csv
for i in 1 2 3 4; do echo "13,a$i,101,1,50,A"; done >>basic.csv
for i in 1 2 3; do echo "13,b$i,201,1,100,B"; done >>basic.csv
echo '13,c1,201,9,100,B' >>basic.csv
printf 'prefecture,facility_no,users_total,capacity,standard_hours,full_head,hours_head\n' >stub.csv
detail() { # the staff columns of the form, all but one of them 0
  head=prefecture,facility_no,users_total,capacity,standard_hours zero=
  for k in $(sed -n 's/^full_\([a-z_]*\),.*/\1/p' "$root"/forms/library/welfare_facility/detail/2018/items.csv); do
    head=$head,full_$k,hours_$k
    [ "$k" = head ] || zero=$zero,0,0
  done
  echo "$head"
}
detail >answers.csv
answer() { echo "13,$1,$2,$3,40.0,$4,$5$zero"; }
{ answer a1 40 50 5 20.0; answer a2 30 50 5 0; answer b1 90 100 10 0; answer b2 70 V 10 0; answer b3 80 100 10 0; } >>answers.csv
welfare() { ends "$@"; }
head -n 1 answers.csv >empty.csv
welfare 'no answer at all' 65 welfare --register basic.csv --detail empty.csv --period 2025
complains 'is refused' '^empty.csv:.*E6651.*records'
head -n 1 basic.csv >empty.csv
welfare 'no facility at all' 65 welfare --register empty.csv --detail answers.csv --period 2025
complains 'is refused' '^empty.csv:.*E6651.*records'
welfare 'two cells' 0 welfare --register basic.csv --detail answers.csv --period 2025 --as csv
says 'facilities and capacity of the basic form' '^101,facilities,4.00,,,shown'
says 'users: 2 x (40 + 30)' '^101,users,140.00,'
holds 'its standard error: sqrt(4 x 2 / 2 x 50) = 14.142' sh -c "grep '^101,users,' out | grep -q '^101,users,140.00,14.14213562'"
says 'per 100 places: 70 of 100' '^101,users_per_100_places,70.00,'
says 'staff: 5.5 + 5 over 2 facilities' '^101,fte_per_facility,5.25,'
says 'a cell with every answer has no error' '^201,users,240.00,0,'
says 'without the capacity that is not known: 170 of 200' '^201,users_per_100_places,85.00,.*,1,.*,2$'
welfare 'threads' 0 welfare --register basic.csv --detail answers.csv --period 2025 --as csv --threads 2
{ head -n 1 answers.csv; answer a3 60 50 1 0; tail -n +2 answers.csv | sed 's/^13,b2,70/13,b2,V/'; } >some.csv
welfare 'a total whose item one of three lacks' 1 welfare --register basic.csv --detail some.csv --period 2025 --as csv
says '3 facilities x (90 + 80) / 2' '^201,users,255.00,'
says 'its error: sqrt(3 x 1 / 2 x 50) = 8.66, of a full reply without the item' '^201,users,255.00,8.660254'
says 'the cell without a gap keeps its own' '^101,users,173.33'
welfare 'in words' 1 welfare --register basic.csv --detail some.csv --period 2025
says 'it is our choice' 'our choice: totals with without_item above 0'
sed 's/^13,b\([123]\),[0-9]*,/13,b\1,V,/' answers.csv >off.csv
welfare 'a total of which a cell knows nothing' 1 welfare --register basic.csv --detail off.csv --period 2025 --as csv
says 'is not defined' '^201,users,,,,undefined'
says 'nor is the whole' '^_T,users,,,,undefined'
says 'the other cell is' '^101,users,140.00,14.142'
sed 's/^13,a1,40,/13,a1,V,/' answers.csv >off.csv
welfare 'one answer with the item for four' 1 welfare --register basic.csv --detail off.csv --period 2025 --as csv
says 'has no error' '^101,users,120.00,,,shown'
welfare 'or its deviation from zero' 1 welfare --register basic.csv --detail off.csv --period 2025 --lonely centre --as csv
says 'as asked' '^101,users,120.00,[1-9]'
sed 's/^13,a1,101,1,50,/13,a1,101,1,V,/' basic.csv >off.csv
welfare 'a capacity missing in the basic form' 1 welfare --register off.csv --detail answers.csv --period 2025 --as csv
says 'leaves no total' '^101,capacity,,,,undefined,'
welfare 'its reason' 1 welfare --register off.csv --detail answers.csv --period 2025 --as long
says 'is told' '^101,capacity,value,.*unknown in the basic form'
{ head -n 1 answers.csv; tail -n +2 answers.csv | tac; } >shuffled.csv
"$shirabe" estimate facility welfare --register basic.csv --detail answers.csv --period 2025 --json >other 2>/dev/null
welfare 'the order of the answers' 0 welfare --register basic.csv --detail shuffled.csv --period 2025 --json
holds 'does not matter' cmp out other
{ cat answers.csv; answer c1 10 100 1 0; } >more.csv
welfare 'an answer of a closed facility stops' 65 welfare --register basic.csv --detail more.csv --period 2025
complains 'its reason' 'E6654.*closed or suspended'
welfare 'or is left out when asked' 0 welfare --register basic.csv --detail more.csv --period 2025 --closed-out --as csv
{ cat answers.csv; answer x9 10 100 1 0; } >more.csv
welfare 'an answer nobody knows stops' 65 welfare --register basic.csv --detail more.csv --period 2025
complains 'its reason' 'E6654.*not in the register'
grep -v ',b' answers.csv >less.csv
welfare 'a cell without an answer stops' 65 welfare --register basic.csv --detail less.csv --period 2025
complains 'its name' "E6655.*'B'"
welfare 'wider cells help' 0 welfare --register basic.csv --detail less.csv --period 2025 --cells prefecture
grep -v ',a2' answers.csv >less.csv
welfare 'a cell with one answer of four stops' 65 welfare --register basic.csv --detail less.csv --period 2025
complains 'its name' 'found: A$'
welfare 'or counts its deviation from zero' 0 welfare --register basic.csv --detail less.csv --period 2025 --lonely centre
sed 's/,50,A$/,50,/' basic.csv >off.csv
welfare 'a register without a cell stops' 65 welfare --register off.csv --detail answers.csv --period 2025
complains 'its message' 'E6654'
sed 's/^13,a1,40,50,/13,a1,40,0,/; s/^13,a2,30,50,/13,a2,30,0,/' answers.csv >off.csv
welfare 'a capacity of 0' 0 welfare --register basic.csv --detail off.csv --period 2025 --as csv
says 'has no rate, and says so' '^101,users_per_100_places,,,,undefined'
{ cat answers.csv; answer a1 40 50 5 0; } >off.csv
welfare 'an answer twice' 65 welfare --register basic.csv --detail off.csv --period 2025
complains 'is refused' E6653
# --- in Japanese: heads, codes, reasons and notes; the digest is that of the same table ---
english() { ! tail -n +2 out | grep -E "$1"; } # the first line bears the name of the table
same_digest() { a=$(grep -oE '[0-9a-f]{64}' out); "$shirabe" estimate facility "$@" 2>err | grep -oE '[0-9a-f]{64}' >other; [ -n "$a" ] && [ "$a" = "$(cat other)" ]; }
japanese() { # what, status, arguments
  what=$1; shift
  ends "$what in Japanese" "$@" --lang ja
  holds "$what has no English word left" english '[a-z]{4,}_|[a-z]{3,} [a-z]{2,} '
}
japanese 'reconcile' 1 reconcile --register register.csv --static static.csv --period 2025
says 'the bridge' '橋渡しは合います'
holds 'with the same digest' same_digest reconcile --register register.csv --static static.csv --period 2025
# shellcheck disable=SC2086
japanese 'notices' 1 notices $files
says 'a reason' '13/z +2025-11 +3 +名簿にない +いいえ'
sed 's/^13,2,1,2025-06-01,\(.*\),40,30,30,0,0$/13,2,1,2025-06-01,\1,40,30,33,0,0/' patients.csv >off.csv
japanese 'balance' 1 balance --patients off.csv --period 2025-06 --from 2025-05
says 'a finding' '^13/2 +2025-06 +一般 +不一致 +37 +40'
japanese 'published' 0 published published.csv
says 'a result' '前月との差 .*再計算と一致'
japanese 'occupancy' 1 occupancy --patients patients.csv --period 2025-06 --from 2025-05
says 'the head' '^月 .*病床の種類 .*月末病床利用率'
holds 'with the same digest' same_digest occupancy --patients patients.csv --period 2025-06 --from 2025-05
japanese 'stay' 0 stay --patients patients.csv --period 2025-05
japanese 'stock' 0 stock --register register.csv --notices notices.csv --period 2025-10
printf 'prefecture,population\n13,1000000\n' >people.csv
japanese 'beds' 0 beds --static static.csv --population people.csv --period 2025
japanese 'welfare' 1 welfare --register basic.csv --detail some.csv --period 2025
says 'our choice' '独自の選択：「項目なし」のある総数は'
ends 'an unknown kind' 64 nothing
printf 'estimate facility: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
