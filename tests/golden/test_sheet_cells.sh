#!/bin/sh
# test_sheet_cells.sh -- a workbook of an office's own making is read by our reader and by another one (python3: zipfile and ElementTree, which shares no code
# with ours): every cell must be the same, and no furigana may be in it. The workbook is reference data; without it the test is skipped.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
REFERENCE=${REFERENCE:-../shared/data}
book=$REFERENCE/intake/fugohyo_layout_table1.xlsx
[ -r "$book" ] || { echo "sheet cells: 0 passed, 0 failed, 1 skipped"; exit 0; }
command -v python3 >/dev/null 2>&1 || { echo "sheet cells: 0 passed, 1 failed (python3 is needed)"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
verdict() { # what, 0 = passed
  if [ "$2" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED $1"; fi
}
python3 - "$book" "$work/theirs" "$work/furigana" <<'PY'
import sys, zipfile
import xml.etree.ElementTree as ET
book, cells, furigana = sys.argv[1:]
m = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
z = zipfile.ZipFile(book)
strings, runs = [], []
for si in ET.fromstring(z.read("xl/sharedStrings.xml")).findall(m + "si"):
    strings.append("".join(t.text or "" for t in si.findall(m + "t") + si.findall(m + "r/" + m + "t")))
    runs += [t.text or "" for t in si.findall(m + "rPh/" + m + "t")]
with open(cells, "w", encoding="utf-8") as out:
    for row in ET.fromstring(z.read("xl/worksheets/sheet1.xml")).iter(m + "row"):
        for c in row.findall(m + "c"):
            v = c.find(m + "v")
            if v is None: continue
            text = strings[int(v.text)] if c.get("t") == "s" else v.text
            column = 0
            for letter in c.get("r").rstrip("0123456789"): column = column * 26 + ord(letter) - 64
            if text: out.write("%s\t%d\t%s\n" % (row.get("r"), column, text.replace("\n", "\\n").replace("\t", "\\t")))
with open(furigana, "w", encoding="utf-8") as out: out.write("%d\n" % len(runs))
PY
verdict 'the other reader reads it' $?
"$BUILD/tests/demo/sheet_cells" "$book" >"$work/ours"
verdict 'our reader reads it' $?
cmp -s "$work/theirs" "$work/ours"
verdict 'the same cells' $?
[ "$(wc -l <"$work/ours")" -gt 100 ]
verdict 'more than 100 cells' $?
[ "$(cat "$work/furigana")" -eq 80 ]
verdict '80 runs of furigana were there to be left out' $?
printf 'sheet cells: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
