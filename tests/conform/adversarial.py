#!/usr/bin/env python3
"""adversarial.py -- about ninety made files that are hard to guess; each must load with balanced cells (run.py's checks) or be refused by the number named.

usage: adversarial.py PROGRAM FORMS
Every file is made here, from nothing but this text: the same files on every run.
"""
import io
import os
import sys
import tempfile
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import run  # noqa: E402

CITY = ["札幌市", "青森市", "盛岡市", "仙台市", "秋田市", "山形市", "福島市", "水戸市", "宇都宮市", "前橋市", "さいたま市", "千葉市"]


def table(header, n, *columns):
    lines = [header] if header else []
    lines += [",".join(c(i) for c in columns) for i in range(n)]
    return "\n".join(lines) + "\n"


def city(i):
    return CITY[i % len(CITY)]


def number(i):
    return str(100 + i * 7)


PLAIN = table("市,人口,世帯", 12, city, number, lambda i: str(i * 3))


PLANTED = "市,人口,世帯\n甲市,5,\n乙市,集計中,3\n丙市,7,4\n丁市,8,5\n"


def check_digit(five):
    s = sum(f * int(d) for f, d in zip((6, 5, 4, 3, 2), five))
    return five + str((11 - s % 11) % 10)


def texts():
    """name -> text; encoded as UTF-8."""
    few = lambda i: str(i % 3 + 1)  # noqa: E731
    return {
        "plain": PLAIN,
        "ascii": table("id,height,weight", 20, str, lambda i: "%d.5" % (150 + i), lambda i: str(50 + i)),
        "no_last_line_end": PLAIN.rstrip("\n"),
        "cr_line_ends": PLAIN.replace("\n", "\r"),
        "crlf": PLAIN.replace("\n", "\r\n"),
        "mixed_line_ends": "\r\n".join(PLAIN.split("\n", 4)),
        "blank_lines": PLAIN.replace("\n", "\n\n"),
        "title_padded": "人口の表,,\n" + PLAIN,
        "title_one_cell": "人口の表\n" + PLAIN,
        "three_titles": "人口の表,,\n令和7年4月1日現在,,\n単位：人,,\n" + PLAIN,
        "title_and_empty_row": "人口の表,,\n,,\n" + PLAIN,
        "comment_lines": "# made by a program\n# second line\n" + PLAIN,
        "two_header_rows": "市,人口,,世帯,\n,男,女,総数,うち単身\n" + table("", 12, city, number, number, number, str),
        "three_header_rows": "市,人口,,,\n,日本人,,外国人,\n,男,女,男,女\n" + table("", 12, city, number, number, str, str),
        "eight_header_rows": "".join("市%d,項目%d,別%d\n" % (i, i, i) for i in range(8)) + table("", 12, city, number, number),
        "nine_header_rows": "".join("市%d,項目%d,別%d\n" % (i, i, i) for i in range(9)) + table("", 12, city, number, number),
        "newline_in_heading": '市,"人口\n（総数）","世帯\r\n数"\n' + table("", 12, city, number, str),
        "unit_row": "市,人口,面積\n,人,km2\n" + table("", 12, city, number, lambda i: "%d.25" % i),
        "units_in_headings": table("市,人口（人）,面積(km2)", 12, city, number, lambda i: "%d.25" % i),
        "note_one_cell": PLAIN + "注）外国人を含む\n資料：市民課\n",
        "note_padded": PLAIN + "注）外国人を含む,,\n資料：市民課,,\n",
        "note_in_the_second_column": PLAIN + ",注）外国人を含む,\n",
        "empty_rows_inside": PLAIN.replace("\n仙台市", "\n,,\n仙台市"),
        "rows_of_spaces": PLAIN.replace("\n仙台市", "\n 　, ,　\n仙台市"),
        "short_rows": PLAIN + "甲市,5\n乙市\n",
        "long_rows": PLAIN + "甲市,5,6,7\n乙市,5,6,7,8\n",
        "long_rows_blank": PLAIN.replace("\n仙台市", "\n甲市,1,2,,,\n仙台市"),
        "trailing_commas_in_data": "市,人口,世帯\n" + table("", 12, city, number, str, lambda i: "", lambda i: ""),
        "trailing_commas_in_header": "市,人口,世帯,,\n" + table("", 12, city, number, str),
        "trailing_commas_everywhere": table("市,人口,世帯,,", 12, city, number, str, lambda i: "", lambda i: ""),
        "no_header_numbers": table("", 15, str, number, number),
        "no_header_codes": table("", 15, lambda i: "%08d" % i, lambda i: "%03d" % (i * 7), lambda i: " ", few),
        "no_header_texts": table("", 15, city, lambda i: "甲" if i % 2 else "乙"),
        "one_column_numbers": "人口\n" + "".join("%d\n" % i for i in range(20)),
        "one_column_texts": "市\n" + "".join(city(i) + "\n" for i in range(20)),
        "one_column_notes": "人口\n" + "".join("%d\n" % i for i in range(20)) + "注）概数\n",
        "one_row_numbers": "1,2,3\n",
        "one_row_texts": "甲,乙,丙\n",
        "one_cell": "5\n",
        "one_letter": "a",
        "two_rows": "市,人口\n甲市,5\n",
        "text_only": table("市,区分,備考", 12, city, lambda i: "甲" if i % 2 else "乙", lambda i: "記載%d" % i),
        "wide_4000": ",".join("列%d" % i for i in range(4000)) + "\n" + "\n".join(",".join(str(i + k) for i in range(4000)) for k in range(3)) + "\n",
        "wide_4096_no_header": "\n".join(",".join(str(i + k) for i in range(4096)) for k in range(2)) + "\n",
        "wide_same_headings": ",".join("報告" for i in range(3000)) + "\n" + "\n".join(",".join(str(i + k) for i in range(3000)) for k in range(3)) + "\n",
        "ten_thousand_rows": table("市,人口,世帯", 10000, city, number, str),
        "changes_late": table("市,人口,世帯", 25000, city, number, lambda i: str(i) if i < 24000 else "不明"),
        "all_quoted": "\n".join(",".join('"%s"' % x for x in line.split(",")) for line in PLAIN.strip().split("\n")) + "\n",
        "quoted_commas_lines_quotes": table("市,備考,人口", 12, city, lambda i: '"改行\n、""引用"",コンマ"', number),
        "quoted_empty": table("市,備考,人口", 12, city, lambda i: '""', number),
        "headings_twice": table("市,人口,人口", 12, city, number, str),
        "headings_differ_in_case": table("x,l,L,d,D", 12, str, number, str, number, str),
        "headings_empty": table("市,,", 12, city, number, str),
        "headings_all_empty": table(",,", 12, city, number, str),
        "heading_very_long": table("市,%s,世帯" % ("長い見出し" * 60), 12, city, number, str),
        "headings_differ_in_width": table("市,Ａ,A", 12, city, number, str),
        "headings_of_the_form_reader": table("name,label_ja,record", 12, city, number, str),
        "headings_look_like_items": table("c0001,c2,row", 12, city, number, str),
        "years_as_headings": table("市,2018,2019,2020,2021", 12, city, number, number, number, number),
        "running_numbers_as_headings": table("番号,1,2,3", 12, city, number, number, number),
        "total_rows": PLAIN + "合計,12345,678\n",
        "total_row_first": "市,人口,世帯\n総数,12345,678\n" + table("", 12, city, number, str),
        "text_in_numbers": table("市,人口", 40, city, lambda i: "集計中" if i % 10 == 3 else number(i)),
        "half_and_half": table("市,人口", 40, city, lambda i: "集計中" if i % 2 else number(i)),
        "two_thirds": table("市,人口", 42, city, lambda i: "集計中" if i % 3 == 2 else number(i)),
        "special_signs": table("市,人口,世帯,割合", 24, city, lambda i: ["-", "…", "x", "***", number(i), number(i)][i % 6], lambda i: "－" if i % 4 == 0 else str(i),
                               lambda i: "・" if i % 5 == 0 else "%d.1" % i),
        "only_signs": table("市,人口", 12, city, lambda i: "-"),
        "full_width_numbers": table("市,人口", 12, city, lambda i: "".join(chr(ord(c) + 0xFEE0) for c in number(i))),
        "circled_numbers": table("市,人口", 12, city, lambda i: "①②③④⑤"[i % 5]),
        "separators": table("市,人口", 12, city, lambda i: '"%d,%03d "' % (i + 1, i)),
        "negative_marks": table("市,増減", 12, city, lambda i: ("△" if i % 2 else "▲" if i % 3 else "-") + number(i)),
        "percent": table("市,割合", 12, city, lambda i: "%d.5%%" % i),
        "with_units": table("市,人口", 12, city, lambda i: number(i) + "人"),
        "exponents": table("市,番号", 12, city, lambda i: "1.18E+12"),
        "twenty_five_digits": table("市,番号", 12, city, lambda i: "1234567890123456789012%03d" % i),
        "eight_decimals": table("市,緯度", 12, city, lambda i: "43.06208%03d" % i),
        "twelve_decimals": table("市,緯度", 12, city, lambda i: "43.062081234%03d" % i),
        "zeros_and_decimals": table("市,乗率", 12, city, lambda i: "000001.%03d" % i),
        "era_dates": table("番号,届出日", 12, str, lambda i: ["R7.4.1", "令和7年4月1日", "H31.4.30", "Ｓ６４．１．７"][i % 4]),
        "eight_digit_dates": table("番号,届出日", 12, str, lambda i: "202504%02d" % (i + 1)),
        "western_dates": table("番号,届出日", 12, str, lambda i: ["2025/4/1", "2025-04-01", "2025年4月1日"][i % 3]),
        "impossible_dates": table("番号,届出日", 12, str, lambda i: ["2025/4/1", "2025/4/31", "2025-02-29", "2025年4月1日"][i % 4]),
        "same_header_again": PLAIN + PLAIN,
        "other_table_below": PLAIN + "\n区分,件数,割合\n" + table("", 6, lambda i: "甲乙丙丁戊己"[i], number, lambda i: "%d.5" % i),
        "narrower_table_below": PLAIN + "\n区分,件数\n" + table("", 6, lambda i: "甲乙丙丁戊己"[i], number),
        "wider_table_below": PLAIN + "\n区分,件数,割合,順位,備考\n" + table("", 6, lambda i: "甲乙丙丁戊己"[i], number, str, str, lambda i: "無"),
        "municipality_codes": table("団体コード,人口", 30, lambda i: check_digit("%05d" % (1100 + i)), number),
        "lost_zeros": table("団体コード,人口", 30, lambda i: check_digit("%05d" % (1100 + i))[1:], number),
        "icd10_codes": table("死因,人数", 30, lambda i: "%s%02d" % ("ABCDE"[i % 5], i), number),
        "sex_codes": table("番号,性別", 30, str, few),
        "flags": table("番号,渡航歴の有無", 30, str, lambda i: str(i % 2)),
        "names": table("番号,氏名,年齢", 12, str, lambda i: "甲山 乙%d" % i, lambda i: str(20 + i)),
        "blank_columns_inside": table("市,,人口,,世帯", 12, city, lambda i: "", number, lambda i: "", str),
        "injection": table("市,備考", 12, city, lambda i: ["=1+1", "+81", "@cmd", "-2+3"][i % 4]),
        "apostrophes": table("市,番号", 12, city, lambda i: "'%03d" % i),
        "tabs_inside": table("市,備考", 12, city, lambda i: "甲\t乙"),
        "semicolons_inside": table("市,備考", 12, city, lambda i: "甲;乙;丙"),
        "emoji_and_variants": table("市,備考", 12, city, lambda i: "😀\u845b\U000e0100"),
        "long_cell": "市,備考\n甲市," + "長" * 200000 + "\n乙市,短\n",
    }


