#!/bin/sh
# test_process_mixed.sh -- the step localise with all rules: IF-THEN, codes, soft rules, operations, reliability by record; answers worked out by hand, wrong options with their place,
# the same bits for 1, 2 and 8 threads, and the same answers for any order of records. Ends with `process mixed: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='process mixed'
. tests/golden/common.sh
lacks() { if grep -qF -- "$1" "$work/out"; then echo "printed: $1"; false; fi; }

mkdir -p "$work/forms/library/shop/mixed/1/codes" "$work/forms/codelists"
form=$work/forms/library/shop/mixed/1
cp forms/codelists/disclosure_profiles.csv "$work/forms/codelists/" 2>/dev/null || true
cat >"$work/forms/library/shop/survey.json" <<'J'
{ "survey": "shop", "code": "00000000", "title_ja": "商店", "title_en": "Shops", "law": "example", "levels": ["ministry"], "due_days": [10], "query_days": [7], "retention_class": "short", "forms": ["mixed"], "source": "example" }
J
cat >"$form/form.json" <<'J'
{ "survey": "shop", "form": "mixed", "version": "1", "title_ja": "混合票", "title_en": "Mixed", "period": "month", "since": "2020-01-01", "until": "", "predecessor": "", "event_date": "", "office_item": "",
  "records": [{ "name": "shop", "parent": "", "keys": ["no"] }],
  "layouts": [{ "name": "csv", "kind": "csv", "header": true, "items": ["no", "area", "kind", "a", "b", "t", "u", "p", "q", "r", "v", "g", "h", "w", "z"] }], "codelists": {}, "source": "example" }
J
printf 'code,label_ja,label_en,parent,valid_from,valid_to,status\n1,東,East,,,,valid\n2,西,West,,,,valid\n' >"$form/codes/area.csv"
printf 'code,label_ja,label_en,parent,valid_from,valid_to,status\n1,甲,A,,,,valid\n2,乙,B,,,,valid\n3,丙,C,,,,valid\n' >"$form/codes/kind.csv"
{
  echo 'name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,era_table,required,note'
  echo 'no,番号,number,shop,count,int,,1,0,1,999999,,,,,,,,ID,reported,,,,yes,'
  for code in area kind; do echo "$code,$code,$code,shop,code,code,,1,0,,,$code,,,,,,,ANSWER,reported,,,,,"; done
  for item in a b t u p q r v g h w z; do
    least=0; [ $item = v ] && least=-999999
    echo "$item,$item,$item,shop,amount,int,,1,0,$least,999999,,,,,,,,ANSWER,reported,,,,,"
  done
} >"$form/items.csv"
cat >"$form/checks.csv" <<'C'
id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source,weight
SUM,hard,shop,,a + b = t,和が合わない,not the sum,確かめる,check it,example,
IFK,hard,shop,,if kind = 2 then a >= 1000,乙なのに小さい,too small for B,確かめる,check it,example,
CAT,hard,shop,,if kind = 3 then area = 1,丙は東だけ,C is in the east only,確かめる,check it,example,
UNIT,hard,shop,,u <= 2 * a,uが大きい,u is large,確かめる,check it,example,
UNIT2,hard,shop,,2 * u >= a,uが小さい,u is small,確かめる,check it,example,
PQ,hard,shop,,p <= q,pが大きい,p is large,確かめる,check it,example,
PQR,hard,shop,,p + 3 * q = r,rが合わない,r does not fit,確かめる,check it,example,
V,hard,shop,,v = a - b,vが合わない,v does not fit,確かめる,check it,example,
G,hard,shop,,g = w,gが合わない,g does not fit,確かめる,check it,example,
H,hard,shop,,h = z,hが合わない,h does not fit,確かめる,check it,example,
NO,hard,shop,,no != 9,番号9は使えない,number 9 is not used,確かめる,check it,example,
BIG,soft,shop,,a <= 5 * b,aの割合が大きい,a is large,確かめる,check it,example,0.5
FREE,soft,shop,,b <= 1000,bが大きい,b is large,確かめる,check it,example,
C
cat >"$form/process.json" <<'J'
{
  "seed": 7, "weight": "none", "reliability": { "area": "3", "a": "2", "b": "3", "v": "2", "t": "choose(area = 1, 1.2, 9)" },
  "steps": [
    { "step": "where", "method": "localise", "operations": "swap(p,q)=1.5; divide(u,1000)=0.8; sign(v)=0.9; move(g,h)=1.5", "max_operations": 2, "carry_out": true }
  ]
}
J
cat >"$work/now.csv" <<'C'
no,area,kind,a,b,t,u,p,q,r,v,g,h,w,z
1,1,1,60,40,100,50,4,10,34,20,10,10,10,10
2,1,2,60,40,100,50,4,10,34,20,10,10,10,10
3,2,3,60,40,100,50,4,10,34,20,10,10,10,10
4,1,1,90,10,100,50,4,10,34,80,10,10,10,10
5,1,1,60,40,100,50,10,4,34,20,10,10,10,10
6,1,1,60,40,100,50000,4,10,34,20,10,10,10,10
7,1,1,60,40,130,50,4,10,34,20,10,10,10,10
8,2,1,60,40,130,50,4,10,34,20,10,10,10,10
9,1,1,60,40,100,50,4,10,34,20,10,10,10,10
10,1,1,60,,100,50,4,10,34,20,10,10,10,10
11,1,1,60,40,100,50,4,10,34,-20,10,10,10,10
12,1,1,60,40,100,50,4,10,34,20,15,5,10,10
13,1,2,60,40,100,50000,10,4,34,20,10,10,10,10
C
setup base office init --type ministry --code 00 --name 本省 --profile light
setup base intake file "$work/now.csv" --form shop/mixed --period 2025-12

