/* readable_judge.c -- runs the rules of readable_rules.def over the sheets of a file; see readable.h. */
#include <stdio.h>
#include <string.h>

#include "collector/readable/readable_impl.h"

struct entry {
  struct readable_rule rule;
  char applies; /* B, X, C */
  readable_rule_fn fn;
};
#define RULE(id_, id2020_, severity_, applies_, fn_, en_, ja_, do_en_, do_ja_) \
  {{id_, id2020_, (id_)[1] - '0', severity_, en_, ja_, do_en_, do_ja_}, applies_, fn_},
static const struct entry entries[RELEASE_RULES] = {
#include "collector/readable/readable_rules.def"
};
#undef RULE

const char *readable_severity_name(enum readable_severity s) {
  static const char *const names[] = {"fatal", "critical", "major", "minor"};
  return names[s];
}
const char *readable_verdict_name(enum rule_verdict v) {
  static const char *const names[] = {"passed", "failed", "for-a-person", "not-applicable"};
  return names[v];
}
void readable_place_text(struct readable_place p, char out[32]) {
  char letters[8], name[9];
  int n = 0, at = 0;
  for (int64_t c = p.column; c > 0 && n < 7; c = (c - 1) / 26) letters[n++] = (char)('A' + (c - 1) % 26);
  while (n) name[at++] = letters[--n];
  name[at] = 0;
  if (p.row && p.column) snprintf(out, 32, "%s%d", name, p.row);
  else if (p.row) snprintf(out, 32, "%d:%d", p.row, p.row);
  else if (p.column) snprintf(out, 32, "%s:%s", name, name);
  else out[0] = 0;
}

/* --- places --- */
static void keep_place(struct readable_result *r, const struct shaped *s, int64_t row, int64_t column) {
  if (r->n_kept < READABLE_KEPT) r->places[r->n_kept++] = (struct readable_place){s->index, (int32_t)(row + 1), (int32_t)(column + 1)};
  r->n_places++;
}
void breach(struct judging *j, const struct shaped *s, int64_t row, int64_t column) {
  struct readable_result *r = j->result;
  if (r->verdict != RULE_FAILED) r->n_places = r->n_kept = 0; /* places for a person give way to breaches */
  r->verdict = RULE_FAILED;
  keep_place(r, s, row, column);
}
void look(struct judging *j, const struct shaped *s, int64_t row, int64_t column) {
  if (j->result->verdict == RULE_FAILED) return;
  j->wants_person = true;
  keep_place(j->result, s, row, column);
}

/* --- what the user gave --- */
enum err_code readable_spec_check(const char *name, const struct csv_table *t, bool codes, struct err *e) {
  if (csv_table_column(t, "column") < 0) return ERR(e, E_READABLE_CODES, .file = name, .subject = name, .found = "no column 'column'");
  if (codes && csv_table_column(t, "code") < 0) return ERR(e, E_READABLE_CODES, .file = name, .subject = name, .found = "no column 'code'");
  if (!codes && csv_table_column(t, "unit") < 0 && csv_table_column(t, "kind") < 0)
    return ERR(e, E_READABLE_CODES, .file = name, .subject = name, .found = "neither 'kind' nor 'unit'");
  return E_OK;
}
static bool of_table(const struct judging *j, const struct csv_table *t, int64_t row, int column) {
  return column < 0 || !j->spec->table || str_eq(csv_table_cell(t, row, column), str_of(j->spec->table));
}
bool spec_has_codes(const struct judging *j, struct str column) {
  const struct csv_table *t = j->spec->codes;
  if (!t) return false;
  int table = csv_table_column(t, "table"), c = csv_table_column(t, "column");
  for (int64_t i = 0; i < t->n_rows; i++)
    if (str_eq(csv_table_cell(t, i, c), column) && of_table(j, t, i, table)) return true;
  return false;
}
bool spec_code_listed(const struct judging *j, struct str column, struct str code) {
  const struct csv_table *t = j->spec->codes;
  if (!t) return false;
  int table = csv_table_column(t, "table"), c = csv_table_column(t, "column"), v = csv_table_column(t, "code");
  for (int64_t i = 0; i < t->n_rows; i++)
    if (str_eq(csv_table_cell(t, i, v), code) && str_eq(csv_table_cell(t, i, c), column) && of_table(j, t, i, table)) return true;
  return false;
}

