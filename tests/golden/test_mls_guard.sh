#!/bin/sh
# test_mls_guard.sh -- a month of the labour survey proved against a signed plan: as planned, with a stratum sampled in silence, with an exception of one
# and of two signers; run records are the same again and say what changed. Ends with `mls guard: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
. ./tests/golden/scratch.sh
PATH=$BUILD:$BUILD/tests/demo:$PATH SHIRABE_CLOCK=2026-02-20T00:00:00Z SHIRABE_PASSPHRASE_FILE=$here/passphrase
export PATH SHIRABE_CLOCK SHIRABE_PASSPHRASE_FILE
cd "$here" || exit 70
printf 'the plan is a text that was signed\n' >passphrase
check() { what=$1; shift; if "$@" >said 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s\n' "$what"; tail -n 6 said out err; fi; }
run() { # exit status, office, option...
  want=$1 office=$2; shift 2
  shirabe estimate run mls 2025-12 --stage received --office "$office" "$@" >out 2>err; got=$?
  [ "$got" -eq "$want" ] || { echo "exit $got, expected $want"; false; }
}
says() { cat out err | tr '\n' ' ' | grep -qE -- "$1" || { echo "not said: $1"; false; }; }
diff_runs() { want=$1; shift; shirabe estimate series --diff "$@" >out 2>err; got=$?; [ "$got" -eq "$want" ] || { echo "exit $got, expected $want"; false; }; }

generate --small sent >/dev/null
shirabe office init --office empty --type ministry --code 00 --name 本省 --profile light >out 2>&1 || { cat out; echo 'mls guard: 0 passed, 1 failed'; exit 1; }
for file in sent/mls/establishment-*-2025-12.csv; do shirabe intake file "$file" --form mls/establishment --period 2025-12 --office empty >/dev/null 2>&1; done
office() { # name, register, stratum, cell
  cp -R empty "$1"
  shirabe intake file "$4" --form mls/cell --period 2025-12 --office "$1" >/dev/null 2>&1
  shirabe intake file "$2" --form mls/register --period 2025-12 --office "$1" >/dev/null 2>&1
  shirabe intake file "$3" --form mls/stratum --period 2025-12 --office "$1" >/dev/null 2>&1
}
# Two of the four large establishments of E now stand for six of another prefecture group, at a third: with weight 1 (silent), and with weight 3.
split() { # weight, register, stratum
  awk -F, -v OFS=, -v w="$1" 'FNR > 1 && $3 == "E-3" && n++ < 2 { $3 = "E-3-13"; $8 = w } {print}' sent/mls/register-2025-12.csv >"$2"
  awk -F, -v OFS=, -v w="$1" '$1 == "E-3" { $6 = 2; $8 = 2; print; $1 = "E-3-13"; $4 = "13"; $6 = 6; $8 = 2; $9 = w } {print}' sent/mls/stratum-2025-12.csv >"$3"
}
split 1 register1.csv stratum1.csv
split 3 register3.csv stratum3.csv
sed '/^E-3,/s/,2835,/,5483,/' sent/mls/cell-2025-12.csv >cell3.csv # the workers that the sampled stratum stands for
office planned sent/mls/register-2025-12.csv sent/mls/stratum-2025-12.csv sent/mls/cell-2025-12.csv
office silent register1.csv stratum1.csv cell3.csv
office sampled register3.csv stratum3.csv cell3.csv
# The frame of E-5 and of E-3-13 grows: their weights are right for the draw, and others than in the month before. The ratio takes up the first, which is
# alone in its cell; the second shares its cell with E-3.
awk -F, -v OFS=, '$3 == "E-5" { $8 = 60 } {print}' sent/mls/register-2025-12.csv >register5.csv
awk -F, -v OFS=, '$1 == "E-5" { $6 = 60; $9 = 60 } {print}' sent/mls/stratum-2025-12.csv >stratum5.csv
office alone register5.csv stratum5.csv sent/mls/cell-2025-12.csv
sed 's/,E-3-13,\(.*\),3,1,/,E-3-13,\1,30,1,/' register3.csv >register9.csv
sed '/^E-3-13,/s/,take-all,/,sample,/' stratum3.csv >stratum8.csv
sed '/^E-3-13,/s/,6,/,60,/; /^E-3-13,/s/,2,3,1,/,2,30,1,/' stratum8.csv >stratum9.csv
office earlier register3.csv stratum8.csv cell3.csv
office grown register9.csv stratum9.csv cell3.csv

printf '{"rules":[{"size":"3","rule":"take-all"},{"size":"5","rule":"sample"},{"size":"7","rule":"sample"}]}\n' >plan.json
sign_note plan.json keys chief.example >plan.note
check 'as planned it runs' run 0 planned --plan plan.note --keys keys --record first.json --json
check 'the table says that the plan was proved' says 'plan guard: [0-9]+ establishments designated'
check 'without a plan it runs, and says so' run 0 planned --json
check 'no plan is no proof' says 'plan guard: no signed plan'
check 'as text, too' run 0 planned --plan plan.note --keys keys
check 'the proof is printed' says 'plan guard: [0-9]+ establishments designated'
check 'and what was not proved' says 'plan guard: weights were not compared'
refuses() { # what, plan: never silently another plan than the one that was meant
  printf '%s\n' "$2" >odd.json
  sign_note odd.json oddkeys chief.example >odd.note
  check "$1" run 65 planned --plan odd.note --keys oddkeys
  check "$1: by its number" says E6500
}
refuses 'a size that is a number' '{"rules":[{"size":"5","rule":"sample"},{"size":3,"rule":"take-all"}]}'
check 'the rule is named' says 'rule 2: size'
refuses 'a member that is misspelt' '{"rules":[{"sise":"3","rule":"take-all"},{"rule":"sample"}]}'
refuses 'a weight that is a text' '{"rules":[{"rule":"sample","weight_num":"16"}]}'
refuses 'a weight that is no whole number' '{"rules":[{"rule":"sample","weight_num":16.5}]}'
refuses 'a weight of 0' '{"rules":[{"rule":"sample","weight_num":0}]}'
refuses 'half a weight' '{"rules":[{"rule":"sample","weight_den":2}]}'
refuses 'a sample that is a text' '{"rules":[{"rule":"sample"}],"sample":"30955"}'
refuses 'a program that is a number' '{"rules":[{"rule":"sample"}],"program":5}'
refuses 'an unknown member' '{"rules":[{"rule":"sample"}],"zample":5}'
refuses 'rules that are none' '{"rules":["take-all"]}'
check 'keys without a plan are refused' run 64 planned --keys keys
check 'a published note without the weights it is about' run 64 planned --plan plan.note --keys keys --note-published
check 'a stratum sampled in silence stops' run 78 silent --plan plan.note --keys keys
check 'the message names stratum, control and yen' says 'stratum E-3-13: .*yen'
check 'a sampled stratum stops with the right weight too' run 78 sampled --plan plan.note --keys keys
check 'it names the rule' says 'C3 stratum E-3-13: the plan takes all 6 establishments, 2 were drawn'

printf '{"rules":[{"size":"3","rule":"take-all"},{"size":"3","prefecture_group":"13","rule":"sample"},{"rule":"sample"}]}\n' >tokyo.json
sign_note tokyo.json keys chief.example >tokyo.note
check 'where the plan samples, a sample runs' run 0 earlier --plan tokyo.note --keys keys --record earlier.json
check 'weights that were not compared are said to be so' run 0 grown --plan tokyo.note --keys keys --json
check 'by a note' says 'weights were not compared with those of an earlier run'
check 'the weights of the run before: none changed' run 0 planned --plan plan.note --keys keys --before first.json --json
check 'and the table says with which run' says 'weights compared with those of the run of 2025-12; strata that are gone since: 0'
check 'a weight that the headline does not feel passes' run 0 alone --plan plan.note --keys keys --before first.json --json
check 'and is printed all the same' says 'C5 stratum E-5: weight 60/8, in the run before 20/8'
check 'a changed weight that moves the headline stops' run 78 grown --plan tokyo.note --keys keys --before earlier.json
check 'with both weights and the yen' says 'stratum E-3-13: .*weight 30/1, in the run before 3/1.*yen'
check 'a published note lets it pass' run 0 grown --plan tokyo.note --keys keys --before earlier.json --note-published --json
check 'and it is printed' says 'C5 stratum E-3-13: weight 30/1, in the run before 3/1'
check 'a record that is none' run 65 grown --plan tokyo.note --keys keys --before plan.json
check 'a record without a plan is refused' run 64 grown --before first.json

sed 's/"5"/"3"/' plan.note >changed.note
check 'a changed plan has no signature' run 77 planned --plan changed.note --keys keys
sign_note plan.json others stranger.example >strange.note
check 'a stranger signs nothing' run 77 planned --plan strange.note --keys keys
check 'a plan without keys is refused' run 64 planned --plan plan.note

printf '{"exceptions":[{"stratum":"E-3-13","control":"C3","text":"flood, a third is asked"}]}\n' >exception.json
sign_note exception.json keys first.example >one.note
sign_note exception.json keys first.example second.example >two.note
check 'one signer is not enough' run 77 sampled --plan plan.note --keys keys --exceptions one.note
check 'two let it pass' run 0 sampled --plan plan.note --keys keys --exceptions two.note --record second.json --json
check 'and it is printed' says 'exception C3 stratum E-3-13: .*approved: flood, a third is asked'
check 'an exception of the rule does not excuse the weight' run 78 silent --plan plan.note --keys keys --exceptions two.note
printf '{"rules":[{"size":"3","rule":"take-all"},{"rule":"sample"}],"weights":"00"}\n' >other.json
sign_note other.json keys chief.example >other.note
check 'another weight table than the approved one stops' run 78 planned --plan other.note --keys keys
check 'by its control' says 'C8'

check 'the month again' run 0 planned --plan plan.note --keys keys --record again.json
check 'is the same to the bit' cmp first.json again.json
check 'and the comparison says so' diff_runs 0 first.json again.json
check 'two runs differ' diff_runs 1 first.json second.json
check 'in the weights of one cell' says 'E-3 +[a-z, ]*weights'
check 'as JSON' diff_runs 1 first.json second.json --json
check 'with the effects' says '"cell":"E-3","what":"[a-z, ]*weights[a-z, ]*"'
sed 's/"reports":4/"reports":5/' first.json >forged.json
check 'a changed record is refused' diff_runs 65 forged.json again.json
check 'the cells of the next month' run 0 planned --next next.csv
check 'the run says that movers are left out' says 'without movers between cells; with movers: shirabe estimate labour movers --next'
check 'carry the workers on: e1 of E-3 without a rate is 2842' grep -q '^E-3,E,3,2842.0000,,,0.5,E-5$' next.csv
shirabe intake file next.csv --form mls/cell --period 2026-01 --office planned >out 2>err
check 'and are taken in as they are' says 'accepted +6'
check 'a record is not written over' run 73 planned --plan plan.note --keys keys --record first.json
printf 'mls guard: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
