# table_peers.py -- tables of `shirabe estimate file` beside those of R: python3 table_peers.py PROGRAM FOLDER. Estimates within 1e-10, errors and limits 1e-9,
# logit limits 1e-7 (R searches them), for one thread and eight.
import csv, io, json, subprocess, sys

program, folder = sys.argv[1:3]
expected = {}
for line in open(folder + '/expected'):
    name, measure, s, a, *numbers = line.rstrip('\n').split('|')
    expected.setdefault(name, []).append((measure, s, a, *numbers))
passed = failed = 0

def near(ours, theirs, limit):
    return abs(float(ours) - float(theirs)) <= limit * max(abs(float(theirs)), 1e-12)

for name, rows in expected.items():
    measures = ';'.join(dict.fromkeys(r[0] for r in rows))
    texts = []
    for threads in ('1', '8'):
        run = subprocess.run([program, 'estimate', 'file', f'{folder}/{name}.csv', '--design', f'{folder}/{name}.json', '--table', measures, '--by', 'stype;awards',
                              '--as', 'long', '--lang', 'en', '--threads', threads], capture_output=True, text=True)
        texts.append(run.stdout)
        if run.returncode:
            print(name, run.stderr)
    passed, failed = passed + (texts[0] == texts[1]), failed + (texts[0] != texts[1])
    got = {(r['measure'], r['stype'], r['awards']): r for r in csv.DictReader(io.StringIO(texts[0]))}
    for measure, s, a, value, se, df, low, high in rows:
        r = got.get((measure, s, a))
        good = r and near(r['value'], value, 1e-10) and near(r['se'], se, 1e-9) and r['df'] == df
        if good and low != 'NA' and r.get('low'):
            limit = 1e-7 if measure.startswith('proportion') else 1e-9
            good = near(r['low'], low, limit) and near(r['high'], high, limit)
        passed, failed = passed + bool(good), failed + (not good)
        if not good:
            print('FAILED', name, measure, s, a, value, se, df, low, high, r)
print(f'tables beside R: {passed} passed, {failed} failed')
sys.exit(failed > 0 or passed < 100)
