#!/bin/sh
# test_sample.sh -- shirabe sample draw, check, allocate, rotate: files that fit together, the same bytes in any order of the frame, a replaced unit
# found, every refusal with its reason. Ends with `sample: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title=sample
. tests/golden/common.sh
cd "$work" || exit 70
awk 'BEGIN {
  print "id,district,prefecture,urban,employees,turnover,region,big,prn"
  for (i = 1; i <= 600; i++) {
    e = 1 + (i * 7919) % 97 + (i % 40 == 0 ? 400 : 0); d = (i * 31) % 60
    printf "%05d,%02d,%s,%d,%d,%d,%s,%d,%.6f\n", i, d, (d % 3 == 0 ? "13" : d % 3 == 1 ? "14" : "27"), i % 2, e, e * (50 + (i * 104729) % 101), (i % 5 ? "A" : "B"), (e > 400), (i * 0.6180339887) % 1
  }
}' >frame.csv
{ head -n 1 frame.csv; tail -n +2 frame.csv | sort -t, -k5,5 -k1,1r; } >shuffled.csv
run() { want=$1; shift; status=0; "$program" sample "$@" --quiet >out 2>err </dev/null || status=$?; [ $status -eq "$want" ] || { echo "exit $status, expected $want"; cat err; false; }; }
plan() { printf '{"stages":[%s]}\n' "$1" >plan.json; } # stages

# --- every method: the same bytes in any order of the frame, proved by check, weights that add up ---
while IFS='|' read -r method more; do
  plan "{\"unit\":\"id\",\"stratum\":[\"prefecture\",\"urban\"],\"method\":\"$method\",\"n\":12$more}"
  check "$method draws" run 0 draw frame.csv --plan plan.json --seed spring --out one.csv --replace
  check "$method draws again" run 0 draw shuffled.csv --plan plan.json --seed spring --out two.csv --replace
  check "$method gives the same sample for a frame in another order" cmp one.csv two.csv
  check "$method: check agrees, with the seed of the report" run 0 check one.csv --frame frame.csv --plan plan.json
  check "$method: another seed is another sample" run 1 check one.csv --frame frame.csv --plan plan.json --seed summer
done <<'END'
srs|
bernoulli|
systematic|,"order":["employees","id"]
poisson|,"size":"employees"
pps-systematic|,"size":"employees","order":"district"
sunter|,"size":"employees"
sampford|,"size":"employees"
maximum-entropy|,"size":"employees"
brewer|,"size":"employees"
pivotal|,"size":"employees"
pareto|,"size":"employees"
sequential-poisson|,"size":"employees"
cube|,"balance":["turnover","employees"]
cube|,"size":"employees","balance":"turnover"
END
plan '{"unit":"id","stratum":"prefecture","method":"srs","n":{"rate":[1,3],"least":5}}'
check 'a third of each stratum' run 0 draw frame.csv --plan plan.json --seed s --out third.csv
check 'weights are fractions and add to the frame' awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "weight") w = i } NR > 1 { s += $w } END { exit !(s > 599.9999 && s < 600.0001) }' third.csv
check 'the report names seed and digests' grep -q '"seed":"s","frame_sha256":"[0-9a-f]\{64\}"' third.report.json
check 'the digest of the report is that of the file' grep -q "\"sample_sha256\":\"$(sha256sum third.csv | cut -d' ' -f1)\"" third.report.json
check 'the design is of kind sample' grep -q '"kind":"sample".*"population":"s1_population".*"weight":"weight"' third.design.json
check 'running again is fine' run 0 draw frame.csv --plan plan.json --seed s --out third.csv
check 'another draw does not take its place' run 73 draw frame.csv --plan plan.json --seed t --out third.csv
check 'and the file is as it was' run 0 check third.csv --frame frame.csv --plan plan.json
check 'a dry run writes nothing' run 0 draw frame.csv --plan plan.json --seed s --out never.csv --dry-run
check 'no file' test ! -e never.csv

# --- a unit put in by hand, one taken out, a weight changed ---
sed '7s/^[0-9]*/99999/' third.csv >hand.csv
check 'a replaced unit is found' run 1 check hand.csv --frame frame.csv --plan plan.json --seed s
check 'by line and name' grep -q "line 7: unit '99999' is not in the drawn sample" out
check 'and the one that is missing' grep -q 'is missing' out
sed '9d' third.csv >hand.csv
check 'a dropped unit is found' run 1 check hand.csv --frame frame.csv --plan plan.json --seed s --json
check 'and counted' grep -q '"same":false.*"extra":0,"missing":1,"changed":0' out
sed '5s/,3,3$/,4,4/;5s/,[0-9.]*,[0-9/]*$/,4,4/' third.csv >hand.csv
check 'a changed weight is found' run 1 check hand.csv --frame frame.csv --plan plan.json --seed s
check 'with its column' grep -q "line 5: column 'weight' is not as drawn" out
check 'without a seed nothing is proved' run 64 check hand.csv --frame frame.csv --plan plan.json