# --- wrong tables and options, each with its place ---
wrong() { # what, file, sed expression, exit, message, place
  cp "$form/$2" "$work/good"
  sed "$3" "$work/good" >"$form/$2"
  check "$1" exits "$4" base process rules shop/mixed
  check "$1: says why" tells "$5"
  check "$1: says where" tells "$6"
  cp "$work/good" "$form/$2"
}
wrong 'a hard check with a weight' checks.csv '/^SUM/s/$/1/' 78 "check 'SUM' has a weight but is no soft check" 'checks.csv:2:11'
wrong 'a weight of nothing' checks.csv 's/,0\.5$/,0/' 78 "'0' is not a number that fits here" 'checks.csv:13:11'
wrong 'a weight that is no number' checks.csv 's/,0\.5$/,half/' 78 "'half' is not a number" 'checks.csv:13:11'
wrong 'a column that has no place' checks.csv '1s/weight/price/' 78 'the columns are not those' 'checks.csv:1:11'
wrong 'an unknown operation' process.json 's/swap(p,q)/turn(p,q)/' 78 "'turn(p,q)=1.5' is no operation" 'process.json:4'
wrong 'an operation without a weight' process.json 's/swap(p,q)=1.5/swap(p,q)/' 78 "'swap(p,q)' is no operation" 'process.json:4'
wrong 'a factor of nothing' process.json 's/divide(u,1000)/divide(u,0)/' 78 'is no operation' 'process.json:4'
wrong 'one of two items' process.json 's/move(g,h)/move(g)/' 78 'is no operation' 'process.json:4'
wrong 'nothing said about carrying out' process.json 's/, "carry_out": true//' 78 "'carry_out' of a step" 'process.json:4'
wrong 'how many at a time is not said' process.json 's/ "max_operations": 2,//' 78 "'max_operations' of a step" 'process.json:4'
wrong 'operations with linear rules' process.json 's/"method": "localise",/"method": "localise", "rules": "linear",/' 78 "'operations' of a step" 'process.json:4'
wrong 'a reliability that is a condition' process.json 's/choose(area = 1, 1.2, 9)/area = 1/' 78 "'t' of a step" 'process.json:2'
wrong 'a reliability of many digits' process.json 's/choose(area = 1, 1.2, 9)/1.2345678901/' 78 "'t' of a step" 'process.json:2'
check 'the good form' exits 0 base process rules shop/mixed
check 'a soft check without a weight is not used' prints 'FREE: is soft and has no weight'
check 'its weight stands beside the others' prints 'soft 0.5'
check 'twelve are' prints '12 checks as 12 clauses'
check 'shown' exits 0 base form show shop/mixed --item b
check 'with its weight' prints 'BIG [soft 0.5]'
check 'and without one' prints 'FREE [soft]'

# a weight belongs to the form: another one is another form, and told
cp -R "$form" "$work/forms/library/shop/mixed/2"
for edit in form.json:'s/"version": "1"/"version": "2"/; s/"predecessor": ""/"predecessor": "1"/' checks.csv:'s/,0\.5$/,0.75/'; do
  sed "${edit#*:}" "$form/${edit%%:*}" >"$work/forms/library/shop/mixed/2/${edit%%:*}"
