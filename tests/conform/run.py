#!/usr/bin/env python3
"""run.py -- takes every file of a folder in and compares what became of its cells with an independent count (count.py).

usage: run.py PROGRAM FORMS FOLDER

A format of another system must be refused by its name. Any other file is loaded (dry run) with a guessed draft form, and where tests/reference/intake/files.csv
names one with our own form and layout as well, which must leave no problem. Then must hold: exit 0 or 1, no signal; cells read = cells counted here; cells below the header = typed + blank + problem (+ what the
layout leaves out, + notes and empty rows); in a numeric item no more values than cells that are numbers. Files that this version does not read are listed
as unsupported. Exit status 1 when a file fails, or when there is no file.
"""
import csv
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import count  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
REFUSED = {"E4240", "E4241", "E4242", "E4244", "E4003"}
UNSUPPORTED = {"E4002": "UTF-16 text", "E4243": "old workbook (.xls)"}
PERIODS = {"year": "2025", "fiscal_year": "FY2025", "month": "2025-01", "quarter": "2025-Q1"}


class Failed(Exception):
    pass


def call(program, args, forms):
    env = dict(os.environ, SHIRABE_FORMS=forms, SHIRABE_LANG="en")
    p = subprocess.run([program] + args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, timeout=300, check=False)
    if p.returncode < 0 or p.returncode in (70, 134, 139):
        raise Failed("%s ended with %d: %s" % (" ".join(args[:2]), p.returncode, p.stderr.decode("utf-8", "replace")[-300:]))
    return p.returncode, p.stdout.decode("utf-8"), p.stderr.decode("utf-8", "replace")


def message_number(stderr):
    for line in reversed(stderr.splitlines()):
        at = line.find("[E")
        if at >= 0 and "error" in line:
            return line[at + 1:line.index("]", at)]
    return ""


OWN = os.path.join(HERE, "..", "reference", "intake")


def own_layouts():
    with open(os.path.join(OWN, "files.csv"), encoding="utf-8", newline="") as f:
        return {os.path.basename(r["file"]): r for r in csv.DictReader(f)}


# --- what must hold -----------------------------------------------------------------------------------------------------------------------------------

def require(ok, text, *values):
    if not ok:
        raise Failed(text % values)


def is_aside(row, width):
    """A note (only its first cell is filled) or an empty row; in a table of one column only the empty one."""
    filled = [i for i, t in enumerate(row) if not count.is_blank(t)]
    return not filled or (filled == [0] and width > 1)


def check_balance(report, rows):
    parts = [report["cells_" + k] for k in ("typed", "blank", "problem", "ignored", "heading", "outside")]
    total = sum(len(r) for r in rows)
    require(report["cells_read"] == total, "cells read %d, counted here %d", report["cells_read"], total)
    require(sum(parts) == total, "cells accounted for %d, counted here %d", sum(parts), total)


def check_guessed(report, rows, above, width, codes):
    """With a guessed layout it is known which rows lie above the records."""
    data = [r for r in rows[above:] if not is_aside(r, width)]
    cells = sum(len(r) for r in data)
    require(report["cells_heading"] == sum(len(r) for r in rows[:above]), "cells of titles and headings %d, counted here %d", report["cells_heading"],
            sum(len(r) for r in rows[:above]))
    taken = report["cells_typed"] + report["cells_blank"] + report["cells_problem"]
    require(taken == cells, "typed + blank + problem = %d, counted here %d", taken, cells)
    require(report["cells_ignored"] == 0, "a guessed layout leaves %d cells out", report["cells_ignored"])
    filled = sum(not count.is_blank(t) for r in data for t in r)
    require(report["cells_typed"] + report["cells_problem"] <= filled, "more values and problems than filled cells: %d of %d", report["cells_typed"], filled)
    blank = cells - filled
    require(report["cells_blank"] >= blank, "fewer blank cells than counted here: %d of %d", report["cells_blank"], blank)
    require(report["cells_blank"] - blank <= sum(is_sign(t) or t in codes for r in data for t in r), "filled cells became blank: %d", report["cells_blank"] - blank)


SIGNS = {"-", "--", "---", "－", "−", "ー", "―", "—", "・", "･", "…", "...", "‥", "?", "？", "N/A", "n/a", "x", "X", "ｘ", "Ｘ", "χ", "*", "＊", "***", "＊＊＊"}


def is_sign(text):
    return text.strip(count.SPACES) in SIGNS


def missing_codes(draft):
    """Codes that mean unknown, not applicable or refused in the code lists that the draft uses."""
    folder, out = os.path.join(draft, "codelists"), set()
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), encoding="utf-8", newline="") as f:
            out.update(r["code"] for r in csv.DictReader(f) if r["status"] in ("unknown", "not_applicable", "refused"))
    return out


