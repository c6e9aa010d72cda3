#!/bin/sh
# test_estimate_labour.sh -- `estimate labour`: every kind over small files whose figures are worked out by hand, and over a generated month; what it refuses.
# Ends with `estimate labour: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='estimate labour'
. tests/golden/common.sh
SHIRABE_FORMS=$PWD/forms SHIRABE_CLOCK=2026-02-20T00:00:00Z
labour() { # status, kind ...: from files
  want=$1; shift; status=0
  "$program" estimate labour "$@" >"$work/out" 2>"$work/err" || status=$?
  [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; false; }
}
of_store() { want=$1; shift; exits "$want" month estimate labour "$@" --stage received; }
row() { grep -qE -- "$1" "$work/out" || { echo "no row: $1"; false; }; }

# --- benchmark ---
printf 'cell,industry,size,workers,benchmark_workers,neighbour\nA,E,3,100,95.4,\nB,E,5,50,,A\n' >"$work/cells.csv"
check 'a benchmark' labour 0 benchmark "$work/cells.csv" --as csv --next "$work/next.csv" --name '令和3年経済センサス'
check 'the gap of a cell' row '^A,100.0,.*,95.4,.*,-4.6,.*,-4.60,'
check 'the gap in all' row '^_T,150.0,.*,145.4,.*,-4.6,.*,-3.07,'
check 'a cell without benchmark has no gap' row '^B,50.0,,,shown,,,,undefined,,,,undefined'
check 'its name goes into the next cells' grep -qx 'A,E,3,95.4000,令和3年経済センサス,,,' "$work/next.csv"
check 'what was carried stays' grep -qx 'B,E,5,50.0000,,,,A' "$work/next.csv"
check 'a file is not written over' labour 73 benchmark "$work/cells.csv" --next "$work/next.csv" --name x
check 'a gap above the alarm asks for a look' labour 1 benchmark "$work/cells.csv" --alarm 4
check 'and says so' prints 'LOOK: a gap of more than 4 per cent'
check 'a switch needs the name of its census' labour 64 benchmark "$work/cells.csv" --next "$work/other.csv"
printf 'cell,workers,benchmark_workers\nA,100,many\n' >"$work/bad.csv"
check 'a number that is none' labour 65 benchmark "$work/bad.csv"
check 'has its place' tells 'bad.csv:2:3'
printf 'cell,workers,benchmark_workers\nA,100,9\nA,1,\n' >"$work/bad.csv"
check 'a cell twice' labour 65 benchmark "$work/bad.csv"
check 'what stands there is shown' tells "'A' in column cell"
check 'an alarm below 0' labour 64 benchmark "$work/cells.csv" --alarm -1
printf 'cell,industry,size,workers,benchmark_workers,neighbour\nA,E,3,100,95.4,Z\n' >"$work/bad.csv"
check 'a neighbour that is not there' labour 65 benchmark "$work/bad.csv" --next "$work/bad-next.csv" --name x
check 'is named' tells "'Z' in column neighbour"
check 'and nothing is written' test ! -e "$work/bad-next.csv"
sed 's/,Z$/,A/' "$work/bad.csv" >"$work/own.csv"
check 'nor is a cell its own neighbour' labour 65 benchmark "$work/own.csv"
for k in 7 -0.1; do
  printf 'cell,workers,benchmark_workers,insurance_factor\nA,100,95.4,%s\n' "$k" >"$work/bad.csv"
  check "K $k" labour 65 benchmark "$work/bad.csv"
  check "K $k: has its place" tells 'bad.csv:2:4'
done
printf 'cell,workers,benchmark_workers,insurance_factor\nA,100,95.4,1\nB,1,,\n' >"$work/bad.csv"
check 'K may be 1, or nothing' labour 0 benchmark "$work/bad.csv"

