#!/bin/sh
# test_estimate_vital.sh -- `estimate vital`: every kind over small files whose figures are worked out by hand, and what it refuses.
# Ends with `estimate vital: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
. ./tests/golden/scratch.sh
cd "$here" || exit 70
vital() { "$shirabe" estimate vital "$@" >out 2>err; }
holds() { # what, command...
  what=$1; shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s\n' "$what"; cat out err; fi
}
ends() { # what, status, arguments
  what=$1 want=$2; shift 2
  vital "$@"; status=$?
  holds "$what (status $status)" test "$status" -eq "$want"
}
says() { holds "$1" grep -qE -- "$2" out; }
complains() { holds "$1" grep -qE -- "$2" err; }

cat >births.csv <<'CSV'
scope,prefecture,month,sex,mother_age,order,plurality,weight,weeks
1,13,1,1,30,1,1,2400,36
1,13,2,2,31,2,1,3000,39
1,13,2,2,,,,,
2,13,2,1,25,1,1,3000,39
CSV
cat >deaths.csv <<'CSV'
scope,prefecture,month,sex,age,age_days,icd,place
1,13,1,1,0,2,P07.3,1
1,48,1,2,80,,C34.1,1
1,,1,2,90,,R54,6
CSV
echo 'prefecture,sex,age,people' >people.csv
for sex in M F; do age=0; while [ $age -lt 100 ]; do echo "13,$sex,$age,10"; age=$((age + 1)); done; done >>people.csv

printf 'code,name,ranges,valid_from\nlung,lung,C30-C39,\nold,senility,R54,2020-01-01\n' >causes.csv

# --- a year ---
ends 'the list of tables' 0 year --year 2023 --births births.csv --deaths deaths.csv
says 'births of scope 1 only' '^births_prefecture +3 '
says 'all births by scope' '^births_scope +4 '
says 'checks of what is known were run' '^362 cross-checks, 0 failed$'
says 'a form without a file is not 0' '^divorces_prefecture +-  '
ends 'fertility' 0 year --year 2023 --births births.csv --population people.csv --table tfr --as csv
says 'the nation by single ages: 0.1 + 0.1' '^_T,0.20,'
says 'Tokyo by groups: 5 x 2/50' '^13,0.20,'
ends 'deaths by cause' 0 year --year 2023 --deaths deaths.csv --table deaths_cause_age --as csv
says 'cancer at 80' '^02100,2,80-84,1,'
ends 'small counts hidden' 0 year --year 2023 --deaths deaths.csv --table deaths_cause_age --suppress 2 --as csv
says 'no figure is left' '^02100,2,80-84,,.*suppressed'
ends 'rates of records' 0 year --year 2023 --births births.csv --deaths deaths.csv --population people.csv --table rates --as csv
says 'births 3 over 2000' '^_T,birth_rate,1.50,.*,3,'
ends 'shares and mean ages' 0 year --year 2023 --births births.csv --table shares --as csv
says 'one of two below 2,500 g' '^low_birth_weight,50.0,.*,1.0,.*,2.0,'
says 'mean age of mothers 31.0' '^mean_age_mother,31.0,'
ends 'a cause list of its own' 0 year --year 2023 --deaths deaths.csv --table ranks --as csv --causes "$here/causes.csv"
says 'its groups' '^_T,_T,old,1,'
sed 's/^lung/old/; s/C30-C39/R50-R59/' causes.csv >overlap.csv
ends 'overlapping groups' 78 year --year 2023 --deaths deaths.csv --causes overlap.csv
complains 'both groups' 'E6454'
ends 'a file of another form' 65 year --year 2023 --births deaths.csv
complains 'its missing column' "E6455.*'mother_age'"
sed 's/C34.1/Q/' deaths.csv >bad.csv
ends 'a code that is none' 65 year --year 2023 --deaths bad.csv
complains 'its line and column' '^bad.csv:3:7: error\[E6456\]'
ends 'no population' 64 year --year 2023 --births births.csv --table tfr
ends 'an unknown table' 66 year --year 2023 --births births.csv --table nothing
ends 'no year' 64 year --births births.csv

