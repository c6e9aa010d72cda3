"""Tables for test_readable.sh: for each of the 30 rules a table that breaks it in one known place and a twin that does not. Writes the files into a folder and,
on standard output, one line each: file, options, rule, expected verdict, expected first place."""
import os, sys, zipfile

folder = sys.argv[1]
HEAD = ["area_code", "area", "year", "sex", "population", "unit"]
ROWS = [["01", "北海道", "2020", "1", "2465088", "persons"], ["01", "北海道", "2020", "2", "2759526", "persons"],
        ["13", "東京都", "2020", "1", "6898388", "persons"], ["13", "東京都", "2020", "2", "7149206", "persons"],
        ["27", "大阪府", "2020", "1", "4235956", "persons"], ["27", "大阪府", "2020", "2", "4601729", "persons"],
        ["47", "沖縄県", "2020", "1", "722812", "persons"], ["47", "沖縄県", "2020", "2", "0", "persons"]]
TABLE = [HEAD] + ROWS
count = 0

def put(name, data):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode("utf-8"))

def quoted(t):
    return '"%s"' % t.replace('"', '""') if any(c in t for c in ',"\n') else t

def csv_of(rows, raw=()):
    return "".join(",".join(t if (r, k) in raw else quoted(t) for k, t in enumerate(row)) + "\n" for r, row in enumerate(rows))

put("codes.csv", "column,code,label_ja,label_en\nsex,1,男,male\nsex,2,女,female\narea_code,01,北海道,Hokkaido\narea_code,13,東京都,Tokyo\narea_code,27,大阪府,Osaka\narea_code,47,沖縄県,Okinawa\nunit,persons,人,persons\narea,北海道,,\narea,東京都,,\narea,大阪府,,\narea,沖縄県,,\n")
put("columns.csv", "column,kind,label_ja,label_en,unit\narea_code,dimension,地域,area,\narea,area,地域,area,\nyear,time,年,year,\nsex,dimension,性別,sex,\npopulation,value,人口,population,\nunit,text,単位,unit,\n")
BOTH = "--codes codes.csv --columns columns.csv --previous clean.csv"

def case(file, rule, verdict, place="", options=""):
    print("|".join([file, options, rule, verdict, place]))

def changed(cells, table=TABLE):
    rows = [list(r) for r in table]
    for (r, k), t in cells.items():
        rows[r][k] = t
    return rows

def breach(rule, rows, place, options=BOTH, raw=(), clean_options=BOTH, clean=None, verdict="failed", clean_verdict="passed"):
    name = "breach-%s.csv" % rule if not os.path.exists(os.path.join(folder, "breach-%s.csv" % rule)) else "breach-%s-%d.csv" % (rule, len(os.listdir(folder)))
    put(name, csv_of(rows, raw))
    case(name, rule, verdict, place, options)
    if clean is not None:
        twin = name.replace("breach", "clean")
        put(twin, csv_of(clean))
        case(twin, rule, clean_verdict, "", clean_options)

put("clean.csv", csv_of(TABLE))
put("clean-bom.csv", b"\xef\xbb\xbf" + csv_of(TABLE).encode())
put("clean-cp932.csv", csv_of(TABLE).encode("cp932"))
for name in ("clean.csv", "clean-bom.csv", "clean-cp932.csv"):
    for rule in ["L1-%02d" % i for i in list(range(1, 10)) + [14, 15]] + ["L2-%02d" % i for i in range(1, 7)] + ["L3-%02d" % i for i in range(1, 10)]:
        case(name, rule, "passed", "", BOTH)
    for rule in ("L1-10", "L1-11", "L1-12", "L1-13"):
        case(name, rule, "not-applicable", "", BOTH)