# --- two stages, clusters, certainty, coordination ---
plan '{"unit":"district","stratum":"prefecture","method":"pps-systematic","size":"prn","order":"district","n":4},{"unit":"id","method":"srs","n":3}'
check 'a size that differs inside a district is refused' run 65 draw frame.csv --plan plan.json --seed s --out x.csv
check 'with its line' grep -q 'frame.csv:[0-9]*: error\[E6170\]' err
plan '{"unit":"district","stratum":"prefecture","method":"srs","n":4},{"unit":"id","stratum":"urban","method":"srs","n":{"rate":[1,2],"least":1}}'
check 'districts, then half of the establishments of each kind' run 0 draw frame.csv --plan plan.json --seed s --out two_stage.csv
check 'twelve districts' test "$(tail -n +2 two_stage.csv | cut -d, -f2 | sort -u | wc -l)" -eq 12
check 'its design has both stages' grep -q '"unit":"district","stratum":\["s1_stratum"\].*"unit":"id","stratum":\["s2_stratum"\],"population":"s2_population"' two_stage.design.json
plan '{"unit":"district","stratum":"prefecture","method":"srs","n":4},{"unit":"id","method":"all","n":"all"}'
check 'whole districts' run 0 draw frame.csv --plan plan.json --seed s --out cluster.csv
check 'every establishment of them' test "$(tail -n +2 cluster.csv | wc -l)" -eq 120
plan '{"unit":"id","method":"srs","certainty":"big","n":60}'
check 'the big ones for certain' run 0 draw frame.csv --plan plan.json --seed s --out certain.csv
check 'all of them, weight 1, in a stratum of their own' test "$(grep -c ',certain,15,15,1,1,1,1,1$' certain.csv)" -eq 15
plan '{"unit":"id","method":"srs","random":{"column":"prn"},"n":60}'; check 'permanent numbers of the frame' run 0 draw frame.csv --plan plan.json --seed s --out prn1.csv
plan '{"unit":"id","method":"srs","random":{"column":"prn"},"n":40}'; check 'a smaller survey' run 0 draw frame.csv --plan plan.json --seed other --out prn2.csv
check 'lies wholly inside the larger one' test "$(cut -d, -f1 prn1.csv prn2.csv | sort | uniq -d | wc -l)" -eq 41
plan '{"unit":"id","method":"srs","random":{"column":"prn","shift":0.5},"n":40}'; check 'a shifted one' run 0 draw frame.csv --plan plan.json --seed s --out prn3.csv
check 'shares no unit' test "$(cut -d, -f1 prn1.csv prn3.csv | sort | uniq -d | wc -l)" -eq 1
plan '{"unit":"id","method":"bernoulli","random":{"collocated":true},"n":60}'; check 'collocated Bernoulli' run 0 draw frame.csv --plan plan.json --seed s --out collocated.csv
check 'has sixty units' test "$(tail -n +2 collocated.csv | wc -l)" -eq 60

# --- joint probabilities ---
plan '{"unit":"id","stratum":"urban","method":"sampford","size":"employees","n":8}'
check 'joint probabilities' run 0 draw frame.csv --plan plan.json --seed s --out joint.csv --joint
check 'a square table' awk -F, 'NR == 1 { n = NF } NF != n || NF != 17 { bad = 1 } END { exit bad || NR != 17 }' joint.joint.csv
check 'named in the design' grep -q '"form":"joint","probability":"s1_probability","joint":"joint.joint.csv"' joint.design.json
plan '{"unit":"id","stratum":"urban","method":"pps-systematic","size":"employees","order":"id","n":8}'
check 'a systematic sample has none' run 78 draw frame.csv --plan plan.json --seed s --out x.csv --joint

# --- allocation ---
plan '{"unit":"id","stratum":["prefecture","urban"],"method":"srs","n":{"allocation":"neyman","total":90,"variable":"turnover","least":2}}'
check 'Neyman allocation' run 0 allocate frame.csv --plan plan.json
check 'of ninety units' grep -q 'units in the sample: 90' out
check 'is what is drawn' run 0 draw frame.csv --plan plan.json --seed s --out neyman.csv
check 'ninety rows' test "$(tail -n +2 neyman.csv | wc -l)" -eq 90
plan '{"unit":"id","stratum":["prefecture","urban"],"method":"srs","n":{"allocation":"cv","least":2,"targets":[{"variable":"turnover","cv":0.05},{"variable":"employees","domain":"region","cv":0.12}]}}'
check 'allocation to targets' run 0 allocate frame.csv --plan plan.json --json
check 'every target holds, the cost is at most two above the bound' python3 -c '
import json
r = json.load(open("out"))
assert len(r["targets"]) == 3
assert all(t["expected_cv"] <= t["wanted_cv"] * (1 + 1e-9) for t in r["targets"])
assert r["cost_at_least"] <= r["cost"] <= r["cost_at_least"] + 2
assert sum(s["sample"] for s in r["strata"]) == r["cost"]'
plan '{"unit":"id","stratum":"urban","method":"srs","n":{"allocation":"equal","total":5000}}'
check 'more than there are' run 78 allocate frame.csv --plan plan.json
plan '{"unit":"id","method":"srs","n":5}'
check 'no allocation in the plan' run 78 allocate frame.csv --plan plan.json