ends 'a snapshot' 0 year --year 2023 --births births.csv --deaths deaths.csv --table totals
says 'the nation' '^2023,,approximate,,3,1,2,3,1,2,0,1,1,1,'
cp out snapshot.csv
ends 'its checks' 0 check snapshot.csv
says 'one less: the causes' 'approximate: 361 checks, 0 failed'
sed 1d snapshot.csv | sed 's/approximate/final/' >>snapshot.csv
ends 'its revision' 0 revision snapshot.csv
ends 'the flash count of a month' 0 year --year 2023 --month 2 --status flash --births births.csv --table totals
says 'all scopes: two and a foreigner' '^2023,2,flash,,3,'
ends 'the approximate count' 0 year --year 2023 --month 2 --births births.csv --table totals
says 'Japanese in Japan' '^2023,2,approximate,,2,'
ends 'a flash year' 64 year --year 2023 --status flash --births births.csv
ends 'monthly rates' 0 year --year 2023 --month 2 --births births.csv --population people.csv --table rates --as csv
says '2 x 365 over 2000 x 28' '^_T,birth_rate,13.00,.*,730,.*,56000,'

# --- what follows from counts ---
ends 'a table of a form without a file' 64 year --year 2023 --births births.csv --table deaths_age
complains 'the option' 'deaths'
ends 'rates without deaths' 0 year --year 2023 --births births.csv --population people.csv --table rates --as csv
holds 'no death rate of 0' sh -c '! grep -q death_rate out'
ends 'fertility by age' 0 year --year 2023 --births births.csv --population people.csv --table asfr --as csv
says 'the nation at 30: 1 over 10' '^_T,30,0.10000,'
says 'Tokyo at 30 to 34: 2 over 50' '^13,30-34,0.04000,'
cat >mothers.csv <<'CSV'
scope,prefecture,month,sex,age,age_days,icd,place
1,13,1,2,30,,O72.1,1
1,13,2,2,31,,O99.4,1
1,13,3,2,31,,O96,1
1,13,4,2,29,,A34,1
1,13,5,1,70,,C34.1,1
1,13,6,2,78,,C34.1,1
1,13,6,2,82,,I60.9,1
CSV
cat >still.csv <<'CSV'
scope,prefecture,month,type,weeks,mother_age
1,13,1,1,13,30
1,13,1,1,24,30
1,13,2,2,30,31
CSV
ends 'maternal deaths' 0 year --year 2023 --births births.csv --deaths mothers.csv --stillbirths still.csv --table rates --as csv
says 'three of births and stillbirths: 3/6' '^_T,maternal_mortality,50000.00,.*,3,.*,6,'
says 'per births: 3/3' '^_T,maternal_mortality_per_births,100000.00,.*,3,.*,3,'
says 'natural stillbirths: 2/6' '^_T,natural_stillbirth_rate,333.30,'
says 'from 22 weeks: 2/5' '^_T,fetal_death_rate_22w,400.00,'
says 'perinatal by 28 weeks: 1/3' '^_T,perinatal_mortality_28w,333.30,.*,1,.*,3,'
ends 'the kinds' 0 year --year 2023 --deaths mothers.csv --table deaths_maternal --as csv
says 'a late one stands apart' '^late,30-34,13,1,'
ends 'the old' 0 year --year 2023 --deaths mothers.csv --population people.csv --table elderly --as csv
says '65 and over: three' '^_T,_T,_T,65\+,'
holds 'their number and rate' python3 -c "
import csv
r = {(x['prefecture'], x['sex'], x['cause'], x['age']): x for x in csv.DictReader(open('out'))}
n = lambda *k: int(float(r[k]['numerator']))
assert (n('_T', '_T', '_T', '65+'), n('_T', '_T', '_T', '75+'), n('_T', '_T', '_T', '80+')) == (3, 2, 1)
assert n('_T', '2', '02100', '75+') == 1 and n('13', '1', '_T', '65+') == 1
assert abs(float(r['_T', '_T', '_T', '65+']['rate']) - 3 / 700 * 1000) < 0.06"
ends 'rates of causes' 0 year --year 2023 --deaths mothers.csv --population people.csv --table cause_rates --as csv
says 'cancer: 2 over 2000' '^_T,_T,02100,100.0,'
ends 'hidden counts of a table of rates' 64 year --year 2023 --deaths mothers.csv --table elderly --suppress 2
printf 'code,name,ranges\n02101,mouth,C00-C14\n02110,lung,C33-C34\n09301,bleeding,I60\n' >leaves.csv
ends 'causes summed to their parents' 0 year --year 2023 --deaths mothers.csv --table cause_tree --causes leaves.csv --as csv
holds 'lung, its group, its chapter, all' python3 -c "
import csv
r = {(x['cause'], x['sex']): int(float(x['count()'])) for x in csv.DictReader(open('out'))}
assert [r[c, '_T'] for c in ('02110', '02100', '02000', '09000', '00000')] == [2, 2, 2, 1, 7], r"
ends 'the members of the built-in list' 0 year --year 2023 --deaths mothers.csv --table cause_tree --cause-list members
says 'lung' '^02110 +_T +2'
says 'and what is not confirmed' 'not confirmed by a published list'
printf 'code,name,ranges,valid_from,valid_to\nold,before,U07,,2020-02-01\n22200,COVID,U07.1,2020-02-01,\n' >new.csv
printf 'scope,prefecture,month,sex,age,age_days,icd,place\n1,13,1,1,70,,U07.1,1\n1,13,3,1,70,,U07.1,1\n' >early.csv
ends 'a code before its group began wants a look' 1 year --year 2020 --deaths early.csv --causes new.csv
says 'how many' '^1 deaths bear a code whose group did not exist'
ends 'each death by the list of its month' 0 year --year 2020 --deaths early.csv --causes new.csv --table deaths_cause_age --as csv
says 'January' '^old,1,70-74,1,'
says 'March' '^22200,1,70-74,1,'
cat >marriages.csv <<'CSV'
scope,prefecture,month,husband_age,wife_age,husband_before,wife_before
1,13,1,30,28,1,1
1,13,2,31,45,1,3
1,13,3,19,19,1,1
CSV
printf 'scope,prefecture,month,type,duration,children,husband_age,wife_age\n1,13,1,1,3,0,41,39\n1,13,1,1,3,0,44,\n' >divorces.csv
ends 'first marriages and divorces by age' 0 year --year 2023 --marriages marriages.csv --divorces divorces.csv --population people.csv --table marriage_ages --as csv
says 'two men of 30 to 34 over 50' '^first_marriage,1,30-34,40.00,'
says 'one woman of 25 to 29: the divorced one is no first marriage' '^first_marriage,2,25-29,20.00,'
says 'under 20 over the people of 15 to 19' '^first_marriage,1,0-19,20.00,'
says 'two divorced men of 40 to 44' '^divorce,1,40-44,40.00,'
cut -d, -f1-6 divorces.csv >ageless.csv
ends 'divorces without ages' 65 year --year 2023 --divorces ageless.csv --population people.csv --table marriage_ages
complains 'the columns' 'E6465.*husband_age'
ends 'but their other tables' 0 year --year 2023 --divorces ageless.csv --table divorces_duration