put("breach-L1-01.pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n")
case("breach-L1-01.pdf", "L1-01", "failed")
put("clean-L1-01.json", '[{"a": 1}]')
case("clean-L1-01.json", "L1-01", "passed")
breach("L1-02", TABLE + [[""] * 6, ["表2"] + [""] * 5] + TABLE, "A11")
left = [["都道府県", "人口（人）", "", "都道府県", "人口（人）"], ["北海道", "100", "", "青森県", "200"], ["岩手県", "300", "", "宮城県", "400"]]
breach("L1-02", left, "D1", options="")
breach("L1-03", TABLE[:4] + [[""] * 6] + TABLE[4:], "5:5")
breach("L1-03", [r[:2] + [""] + r[2:] for r in TABLE], "C:C", options="--codes codes.csv")
breach("L1-04", [["令和2年国勢調査 人口"] + [""] * 5] + TABLE, "A1")
breach("L1-04", TABLE + [["注：2020年10月1日現在"] + [""] * 5], "A10")
breach("L1-04", [["", "", "", "", "（単位：人）", ""]] + TABLE, "E1")
breach("L1-05", changed({(0, 4): ""}), "E1")
breach("L1-05", changed({(0, 4): "列5"}), "E1", options="")
breach("L1-05", ROWS, "1:1", options="")
breach("L1-06", changed({(0, 4): "人　口"}), "E1")
breach("L1-06", changed({(3, 1): "　東京都"}), "B4")
breach("L1-06", changed({(2, 5): "per  sons"}), "F3")
breach("L1-07", changed({(4, 4): "123 (45.6)"}), "E5", clean=changed({(4, 4): "123"}))
breach("L1-08", changed({(1, 1): "北海道①"}), "B2")
breach("L1-08", changed({(1, 1): "㈱北海道"}), "B2")
breach("L1-08", changed({(2, 1): "第Ⅲ種"}), "B3")
breach("L1-08", changed({(2, 5): "㌔"}), "F3")
breach("L1-08", changed({(2, 1): "髙知県"}), "B3", verdict="for-a-person")
breach("L1-09", changed({(3, 4): "", (8, 4): "9"}), "E4", clean=changed({(8, 4): "9"}))
breach("L1-14", changed({(0, 4): "popu\nlation"}), "E1")
breach("L1-15", changed({(3, 4): "6,898"}), "G4", raw={(3, 4)})
for text in ("6,898,388", "△12", "▲5", "１２３", "12人", "5.6%", "123*", "r123", "(45)", "約100"):
    breach("L2-01", changed({(3, 4): text}), "E4")
for text in ("-5", "1.5", "0", "1e3"):
    put("clean-L2-01%s.csv" % text, csv_of(changed({(3, 4): text})))
    case("clean-L2-01%s.csv" % text, "L2-01", "passed", "", BOTH)
breach("L2-02", changed({(2, 1): "〃"}), "B3")
breach("L2-02", changed({(2, 1): "同上"}), "B3")
breach("L2-02", changed({(2, 0): ""}), "A3")
two = [["都道府県", "人口", "", "世帯", ""], ["", "男", "女", "一般", "施設等"], ["北海道", "10", "20", "30", "40"], ["青森県", "11", "21", "31", "41"], ["岩手県", "12", "22", "32", "42"]]
breach("L2-03", two, "2:2", options="")
breach("L2-03", changed({(0, 1): "area_code"}), "B1")
words = [["id", "answer"]] + [["a%d" % i, "有" if i % 2 else "無"] for i in range(12)]
breach("L2-04", changed({(5, 1): "あり"}, words), "B6", options="", clean=words, clean_options="", clean_verdict="for-a-person")
breach("L2-04", changed({(5, 1): " 有"}, words), "B6", options="")
breach("L2-04", changed({(3, 3): "3"}), "D4")
breach("L2-05", changed({(5, 1): "その他（町内会）"}, words), "B6", options="", clean=changed({(5, 1): "その他"}, words), clean_options="")
breach("L2-06", changed({(3, 4): "=E2+E3"}), "E4")
breach("L3-01", [["表1"] + [""] * 5] + TABLE, "1:1")
breach("L3-02", TABLE, "D1", options="")
breach("L3-03", changed({(3, 4): "***"}), "E4")
put("codes-symbol.csv", open(os.path.join(folder, "codes.csv"), encoding="utf-8").read() + "population,***,秘匿,suppressed\n")
put("clean-L3-03.csv", csv_of(changed({(3, 4): "***"})))
case("clean-L3-03.csv", "L3-03", "passed", "", "--codes codes-symbol.csv --columns columns.csv")
breach("L3-04", [r[:5] for r in TABLE], "E1", options="", clean=[r[:5] for r in changed({(0, 4): "人口（人）"})], clean_options="")
for text in ("令和2年", "R2", "平成30年度", "H30"):
    breach("L3-05", changed({(3, 2): text}), "C4")
