#include "estimators/mls/mls_record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_json.h"
#include "base/json_out.h"

static int by_id(const void *x, const void *y) {
  const struct mls_record_cell *a = x, *b = y;
  return str_cmp(a->id, b->id);
}
static int by_stratum(const void *x, const void *y) {
  const struct mls_record_stratum *a = x, *b = y;
  return str_cmp(a->id, b->id);
}
static struct str kept_text(struct arena *a, const char *text) { return str_of(arena_strdup(a, text, strlen(text))); }

/* --- making ------------------------------------------------------------------------------------------------------------------------------ */
static void digest_answers(const struct mls_sample *s, const int64_t *report, int64_t n, char out[DIGEST_TEXT]) {
  struct digest d;
  digest_begin(&d);
  for (int64_t i = 0; i < n; i++) {
    double v[MLS_SPLITS * MLS_ITEMS];
    int k = 0;
    for (int split = 0; split < MLS_SPLITS; split++)
      for (int item = 0; item < MLS_ITEMS; item++)
        if (s->x[split][item]) v[k++] = (double)s->x[split][item][report[i]];
    digest_reals(&d, v, k);
  }
  digest_end(&d, out);
}
static void digest_weights(const struct mls_sample *s, const int64_t *report, int64_t n, char out[DIGEST_TEXT]) {
  struct digest d;
  digest_begin(&d);
  for (int64_t i = 0; i < n; i++) digest_reals(&d, &s->design->weight[report[i]], 1);
  digest_end(&d, out);
}
static enum err_code make_cell(
    struct arena *a, const struct mls_run_input *in, const struct mls_run_result *run, int32_t c, struct mls_record_cell *out, struct err *e) {
  const struct mls_cell_result *r = &run->ratio.cells[c];
  const int64_t *report = run->ratio.order + run->ratio.first[c], n = run->ratio.first[c + 1] - run->ratio.first[c];
  char answers[DIGEST_TEXT], weights[DIGEST_TEXT];
  double pay = 0;
  digest_answers(&in->sample, report, n, answers);
  digest_weights(&in->sample, report, n, weights);
  *out = (struct mls_record_cell){.id = in->cells[c].id,
      .workers = in->cells[c].workers_before,
      .ratio = r->ratio,
      .expanded = r->weighted_e0,
      .heads = mls_heads(&r->totals, MLS_ALL),
      .pay = mls_average(&r->totals, MLS_ALL, MLS_C, &pay) ? pay : 0,
      .reports = n,
      .answers = kept_text(a, answers),
      .weights = kept_text(a, weights)};
  return out->answers.p && out->weights.p ? E_OK : ERR(e, E_NO_MEMORY, .subject = "run record");
}
static enum err_code make_strata(struct arena *a, const struct mls_record_names *names, struct mls_record *out, struct err *e) {
  out->n_strata = names->n_strata;
  out->strata = ARENA_ARRAY(a, struct mls_record_stratum, out->n_strata + 1);
  if (!out->strata) return ERR(e, E_NO_MEMORY, .subject = "run record");
  for (int32_t h = 0; h < out->n_strata; h++) {
    const struct mls_guard_stratum *s = &names->strata[h];
    out->strata[h] = (struct mls_record_stratum){s->id, s->frame_units, s->drawn_units, s->weight_num, s->weight_den};
  }
  if (out->n_strata) qsort(out->strata, (size_t)out->n_strata, sizeof *out->strata, by_stratum);
  return E_OK;
}
static struct str digest_rows(struct arena *a, const struct mls_run_input *in, const struct mls_run_result *run) {
  struct digest d;
  char out[DIGEST_TEXT];
  digest_begin(&d);
  for (int32_t g = 0; g < in->n_rollups; g++) {
    double v[MLS_SPLITS * MLS_COLUMNS];
    int k = 0;
    digest_text(&d, run->rows[g].industry);
    digest_text(&d, run->rows[g].size);
    for (int s = 0; s < MLS_SPLITS; s++)
      for (int c = 0; c < MLS_COLUMNS; c++) v[k++] = run->rows[g].has[s][c] ? (double)run->rows[g].value[s][c] : -1e300;
    digest_reals(&d, v, k);
  }
  digest_end(&d, out);
  return kept_text(a, out);
}
static void digest_all(const struct mls_record *r, char out[DIGEST_TEXT]) {
  const struct str texts[] = {r->period, r->vintage, r->program, r->plan, r->weights, r->rows};
  struct digest d;
  digest_begin(&d);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) digest_text(&d, texts[i]);
  for (int32_t c = 0; c < r->n_cells; c++) {
    const struct mls_record_cell *k = &r->cells[c];
    const double v[] = {k->workers, k->ratio, k->expanded, k->heads, k->pay, (double)k->reports};
    digest_text(&d, k->id);
    digest_text(&d, k->answers);
    digest_text(&d, k->weights);
    digest_reals(&d, v, 6);
  }
  for (int32_t h = 0; h < r->n_strata; h++) {
    const struct mls_record_stratum *s = &r->strata[h];
    const double v[] = {(double)s->frame_units, (double)s->drawn_units, (double)s->weight_num, (double)s->weight_den};
    digest_text(&d, s->id);
    digest_reals(&d, v, 4);
  }
  digest_end(&d, out);
}
enum err_code mls_record_make(struct arena *a, const struct mls_run_input *in, const struct mls_run_result *run, const struct mls_record_names *names,
    struct mls_record *out, struct err *e) {
  *out = (struct mls_record){names->period, names->vintage, names->program, names->plan, names->weights, digest_rows(a, in, run),
      ARENA_ARRAY(a, struct mls_record_cell, in->n_cells + 1), in->n_cells, NULL, 0, ""};
  if (!out->cells || !out->rows.p) return ERR(e, E_NO_MEMORY, .subject = "run record");
  TRY(make_strata(a, names, out, e));
  for (int32_t c = 0; c < in->n_cells; c++) TRY(make_cell(a, in, run, c, &out->cells[c], e));
  qsort(out->cells, (size_t)out->n_cells, sizeof *out->cells, by_id);
  digest_all(out, out->digest);
  return E_OK;
}