done
status=0; "$program" form diff shop/mixed/1 shop/mixed/2 >"$work/out" 2>"$work/err" || status=$?
check 'what changed' test "$status" -le 1
check 'the weight of BIG' grep -q 'BIG.*weight.*0\.5.*0\.75' "$work/out"
rm -r "$work/forms/library/shop/mixed/2"

# --- the run ---
cp -R "$work/base" "$work/one"
check 'the run ends with 1: what was flagged is not imputed' exits 1 one process run shop/mixed 2025-12 --json
cp "$work/out" "$work/run.json"
check 'counts' grep -q '"step":"where","method":"localise","records":13,"selected":13,"groups":1,"flagged":7,"changed":9,"proposed":1' "$work/run.json"
check 'notes' grep -q '"rules":12,"judged":13,"searched":12,"passed":1,"solved":11,"rejected_cardinality":0,"unsolved":0,"no_solution":1,"soft_paid":1,"operations":6,"carried_out":6,"without_proof":0,"programmes":[0-9]*,"checks_not_used":1' "$work/run.json"
story() { # record, text ...
  record=$1; shift
  check "the story of record $record" exits 0 one process explain shop/mixed 2025-12 "$record" --show-values --json
  for text; do check "record $record: $text" prints "$text"; done
}
story 1 '"failures":[],"flags":[],"status":[],"chains":[],"changes":[]'
# IF kind = 2 THEN a >= 1000: the kind costs 1, a 2 and what hangs on it
story 2 '"item":"kind","flag":"impute"' 'IFK shows that one of these must change: a, kind' 'IFK から、次の少なくとも一つを直す必要があります: a、kind'
story 3 '"item":"kind","flag":"impute"' 'CAT shows that one of these must change: kind, area'
# BIG costs 0.5 to leave unmet, less than any item
story 4 '"check_id":"BIG"' '"flags":[],"status":[],"chains":[],"changes":[]'
# one value alone cannot mend p <= q and p + 3 q = r; the exchange costs 1.5, two items 2
story 5 '"item":"p","old_value":"10","old_status":"reported","new_value":"4","new_status":"corrected","method":"operation_swap"' '"item":"q","old_value":"4","old_status":"reported","new_value":"10"' '"formula":"p, q"'
story 6 '"item":"u","old_value":"50000","old_status":"reported","new_value":"50","new_status":"corrected","method":"operation_divide"' '"formula":"u / 1000"' '"flags":[]'
# t costs 1.2 in area 1 and 9 in area 2, where a and v together cost 4, b and v 5
story 7 '"item":"t","flag":"impute"' 'total weight 1.2): t' '"changes":[]'
story 8 '"item":"a","flag":"impute"' '"item":"v","flag":"impute"' 'total weight 4): a, v'
story 9 '"flags":[],"status":[{"status":"failed_post","rules":"NO"}],"chains":[],"changes":[]'
story 10 '"item":"b","flag":"impute"'
story 11 '"item":"v","old_value":"-20","old_status":"reported","new_value":"20","new_status":"corrected","method":"operation_sign"'
story 12 '"item":"g","old_value":"15","old_status":"reported","new_value":"10","new_status":"corrected","method":"operation_move"' '"item":"h","old_value":"5","old_status":"reported","new_value":"10"'
story 13 '"item":"kind","flag":"impute"' 'the values of p and q are swapped' '"method":"operation_swap"' '"method":"operation_divide"'
check 'what has no answer is asked' exits 0 one query ask shop 2025-12
check 'on paper' exits 0 one query print ministry-00 --as text
check 'with the rule that fails' prints 'which values are wrong cannot be settled by rule (NO)'

# --- the same bits for any number of threads ---
content() { office "$1" process status shop/mixed 2025-12 --json 2>/dev/null | grep -o '"stored":{.*'; }
content one >"$work/expected"
for threads in 2 8; do
  cp -R "$work/base" "$work/threads$threads"
  check "$threads threads" exits 1 "threads$threads" process run shop/mixed 2025-12 --threads "$threads"
  content "threads$threads" >"$work/got"
  check "$threads threads: the same bits" cmp "$work/expected" "$work/got"