for text in ("令和2年（2020年）", "2020年", "2020100000", "2020-10", "2020/10/1"):
    put("clean-L3-05-%d.csv" % count, csv_of(changed({(3, 2): text})))
    case("clean-L3-05-%d.csv" % count, "L3-05", "passed", "", BOTH)
    count += 1
breach("L3-06", changed({(3, 1): "東京"}), "B4")
codes = [["団体コード", "人口（人）"], ["011002", "1"], ["131016", "2"], ["271004", "3"], ["472018", "4"]]
breach("L3-06", changed({(2, 0): "131017"}, codes), "A3", options="", clean=codes, clean_options="")
breach("L3-07", changed({(0, 4): "jinko"}), "E1")
breach("L3-08", changed({(0, 4): "人口"}), "E1")
years = [["area", "y2019年", "2020年"], ["北海道", "1", "2"], ["青森県", "3", "4"], ["岩手県", "5", "6"]]
breach("L3-09", [["地域", "男", "女"]] + [["北海道", "1", "2"], ["青森県", "3", "4"]], "B1", options="")
put("wide.csv", csv_of([["地域", "男", "女"], ["北海道", "1", "2"], ["青森県", "3", "4"]]))
case("wide.csv", "L3-09", "not-applicable", "", "--table wide")
case("wide.csv", "L3-09", "failed", "B1", "--table long")

# --- tables as statistics offices publish them; verdicts written down by hand ---
def real(name, text, wanted, options=""):
    put(name, text)
    for rule, verdict, place in wanted:
        case(name, rule, verdict, place, options)

real("real-ages.csv", '第1表　年齢（5歳階級）、男女別人口,,,\n（単位：千人）,,,\n年齢階級,男女計,男,女\n総数,"125,502","61,019","64,483"\n0～4歳,"4,389","2,246","2,143"\n5～9歳,"5,043","2,585","2,458"\n10～14歳,"5,350","2,742","2,608"\n（再掲）,,,\n65歳以上,"36,214","15,714","20,499"\n注）数値は四捨五入しているため、計と一致しない場合がある。,,,\n',
     [("L1-02", "passed", ""), ("L1-03", "passed", ""), ("L1-04", "failed", "A1"), ("L1-05", "passed", ""), ("L2-01", "failed", "B4"), ("L2-03", "passed", ""), ("L3-01", "failed", "1:1"), ("L3-04", "passed", ""), ("L3-09", "failed", "C3")])
real("real-years.csv", "都道府県,平成27年,令和2年\n全国,127095,126146\n北海道,5382,5225\n青森県,1308,1238\n岩手県,1280,1211\n",
     [("L1-04", "passed", ""), ("L1-05", "passed", ""), ("L2-01", "passed", ""), ("L2-03", "passed", ""), ("L3-01", "passed", ""), ("L3-04", "failed", "B1"), ("L3-05", "failed", "B1"), ("L3-06", "passed", ""), ("L3-09", "failed", "B1")])
real("real-merged.csv", "都道府県,総数,,うち女性,\n,実数（人）,割合（％）,実数（人）,割合（％）\n北海道,100,50.0,40,60.0\n青森,80,40.0,-,…\n岩手県,70,30.0,X,55.5\n,60,20.0,30,44.4\n\n資料：厚生労働省「調査」,,,,\n「-」は計数のない場合、「…」は不詳、「X」は秘匿,,,,\n",
     [("L1-02", "passed", ""), ("L1-04", "failed", "A8"), ("L2-01", "passed", ""), ("L2-02", "failed", "A6"), ("L2-03", "failed", "2:2"), ("L3-01", "failed", "2:2"), ("L3-03", "passed", ""), ("L3-04", "passed", ""), ("L3-06", "failed", "A4")])
