/* JSON and CSV. */
#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "front/quality_print.h"

static void json_rate(struct json_out *j, const char *key, const struct quality_rate *r) {
  if (!r->there || r->whole == 0) return; /* absent, not 0 */
  json_key(j, key);
  json_object(j);
  json_key(j, "part");
  json_real(j, r->part);
  json_key(j, "whole");
  json_real(j, r->whole);
  json_key(j, "rate");
  json_real(j, r->part / r->whole);
  if (r->weighted && r->weighted_whole != 0) {
    json_key(j, "weighted_rate");
    json_real(j, r->weighted_part / r->weighted_whole);
  }
  json_end_object(j);
}

static void json_figures(struct json_out *j, const struct quality_figures *f) {
  json_rate(j, "unit_response", &f->answered);
  json_rate(j, "item_response", &f->response);
  json_rate(j, "imputation", &f->imputation);
  json_rate(j, "record_failed", &f->failed);
  json_rate(j, "record_undecided", &f->undecided);
  json_rate(j, "record_failed_after", &f->failed_after);
  json_rate(j, "record_changed", &f->changed);
  json_rate(j, "check_failure", &f->checks);
}

static void json_before(struct json_out *j, const struct quality_rate *r, const char *period) {
  if (!*period) return;
  json_put(j, "before_period", period);
  json_rate(j, "before_check_failure", r);
}

static void json_outcome(struct json_out *j, const struct quality_outcome *o) {
  json_key(j, "queries");
  json_object(j);
  json_put_int(j, "asked", o->asked);
  json_put_int(j, "confirmed", o->confirmed);
  json_put_int(j, "corrected", o->corrected);
  json_put_int(j, "withdrawn", o->withdrawn);
  json_put_int(j, "open", o->open);
  json_end_object(j);
}

static void json_sender(struct json_out *j, const struct quality *q, int64_t s) {
  const struct quality_sender *x = &q->senders[s];
  json_object(j);
  json_put(j, "office", x->office);
  json_put(j, "name", x->name ? x->name : "");
  json_put(j, "state", x->state ? x->state : "");
  json_figures(j, &x->now);
  json_before(j, &x->before, x->before_period);
  json_outcome(j, &x->outcome);
  json_key(j, "checks");
  json_object(j);
  for (int c = 0; c < q->n_checks; c++) json_rate(j, q->checks[c].id, &q->failure[s * q->n_checks + c]);
  json_end_object(j);
  json_end_object(j);
}

static void json_check(struct json_out *j, const struct quality_check *k) {
  json_object(j);
  json_put(j, "check", k->id);
  json_put(j, "severity", k->severity);
  json_rate(j, "failure", &k->failure);
  json_rate(j, "unknown", &k->unknown);
  if (k->cost.there) {
    json_put_int(j, "values_changed", (int64_t)k->cost.part);
    json_put_int(j, "cost", (int64_t)(k->cost.part * k->cost.whole));
  }
  json_outcome(j, &k->outcome);
  json_key(j, "examples");
  json_array(j);
  for (int64_t i = 0; i < k->n_examples; i++) {
    json_object(j);
    json_put_int(j, "record", k->examples[i].record);
    json_put(j, "keys", k->examples[i].keys);
    json_end_object(j);
  }
  json_end_array(j);
  json_end_object(j);
}

static const enum metric_column figure_columns[] = {
    METRIC_STEP, METRIC_ITEM, METRIC_DETAIL, METRIC_NAME, METRIC_PART, METRIC_WHOLE, METRIC_WEIGHTED_PART, METRIC_WEIGHTED_WHOLE, METRIC_REASON};

/* Items and steps over all records; classes hold answers and stay in the stage, offices stand above. Totals are answers: shares of them only. */
static void json_metrics(struct json_out *j, const struct quality *q) {
  const struct table *t = &q->metrics;
  json_array(j);
  for (int64_t row = 0; row < t->n_rows; row++) {
    const bool step = quality_cell(t, row, METRIC_STEP).n, item = quality_cell(t, row, METRIC_ITEM).n;
    if (quality_cell(t, row, METRIC_CLASS).n || quality_cell(t, row, METRIC_OFFICE).n || (!step && !item)) continue;
    json_object(j);
    for (size_t k = 0; k < sizeof figure_columns / sizeof *figure_columns; k++) {
      const struct str s = quality_cell(t, row, figure_columns[k]);
      if (!s.n) continue;
      json_key(j, metric_column_names[figure_columns[k]]);
      json_text(j, s);
    }
    json_end_object(j);
  }
  json_end_array(j);
}

void quality_print_json(struct cli *c, const struct quality *q, const char *office) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "survey", q->form->survey);
  json_put(&j, "form", q->form->id);
  json_put(&j, "period", q->period);
  json_put(&j, "use", "internal");
  json_put(&j, "run", q->head.run);
  json_put(&j, "inputs", q->head.inputs);
  json_put(&j, "form_hash", q->head.form_hash);
  json_put(&j, "program", q->head.program);
  json_put_int(&j, "seed", q->head.seed);
  json_key(&j, "weighted");
  json_bool(&j, q->weighted);
  if (q->due) {
    json_put_int(&j, "offices_due", q->due);
    json_put_int(&j, "offices_sent", q->sent);
  }
  json_key(&j, "all");
  json_object(&j);
  json_figures(&j, &q->all);
  json_before(&j, &q->before, q->before_period);
  json_end_object(&j);
  json_key(&j, "senders");
  json_array(&j);
  for (int64_t s = 0; s < q->n_senders; s++)
    if (!office || strcmp(q->senders[s].office, office) == 0) json_sender(&j, q, s);
  json_end_array(&j);
  json_key(&j, "checks");
  json_array(&j);
  for (int i = 0; i < q->n_checks; i++) json_check(&j, &q->checks[i]);
  json_end_array(&j);
  json_key(&j, "metrics");
  json_metrics(&j, q);
  json_key(&j, "steps");
  process_json_steps(&j, q->steps, q->n_steps);
  json_end_object(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}

/* --- CSV: the stage as it is; classes hold answers and come only when asked for --- */
static void csv_cell(FILE *to, struct str s) {
  bool quoted = false;
  for (size_t i = 0; i < s.n; i++) quoted = quoted || s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r';
  if (quoted) fputc('"', to);
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '"') fputc('"', to);
    fputc(s.p[i], to);
  }
  if (quoted) fputc('"', to);
}

void quality_print_csv(struct cli *c, const struct quality *q, bool classes) {
  const struct table *t = &q->metrics;
  FILE *to = cli_out(c);
  for (int k = 0; k < METRIC_COLUMNS; k++)
    if (k != METRIC_CLASS || classes) fprintf(to, "%s%s", k ? "," : "", metric_column_names[k]);
  fputc('\n', to);
  for (int64_t row = 0; row < t->n_rows; row++) {
    if (quality_cell(t, row, METRIC_CLASS).n && !classes) continue;
    for (int k = 0; k < METRIC_COLUMNS; k++) {
      if (k == METRIC_CLASS && !classes) continue;
      if (k) fputc(',', to);
      csv_cell(to, quality_cell(t, row, (enum metric_column)k));
    }
    fputc('\n', to);
  }
}
