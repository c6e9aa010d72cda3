#!/usr/bin/env python3
"""Restates which municipality code became which, and on what day, as forms/codelists/changes/municipalities.csv.

usage: municipality_changes.py REFERENCE/codes/municipality_changes_1970-04_2024-05.csv

Facts only: old code, new code, day, kind of event. Codes get their check digit; an event that leaves the code as it was (a rename, a
town that stays on its code, the code of a merged town that keeps it) and one without an old or a new code is left out. A change of
district moves each town under its own name: the table pairs 穴水町 and 門前町 of 2005-03-01 crosswise and with a code that never was
(17420), as its own text does not; only pairs of one name are kept.
"""
import csv
import sys

KINDS = {
    "新設合併": "merger", "編入合併": "absorption", "名称変更": "rename", "市制施行": "city", "町制施行": "town",
    "政令指定都市施行": "designated_city", "分割": "split", "分離": "separation", "区の再編": "ward_reform", "郡の区域変更": "district",
}


def with_check_digit(code):
    total = sum(int(d) * f for d, f in zip(code, (6, 5, 4, 3, 2)))
    return code + str((11 - total % 11) % 10)


def main():
    facts = set()
    with open(sys.argv[1], encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            old, new = row["from_city_code"], row["to_city_code"]
            moved = row["type"] != "郡の区域変更" or row["from_city_name"] == row["to_city_name"]
            if old and new and old != new and moved:
                facts.add((with_check_digit(old), row["date"], with_check_digit(new), KINDS[row["type"]]))
    print("code,date,successor,kind")
    for fact in sorted(facts):
        print(",".join(fact))


main()
