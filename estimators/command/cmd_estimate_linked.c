/* cmd_estimate_linked.c -- see cmd_estimate_linked.h. */
#include "estimators/command/cmd_estimate_linked.h"

#include <string.h>

#include "estimators/command/cmd_estimate_judging.h"

static bool linked(const struct table_spec *a, const struct table_spec *b) {
  return !strcmp(a->dataset, b->dataset) && !strcmp(a->domain, b->domain) && !strcmp(a->filter, b->filter) && !strcmp(a->disclosure, b->disclosure);
}
void estimate_linked(const struct estimate_run *r, const struct form *f, const bool *on, bool *need) {
  for (int i = 0; i < f->n_tables; i++) {
    need[i] = on[i];
    for (int k = 0; k < f->n_tables && !r->options->unprotected; k++) need[i] = need[i] || (on[k] && linked(&f->tables[i], &f->tables[k]));
  }
}
static void tried(const struct estimate_run *r, struct result_table *t) {
  if (r->options->profile && !t->refusal) t->refusal = "another disclosure profile than that of the table was tried";
}
/* Table `first` and all after it that are linked with it and not done. */
static enum err_code protect_from(
    struct estimate_run *r, const struct form *f, const struct table_plan *plans, struct estimate_table *made, int first, bool *done, struct err *e) {
  struct sdc_linked_table *t = ARENA_ARRAY(r->a, struct sdc_linked_table, SDC_LINKED_MOST);
  const struct disclosure_profile *profile = estimate_profile_of(r, &f->tables[first]);
  int n = 0, at[SDC_LINKED_MOST];
  if (!profile)
    return ERR(e, E_SDC_PROFILE, .subject = r->options->profile ? r->options->profile : f->tables[first].disclosure, .line = f->tables[first].line);
  if (!t) return ERR(e, E_NO_MEMORY, .subject = f->id);
  for (int i = first; i < f->n_tables; i++) {
    if (done[i] || !made[i].table || !linked(&f->tables[first], &f->tables[i])) continue;
    if (n == SDC_LINKED_MOST) return ERR(e, E_CAP_EXCEEDED, .subject = "linked tables");
    t[n] = (struct sdc_linked_table){.table = made[i].table, .plan = &plans[i]};
    at[n++] = i;
    done[i] = true;
  }
  TRY(sdc_protect(r->a, t, n, profile, sdc_mls_rules, sdc_n_mls_rules, e));
  for (int k = 0; k < n; k++) {
    struct estimate_table *to = &made[at[k]];
    to->primary = t[k].primary, to->additive = t[k].additive, to->secondary = t[k].secondary;
    to->profile = profile;
    tried(r, to->table);
  }
  return E_OK;
}
enum err_code estimate_protect_linked(
    struct estimate_run *r, const struct form *f, const struct table_plan *plans, struct estimate_table *made, struct err *e) {
  bool *done = ARENA_ARRAY(r->a, bool, f->n_tables + 1);
  if (!done) return ERR(e, E_NO_MEMORY, .subject = f->id);
  for (int i = 0; i < f->n_tables; i++) {
    if (!made[i].table || done[i]) continue;
    if (r->options->unprotected) made[i].table->refusal = "made without disclosure control";
    else TRY(protect_from(r, f, plans, made, i, done, e));
  }
  return E_OK;
}
