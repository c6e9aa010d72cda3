# estimate_imputed.py -- a stratified two-stage sample with imputed values, and its totals and means computed apart from the program. V1: the influence of a record is
# the difference quotient of the whole figure, values imputed again, by the record's weight; V2 and V3 from their formulas. python3 estimate_imputed.py make FOLDER,
# or judge FOLDER TABLE.csv [TOLERANCE], near A.csv B.csv LOW HIGH (ratios of the standard errors),
# or store FOLDER: records with gaps and the same filled by the mean of their class, as the job of the test does.
import csv, math, random, sys

ITEMS = {'income': ('ratio', 'income_imputed', ('class',), 'x'), 'wage': ('mean', 'wage_imputed', ('class', 'kind'), None), 'rent': ('hotdeck', 'rent_imputed', (), None)}

def classes(row, item):
    return tuple(row[c] for c in ITEMS[item][2])

def aux(row, item):
    return float(row['x']) if ITEMS[item][0] == 'ratio' else 1.0

def weight(rows):  # population / drawn of both stages
    psus, drawn = {}, {}
    for r in rows:
        psus.setdefault(r['stratum'], set()).add(r['psu'])
        drawn[r['stratum'], r['psu']] = drawn.get((r['stratum'], r['psu']), 0) + 1
    return [float(r['n1']) / len(psus[r['stratum']]) * float(r['n2']) / drawn[r['stratum'], r['psu']] for r in rows]

def rates(rows, w, item):  # class -> sum w y / sum w x of the answers
    y, x = {}, {}
    for r, a in zip(rows, w):
        if r[item] == '' or r[ITEMS[item][1]] == '1': continue
        c = classes(r, item)
        y[c] = y.get(c, 0) + a * float(r[item]); x[c] = x.get(c, 0) + a * aux(r, item)
    return {c: y[c] / x[c] for c in y}

def make(folder):
    random.seed(20)
    rows = []
    for h, (units, population) in enumerate(((14, 20), (10, 10), (12, 30)), 1):  # the second stratum is taken whole
        for p in range(1, units + 1):
            shift, size = random.gauss(0, 15), random.randint(5, 9)
            inside = size if h == 2 else size + 2
            for k in range(size):
                c, kind, x = random.choice('abc'), random.choice((1, 2)), random.randint(4, 30)
                rows.append({'no': len(rows) + 1, 'stratum': h, 'psu': p, 'n1': population, 'n2': inside, 'area': random.choice(('east', 'north', 'west')), 'sex': random.choice((1, 2)),
                             'class': c, 'kind': kind, 'x': x, 'income': 5 * x + 10 * ord(c) % 37 + shift + random.gauss(0, 12), 'wage': 100 + 9 * kind + shift + random.gauss(0, 20),
                             'rent': max(1, 40 + shift / 2 + random.gauss(0, 9)), 'plain': random.randint(1, 99), 'status': 'b'})
    answers = {'income': {'a': .6, 'b': .8, 'c': .7}, 'wage': {1: .75, 2: .55}, 'rent': None}
    for r in rows:
        for item, (method, flag, _, _) in ITEMS.items():
            p = answers[item][r['class']] if item == 'income' else answers[item][r['kind']] if item == 'wage' else .7
            r[flag] = '1' if random.random() > p else '0'
            r[item] = repr(round(r[item], 2))
        r['plain_imputed'] = '0'
        if random.random() < .04: r['wage'] = r['wage_imputed'] = ''  # not asked: neither answer nor imputed
    w = weight(rows)
    for r, a in zip(rows, w): r['w'] = repr(a)
    for item, (method, flag, _, _) in ITEMS.items():
        rate = rates(rows, w, item)
        donors = [r[item] for r in rows if r[flag] == '0']
        for r in rows:
            if r[flag] == '1': r[item] = random.choice(donors) if method == 'hotdeck' else repr(rate[classes(r, item)] * aux(r, item))
    with open(folder + '/data.csv', 'w', newline='') as f:
        out = csv.DictWriter(f, list(rows[0])); out.writeheader(); out.writerows(rows)
    with open(folder + '/clean.csv', 'w', newline='') as f:  # the same, nothing flagged
        out = csv.DictWriter(f, list(rows[0])); out.writeheader()
        for r in rows: out.writerow({**r, **{flag: '0' if r[flag] else '' for _, flag, _, _ in ITEMS.values()}})