# --- back-revision ---
printf 'period,value\n2021-12,100\n2022-01,100\n2022-02,100\n' >"$work/path.csv"
check 'linear' labour 0 back-revision "$work/path.csv" --new-level 130 --base-level 115 --as csv
check 'one at the census' row '^2021-12,100,.*,1.000000,.*,100.0,.*,87.0,'
check 'half way' row '^2022-01,100,.*,1.150000,.*,115.0,.*,100.0,'
check 'new over old at the switch' row '^2022-02,100,.*,1.300000,.*,130.0,.*,113.0,'
check 'geometric' labour 0 back-revision "$work/path.csv" --new-level 130 --shape geometric --as csv
check 'the root half way' row '^2022-01,100,.*,1.140175,.*,114.0,'
check 'without a base no index' row 'neither --base nor --base-level|undefined'
check 'as text' labour 0 back-revision "$work/path.csv" --new-level 130
check 'the shape is said to be unconfirmed' prints 'the shape is not published, unconfirmed'
check 'no new level' labour 64 back-revision "$work/path.csv"
printf 'period,value\n2021-12,100\n2022-02,100\n' >"$work/gap.csv"
check 'a month that is missing' labour 65 back-revision "$work/gap.csv" --new-level 130
check 'is told by what stands there' tells "'2022-02' in column period"
for level in -130 0; do check "a new level of $level" labour 64 back-revision "$work/path.csv" --new-level "$level"; done
for level in -1 0; do check "a base level of $level" labour 64 back-revision "$work/path.csv" --new-level 130 --base-level "$level"; done
check 'says what it may be' tells 'above 0'
check 'two bases' labour 64 back-revision "$work/path.csv" --new-level 130 --base 2022 --base-level 115
check 'say one of them' tells 'not both'
check 'the base year must be whole' labour 65 back-revision "$work/path.csv" --new-level 130 --base 2022

# --- choice of K ---
printf 'cell,growth,rho\nA,1,0.01\nB,1,0\n' >"$work/months.csv"
printf 'cell,first,last\nA,1000,1003\nB,500,510\n' >"$work/census.csv"
check 'eleven paths' labour 0 optimal-k "$work/months.csv" --census "$work/census.csv" --l 0.5 --as csv
check 'the nearest is chosen' row '^A,0.3,1003.0,.*,0.0000,.*,1,'
check 'others are not' row '^A,0.4,1004.0,.*,0.1000,.*,0,'
check 'of equals 0.5' row '^B,0.5,500.0,.*,2.0000,.*,1,'
check 'one choice per cell' test "$(grep -c ',1,,,shown,0*[^,]*$' "$work/out")" -le 22
check 'L is never silent' labour 64 optimal-k "$work/months.csv" --census "$work/census.csv"
printf 'cell,e0,e1,rho,moved\nA,1000,1010,0.01,-4\n' >"$work/moves.csv"
printf 'cell,first,last\nA,1000,1008\n' >"$work/one.csv"
check 'growth of e1 over e0, and movers' labour 0 optimal-k "$work/moves.csv" --census "$work/one.csv" --l 0.5 --as csv
check 'with half of them' row '^A,0.0,1008.0,.*,0.0000,.*,1,'
k() { want=$1; shift; labour "$want" optimal-k "$work/k.csv" --census "$work/kc.csv" --l "$@"; }
printf 'cell,growth,rho\nA,1,0.01\n' >"$work/k.csv"; printf 'cell,first,last\nA,1000,1003\n' >"$work/kc.csv"
for l in 0 1; do check "L $l" k 0 "$l"; done
for l in 7 -1 1.01; do check "L $l" k 64 "$l"; check "L $l: what it may be" tells '0 to 1'; done
for month in -1,0.01 0,0.01 1,40 1,-1.5; do
  printf 'cell,growth,rho\nA,1,0.01\nA,%s\n' "$month" >"$work/k.csv"
  check "growth and rho $month" k 65 0.5
  check "growth and rho $month: has its place" tells 'k.csv:3:'
