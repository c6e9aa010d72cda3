"""estimate_gvf.py -- the independent side of test_estimate_gvf.sh: least squares by normal equations in exact fractions, tables to fit, checks of outputs."""
import csv, json, math, sys, xml.etree.ElementTree as tree
from fractions import Fraction as F


def solve(rows):  # rows: (weight, u, v, z): minimises sum weight (z - a u - b v)^2
    uu, uv, vv, uz, vz = (sum(w * p * q for w, p, q in part) for part in zip(*(
        ((w, u, u), (w, u, v), (w, v, v), (w, u, z), (w, v, z)) for w, u, v, z in rows)))
    d = uu * vv - uv * uv
    return (uz * vv - vz * uv) / d, (uu * vz - uv * uz) / d


# The models as they are written, not as the straight lines the program fits: relvar on (1, 1/X), log relvar on (1, log X), se^2 on (X, X^2).
def regressors(model, x, se):
    x, se = F(x), F(se)
    if model == 'inverse': return F(1), 1 / x, se * se / (x * x)
    if model == 'loglog': return F(1), F(math.log(x)), F(2 * math.log(float(se) / float(x)))
    return x, x * x, se * se


def fit(model, cells, rounds):
    terms = [regressors(model, *c) for c in cells]
    a, b = solve([(F(1),) + t for t in terms])
    for _ in range(min(rounds, 60)):
        predicted = [float(a * u + b * v) for u, v, _ in terms]
        a, b = (F(float(k)) for k in solve([(F(1 / p ** 2) if p > 0 else F(0),) + t for p, t in zip(predicted, terms)]))
    return float(a), float(b)


def line(model, x, se):  # the scale of R squared and residuals
    r = (se / x) ** 2
    return (1 / x, r) if model == 'inverse' else (math.log(x), math.log(r)) if model == 'loglog' else (x, se * se / x)


def residuals(model, cells, a, b): return [y - a - b * x for x, y in (line(model, *c) for c in cells)]
def sd(res): return math.sqrt(math.fsum(r * r for r in res) / (len(res) - 2))


def cv(model, a, b, x):
    r = math.exp(a + b * math.log(x)) if model == 'loglog' else a + b / x if model == 'inverse' else a / x + b
    return math.sqrt(r) if r > 0 else None


def near(what, ours, theirs, limit=1e-9):
    if (ours is None) != (theirs is None) or (ours is not None and abs(ours - theirs) > limit * abs(theirs) + 1e-300):
        sys.exit('%s: %r, independently %r' % (what, ours, theirs))


def same(what, ours, theirs):
    if ours != theirs: sys.exit('%s: %r, expected %r' % (what, ours, theirs))


def check_fit(table, ours, measure, model, rounds, drop, inner=None):
    t, o, rounds, drop = json.load(open(table)), json.load(open(ours)), int(rounds), float(drop)
    keys, cells = [], []
    for r in t['rows']:
        m = r['measures'][measure]
        if inner and '_T' in r['key'].values(): continue
        if m['status'] == 'shown' and m['value'] > 0 and m.get('se', 0) > 1e-9 * m['value']:
            keys.append(r['key']), cells.append((m['value'], m['se']))
    a, b = fit(model, cells, rounds)
    kept = list(range(len(cells)))
    if drop:
        res = residuals(model, cells, a, b)
        kept = [i for i in kept if abs(res[i]) <= drop * sd(res)]
        same('some are dropped', len(kept) < len(cells), True)
        a, b = fit(model, [cells[i] for i in kept], rounds)
    used = [cells[i] for i in kept]
    loose = 1e-6 if rounds > 1 else 1e-9
    near('a', o['a'], a, loose), near('b', o['b'], b, loose)
    res, y = residuals(model, used, o['a'], o['b']), [line(model, *c)[1] for c in used]
    mean = math.fsum(y) / len(y)
    near('residual sd', o['residual_sd'], sd(res)), near('R squared', o['r_squared'], 1 - math.fsum(r * r for r in res) / math.fsum((v - mean) ** 2 for v in y))
    same('used', [r['key'] for r in o['rows'] if r['state'] == 'used'], [keys[i] for i in kept])
    same('counts', (o['cells']['used'], o['cells']['dropped']), (len(kept), len(cells) - len(kept)))
    same('sum of cells', sum(v for k, v in o['cells'].items() if k not in ('totals_used', 'without_weight')), len(t['rows']))
    same('totals left out', o['cells']['total_left_out'], sum('_T' in r['key'].values() for r in t['rows']) if inner else 0)
    same('without weight', o['cells']['without_weight'] if rounds == 0 else 0, 0)
    near('smallest', o['smallest'], min(x for x, _ in used)), near('largest', o['largest'], max(x for x, _ in used))
    sizes = [p['size'] for p in o['predicted']]
    same('ladder', all(str(int(s / 10 ** math.floor(math.log10(s) + 1e-12) + .5)) in '125' for s in sizes) and sizes == sorted(set(sizes)), True)
    same('ladder covers the cells', sizes[0] <= o['smallest'] < sizes[1] and sizes[-2] < o['largest'] <= sizes[-1], True)
    for p in o['predicted']:
        near('cv at %g' % p['size'], p['cv'], cv(model, o['a'], o['b'], p['size']))
        same('inside', p['inside'], o['smallest'] <= p['size'] <= o['largest'])
    for r in o['rows']:
        if r['state'] in ('used', 'dropped'): near('cv of a cell', r['predicted_cv'], cv(model, o['a'], o['b'], r['value']))
        else: same('no number of a cell left out', sorted(r), ['key', 'state'])