/* --- text -------------------------------------------------------------------------------------------------------------------------------- */
static void put_str(struct json_out *j, const char *key, struct str s) {
  json_key(j, key);
  json_text(j, s);
}
static void put_real(struct json_out *j, const char *key, double v) {
  json_key(j, key);
  json_real(j, v);
}
void mls_record_write(const struct mls_record *r, struct strbuf *out) {
  struct json_out j;
  json_begin(&j, out, false);
  json_object(&j);
  json_put(&j, "record", "mls 2");
  put_str(&j, "period", r->period);
  put_str(&j, "vintage", r->vintage);
  put_str(&j, "program", r->program);
  put_str(&j, "plan", r->plan);
  put_str(&j, "weights", r->weights);
  put_str(&j, "rows", r->rows);
  json_key(&j, "cells");
  json_array(&j);
  for (int32_t c = 0; c < r->n_cells; c++) {
    const struct mls_record_cell *k = &r->cells[c];
    json_object(&j);
    put_str(&j, "cell", k->id);
    put_real(&j, "workers", k->workers);
    put_real(&j, "ratio", k->ratio);
    put_real(&j, "expanded", k->expanded);
    put_real(&j, "heads", k->heads);
    put_real(&j, "pay", k->pay);
    json_put_int(&j, "reports", k->reports);
    put_str(&j, "answers", k->answers);
    put_str(&j, "weights", k->weights);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_key(&j, "strata");
  json_array(&j);
  for (int32_t h = 0; h < r->n_strata; h++) {
    const struct mls_record_stratum *s = &r->strata[h];
    json_object(&j);
    put_str(&j, "stratum", s->id);
    json_put_int(&j, "frame", s->frame_units);
    json_put_int(&j, "drawn", s->drawn_units);
    json_put_int(&j, "num", s->weight_num);
    json_put_int(&j, "den", s->weight_den);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_put(&j, "digest", r->digest);
  json_end_object(&j);
  strbuf_addc(out, '\n');
}
static bool read_cell(struct arena *a, const struct json_value *v, struct mls_record_cell *c) {
  c->id = kept_text(a, json_member_string(v, "cell", ""));
  c->answers = kept_text(a, json_member_string(v, "answers", ""));
  c->weights = kept_text(a, json_member_string(v, "weights", ""));
  c->reports = json_member_int(v, "reports", -1);
  return c->id.n && c->answers.n && c->weights.n && c->reports >= 0 && json_number(json_member(v, "workers"), &c->workers)
      && json_number(json_member(v, "ratio"), &c->ratio) && json_number(json_member(v, "expanded"), &c->expanded)
      && json_number(json_member(v, "heads"), &c->heads) && json_number(json_member(v, "pay"), &c->pay) && c->heads >= 0 && isfinite(c->heads)
      && isfinite(c->pay);
}
static bool read_stratum(struct arena *a, const struct json_value *v, struct mls_record_stratum *s) {
  *s = (struct mls_record_stratum){kept_text(a, json_member_string(v, "stratum", "")), json_member_int(v, "frame", -1),
      json_member_int(v, "drawn", -1), json_member_int(v, "num", -1), json_member_int(v, "den", -1)};
  return s->id.n && s->frame_units >= 0 && s->drawn_units >= 0 && s->weight_num >= 0 && s->weight_den >= 0;
}
static enum err_code read_strata(struct arena *a, const char *name, const struct json_value *list, struct mls_record *out, struct err *e) {
  const size_t n = json_length(list);
  if (!json_is_array(list) || n > 1000000) return ERR(e, E_MLS_ARCHIVE, .file = name, .subject = name, .expected = "strata");
  out->n_strata = (int32_t)n;
  out->strata = ARENA_ARRAY(a, struct mls_record_stratum, (int64_t)n + 1);
  if (!out->strata) return ERR(e, E_NO_MEMORY, .subject = name);
  for (size_t h = 0; h < n; h++) {
    const bool read = read_stratum(a, json_element(list, h), &out->strata[h]);
    if (!read || (h && str_cmp(out->strata[h - 1].id, out->strata[h].id) >= 0))
      return ERR(e, E_MLS_ARCHIVE, .file = name, .subject = name, .expected = "strata in order, each once, with their counts and weights");
  }
  return E_OK;
}
static enum err_code read_root(struct arena *a, const char *name, const struct json_value *root, struct mls_record *out, struct err *e) {
  const struct json_value *cells = json_member(root, "cells");
  const size_t n = json_length(cells);
  if (strcmp(json_member_string(root, "record", ""), "mls 2") || !json_is_array(cells) || n > 1000000)
    return ERR(e, E_MLS_ARCHIVE, .file = name, .subject = name, .expected = "\"record\": \"mls 2\" and its cells");
  *out = (struct mls_record){kept_text(a, json_member_string(root, "period", "")), kept_text(a, json_member_string(root, "vintage", "")),
      kept_text(a, json_member_string(root, "program", "")), kept_text(a, json_member_string(root, "plan", "")),
      kept_text(a, json_member_string(root, "weights", "")), kept_text(a, json_member_string(root, "rows", "")),
      ARENA_ARRAY(a, struct mls_record_cell, (int64_t)n + 1), (int32_t)n, NULL, 0, ""};
  if (!out->cells || !out->rows.p) return ERR(e, E_NO_MEMORY, .subject = name);
  for (size_t i = 0; i < n; i++) {
    if (!read_cell(a, json_element(cells, i), &out->cells[i])) return ERR(e, E_MLS_ARCHIVE, .file = name, .subject = name, .line = (int64_t)i + 1);
    if (i && str_cmp(out->cells[i - 1].id, out->cells[i].id) >= 0)
      return ERR(e, E_MLS_ARCHIVE, .file = name, .subject = name, .expected = "cells in order, each once");
  }
  TRY(read_strata(a, name, json_member(root, "strata"), out, e));
  digest_all(out, out->digest);
  if (strcmp(out->digest, json_member_string(root, "digest", "")))
    return ERR(e, E_MLS_ARCHIVE, .file = name, .subject = name, .expected = "the digest of its content", .found = "another digest");
  return E_OK;
}
enum err_code mls_record_read(struct arena *a, const char *name, const char *json, size_t n, struct mls_record *out, struct err *e) {
  struct json_document *d = NULL;
  TRY(json_parse(name, json, n, &d, e));
  const enum err_code code = read_root(a, name, json_root(d), out, e);
  json_release(d);
  return code;
}

/* --- the weights of an earlier run -------------------------------------------------------------------------------------------------------- */
int32_t mls_record_before(const struct mls_record *earlier, struct mls_guard_stratum *strata, int32_t n) {
  int32_t found = 0;
  for (int32_t h = 0; h < n; h++) {
    const struct mls_record_stratum key = {.id = strata[h].id};
    const struct mls_record_stratum *s =
        earlier->n_strata ? bsearch(&key, earlier->strata, (size_t)earlier->n_strata, sizeof key, by_stratum) : NULL;
    if (!s) continue;
    strata[h].before_num = s->weight_num;
    strata[h].before_den = s->weight_den;
    found++;
  }
  return earlier->n_strata - found;
}