/* --- the rules in order --- */
static bool wanted(const struct judging *j, const struct readable_sheet *s) {
  return j->spec->sheet ? strcmp(j->spec->sheet, s->name) == 0 : !s->hidden;
}
static enum err_code shape_all(struct judging *j, struct readable_report *out, struct err *e) {
  bool any = false;
  j->sheets = ARENA_ARRAY(j->arena, struct shaped, j->file->n_sheets + 1);
  j->others = ARENA_ARRAY(j->arena, struct shaped, j->file->n_sheets + 1);
  out->shapes = ARENA_ARRAY(j->arena, struct readable_shape, j->file->n_sheets + 1);
  if (!j->sheets || !j->others || !out->shapes) return ERR(e, E_NO_MEMORY, .subject = j->file->name);
  for (int i = 0; i < j->file->n_sheets; i++) {
    out->shapes[i].first_row = -1;
    bool looked_at = wanted(j, &j->file->sheets[i]);
    struct shaped *s = looked_at ? &j->sheets[j->n_sheets++] : &j->others[j->n_others++];
    TRY(readable_shape(j->arena, &j->file->sheets[i], i, j->spec, s, e));
    if (!looked_at) continue;
    out->shapes[i] = s->shape;
    any = any || shaped_any(s);
  }
  return any ? E_OK : ERR(e, E_READABLE_EMPTY, .file = j->file->name, .subject = j->spec->sheet ? j->spec->sheet : j->file->name);
}
static void hidden_sheets(struct judging *j) {
  for (int i = 0; i < j->file->n_sheets; i++) {
    struct shaped s = {.index = i};
    if (j->file->sheets[i].hidden && j->file->sheets[i].n_rows) breach(j, &s, -1, -1);
  }
}
static enum rule_verdict apply(struct judging *j, const struct entry *it) {
  j->wants_person = false;
  if (it->applies != 'B' && (it->applies == 'X') != j->workbook) return RULE_NOT_APPLICABLE;
  if (it->fn == level3_long && j->spec->form == FORM_WIDE) return RULE_NOT_APPLICABLE;
  for (int i = 0; it->fn && i < j->n_sheets; i++)
    if (shaped_any(&j->sheets[i])) it->fn(j, &j->sheets[i]);
  if (it->fn == level1_hidden) hidden_sheets(j);
  if (j->result->verdict == RULE_FAILED) return RULE_FAILED;
  return j->wants_person ? RULE_FOR_A_PERSON : RULE_PASSED;
}
static void count(struct readable_report *out) {
  for (int i = 0; i < out->n_results; i++) {
    const struct readable_result *r = &out->results[i];
    out->passed += r->verdict == RULE_PASSED;
    out->failed += r->verdict == RULE_FAILED;
    out->for_a_person += r->verdict == RULE_FOR_A_PERSON;
    out->not_applicable += r->verdict == RULE_NOT_APPLICABLE;
    if (r->verdict == RULE_FAILED) out->failed_of[r->rule->severity]++;
  }
}
/* Not read: the format decides the first rule; about the others nothing is known. */
static void unread(const struct readable_file *f, struct readable_result *r) {
  bool readable = *f->format != 0, first = strcmp(r->rule->id, "L1-01") == 0;
  r->verdict = first ? (readable ? RULE_PASSED : RULE_FAILED) : readable ? RULE_FOR_A_PERSON : RULE_NOT_APPLICABLE;
  if (first && !readable) r->n_places = r->n_kept = 1;
}
enum err_code readable_judge(struct arena *a, const struct readable_file *f, const struct readable_spec *spec, struct readable_report *out,
    struct err *e) {
  struct judging j = {.arena = a, .file = f, .spec = spec, .workbook = strcmp(f->format, "xlsx") == 0};
  struct platform_set *platform;
  *out = (struct readable_report){.file = f, .results = ARENA_ARRAY(a, struct readable_result, RELEASE_RULES)};
  if (!out->results) return ERR(e, E_NO_MEMORY, .subject = f->name);
  TRY(platform_set_init(a, &platform, e));
  j.platform = platform;
  bool read = j.workbook || strcmp(f->format, "csv") == 0;
  if (read) TRY(shape_all(&j, out, e));
  for (int i = 0; i < RELEASE_RULES; i++) {
    const struct entry *it = &entries[i];
    if (it->rule.level > spec->level) continue;
    struct readable_result *r = j.result = &out->results[out->n_results++];
    r->rule = &it->rule;
    r->verdict = RULE_PASSED;
    if (!read) unread(f, r);
    else r->verdict = apply(&j, it);
  }
  count(out);
  return E_OK;
}