def check_csv(js, text):
    rows = list(csv.DictReader(open(text)))
    same('CSV', [(float(r['size']), float(r['cv']) if r['cv'] else None, r['inside'] == '1') for r in rows],
         [(p['size'], p['cv'], p['inside']) for p in json.load(open(js))['predicted']])


def check_same(x, y):
    x, y = json.load(open(x)), json.load(open(y))
    for k in ('a', 'b', 'r_squared', 'residual_sd'): near(k, x[k], y[k], 1e-12)
    same('cells', x['cells'], y['cells'])


# --- tables ---
def table(name, cells, refusal=None):  # (code, value, se or None, status)
    rows = []
    for code, value, se, status in cells:
        m = {'value': value, 'status': status} if status == 'shown' else {'value': None, 'status': status}
        if se is not None: m.update({'se': se, 'df': 30})
        rows.append({'key': {'area': code}, 'n': 40, 'measures': {'total(x)': m}})
    return {'table': name, 'title_ja': '試験', 'title_en': 'A test <of> cells', 'survey': '', 'form': '', 'period': '2026', 'disclosure_profile': '',
            'refusal': refusal, 'notes': [], 'rows': rows}


def by_model(sizes, a, b): return [('%03d' % i, x, x * math.sqrt(a + b / x), 'shown') for i, x in enumerate(sizes)]


def make():
    good = by_model([200, 700, 3000, 9000, 40000], .0004, 12)
    wild = by_model([round(50 * 1.5 ** k) for k in range(36)], .0004, 12)
    wild[20] = wild[20][:2] + (wild[20][2] * 30, 'shown')
    tables = {
        'odd': good + [('_T', 90000, 900.0, 'shown'), ('900', 0, None, 'suppressed'), ('901', 800, None, 'shown'), ('902', 5000, 1e-7, 'shown'),
                       ('903', 0, 0, 'shown'), ('904', -20, 5.0, 'shown')],
        'few': good[:2] + [('900', 0, None, 'suppressed'), ('901', 800, None, 'shown')],
        'same': [('1', 500.1, 20.0, 'shown'), ('2', 500.1, 30.0, 'shown'), ('3', 500.1, 25.0, 'shown')],
        'growing': [(str(k), 100.0 * 2 ** k, 100.0 * 2 ** k * .01 * 1.3 ** k, 'shown') for k in range(6)],
        'negative': [('1', 100.0, 90.0, 'shown'), ('2', 200.0, 20.0, 'shown'), ('3', 5000.0, 50.0, 'shown'), ('4', 9000.0, 40.0, 'shown')],
        'wild': wild}
    for name, cells in tables.items(): json.dump(table(name, cells), open(name + '.json', 'w'))
    json.dump(table('refused', good, 'a test'), open('refused.json', 'w'))
    json.dump([table('good', good), table('wild', wild)], open('two.json', 'w'))


def check_odd(ours):
    o = json.load(open(ours))
    same('cells', o['cells'], {'used': 6, 'dropped': 0, 'total_left_out': 0, 'hidden': 1, 'no_standard_error': 1, 'known': 1, 'not_above_zero': 2,
                               'totals_used': 1, 'without_weight': 0})
    same('states', {r['key']['area']: r['state'] for r in o['rows'] if r['state'] != 'used'},
         {'900': 'hidden', '901': 'no_standard_error', '902': 'known', '903': 'not_above_zero', '904': 'not_above_zero'})
    for r in o['rows']: same('numbers', 'value' in r, r['state'] == 'used')


def check_picture(svg):
    text = open(svg).read()
    root, ns = tree.fromstring(text), '{http://www.w3.org/2000/svg}'
    groups = [g for g in root.iter(ns + 'g') if g.find(ns + 'circle') is not None or g.find(ns + 'rect') is not None]
    same('marks of cells used', max(len(g.findall(ns + 'circle')) for g in groups), 35)
    same('marks of cells dropped', [len(g.findall(ns + 'rect')) for g in groups if g.find(ns + 'rect') is not None], [1])
    same('a curve', sum(p.get('d').count('L') >= 100 for p in root.iter(ns + 'path')), 1)
    same('numbers', 'nan' in text or 'inf' in text, False)
    words = [t.text for t in root.iter(ns + 'text')]
    for tick in ('100', '1,000', '10,000', '100,000', '1 million', '10 million', '100 million'): same('tick ' + tick, tick in words, True)
    same('names', [w for w in ('coefficient of variation, per cent', 'cells of the fit', 'cells dropped', 'total of x') if w not in words], [])
    same('the title is text', 'A test &lt;of&gt; cells' in text, True)
    width = float(root.get('viewBox', '0 0 0 0').split()[2]) or float(root.get('width'))
    same('nothing beyond the edge', [c for c in root.iter(ns + 'circle') if not 0 < float(c.get('cx')) < width], [])


{'fit': check_fit, 'csv': check_csv, 'same': check_same, 'make': make, 'odd': check_odd, 'picture': check_picture}[sys.argv[1]](*sys.argv[2:])
