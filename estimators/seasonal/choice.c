#include "estimators/seasonal/choice_impl.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

static const double prefer_logs = 2;

struct arima_order choice_airline(int period) { return (struct arima_order){.d = 1, .q = 1, .sd = 1, .sq = 1, .period = period}; }
void choice_order_name(const struct arima_order *o, char out[CHOICE_NAME]) {
  snprintf(out, CHOICE_NAME, "(%d %d %d)(%d %d %d)", o->p, o->d, o->q, o->sp, o->sd, o->sq);
}
enum err_code choice_scale(struct arena *a, const struct choice_input *in, bool logs, double **y, struct err *e) {
  const int n = in->span->n;
  if (!(*y = ARENA_ARRAY(a, double, n))) return ERR(e, E_NO_MEMORY, .subject = "choice");
  for (int i = 0; i < n; i++) {
    if (!isfinite(in->value[i])) return ERR(e, E_SEASONAL_VALUE, .line = i + 1);
    if (logs && !(in->value[i] > 0)) return ERR(e, E_SEASONAL_SIGN, .line = i + 1);
    (*y)[i] = logs ? log(in->value[i]) : in->value[i];
  }
  return E_OK;
}
enum err_code choice_try(struct arena *a, const struct arima_order *order, const double *y, int n, const struct effect_list *list,
    struct choice *to, struct arima_fit *fit, struct err *e) {
  struct arima_fit own;
  struct err inner = {.code = E_OK};
  const double *x[EFFECTS_MOST];
  if (to->n == CHOICE_MOST) return ERR(e, E_SEASONAL_AUTO, .found = "more candidates than there is room for");
  struct choice_candidate *c = &to->candidate[to->n++];
  if (!fit) fit = &own;
  for (int j = 0; j < list->n; j++) x[j] = list->effect[j].x;
  const struct arima_input in = {y, x, n, list->n, 0};
  *c = (struct choice_candidate){.flaw = CHOICE_NOT_ESTIMATED, .order = *order};
  choice_order_name(order, c->name);
  const enum err_code code = arima_estimate(a, order, &in, fit, &inner);
  if (code == E_NO_MEMORY) return *e = inner, code;
  if (code) return E_OK;
  c->flaw = CHOICE_SOUND;
  c->n_parameters = fit->n_parameters + fit->n_x + 1;
  c->log_likelihood = fit->log_likelihood, c->aicc = fit->aicc, c->bic = fit->bic;
  return E_OK;
}
/* Likelihoods of logarithms on the scale of the values: each density is divided by its value. */
static void on_scale_of_values(const struct choice_input *in, struct choice_candidate *c) {
  double sum = 0;
  for (int i = arima_order_lost(&in->order); i < in->span->n; i++) sum += log(in->value[i]);
  c->log_likelihood -= sum;
  c->aicc += 2 * sum;
  c->bic += 2 * sum;
}
static bool all_above_zero(const struct choice_input *in) {
  for (int i = 0; i < in->span->n; i++)
    if (!(in->value[i] > 0)) return false;
  return true;
}
enum err_code choose_logs(struct arena *a, const struct choice_input *in, struct choice *out, bool *logs, struct err *e) {
  static const char *const names[2] = {"none", "log"};
  const bool can = all_above_zero(in);
  *out = (struct choice){.n = 0};
  *logs = false;
  for (int k = 0; k < (can ? 2 : 1); k++) {
    struct arena_mark mark = arena_mark(a);
    double *y;
    TRY(choice_scale(a, in, k == 1, &y, e));
    TRY(choice_try(a, &in->order, y, in->span->n, in->list, out, NULL, e));
    struct choice_candidate *c = &out->candidate[k];
    snprintf(c->name, sizeof c->name, "%s", names[k]);
    if (k == 1 && !c->flaw) on_scale_of_values(in, c);
    arena_reset(a, mark);
  }
  const struct choice_candidate *values = &out->candidate[0], *of_logs = &out->candidate[1];
  if (values->flaw && (!can || of_logs->flaw)) return ERR(e, E_SEASONAL_AUTO, .found = "transform");
  *logs = can && !of_logs->flaw && (values->flaw || !(values->aicc - of_logs->aicc < -prefer_logs));
  out->taken = *logs;
  return E_OK;
}

/* --- days of the calendar --- */
static enum err_code add_words(struct arena *a, const struct effect_span *span, const char *words, struct effect_list *to, struct err *e) {
  for (struct str one, rest = str_of(words); rest.n;) {
    char word[CHOICE_NAME];
    one = str_split(rest, ' ', &rest);
    snprintf(word, sizeof word, "%.*s", (int)one.n, one.p);
    TRY(effects_add(a, span, word, to, e));
  }
  return E_OK;
}
enum err_code choose_calendar(struct arena *a, const struct choice_input *in, struct choice *out, const char **words, struct err *e) {
  static const char *const months[] = {"", "td1", "td1 lpyear", "td", "td lpyear", "jpdays"}, *const quarters[] = {"", "td1", "td"};
  const bool monthly = in->span->period == 12;
  const char *const *names = monthly ? months : quarters;
  const int n = monthly ? 6 : 3;
  struct effect_list *list = ARENA_NEW(a, struct effect_list);
  double *y;
  *out = (struct choice){.taken = -1};
  if (!list) return ERR(e, E_NO_MEMORY, .subject = "choice");
  TRY(choice_scale(a, in, in->logs, &y, e));
  for (int k = 0; k < n; k++) {
    struct arena_mark mark = arena_mark(a);
    *list = *in->list;
    TRY(add_words(a, in->span, names[k], list, e));
    TRY(choice_try(a, &in->order, y, in->span->n, list, out, NULL, e));
    arena_reset(a, mark);
    struct choice_candidate *c = &out->candidate[k];
    snprintf(c->name, sizeof c->name, "%s", k ? names[k] : "none");
    if (!c->flaw && (out->taken < 0 || c->aicc < out->candidate[out->taken].aicc)) out->taken = k;
  }
  if (out->taken < 0) return ERR(e, E_SEASONAL_AUTO, .found = "calendar");
  *words = names[out->taken];
  return E_OK;
}
