#!/bin/sh
# test_witness.sh -- the evidence of a store's log from end to end: requests, cosignatures, proofs and tiles checked by shirabe-verify and by a third
# implementation in Python; and what a witness must refuse (secure.md 4.15 rows 6, 9). Ends with `witness: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title=witness
. tests/golden/common.sh
bin=$(cd "$BUILD" && pwd)
witness() { "$bin/shirabe-witness" "$@"; }
verify() { "$bin/shirabe-verify" "$@"; }
python() { python3 tests/reference/log_check.py "$@"; }
ends() { want=$1; shift; status=0; "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?; [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; false; }; }
out() { file=$1; shift; office "$@" >"$work/$file" 2>>"$work/setup" || { echo "failed: $*"; false; }; }
size() { sed -n 2p "$work/$1"; }
note_of() { awk 'found {print} /^$/ && !found {found = 1}' "$work/$1" >"$work/$2"; } # the checkpoint of a request
same() { cmp -s "$work/$1" "$work/$2" || { diff "$work/$1" "$work/$2"; false; }; }

new_office base
check 'a new log says that nobody has witnessed it' exits 0 base store log
check 'and how many entries wait' tells 'last witnessed: never'
out log.vkey base store log --vkey
out first.request base store log --request 0
note_of first.request first.note

# --- the witness begins ---
check 'init' ends 0 witness init "$work/w" --name auditor.example/w1
check 'init twice is refused' ends 73 witness init "$work/w" --name auditor.example/w1
check 'a name with a space is refused' ends 73 witness init "$work/w2" --name 'auditor one'
check 'the key is for its owner only' test "$(stat -c %a "$work/w/witness.key")" = 600
check 'an unknown log is not cosigned' ends 65 witness sign "$work/w" "$work/first.note"
check 'add-log takes the first checkpoint' ends 0 witness add-log "$work/w" "$work/log.vkey" "$work/first.note"
cp "$work/out" "$work/cosigned.0"
check 'and asks to compare its root' tells "$(size first.note) leaves"
check 'add-log twice is refused' ends 65 witness add-log "$work/w" "$work/log.vkey" "$work/first.note"
{ printf 'log %s\n' "$(cat "$work/log.vkey")"; printf 'witness auditor %s\nquorum auditor\n' "$(cat "$work/w/witness.vkey")"; } >"$work/policy"

# --- the store takes it in ---
check 'without a policy nothing is taken in' exits 78 base store log --cosign "$work/cosigned.0"
check 'it says why' tells E3916
check 'a policy that does not name this log is refused' sh -c 'printf "quorum none\n" >"$1/none"; ! "$2" store log --policy "$1/none" --office "$1/base" --quiet' - "$work" "$program"
check 'the policy is set' exits 0 base store log --policy "$work/policy"
check 'a checkpoint without the witness is refused' exits 65 base store log --cosign "$work/first.note"
check 'too few witnesses' tells E3918
check 'the cosigned checkpoint is kept' exits 0 base store log --cosign "$work/cosigned.0"
check 'the log tells how far it is witnessed' exits 0 base store log
check 'with its size' tells "at entry $(size cosigned.0); not witnessed since"
check 'refusal and acceptance are in the log' sh -c 'grep -q "witness refused" "$1" && grep -q "cosigned by a witness" "$1"' - "$work/out"

# --- the next one, with a proof ---
out next.request base store log --request "$(size cosigned.0)"
note_of next.request next.note
check 'no proof: the size is named, no alarm' ends 75 witness sign "$work/w" "$work/next.note"
check 'a proof from the right size' tells "size $(size cosigned.0)"
check 'cosigned' ends 0 witness sign "$work/w" "$work/next.request"
cp "$work/out" "$work/cosigned.1"
check 'the same again is cosigned again' ends 0 witness sign "$work/w" "$work/next.note"
check 'kept by the store' exits 0 base store log --cosign "$work/cosigned.1"

# --- three implementations say the same ---
check 'tiles' exits 0 base store log --tiles "$work/tiles"
check 'tiles go into a new folder only' exits 73 base store log --tiles "$work/tiles"
out proof.4 base store log --proof 4
out leaf.4 base store log --leaf 4
out leaf.5 base store log --leaf 5
agree() { # arguments of both; the verifier without a policy ends with 2
  ends 2 verify "$@" && cp "$work/out" "$work/ours" && ends 0 python "$@" && cp "$work/out" "$work/theirs" && same ours theirs
}
refused_by_both() { ends 1 verify "$@" && ends 1 python "$@"; }
check 'rebuild: C and Python agree' agree rebuild "$work/tiles"
check 'consistency: C and Python agree' agree consistency "$work/cosigned.0" "$work/cosigned.1" "$work/tiles"
check 'inclusion: C and Python agree' agree inclusion "$work/proof.4" "$work/leaf.4"
check 'another leaf is refused by both' refused_by_both inclusion "$work/proof.4" "$work/leaf.5"
check 'backwards is refused by both' refused_by_both consistency "$work/cosigned.1" "$work/cosigned.0" "$work/tiles"
check 'signatures hold in Python, too' ends 0 python signed "$work/cosigned.1" "$work/log.vkey" "$work/w/witness.vkey"
check 'by policy: checkpoint' ends 0 verify checkpoint "$work/cosigned.1" --policy "$work/policy"
check 'by policy: consistency' ends 0 verify consistency "$work/cosigned.0" "$work/cosigned.1" "$work/tiles" --policy "$work/policy"
check 'by policy: rebuild against a cosigned checkpoint' ends 0 verify rebuild "$work/tiles" "$work/cosigned.1" --policy "$work/policy"
check 'by policy: a checkpoint nobody has witnessed is refused' ends 1 verify checkpoint "$work/next.note" --policy "$work/policy"
cp -R "$work/tiles" "$work/spoilt"
entries=$(find "$work/spoilt/tile/entries" -type f)
other=x; [ "$(dd if="$entries" bs=1 skip=200 count=1 2>/dev/null | od -An -tx1 | tr -d ' ')" != 78 ] || other=y # never what stands there by chance
printf '%s' "$other" | dd of="$entries" bs=1 seek=200 conv=notrunc 2>/dev/null
check 'a changed entry is refused by both' refused_by_both rebuild "$work/spoilt"
check 'the public golden log agrees' sh -c '[ ! -d "$1/secure/tlog-tiles-golden" ] || [ "$("$2" rebuild "$1/secure/tlog-tiles-golden" --any-entries 2>/dev/null)" = "$(python3 tests/reference/log_check.py rebuild "$1/secure/tlog-tiles-golden")" ]' - "${REFERENCE:-../shared/data}" "$bin/shirabe-verify"
check 'wrong use ends with 64' ends 64 verify rebuild
check 'a missing file ends with 66' ends 66 verify checkpoint "$work/nothing"
for lang in en ja; do
  for p in verify witness; do
    check "$p --help ($lang)" ends 0 "$bin/shirabe-$p" --help --lang $lang
    check "$p --man ($lang) is a page" sh -c '"$1" --man --lang "$2" | grep -q "^.TH SHIRABE"' - "$bin/shirabe-$p" $lang
  done
done

# --- row 9: what a witness must refuse ---
alarmed() { # what, file...
  what=$1; shift; before=$(find "$work/w/logs" -name 'evidence-*' | wc -l)
  check "$what: alarm" ends 1 witness sign "$work/w" "$@"
  check "$what: said" tells ALARM
  check "$what: nothing is cosigned" test ! -s "$work/out"
  check "$what: the evidence is kept" test "$(find "$work/w/logs" -name 'evidence-*' | wc -l)" -eq $((before + 1))
  check "$what: status shows it" ends 1 witness status "$work/w"
  check "$what: cleared by a person" ends 0 witness clear "$work/w" "$(sed -n 1p "$work/first.note")"
}
cp -R "$work/base" "$work/fork"
out honest.request base store log --request "$(size cosigned.1)"
out forked.request fork store log --request "$(size cosigned.1)"
note_of honest.request honest.note; note_of forked.request forked.note
check 'both are of one size' test "$(size honest.note)" = "$(size forked.note)"
check 'with different roots' sh -c '! cmp -s "$1" "$2"' - "$work/honest.note" "$work/forked.note"
check 'the first is cosigned' ends 0 witness sign "$work/w" "$work/honest.request"
cp "$work/out" "$work/cosigned.2"
alarmed 'same size, other root' "$work/forked.request"
out longer.request fork store log --request "$(size cosigned.2)"
alarmed 'a longer fork with its own proof' "$work/longer.request"
alarmed 'a smaller log after a larger one' "$work/next.note"
out zero.request base store log --request 0
alarmed 'from size 0 with an empty proof' "$work/zero.request"
out honest2.request base store log --request "$(size cosigned.2)"
sed '2s/^Z/A/;t;2s/^./Z/' "$work/honest2.request" >"$work/spoilt.request"
alarmed 'a proof with one letter changed' "$work/spoilt.request"
sed '1s/.*/old 0'"$(size cosigned.2)"'/' "$work/honest2.request" >"$work/zeros.request"
check 'leading zeros are malformed' ends 65 witness sign "$work/w" "$work/zeros.request"
{ printf 'old %s\n' "$(size cosigned.2)"; i=0; while [ $i -lt 64 ]; do echo AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=; i=$((i + 1)); done; echo; cat "$work/honest.note"; } >"$work/long.request"
check '64 hashes are malformed' ends 65 witness sign "$work/w" "$work/long.request"
sed 's/$/\r/' "$work/honest2.request" >"$work/crlf.request"
check 'CRLF is malformed' ends 65 witness sign "$work/w" "$work/crlf.request"
check 'after all that the honest log goes on' ends 0 witness sign "$work/w" "$work/honest2.request"
cp "$work/out" "$work/cosigned.3"
check 'and status is quiet' ends 0 witness status "$work/w"
mkdir "$(dirname "$(find "$work/w/logs" -name vkey)")/checkpoint.new"
out more.request base store log --request "$(size cosigned.3)"
check 'a state that cannot be written: nothing is cosigned' ends 73 witness sign "$work/w" "$work/more.request"
check 'not a byte of a signature' test ! -s "$work/out"
rmdir "$(dirname "$(find "$work/w/logs" -name vkey)")/checkpoint.new"
check 'and later it is' ends 0 witness sign "$work/w" "$work/more.request"
seen=$(find "$work/w/logs" -name checkpoint)
cp "$seen" "$work/kept"; sed '2s/.*/2/' "$work/kept" >"$seen"
check 'an edited state is not used' ends 1 witness sign "$work/w" "$work/more.request"
cp "$work/kept" "$seen"

# --- row 6: the store was put back ---
cp -R "$work/base" "$work/yesterday"
check 'the newest cosigned checkpoint is taken in' exits 0 base store log --cosign "$work/cosigned.3"
check 'the present store stands against it' exits 0 base store verify --against "$work/cosigned.3"
rm -rf "$work/base"; cp -R "$work/fork" "$work/base"
check 'a fork does not' exits 65 base store verify --against "$work/cosigned.3"
check 'it says what happened' tells E3922
check 'nor does it take the cosigned checkpoint in' exits 65 base store log --cosign "$work/cosigned.3"
check 'the refusal is a leaf' exits 0 base store log --last 2
check 'with its reason' prints E_CHECKPOINT_OUTSIDE
if command -v sqlite3 >/dev/null; then
  rm -rf "$work/base"; cp -R "$work/yesterday" "$work/base"
  sqlite3 "$work/base/store.db" "UPDATE meta SET value = replace(value, 'quorum auditor', 'quorum none') WHERE key = 'tlog_policy'"
  check 'a policy edited in the database is not believed' exits 65 base store log --cosign "$work/cosigned.3"
  check 'because the log names another' tells E3917
fi

# --- paper ---
rm -rf "$work/base"; cp -R "$work/yesterday" "$work/base"
if office base store log --qr - >"$work/blocks" 2>"$work/err"; then
  check 'an SVG is written' exits 0 base store log --qr "$work/qr.svg"
  check 'and is one' grep -q '^<svg .*viewBox' "$work/qr.svg"
  out newest base store log --checkpoint
  python3 - "$work/blocks" "$work/qr.pbm" <<'P'
import sys
rows = []
for line in open(sys.argv[1], encoding="utf-8").read().splitlines():
    rows.append([0 if c in "\u2588\u2580" else 1 for c in line]); rows.append([0 if c in "\u2588\u2584" else 1 for c in line])
with open(sys.argv[2], "w") as f:
    f.write("P1\n%d %d\n" % (4 * len(rows[0]), 4 * len(rows)))
    for r in rows:
        for _ in range(4): f.write(" ".join(str(v) for v in r for _ in range(4)) + "\n")
P
  if command -v zbarimg >/dev/null; then
    zbarimg --quiet --raw -Sbinary "$work/qr.pbm" >"$work/read" 2>/dev/null
    check 'the printed code reads back as the checkpoint' same newest read
  fi
else check 'without libqrencode it says so' tells E3920
fi
finish
