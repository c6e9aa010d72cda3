"""survey_rules.py -- every rule of our own table (tests/spec/survey_rules.csv) stands in its form: survey_rules.py FORMS_LIBRARY TABLE.
check = the named checks are in checks.csv or group_checks.csv with messages and remedies in both languages and a source; step = the named steps are
in process.json;
page = no check: the row of the rule in checks.md says why. And every check of the forms belongs to a rule. Prints what is wrong; exit status 1
then."""
import csv, json, re, sys

library, table = sys.argv[1:3]
wrong = []
forms = {}


def form(name):
    if name in forms:
        return forms[name]
    folder = f'{library}/{name}'
    checks = {}
    for kind in ('checks', 'group_checks'):
        with open(f'{folder}/{kind}.csv', encoding='utf-8-sig') as f:
            for row in csv.DictReader(f):
                checks[row['id']] = row
    with open(f'{folder}/process.json', encoding='utf-8') as f:
        steps = {s['step'] for s in json.load(f)['steps']}
    with open(f'{library}/{name.split("/")[0]}/checks.md', encoding='utf-8') as f:
        page = [line.strip().strip('|').split('|') for line in f if line.startswith('|')]
    forms[name] = (checks, steps, page, set())
    return forms[name]


def japanese(text):
    return re.search('[\u3040-\u30ff\u4e00-\u9fff]', text)


def look_at_check(rule, name, checks, used):
    if name not in checks:
        return wrong.append(f'{rule}: no check {name}')
    used.add(name)
    row = checks[name]
    for column in ('message_ja', 'message_en', 'remedy_ja', 'remedy_en', 'source'):
        if not row[column].strip():
            wrong.append(f'{rule}: {name} has no {column}')
    for column in ('message_ja', 'remedy_ja'):
        if not japanese(row[column]):
            wrong.append(f'{rule}: {column} of {name} is not Japanese')
    if row['severity'] not in ('hard', 'soft', 'info'):
        wrong.append(f'{rule}: severity of {name}')


def look_at(row):
    checks, steps, page, used = form(row['form'])
    names = [n for n in row['names'].split(';') if n]
    if row['kind'] == 'page':
        said = [cells for cells in page if re.search(rf'\b{row["rule"]}\b', cells[0])]
        if names or not said or not said[0][-1].strip():
            wrong.append(f'{row["rule"]}: the page of the form does not say why it is no check')
        return
    if not names:
        wrong.append(f'{row["rule"]}: nothing named')
    for name in names:
        if row['kind'] == 'check':
            look_at_check(row['rule'], name, checks, used)
        elif name not in steps:
            wrong.append(f'{row["rule"]}: no step {name}')


with open(table, encoding='utf-8') as f:
    rows = list(csv.DictReader(f))
for row in rows:
    look_at(row)
for name, (checks, _, _, used) in forms.items():
    wrong += [f'{name}: check {c} belongs to no rule of the table' for c in checks if c not in used]
# The numbers of rules of the two methods pages: a row taken out of the table does not pass either.
count = {'mls': 22, 'vital': 47, 'labour_union': 10, 'labour_dispute': 10}
for survey, n in count.items():
    have = len({r['rule'] for r in rows if r['form'].startswith(survey)} - {'S12'})
    if have != n:
        wrong.append(f'{survey}: {have} rules in the table, {n} on the methods page')
print(f'{len(rows)} rows, {sum(len(f[0]) for f in forms.values())} checks, {len(wrong)} wrong')
print('\n'.join(wrong))
sys.exit(bool(wrong))
