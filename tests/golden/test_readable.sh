#!/bin/sh
# test_readable.sh -- `release check FILE`: for each of the 30 rules tables that break it in one known place and twins that do not (made here), real tables of
# the intake pack with verdicts written down by hand, exit statuses, the page, the rules of our own bundles. Ends with `readable: N passed, N failed, N skipped`.
set -u
cd "$(dirname "$0")/../.." || exit 70
. tests/golden/scratch.sh
command -v python3 >/dev/null || { printf 'readable: 0 passed, 0 failed, 1 skipped\n'; exit 0; }

mkdir "$here/t"
python3 tests/golden/readable_tables.py "$here/t" >"$here/cases" || exit 70
cd "$here/t" || exit 70

# One run per file and options; its CSV answers all lines of the list about it.
verdict() { # file, options, rule -> "verdict place"
  key=$(printf '%s|%s' "$1" "$2" | tr '/ ' '__')
  # shellcheck disable=SC2086
  [ -f "$here/run.$key" ] || "$shirabe" release check "$1" $2 --csv >"$here/run.$key" 2>"$here/err.$key"
  awk -F, -v rule="$3" '$1 == rule {print $5 " " $10}' "$here/run.$key"
}
while IFS='|' read -r file options rule want place; do
  got=$(verdict "$file" "$options" "$rule")
  case $want in
    failed | for-a-person) [ -n "$place" ] && want="$want $place" || got=${got%% *} ;;
    *) got=${got%% *} ;;
  esac
  holds "$file $options: $rule is $want, said $got" [ "$got" = "$want" ]
done <"$here/cases"
broken=$(cut -d'|' -f3,4 "$here/cases" | grep "failed" | cut -d'|' -f1 | sort -u | wc -l)
holds "each of the 30 rules is broken by some table ($broken)" [ "$broken" -eq 30 ]
kept=$(cut -d'|' -f3,4 "$here/cases" | grep "passed" | cut -d'|' -f1 | sort -u | wc -l)
holds "each of the 30 rules is kept by some table ($kept)" [ "$kept" -eq 30 ]

# --- exit status: 1 for fatal and critical breaches only ---
"$shirabe" release check clean.csv --codes codes.csv --columns columns.csv >"$here/out" 2>&1; status=$?
holds 'a clean table ends with 0' [ $status -eq 0 ]
"$shirabe" release check breach-L2-03.csv >"$here/out" 2>&1; status=$?
holds 'a fatal breach ends with 1' [ $status -eq 1 ]
"$shirabe" release check breach-L3-08.csv --codes codes.csv --columns columns.csv >"$here/out" 2>&1; status=$?
holds 'a major breach alone ends with 0' [ $status -eq 0 ]
"$shirabe" release check breach-L3-01.csv --level 2 --csv >"$here/out" 2>&1
holds '--level 2 leaves level 3 out' sh -c '! grep -q "^L3" "$1" && grep -q "^L2-06" "$1"' sh "$here/out"
printf 'a,b\n1,"2\n' >open.csv
"$shirabe" release check open.csv >"$here/out" 2>&1; status=$?
holds 'a file that cannot be read at all is bad data (65)' [ $status -eq 65 ]
"$shirabe" release check clean.csv --codes columns.csv >"$here/out" 2>&1; status=$?
holds 'a code table without codes is refused (78)' [ $status -eq 78 ]
"$shirabe" release check clean.csv --key x >"$here/out" 2>&1; status=$?
holds 'a key is for bundles (64)' [ $status -eq 64 ]
"$shirabe" release check breach-L2-01.csv --lang ja >"$here/out" 2>&1
holds 'Japanese: what, where, what to do' sh -c 'grep -q "数値列は数値だけ: 不合格。1か所、最初は E4" "$1" && grep -q "桁区切り" "$1"' sh "$here/out"
"$shirabe" release check breach-L1-12.xlsx --json >"$here/out" 2>&1
holds 'JSON is JSON' python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); r=[x for x in d["rules"] if x["id"]=="L1-12"][0]; assert len(d["rules"])==30 and r["places"][0]=={"cell":"B2","column":2,"row":2,"sheet":"S1"} and r["id_2020"]=="1-4"' "$here/out"

# --- the page ---
python3 -c 'print("a,b"); print("x,<script>alert(1)</script>"); [print("y%d,%d" % (i, i)) for i in range(300)]' >page.csv
"$shirabe" release check page.csv --html page.html >"$here/out" 2>&1
holds 'the page escapes what stands in cells' sh -c 'grep -q "&lt;script&gt;" page.html && ! grep -q "<script" page.html'
holds 'the page shows 200 of 302 rows and says so' sh -c 'grep -q "302 rows" page.html && [ "$(grep -c "^<tr><th scope=\"row\">[0-9]" page.html)" -eq 200 ]'
"$shirabe" release check breach-L2-01.csv --html page.html --codes codes.csv --columns columns.csv >"$here/out" 2>&1
holds 'the page marks the place of the breach' grep -q '<td class="s0" title="L2-01">6,898,388<sup>1</sup>' page.html
holds 'one mark, no more' [ "$(grep -o '<sup>' page.html | wc -l)" -eq 1 ]

# --- hostile workbooks: refused, not followed ---
cp breach-L1-12.xlsx cut.xlsx; head -c 900 breach-L1-12.xlsx >cut.xlsx
"$shirabe" release check cut.xlsx >"$here/out" 2>&1; status=$?
holds 'a cut workbook is bad data (65)' [ $status -eq 65 ]
python3 - <<'P'
import zipfile
src = zipfile.ZipFile("clean.xlsx")
with zipfile.ZipFile("far.xlsx", "w", zipfile.ZIP_DEFLATED) as z:
    for n in src.namelist():
        t = src.read(n)
        if n.endswith("sheet1.xml"): t = t.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
        z.writestr(n, t)