def design_variance(rows, z):  # two stages, both without replacement
    strata, v = {}, 0.0
    for r, t in zip(rows, z): strata.setdefault(r['stratum'], {}).setdefault(r['psu'], []).append((t, float(r['n1']), float(r['n2'])))
    for psus in strata.values():
        n, f1 = len(psus), len(psus) / next(iter(psus.values()))[0][1]
        totals = [sum(t for t, _, _ in p) for p in psus.values()]
        mean = sum(totals) / n
        v += (1 - f1) * n / (n - 1) * sum((t - mean) ** 2 for t in totals)
        for p in psus.values():
            m, f2, mean = len(p), len(p) / p[0][2], sum(t for t, _, _ in p) / len(p)
            v += f1 * (1 - f2) * m / (m - 1) * sum((t - mean) ** 2 for t, _, _ in p)
    return v

class Figure:
    """total or mean of an item in a domain, as a function of the weights"""
    def __init__(self, rows, w, item, mean, inside):
        self.rows, self.w, self.item, self.mean = rows, w, item, mean
        self.inside = [i and r[item] != '' for r, i in zip(rows, inside)]
        self.full = rates(rows, w, item)

    def value(self, w):
        rate, total, size = rates(self.rows, w, self.item), 0.0, 0.0
        for r, a, i in zip(self.rows, w, self.inside):
            if not i: continue
            y = float(r[self.item])
            if r[ITEMS[self.item][1]] == '1':
                c = classes(r, self.item)
                y = rate[c] * aux(r, self.item) if ITEMS[self.item][0] != 'hotdeck' else y + rate[c] - self.full[c]
            total += a * y; size += a
        return total / size if self.mean else total

    def influence(self):  # by hand for a hot deck (the derivative with the donors' residuals taken off), else by difference quotients
        rows, w, item = self.rows, self.w, self.item
        if ITEMS[item][0] == 'hotdeck': return self.formula()[0]
        u = []
        for i, r in enumerate(rows):
            h, moved = 1e-3 * w[i], list(w)
            moved[i] = w[i] + h; up = self.value(moved)
            moved[i] = w[i] - h; u.append((up - self.value(moved)) / (2 * h))
        return u

    def formula(self):
        rows, w, item, flag = self.rows, self.w, self.item, ITEMS[self.item][1]
        size = sum(a for a, i in zip(w, self.inside) if i)
        scale, figure = (1 / size if self.mean else 1), self.value(w)
        need, has, answered, all_w, square = {}, {}, {}, {}, {}
        for r, a, i in zip(rows, w, self.inside):
            if r[item] == '': continue
            c, x = classes(r, item), aux(r, item)
            all_w[c] = all_w.get(c, 0) + a
            if r[flag] == '1':
                need[c] = need.get(c, 0) + (a * x if i else 0)
            else:
                has[c] = has.get(c, 0) + a * x; answered[c] = answered.get(c, 0) + a
                square[c] = square.get(c, 0) + a * (float(r[item]) - self.full[c] * x) ** 2
        u, v2, v3 = [], 0.0, 0.0
        for r, a, i in zip(rows, w, self.inside):
            if r[item] == '': u.append(0.0); continue
            c, x = classes(r, item), aux(r, item)
            k = scale if i else 0.0
            one = k * self.full[c] * x - (k * figure if self.mean else 0)
            if r[flag] == '0':
                d = (float(r[item]) - self.full[c] * x) * (k + scale * need.get(c, 0) / has[c])
                one += d; v2 += a * (1 - answered[c] / all_w[c]) * d * d
            elif ITEMS[item][0] == 'hotdeck': v3 += (a * k) ** 2 * square[c] / answered[c]
            u.append(one)
        return u, v2, v3

