#!/bin/sh
# test_tables.sh -- tables that can be printed, compared and drawn, through the commands: marks, digests, kept tables, comparison of two runs with its reasons, pictures and
# codebook with the form's words; a suppressed figure stands in none of them. Ends with `tables: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='tables'
. tests/golden/common.sh

job_form house
cp forms/codelists/disclosure_profiles.json forms/codelists/publication_rules.json "$work/forms/codelists/"
mkdir -p "$form/codes" && cp forms/codelists/prefectures.csv "$form/codes/"
cat >"$form/form.json" <<'J'
{ "survey": "shop", "form": "house", "version": "1", "title_ja": "世帯票", "title_en": "Households", "period": "month", "since": "2020-01-01", "until": "", "predecessor": "", "event_date": "", "office_item": "",
  "records": [{ "name": "house", "parent": "", "keys": ["no"] }],
  "layouts": [{ "name": "csv", "kind": "csv", "header": true, "items": ["no", "pref", "district", "n_districts", "m_houses", "type", "income"] }], "codelists": {}, "source": "example" }
J
cat >"$form/items.csv" <<'C'
name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,era_table,required,note
no,番号,number,house,count,int,,1,0,1,999999,,,,,,,,ID,reported,,,,yes,
pref,都道府県,prefecture,house,code,code,,1,0,,,prefectures,,,,,,,ANSWER,reported,,,,,
district,地区,district,house,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
n_districts,地区数,districts,house,count,int,,1,0,1,9999,,,,,,,,ANSWER,reported,,,,,
m_houses,世帯数,households,house,count,int,,1,0,1,99999,,,,,,,,ANSWER,reported,,,,,
type,世帯類型,type of household,house,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
income,収入,income,house,amount,int,yen,1000,0,0,99999999,,,,,,,,ANSWER,reported,,,,,
C
printf 'id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source\nH1,hard,house,,income < 9000000,大きい,large,確かめる,check,example\n' >"$form/checks.csv"
printf '{ "seed": 7, "weight": "none", "steps": [ { "step": "look", "method": "edit" } ] }\n' >"$form/process.json"
cat >"$form/tables.csv" <<'C'
id,title_ja,title_en,dataset,rows,columns,measure,domain,filter,rounding,disclosure,note
income,都道府県・世帯類型別の収入,Income by prefecture and type of household,house,pref,type,mean(income);total(income),,,1,persons_10,
C
cat >"$form/design.json" <<'J'
{ "kind": "sample", "unit": "household", "nested": true, "weight": "populations", "lonely": "stop",
  "stages": [ { "unit": "district", "stratum": "pref", "population": "n_districts" }, { "unit": "no", "population": "m_houses" } ],
  "publish": { "profile": "style_e_f" }, "source": "example" }
J
# Four prefectures of 48 households; in 27 and 47 two types have eight households each, fewer than the profile's ten. Incomes of type 2 in 13 spread widely.
python3 - "$work" <<'P'
import random, sys
draw, no = random.Random(3), 0
with open(f'{sys.argv[1]}/house.csv', 'w') as a, open(f'{sys.argv[1]}/later.csv', 'w') as b:
    for f in (a, b): f.write('no,pref,district,n_districts,m_houses,type,income\n')
    for pref in ('01', '13', '27', '47'):
        for district in range(1, 5):
            for k in range(12):
                no += 1
                kind = '123'[k % 3] if pref in ('01', '13') else '112233333333'[k]
                income = 300 + draw.randrange(80) + (draw.choice([0, 0, 0, 9000]) if pref == '13' and kind == '2' else 0)
                a.write(f'{no},{pref},{pref}{district},20,40,{kind},{income}\n')
                b.write(f'{no},{pref},{pref}{district},20,40,{kind},{income + (40 if no == 1 else 0)}\n')
P
new_office office
new_office second
check 'the form is in order' exits 0 office form check shop/house
for which in office second; do
  receive "$which" "$work/$([ $which = office ] && echo house || echo later).csv" 2025-12
  setup "$which" process run "$kind" 2025-12
done

