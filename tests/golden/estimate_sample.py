# estimate_sample.py -- a small two-stage household survey, and its tables computed again by the textbook formulas: make FOLDER, judge FOLDER, near FILE FILE.
import csv, random, sys
from fractions import Fraction as F
from math import sqrt

HEAD = ['no', 'pref', 'urban', 'district', 'n_districts', 'm_houses', 'members', 'income', 'food']

def make(folder):
    draw, rows, no = random.Random(5), [], 0
    for pref in ('01', '13'):
        for urban in ('1', '2'):
            n = 12 + int(urban) * 7
            for district in range(1, 5):
                m = 30 + draw.randrange(20)
                for _ in range(6):
                    no += 1
                    income = 200 + draw.randrange(900) + 40 * district
                    rows.append([no, pref, urban, str(district), n, m, 1 + draw.randrange(5), income, round(income * draw.uniform(.1, .4), 1)])
    for name, wrong in (('clean', set()), ('house', {3, 40, 77})):
        with open(f'{folder}/{name}.csv', 'w', newline='') as f:
            w = csv.writer(f, lineterminator='\n')
            w.writerow(HEAD)
            for r in rows:
                w.writerow(r[:7] + [r[7] * 1000 if r[0] in wrong else r[7], r[8]])

def records(folder):
    for r in csv.DictReader(open(f'{folder}/clean.csv')):
        r['w'] = F(int(r['n_districts']), 4) * F(int(r['m_houses']), 6)
        r['income'], r['food'] = F(r['income']), F(r['food'])
        yield r

def variance(rows, z):  # two stages, exact
    total = F(0)
    strata = {}
    for r, x in zip(rows, z):
        strata.setdefault((r['pref'], r['urban']), {}).setdefault(r['district'], []).append((r, x))
    for units in strata.values():
        n, big = len(units), int(next(iter(units.values()))[0][0]['n_districts'])
        f, t = F(n, big), [sum(x for _, x in u) for u in units.values()]
        mean = sum(t) / n
        total += (1 - f) * F(n, n - 1) * sum((a - mean) ** 2 for a in t)
        for u in units.values():
            m, mm = len(u), int(u[0][0]['m_houses'])
            mean = sum(x for _, x in u) / m
            total += f * (1 - F(m, mm)) * F(m, m - 1) * sum((x - mean) ** 2 for _, x in u)
    return total

def figure(rows, measure, inside):
    w = [r['w'] if inside(r) else F(0) for r in rows]
    size = sum(w)
    name, items = measure.rstrip(')').split('(')
    y = [r[items.split(',')[0]] if items else F(1) for r in rows]
    if name in ('count', 'total'):
        return sum(a * b for a, b in zip(w, y)), variance(rows, [a * b for a, b in zip(w, y)])
    x = [r[items.split(',')[1]] for r in rows] if name == 'ratio' else [F(1)] * len(rows)
    below = sum(a * b for a, b in zip(w, x))
    value = sum(a * b for a, b in zip(w, y)) / below
    return value, variance(rows, [a * (b - value * c) / below for a, b, c in zip(w, y, x)])

def judge(folder):
    rows = list(records(folder))
    seen = 0
    for table, item in (('income', 'urban'), ('single', 'pref')):
        for r in csv.DictReader(open(f'{folder}/{table}.csv')):
            if r['measure'].startswith('median'):
                continue
            inside = lambda q: (r[item] in ('_T', q[item])) and (table == 'income' or q['members'] == '1')
            value, v = figure(rows, r['measure'], inside)
            for what, is_, want in (('value', r['value'], float(value)), ('se', r['se'], sqrt(v))):
                if abs(float(is_) - want) > 1e-11 * abs(want):
                    sys.exit(f'{table} {r["measure"]} {r[item]}: {what} {is_}, expected {want}')
                seen += 1
    if seen != 2 * (4 * 3 + 3):
        sys.exit(f'{seen} figures')

def near(a, b):
    for x, y in zip(list(csv.reader(open(a)))[1], list(csv.reader(open(b)))[1]):
        try:
            same = abs(float(x) - float(y)) <= 1e-10 * abs(float(y))
        except ValueError:
            same = x == y
        if not same:
            sys.exit(f'{x} {y}')

{'make': make, 'judge': judge, 'near': near}[sys.argv[1]](*sys.argv[2:])
