"""relations_truth.py -- tables of `estimate relations --as csv` beside the truth of the generators, and checks of `process run --json` beside what was
planted: relations_truth.py KIND ... Prints what differs; exit status 1 then.
table TRUTH.csv TRUTH_TABLE TABLE.csv KEY_COLUMN truth=column ...   rows of the truth's table against the rows with that key
                                                                     (KEY_COLUMN may be COLUMN@OTHER=VALUE: only rows where OTHER is VALUE)
checks RUN.json PLANTED.csv CLEAN.json                               each check fails as often as planted more than in the clean month
findings FOUND.json EXPECTED.csv                                     the same list"""
import csv, json, sys


def rows(path):
    with open(path, encoding='utf-8-sig') as f:
        return list(csv.DictReader(f))


def table(truth, name, found, key, *pairs):
    column, _, only = key.partition('@')
    other, _, value = only.partition('=')
    have = {r[column]: r for r in rows(found) if not only or r[other] == value}
    want = [r for r in rows(truth) if list(r.values())[0] == name]
    wrong = [] if want else [f'the truth has no {name}']
    for r in want:
        code = list(r.values())[1]
        if code not in have:
            wrong.append(f'{name} {code}: no row')
            continue
        for pair in pairs:
            of_truth, _, measure = pair.partition('=')
            got = have[code][measure]
            if have[code].get(measure + '_status') not in ('', 'shown', None) or got == '':
                if of_truth not in skipped:
                    wrong.append(f'{name} {code}: {measure} is not shown')
            elif float(got) != float(r[of_truth]):
                wrong.append(f'{name} {code}: {measure} {got}, truth {r[of_truth]}')
    return wrong, len(want) * len(pairs)


def failures(path):
    with open(path, encoding='utf-8') as f:
        return {c['id']: (c['failed'], c['severity']) for c in json.load(f)['checks']}


def checks(run, planted, clean):
    is_, was = failures(run), failures(clean)
    want = {}
    for r in rows(planted):
        want[r['check']] = want.get(r['check'], 0) + 1
    wrong = [f'{c}: {n[0]} in the clean data' for c, n in was.items() if n[0] and n[1] != 'info']
    for c, n in want.items():
        if is_.get(c, (0, ''))[0] < n:
            wrong.append(f'{c}: {n} planted, {is_.get(c, (0,))[0]} failed')
    return wrong, len(want)


def findings(found, expected):
    with open(found, encoding='utf-8') as f:
        data = json.load(f)
    have = sorted((x['fault'], x.get('union', x.get('dispute')), x.get('other', x.get('month'))) for x in (data if isinstance(data, list) else data['findings']))
    want = sorted(tuple(r.values()) for r in rows(expected))
    return [f'only found: {x}' for x in have if x not in want] + [f'not found: {x}' for x in want if x not in have], len(want)


skipped = [a[1:] for a in sys.argv[2:] if a.startswith('~')]
arguments = [a for a in sys.argv[2:] if not a.startswith('~')]
wrong, n = {'table': table, 'checks': checks, 'findings': findings}[sys.argv[1]](*arguments)
print(f'{n} compared, {len(wrong)} wrong')
print('\n'.join(wrong))
sys.exit(bool(wrong) or n == 0)
