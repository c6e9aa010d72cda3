"""count.py -- an independent reader: what a file holds, counted with the csv, zipfile and xml modules of Python and nothing of shirabe's.

rows(path) gives the cells of a text table or of the first visible sheet of a workbook; foreign(path) names formats that are no table.
"""
import csv
import io
import json
import re
import xml.etree.ElementTree as tree
import zipfile

csv.field_size_limit(1 << 24)
SPACES = " \t\r\n\u3000"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


class NotCounted(Exception):
    """The file is no table that this reader knows."""


def is_blank(text):
    return text.strip(SPACES) == ""


# --- formats of other systems -------------------------------------------------------------------------------------------------------------------------

def foreign(path):
    """Word that a refusal must name the format by, or None."""
    with open(path, "rb") as f:
        data = f.read()
    head = data[:4096]
    if data.startswith(b"SQLite format 3\0"):
        return "CSPro" if b"vector_clock" in data or b"sync_history" in data else "SQLite"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        wide = "survey".encode("utf-16-le")
        return "XLSForm" if (b"survey" in data or wide in data) and (b"choices" in data or "choices".encode("utf-16-le") in data) else "xls"
    if data.startswith(b"PK\x03\x04"):
        try:
            names = sheet_names(path)
        except (KeyError, zipfile.BadZipFile, tree.ParseError):
            return "zip"
        return "XLSForm" if "survey" in names and "choices" in names else None
    for magic, word in ((b"%PDF-", "PDF"), (b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"\x89PNG", "picture"), (b"\xff\xd8\xff", "picture")):
        if data.startswith(magic):
            return word
    text = head.lstrip(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"[Dictionary]"):
        return "CSPro"
    if text.startswith(b"{"):
        try:
            return "CSPro" if "CSPro" in str(json.loads(data.decode("utf-8-sig")).get("software", "")) else None
        except (ValueError, AttributeError):
            return None
    if text.startswith(b"<"):
        return "XForm" if b"w3.org/2002/xforms" in data else "DDI" if b"codeBook" in data or b"ddi:" in data else "XML"
    return None


# --- text tables --------------------------------------------------------------------------------------------------------------------------------------

def decode(data):
    """UTF-8 when it is, else CP932: bytes decide, on the whole file. Codes F040-F9FC (external characters) go to the private area as Windows does it."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    out, at = [], 0
    while at < len(data):
        b = data[at]
        wide = 0x81 <= b <= 0x9F or 0xE0 <= b <= 0xFC
        if wide and 0xF0 <= b <= 0xF9 and at + 1 < len(data):
            out.append("\ue000")
        else:
            try:
                out.append(data[at:at + (2 if wide else 1)].decode("cp932"))
            except UnicodeDecodeError as e:
                raise NotCounted("neither UTF-8 nor CP932") from e
        at += 2 if wide else 1
    return "".join(out)


def delimiter_of(text):
    """The one of , tab ; that splits most lines into the same number of cells, at least two."""
    best, best_score = ",", 0
    for d in ",\t;":
        widths = {}
        for i, row in enumerate(csv.reader(io.StringIO(text[:262144], newline=""), delimiter=d)):
            if i >= 400:
                break
            if row:
                widths[len(row)] = widths.get(len(row), 0) + 1
        wide = {w: n for w, n in widths.items() if w > 1}
        if not wide:
            continue
        width, n = max(wide.items(), key=lambda x: (x[1], x[0]))
        score = n * 100 // sum(widths.values()) * 100 + min(width - 1, 99)
        if score > best_score:
            best, best_score = d, score
    return best


def text_rows(path):
    with open(path, "rb") as f:
        data = f.read()
    if b"\0" in data:
        raise NotCounted("NUL bytes")
    text = decode(data)
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)) if row]


# --- workbooks ----------------------------------------------------------------------------------------------------------------------------------------

def parts(path):
    z = zipfile.ZipFile(path)
    book = tree.fromstring(z.read("xl/workbook.xml"))
    links = {x.get("Id"): x.get("Target") for x in tree.fromstring(z.read("xl/_rels/workbook.xml.rels"))}
    return z, [(s.get("name"), s.get("state", "visible"), links[s.get(RELATION + "id")]) for s in book.find(SHEET + "sheets")]


def sheet_names(path):
    return [name for name, _, _ in parts(path)[1]]


def shared_strings(z):
    if "xl/sharedStrings.xml" not in z.namelist():
        return []
    out = []
    for item in tree.fromstring(z.read("xl/sharedStrings.xml")):
        # direct text and runs; furigana (rPh) is a reading aid and no text of the cell
        out.append("".join(t.text or "" for t in item.findall(SHEET + "t") + item.findall(SHEET + "r/" + SHEET + "t")))
    return out


def column_of(reference):
    n = 0
    for c in re.match(r"[A-Z]+", reference).group():
        n = n * 26 + ord(c) - 64
    return n


def cell_value(c, strings):
    kind, v = c.get("t", "n"), c.find(SHEET + "v")
    if kind == "inlineStr":
        return "".join(t.text or "" for t in c.iter(SHEET + "t"))
    if v is None or v.text is None:
        return "(formula)" if c.find(SHEET + "f") is not None else ""
    return strings[int(v.text)] if kind == "s" else v.text


def sheet_rows(path):
    z, sheets = parts(path)
    strings = shared_strings(z)
    target = next(t for _, state, t in sheets if state == "visible")
    name = target.lstrip("/") if target.startswith("/") else "xl/" + target
    out, widest = [], 0
    for row in tree.fromstring(z.read(name)).iter(SHEET + "row"):
        cells = {column_of(c.get("r")): cell_value(c, strings) for c in row.findall(SHEET + "c")}
        cells = {k: v for k, v in cells.items() if v != ""}
        if not cells:
            continue
        widest = max(widest, max(cells))
        out.append([cells.get(k, "") for k in range(1, widest + 1)])
    return out


def rows(path):
    with open(path, "rb") as f:
        return sheet_rows(path) if f.read(4) == b"PK\x03\x04" else text_rows(path)


# --- numbers ------------------------------------------------------------------------------------------------------------------------------------------

UNITS = "円|yen|千円|百万円|人|名|g|グラム|cm|センチ|時間|時|分|週|週間|年|歳|日|日間|か月|ヶ月|月|人日|人時|%|％"
NUMBER = re.compile(r"^'?\s*[-+△▲−－＋]?\s*[0-9０-９][0-9０-９,，]*([.．][0-9０-９]*)?\s*(" + UNITS + r")?$|^[-+]?[.．][0-9０-９]+$")


def is_number(text):
    """May this cell be called a number at all? Wider than what intake accepts: what is no number here must never be one there."""
    return bool(NUMBER.match(text.strip(SPACES)))
