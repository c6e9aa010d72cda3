#!/bin/sh
# test_output_gaps.sh -- ways to take data out that single figures do not show, by the commands: a picture with a message in its lowest bits, a region over its
# prefectures, two tables that are sound alone, a mean that follows from counts; and what the checkers read. Ends with `output gaps: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='output gaps'
. tests/golden/common.sh
SHIRABE_FORMS=$PWD/forms
command -v python3 >/dev/null || { echo 'output gaps: 0 passed, 0 failed, 1 skipped'; exit 0; }
"$BUILD/tests/demo/extract_office" "$work" 60 'a passphrase of the tests' >"$work/setup" 2>&1 || { cat "$work/setup"; echo 'output gaps: 0 passed, 1 failed'; exit 1; }
second=0
later() { second=$((second + 1)); SHIRABE_CLOCK=$(printf '2026-01-20T%02d:%02d:%02dZ' $((1 + second / 3600)) $((second / 60 % 60)) $((second % 60))); export SHIRABE_CLOCK; }
out() { who=$1 want=$2; shift 2; later; exits "$want" office use output "$@" --officer-key "$work/$who.key" --officer-passphrase-file "$work/pass"; }

# --- a message in the lowest bits ---
cat >"$work/png.py" <<'P'
import struct, sys, zlib
def chunk(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
def write(path, w, h, rows):
    open(path, "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + r for r in rows))) + chunk(b"IEND", b""))
def read(path):
    d = open(path, "rb").read(); at = 8; data = b""; kinds = []
    while at < len(d):
        n, kind = struct.unpack(">I4s", d[at:at + 8]); body = d[at + 8:at + 8 + n]; at += 12 + n; kinds.append(kind)
        if kind == b"IHDR": w, h, depth, colour = struct.unpack(">IIBB", body[:10])
        if kind == b"IDAT": data += body
    n = {2: 3, 6: 4, 0: 1, 3: 1}[colour]; raw = zlib.decompress(data); stride = w * n; rows = []; before = bytes(stride)
    for y in range(h):
        f, line = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for i in range(stride):
            a = line[i - n] if i >= n else 0; b = before[i]; c = before[i - n] if i >= n else 0
            p = a + b - c; pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
            line[i] = (line[i] + [0, a, b, (a + b) // 2, a if pa <= pb and pa <= pc else b if pb <= pc else c][f]) & 255
        rows.append(bytes(line)); before = bytes(line)
    return w, h, n, rows, kinds
message = "income of unit 7719284 is 987654".encode(); bits = [b >> k & 1 for b in message for k in range(8)]
def hidden(rows, n):
    flat = [v for r in rows for i, v in enumerate(r) if i % n < 3]; got = bytearray()
    for at in range(0, len(bits), 8): got.append(sum((flat[at + k] & 1) << k for k in range(8)))
    return bytes(got)
if sys.argv[1] == "make":
    flat = [((x * 3 + y) % 256 & 254) | (bits[i] if (i := (y * 64 + x) * 3 + c) < len(bits) else 0) for y in range(64) for x in range(64) for c in range(3)]
    rows = [bytes(flat[y * 192:(y + 1) * 192]) for y in range(64)]; write(sys.argv[2], 64, 64, rows); assert hidden(rows, 3) == message
else:
    w, h, n, rows, kinds = read(sys.argv[3]); w0, h0, n0, rows0, _ = read(sys.argv[2])
    assert (w, h) == (w0, h0) and set(kinds) <= {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"sRGB", b"gAMA", b"cHRM"}, kinds
    assert hidden(rows, n) != message, "the message is still there"
    assert message not in open(sys.argv[3], "rb").read()
    worst = max(abs(rows[y][x * n + c] - rows0[y][x * n0 + c]) for y in range(h) for x in range(w) for c in range(3)); assert worst <= 3, worst
    assert len({v for r in rows for i, v in enumerate(r) if i % n < 3}) <= 64
P
python3 "$work/png.py" make "$work/plot.png" || exit 70
check 'a picture is handed in' out user-u 0 submit o-p --grant g-1 --file "$work/plot.png"
check 'for a person' out review-g 0 check o-p
if grep -q 'drawn again with 6 bits' "$work/out"; then
  check 'it is what the checkers see' out review-g 0 show o-p --file plot.png
  cp "$work/out" "$work/seen.png"
  check 'the same picture to the eye, without the message' python3 "$work/png.py" look "$work/plot.png" "$work/seen.png"
  check 'approved' out review-g 0 vote o-p --approve
  check 'by two' out manager-c 0 vote o-p --approve
  check 'released' out chief-a 0 release o-p --out "$work/public"
  check 'what was seen' cmp "$work/seen.png" "$work/public/output-o-p/plot.png"
  head -c 300 "$work/plot.png" >"$work/half"; tail -c 12 "$work/plot.png" >>"$work/half"; mv "$work/half" "$work/half.png"
  check 'a damaged one is refused' out user-u 77 submit o-q --grant g-1 --file "$work/half.png"
else
  check 'without libpng the report says so' prints 'not drawn again'
fi

# --- levels ---
printf 'region,measure,kind,value,n,status\n_T,persons,count,200,200,\nR1,persons,count,90,90,\nR2,persons,count,110,110,\n01,persons,count,,,suppressed\n02,persons,count,50,50,\n03,persons,count,,,suppressed\n04,persons,count,60,60,\n' >"$work/levels.csv"
printf 'column,code,parent\nregion,R1,\nregion,R2,\nregion,01,R1\nregion,02,R1\nregion,03,R2\nregion,04,R2\n' >"$work/tree.csv"
check 'levels that were not told do not add up' out user-u 0 submit o-l --grant g-1 --file "$work/levels.csv"
check 'in the report' out review-g 0 check o-l
check 'as what it is' prints 'not-additive'
check 'told, they give two prefectures away' out user-u 77 submit o-l --grant g-1 --file "$work/levels.csv" --hierarchy "$work/tree.csv"
check 'both of them' out review-g 1 check o-l
check 'the first' prints 'region=01 persons	revealed'
check 'its interval' prints '40 .. 40'
printf 'column,code,parent\nregion,01,02\nregion,02,01\n' >"$work/circle.csv"
check 'a circle is no hierarchy' out user-u 78 submit o-l2 --grant g-1 --file "$work/levels.csv" --hierarchy "$work/circle.csv"
check 'says so' tells 'a circle'
: >"$work/none.csv"
check 'an empty one is none' out user-u 78 submit o-l2 --grant g-1 --file "$work/levels.csv" --hierarchy "$work/none.csv"
check 'by its number' tells 'E3833'
echo 'column,code,parent' >"$work/none.csv"
check 'nor one without rows' out user-u 78 submit o-l2 --grant g-1 --file "$work/levels.csv" --hierarchy "$work/none.csv"
sed 's/^region/prefecture/' "$work/tree.csv" >"$work/other.csv"
check 'nor one about another column' out user-u 78 submit o-l2 --grant g-1 --file "$work/levels.csv" --hierarchy "$work/other.csv"
check 'which is named' tells 'prefecture'
{ cat "$work/tree.csv"; echo 'region,40,R2'; } >"$work/slip.csv"
check 'a code that no table has' out user-u 77 submit o-l2 --grant g-1 --file "$work/levels.csv" --hierarchy "$work/slip.csv"
check 'is in the report' out review-g 1 check o-l2
check 'by its name' prints '(region=40; 1)'

# --- together ---
printf 'region,measure,kind,value,n,status\n_T,persons,count,100,100,\n1,persons,count,40,40,\n2,persons,count,60,60,\n' >"$work/a.csv"
printf 'region,sex,measure,kind,value,n,status\n1,m,persons,count,,,suppressed\n1,f,persons,count,25,25,\n2,m,persons,count,30,30,\n2,f,persons,count,30,30,\n' >"$work/b.csv"
check 'the second table alone is sound' out user-u 0 submit o-b --grant g-1 --file "$work/b.csv"
check 'both together are not' out user-u 77 submit o-ab --grant g-1 --file "$work/a.csv" --file "$work/b.csv"
check 'the reason' out review-g 1 check o-ab
check 'is the other table' prints 'revealed-together'
check 'in Japanese' sh -c "SHIRABE_LANG=ja '$program' use output check o-ab --office '$work/office' --quiet --officer-key '$work/review-g.key' --officer-passphrase-file '$work/pass' 2>/dev/null | grep -q '複数の表から確定する'"

# --- what the checkers read, recounted ---
{ echo 'unit,region,weight,sales'; i=0; while [ $i -lt 40 ]; do i=$((i + 1)); echo "e-$i,$((i > 28 ? 2 : 1)),1,$((i == 1 ? 9 : 3))"; done; } >"$work/units.csv"
printf 'region,measure,kind,value,n\n_T,sales,sum,126,40\n1,sales,sum,90,28\n2,sales,sum,36,12\n' >"$work/sums.csv"
check 'sums with their records' out user-u 0 submit o-s --grant g-1 --file "$work/sums.csv" --units "$work/units.csv"
check 'the report' out review-g 0 check o-s
largest=$(awk -F, 'NR > 1 && $2 == 1 { t += $4; if ($4 > a) { b = a; a = $4 } else if ($4 > b) b = $4 } END { printf "n 28, besides them in the total 12, largest %.1f %%, two largest %.1f %%", 100 * a / t, 100 * (a + b) / t }' "$work/units.csv")
check 'tells units, complement and shares' prints "$largest"
check 'and no value' sh -c "! grep -qE '(^|[^0-9.])(126|90|36)([^0-9.]|\$)' '$work/out'"
printf 'term,measure,kind,value,n,df,parameters,cell_min,design_cells\nsex,income,coefficient,1.5,200,196,4,30,4\n' >"$work/model.csv"
check 'a saturated model of classes' out user-u 77 submit o-m --grant g-1 --file "$work/model.csv"
printf 'term,measure,kind,value,n,df,parameters,cell_min,design_cells\nsex,income,coefficient,1.5,200,197,3,30,4\n' >"$work/model.csv"
check 'one that is not' out user-u 0 submit o-m --grant g-1 --file "$work/model.csv"
check 'the store is whole' exits 0 office store verify
finish