# --- totals ---
cat >totals.csv <<'CSV'
year,status,births,births_m,births_f,deaths,stillbirths,stillbirths_natural,stillbirths_artificial
2015,approximate(nengai),1005656,,,1290428,22621,10864,11757
2015,final,1005677,515468,490209,1290444,22621,10864,11757
CSV
ends 'totals that add up' 0 check totals.csv
says 'each release' '^2015 final: .* 0 failed, 0 to look at$'
sed 's/515468/515469/' totals.csv >wrong.csv
ends 'totals that do not' 1 check wrong.csv
says 'both sides' 'sexes = births: 1005678 / 1005677'
ends 'as JSON' 1 check wrong.csv --json
says 'the finding' '"check":"sexes = births"'
ends 'revisions' 0 revision totals.csv
says 'births +21' 'births .*approximate>final .*\+21 '
grep -v nengai totals.csv | sed 's/2015,final/2015,flash/; $a2015,final,1005677,,,1290444,22621,10864,11757' >skipped.csv
ends 'final after flash alone' 78 revision skipped.csv
complains 'the order' 'E6457'
ends 'rates of totals' 0 rates totals.csv --year 2015 --as csv
says 'stillbirth rate 22.0 of its pair' '^_T,stillbirth_rate,22.00,.*,22621,.*,1028298,'
cat >month.csv <<'CSV'
year,month,status,births
2024,2,flash,60
CSV
ends 'a month' 0 rates month.csv --population people.csv --as csv
says 'annualised: 60 x 366 / (2000 x 29)' '^_T,birth_rate,378.60,.*,21960,.*,58000,'

