#!/usr/bin/env python3
"""data.py FOLDER -- survey data by formula for the estimation cases of cases.R: small, the same on every machine, and awkward on purpose (text
labels with leading zeros, spaces, commas and quotes; unit labels that repeat across strata; take-all at each stage; missing values; zero weights;
lonely units at two stages). Every value is a hash of (file, row, column), written with few decimals, so no library decides a digit."""
import csv
import os
import sys

MASK = (1 << 64) - 1


def mix(*keys):
    """splitmix64 steps over the keys (Steele, Lea & Flood 2014)."""
    h = 0x9E3779B97F4A7C15
    for k in keys:
        for b in str(k).encode():
            h = ((h ^ b) * 0x100000001B3) & MASK
        h = (h + 0x9E3779B97F4A7C15) & MASK
        h = ((h ^ (h >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        h = ((h ^ (h >> 27)) * 0x94D049BB133111EB) & MASK
        h ^= h >> 31
    return h


def u(*keys):
    return mix(*keys) / 2.0**64


def bell(*keys):
    """Sum of 12 uniforms less 6: near normal, no libm."""
    return sum(u(*keys, k) for k in range(12)) - 6


def write(folder, name, rows):
    with open(os.path.join(folder, name), "w", newline="", encoding="utf-8") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(rows[0].keys())
        for r in rows:
            w.writerow(r.values())


REGIONS = ["北海道", "東京, 区部", "大阪 府", '沖縄 "県"']
KINDS = ["食料, 飲料", "製造", "その他"]


def three_stage():
    """Regions x urban/rural, 3 districts each (labels repeat), 2-3 areas, 2-3 households. Region 4 urban is taken in full, some areas too."""
    rows = []
    for h, region in enumerate(REGIONS):
        for urban in ("都市", "地方"):
            big = 3 if (h, urban) == (3, "都市") else 7 + 2 * h
            for p in range(3):
                areas = 2 + mix("m", h, urban, p) % 2
                of_areas = areas if p == 1 else 4 + mix("M", h, urban, p) % 5
                for a in range(areas):
                    n = 2 + mix("n", h, urban, p, a) % 2
                    of_households = n if a == 0 and p == 2 else 5 + mix("N", h, urban, p, a) % 20
                    for k in range(n):
                        key = ("three", h, urban, p, a, k)
                        w = big / 3 * of_areas / areas * of_households / n
                        y = 40 + 6 * h + 8 * (urban == "都市") + 5 * bell(*key[:4]) + 3 * bell(*key[:5]) + 9 * bell(*key)
                        x = y * (1.4 + 0.3 * u(*key, "x")) + 4 * bell(*key, "e")
                        rows.append(dict(region=region, urban=urban, district="%03d" % (p + 1), area="0%d" % (a + 1), household=k + 1,
                            n_district=big, n_area=of_areas, n_household=of_households,
                            f_district="%.15g" % (3 / big), f_area="%.15g" % (areas / of_areas), f_household="%.15g" % (n / of_households),
                            no_fpc="Inf", w="%.6f" % (w * (0.8 + 0.4 * u(*key, "w"))),
                            w0="0" if u(*key, "0") < 0.06 else "%.6f" % w,
                            y="%.3f" % y, x="%.2f" % x, y_gap="" if u(*key, "gap") < 0.12 else "%.3f" % (y * 2),
                            kind="" if u(*key, "kg") < 0.04 else KINDS[mix(*key, "kind") % 3],
                            job=int(u(*key, "job") < 0.55), age=15 + mix(*key, "age") % 70, rare="r" if u(*key, "rare") < 0.05 else "c",
                            code="0%d" % (1 + mix(*key, "code") % 3)))
    return rows


def lonely():
    """Two stages; strata 1 and 6 hold one sampled unit, stratum 4 is taken in full, some units hold one sub-unit of several."""
    rows = []
    for h, (n, big) in enumerate([(1, 8), (3, 12), (4, 20), (2, 2), (3, 30), (1, 1), (2, 9)], 1):
        for p in range(n):
            m = 1 if (h, p) in ((2, 1), (3, 3)) else 2 + mix("lm", h, p) % 2
            big_m = m if (h, p) == (4, 1) else m + 2 + mix("lM", h, p) % 6
            for s in range(m):
                for k in range(2):
                    key = ("lonely", h, p, s, k)
                    rows.append(dict(h=h, psu=p + 1, ssu=s + 1, n_psu=big, n_ssu=big_m, w="%.9f" % (big / n * big_m / m),
                        y="%.3f" % (20 + 5 * h + 6 * bell("lonely", h, p) + 4 * bell(*key)), x="%.3f" % (30 + 4 * h + 5 * bell(*key, "x")),
                        dom="ABC"[mix(*key, "dom") % 3], few="q" if (h in (2, 3) and p == 0) else "z"))
    return rows


def clusters():
    """One stage of 14 units of differing size, no strata."""
    rows = []
    for p in range(14):
        for k in range(4 + mix("cs", p) % 7):
            key = ("clusters", p, k)
            age = mix(*key, "age") % 4
            x = 50 + 20 * u("clusters", p) + 15 * bell(*key)
            rows.append(dict(psu="C%02d" % (p + 1), n_psu=120, w="%.6f" % (120 / 14 * (1 + (p % 3) / 4)), sex="fm"[mix(*key, "s") % 2],
                age=["15-29", "30-44", "45-64", "65+"][age], area=["north", "south", "west"][(p + mix(*key, "a") % 2) % 3],
                x="%.2f" % abs(x), z="%.2f" % (5 + 10 * u(*key, "z")), y="%.3f" % (x * 1.7 + 8 * age + 12 * bell(*key, "y")),
                job=int(u(*key, "j") < 0.6), resp=int(u(*key, "r") < 0.55 + 0.1 * age)))
    return rows


def pairs():
    """Six strata of two units each, for half-samples; three records a unit."""
    rows = []
    for h in range(6):
        for p in range(2):
            for k in range(3):
                key = ("pairs", h, p, k)
                y = 30 + 3 * h + 4 * bell("pairs", h, p) + 6 * bell(*key)
                rows.append(dict(h="s%d" % (h + 1), psu=p + 1, w="%.4f" % (11 + 3 * h + p), y="%.3f" % y, x="%.3f" % (y * 0.8 + 5 * u(*key, "x")),
                    g="uv"[mix(*key, "g") % 2], job=int(u(*key, "j") < 0.5)))
    return rows


def income():
    """Skew incomes in 5 strata of 6 units; persons in households with sex and age, as the European survey of income keeps them."""
    rows = []
    for h in range(5):
        for p in range(6):
            for k in range(9):
                key = ("income", h, p, k)
                z = bell(*key) + 0.5 * bell("income", h, p)
                t = 1 + z / 4 if z > -4 else 0.05
                value = 9000 * (1 + h / 10) * t * t * t * (1 + 0.8 * t)
                male = mix(*key, "sex") % 2
                rows.append(dict(stratum="h%d" % (h + 1), psu="p%d" % (h * 6 + p + 1), n_psu=40 + 10 * h, w="%.5f" % (60 + 40 * u(*key, "w")),
                    region=["NE", "NW", "S"][(h + p) % 3], sex="male" if male else "female", income="%.2f" % max(value, 1),
                    net="0" if u(*key, "zero") < 0.03 else "%.2f" % (value - 2500), pay="%.3f" % (8 + 3 * male + 4 * bell(*key, "pay") ** 2 / 3),
                    age=16 + mix(*key, "age") % 70, hsize=1 + mix(*key, "hs") % 5))
    return rows


def panel():
    """Three periods of a rotating sample of units: each period replaces a quarter."""
    rows = []
    for t in (1, 2, 3):
        for h in range(4):
            for p in range(8):
                unit = p + (2 if t == 2 and p < 2 else 0) * 5 + (t == 3 and p < 4) * 20
                key = ("panel", h, unit)
                base = 60 + 20 * h + 25 * u(*key)
                for ind in ("C", "D, E"):
                    rows.append(dict(period=t, quarter="2025Q%d" % t, stratum="%02d" % (h + 1), psu="%02d-%02d" % (h + 1, unit), n_psu=30 + 5 * h,
                        w="%.4f" % ((30 + 5 * h) / 8), ind=ind, emp=int(base * (0.4 + 0.4 * u(*key, ind)) + t + mix(*key, t, ind) % 7),
                        wage="%.1f" % (base * (230 + 6 * t + 20 * u(*key, t, ind, "w")))))
    return rows


def frame():
    """A population of 120 units with a size, from which cases.R draws with unequal probabilities."""
    rows = []
    for i in range(120):
        size = 5 + 95 * u("frame", i) ** 3
        rows.append(dict(unit=i + 1, part=1 + i % 2, size="%.2f" % size, y="%.2f" % (size * (3 + u("frame", i, "y")) + 10 * u("frame", i, "e")),
            x="%.2f" % (size * (1.5 + u("frame", i, "x")) + 3), job=int(u("frame", i, "j") < 0.4)))
    return rows


def nonresponse():
    rows = []
    for h in range(4):
        for p in range(6):
            for k in range(5):
                key = ("nonresponse", h, p, k)
                cell, sex = mix(*key, "c") % 3, mix(*key, "s") % 2
                rows.append(dict(stratum=h + 1, psu=h * 6 + p + 1, n_psu=50, w="%.3f" % (50 / 6 * (1 + u(*key, "w"))), cell="young mid old".split()[cell],
                    sex="fm"[sex], x="%.2f" % (10 + 3 * bell(*key, "x")), resp=int(u(*key, "r") < 0.45 + 0.15 * cell + 0.1 * sex),
                    y="%.2f" % (50 + 10 * cell + 5 * bell(*key, "y"))))
    return rows


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name, make in (("three", three_stage), ("lonely", lonely), ("clusters", clusters), ("pairs", pairs), ("income", income), ("panel", panel),
                       ("frame", frame), ("nonresponse", nonresponse)):
        write(folder, name + ".csv", make())


if __name__ == "__main__":
    main()