P
"$shirabe" release check far.xlsx >"$here/out" 2>&1; status=$?
holds 'a cell at the far end of the sheet does not make a sheet of 17 thousand million cells (65)' sh -c '[ "$1" -eq 65 ] && grep -q E7030 "$2"' sh $status "$here/out"

# --- real tables, verdicts by hand ---
intake=$REFERENCE/intake
if [ -d "$intake" ]; then
  real() { # file, what was written down: rule=verdict[@place] ...
    file=$1; shift
    "$shirabe" release check "$intake/$file" --csv >"$here/real" 2>/dev/null
    for want; do
      rule=${want%%=*} value=${want#*=}
      got=$(awk -F, -v rule="$rule" '$1 == rule {print $5 "@" $10}' "$here/real")
      case $value in *@*) ;; *) got=${got%%@*} ;; esac
      holds "$file: $rule is $value, said $got" [ "$got" = "$value" ]
    done
  }
  # A title line padded with commas, a heading with a line break in quotes, Western dates, the code of the prefecture.
  real nagano_call_center.cp932.csv L1-02=passed L1-04=failed@A1 L1-05=passed L1-06=failed@K2 L1-08=passed L1-14=failed@K2 L1-15=passed L2-01=passed L2-03=passed L3-01=failed@1:1 L3-04=failed@E2 L3-05=passed L3-06=passed L3-08=failed@A2
  # The same layout with words: no line breaks; "-" stands in a column of words.
  real nagano_patients.cp932.csv L1-02=passed L1-04=failed@A1 L1-05=passed L1-06=passed L1-14=passed L2-01=passed L2-02=passed L2-03=passed L2-05=passed L3-01=failed@1:1 L3-05=passed L3-06=passed
  # Clean but for trailing spaces in two mottoes: a list of municipalities.
  real localgovjp_2017.cp932.csv L1-02=passed L1-04=passed L1-05=passed L1-06=failed L1-14=passed L2-01=passed L2-03=passed L3-01=passed L3-04=passed L3-06=passed
  # Two title lines, headings in two rows, the first column without a name, 47 prefectures below a total.
  real niid_2023-16_zensu.utf8bom.csv L1-02=passed L1-04=failed@A1 L1-05=failed@A4 L1-15=passed L2-01=passed L2-03=failed@4:4 L3-01=failed@1:1 L3-06=for-a-person@A5 L3-08=failed
  # No header at all; blanks are codes.
  real nstac_style_R01_chingin_dummy.csv L1-05=failed@1:1 L1-06=failed@C1 L2-03=failed@1:1 L3-01=failed@1:1 L1-15=passed
  # A workbook of record layouts: row 2 is blank, codes without units, headings in Japanese.
  real fugohyo_layout_table1.xlsx L1-01=passed L1-03=failed@2:2 L1-12=passed L1-13=passed L2-06=passed L3-01=failed@2:2 L3-08=failed@A1
  # Formats of other systems.
  for file in xlsform_widgets.xls xlsform_cascading.xls cspro71_feature_showcase.dcf cspro_ThreeLevelTest.csdb; do real $file L1-01=failed L1-02=not-applicable; done
  for file in ipums_cps_00157.ddi.xml odk_household_survey.xform.xml; do real $file L1-01=passed L1-02=for-a-person; done
else
  skipped=$((skipped + 1))
fi
printf 'year,n\n' >"$here/header.csv"
"$shirabe" release check "$here/header.csv" --csv >"$here/out" 2>&1
holds 'a header without data breaks L3-01' grep -q '^L3-01,.*,failed,' "$here/out"
cp "$here/header.csv" "$here/kept.csv"
"$shirabe" release check "$here/header.csv" --html "$here/header.csv" >"$here/out" 2>&1
holds 'the page is not written over the table' cmp -s "$here/kept.csv" "$here/header.csv"
holds 'it is said' grep -q 'E6763' "$here/out"
python3 - "$here" <<'X'
import sys, zipfile, glob
from_ = next(f for f in sorted(glob.glob(sys.argv[1] + '/**/*.xlsx', recursive=True)) if 'failed' not in f)
n = lambda i: '<c r="B%d" t="e"><v>#DIV/0!</v></c>' % i if i == 4 else '<c r="B%d"><v>%d</v></c>' % (i, 10 * i)
text = '<c r="A1" t="inlineStr"><is><t>year</t></is></c><c r="B1" t="inlineStr"><is><t>n</t></is></c>'
rows = '<row r="1">%s</row>' % text + ''.join('<row r="%d"><c r="A%d"><v>%d</v></c>%s</row>' % (i, i, 2018 + i, n(i)) for i in range(2, 8))
with zipfile.ZipFile(from_) as old, zipfile.ZipFile(sys.argv[1] + '/failed.xlsx', 'w') as new:
    for name in old.namelist():
        sheet = name == 'xl/worksheets/sheet1.xml'
        head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        new.writestr(name, head + rows + '</sheetData></worksheet>' if sheet else old.read(name))
X
"$shirabe" release check "$here/failed.xlsx" --csv >"$here/out" 2>&1
holds 'a failed formula breaks L2-01' grep -q '^L2-01,.*,failed,1,.*B4' "$here/out"
printf 'readable: %s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
