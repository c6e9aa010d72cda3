# design_peers.py -- the figures of `shirabe estimate file` beside those of R: python3 design_peers.py PROGRAM FOLDER. Estimates within 1e-10, standard errors 1e-9.
import csv, io, subprocess, sys

program, folder = sys.argv[1:3]
expected = {}
for line in open(folder + '/expected'):
    name, measure, cell, value, se = line.rstrip('\n').split('|')
    expected.setdefault(name, []).append((measure, cell, float(value), float(se)))
passed = failed = 0
for name, rows in expected.items():
    measures = list(dict.fromkeys(r[0] for r in rows))
    run = subprocess.run([program, 'estimate', 'file', f'{folder}/{name}.csv', '--design', f'{folder}/{name}.json', '--table', ';'.join(measures), '--by', 'dom',
                          '--as', 'long', '--lang', 'en'], capture_output=True, text=True)
    if run.returncode:
        print(name, run.stderr)
    got = {(r['measure'], r['dom']): r for r in csv.DictReader(io.StringIO(run.stdout))}
    for measure, cell, value, se in rows:
        r = got.get((measure, cell))
        good = r and abs(float(r['value']) - value) <= 1e-10 * abs(value) and abs(float(r['se']) - se) <= 1e-9 * abs(se) and se > 0
        passed, failed = passed + bool(good), failed + (not good)
        if not good:
            print('FAILED', name, measure, cell, value, se, r and (r['value'], r['se']))
print(f'designs beside R: {passed} passed, {failed} failed')
sys.exit(failed > 0 or passed < 60)