done
printf 'cell,e0,e1,rho\nA,100,0,0.01\n' >"$work/k.csv"
check 'e1 of nobody' k 65 0.5
check 'has its place, too' tells 'k.csv:2:3'
printf 'cell,growth,rho\nA,1,0.01\nC,1,0\n' >"$work/k.csv"
check 'a cell the census lacks' k 65 0.5
check 'is named' tells "'C' in column cell"
printf 'cell,growth,rho\nA,1,0.01\n' >"$work/k.csv"; printf 'cell,first,last\nA,1000,1003\nB,5,5\n' >"$work/kc.csv"
check 'a cell of the census without months' k 65 0.5
check 'is named with its line' tells 'kc.csv:3:1'
printf 'cell,first,last\nA,1000,1003\nA,5,5\n' >"$work/kc.csv"
check 'a cell twice in the census' k 65 0.5
printf 'cell,growth,rho,moved\nA,1,0.01,-3000\n' >"$work/k.csv"; printf 'cell,first,last\nA,1000,1003\n' >"$work/kc.csv"
check 'more movers than workers' k 65 0.5
check 'stop with the cell' tells 'cell A'
check 'and the reason' tells 'workers of 0 or more in every month of a path'

# --- special survey: weights 5; mean 20 with standard error 89.44/15, total without because both districts weigh 150 ---
printf 'stratum,district,group,pay\nS,a,E,10\nS,a,E,20\nS,b,I,30\n' >"$work/persons.csv"
printf 'stratum,districts,drawn\nS,10,2\n' >"$work/strata.csv"
check 'a special survey' labour 0 special "$work/persons.csv" --strata "$work/strata.csv" --item pay --as csv
check 'workers' row '^1_workers,15,'
check 'total' row '^2_total_pay,300,0,'
check 'mean with its error' row '^3_mean_pay,20,5.96284793'
printf 'group,workers\nE,20\nI,5\n' >"$work/groups.csv"
check 'adjusted to the census' labour 0 special "$work/persons.csv" --strata "$work/strata.csv" --item pay --census "$work/groups.csv" --as csv
check 'all workers of the census' row '^1_workers,25,'
check 'mean (20 x 15 + 5 x 30)/25' row '^3_mean_pay,18,'
check 'factor of a group' row '^4_adjustment_E,2,'
printf 'stratum,districts,drawn\nS,10,1\n' >"$work/lonely.csv"
grep -v '^S,b' "$work/persons.csv" >"$work/alone.csv"
check 'one district of ten says nothing about error' labour 65 special "$work/alone.csv" --strata "$work/lonely.csv" --item pay
check 'and how many it takes' tells 'two districts or more, or all of them'
printf 'stratum,districts,drawn\nT,10,2\n' >"$work/other.csv"
check 'a stratum that is not there' labour 65 special "$work/persons.csv" --strata "$work/other.csv" --item pay
special() { want=$1; shift; labour "$want" special "$work/persons3.csv" --strata "$work/strata.csv" --item pay "$@"; }
printf 'stratum,district,group,pay\nS,a,E,10\nS,b,E,20\nS,c,I,30\n' >"$work/persons3.csv"
check 'more districts than were drawn' special 65
check 'by the name of the stratum' tells 'stratum S'
check 'and both counts' tells 'no more than the 2 districts drawn'
printf 'stratum,districts,drawn\nS,10,3\nS,20,3\n' >"$work/strata.csv"
check 'a stratum twice' special 65
check 'has its place' tells 'strata.csv:3:1'
for counts in 10.9,3 10,2.9 10,0 2,3 -10,3; do
  printf 'stratum,districts,drawn\nS,%s\n' "$counts" >"$work/strata.csv"
  check "counts $counts" special 65
  check "counts $counts: has its place" tells 'strata.csv:2:'