done
# the records in two files and the other way round: record r there is record 14 - r here
setup turned office init --type ministry --code 00 --name 本省 --profile light
{ head -n 1 "$work/now.csv"; tail -n +2 "$work/now.csv" | sort -rn; } >"$work/turned.csv"
for part in '1p;2,6p' '1p;7,14p'; do sed -n "$part" "$work/turned.csv" >"$work/part.csv"; setup turned intake file "$work/part.csv" --form shop/mixed --period 2025-12; done
check 'turned round' exits 1 turned process run shop/mixed 2025-12 --json
told() { office "$1" process explain shop/mixed 2025-12 "$2" --show-values --json 2>/dev/null | grep -o '"flags":.*' | sed 's/"run":"[^"]*"//g; s/"record":[0-9]*//g'; }
for record in 1 2 3 4 5 6 7 8 9 10 11 12 13; do
  told one "$record" >"$work/expected.$record"
  told turned $((14 - record)) >"$work/got"
  check "record $record turned round: the same flags and values" cmp "$work/expected.$record" "$work/got"
done

# --- variants ---
cp "$form/process.json" "$work/good.json"
variant() { # office, sed expression
  sed "$2" "$work/good.json" >"$form/process.json"
  cp -R "$work/base" "$work/$1"
  check "variant $1" exits 1 "$1" process run shop/mixed 2025-12 --json
  cp "$work/out" "$work/run.json"
}
variant proposed 's/"carry_out": true/"carry_out": false/'
check 'proposed: nothing is changed' grep -q '"flagged":7,"changed":0,"proposed":7,' "$work/run.json"
check 'proposed: counted' grep -q '"operations":6,"carried_out":0' "$work/run.json"
check 'proposed: asked' exits 0 proposed query ask shop 2025-12
check 'proposed: on paper' exits 0 proposed query print ministry-00 --as text
check 'proposed: the exchange' prints 'p and q seem to be swapped'
check 'proposed: the unit' prints 'u seems to be in a wrong unit'
variant single 's/"max_operations": 2/"max_operations": 1/'
check 'one at a time: record 13 takes one' grep -q '"solved":11,.*"operations":5,"carried_out":5' "$work/run.json"
variant plain 's/"operations".*"carry_out": true/"proofs": false/'
check 'without operations only items' grep -q '"flagged":16,"changed":0,"proposed":1,' "$work/run.json"
variant cheap 's/"operations".*"carry_out": true/"max_cost": "1"/'
check 'what costs more is handed over' grep -q '"rejected_cardinality":7,' "$work/run.json"
# the linear part alone, under the condition that most of it shares (here IFK's: kind 2): records 2 and 13
variant linear 's/"operations".*"carry_out": true/"rules": "linear"/'
check 'linear: edits' grep -q '"edits":9,"judged":2,' "$work/run.json"
# only linear checks are named: the pooled search, with the same weights by record
variant pooled 's/"operations".*"carry_out": true/"checks": ["SUM", "V", "UNIT", "UNIT2"]/'
check 'pooled: linear search' grep -q '"edits":4,"judged":13,"passed":7,"solved":6' "$work/run.json"
check 'pooled: record 7' exits 0 pooled process explain shop/mixed 2025-12 7 --json
check 'pooled: t is cheap in area 1' prints '"item":"t","flag":"impute"'
check 'pooled: record 8' exits 0 pooled process explain shop/mixed 2025-12 8 --json
check 'pooled: a is cheap in area 2' prints '"item":"a","flag":"impute"'
# a reliability without a value, an operation on what no rule uses: the run stops at the place
fails() { # office, sed expression, exit, message
  sed "$2" "$work/good.json" >"$form/process.json"
  rm -rf "$work/more"; cp -R "$work/base" "$work/more"
  check "$1" exits "$3" more process run shop/mixed 2025-12
  check "$1: says why" tells "$4"
}
fails 'a reliability of a missing value' 's/choose(area = 1, 1.2, 9)/b/' 65 "the reliability of 't' has no value that can be used in record 10"
fails 'a reliability of zero' 's/choose(area = 1, 1.2, 9)/h - 5/' 65 "in record 12"
fails 'an operation on a code' 's/sign(v)/sign(kind)/' 78 "'kind' of an operation"
fails 'an operation on the key' 's/sign(v)/sign(no)/' 78 "'no' of an operation"
fails 'no rule at all' 's/"operations".*"carry_out": true/"checks": ["FREE"]/' 78 "none of the checks of step 'where' can be used"
cp "$work/good.json" "$form/process.json"
finish