real("real-two.csv", "産業,人数（人）\n製造業,10\n建設業,20\n\n規模,人数（人）\n大,5\n小,25\n", [("L1-02", "failed", "A5"), ("L1-03", "failed", "4:4"), ("L2-03", "passed", "")])
real("real-text.csv", "施設名,所在地,電話番号,開設年月日,備考\n㈱中央病院,札幌市中央区北1条,011-222-3333,2001/4/1,\n西病院,札幌市西区1,011-222-4444,2003/10/1,救急\n南病院,札幌市南区2,011-222-5555,平成20年4月1日,\n",
     [("L1-04", "passed", ""), ("L1-05", "passed", ""), ("L1-08", "failed", "A2"), ("L1-09", "passed", ""), ("L2-01", "passed", ""), ("L2-02", "passed", ""), ("L2-03", "passed", ""), ("L3-01", "passed", ""), ("L3-05", "failed", "D4")])
real("real-stub.csv", "地域,項目,値（人）\n北海道,男,10\n　,女,12\n青森県,男,20\n〃,女,21\n", [("L1-06", "failed", "A3"), ("L2-01", "passed", ""), ("L2-02", "failed", "A3")])

# --- workbooks ---
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
def rels(items):
    return '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>' % "".join('<Relationship Id="r%d" Type="%s%s" Target="%s"/>' % (i, KIND, k, t) for i, (k, t) in enumerate(items, 1))
def letters(k):
    return chr(65 + k)
STYLES = '<styleSheet %s><fonts><font/><font><strike/></font><font><color rgb="FFFF0000"/></font></fonts><fills><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFFFFF00"/></patternFill></fill></fills><cellXfs><xf/><xf fontId="1"/><xf fontId="2"/><xf fillId="2"/></cellXfs></styleSheet>' % MAIN
def sheet(rows, styles={}, hidden_rows=(), cols="", tail="", formulas={}):
    out = []
    for r, row in enumerate(rows, 1):
        cells = []
        for k, t in enumerate(row):
            at = 'r="%s%d" s="%d"' % (letters(k), r, styles.get((r - 1, k), 0))
            if (r - 1, k) in formulas: cells.append('<c %s><f>%s</f><v>%s</v></c>' % (at, formulas[r - 1, k], t))
            elif t and t.isdigit() and k == 4 and r > 1: cells.append('<c %s><v>%s</v></c>' % (at, t))
            elif t: cells.append('<c %s t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>' % (at, t))
        out.append('<row r="%d"%s>%s</row>' % (r, ' hidden="1"' if r in hidden_rows else "", "".join(cells)))
    return '<worksheet %s>%s<sheetData>%s</sheetData>%s</worksheet>' % (MAIN, cols, "".join(out), tail)
