#include "processing/unit/unit_ledger.h"

#include <string.h>

struct unit_states unit_states_of(const struct edit_result *r) {
  struct unit_states s = {.in = r->n_records};
  for (int64_t i = 0; i < r->n_records; i++) {
    if (r->state[i] & EDIT_FAILED_HARD) s.failed_hard++;
    else if (r->state[i] & EDIT_UNKNOWN_HARD) s.undecided++;
    else if (r->state[i] & EDIT_FAILED_SOFT) s.failed_soft++;
    else if (r->state[i] & EDIT_FAILED_INFO) s.failed_info++;
    else s.clean++;
  }
  return s;
}

/* The last line of impute.csv before line i that had this item; -1 = none. */
static int line_before(const struct impute_report *r, int i) {
  int k = i - 1;
  while (k >= 0 && strcmp(r->counts[k].item, r->counts[i].item) != 0) k--;
  return k;
}

/* An item may have several lines: what the first found missing, what all imputed, what the last left. Between two of them other steps may fill
 * a value (a donor) or take one away (clear): what the earlier line left is not what the later one finds. */
void unit_ledger_values(struct unit_ledger *l, const struct impute_report *r) {
  for (int i = 0; i < r->n; i++) {
    const struct impute_count *c = &r->counts[i];
    const int before = line_before(r, i);
    const int64_t left_before = before < 0 ? 0 : r->counts[before].missing - r->counts[before].by_outcome[IMPUTED];
    if (before < 0) l->values_missing += c->missing;
    else if (left_before > c->missing) l->values_filled += left_before - c->missing;
    else l->values_emptied += c->missing - left_before;
    l->values_left += c->missing - c->by_outcome[IMPUTED] - left_before;
    l->values_imputed += c->by_outcome[IMPUTED];
  }
}

static enum err_code unbalanced(const char *what, struct err *e) { return ERR(e, E_LEDGER_UNBALANCED, .subject = what); }

/* Records that a check judges. */
static int64_t judged(const struct unit_ledger *l, const struct form *form, int check, int64_t all) {
  for (int t = 0; l->of_type && t < form->n_records; t++)
    if (strcmp(form->records[t].name, form->checks[check].record) == 0) return l->of_type[t];
  return all;
}

static enum err_code check_states(
    const struct unit_ledger *l, const struct form *form, const struct unit_states *s, const struct edit_result *r, struct err *e) {
  if (s->in != r->n_records || s->failed_hard + s->failed_soft + s->failed_info + s->undecided + s->clean != s->in)
    return unbalanced("units by state", e);
  int64_t failures = 0;
  for (int c = 0; c < r->n_checks; c++) {
    const struct edit_count *k = &r->counts[c];
    if (!k->not_run && k->passed + k->failed + k->unknown + k->outside != judged(l, form, c, s->in)) return unbalanced("records of a check", e);
    failures += k->failed;
  }
  return failures == r->n_failures ? E_OK : unbalanced("failures", e);
}

enum err_code unit_ledger_check(const struct unit_ledger *l, const struct form *form, const struct edit_result *edited,
    const struct edit_result *imputed, const struct impute_report *r, struct err *e) {
  TRY(check_states(l, form, &l->edited, edited, e));
  TRY(check_states(l, form, &l->imputed, imputed, e));
  if (l->edited.in != l->imputed.in) return unbalanced("units before and after imputation", e);
  if (l->previous.rows != l->previous.matched + l->previous.absent || (l->previous.rows && l->previous.rows != l->edited.in))
    return unbalanced("units matched with the previous period", e);
  if (l->frame.rows != l->frame.matched + l->frame.absent || (l->frame.rows && !l->of_type && l->frame.rows != l->edited.in))
    return unbalanced("units matched with the register", e);
  for (int i = 0; i < r->n; i++) {
    int64_t sum = 0, served = 0;
    for (int k = 0; k < IMPUTE_OUTCOMES; k++) sum += r->counts[i].by_outcome[k];
    for (int k = 0; k < IMPUTE_MAX_LEVELS; k++) served += r->counts[i].by_level[k];
    if (sum != r->counts[i].missing || served != r->counts[i].by_outcome[IMPUTED]) return unbalanced("values of an imputation step", e);
  }
  if (l->values_imputed != l->values_logged) return unbalanced("imputed values and the change log", e);
  return l->values_missing + l->values_emptied == l->values_imputed + l->values_filled + l->values_left ? E_OK : unbalanced("missing values", e);
}