sed '$a2014,final,1003609,,,1273025,,,' totals.csv >two.csv
ends 'overview' 0 overview two.csv --year 2015 --as csv
says '2,068 more births; one every 31 s' '^births,1005677,.*,1003609,.*,2068,.*,31,'
says 'the stillbirth rate stands beside its count' '^stillbirths,22621,.*,22.00,'
printf 'year,sex,age,people\n2015,M,30,61022756\n2015,F,30,64296543\n' >nation.csv
ends 'overview with people' 0 overview two.csv --year 2015 --population nation.csv --as csv
says 'births 8.0, as published' '^births,1005677,.*,8.00,'
says 'deaths 10.3, as published' '^deaths,1290444,.*,10.30,'

# --- snapshots ---
grep -v final totals.csv >approximate.csv
ends 'a snapshot is kept' 0 keep approximate.csv --into folder
says 'its hash' '^kept 2015_approximate.csv  sha256 [0-9a-f]{64}$'
ends 'again: nothing is added' 0 keep approximate.csv --into folder
says 'nothing' '^0 added, 1 in the folder$'
sed 's/1005656/1005657/' approximate.csv >other.csv
ends 'another of the same status is refused' 73 keep other.csv --into folder
complains 'it is never replaced' 'E6461'
ends 'the final one follows' 0 keep totals.csv --into folder
says 'one more' '^1 added, 2 in the folder$'
ends 'all as they were kept' 0 kept folder
says 'both' '^2 snapshots, all as they were kept$'
holds 'a snapshot is read like any totals file' sh -c '"$0" estimate vital check folder/2015_final.csv >/dev/null' "$shirabe"
sed 's/^2014/2013/; s/2015,final/2014,final/' totals.csv | grep -v approximate >lonely.csv
ends 'a final status without the approximate one' 78 keep lonely.csv --into folder
ends 'totals that contradict themselves are not kept' 65 keep wrong.csv --into fresh
cp -R folder changed; sed -i 's/1005677/1005678/' changed/2015_final.csv
ends 'a changed file' 65 kept changed
complains 'its name' "E6462.*'2015_final.csv'"
cp -R folder shorter; sed -i '2d; s/^2,/1,/' shorter/snapshots.csv
ends 'a line taken out of the list' 65 kept shorter
complains 'the chain' "E6462.*'snapshots.csv'"
ends 'no folder' 64 keep totals.csv
ends 'an empty folder' 66 kept "$here"
printf 'a passphrase of the tests\n' >pass; SHIRABE_PASSPHRASE_FILE=$here/pass; export SHIRABE_PASSPHRASE_FILE
"$shirabe" office init --type ministry --code 00 --name ministry --profile light --office "$here/office" --quiet >/dev/null 2>&1
ends 'the list is signed by the office' 0 keep totals.csv --into folder --sign --office "$here/office"
key=$(python3 -c "import json; print(json.load(open('office/office.json'))['minisign_public'])" 2>/dev/null)
ends 'and verified by its key' 0 kept folder --key "$key"
says 'good' '^signature of the list: good'
ends 'another key' 65 kept folder --key "RW$(printf '%s' "$key" | cut -c3- | tr 'A-Za-z' 'B-ZAb-za')"
unset SHIRABE_PASSPHRASE_FILE

