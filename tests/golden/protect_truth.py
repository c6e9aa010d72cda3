"""The shops of test_protect.sh, and what may be hidden or told of them, recounted from the records alone: no figure comes from the program.
make FOLDER          shops.csv with planted cells
primary FOLDER       the figures that the rules hide, one a line: pref,kind,measure
attack FOLDER JSON   cells.csv, rels.csv, pattern.csv, naive.csv of sum(sales) for the attacker of `estimate suppress --audit-only`, from the
                     pattern that `estimate protect --json --cells` gives
secrets FOLDER JSON  every hidden figure of sales as texts to be looked for
"""
import csv, itertools, json, random, sys
PREFS, KINDS = ['01', '08', '13', '23', '27', '40'], ['A', 'B', 'C', 'D']
REGIONS = {'N': ['01'], 'M': ['08', '13'], 'S': ['23', '27', '40']}
REGION = {p: r for r, ps in REGIONS.items() for p in ps}

def make(folder):
    draw, rows, no = random.Random(11), [], 0
    for p in PREFS:
        for k in KINDS:
            for _ in range(draw.randrange(6, 10)):
                no += 1
                rows.append([no, p, k, f'o{no}', draw.randrange(20000, 60000)])
    def planted(p, k, values, owner=None):
        nonlocal no
        rows[:] = [r for r in rows if (r[1], r[2]) != (p, k)]
        for i, v in enumerate(values):
            no += 1
            rows.append([no, p, k, owner or f'o{no}', v])
    planted('08', 'B', [777771, 1201, 903, 511])                   # one has nearly all: (2, 90 %) and p %
    planted('23', 'C', [31277, 44391])                             # two shops
    planted('27', 'D', [22111, 23456, 28777], owner='chain')       # three shops of one owner
    with open(f'{folder}/shops.csv', 'w') as f:
        w = csv.writer(f, lineterminator='\n')
        w.writerow(['no', 'pref', 'region', 'kind', 'owner', 'sales', 'goods', 'service'])
        w.writerows([r[0], r[1], REGION[r[1]], *r[2:], r[4] * 2 // 3, r[4] - r[4] * 2 // 3] for r in rows)

def cells(folder):
    """(pref, kind) with '_T' -> {owner: [sales of its shops]}"""
    out = {}
    for r in csv.DictReader(open(f'{folder}/shops.csv')):
        for key in itertools.product((r['pref'], r['region'], '_T'), (r['kind'], '_T')):
            out.setdefault(key, {}).setdefault(r['owner'], []).append(int(r['sales']))
    return out

def rules(owners):
    """(few, unsafe magnitude, level) of (3; 2, 90 %; p 10 %; safety range 10 %)"""
    x = sorted((sum(v) for v in owners.values()), reverse=True) + [0, 0]
    total, few, level = sum(x), len(owners) < 3, 0.0
    if few: level = total / 10
    two, rest = x[0] + x[1], total - x[0] - x[1]
    unsafe = few
    if two > 0.9 * total: unsafe, level = True, max(level, two / 0.9 - total)
    if rest < 0.1 * x[0]: unsafe, level = True, max(level, 0.1 * x[0] - rest)
    return few, unsafe, level

def primary(folder):
    for (p, k), owners in sorted(cells(folder).items()):
        if p in REGIONS: continue # of another table
        few, unsafe, _ = rules(owners)
        for measure, hidden in (('count()', few), ('total(sales)', unsafe), ('mean(sales)', unsafe)):
            if hidden: print(f'{p},{k},{measure}')

def hidden(folder, name, measure, rule=None):
    return {(c['pref'], c['kind']) for c in json.load(open(name))[0]['suppressed'] if c['measure'] == measure and (not rule or rule(c['rule']))}

def attack(folder, name):
    all_cells = cells(folder)
    ids = {key: i for i, key in enumerate(sorted(all_cells))}
    tables = {x['table']: x['suppressed'] for x in json.load(open(name))}
    shown = [{(c['pref'], c['kind']) for c in tables['sales'] if c['measure'] == m} for m in ('total(sales)', 'mean(sales)')]
    gone = shown[0] & shown[1] # shown in one of them it is known
    gone |= {(c['region'], c['kind']) for c in tables['regions'] if c['region'] != '_T'}
    for c in tables['regions']: # the same cells in two tables
        if c['region'] == '_T' and ('_T', c['kind']) not in gone: sys.exit(f'{c} is shown in another table')
    first = {key for key in all_cells if rules(all_cells[key])[1]}
    with open(f'{folder}/cells.csv', 'w') as f:
        f.write('id,key,value,status,lpl,upl\n')
        for key, i in ids.items():
            value = sum(map(sum, all_cells[key].values()))
            level = int(rules(all_cells[key])[2]) if key in first else 0
            f.write(f"{i},{'|'.join(key)},{value},{'u' if key in first else 's'},{level},{level}\n")
    with open(f'{folder}/rels.csv', 'w') as f:
        for r, ps in REGIONS.items():
            for k in KINDS + ['_T']: f.write(','.join(str(ids[p, k]) for p in [r] + ps) + '\n')
        for p in PREFS + list(REGIONS) + ['_T']: f.write(','.join(str(ids[p, k]) for k in ['_T'] + KINDS) + '\n')
        for k in KINDS + ['_T']: f.write(','.join(str(ids[p, k]) for p in ['_T'] + PREFS) + '\n')
    for file, pattern in (('pattern', gone | first), ('naive', first)):
        with open(f'{folder}/{file}.csv', 'w') as f: f.write('id\n' + ''.join(f'{ids[k]}\n' for k in sorted(pattern)))
    if not first <= gone: sys.exit(f'not hidden: {sorted(first - gone)}')
    print(len(first), len(gone))

def secrets(folder, name):
    all_cells = cells(folder)
    for key in hidden(folder, name, 'total(sales)'):
        total, n = sum(map(sum, all_cells[key].values())), sum(map(len, all_cells[key].values()))
        print(total)
        print(f'{total / n:.4f}'[:7])
        for v in sum(all_cells[key].values(), []): print(v)
        _, _, level = rules(all_cells[key])
        if level: print(int(level))

if __name__ == '__main__':
    {'make': make, 'primary': primary, 'attack': attack, 'secrets': secrets}[sys.argv[1]](*sys.argv[2:])