def book(name, sheets, more={}, states=()):
    with zipfile.ZipFile(os.path.join(folder, name), "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>')
        z.writestr("_rels/.rels", rels([("officeDocument", "xl/workbook.xml")]))
        z.writestr("xl/workbook.xml", '<workbook %s><sheets>%s</sheets></workbook>' % (MAIN, "".join('<sheet name="%s" sheetId="%d" r:id="r%d"%s/>' % ("S%d" % i, i, i, ' state="hidden"' if i in states else "") for i in range(1, len(sheets) + 1))))
        z.writestr("xl/_rels/workbook.xml.rels", rels([("worksheet", "worksheets/sheet%d.xml" % i) for i in range(1, len(sheets) + 1)] + [("styles", "styles.xml")]))
        z.writestr("xl/styles.xml", STYLES)
        for i, s in enumerate(sheets, 1): z.writestr("xl/worksheets/sheet%d.xml" % i, s)
        for path, text in more.items(): z.writestr(path, text)

book("clean.xlsx", [sheet(TABLE)])
for rule in ["L1-%02d" % i for i in range(1, 14)] + ["L2-%02d" % i for i in range(1, 7)] + ["L3-%02d" % i for i in (1, 2, 3, 4, 5, 6, 8, 9)]:
    case("clean.xlsx", rule, "passed", "", "--codes codes.csv --columns columns.csv")
for rule in ("L1-14", "L1-15"):
    case("clean.xlsx", rule, "not-applicable", "", "")
book("breach-L1-10.xlsx", [sheet(TABLE, tail='<drawing r:id="r1"/>')], {"xl/worksheets/_rels/sheet1.xml.rels": rels([("drawing", "../drawings/drawing1.xml")]),
     "xl/drawings/drawing1.xml": '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"><xdr:twoCellAnchor><xdr:from><xdr:col>2</xdr:col><xdr:row>4</xdr:row></xdr:from><xdr:to><xdr:col>3</xdr:col><xdr:row>6</xdr:row></xdr:to><xdr:sp/></xdr:twoCellAnchor></xdr:wsDr>'})
case("breach-L1-10.xlsx", "L1-10", "failed", "C5")
book("breach-L1-10-comment.xlsx", [sheet(TABLE)], {"xl/worksheets/_rels/sheet1.xml.rels": rels([("comments", "../comments1.xml")]),
     "xl/comments1.xml": '<comments %s><authors><author>a</author></authors><commentList><comment ref="E3" authorId="0"><text><t>x</t></text></comment></commentList></comments>' % MAIN})
case("breach-L1-10-comment.xlsx", "L1-10", "failed", "E3")
book("breach-L1-11-strike.xlsx", [sheet(TABLE, {(2, 4): 1})])
case("breach-L1-11-strike.xlsx", "L1-11", "failed", "E3")
book("breach-L1-11-red.xlsx", [sheet(TABLE, {(3, 4): 2})])
case("breach-L1-11-red.xlsx", "L1-11", "failed", "E4")
book("breach-L1-11-fill.xlsx", [sheet(TABLE, {(5, 1): 3})])
case("breach-L1-11-fill.xlsx", "L1-11", "failed", "B6")
book("clean-L1-11-header.xlsx", [sheet(TABLE, {**{(0, k): 3 for k in range(6)}, **{(r, 0): 3 for r in range(1, 9)}})])
case("clean-L1-11-header.xlsx", "L1-11", "passed")
book("person-L1-11-row.xlsx", [sheet(TABLE, {(8, k): 3 for k in range(6)})])
case("person-L1-11-row.xlsx", "L1-11", "for-a-person", "A9")
book("breach-L1-12.xlsx", [sheet(changed({(2, 1): ""}), tail='<mergeCells><mergeCell ref="B2:B3"/></mergeCells>')])
case("breach-L1-12.xlsx", "L1-12", "failed", "B2")
book("breach-L1-13-row.xlsx", [sheet(TABLE, hidden_rows=(4,))])
case("breach-L1-13-row.xlsx", "L1-13", "failed", "4:4")
book("breach-L1-13-column.xlsx", [sheet(TABLE, cols='<cols><col min="3" max="3" width="9" hidden="1"/></cols>')])
case("breach-L1-13-column.xlsx", "L1-13", "failed", "C:C")
book("breach-L1-13-sheet.xlsx", [sheet(TABLE), sheet(TABLE)], states=(2,))
case("breach-L1-13-sheet.xlsx", "L1-13", "failed", "")
book("breach-L2-01.xlsx", [sheet(changed({(4, 4): "7,149"}))])
case("breach-L2-01.xlsx", "L2-01", "failed", "E5")
book("breach-L2-06.xlsx", [sheet(TABLE, formulas={(3, 4): "SUM(E2:E3)"})])
case("breach-L2-06.xlsx", "L2-06", "failed", "E4")
book("clean-L3-02.xlsx", [sheet(TABLE + ROWS), sheet([["コード", "名称"], ["1", "男"], ["2", "女"]])])
case("clean-L3-02.xlsx", "L3-02", "passed", "", "--sheet S1")