# --- life tables, areas, pictures ---
{ echo 'age,q'; age=0; while [ $age -lt 100 ]; do echo "$age,0.0198013266932447"; age=$((age + 1)); done; echo 100,1; } >q.csv
ends 'a life table of constant force 0.02' 0 life q.csv --as csv
says 'survivors at 50' '^_T,50,0.01980,.*,36788,'
ends 'survival as a picture' 0 life q.csv --svg
says 'SVG' '^<svg '
ends 'in Japanese' 0 life q.csv --svg --draw mortality --lang ja
says 'its title' '年齢別死亡率'
ends 'a table with a gap' 65 life births.csv
grep -v '^7,' q.csv >gap.csv
ends 'ages with a gap' 65 life gap.csv
complains 'the line' '^gap.csv:9:'
printf 'area,group,deaths,expected\na,1,150,100\nb,1,50,100\n' >areas.csv
ends 'small areas' 0 smr areas.csv --as csv
says 'the first drawn in to (150 + 1/0.24)/(100 + 1/0.24)' '^1,a,150.0,.*,148.0,'
{ echo 'age,people,people_after,deaths_lower,deaths_upper'; age=0; while [ $age -lt 40 ]; do echo "$age,1000,900,100,50"; age=$((age + 1)); done; } >lexis.csv
ends 'Lexis triangles' 0 life lexis.csv --as csv
says '1 - 0.9 x 0.95' '^_T,10,0.14500,'
{ echo 'year,month,age,births,deaths'
  for year in 2014 2015; do month=1; for days in 31 28 31 30 31 30 31 31 30 31 30 31; do echo "$year,$month,,$((days * 1000)),"; month=$((month + 1)); done; done
  for age in 0w 1w 2w 3w 4w 2m 3m 6m; do echo ",,$age,,365"; done; } >infants.csv
ends 'infants by cohorts' 0 life q.csv --infants infants.csv --as csv
says '365 of 365,000 in the first week' '^_T,0w,0.00100,.*,100000,.*,100,'
printf 'old,new,deaths\na,a,90\na,b,10\nb,b,30\nb,a,5\nc,b,1\n' >bridge.csv
ends 'bridge' 0 bridge bridge.csv --as csv
says '95 over 100' '^a,0.9500,'
says 'no ratio without both' '^c,,.*undefined'
printf 'year,group,deaths\n2010,a,200\n2010,b,70\n2011,a,100\n' >series.csv
ends 'a series carried over' 0 bridge bridge.csv --series series.csv --as csv
holds 'a: 180 + 10 of b, b: 20 + 60; totals stay' python3 -c "
import csv
r = {(x['year'], x['group']): (float(x['converted']), float(x['old'])) for x in csv.DictReader(open('out'))}
assert r['2010', 'a'] == (190, 200) and r['2010', 'b'] == (80, 70) and r['2011', 'a'] == (90, 100) and r['2011', 'b'] == (10, 0), r"
printf 'group,deaths\nnobody,5\n' >unknown.csv
ends 'a group that the bridge does not know' 65 bridge bridge.csv --series unknown.csv
complains 'its name' "E6464.*'nobody'"
ends 'a pyramid' 0 pyramid people.csv --area 13
says '1,000 men' '1,000 men, 1,000 women'
for bad in '13.5,M,1,10' '13,M,-1,10' '99,M,1,10' '13,X,1,10' '13,M,1,1e300' '13,M,1,ten' '13,M,,10'; do
  { cat people.csv; echo "$bad"; } >hostile.csv
  ends "people $bad" 65 pyramid hostile.csv
done
ends 'an unknown kind' 64 nothing
ends 'a kind without its file' 64 life
printf 'estimate vital: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
