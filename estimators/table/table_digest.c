#include "estimators/table/table_digest.h"

#include <stdio.h>
#include <string.h>

#include "estimators/sdc/sdc_words.h"
#include "estimators/table/rounding.h"

static void put(struct strbuf *to, struct str s) {
  strbuf_addf(to, "%zu:", s.n);
  strbuf_add(to, s.p, s.n);
  strbuf_addc(to, ',');
}
static void put_text(struct strbuf *to, const char *s) { put(to, str_of(s)); }

static void put_int(struct strbuf *to, int64_t v, bool there) {
  char b[32] = "";
  if (there) snprintf(b, sizeof b, "%lld", (long long)v);
  put_text(to, b);
}

static void put_real(struct strbuf *to, double v, bool there) {
  char b[32] = "";
  if (there) real_format(v == 0 ? 0.0 : v, b);
  put_text(to, b);
}

static void put_head(const struct result_table *t, struct strbuf *to) {
  const char *const words[] = {t->id, t->survey, t->form, t->period, t->profile, t->rule, t->refusal};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) put_text(to, words[i]);
  put_int(to, t->n_notes, true);
  for (int i = 0; i < t->n_notes; i++) put_text(to, t->notes[i]);
  put_int(to, t->n_dimensions, true);
  for (int d = 0; d < t->n_dimensions; d++) put_text(to, t->dimensions[d].name);
  put_int(to, t->n_measures, true);
  for (int k = 0; k < t->n_measures; k++) put_text(to, t->measures[k].name), put_text(to, t->measures[k].unit);
  put_int(to, t->n_rows, true);
  strbuf_addc(to, '\n');
}

static void put_measure(const struct result_measure *m, int64_t i, struct strbuf *to) {
  const bool shown = m->status[i] == RESULT_SHOWN, error = shown && m->has_se[i];
  const bool interval = shown && m->low && m->has_interval[i], deff = shown && m->deff && m->has_deff[i];
  const double value = m->decimals >= 0 ? round_decimals(m->value[i], m->decimals) : m->value[i];
  put_text(to, result_status_name(m->status[i]));
  put_real(to, value, shown);
  put_real(to, m->se[i], error);
  put_real(to, m->cv[i], error && value != 0 && m->cv[i] != 0);
  put_int(to, m->df[i], error);
  put_real(to, interval ? m->low[i] : 0, interval);
  put_real(to, interval ? m->high[i] : 0, interval);
  put_real(to, m->confidence, interval);
  put_real(to, deff ? m->deff[i] : 0, deff);
  put_text(to, m->flag ? m->flag[i] : NULL);
  /* A digest over the rule that hid a figure would let anyone try the rules until it fits. */
  put_text(to, m->status[i] == RESULT_SUPPRESSED ? sdc_published_reason : m->reason[i]);
}

void result_canonical(const struct result_table *t, struct strbuf *to) {
  strbuf_adds(to, "shirabe-table-1\n");
  put_head(t, to);
  for (int64_t i = 0; i < t->n_rows; i++) {
    for (int d = 0; d < t->n_dimensions; d++) put(to, t->dimensions[d].code[i]);
    put_text(to, t->n_status[i] == RESULT_SHOWN ? "" : "hidden");
    put_int(to, t->n[i], t->n_status[i] == RESULT_SHOWN);
    for (int k = 0; k < t->n_measures; k++) put_measure(&t->measures[k], i, to);
    strbuf_addc(to, '\n');
  }
}
