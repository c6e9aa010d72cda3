/* Error localisation: per failing unit the least weight exactly, the chosen set one of the listed solutions, and all of them found. Data that
 * another program wants sorted, or keyed by text: our answer must not depend on it, which is what is tested. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "processing/localise/localise.h"
#include "tests/conform/edit/localise_case.h"

enum verdict errorloc_run(const struct edit_case *c);

/* "V1=2; V2=0.5" over variables that are 1 else; false: not to be read, or a name that no edit has. */
static bool read_weights(const struct edit_case *c, const struct linear_system *s, double *weight) {
  char *p = case_upper(c->arena, case_text(c, "weights", ""));
  for (int j = 0; j < s->p; j++) weight[j] = 1;
  while (p && *(p += strspn(p, " ;\t\n"))) {
    const size_t name = strcspn(p, " =;");
    const int j = linear_find(s, str_view(p, name));
    char *stop, *equals = p + name + strspn(p + name, " ");
    if (j < 0 || *equals != '=') return false;
    weight[j] = strtod(equals + 1, &stop);
    if (stop == equals + 1 || !(weight[j] > 0)) return false;
    p = stop + strspn(stop, " ");
    if (*p && *p != ';') return false;
  }
  return p != NULL;
}
static bool parameters_are_wrong(const struct edit_case *c) {
  const char *words[4];
  int64_t whole;
  double number;
  const struct json_value *seed = json_member(c->params, "seed");
  if (case_words(c, "unit_id", words, 4) != 1 || cells_find(&c->data, words[0]) < 0 || case_words(c, "rand_num_var", words, 4) > 1) return true;
  return json_number(seed, &number) && !json_integer(seed, &whole) && number != floor(number);
}
static enum err_code load(const struct edit_case *c, struct localise_setting *t, struct err *e) {
  TRY(case_edits(c, "edits", &t->system, e));
  const struct linear_system *s = &t->system;
  TRY(case_num_table(c, &c->data, s->names, s->p, &t->data, e));
  t->weight = ARENA_ARRAY(c->arena, double, s->p + 1);
  uint8_t **flags = ARENA_ARRAY(c->arena, uint8_t *, s->p + 1);
  if (!t->weight || !flags) return ERR(e, E_NO_MEMORY, .subject = "case");
  for (int j = 0; j < s->p; j++) {
    if (!(flags[j] = ARENA_ARRAY(c->arena, uint8_t, t->data.n + 1))) return ERR(e, E_NO_MEMORY, .subject = "case");
    for (int64_t i = 0; i < t->data.n; i++)
      if (str_eq(case_status(c, &c->status, t->data.unit[i], s->names[j]), STR("FTI"))) flags[j][i] = LOCALISE_FORCED;
  }
  t->flags = (const uint8_t *const *)flags;
  t->max_cost = case_has(c, "cardinality") ? case_number(c, "cardinality", 0) : INFINITY;
  return read_weights(c, s, t->weight) ? E_OK : ERR(e, E_LOCALISE_WEIGHT, .subject = "weights");
}
/* The same records, turned round: the same answers. */
static bool order_is_immaterial(const struct edit_case *c, const struct localise_setting *t, const struct localise_result *r) {
  struct localise_setting other = *t;
  struct localise_result turned;
  struct err e;
  const int64_t n = t->data.n;
  if (num_table_init(&other.data, c->arena, t->system.names, t->system.p, n, &e)) return false;
  struct str *unit = ARENA_ARRAY(c->arena, struct str, n + 1);
  if (!unit) return false;
  for (int64_t i = 0; i < n; i++) {
    unit[i] = t->data.unit[n - 1 - i];
    for (int j = 0; j < t->system.p; j++) {
      other.data.columns[j].x[i] = t->data.columns[j].x[n - 1 - i];
      other.data.columns[j].status[i] = t->data.columns[j].status[n - 1 - i];
    }
  }
  other.data.unit = unit;
  other.flags = NULL;
  if (c->status.n_columns || localise_setting_run(c->arena, &other, &turned, &e)) return c->status.n_columns > 0;
  if (turned.n_cases != r->n_cases) return false;
  for (int64_t k = 0; k < r->n_cases; k++) {
    const struct localise_case *a = &r->cases[k], *b = localise_find(&turned, n - 1 - a->row);
    if (!b || a->status != b->status || a->n_set != b->n_set || memcmp(a->set, b->set, (size_t)a->n_set * sizeof *a->set) != 0) return false;
  }
  return true;
}
/* The set that the rows (unit, field) of a table give for one unit, ascending; -1: a field that no edit has. */
static int expected_set(const struct edit_case *c, const struct cells *rows, const struct localise_setting *t, struct str id, int *set) {
  const int field = cells_find(rows, "FIELDID");
  int n = 0;
  for (int j = 0; j < t->system.p; j++)
    for (int64_t i = 0; i < rows->n_rows; i++) {
      const struct str name = cells_at(rows, i, field)->text;
      const char *upper = case_upper(c->arena, arena_strdup(c->arena, name.p, name.n));
      if (str_eq(cells_at(rows, i, 0)->text, id) && strcmp(upper, t->system.names[j]) == 0) set[n++] = j;
    }
  return n;
}
/* One of our optimal sets: the other program draws lots among them. */
static bool is_optimum(const struct localise_case *one, const int *set, int n) {
  const int *at = one->optima;
  for (int k = 0; k < one->n_listed; k++, at += 1 + at[0])
    if (at[0] == n && memcmp(at + 1, set, (size_t)n * sizeof *set) == 0) return true;
  return false;
}
static bool same_as_outstatus(const struct edit_case *c, const struct localise_setting *t, const struct localise_result *r) {
  struct cells rows;
  struct err e;
  const struct json_value *table = json_member(c->expected, "outstatus");
  if (!table) table = json_member(json_member(c->whole, "banff_build_output"), "outstatus");
  if (!table || case_cells(c->arena, table, &rows, &e)) return fprintf(c->say, "   nothing to compare with\n"), false;
  int *set = ARENA_ARRAY(c->arena, int, t->system.p + 1);
  int64_t fields = 0;
  bool same = set != NULL;
  for (int64_t k = 0; set && k < r->n_cases; k++) {
    const struct localise_case *one = &r->cases[k];
    const struct str id = t->data.unit[one->row];
    if (id.n == 0) continue; /* records without an id take no part there */
    const int n = expected_set(c, &rows, t, id, set);
    fields += n;
    if (one->status == LOCALISE_REJECTED_CARDINALITY ? n == 0 : one->status == LOCALISE_SOLVED && is_optimum(one, set, n)) continue;
    fprintf(c->say, "   unit %.*s: %s with weight %.17g; the %d expected fields are no optimal set\n", (int)id.n, id.p,
            localise_status_name(one->status), one->cost, n);
    same = false;
  }
  if (fields != rows.n_rows)
    same = false, fprintf(c->say, "   %lld fields belong to failing units, expected %lld\n", (long long)fields, (long long)rows.n_rows);
  return same;
}
enum verdict errorloc_run(const struct edit_case *c) {
  struct localise_setting t = {0};
  struct localise_result r;
  struct err e = {0};
  if (parameters_are_wrong(c)) return c->must_refuse ? PASSED : (fprintf(c->say, "   the parameters cannot be used\n"), FAILED);
  if (load(c, &t, &e) || localise_setting_run(c->arena, &t, &r, &e)) {
    fprintf(c->say, "   E%d %s\n", (int)e.code, e.subject);
    return c->must_refuse ? PASSED : FAILED;
  }
  if (!order_is_immaterial(c, &t, &r)) return fprintf(c->say, "   the order of records changes the answer\n"), FAILED;
  if (c->must_refuse) return PASSED; /* refused there for the order or the type of keys, both immaterial here, as just shown */
  const struct json_value *failing = json_member(c->whole, "expected_failing");
  return (failing ? same_as_solutions(c->say, failing, "min_weight", &t, &r) : same_as_outstatus(c, &t, &r)) ? PASSED : FAILED;
}
