#!/bin/sh
# test_sheet_cells.sh -- a workbook of an office's own making is read by our reader and by another one (python3: zipfile and ElementTree, which shares no code
# with ours): every cell must be the same, and no furigana may be in it. Then tables that offices publish as CSV are put into workbooks, and both ways of
# reading must give the same cells. The files are reference data; without them the test is skipped.
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
to_book() { # CSV, encoding -> workbook: each cell as text, its line breaks as the spreadsheet escapes them
  python3 - "$1" "$2" "$3" <<'PY'
import csv, sys, zipfile
from xml.sax.saxutils import escape
source, encoding, book = sys.argv[1:]
main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
links = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
link = lambda i, k, t: '<Relationship Id="%s" Type="%s%s" Target="%s"/>' % (i, kind, k, t)
strings, index, rows = [], {}, []
with open(source, encoding=encoding, newline="") as f:
    for row in csv.reader(f):
        cells = ""
        for text in row:
            if text not in index: index[text] = len(strings); strings.append(text)
            cells += '<c t="s"><v>%d</v></c>' % index[text]
        rows.append("<row>%s</row>" % cells)
keep = lambda t: escape(t).replace("\r", "_x000D_")
with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("[Content_Types].xml", "<Types/>")
    z.writestr("_rels/.rels", links % link("a", "officeDocument", "b/book.xml"))
    z.writestr("b/book.xml", '<workbook %s><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>' % main)
    z.writestr("b/_rels/book.xml.rels", links % (link("r1", "worksheet", "rows.xml") + link("r2", "sharedStrings", "../texts.xml")))
    z.writestr("texts.xml", "<sst %s>%s</sst>" % (main, "".join('<si><t xml:space="preserve">%s</t></si>' % keep(t) for t in strings)))
    z.writestr("b/rows.xml", "<worksheet %s><sheetData>%s</sheetData></worksheet>" % (main, "".join(rows)))
PY
}
same_as_csv() { # CSV, encoding
  to_book "$REFERENCE/intake/$1" "$2" "$work/book.xlsx" && "$BUILD/tests/demo/sheet_cells" "$REFERENCE/intake/$1" | cut -f 2- >"$work/csv" &&
    "$BUILD/tests/demo/sheet_cells" "$work/book.xlsx" | cut -f 2- >"$work/xlsx" && [ -s "$work/csv" ] && cmp -s "$work/csv" "$work/xlsx"
  verdict "$1 as a workbook" $?
}
same_as_csv nagano_call_center.cp932.csv cp932
same_as_csv nagano_patients.cp932.csv cp932
same_as_csv localgovjp_2017.cp932.csv cp932
same_as_csv niid_2023-16_zensu.utf8bom.csv utf-8-sig
printf 'sheet cells: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
