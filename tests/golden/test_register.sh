#!/bin/sh
# test_register.sh -- the register of released tables through the commands: editions, differencing against other classes and other regions, cells hidden here and
# shown there, a month that follows from its year, late records, corrections and their changed cells, small revisions that the rules refuse. What must be found is
# planted and counted again in python; what is clean must raise no alarm. Ends with `register: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='register'
. tests/golden/common.sh

. tests/golden/register_survey.sh
command -v python3 >/dev/null || { echo 'register: 0 passed, 0 failed, skipped: no python3'; exit 0; }

# 800 persons; region 4 is small, its men fewer than ten. Tables made elsewhere: figures and records, and what must be found.
cat >"$work/make.py" <<'P'
import csv, random, sys
work, step = sys.argv[1], sys.argv[2]
draw = random.Random(11)
people = []
for no in range(1, 801):
    region = '4' if no <= 31 else draw.choice('123')
    sex = '1' if no <= 6 else '2' if no <= 31 else draw.choice('12')
    people.append(dict(no=no, region=region, sex=sex, age=draw.randrange(90), amount=draw.randrange(1000)))
for p in people: p['age5'] = '%02d' % (p['age'] // 5 * 5)
def write(name, rows, columns):
    with open(f'{work}/{name}', 'w', newline='') as f:
        w = csv.DictWriter(f, columns, extrasaction='ignore', lineterminator='\n'); w.writeheader(); w.writerows(rows)
def table(name, rows, dims, hidden=lambda c, n: 0 < n < 10, month=None):
    """Counts with all margins; the records beside it. Hidden cells have no figure. """
    cells = {}
    for p in rows:
        for mask in range(1 << len(dims)):
            cells.setdefault(tuple('_T' if mask >> i & 1 else p[d] for i, d in enumerate(dims)), []).append(p['no'])
    with open(f'{work}/{name}.csv', 'w') as f:
        f.write(','.join(dims) + ',measure,kind,value,n,status\n')
        for codes in sorted(cells):
            n = len(cells[codes]); hide = hidden(codes, n)
            f.write(','.join(codes) + ',count(),count,' + (',,suppressed' if hide else f'{n},{n},') + '\n')
    write(f'{name}.records.csv', rows, ['no'] + dims + (['period'] if month else []))
    return cells
columns = ['no', 'region', 'sex', 'age5', 'amount']
if step == 'month':
    write('month.csv', people, columns)
    late = dict(no=801, region='2', sex='1', age5='40', amount=5)
    write('late.csv', [late], columns)
    write('other.csv', [dict(people[99], amount=people[99]['amount'] + 1)], columns)
if step == 'tables':
    for p in people: p['age10'] = '%02d' % (p['age'] // 10 * 10); p['half'] = 'young' if p['age'] < 45 else 'old'
    table('ten', people, ['age10', 'sex'])                                  # unions of the five-year groups: clean
    # three of region 1 counted elsewhere: its cell differs from the published one by 3 persons
    moved = [p['no'] for p in people if p['region'] == '1'][:3]
    for p in people: p['place'] = 'x' if p['no'] in moved else p['region']
    table('place', people, ['place'], hidden=lambda c, n: False if c != ('x',) else True)
    # a half of life that begins three persons later than the five-year groups do
    border = [p['no'] for p in people if p['age5'] == '45'][:3]
    for p in people: p['life'] = 'young' if p['age'] < 45 or p['no'] in border else 'old'
    table('half', people, ['half'])                                          # clean
    table('life', people, ['life'])                                          # the part of 3 follows
    # region 4 by a prefecture: men are hidden in the national table, the edition shows them
    four = [p for p in people if p['region'] == '4']
    table('four', four, ['sex'], hidden=lambda c, n: False)
    table('four_clean', four, ['sex'], hidden=lambda c, n: c == ('1',) or c == ('2',))
    two = [p for p in people if p['region'] == '2']
    table('two', two, ['sex'])
    table('two_short', two[2:], ['sex'])                                     # two persons short
if step == 'months': # a year of the office's own months: 31 of region 4, 6 of them men, always
    for month in range(1, 12):
        rows = [dict(no=k + 1, region='4' if k < 31 else draw.choice('123'), sex='1' if k < 6 else '2' if k < 31 else draw.choice('12'),
                     age5='%02d' % (draw.randrange(18) * 5), amount=1) for k in range(800)]
        # a large region 5, with few men in May alone
        rows += [dict(no=1000 + k, region='5', sex='1' if k < (5 if month == 5 else 300) else '2', age5='20', amount=1) for k in range(600)]
        write(f'own{month:02d}.csv', rows, columns)
if step == 'own_year':
    rows = []
    for month in range(1, 13):
        name = 'month.csv' if month == 12 else f'own{month:02d}.csv'
        rows += [dict(r, period=f'2025-{month:02d}') for r in csv.DictReader(open(f'{work}/{name}'))]
    table('own_year', rows, ['region', 'sex'], month=True)
if step == 'year':
    year = []
    for month in range(1, 13):
        rows = []
        for k in range(120):
            rows.append(dict(no=month * 1000 + k, region='9' if month == 5 and k < 4 or month != 5 and k < 25 else draw.choice('12'), period=f'2024-{month:02d}'))
        year += rows
        # region 9 is hidden in May, and region 1 with it
        table(f'm{month:02d}', rows, ['region'], hidden=lambda c, n: month == 5 and c != ('_T',) and c != ('2',), month=True)
    table('year_open', year, ['region'], hidden=lambda c, n: False, month=True)
    table('year_closed', year, ['region'], hidden=lambda c, n: c in (('9',), ('1',)), month=True)
P
python3 "$work/make.py" "$work" month && python3 "$work/make.py" "$work" tables && python3 "$work/make.py" "$work" year || exit 70
new_office office
check 'the form is in order' exits 0 office form check shop/person
receive office "$work/month.csv" 2025-12
setup office process run "$kind" 2025-12

# --- the first edition ---
check 'nothing is in the register' exits 0 office release register shop
check 'a month is held against an empty register' exits 0 office release register check shop 2025-12 --json
check 'and raises nothing' prints '"refused":0,"tables":2'
check 'it is built' exits 0 office release build shop 2025-12 --out "$work/release"
first=$(basename "$work"/release/shop-2025-12-*)
check 'as edition 1' grep -q '"edition":1,"edition_kind":"final"' "$work/release/$first/release.json"
check 'it stands in the register' exits 0 office release register shop --json
check 'with edition and tables' sh -c 'grep -q "\"edition\":1,.*\"id\":\"$2\".*\"kind\":\"final\".*\"tables\":2.*\"units\":\"known\"" "$1"' - "$work/out" "$first"
check 'the viewer' exits 0 office release register show "$first" --json
check 'rows and units of both tables' sh -c 'python3 -c "
import json, sys
x = json.load(open(sys.argv[1]))
assert x[\"release\"] == sys.argv[2] and [(t[\"id\"], t[\"units_known\"]) for t in x[\"tables\"]] == [(\"region_sex\", True), (\"age_sex\", True)], x
assert x[\"tables\"][0][\"rows\"] == 15 and x[\"tables\"][0][\"hidden\"] > 0, x
" "$1" "$2"' - "$work/out" "$first"
check 'tokens are not shown' sh -c '! grep -q "token\":" "$1"' - "$work/out"
check 'an unknown one' exits 66 office release register show shop-2025-12-0000000000000000
check 'the same again is the same' exits 0 office release build shop 2025-12 --out "$work/again"
check 'to the last byte' diff -r "$work/release/$first" "$work/again/$first"
check 'and is one row' sh -c '[ "$("$1" release register shop --office "$2" --quiet | wc -l)" = 1 ]' - "$program" "$work/office"

# --- tables made elsewhere ---
other() { # exit, name, options: checked against the register
  want=$1 name=$2; shift 2
  exits "$want" office release register check shop 2025-12 --form person --profile persons_10 --table "$work/$name.csv" --records "$work/$name.records.csv" --json "$@"
}
found() { # kinds and cells, as python sees them
  python3 - "$work/out" "$@" <<'P'
import json, sys
r = json.load(open(sys.argv[1]))['report']
got = sorted({(c['kind'], c['cell'], c['other_table'], c['other_cell']) for c in r['conflicts'] if c['treatment'] == 'refuse'})
want = sorted(tuple(w.split('|')) for w in sys.argv[2:])
missing = [w for w in want if w not in got]
if missing or (not want and got): sys.exit(f'missing {missing} in {got}')
for c in r['conflicts']:
    assert c['remedy_en'] and c['remedy_ja'] and 'fewer than 10' in c['rule'], c
    assert 'value' not in c and 'count' not in c, c
P
}
check 'ten-year groups of the same persons are clean' other 0 ten
check 'no alarm' found
check 'halves that the groups make up are clean' other 0 half
check 'no alarm there' found
check 'a place without three persons of region 1' other 1 place
check 'is named with the cell it differs from' found 'differencing|place=1|region_sex|region=1 sex=_T'
check 'halves of life that cut three persons out of a group' other 1 life
check 'that part follows' sh -c 'grep -q "\"kind\":\"linked\"" "$1"' - "$work/out"
check 'a region by itself, as the national table has it' other 0 two
check 'no alarm here' found
check 'two persons short' other 1 two_short
check 'against the national cell' found 'differencing|sex=_T|region_sex|region=2 sex=_T'
check 'a region that shows what the national table hides' other 1 four
check 'names both cells' found 'hidden-shown|sex=1|region_sex|region=4 sex=1'
check 'the same with its men hidden' other 0 four_clean
check 'no alarm of it' found
check 'without records the codes are compared' exits 1 office release register check shop 2025-12 --form person --profile persons_10 --table "$work/four.csv" --region region=4 --json
check 'and say the same' found 'hidden-shown|sex=1|region_sex|region=4 sex=1'
check 'records that are not those of the table' exits 65 office release register check shop 2025-12 --form person --profile persons_10 --table "$work/four.csv" --records "$work/two.records.csv"
check 'are told' tells E3769

# --- the bundle of a prefecture: its own office, its own store, its own rules ---
awk -F, 'NR == 1 || $2 == 4' "$work/month.csv" >"$work/four_month.csv"
cp "$work/forms/codelists/disclosure_profiles.json" "$work/rules.json" # theirs hide nothing for few units
sed -i 's/"min_n": 10/"min_n": 0/; s/"p_percent": 0/"p_percent": 10/' "$work/forms/codelists/disclosure_profiles.json"
new_office prefecture
receive prefecture "$work/four_month.csv" 2025-12
setup prefecture process run "$kind" 2025-12
setup prefecture release build shop 2025-12 --out "$work/theirs"
cp "$work/rules.json" "$work/forms/codelists/disclosure_profiles.json"
theirs() { exits "$1" office release register check shop 2025-12 --form person --profile persons_10 --bundle "$work/theirs/$(ls "$work/theirs")" --region region=4 --json; }
check 'an edition that shows six men' theirs 1
check 'is held against the national table by its codes' found 'hidden-shown|region=_T sex=1|region_sex|region=4 sex=1' 'hidden-shown|region=4 sex=1|region_sex|region=4 sex=1'
check 'and of no other cells: their ages are those of the region alone' sh -c '! grep -q "\"other_table\":\"age_sex\"" "$1"' - "$work/out"
check 'an altered bundle' sh -c 'sed -i "s/shown/shown /" "$1"/*/tables/age_sex.csv' - "$work/theirs"
check 'is none' theirs 65

# --- a month follows from its year ---
for m in 01 02 03 04 05 06 07 08 09 10 11 12; do
  setup office release register add shop "2024-$m" --id people --form person --profile persons_10 --table "$work/m$m.csv" --records "$work/m$m.records.csv" --reason 'monthly report'
done
yearly() { # exit, table, records or nothing
  want=$1 table=$2; shift 2
  exits "$want" office release register check shop 2024 --id people --form person --profile persons_10 --table "$work/$table.csv" "$@" --json
}
may() { # kinds: both hidden cells of May follow and are named
  python3 - "$work/out" "$@" <<'P'
import json, sys
got = {(c['kind'], c['other_cell']) for c in json.load(open(sys.argv[1]))['report']['conflicts'] if '2024-05' in c['release']}
assert all(any((k, cell) in got for k in sys.argv[2:]) for cell in ('region=1', 'region=9')), got
P
}
check 'a year that shows everything' yearly 1 year_open --records "$work/year_open.records.csv"
check 'gives the month away that hides two cells' may sub-annual linked
check 'without records it is told by the codes' yearly 1 year_open
check 'as well' may sub-annual
check 'one that hides the same cells' yearly 0 year_closed --records "$work/year_closed.records.csv"
check 'raises no alarm' found
check 'nor without records' yearly 0 year_closed

# --- a year of the office's own months: no alarm among them; a year that shows all gives those cells away that one month alone hides ---
python3 "$work/make.py" "$work" months
for m in 01 02 03 04 05 06 07 08 09 10 11; do
  receive office "$work/own$m.csv" "2025-$m"
  setup office process run "$kind" "2025-$m"
  check "month $m raises no alarm" exits 0 office release build shop "2025-$m" --out "$work/months" --json
done
check 'none of them is warned of or withheld' sh -c '[ "$("$1" release register shop --office "$2" --quiet | grep -c "final.*2 tables.*0 warned, 0 accepted")" = 12 ]' - "$program" "$work/office"
python3 "$work/make.py" "$work" own_year
check 'the year is refused' exits 1 office release register check shop 2025 --id region_sex --form person --profile persons_10 --table "$work/own_year.csv" --records "$work/own_year.records.csv" --json
cp "$work/out" "$work/own.json"
check 'the year gives away what one month alone hides' sh -c 'python3 - "$1" "$2"/shop-2025-*/tables/region_sex.csv "$3"/shop-2025-*/tables/region_sex.csv <<P
import csv, json, sys
hidden = {}
for f in sys.argv[2:]:
    for r in csv.DictReader(open(f)):
        if r["status"] == "suppressed": hidden.setdefault((r["region"], r["sex"]), []).append(r["period"])
want = sorted((a + " " + b, p[0]) for (a, b), p in hidden.items() if len(p) == 1)
got = sorted((c["other_cell"].replace("region=", "").replace("sex=", ""), c["release"][5:12]) for c in json.load(open(sys.argv[1]))["report"]["conflicts"] if c["kind"] == "sub-annual")
assert len(sys.argv) == 14 and got == want and want == [("5 1", "2025-05"), ("5 2", "2025-05")], (got, want, hidden)
assert any(len(p) == 12 for p in hidden.values())
P' - "$work/own.json" "$work/months" "$work/release"

# --- a late record, a correction, nothing to correct ---
receive office "$work/late.csv" 2025-12
setup office process run "$kind" 2025-12
check 'the new figures against the old' exits 0 office release register check shop 2025-12 --json
check 'one person more is a revision of each of its cells' sh -c 'python3 -c "
import json, sys
r = json.load(open(sys.argv[1]))[\"report\"]
got = {(c[\"other_table\"], c[\"cell\"]) for c in r[\"conflicts\"] if c[\"kind\"] == \"revision\" and c[\"treatment\"] == \"warn\"}
want = {(\"region_sex\", \"region=\" + a + \" sex=\" + b) for a in (\"2\", \"_T\") for b in (\"1\", \"_T\")} | {(\"age_sex\", \"age5=\" + a + \" sex=\" + b) for a in (\"40\", \"_T\") for b in (\"1\", \"_T\")}
assert got == want, (got ^ want)
assert r[\"refused\"] == 0, r
" "$1"' - "$work/out"
check 'a second edition wants a reason' exits 64 office release build shop 2025-12 --out "$work/release"
check 'says so' tells E3764
check 'with its reason' exits 0 office release build shop 2025-12 --out "$work/release" --reason 'a late city'
check 'what goes out although it tells of one person is said' prints "warning   region_sex               revision with table region_sex of $first"
check 'of each table' prints "warning   age_sex                  revision with table age_sex of $first"
second=$(ls "$work/release" | grep -v "$first")
check 'is edition 2 of the first' grep -q "\"edition\":2,.*\"reason\":\"a late city\",.*\"supersedes\":\"$first\"" "$work/release/$second/release.json"
check 'and the same stands in its report, with no cell' grep -q \
  "\"warnings\":\[{\"kind\":\"revision\",\"other_table\":\"region_sex\",\"release\":\"$first\"}\]" "$work/release/$second/disclosure.json"
check 'the first had none' sh -c '[ "$(grep -o "\"warnings\":\[\]" "$1" | wc -l)" = 2 ]' - "$work/release/$first/disclosure.json"
check 'its changed cells' sh -c 'python3 - "$1" "$2" <<P
import csv, sys
old, new = ({(r["table"], tuple(v for k, v in r.items() if k in ("region", "age5", "sex"))): r for t in ("region_sex", "age_sex") for r in csv.DictReader(open(f"{d}/tables/{t}.csv"))} for d in sys.argv[1:3])
want = sorted(k for k in set(old) | set(new) if (old.get(k, {}).get("value"), old.get(k, {}).get("status")) != (new.get(k, {}).get("value"), new.get(k, {}).get("status")))
rows = [r for r in csv.DictReader(open(sys.argv[2] + "/changes.csv")) if r["measure"] == "count()"]
got = sorted((r["table"], tuple(p.split("=")[1] for p in r["cell"].split(" "))) for r in rows)
assert got == want and len(want) == 8, (got, want)
assert all(r["reason"] == "a late city" for r in rows)
for r in rows:
    k = (r["table"], tuple(p.split("=")[1] for p in r["cell"].split(" ")))
    assert (r["old"], r["new"]) == (old[k]["value"], new[k]["value"]), r
P' - "$work/release/$first" "$work/release/$second"
check 'the bundle is in order' exits 1 office release check "$work/release/$second"
check 'signature and hashes hold' prints 'signature and hashes hold'
check 'the difference of two folders, without a store' sh -c '"$1" release diff "$2" "$3" --json >"$4" 2>/dev/null; [ $? -eq 1 ] && python3 -c "
import json, sys
x = [r for r in json.load(open(sys.argv[1])) if r[\"measure\"] == \"count()\"]
assert len(x) == 8 and all(int(r[\"new\"]) == int(r[\"old\"]) + 1 for r in x), x" "$4"' - "$program" "$work/release/$first" "$work/release/$second" "$work/diff.json"
check 'of a folder with itself' sh -c '"$1" release diff "$2" "$2" >/dev/null 2>&1' - "$program" "$work/release/$first"
check 'the first edition stands' sh -c '"$1" release register shop --office "$2" --quiet | grep -q "^$3"' - "$program" "$work/office" "$first"
setup office intake file "$work/other.csv" --form "$kind" --period 2025-12 --correct
setup office process run "$kind" 2025-12
check 'a correction that changes no table' exits 1 office release build shop 2025-12 --out "$work/release" --reason 'an amount'
check 'is refused with that message' tells E3765
cp -R "$work/office" "$work/strict"

# --- one table withheld, the other released ---
cp -R "$work/office" "$work/part"
printf 'region,sex,measure,kind,value,n\n4,1,count(),count,6,6\n' >"$work/notice.csv"
check 'a notice of another month shows six men' exits 0 part release register add shop 2026-01 --form person --profile persons_10 --table "$work/notice.csv" --reason 'press notice'
receive part "$work/month.csv" 2026-01
setup part process run "$kind" 2026-01
check 'its month' exits 1 part release build shop 2026-01 --out "$work/partly"
check 'has a table that hides them: withheld' tells "E3763"
third=$(basename "$work"/partly/shop-2026-01-*)
check 'and only that' sh -c '[ -f "$1/tables/age_sex.csv" ] && [ "$(find "$1/tables" -type f ! -name "age_sex.*" | wc -l)" = 0 ]' - "$work/partly/$third"
check 'with its reason in the report' grep -qE '"decision":"withhold","id":"region_sex",.*"profile":"persons_10",[^{}]*"reason":"register: hidden-shown with outside-shop-2026-01-' "$work/partly/$third/disclosure.json"
check 'without its figure' sh -c '! grep -r "region_sex,2026" "$1"' - "$work/partly/$third"
check 'again' exits 1 part release build shop 2026-01 --out "$work/partly2"
check 'the same to the last byte' diff -r "$work/partly/$third" "$work/partly2/$third"

# --- a release from before the register: its tables are read back, its units are not known ---
if command -v sqlite3 >/dev/null; then
  cp -R "$work/office" "$work/old"
  old=shop-2025-12-ffffffffffffffff
  sqlite3 "$work/old/store.db" "INSERT INTO release SELECT '$old', survey, period, run_id, 1, releasable FROM release WHERE id = '$first'; INSERT INTO release_part SELECT '$old', name, blob, sha256 FROM release_part WHERE release = '$first'"
  check 'an older release is listed' exits 0 old release register shop
  check 'with what is not known of it' prints "$old	from before the register: unit sets unknown"
  check 'a table is held against it by its codes' exits 1 old release register check shop 2025-12 --form person --profile persons_10 --table "$work/four.csv" --region region=4
  check 'and it is named' prints "$old region_sex [region=4 sex=1]"
fi

# --- two tables of one release: the later one is withheld ---
cp "$form/tables.csv" "$work/tables.csv"
beside() { # name, row of a second table: a month with region_sex and it, and what must be said
  name=$1
  { head -n 2 "$work/tables.csv"; printf '%s\n' "$2"; } >"$form/tables.csv"
  new_office "$name"
  receive "$name" "$work/month.csv" 2025-12
  setup "$name" process run "$kind" 2025-12
}
with_it() { # what, office, kind
  check "$1" exits 1 "$2" release build shop 2025-12 --out "$work/$2.release"
  check "$1: named" tells "E3763"
  check "$1: what with" prints "register: $3 with this release region_sex"
  check "$1: withheld, the first is there" sh -c '[ -f "$1"/tables/region_sex.csv ] && [ ! -e "$1"/tables/second.csv ]' - "$work/$2.release/$(ls "$work/$2.release")"
  check "$1: in the report" grep -q "\"decision\":\"withhold\",\"id\":\"second\",.*register: $3 with this release region_sex" "$work/$2.release/$(ls "$work/$2.release")/disclosure.json"
  check "$1: again" exits 1 "$2" release build shop 2025-12 --out "$work/$2.again"
  check "$1: the same to the last byte" diff -r "$work/$2.release" "$work/$2.again"
}
beside looser 'second,再,again,person,region,sex,count(),,,0,establishments_3,'
with_it 'the same cells under another profile' looser differencing
check 'with the month as it is' exits 1 looser release register check shop 2025-12
check 'both kinds are there' prints 'REFUSED hidden-shown: second [region=4 sex=1] count() | this release region_sex [region=4 sex=1] (persons_10: fewer than 10 units)'
check 'in Japanese' exits 1 looser release register check shop 2025-12 --lang ja
check 'kind and rule in words' prints '公表不可 秘匿の食い違い: second [region=4 sex=1] count() | 同時に公表 region_sex [region=4 sex=1] (persons_10: 客体数 10 未満)'
check 'no rule of three of ten' sh -c '! grep -q "establishments_3" "$1"' - "$work/out"
beside without '"second",年齢,all but seven,person,age5,,count(),,no > 7,0,persons_10,'
with_it 'a filter that leaves seven out' without differencing
beside clean 'second,年齢,ages,person,age5,,count(),,,0,persons_10,'
check 'ages of the same persons' exits 0 clean release build shop 2025-12 --out "$work/clean.release"
check 'both are there, no warning' sh -c '[ -f "$1"/shop-*/tables/second.csv ] && ! grep -q warning "$2"' - "$work/clean.release" "$work/out"

# --- a late record: its amount follows from two editions, and two officers must accept that ---
beside amounts 'second,額,amounts,person,region,,count();mean(amount),,,0,persons_10,'
check 'a month with amounts' exits 0 amounts release build shop 2025-12 --out "$work/amounts.release"
receive amounts "$work/late.csv" 2025-12
setup amounts process run "$kind" 2025-12
check 'with a late record' exits 1 amounts release build shop 2025-12 --out "$work/amounts.late" --reason 'a late city'
check 'the amounts stay where they were' tells "E3771"
check 'the counts go out, and it is said' prints 'warning   region_sex               revision with'
check 'only they' sh -c '[ -f "$1"/tables/region_sex.csv ] && [ ! -e "$1"/tables/second.csv ]' - "$work/amounts.late/$(ls "$work/amounts.late")"
cp "$work/tables.csv" "$form/tables.csv"

# --- rules that refuse small revisions ---
sed -i 's/^\*,warn/*,refuse/; s/^persons_10,warn/persons_10,refuse/' "$work/forms/secure/register_rules.csv"
sed 's/^801,2,1/802,2,1/' "$work/late.csv" >"$work/later.csv"
receive strict "$work/later.csv" 2025-12
setup strict process run "$kind" 2025-12
leaves() { office "$1" store log --json 2>/dev/null | grep -o '"object":"register:shop/2025-12/[a-z_]*"' | wc -l; }
before=$(leaves strict)
check 'no table is left' exits 1 strict release build shop 2025-12 --out "$work/release" --reason 'another'
check 'each is named' tells E3771
check 'with one entry of the log each' sh -c '[ "$1" = "$(($2 + 2))" ]' - "$(leaves strict)" "$before"
check 'a rule that is none' sh -c 'sed -i "s/^persons_10,refuse/persons_10,perhaps/" "$1"' - "$work/forms/secure/register_rules.csv"
check 'stops' exits 78 strict release register check shop 2025-12
check 'the store verifies' exits 0 office store verify --open
finish