done
printf 'stratum,districts,drawn\nS,10,3\n' >"$work/strata.csv"
check 'as many as were drawn' special 0
printf 'group,workers\nE,20\nI,5\nE,30\n' >"$work/groups.csv"
check 'a group of the census twice' special 65 --census "$work/groups.csv"
check 'has its line' tells 'groups.csv:4:1'
printf 'group,workers\nE,20\nQ,5\n' >"$work/groups.csv"
check 'a group nobody is in' special 65 --census "$work/groups.csv"
check 'is told by its code' tells "'Q' in column group"

# --- a month of the store ---
if [ -x "$BUILD/tests/demo/generate" ]; then
  "$BUILD/tests/demo/generate" --small "$work/sent" >/dev/null
  setup month office init --type ministry --code 00 --name 本省 --profile light
  sent=$work/sent/mls
  # in January one establishment of E-5 stands in E-7, another in no cell that is tabulated
  answered() { # n-th establishment of E-5 whose report is complete
    python3 - "$sent" "$1" <<'P'
import csv, sys
folder, n = sys.argv[1:]
read = lambda name: list(csv.DictReader(open(f'{folder}/{name}', encoding='utf-8-sig')))
cell = {r['事業所一連番号']: r['単位集計区分'] for r in read('register-2025-12.csv')}
print([r['事業所一連番号'] for r in read('establishment-01-2025-12.csv') if cell[r['事業所一連番号']] == 'E-5' and r['調査票の状態'] == '0'
       and not any(r[k] == '' for k in r if k.endswith('（計）') or k.endswith('（パートタイム）'))][int(n)])
P
  }
  first=$(answered 0) second=$(answered 1)
  awk -F, -v OFS=, -v a="$first" -v b="$second" '$2 == a {$4 = "E-7"} $2 == b {$4 = ""} {print}' "$sent/register-2025-12.csv" >"$work/january.csv"
  for form in register cell stratum; do setup month intake file "$sent/$form-2025-12.csv" --form mls/$form --period 2025-12; done
  office month intake file "$sent/establishment-01-2025-12.csv" --form mls/establishment --period 2025-12 >/dev/null 2>&1
  check 'a month without register' of_store 66 movers 2025-12 --to 2026-01 --l 1
  setup month intake file "$work/january.csv" --form mls/register --period 2026-01
  check 'movers' of_store 0 movers 2025-12 --to 2026-01 --l 1 --as csv --next "$work/january-cells.csv"
  cp "$work/out" "$work/movers.csv"
  # r w e1 of the establishment, with r = E / sum w e0, worked out from the files
  expected=$(python3 - "$sent" "$first" <<'P'
import csv, sys
folder, first = sys.argv[1:]
read = lambda n: list(csv.DictReader(open(f'{folder}/{n}', encoding='utf-8-sig')))
register = {r['事業所一連番号']: r for r in read('register-2025-12.csv')}
cells = {r['単位集計区分']: float(r['母集団労働者数（前調査期間末）']) for r in read('cell-2025-12.csv')}
w = lambda r: float(r['抽出率逆数（分子）']) / float(r['抽出率逆数（分母）'])
total = e1 = 0
for r in read('establishment-01-2025-12.csv'):
    g = register[r['事業所一連番号']]
    if r['調査票の状態'] != '0' or g['単位集計区分'] != 'E-5':
        continue
    if any(r[k] == '' for k in r if k.endswith('（計）') or k.endswith('（パートタイム）')):
        continue
    total += w(g) * float(r['前調査期間末の常用労働者数（計）'])
    if r['事業所一連番号'] == first:
        e1 = w(g) * float(r['本調査期間末の常用労働者数（計）'])
print(f"{cells['E-5'] / total * e1:.1f}")
P
)
  check 'somebody moves' test "$expected" != 0.0
  check 'out of the cell: r w e1' row "^E-5,[0-9.]+,.*,-$expected,"
  check 'into the other' row "^E-7,[0-9.]+,.*,$expected,"
  check 'one report out, one in' test "$(awk -F, '$1 == "E-5" {o = $(NF - 4)} $1 == "E-7" {i = $(NF - 8)} END {print o + 0, i + 0}' "$work/movers.csv")" = '1 1'
  check 'movers cancel over all cells' test "$(awk -F, 'NR > 1 {n += $10} END {printf "%.1f", n}' "$work/movers.csv")" = 0.0
  check 'the next cells are a file of the form' exits 0 month intake file "$work/january-cells.csv" --form mls/cell --period 2026-01
  check 'half of them' of_store 0 movers 2025-12 --to 2026-01 --l 0.5
  check 'says what is not confirmed' prints 'L = 0.5, weight of the selection, movers to no cell stay in their cell: not published, unconfirmed'
  check 'one to no cell' prints '1 to no cell'
  check 'who leaves may count' of_store 0 movers 2025-12 --to 2026-01 --l 1 --leaving counts --as csv
  check 'out of its cell' test "$(awk -F, '$1 == "E-5" {print ($14 < 0)}' "$work/out")" = 1
  check 'L is never silent here' of_store 64 movers 2025-12 --to 2026-01
  for to in 2026-02 2025-12 2025-11 2026-Q1 2026; do
    check "to $to is not the next month" of_store 64 movers 2025-12 --to "$to" --l 1
    check "to $to: says which is" tells 'the month after 2025-12'
  done
  check 'movers of a quarter' of_store 64 movers 2025-Q4 --to 2026-01 --l 1
  for l in 2 -0.5; do check "movers with L $l" of_store 64 movers 2025-12 --to 2026-01 --l "$l"; done

  check 'random groups' of_store 0 random-groups 2025-12 --groups 2 --seed 3 --as csv
  cp "$work/out" "$work/groups.csv"
  check 'all sizes' row '^T,[0-9]+\.[0-9]+,'
  check 'the same seed deals alike' of_store 0 random-groups 2025-12 --groups 2 --seed 3 --as csv --threads 2
  check 'to the bit' cmp "$work/out" "$work/groups.csv"
  check 'more groups than reports of a cell have no figure' of_store 0 random-groups 2025-12 --groups 50 --seed 3 --as csv
  check 'and say so' row '^T,[^,]*,,,shown,,,,undefined'
  check 'one group' of_store 64 random-groups 2025-12 --groups 1

  # a plan signed by officers, exceptions by two: what `estimate run` accepts
  officer() { # letter, id, name, staff number
    "$program" store user key "$work/$1.key" --id "$2" --name "$3" --organisation 統計課 --section 企画係 --staff-no "$4" --trained 2025-12-01 --pledge "$work/pass" \
      --profile light --passphrase-file "$work/pass" >"$work/out" 2>"$work/err"
  }
  sign() { # status, letter, text, note, more ...
    letter=$2 text=$3 note=$4; want=$1; shift 4; status=0
    "$program" estimate labour sign-plan "$text" --officer "$work/$letter.key" --card "$work/$letter.card" --officer-passphrase "$work/pass" --out "$note" "$@" \
      >"$work/key" 2>"$work/err" || status=$?
    cp "$work/key" "$work/out"
    [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; false; }
  }
  printf '{"rules":[{"size":"3","rule":"take-all"},{"size":"5","rule":"sample"},{"size":"7","rule":"sample"}]}\n' >"$work/plan.json"
  check 'an officer has a key' officer a aoki-h 青木春子 A100
  check 'and another' officer b inoue-n 井上夏雄 A200
  check 'a plan is signed' sign 0 a "$work/plan.json" "$work/plan.note"
  check 'the key names the officer' grep -q '^aoki-h+' "$work/key"
  cp "$work/key" "$work/keys"
  check 'the run accepts it' exits 0 month estimate run mls 2025-12 --stage received --plan "$work/plan.note" --keys "$work/keys" --json
  check 'a second officer adds a signature' sign 0 b "$work/plan.note" "$work/plan2.note"
  check 'both are there' test "$(grep -c '^— ' "$work/plan2.note")" -eq 2
  check 'the first still counts' exits 0 month estimate run mls 2025-12 --stage received --plan "$work/plan2.note" --keys "$work/keys" --json
  check 'nobody signs twice' sign 65 a "$work/plan2.note" "$work/plan3.note"
  check 'a note is not written over' sign 73 a "$work/plan.json" "$work/plan.note"
  cp "$work/b.card" "$work/keep.card"; cp "$work/a.card" "$work/b.card"
  check "another's card" sign 65 b "$work/plan.json" "$work/other.note"
  cp "$work/keep.card" "$work/b.card"
  sed 's/"5"/"1"/' "$work/plan.note" >"$work/changed.note"
  check 'a changed plan is not signed' exits 77 month estimate run mls 2025-12 --stage received --plan "$work/changed.note" --keys "$work/keys"
  printf '{"rules":"all"}\n' >"$work/wrong.json"
  check 'nobody signs what no run can read' sign 65 a "$work/wrong.json" "$work/wrong.note"
  for bad in '{"rules":[{"size":3,"rule":"take-all"}]}' '{"rules":[{"sice":"5","rule":"sample"}],"zzz":1}'; do
    printf '%s\n' "$bad" >"$work/wrong.json"
    check "nor $bad" sign 65 a "$work/wrong.json" "$work/wrong.note"
  done
  for bad in '{"exceptions":[{"stratum":"E-3","control":"C99","text":"x"}]}' '{"exceptions":[{"stratum":"E-3","control":"C3","text":""}]}' '{"exceptions":[{}]}'; do
    printf '%s\n' "$bad" >"$work/wrong.json"
    check "nor the exception $bad" sign 65 a "$work/wrong.json" "$work/wrong.note" --exceptions
  done
  printf '{"exceptions":[{"stratum":"E-3","control":"C3","text":"a reason"}]}\n' >"$work/exceptions.json"
  check 'exceptions are signed' sign 0 a "$work/exceptions.json" "$work/exceptions.note" --exceptions
  check 'one signer is not enough' exits 77 month estimate run mls 2025-12 --stage received --plan "$work/plan.note" --keys "$work/keys" --exceptions "$work/exceptions.note"
  check 'and by another' sign 0 b "$work/exceptions.note" "$work/exceptions2.note" --exceptions
  cat "$work/key" >>"$work/keys"
  check 'two are' exits 0 month estimate run mls 2025-12 --stage received --plan "$work/plan.note" --keys "$work/keys" --exceptions "$work/exceptions2.note"

  # a prefecture: with all reports, the weights and the workers of the nation its rows are the nation's
  check 'a prefecture' of_store 0 prefecture 2025-12 --prefecture 01 --register "$sent/register-2025-12.csv" --cells "$sent/cell-2025-12.csv" --as csv
  cp "$work/out" "$work/prefecture.csv"
  pay() { awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == "C") c = i} $1 == "TL" && $2 == "T" && $3 == "T" {print $c}' "$1"; }
  check 'the nation' exits 0 month estimate table mls 2025-12 main --stage received --as csv
  check 'its contractual pay is the same' test "$(pay "$work/prefecture.csv")" = "$(pay "$work/out")"
  awk -F, -v OFS=, 'NR > 1 {$4 *= 2} {print}' "$sent/cell-2025-12.csv" >"$work/double.csv"
  check 'twice the workers' of_store 0 prefecture 2025-12 --prefecture 01 --register "$sent/register-2025-12.csv" --cells "$work/double.csv" --as csv
  check 'leave averages as they are, but for whole workers' test "$(awk -v a="$(pay "$work/out")" -v b="$(pay "$work/prefecture.csv")" 'BEGIN {print (a - b) ^ 2 < 400}')" = 1
  head -n 5 "$sent/register-2025-12.csv" >"$work/few.csv"
  check 'a report without a weight of the prefecture' of_store 65 prefecture 2025-12 --prefecture 01 --register "$work/few.csv" --cells "$sent/cell-2025-12.csv"
  here() { want=$1 cells=$2; shift 2; of_store "$want" prefecture 2025-12 --register "$sent/register-2025-12.csv" --cells "$cells" "$@"; }
  check 'a prefecture without reports' here 65 "$sent/cell-2025-12.csv" --prefecture 99
  check 'says so' tells 'no report of prefecture 99'
  { cat "$sent/cell-2025-12.csv"; sed -n 2p "$sent/cell-2025-12.csv"; } >"$work/cell2.csv"
  # with the frame counts of the nation's strata its errors and reports are the nation's
  check 'no frame counts, no standard errors' here 0 "$sent/cell-2025-12.csv" --prefecture 01
  check 'which is said' prints 'no standard errors: give the frame counts'
  python3 -c 'import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8-sig")))