def judge(folder, table, tolerance):
    rows = list(csv.DictReader(open(folder + '/data.csv')))
    w, cells, bad, seen, parts = weight(rows), list(csv.DictReader(open(table))), 0, 0, [0.0, 0.0, 0.0]
    for cell in cells:
        inside = [all(cell[d] in ('_T', r[d]) for d in ('area', 'sex')) for r in rows]
        for item in ITEMS:
            for name in ('total', 'mean'):
                f, column = Figure(rows, w, item, name == 'mean', inside), f'{name}({item})'
                u, (closed, v2, v3) = f.influence(), f.formula()
                v1 = design_variance(rows, [a * b for a, b in zip(w, u)])
                if max(abs(a - b) for a, b in zip(u, closed)) > 1e-5 * max(abs(b) for b in closed): print('influences', column, cell); bad += 1
                value, se = f.value(w), math.sqrt(v1 + v2 + v3)
                seen += 1
                if cell['area'] == cell['sex'] == '_T' and name == 'mean': parts = [a + b / (v1 + v2 + v3) for a, b in zip(parts, (v1, v2, v3))]
                if abs(float(cell[column]) - value) > 1e-11 * abs(value): print('value', column, cell[column], value); bad += 1
                if abs(float(cell[column + '_se']) - se) > tolerance * se: print('se', column, cell['area'], cell['sex'], cell[column + '_se'], se); bad += 1
    print(f'{seen} figures, mean shares of V1, V2, V3 in the means of the whole:', *(f'{p / len(ITEMS):.3f}' for p in parts))
    return bad or seen < 60 or min(parts) < 0.01

def near(one, other, low, high):
    a, b, ratios = list(csv.DictReader(open(one))), list(csv.DictReader(open(other))), []
    for x, y in zip(a, b):
        for key in x:
            if key.endswith('_se') and float(y[key]) > 0:
                ratios.append(float(x[key]) / float(y[key]))
                if abs(float(x[key[:-3]]) - float(y[key[:-3]])) > 1e-12 * abs(float(y[key[:-3]])): print('value', key); return True
    print(f'{len(ratios)} ratios of standard errors, {min(ratios):.4f} to {max(ratios):.4f}, mean {sum(ratios) / len(ratios):.4f}')
    return not ratios or min(ratios) < low or max(ratios) > high

def store(folder):
    random.seed(3)
    head, rows = ['no', 'pref', 'unit', 'area', 'w', 'income'], []
    for pref, w in (('01', 12), ('13', 30)):
        for unit in range(1, 7):
            for _ in range(6): rows.append([len(rows) + 1, pref, unit, random.choice('12'), w, random.randint(200, 900) + 30 * unit if random.random() < .75 else None])
    mean = {}
    for pref in ('01', '13'):
        y = [r[5] for r in rows if r[1] == pref and r[5] is not None]
        mean[pref] = (2 * sum(y) + len(y)) // (2 * len(y))  # half away from zero
    for name, more in (('raw', []), ('full', ['flag'])):
        with open(f'{folder}/{name}.csv', 'w', newline='') as f:
            out = csv.writer(f, lineterminator='\n')
            out.writerow(head + more)
            for r in rows: out.writerow(r[:5] + ['' if r[5] is None else r[5]] if not more else r[:5] + [mean[r[1]] if r[5] is None else r[5], int(r[5] is None)])

if sys.argv[1] == 'make': make(sys.argv[2])
elif sys.argv[1] == 'store': store(sys.argv[2])
elif sys.argv[1] == 'judge': sys.exit(judge(sys.argv[2], sys.argv[3], float(sys.argv[4]) if len(sys.argv) > 4 else 1e-7))
else: sys.exit(near(sys.argv[2], sys.argv[3], float(sys.argv[4]), float(sys.argv[5])))
