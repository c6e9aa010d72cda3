/* primaries.c -- status and levels computed from the units of a pack (estab.csv or microdata.csv, hier_*.csv) by the rule its text names. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/sdc_rule.h"
#include "tests/conform/sdc/sdc_case.h"

enum { RULES_MAX = 4, CODES_MAX = 64 };
struct named_rules {
  struct sdc_rule rule[RULES_MAX];
  int n;
  bool by_company;
};
/* "fewer than 3 establishments", "p%% rule p=10", "(1,80) or (2,99) dominance"; 0 rules: a text this runner does not know. */
static void read_rules(const char *text, struct named_rules *r) {
  const char *p = strstr(text, "fewer than ");
  if (p) r->rule[r->n++] = (struct sdc_rule){.name = "pack", .min_n = strtol(p + 11, NULL, 10)};
  p = strstr(text, "p=");
  if (p) r->rule[r->n++] = (struct sdc_rule){.name = "pack", .p = strtod(p + 2, NULL)};
  for (p = strstr(text, "dominance") ? text : NULL; p && (p = strchr(p, '(')) && r->n < RULES_MAX; p++) {
    char *end;
    const long n = strtol(p + 1, &end, 10);
    if (*end == ',') r->rule[r->n++] = (struct sdc_rule){.name = "pack", .dominance_n = (int)n, .dominance_percent = strtod(end + 1, NULL)};
  }
}
struct units {
  struct csv_table data, hier[4];
  int n_hier, value;
  struct str *code; /* [n_rows][CODES_MAX] codes and their ancestors */
  int *n_codes;
  int64_t *company;
};
static void add_code(struct units *u, int64_t row, struct str s) {
  struct str *of = u->code + row * CODES_MAX;
  for (int k = 0; k < u->n_codes[row]; k++)
    if (str_eq(of[k], s)) return;
  if (u->n_codes[row] == CODES_MAX) return;
  of[u->n_codes[row]++] = s;
  for (int h = 0; h < u->n_hier; h++)
    for (int64_t i = 0; i < u->hier[h].n_rows; i++)
      if (str_eq(csv_table_cell(&u->hier[h], i, csv_table_column(&u->hier[h], "child")), s))
        add_code(u, row, csv_table_cell(&u->hier[h], i, csv_table_column(&u->hier[h], "parent")));
}
static int64_t number_of(struct str s) {
  int64_t h = 1469598103;
  for (size_t i = 0; i < s.n; i++) h = (h * 16777619 + (unsigned char)s.p[i]) & INT64_C(0x7fffffffffff);
  return h;
}
static bool load_units(const struct sdc_case *c, struct units *u) {
  static const char *const hier[] = {"hier_geo.csv", "hier_ind.csv", "hier_size.csv"};
  *u = (struct units){0};
  if (!case_csv(c, "estab.csv", &u->data) && !case_csv(c, "microdata.csv", &u->data)) return false;
  for (int h = 0; h < 3; h++) u->n_hier += case_csv(c, hier[h], &u->hier[u->n_hier]);
  u->value = csv_table_column(&u->data, csv_table_column(&u->data, "turnover") >= 0 ? "turnover" : "value");
  const int company = csv_table_column(&u->data, "company");
  u->code = ARENA_ARRAY(c->a, struct str, u->data.n_rows * CODES_MAX + 1);
  u->n_codes = ARENA_ARRAY(c->a, int, u->data.n_rows + 1);
  u->company = ARENA_ARRAY(c->a, int64_t, u->data.n_rows + 1);
  if (!u->code || !u->n_codes || !u->company || u->value < 0) return false;
  for (int64_t i = 0; i < u->data.n_rows; i++) {
    u->company[i] = company >= 0 ? number_of(csv_table_cell(&u->data, i, company)) : -1;
    for (int k = 0; k < u->data.n_columns; k++) {
      const struct str s = csv_table_cell(&u->data, i, k);
      if (k != u->value && k != company && s.n && !isdigit((unsigned char)s.p[0])) add_code(u, i, s);
    }
  }
  return true;
}
static bool in_cell(const struct units *u, int64_t row, struct str key) {
  for (struct str rest = key; rest.n;) {
    const struct str code = str_split(rest, '|', &rest);
    bool has = str_eq(code, STR("Total"));
    for (int k = 0; !has && k < u->n_codes[row]; k++) has = str_eq(u->code[row * CODES_MAX + k], code);
    if (!has) return false;
  }
  return true;
}
/* Unsafe by any rule; the largest level. Values printed here are rounded to 0.1 by the pack's own rule for two units: only the status is judged. */
static bool unsafe(const struct units *u, const struct named_rules *r, struct str key, struct sdc_contribution *x, double *total) {
  int64_t n = 0;
  bool is = false;
  *total = 0;
  for (int64_t i = 0; i < u->data.n_rows; i++) {
    if (!in_cell(u, i, key)) continue;
    const struct str s = csv_table_cell(&u->data, i, u->value);
    x[n] = (struct sdc_contribution){.value = strtod(s.p, NULL), .weight = 1, .holding = u->company[i]};
    *total += x[n++].value;
  }
  for (int k = 0; k < r->n; k++) {
    struct sdc_judgement j;
    if (sdc_judge(&r->rule[k], x, n, &j, NULL)) return false;
    n = j.n;
    for (int64_t i = 0; i < n; i++) x[i].holding = -1; /* merged already */
    is = is || j.reason != SDC_SAFE;
  }
  return is;
}
static bool unpublished(const struct sdc_case *c, int32_t cell) {
  const struct json_value *ids = json_member(c->expected, "hidden_unpublished_ids");
  int64_t id;
  for (size_t i = 0; i < json_length(ids); i++)
    if (json_integer(json_element(ids, i), &id) && id == cell) return true;
  return false;
}
void judge_primaries(const struct sdc_case *c) {
  struct named_rules r = {.n = 0};
  struct units u;
  int32_t wrong = 0, first = -1;
  read_rules(json_member_string(c->expected, "primary_rule", ""), &r);
  if (r.n == 0 || !c->t->key[0].n || !load_units(c, &u)) return;
  struct sdc_contribution *x = malloc(sizeof *x * (size_t)(u.data.n_rows + 1));
  for (int32_t k = 0; x && k < c->t->n_cells; k++) {
    double total;
    if (unpublished(c, k)) continue; /* inner cells that appear in no table are not judged */
    const bool is = unsafe(&u, &r, c->t->key[k], x, &total);
    if (is == (c->t->status[k] == 'u') && fabs(total - cell_value(c->t, k)) < 1e-6 * (1 + total)) continue;
    if (wrong++ == 0) first = k;
  }
  free(x);
  case_verdict(c, "primaries", wrong == 0, "%d cells differ, first %d", (int)wrong, (int)first);
}