out = csv.writer(open(sys.argv[2], "w"))
out.writerow(("stratum", "frame_units"))
for r in rows[1:]: out.writerow((r[0], r[5]))' "$sent/stratum-2025-12.csv" "$work/frames.csv"
  check 'with frame counts' here 0 "$sent/cell-2025-12.csv" --prefecture 01 --strata "$work/frames.csv" --as csv
  cp "$work/out" "$work/prefecture.csv"
  check 'the nation again' exits 0 month estimate table mls 2025-12 main --stage received --rule none --as csv
  check 'se, cv and n of contractual pay are the same in every row' python3 - "$work/prefecture.csv" "$work/out" <<'P'
import csv, sys
def read(path):
    return {(r['industry'], r['size'], r['worker_form']): (r['C'], r['C_se'], r['C_cv'], r['n']) for r in csv.DictReader(open(path))}
here, nation = read(sys.argv[1]), read(sys.argv[2])
same = [k for k in nation if here.get(k) == nation[k]]
assert len(same) == len(nation) > 20 and sum(1 for k in same if nation[k][1]) > 10, (len(same), len(nation))
P
  sed '2s/,.*/,0/' "$work/frames.csv" >"$work/frames0.csv"
  check 'a frame below its reports' here 65 "$sent/cell-2025-12.csv" --prefecture 01 --strata "$work/frames0.csv"
  check 'names the stratum' tells "stratum $(sed -n '2s/,.*//p' "$work/frames.csv")"
  { cat "$work/frames.csv"; echo 'X-9,4'; } >"$work/frames9.csv"
  check 'a stratum nobody knows' here 65 "$sent/cell-2025-12.csv" --prefecture 01 --strata "$work/frames9.csv"
  check 'a cell of the prefecture twice' here 65 "$work/cell2.csv" --prefecture 01
  check 'is told with its line' tells "cell2.csv:$(wc -l <"$work/cell2.csv" | tr -d ' ')"
  awk -F, -v OFS=, 'NR > 1 {$4 = 0} {print}' "$sent/cell-2025-12.csv" >"$work/nobody.csv"
  check 'a prefecture without workers' here 65 "$work/nobody.csv" --prefecture 01
  check 'is told so' tells 'workers above 0 in a cell'
  awk -F, -v OFS=, 'NR == 2 {$4 = -1} {print}' "$sent/cell-2025-12.csv" >"$work/below.csv"
  check 'workers below 0' here 65 "$work/below.csv" --prefecture 01
  check 'no register, no weights' of_store 64 prefecture 2025-12 --prefecture 01 --cells "$sent/cell-2025-12.csv"
