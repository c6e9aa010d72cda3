#!/bin/sh
# test_process_published.sh -- the published scenarios of imputation along time (ratio of means and mean of ratios; those without supplied or weighted links, one variable),
# all at once in one form, run month by month: up, down and up again. Every marker and value must be the published one. Ends with `process published: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build} REFERENCE=${REFERENCE:-../shared/data}
cases=$REFERENCE/edit/others/ons/ratio_imputation
[ -d "$cases" ] || { echo 'process published: 0 passed, 0 failed, 1 skipped'; exit 0; }
program=$(cd "$BUILD" && pwd)/shirabe
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SHIRABE_FORMS=$work/forms SHIRABE_LANG=en SHIRABE_CLOCK=2026-01-20T00:00:00Z SHIRABE_PASSPHRASE_FILE=$work/pass
export SHIRABE_FORMS SHIRABE_LANG SHIRABE_CLOCK SHIRABE_PASSPHRASE_FILE
unset SHIRABE_OFFICE SHIRABE_FAULT 2>/dev/null || true
printf 'a passphrase of the tests\n' >"$work/pass"
passed=0 failed=0
check() {
  what=$1; shift
  if "$@" >"$work/said" 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'FAILED %s\n' "$what"; head -n 20 "$work/said"; fi
}
office() { "$program" "$@" --office "$work/office" --quiet; }
setup() { office "$@" >>"$work/setup" 2>&1 || { echo "setup failed: $*"; tail -n 5 "$work/setup"; echo 'process published: 0 passed, 1 failed'; exit 1; }; }

form=$work/forms/library/shop/chain/1
mkdir -p "$form" "$work/forms/codelists"
cp forms/codelists/disclosure_profiles.csv "$work/forms/codelists/" 2>/dev/null || true
cat >"$work/forms/library/shop/survey.json" <<'J'
{ "survey": "shop", "code": "00000000", "title_ja": "商店", "title_en": "Shops", "law": "example", "levels": ["ministry"], "due_days": [10], "query_days": [7], "retention_class": "short", "forms": ["chain"], "source": "example" }
J
cat >"$form/form.json" <<'J'
{ "survey": "shop", "form": "chain", "version": "1", "title_ja": "票", "title_en": "Form", "period": "month", "since": "2019-01-01", "until": "", "predecessor": "", "event_date": "", "office_item": "",
  "records": [{ "name": "shop", "parent": "", "keys": ["no"] }],
  "layouts": [{ "name": "csv", "kind": "csv", "header": true, "items": ["no", "class", "y", "x", "out", "hand"] }], "codelists": {}, "source": "example" }