# --- printed ---
check 'a table as text' exits 0 office estimate table shop 2025-12 income
check 'text: a mark and its meaning' prints 'too unreliable to be published'
check 'text: the rule' prints 'publication rule style_e_f'
check 'text: the digest' prints '  digest '
check 'text: words of codes' prints 'pref 13  Tokyo'
grep '  digest ' "$work/out" | sed 's/.* //' >"$work/digest"
check 'in Japanese' exits 0 office estimate table shop 2025-12 income --lang ja
check 'in Japanese: the meaning' prints '公表に適さない'
check 'without a rule' exits 0 office estimate table shop 2025-12 income --rule none
check 'without a rule: no mark' sh -c '! grep -q "unreliable" "$1"' - "$work/out"
check 'another rule' exits 0 office estimate table shop 2025-12 income --rule style_asterisk --as long
check 'another rule: its mark' prints ',*,'
check 'a rule that is not there' exits 78 office estimate table shop 2025-12 income --rule style_x
check 'a rule that is not there: where to look' tells 'publication_rules.json'
check 'long CSV has intervals and marks' exits 0 office estimate table shop 2025-12 income --as long
check 'its columns' prints 'pref,type,measure,value,se,cv,df,low,high,confidence,deff,flag,n,status,reason'
check 'suppressed figures' sh -c 'test "$(grep -c suppressed "$1")" -eq 8' - "$work/out"
cp "$work/out" "$work/long.csv"
check 'unreliable figures are taken away with their mark' sh -c 'grep "^13,2,mean" "$1" | grep -q ",,,,,,,,,F,16,unreliable,cv above 33.3 %"' - "$work/long.csv"
check 'JSON' exits 0 office estimate table shop 2025-12 income --json
cp "$work/out" "$work/table.json"
check 'JSON: the same digest' grep -q "\"digest\":\"$(cat "$work/digest")\"" "$work/table.json"
for threads in 2 8; do
  check "$threads threads" exits 0 office estimate table shop 2025-12 income --json --threads "$threads"
  check "$threads threads: the same bytes and digest" cmp "$work/out" "$work/table.json"
done

# --- kept and compared ---
check 'the run is kept' exits 0 office estimate run shop 2025-12 --keep --json
cp "$work/out" "$work/run.json"
id=$(sed 's/.*"stored":\["\([0-9a-f]*\)".*/\1/' "$work/run.json")
short=$(printf %.12s "$id")
check 'a kept table and a file of the run are the same' exits 0 office estimate compare "$short" "$work/run.json"
check 'the same: digest' prints 'same digest'
check 'the same: reasons' prints 'nothing is known to differ'
check 'the later run' exits 0 second estimate run shop 2025-12 --json
cp "$work/out" "$work/later.json"
check 'a revision is found' exits 1 office estimate compare "$work/run.json" "$work/later.json"
cp "$work/out" "$work/compare.txt"
check 'revision: digests' prints 'digests differ'
check 'revision: why' prints 'records of shop/house/2025-12/imputed: 192 records in 1 shards -> as many, with other content'
check 'revision: only the cells of the record, and their number' sh -c 'test "$(grep -c " changed$" "$1")" -eq 9' - "$work/compare.txt"
check 'revision as CSV' exits 1 office estimate compare "$work/run.json" "$work/later.json" --as csv
check 'revision: a cell' sh -c 'grep -q "^01,1,mean(income),changed,[0-9.]*,[0-9.]*,2.5,0.00" "$1"' - "$work/out"
check 'revision: hidden cells have no numbers' sh -c 'test "$(grep -c ",hidden,,,,,,,,suppressed,suppressed,,,$" "$1")" -eq 8' - "$work/out"
check 'revision as JSON' exits 1 office estimate compare "$work/run.json" "$work/later.json" --json
check 'revision: readable JSON' python3 -m json.tool "$work/out"
check 'revision as a picture' exits 1 office estimate compare "$work/run.json" "$work/later.json" --as svg
check 'revision: the picture names the cell' prints 'Hokkaido'
check 'long CSV files are compared' exits 0 office estimate compare "$work/long.csv" "$work/long.csv"
sed 's/"value":3\([0-9]*\)/"value":9\1/' "$work/table.json" >"$work/forged.json"
check 'a file that was changed is not believed' exits 65 office estimate compare "$work/table.json" "$work/forged.json"
check 'a file that was changed: says so' tells 'its digest differs'
check 'an id too short' exits 64 office estimate compare 12ab "$work/run.json"
check 'a file that is no table' exits 65 office estimate compare "$work/house.csv" "$work/run.json"