else echo 'skipped: the month of the store; next: make tools'; fi
# --- standard errors that are those of the year before ---
long() { echo table,period,industry,measure,value,cv; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "main,$1,I$i,mls(C),100,0.0$(( (i * $2) % 89 + 10 ))"; done; }
long 2024-12 7 >"$work/e2024.csv"
long 2025-12 11 >"$work/e2025.csv"
check 'errors of two samples' labour 0 same-errors "$work/e2025.csv" --earlier "$work/e2024.csv" --as csv
check 'twelve are compared, none is the same' row '^_T,12,.*,0,.*,0.0,'
sed 's/2024-12/2025-12/; 1,4!s/,100,/,101,/' "$work/e2024.csv" >"$work/copied.csv"
check 'a table of errors that was copied' labour 1 same-errors "$work/copied.csv" --earlier "$work/e2024.csv" --as csv
check 'all are the same' row '^_T,12,.*,12,.*,100.0,'
check 'it asks for a look' labour 1 same-errors "$work/copied.csv" --earlier "$work/e2024.csv"
check 'in words' prints 'were the errors computed, or copied?'
{ cat "$work/e2024.csv"; tail -n 1 "$work/e2024.csv"; } >"$work/twice.csv"
check 'a figure twice' labour 65 same-errors "$work/twice.csv" --earlier "$work/e2024.csv"
check 'another table' labour 65 same-errors "$work/e2025.csv" --earlier "$work/cells.csv"
check 'nothing to compare with' labour 64 same-errors "$work/e2025.csv"