J
cat >"$form/items.csv" <<'C'
name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,era_table,required,note
no,番号,number,shop,count,int,,1,0,1,999999,,,,,,,,ID,reported,,,,yes,
class,区分,class,shop,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
y,額,amount,shop,amount,int,,1,6,0,999999999,,,,,,,,ANSWER,reported,,,,,
x,規模,size,shop,amount,int,,1,6,0,999999999,,,,,,,,ANSWER,reported,,,,,
hand,手計算,by hand,shop,amount,int,,1,6,0,999999999,,,,,,,,ANSWER,reported,,,,,
out,除外,left out of links,shop,flag,int,,1,0,0,1,,,,,,,,PARADATA,reported,,,,,
C
cat >"$form/checks.csv" <<'C'
id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source
H1,hard,shop,,y <= 900000000,大きすぎる,too large,確かめる,check it,example
C
job() { # link, then options of the step
  cat >"$form/process.json" <<J
{ "seed": 7, "weight": "none",
  "steps": [
    { "step": "filter", "method": "flag", "items": ["y"], "flag": "exclude", "when": "out = 1", "reason": "left out of links" },
    { "step": "gap", "method": "flag", "items": ["y"], "flag": "impute", "when": "missing(y)", "reason": "no answer" },
    { "step": "carry", "method": "longitudinal", "by": ["class"], "item": "y", "auxiliary": "x", "manual": "hand", "link": "$1", "default_link": "one", "following": true, "own_class": true$2 }
  ]
}
J
}
# The scenarios of a folder: month,no,class,y,x,out,hand,marker,value; no and class number the units and groups within their scenario.
# Parameters of a scenario: lower trim, upper trim, threshold, zeros; then the filter.
params_of() { # folder, name
  awk -v section="\"$1\":" -v name="\"$2\":" 'BEGIN { lower = upper = above = 0; zeros = "false" }
    index($0, section) { here = 1; next } here && index($0, name) { inside = 1; next } !inside { next }
    { v = $0; sub(/.*: *"?/, "", v); sub(/"?,?$/, "", v) }
    /lower_trim/ { lower = v } /upper_trim/ { upper = v } /trim_threshold/ { above = v } /include_zeros/ { zeros = v } /link_filter/ { filter = v }
    /}/ { exit } END { print lower, upper, above, zeros ":" filter }' "$cases/params.json"
}
gather() { # folder, parameters
  number=0
  for input in "$cases/$1"/*_input.csv; do
    case $(head -n 1 "$input" | tr -d '\r') in *identifier,date,group,question,other | *identifier,date,group,question,other,manual_construction) ;; *) continue ;; esac
    name=$(basename "$input" _input.csv)
    case $name in *weight* | *multi_variable* | *muti_variable*) continue ;; esac
    params=$(params_of "$1" "$name")
    [ "${params%%:*}" = "$2" ] || continue
    filter=${params#*:}
    case $filter in *date* | *DATE*) continue ;; esac
    number=$((number + 1))
    echo "$name" >>"$work/names"
    awk -F, -v s="$number" -v filter="$filter" '{ sub(/\r$/, "") } FNR == 1 { if (NR == 1) for (i = 1; i <= NF; i++) at[tolower($i)] = i; next }
      NR == FNR { k = $1 "," $2 "," $(at["group"]); marker[k] = $(at["marker"]); value[k] = $(at["output"]); next }
      { if (!($1 in unit)) unit[$1] = ++n
        k = $1 "," $2 "," $3
        print substr($2, 1, 4) "-" substr($2, 5) "," s * 100 + unit[$1] "," s "g" $3 "," $4 "," $5 "," (index(filter, "\047" $1 "\047") ? 1 : 0) "," $6 "," marker[k] "," value[k] }' \
      "$cases/$1/${name}_output.csv" "$input"
  done
}
story_of() { # month, number of the record in the month's order
  office process explain shop/chain "$1" "$2" --show-values --json 2>/dev/null |
    sed -n 's/.*"chains":\[{"item":"y","marker":"\([A-Z]*\)".*"changes":\[{"item":"y","old_value":"","old_status":"blank","new_value":"\([0-9.]*\)".*/\1,\2/p'
}
compare() { # least number of values; every value that was not reported
  for month in $months; do
    n=0
    awk -F, -v m="$month" '$1 == m { print $2 "," $4 "," $8 "," $9 }' "$work/all.csv" | while IFS=, read -r unit y marker value; do
      n=$((n + 1))
      [ -z "$y" ] || continue
      echo "$month,$unit,$marker,$value,$(story_of "$month" "$n")"
    done
  done | awk -F, 'NR == FNR { name[NR] = $0; next } { d = $4 - $6; if (d < 0) d = -d; n++; if ($3 != $5 || ($3 != "" && d > 3e-6 * (1 + $4))) { bad++; print "differs: " $0 " of " name[int($2 / 100)] } } END { print n " values"; exit bad || n < least }' least="$1" "$work/names" -
}
scenarios() { # link, parameters, options, least number of scenarios, least number of values
  rm -rf "$work/office"
  : >"$work/names"
  job "$1" "$3"
  gather "$1" "$2" >"$work/all.csv"
  months=$(cut -d, -f1 "$work/all.csv" | sort -u)
  setup office init --type ministry --code 00 --name 本省 --profile light
  for month in $months; do
    { echo no,class,y,x,out,hand; awk -F, -v m="$month" '$1 == m { print $2 "," $3 "," $4 "," $5 "," $6 "," $7 }' "$work/all.csv"; } >"$work/month.csv"
    setup intake file "$work/month.csv" --form shop/chain --period "$month"
  done
  for month in $months $(echo "$months" | sort -r) $months; do setup process run shop/chain "$month"; done
  n=$(wc -l <"$work/names" | tr -d ' ')
  all=$((all + n))
  check "$1 ($2): at least $4 scenarios, $n found" test "$n" -ge "$4"
  check "$1 ($2): every marker and value of $n scenarios" compare "$5"
}
all=0
scenarios ratio_of_means '0 0 0 false' '' 30 140
scenarios mean_of_ratios '0 0 0 false' '' 40 180
trim() { echo ", \"lower_trim\": \"$1\", \"upper_trim\": \"$2\", \"trim_above\": $3"; }
scenarios mean_of_ratios '10 10 10 false' "$(trim 10 10 10)" 1 1
scenarios mean_of_ratios '0 10 10 false' "$(trim 0 10 10)" 1 1
scenarios mean_of_ratios '10 0 10 false' "$(trim 10 0 10)" 1 1
scenarios mean_of_ratios '5 5 10 false' "$(trim 5 5 10)" 1 1
scenarios mean_of_ratios '0 0 0 true' ', "keep_zeros": true' 1 1
check "86 scenarios in all or more, $all found" test "$all" -ge 86
printf 'process published: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