# --- rotation ---
printf '{"stages":[{"unit":"id","stratum":"prefecture","method":"srs","n":30}],"rotation":{"groups":3,"stay":36,"rest":24}}\n' >plan.json
check 'the first panel' run 0 rotate frame.csv --plan plan.json --seed p --period 2026-01 --out p1.csv
check 'is ninety units' test "$(tail -n +2 p1.csv | wc -l)" -eq 90
check 'a month later' run 0 rotate frame.csv --plan plan.json --seed p --period 2026-02 --previous p1.csv --out p2.csv
check 'nothing has changed' cmp p1.csv p2.csv
sed '/^00117,/d' frame.csv >smaller.csv
check 'a year later' run 0 rotate smaller.csv --plan plan.json --seed p --period 2027-01 --previous p2.csv --out p3.csv
check 'a third has left' test "$(awk -F, '$5 == "2027-01"' p3.csv | wc -l)" -ge 30
check 'and as many came' test "$(awk -F, '$5 == "" && NR > 1' p3.csv | wc -l)" -eq 90
check 'a period before the last is refused' run 65 rotate frame.csv --plan plan.json --seed p --period 2026-06 --previous p3.csv --out x.csv
check 'a period of another kind is refused' run 65 rotate frame.csv --plan plan.json --seed p --period 2028 --previous p3.csv --out x.csv

# --- refusals: exit status | message | stages ---
while IFS='|' read -r status message stages; do
  plan "$stages"
  check "refused: $stages" run "$status" draw frame.csv --plan plan.json --seed s --out x.csv
  check "$message: $stages" grep -q "error\[$message\]" err
done <<'END'
78|E6160|{"unit":"id","method":"srs","n":5,"colour":1}
78|E6161|{"unit":"id","method":"lottery","n":5}
78|E6161|{"unit":"id","method":"srs","n":"many"}
78|E6161|{"unit":"id","method":"srs","n":-1}
78|E6161|{"unit":"id","method":"srs","n":{"rate":[4,3]}}
78|E6161|{"unit":"id","method":"srs","size":"employees","n":5}
78|E6161|{"unit":"id","method":"srs","n":5},{"unit":"id","method":"srs","n":5}
78|E6162|{"method":"srs","n":5}
78|E6162|{"unit":"id","method":"srs"}
78|E6162|{"unit":"id","method":"sampford","n":5}
78|E6162|{"unit":"id","method":"systematic","n":5}
78|E6162|{"unit":"id","method":"cube","n":5}
65|E6163|{"unit":"nobody","method":"srs","n":5}
65|E6164|{"unit":"region","method":"srs","n":1}
65|E6165|{"unit":"id","method":"sampford","size":"region","n":5}
65|E6165|{"unit":"id","method":"sampford","size":"urban","n":5}
78|E6167|{"unit":"id","stratum":"urban","method":"srs","n":[{"stratum":"0","n":5}]}
78|E6168|{"unit":"id","stratum":"urban","method":"srs","n":[{"stratum":"0","n":5},{"stratum":"1","n":5},{"stratum":"2","n":5}]}
78|E6169|{"unit":"id","method":"srs","n":601}
78|E6169|{"unit":"id","method":"srs","certainty":"big","n":5}
65|E6170|{"unit":"district","stratum":"employees","method":"srs","n":5},{"unit":"id","method":"srs","n":1}
END
check 'nothing was written by any of them' test ! -e x.csv
sed '1s/turnover/weight/' frame.csv >taken.csv
plan '{"unit":"id","method":"srs","n":5}'
check 'a column that the sample would write' run 65 draw taken.csv --plan plan.json --seed s --out x.csv
sed '9s/^[0-9]*//' frame.csv >blank.csv
check 'a blank id' run 65 draw blank.csv --plan plan.json --seed s --out x.csv
check 'with its line' grep -q 'blank.csv:9:1: error\[E6166\]' err
sed '9s/^[0-9]*/00003/' frame.csv >twice.csv
check 'an id that stands twice' run 65 draw twice.csv --plan plan.json --seed s --out x.csv
check 'with both lines' sh -c 'grep -q "twice.csv:9:1: error\[E6164\]" err && grep -q "line 4 has the same" err'

# --- where the command is there: the sample estimated at once with its design ---
if "$program" estimate file --help >/dev/null 2>&1; then
  for name in third two_stage certain joint; do
    check "shirabe estimate file takes $name.csv with its design" "$program" estimate file $name.csv --design $name.design.json --table 'total(turnover)' --quiet
  done
else echo 'skipped: shirabe estimate file is not in this program'; fi
printf '%s: %s passed, %s failed\n' "$title" "$passed" "$failed"
[ "$failed" -eq 0 ]
