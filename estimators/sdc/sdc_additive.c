#include "estimators/sdc/sdc_additive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/sdc_margin.h"
#include "estimators/sdc/sdc_primary.h"

static const char *const parts_4[] = {"1", "3", NULL}, *const parts_0[] = {"4", "5", "7", NULL}, *const parts_t[] = {"0", "9", NULL};
static const char *const parts_sex[] = {"M", "F", NULL}, *const parts_form[] = {"N", "P", NULL};
static const char *const parts_e[] = {"E-1", "E-2", "E-3", NULL}, *const parts_i[] = {"I-1", "I-2", NULL};
static const char *const parts_tl[] = {"C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", NULL};
static const char *const parts_d[] = {"D06", "D07", "D08", NULL}, *const parts_k[] = {"K68", "K70", NULL},
                         *const parts_l[] = {"L71", "L72", "L73", "L74", NULL};
static const char *const parts_m[] = {"M75", "M76", "M77", NULL}, *const parts_o[] = {"O81", "O82", NULL};
const struct sdc_sum_rule sdc_mls_rules[] = {{"size", "4", parts_4}, {"size", "0", parts_0}, {"size", "T", parts_t},
    {"worker_form", "T", parts_sex}, {"worker_form", "T", parts_form}, {"industry", "TL", parts_tl}, {"industry", "E", parts_e},
    {"industry", "I", parts_i}, {"industry", "D", parts_d}, {"industry", "K", parts_k}, {"industry", "L", parts_l}, {"industry", "M", parts_m},
    {"industry", "O", parts_o}};
const int sdc_n_mls_rules = sizeof sdc_mls_rules / sizeof *sdc_mls_rules;

static bool in_set(struct str code, const struct sdc_sum_rule *rule) {
  return !rule || str_eq(code, str_of(rule->total)) || sdc_margin_part(code, rule);
}

static void name_set(const struct result_table *t, int d, int measure, int64_t row, const struct sdc_sum_rule *rule, struct sdc_additive_report *r) {
  char text[512];
  size_t n = 0;
  if (r->n_named == SDC_MAX_NAMED) return;
  n += (size_t)snprintf(text, sizeof text, "%s %s over %s", t->id, measure < 0 ? "n" : t->measures[measure].name, t->dimensions[d].name);
  if (rule) n += (size_t)snprintf(text + n, sizeof text - n, " (%s = sum)", rule->total);
  for (int k = 0; k < t->n_dimensions && n < sizeof text; k++)
    if (k != d)
      n += (size_t)snprintf(
          text + n, sizeof text - n, " %s=%.*s", t->dimensions[k].name, (int)t->dimensions[k].code[row].n, t->dimensions[k].code[row].p);
  const char *copy = arena_strdup(t->arena, text, strlen(text));
  if (copy) r->named[r->n_named++] = copy;
}

/* The numbers of units add up too; over sex and form they do not: one establishment employs several. */
static void check_units(
    const struct result_table *t, int d, const struct sdc_margin_key *key, int64_t n, const struct sdc_sum_rule *rule,
    struct sdc_additive_report *r) {
  int64_t small = 0;
  if (!strcmp(t->dimensions[d].name, "worker_form")) return;
  for (int64_t i = 0; i < n; i++) small += in_set(t->dimensions[d].code[key[i].row], rule) && t->n_status[key[i].row] == RESULT_SUPPRESSED;
  if (small != 1) return;
  r->n_single++;
  name_set(t, d, -1, key[0].row, rule, r);
}

static void check_run(
    const struct result_table *t, int d, const struct sdc_margin_key *key, int64_t n, const struct sdc_sum_rule *rule,
    struct sdc_additive_report *r) {
  bool total = false;
  int64_t members = 0;
  for (int64_t i = 0; i < n; i++) {
    struct str code = t->dimensions[d].code[key[i].row];
    total = total || str_eq(code, rule ? str_of(rule->total) : STR("_T"));
    members += in_set(code, rule);
  }
  if (!total || members < 2) return;
  int64_t before = r->n_single;
  for (int m = 0; m < t->n_measures; m++) {
    int64_t hidden = 0;
    for (int64_t i = 0; i < n; i++)
      hidden += in_set(t->dimensions[d].code[key[i].row], rule) && t->measures[m].status[key[i].row] == RESULT_SUPPRESSED
                && t->measures[m].reason[key[i].row] != sdc_tail_reason(); /* quantiles do not add up */
    r->n_sets++;
    if (hidden != 1) continue;
    r->n_single++;
    name_set(t, d, m, key[0].row, rule, r);
  }
  if (r->n_single == before) check_units(t, d, key, n, rule, r); /* where a figure is named already, its units need no name */
}

static enum err_code check_dimension(
    const struct result_table *t, int d, const struct sdc_sum_rule *rule, struct sdc_additive_report *r, struct err *e) {
  struct sdc_margin_key *key = ARENA_ARRAY(t->arena, struct sdc_margin_key, t->n_rows + 1);
  if (!key) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int64_t i = 0; i < t->n_rows; i++) key[i] = (struct sdc_margin_key){t, d, i};
  qsort(key, (size_t)t->n_rows, sizeof *key, sdc_margin_cmp);
  for (int64_t i = 0; i < t->n_rows;) {
    int64_t j = i + 1;
    while (j < t->n_rows && sdc_margin_others(&key[i], &key[j]) == 0) j++;
    check_run(t, d, key + i, j - i, rule, r);
    i = j;
  }
  return E_OK;
}

enum err_code sdc_additive_check(
    const struct result_table *t, const struct sdc_sum_rule *rules, int n_rules, struct sdc_additive_report *r, struct err *e) {
  *r = (struct sdc_additive_report){0};
  for (int d = 0; d < t->n_dimensions; d++) TRY(check_dimension(t, d, NULL, r, e));
  for (int k = 0; k < n_rules; k++) {
    int d = result_find_dimension(t, rules[k].dimension);
    if (d >= 0) TRY(check_dimension(t, d, &rules[k], r, e));
  }
  if (r->n_single == 0) return E_OK;
  return ERR(e, E_SDC_SINGLE_SUPPRESSED, .subject = r->n_named ? r->named[0] : t->id,
      .expected = "none or at least two suppressed figures in every additive set");
}
