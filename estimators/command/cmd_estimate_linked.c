/* cmd_estimate_linked.c -- see cmd_estimate_linked.h. */
#include "estimators/command/cmd_estimate_linked.h"

#include <string.h>

#include "estimators/command/cmd_estimate_action.h"
#include "estimators/command/cmd_estimate_judging.h"
#include "estimators/command/cmd_estimate_nesting.h"
#include "estimators/command/cmd_estimate_ties.h"

static bool same_conditions(const struct table_spec *a, const struct table_spec *b) {
  return !strcmp(a->domain, b->domain) && !strcmp(a->filter, b->filter);
}
static bool same_records(const struct table_spec *a, const struct table_spec *b) {
  return !strcmp(a->dataset, b->dataset) && !strcmp(a->disclosure, b->disclosure);
}
/* Made from records, one by one: its rows are sets of them. Others know their conditions only. */
static bool over_records(const struct table_spec *s) {
  static const char *const others[] = {"mls", "tfr(", "asdr(", "life_table("};
  for (int k = 0; k < 4; k++)
    if (!strncmp(s->measure, others[k], strlen(others[k]))) return false;
  return true;
}
static bool linked(const struct table_spec *a, const struct table_spec *b) {
  return same_records(a, b) && (same_conditions(a, b) || (over_records(a) && over_records(b)));
}
void estimate_linked(const struct estimate_run *r, const struct form *f, const bool *on, bool *need) {
  for (int i = 0; i < f->n_tables; i++) {
    need[i] = on[i];
    for (int k = 0; k < f->n_tables && !r->options->unprotected; k++) need[i] = need[i] || (on[k] && linked(&f->tables[i], &f->tables[k]));
  }
}
/* Rows are told by their records only where both tables are made from the same ones. */
static bool together(const struct form *f, const struct estimate_table *made, int i, int k) {
  if (made[i].records != made[k].records || !same_records(&f->tables[i], &f->tables[k])) return false;
  return same_conditions(&f->tables[i], &f->tables[k]) || (made[i].table->unit_set && made[k].table->unit_set);
}
static int population(const struct form *f, const int *at, int n) { /* of the last of them */
  for (int k = 0; k < n; k++)
    if (same_conditions(&f->tables[at[k]], &f->tables[at[n]])) return k;
  return n;
}
static void tried(const struct estimate_run *r, struct result_table *t) {
  if (r->options->profile && !t->refusal) t->refusal = "another disclosure profile than that of the table was tried";
}
/* --- sums within a dimension --- */
static const char *copy_of(struct arena *a, struct str s) { return arena_strdup(a, s.p, s.n); }
static int children(const struct codelist *l, struct str parent) {
  int n = 0;
  for (int64_t i = 0; i < l->n_codes; i++) n += str_eq(l->codes[i].parent, parent);
  return n;
}
/* Every parent of the code list is the sum of its children, and of a rest where the list does not name them all. */
static enum err_code of_codelist(
    struct arena *a, const struct codelist *l, const char *dimension, struct sdc_sum_rule *rules, int *n, struct err *e) {
  for (int64_t i = 0; i < l->n_codes; i++) {
    const struct str code = l->codes[i].code;
    const int m = children(l, code);
    if (!m) continue;
    const char **parts = ARENA_ARRAY(a, const char *, m + 1), *total = copy_of(a, code);
    int at = 0;
    if (!parts || !total) return ERR(e, E_NO_MEMORY, .subject = l->name);
    for (int64_t k = 0; k < l->n_codes; k++)
      if (str_eq(l->codes[k].parent, code) && !(parts[at++] = copy_of(a, l->codes[k].code))) return ERR(e, E_NO_MEMORY, .subject = l->name);
    rules[(*n)++] = (struct sdc_sum_rule){dimension, total, parts};
  }
  return E_OK;
}
/* Tables that the labour survey estimates have rows for groups of industries: all of its code list. Roll-ups of published cells and other tables
 * keep the rules of the published table. */
static enum err_code rules_of(struct estimate_run *r, const struct form *f, const struct table_plan *plan, const struct sdc_sum_rule **out, int *n,
    struct err *e) {
  const struct codelist *l = plan->measures[0].kind == MEASURE_MLS ? estimate_codelist(f, "mls_industry") : NULL;
  *out = sdc_mls_rules, *n = sdc_n_mls_rules;
  if (!l) return E_OK;
  struct sdc_sum_rule *rules = ARENA_ARRAY(r->a, struct sdc_sum_rule, l->n_codes + sdc_n_mls_rules);
  if (!rules) return ERR(e, E_NO_MEMORY, .subject = f->id);
  *n = 0;
  for (int k = 0; k < sdc_n_mls_rules; k++)
    if (strcmp(sdc_mls_rules[k].dimension, "industry") != 0) rules[(*n)++] = sdc_mls_rules[k];
  *out = rules;
  return of_codelist(r->a, l, "industry", rules, n, e);
}
/* Table `first` and all after it that are linked with it and not done. */
static enum err_code protect_from(
    struct estimate_run *r, const struct form *f, const struct table_plan *plans, const struct shard_rows *rows, struct estimate_table *made,
    int first, bool *done, struct err *e) {
  struct sdc_linked_table *t = ARENA_ARRAY(r->a, struct sdc_linked_table, SDC_LINKED_MOST);
  const struct disclosure_profile *profile = estimate_profile_of(r, &f->tables[first]);
  int n = 0, at[SDC_LINKED_MOST];
  if (!profile)
    return ERR(e, E_SDC_PROFILE, .subject = r->options->profile ? r->options->profile : f->tables[first].disclosure, .line = f->tables[first].line);
  if (!t) return ERR(e, E_NO_MEMORY, .subject = f->id);
  for (int i = first; i < f->n_tables; i++) {
    if (done[i] || !made[i].table || !together(f, made, first, i)) continue;
    if (n == SDC_LINKED_MOST) return ERR(e, E_CAP_EXCEEDED, .subject = "linked tables");
    at[n] = i;
    t[n] = (struct sdc_linked_table){.table = made[i].table, .plan = &plans[i], .population = population(f, at, n)};
    n++;
    done[i] = true;
  }
  struct sdc_structure structure = {0};
  TRY(rules_of(r, f, &plans[first], &structure.rules, &structure.n_rules, e));
  TRY(estimate_nestings(r, f, rows, t, n, &structure, e));
  bool acted;
  TRY(estimate_act(r, profile, t, n, &acted, e)); /* rounding or noise instead of suppression, where the profile says so */
  if (!acted) TRY(estimate_ties(r->a, f, t, n, &structure, e));
  if (!acted) TRY(sdc_protect(r->a, t, n, profile, &structure, e));
  for (int k = 0; k < n; k++) {
    struct estimate_table *to = &made[at[k]];
    to->primary = t[k].primary, to->additive = t[k].additive, to->secondary = t[k].secondary;
    to->profile = profile;
    tried(r, to->table);
  }
  return E_OK;
}
enum err_code estimate_protect_linked(
    struct estimate_run *r, const struct form *f, const struct table_plan *plans, const struct shard_rows *rows, struct estimate_table *made,
    struct err *e) {
  bool *done = ARENA_ARRAY(r->a, bool, f->n_tables + 1);
  if (!done) return ERR(e, E_NO_MEMORY, .subject = f->id);
  for (int i = 0; i < f->n_tables; i++) {
    if (!made[i].table || done[i]) continue;
    if (r->options->unprotected) made[i].table->refusal = "made without disclosure control";
    else TRY(protect_from(r, f, plans, rows, made, i, done, e));
  }
  return E_OK;
}