# --- in Japanese: words of the text alone ---
japanese() { # kind ...: heads and notes of its text; the digest is that of the English table
  labour 0 "$@" --lang en || return; grep '^  digest ' "$work/out" | sed 's/.* //' >"$work/digest"
  labour 0 "$@" --lang en --as csv || return; cp "$work/out" "$work/english.csv"
  labour 0 "$@" --lang ja --as csv || return; cmp "$work/out" "$work/english.csv" || return
  labour 0 "$@" --lang ja || return
  [ -s "$work/digest" ] && grep -q 'ダイジェスト' "$work/out" && grep -qF "$(cat "$work/digest")" "$work/out" || { echo 'another digest'; return 1; }
  # notes are indented: none of them is in English alone
  if LC_ALL=C grep '^  ' "$work/out" | LC_ALL=C grep -v '[^ -~]'; then return 1; fi
}
check 'a benchmark in Japanese' japanese benchmark "$work/cells.csv"
check 'with its heads' prints '集計区分'
check 'and notes' prints '1 区分に基準値があります（全 2 区分）'
check 'back-revision in Japanese' japanese back-revision "$work/path.csv" --new-level 130
check 'unconfirmed in Japanese' prints '公表されておらず未確認です'
check 'choice of K in Japanese' japanese optimal-k "$work/months.csv" --census "$work/census.csv" --l 0.5
check 'its head' prints '偏差（％）'
check 'a special survey in Japanese' japanese special "$work/persons3.csv" --strata "$work/strata.csv" --item pay
check 'no ratio' prints '比推定の調整はしていません'
check 'errors in Japanese' japanese same-errors "$work/e2025.csv" --earlier "$work/e2024.csv"
check 'their head' prints '比較数'
if [ -x "$BUILD/tests/demo/generate" ]; then
  check 'movers in Japanese' of_store 0 movers 2025-12 --to 2026-01 --l 0.5 --lang ja
  check 'their notes' prints '集計されない区分への移動は元の区分のまま：公表されておらず未確認です'
  check 'random groups in Japanese' of_store 0 random-groups 2025-12 --groups 2 --seed 3 --lang ja
  check 'how they are dealt' prints '2 組、乱数の種 3。有限母集団修正なし'
  check 'a prefecture in Japanese' here 0 "$sent/cell-2025-12.csv" --prefecture 01 --lang ja
  check 'its weights' prints 'ウェイトは県のもの'
fi
check 'help in Japanese' labour 0 --help --lang ja
check 'names every kind' prints 'random-groups・sign-plan・same-errors'
check 'an unknown kind' labour 64 quotas x
check 'a kind without its file' labour 64 benchmark
finish