def coded():
    """name -> bytes in another encoding, or bytes that are no plain text table."""
    cp932 = lambda s: s.encode("cp932")  # noqa: E731
    return {
        "cp932": cp932(PLAIN),
        "cp932_tabs": cp932(PLAIN.replace(",", "\t")),
        "cp932_external": cp932("市,氏名,人口\n") + b"".join(cp932("甲市,") + b"\xf0\x40\xf9\xfc" + b",%d\n" % i for i in range(12)),
        "cp932_second_byte_is_a_separator": cp932(table("市,ソ表ポ,人口", 12, city, lambda i: "能表ソ", number)),
        "cp932_title_and_note": cp932("人口の表,,\n" + PLAIN + "注）概数,,\n"),
        "byte_order_mark": b"\xef\xbb\xbf" + PLAIN.encode(),
        "semicolons": PLAIN.replace(",", ";").encode(),
        "tabs": PLAIN.replace(",", "\t").encode(),
    }


def workbook(rows, strings=False):
    """Smallest xlsx: texts inline or shared (with furigana), numbers as numbers, None = no cell."""
    shared, lines = [], []

    def cell(r, k, v):
        name = "%s%d" % (chr(65 + k), r)
        if v is None:
            return ""
        if isinstance(v, (int, float)):
            return '<c r="%s"><v>%s</v></c>' % (name, v)
        if not strings:
            return '<c r="%s" t="inlineStr"><is><t>%s</t></is></c>' % (name, v)
        shared.append("<si><t>%s</t><rPh sb=\"0\" eb=\"1\"><t>フリガナ</t></rPh></si>" % v)
        return '<c r="%s" t="s"><v>%d</v></c>' % (name, len(shared) - 1)
    for r, row in enumerate(rows, 1):
        lines.append('<row r="%d">%s</row>' % (r, "".join(cell(r, k, v) for k, v in enumerate(row))))
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
                               '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                               '<Override PartName="/xl/workbook.xml" ContentType="%ssheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="%sworksheet+xml"/>'
                               '<Override PartName="/xl/sharedStrings.xml" ContentType="%ssharedStrings+xml"/></Types>' % (kind, kind, kind),
        "_rels/.rels": '<Relationships %s><Relationship Id="rId1" Type="%s/officeDocument" Target="xl/workbook.xml"/></Relationships>' % (package, office),
        "xl/workbook.xml": '<workbook %s xmlns:r="%s"><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>' % (main, office),
        "xl/_rels/workbook.xml.rels": '<Relationships %s><Relationship Id="rId1" Type="%s/worksheet" Target="worksheets/sheet1.xml"/>'
                                      '<Relationship Id="rId2" Type="%s/sharedStrings" Target="sharedStrings.xml"/></Relationships>' % (package, office, office),
        "xl/worksheets/sheet1.xml": "<worksheet %s><sheetData>%s</sheetData></worksheet>" % (main, "".join(lines)),
        "xl/sharedStrings.xml": "<sst %s>%s</sst>" % (main, "".join(shared)),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, text in parts.items():
            z.writestr(zipfile.ZipInfo(name), '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return out.getvalue()


def workbooks():
    rows = [[city(i), 100 + i * 7, i * 3] for i in range(12)]
    book = [["年齢", 1, 3, None, "age"], [None, None, None, 1, "一"], [None, None, None, 2, "二"], ["性別", 4, 1, None, "sex"], [None, None, None, "V", "不詳"]]
    return {
        "sheet_plain": workbook([["市", "人口", "世帯"]] + rows),
        "sheet_shared_strings": workbook([["市", "人口", "世帯"]] + rows, strings=True),
        "sheet_title_and_notes": workbook([["人口の表"], [None], ["市", "人口", "世帯"]] + rows + [["注）概数"]], strings=True),
        "sheet_two_header_rows": workbook([["市", "人口", None], [None, "男", "女"]] + rows),
        "sheet_wider_below": workbook([["市", "人口", "世帯"]] + rows + [["丙市", 5, 6, "備考"], ["丁市", 7, 8]]),
        "sheet_texts_among_numbers": workbook([["市", "人口", "世帯"]] + rows[:9] + [["丙市", "集計中", 6], ["丁市", None, None]]),
        "sheet_codebook": workbook([["項目名", "位置", "バイト数", "符号", "符号内容"]] + book, strings=True),
    }


def refused():
    """name -> bytes, message number."""
    wide = ",".join(str(i) for i in range(4097)) + "\n"
    return {
        "all_blank": (b",,\n,,\n , ,\n", "E4301"),
        "only_line_ends": (b"\n\n\r\n", "E4301"),
        "empty": (b"", "E4001"),
        "utf16": (PLAIN.encode("utf-16"), "E4002"),
        "nul": (PLAIN.encode() + b"a,\0\n", "E4004"),
        "no_encoding": (b"a,b\n1,\xff\xfe\n2,\x80\xa0\n" * 3, "E4005"),
        "open_quote": (b'a,b\n1,"2\n3,4\n', "E1412"),
        "quote_inside": (b'a,b\n1,2"3\n4,5\n', "E1414"),
        "too_wide": (wide.encode() * 2, "E1410"),
        "too_long": (b"a,b\n1," + b"x" * 1200000 + b"\n", "E1411"),
        "pdf": (b"%PDF-1.4\n1 0 obj\n" * 10, "E4003"),
    }


def one(program, forms, path):
    report, how = run.with_guess(program, forms, path, check_form=False) # intake reads the form with the same checks
    run.require(report is not None, "not read: %s", how)


def refuse(program, forms, path, number):
    status, out, err = run.call(program, ["intake", "guess", path], forms)
    run.require(status == 65, "ended with %d, not 65", status)
    run.require("[" + number + "]" in err, "not refused with %s: %s", number, err[-200:])
    run.require(out == "", "a refused file printed data")


def planted(program, forms, path):
    """A report with one wrong number must not pass: the checks themselves are checked."""
    report, _ = run.with_guess(program, forms, path, check_form=False)
    rows = run.count.rows(path)
    changes = {
        "a lost cell": lambda r: r.update(cells_read=r["cells_read"] - 1),
        "a cell counted twice": lambda r: r.update(cells_typed=r["cells_typed"] + 1),
        "a blank told as a value": lambda r: r.update(cells_typed=r["cells_typed"] + 1, cells_blank=r["cells_blank"] - 1),
        "a record told as a note": lambda r: r.update(cells_outside=r["cells_outside"] + 3, cells_typed=r["cells_typed"] - 3),
        "a text told as a number": lambda r: r["columns"][1].update(typed=r["columns"][1]["typed"] + 1, problem=r["columns"][1]["problem"] - 1),
        "a column short of records": lambda r: r["columns"][0].update(typed=r["columns"][0]["typed"] - 1),
    }
    for what, change in changes.items():
        wrong = run.json.loads(run.json.dumps(report))
        change(wrong)
        try:
            run.check_balance(wrong, rows)
            run.check_guessed(wrong, rows, 1, 3, set())
            run.check_columns(wrong, rows, 1)
        except run.Failed:
            continue
        raise run.Failed("not noticed: " + what)


def attempt(counts, name, action, *args):
    try:
        action(*args)
        counts[0] += 1
    except (run.Failed, run.count.NotCounted, OSError, ValueError, KeyError, run.subprocess.TimeoutExpired) as e:
        counts[1] += 1
        print("FAILED %s: %s" % (name, e))


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 64
    program, forms = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    counts = [0, 0]
    with tempfile.TemporaryDirectory() as folder:
        def made(name, data):
            path = os.path.join(folder, name + ".csv")
            with open(path, "wb") as f:
                f.write(data)
            return path
        files = {n: t.encode() for n, t in texts().items()}
        files.update(coded())
        files.update(workbooks())
        for name in sorted(files):
            attempt(counts, name, one, program, forms, made(name, files[name]))
        attempt(counts, "planted mistakes", planted, program, forms, made("planted", PLANTED.encode()))
        for name, (data, number_) in sorted(refused().items()):
            attempt(counts, name, refuse, program, forms, made("refused_" + name, data), number_)
    print("hard files: %d passed, %d failed" % tuple(counts))
    return 1 if counts[1] else 0


if __name__ == "__main__":
    sys.exit(main())