# --- pictures ---
for kind_of in dot bar map; do
  check "a picture: $kind_of" exits 0 office estimate chart shop 2025-12 income --kind $kind_of --lang ja
  cp "$work/out" "$work/$kind_of.svg"
  check "$kind_of: the same from the file" sh -c '"$1" estimate chart --from "$2" --kind "$3" --lang ja | cmp - "$4"' - "$program" "$work/table.json" $kind_of "$work/$kind_of.svg"
  check "$kind_of: well-formed" python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$work/$kind_of.svg"
  check "$kind_of: words of the form" grep -q '東京' "$work/$kind_of.svg"
  check "$kind_of: the mark's meaning" sh -c 'grep -q "利用に注意\|公表に適さない" "$1" || test "$2" = map -o "$2" = bar' - "$work/$kind_of.svg" $kind_of
done
check 'one type only: the suppressed tile is hatched' sh -c '"$1" estimate chart --from "$2" --kind map --where type=2 --lang en | grep -A 3 "<title>Okinawa x</title>" | grep -q "hatch"' - "$program" "$work/table.json"
check 'lines over periods' sh -c 'sed "s/2025-12/2026-01/" "$2" | sed "s/,\"digest\":\"[0-9a-f]*\"//" >"$3"; "$1" estimate chart --from "$2" --from "$3" --kind line >"$4" && grep -q "2026-01" "$4"' - "$program" "$work/table.json" "$work/next.json" "$work/line.svg"
check 'a break between them' sh -c '"$1" estimate chart --from "$2" --from "$3" --kind line --mark "2026-01=benchmark:new sample" --lang en | grep -q "A  2026-01  benchmark: new sample"' - "$program" "$work/table.json" "$work/next.json"
check 'a break at no period is refused' sh -c '! "$1" estimate chart --from "$2" --from "$3" --kind line --mark "2027-01=break" >"$4" 2>&1 && grep -q "2027-01" "$4"' - "$program" "$work/table.json" "$work/next.json" "$work/refused"
check 'a break of bars too' sh -c '! "$1" estimate chart --from "$2" --kind bar --mark "2025-12=break" 2>/dev/null' - "$program" "$work/table.json"
check 'a dimension that is not there' exits 65 office estimate chart --from "$work/table.json" --axis age
check 'a code that is not there' exits 65 office estimate chart --from "$work/table.json" --where type=7

# --- codebook ---
check 'codebook' exits 0 office estimate codebook shop 2025-12 income
check 'codebook: a code in both languages' prints '| 13 | 東京都 | Tokyo'
check 'codebook: an item' prints 'type of household'
check 'codebook: the estimator' prints 'sum w x / sum w'
check 'codebook: states' prints '| suppressed to protect respondents (x) | 8 |'
check 'codebook: weights' prints '| units | 192 |'
check 'codebook: digest' grep -q "$(cat "$work/digest")" "$work/out"
cp "$work/out" "$work/codebook.md"
check 'codebook as HTML' exits 0 office estimate codebook shop 2025-12 income --as html --lang ja
cp "$work/out" "$work/codebook.html"
check 'codebook as JSON' exits 0 office estimate codebook --from "$short" --json
check 'codebook as JSON: readable' python3 -m json.tool "$work/out"

# --- what is suppressed stands nowhere: the figures as they would be, looked for in everything that was made ---
cat >"$work/file.json" <<'J'
{ "kind": "sample", "nested": true, "weight": "populations", "stages": [ { "unit": "district", "stratum": "pref", "population": "n_districts" }, { "unit": "no", "population": "m_houses" } ] }
J
"$program" estimate file "$work/house.csv" --design "$work/file.json" --table 'mean(income);total(income)' --by 'pref;type' --as long >"$work/open.csv" 2>"$work/err"
check 'the hidden figures are known to this test' sh -c 'test "$(grep -c "^27,[12],\|^47,[12]," "$1")" -eq 8' - "$work/open.csv"
grep '^27,[12],\|^47,[12],' "$work/open.csv" | cut -d, -f 4,5,8,9 | tr ',' '\n' | sed 's/\(.......\).*/\1/' >"$work/secrets"
check 'all of them' sh -c 'test "$(grep -c . "$1")" -eq 32' - "$work/secrets"
cut -c 1-6 "$work/secrets" >"$work/needles"
for made in long.csv table.json run.json compare.txt dot.svg bar.svg map.svg line.svg codebook.md codebook.html; do
  check "nothing hidden in $made" sh -c '! grep -F -f "$1" "$2"' - "$work/needles" "$work/$made"
done
check 'a search that finds what is shown' grep -q -F -f "$work/needles" "$work/open.csv"
finish