def check_columns(report, rows, above):
    for c in report["columns"]:
        require(c["typed"] + c["blank"] + c["problem"] == report["accepted"], "item %s: %d cells for %d records", c["item"],
                c["typed"] + c["blank"] + c["problem"], report["accepted"])
        if not c["number"]:
            continue
        k = c["cell"] - 1
        numbers = sum(k < len(r) and count.is_number(r[k]) for r in rows[above:])
        require(c["typed"] <= numbers, "numeric item %s: %d values, but only %d cells are numbers", c["item"], c["typed"], numbers)


# --- one file -----------------------------------------------------------------------------------------------------------------------------------------

def take_in(program, forms, path, form, period):
    args = ["intake", "file", path, "--form", form, "--dry-run", "--json", "--problems", "0"] + (["--period", period] if period else [])
    status, out, err = call(program, args, forms)
    require(status in (0, 1), "intake file ended with %d: %s", status, (err + out)[-300:])
    return status, json.loads(out)


def with_own(program, own, path, guessed):
    status, report = take_in(program, OWN, path, own["form"], own["period"])
    check_balance(report, count.rows(path))
    for part in ("heading", "outside"):
        require(report["cells_" + part] == guessed["cells_" + part], "cells of %s: %d with our own layout, %d with the guessed one", part, report["cells_" + part],
                guessed["cells_" + part])
    require(status == 0 and report["problems"] == 0 and report["rejected"] == 0 and report["duplicate"] == 0, "not clean with our own layout: exit %d, %d problems, %d rejected",
            status, report["problems"], report["rejected"])
    return report, "guessed, and own layout " + own["form"]


def with_guess(program, forms, path, check_form=True):
    with tempfile.TemporaryDirectory() as folder:
        draft = os.path.join(folder, "draft")
        status, out, err = call(program, ["intake", "guess", path, "--out", draft, "--json"], forms)
        if status == 65 and message_number(err) in UNSUPPORTED:
            return None, UNSUPPORTED[message_number(err)]
        require(status == 0, "intake guess ended with %d: %s", status, (err + out)[-300:])
        guess = json.loads(out)
        if check_form:
            status, _, err = call(program, ["form", "check", "draft", "--forms", draft], forms)
            require(status == 0, "form check refuses the draft: %s", err[-300:])
        status, report = take_in(program, draft, path, "draft/table", "2025")
        codes = missing_codes(draft)
    rows = count.rows(path)
    above = guess["title_rows"] + guess["header_rows"]
    check_balance(report, rows)
    check_guessed(report, rows, above, len(guess["columns"]), codes)
    check_columns(report, rows, above)
    return report, "guessed, header %d+%d" % (guess["title_rows"], guess["header_rows"])


def refused(program, forms, path, word):
    status, _, err = call(program, ["intake", "guess", path], forms)
    if message_number(err) in UNSUPPORTED:
        return None, UNSUPPORTED[message_number(err)]
    require(status == 65, "a file of %s ended with %d, not 65", word, status)
    require(message_number(err) in REFUSED, "a file of %s is not refused by its format: %s", word, err[-300:])
    require(word.lower() in err.lower(), "the refusal does not say %s: %s", word, err[-300:])
    return {}, "refused: " + word


def one(program, forms, own, path):
    word = count.foreign(path)
    if word:
        return refused(program, forms, path, word)
    report, how = with_guess(program, forms, path)
    return with_own(program, own, path, report) if own and report else (report, how)


# --- the folder ---------------------------------------------------------------------------------------------------------------------------------------

def files_of(folder):
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.startswith(".") or name.upper().startswith("README"):
                print("   not a submission: %s" % name)
            else:
                yield os.path.join(base, name)


def say(path, report, how):
    if report:
        print("   %-44s cells %d = typed %d + blank %d + problem %d + ignored %d + heading %d + outside %d (%s)" % (
            (os.path.basename(path), report["cells_read"]) + tuple(report["cells_" + k] for k in ("typed", "blank", "problem", "ignored", "heading", "outside")) + (how,)))
    else:
        print("   %-44s %s" % (os.path.basename(path), how))


def run(program, forms, folder):
    passed = failed = 0
    unsupported = []
    own = own_layouts()
    for path in files_of(folder) if os.path.isdir(folder) else []:
        name = os.path.basename(path)
        try:
            report, how = one(program, forms, own.get(name), path)
        except (Failed, count.NotCounted, subprocess.TimeoutExpired, OSError, ValueError, KeyError, csv.Error) as e:
            failed += 1
            print("FAILED %s: %s" % (name, e))
            continue
        if report is None:
            unsupported.append("%s (%s)" % (name, how))
            continue
        passed += 1
        say(path, report, how)
    if not passed and not failed:
        failed = 1
        print("FAILED: no file that can be taken in, in %s" % folder)
    print("unsupported: %d%s" % (len(unsupported), "".join("\n   " + u for u in unsupported)))
    return passed, failed


def main():
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 64
    program, forms, folder = sys.argv[1:4]
    passed, failed = run(os.path.abspath(program), os.path.abspath(forms), folder)
    print("conform-intake: %d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
