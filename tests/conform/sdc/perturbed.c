/* perturbed.c -- rounding and cell keys of the packs: equal where the method is deterministic, else additive and no worse. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/suppress/cell_key.h"
#include "estimators/sdc/suppress/perturb.h"
#include "tests/conform/sdc/sdc_case.h"

enum { SECONDS = 60, BASE = 3, CODES = 3 };
static const double factor = 1.05; /* the pack's own search stopped at a gap of 5 % */

void judge_rounding(const struct sdc_case *c) {
  bool proved = false;
  double sum = 0, largest = 0;
  struct perturb_loss loss;
  int64_t *out = ARENA_ARRAY(c->a, int64_t, c->t->n_cells + 1);
  struct err e = {.code = E_OK};
  if (!out || round_controlled(c->t, BASE, 0, SECONDS, out, &proved, &e)) {
    case_verdict(c, "controlled rounding", false, "%s", err_name(e.code));
    return;
  }
  perturb_loss(c->t, out, NULL, &loss);
  (void)json_number(json_member(c->expected, "sum_abs_diff"), &sum);
  (void)json_number(json_member(c->expected, "max_abs_diff"), &largest);
  case_verdict(c, "controlled rounding", perturb_additive(c->t, out) && loss.sum <= sum * factor && loss.largest <= largest,
      "sum %g, theirs %g; largest %g", loss.sum, sum, loss.largest);
}

/* --- small counts: inner cells from data.csv, published ones from the second file, each published cell the sum of the inner ones it covers --- */

struct frame {
  struct csv_table data, inner, published;
  int freq;
};
static bool covers(const struct frame *f, int64_t published, int64_t row) {
  for (int k = 0; k < 2; k++) { /* the first two columns of the published file are codes of the data, or Total */
    const struct str code = csv_table_cell(&f->published, published, k);
    bool has = str_eq(code, STR("Total"));
    for (int j = 0; !has && j < f->data.n_columns; j++) has = j != f->freq && str_eq(csv_table_cell(&f->data, row, j), code);
    if (!has) return false;
  }
  return true;
}
static enum err_code small_table(const struct sdc_case *c, const struct frame *f, int32_t *of_published, struct cell_table **out, struct err *e) {
  struct cell_builder b;
  int64_t v;
  TRY(cell_builder_begin(&b, c->a, c->id, 0, e));
  for (int64_t i = 0; i < f->data.n_rows; i++) {
    if (!str_int64(csv_table_cell(&f->data, i, f->freq), &v)) return ERR(e, E_SDC_CELLS, .subject = "freq");
    TRY(cell_builder_cell(&b, STR(""), v, 's', 0, 0, e));
  }
  int32_t *member = ARENA_ARRAY(c->a, int32_t, f->data.n_rows + 2);
  if (!member) return ERR(e, E_NO_MEMORY, .subject = c->id);
  for (int64_t p = 0; p < f->published.n_rows; p++) {
    int n = 1;
    int64_t sum = 0;
    for (int64_t i = 0; i < f->data.n_rows; i++)
      if (covers(f, p, i) && str_int64(csv_table_cell(&f->data, i, f->freq), &v)) member[n++] = (int32_t)i, sum += v;
    of_published[p] = n == 2 ? member[1] : b.t->n_cells; /* one inner cell: the same figure */
    if (n == 2) continue;
    member[0] = b.t->n_cells;
    TRY(cell_builder_cell(&b, STR(""), sum, 's', 0, 0, e));
    TRY(cell_builder_relation(&b, n, member, e));
  }
  return cell_builder_close(&b, out, e);
}
void judge_small_counts(const struct sdc_case *c) {
  struct frame f;
  struct cell_table *t;
  struct err e = {.code = E_OK};
  int64_t v, wrong = 0;
  struct perturb_loss loss;
  if (!case_csv(c, "data.csv", &f.data) || !case_csv(c, "publish_PLSrounding.csv", &f.published)) {
    case_unsupported(c, "files");
    return;
  }
  f.freq = csv_table_column(&f.data, "freq");
  int32_t *of = ARENA_ARRAY(c->a, int32_t, f.published.n_rows + 1);
  const int rounded = csv_table_column(&f.published, "rounded");
  if (f.freq < 0 || !of || rounded < 0 || small_table(c, &f, of, &t, &e)) {
    case_verdict(c, "small counts", false, "%s", err_name(e.code));
    return;
  }
  int64_t *out = ARENA_ARRAY(c->a, int64_t, t->n_cells + 1);
  uint8_t *counted = ARENA_ARRAY(c->a, uint8_t, t->n_cells + 1);
  if (!out || !counted || round_small(t, json_member_int(c->expected, "round_base", BASE), out, &e))
    {
    case_verdict(c, "small counts", false, "%s", err_name(e.code));
    return;
  }
  for (int64_t p = 0; p < f.published.n_rows; p++) {
    counted[of[p]] = 1;
    wrong += !str_int64(csv_table_cell(&f.published, p, rounded), &v) || out[of[p]] != v;
  }
  case_verdict(c, "small counts", wrong == 0, "%lld published figures differ", (long long)wrong);
  perturb_loss(t, out, NULL, &loss);
  double largest = 0;
  const struct json_value *m = json_member(c->expected, "metrics_PLSrounding");
  if (m && json_number(json_member(m, "maxdiff"), &largest))
    case_verdict(c, "small counts loss", loss.largest == largest, "%g, theirs %g", loss.largest, largest);
}

void judge_cell_key(const struct sdc_case *c) {
  const struct json_value *list = json_member(c->expected, "ptable"), *keys = json_member(c->expected, "record_keys");
  struct ptable_row *row = ARENA_ARRAY(c->a, struct ptable_row, json_length(list) + 1);
  struct err e = {.code = E_OK};
  uint64_t key = 0;
  double u;
  for (size_t i = 0; row && i < json_length(list); i++) {
    const struct json_value *r = json_element(list, i);
    double x[5] = {0};
    for (size_t k = 0; k < 5; k++) (void)json_number(json_element(r, k), &x[k]);
    row[i] = (struct ptable_row){(int64_t)x[0], (int)x[1], x[2], x[3], x[4]};
  }
  const struct ptable p = {(int64_t)json_length(list), row};
  if (!row || ptable_check(&p, &e)) {
    case_verdict(c, "cell key", false, "%s", e.subject);
    return;
  }
  for (size_t i = 0; i < json_length(keys); i++)
    if (json_number(json_element(keys, i), &u)) key += (uint64_t)ldexp(u, 63) << 1;
  const int64_t count = json_member_int(c->expected, "count", -1), noise = cell_key_noise(&p, count, key);
  case_verdict(c, "cell key", noise == json_member_int(c->expected, "noise", -99) && count + noise == json_member_int(c->expected, "perturbed", -99),
      "noise %lld", (long long)noise);
}
