# bad_input_xlsx.sh -- workbooks and files of other systems, named in the column `input` of tests/spec/bad_input.csv. Sourced by test_bad_input.sh, after
# bad_input_csv.sh. A workbook is made of CSV rows: plain numbers as numbers, all else as text; `what` changes one thing in it.
xlsx_of() { # what: CSV on standard input -> workbook on standard output
  python3 -c '
import csv, io, sys, zipfile
what = sys.argv[1]
main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
links = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">%s</Relationships>"
link = lambda i, k, t: "<Relationship Id=\"%s\" Type=\"%s%s\" Target=\"%s\"/>" % (i, kind, k, t)
def name(i, n):
    s, i = "", i + 1
    while i: i, r = divmod(i - 1, 26); s = chr(65 + r) + s
    return "%s%d" % (s, n)
def cell(i, n, text):
    if what == "dense": return "<c t=\"inlineStr\"><is><t>%s</t></is></c>" % text
    at = "r=\"%s\"" % name(i, n)
    if n == 2 and i == 27 and what == "error": return "<c %s t=\"e\"><v>#N/A</v></c>" % at
    if n == 2 and i == 27 and what == "formula": return "<c %s><f>A1+1</f></c>" % at
    if n == 2 and i == 14 and what == "serial": return "<c %s s=\"1\"><v>45991</v></c>" % at
    if n == 2 and i == 14 and what == "lost_day": return "<c %s s=\"1\"><v>60</v></c>" % at
    if not text: return ""
    if n > 1 and text.isdigit() and (text == "0" or text[0] != "0"): return "<c %s><v>%s</v></c>" % (at, text)
    return "<c %s t=\"inlineStr\"><is><t>%s</t></is></c>" % (at, text)
rows = list(csv.reader(sys.stdin))
body = "".join("<row>%s</row>" % "".join(cell(i, n, t) for i, t in enumerate(r)) for n, r in enumerate(rows, 1)) if what == "dense" else "".join("<row r=\"%d\"%s>%s</row>" % (n, " hidden=\"1\"" if what == "hidden" and n == 3 else "", "".join(cell(i, n, t) for i, t in enumerate(r))) for n, r in enumerate(rows, 1))
merged = "<mergeCells><mergeCell ref=\"A10:B11\"/></mergeCells>" if what == "merged" else ""
sheet = "<worksheet %s><sheetData>%s</sheetData>%s</worksheet>" % (main, body, merged)
if what == "laughs": sheet = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]>" + sheet
names = {"others": ["S", "T"], "xlsform": ["survey", "choices"]}.get(what, ["S"])
out = io.BytesIO()
with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
    put = lambda n, t: z.writestr(zipfile.ZipInfo(n), t, zipfile.ZIP_DEFLATED)
    put("[Content_Types].xml", "<Types/>")
    put("_rels/.rels", links % link("a", "officeDocument", "xl/workbook.xml"))
    put("xl/workbook.xml", "<workbook %s><sheets>%s</sheets></workbook>" % (main, "".join("<sheet name=\"%s\" sheetId=\"%d\" r:id=\"r%d\"/>" % (s, i, i) for i, s in enumerate(names))))
    put("xl/_rels/workbook.xml.rels", links % ("".join(link("r%d" % i, "worksheet", "sheet%d.xml" % i) for i in range(len(names))) + link("s", "styles", "styles.xml")))
    put("xl/styles.xml", "<styleSheet %s><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>" % main)
    for i in range(len(names)): put("xl/sheet%d.xml" % i, sheet)
sys.stdout.buffer.write(out.getvalue())
' "$1"
}
input_xlsx_good() { input_good | xlsx_of good; }
input_xlsx_serial() { input_good | xlsx_of serial; }
input_xlsx_lost_day() { input_good | xlsx_of lost_day; }
input_xlsx_error() { input_good | xlsx_of error; }
input_xlsx_formula() { input_good | xlsx_of formula; }
input_xlsx_hidden() { input_good | { cat; slip_number 2; } | xlsx_of hidden; }
input_xlsx_merged() { input_good | xlsx_of merged; }
input_xlsx_others() { input_good | xlsx_of others; }
input_xlsx_laughs() { input_good | xlsx_of laughs; }
input_xlsx_xlsform() { input_good | xlsx_of xlsform; }
input_xlsx_cut() { input_xlsx_good | head -c 900; }
input_xlsx_unknown_column() { input_unknown_column | xlsx_of good; }
input_codebook() { printf '行番号,項目名,階層,位置,バイト数,繰返し,配置,型,小数点,種別,変数名,対象,符号,符号内容,備考\n1,年,1,1,4,1,1,1,0,1,V1,,,,\n'; }
input_old_workbook() { printf '\320\317\021\340\241\261\032\341'; head -c 600 /dev/zero; printf 'W\0o\0r\0k\0b\0o\0o\0k\0'; }
input_old_protected() { printf '\320\317\021\340\241\261\032\341'; head -c 600 /dev/zero; printf 'E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0'; }
input_old_xlsform() { printf '\320\317\021\340\241\261\032\341'; head -c 600 /dev/zero; printf '\205\0\016\0\1\1\1\1\0\0\6\0survey\205\0\017\0\1\1\1\1\0\0\7\0choices'; }
input_ods() { printf 'PK\003\004\012\0\0\0\0\0\0\0!Z\0\0\0\0\0\0\0\0\0\0\0\0\010\0\0\0mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK'; }
input_sqlite() { printf 'SQLite format 3\0'; head -c 100 /dev/zero; printf 'CREATE TABLE cases'; }
input_csdb() { printf 'SQLite format 3\0'; head -c 100 /dev/zero; printf 'CREATE TABLE vector_clock(x);CREATE TABLE sync_history(y)'; }
input_dcf_ini() { printf '[Dictionary]\r\nVersion=CSPro 7.4\r\nLabel=Census\r\n'; }
input_dcf_json() { printf '{\n "software": "CSPro",\n "fileType": "dictionary"\n}\n'; }
input_xform() { printf '<?xml version="1.0"?>\n<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"/>\n'; }
input_ddi() { printf '<?xml version="1.0"?>\n<codeBook version="2.5" xmlns="ddi:codebook:2_5"/>\n'; }
input_web_page() { printf '<html><body><table><tr><td>1</td></tr></table></body></html>\n'; }
input_xml_2003() { printf '<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>\n'; }
input_spss() { printf '$FL2@(#) SPSS DATA FILE'; head -c 200 /dev/zero; }
