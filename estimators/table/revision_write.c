/* revision_write.c -- why two runs differ, and a comparison as CSV and JSON (revision.h). */
#include <stdio.h>
#include <string.h>

#include "base/ext_csv.h"
#include "estimators/table/revision.h"

/* --- why --- */
static enum err_code differs(struct arena *a, struct revision *r, const char *what, const char *old_text, const char *new_text, struct err *e) {
  if (!strcmp(old_text, new_text)) return E_OK;
  struct revision_why *w = &r->why[r->n_why++];
  *w = (struct revision_why){what, arena_strdup(a, old_text, strlen(old_text)), arena_strdup(a, new_text, strlen(new_text))};
  return w->old_text && w->new_text ? E_OK : ERR(e, E_NO_MEMORY, .subject = what);
}

static const char *or_unknown(const char *s) { return s && *s ? s : "not known"; }

static const struct result_source *find(const struct result_document *d, const char *dataset) {
  for (int i = 0; i < d->n_sources; i++)
    if (!strcmp(d->sources[i].dataset, dataset)) return &d->sources[i];
  return NULL;
}

static const char *records(struct arena *a, const struct result_source *s) {
  return s ? arena_printf(a, "%lld records in %lld shards", (long long)s->rows, (long long)s->shards) : "not read";
}

static enum err_code source_differs(
    struct arena *a, struct revision *r, const char *dataset, const struct result_source *x, const struct result_source *y, struct err *e) {
  const char *was = records(a, x), *is = records(a, y);
  const char *form = arena_printf(a, "form version of %s", dataset), *content = arena_printf(a, "records of %s", dataset);
  if (!was || !is || !form || !content) return ERR(e, E_NO_MEMORY, .subject = dataset);
  if (x && y) TRY(differs(a, r, form, or_unknown(x->form_hash), or_unknown(y->form_hash), e));
  if (!x || !y || strcmp(was, is)) return differs(a, r, content, was, is, e);
  return strcmp(x->content, y->content) ? differs(a, r, content, was, "as many, with other content", e) : E_OK;
}

static enum err_code weights_differ(
    struct arena *a, struct revision *r, const struct result_weights *x, const struct result_weights *y, struct err *e) {
  const struct result_weights *w[] = {x, y};
  char text[2][160];
  if (!x->present && !y->present) return E_OK;
  for (int k = 0; k < 2; k++) {
    char sum[32];
    real_format(w[k]->sum, sum);
    if (!w[k]->present) snprintf(text[k], sizeof text[k], "none");
    else
      snprintf(text[k], sizeof text[k], "%lld units in %lld strata, sum %s, %lld exceptions", (long long)w[k]->units, (long long)w[k]->strata, sum,
          (long long)w[k]->exceptions);
  }
  return differs(a, r, "weights", text[0], text[1], e);
}

enum err_code revision_reasons(
    struct arena *a, const struct result_document *old_document, const struct result_document *new_document, struct revision *r, struct err *e) {
  const struct result_table *x = r->old_table, *y = r->new_table;
  r->why = ARENA_ARRAY(a, struct revision_why, 8 + 2 * (old_document->n_sources + new_document->n_sources));
  if (!r->why) return ERR(e, E_NO_MEMORY, .subject = y->id);
  r->n_why = 0;
  TRY(differs(a, r, "period", x->period, y->period, e));
  TRY(differs(a, r, "specifications", or_unknown(old_document->spec_hash), or_unknown(new_document->spec_hash), e));
  TRY(differs(a, r, "program", or_unknown(old_document->program), or_unknown(new_document->program), e));
  TRY(differs(a, r, "disclosure profile", x->profile, y->profile, e));
  TRY(differs(a, r, "publication rule", x->rule ? x->rule : "none", y->rule ? y->rule : "none", e));
  TRY(weights_differ(a, r, &old_document->weights, &new_document->weights, e));
  for (int i = 0; i < old_document->n_sources; i++) {
    const struct result_source *s = &old_document->sources[i];
    TRY(source_differs(a, r, s->dataset, s, find(new_document, s->dataset), e));
  }
  for (int i = 0; i < new_document->n_sources; i++) {
    const struct result_source *s = &new_document->sources[i];
    if (!find(old_document, s->dataset)) TRY(source_differs(a, r, s->dataset, NULL, s, e));
  }
  return E_OK;
}

/* --- CSV --- */
static void put_real(struct strbuf *to, double v, bool there) {
  char b[32] = "";
  if (there) real_format(v, b);
  csv_put_text(to, str_of(b), false);
}

static void csv_cell_line(const struct revision *r, const struct revision_cell *c, struct strbuf *to) {
  const int n = r->new_table->n_dimensions;
  for (int d = 0; d < n; d++) csv_put_text(to, revision_code(r, c, d), d == 0);
  csv_put_text(to, str_of(revision_measure(r, c)), n == 0);
  csv_put_text(to, str_of(revision_kind_name(c->kind)), false);
  put_real(to, c->old_value, c->has_values);
  put_real(to, c->new_value, c->has_values);
  put_real(to, c->difference, c->has_values);
  put_real(to, c->relative, c->has_relative);
  put_real(to, c->old_se_units, c->has_old_se_units);
  put_real(to, c->difference_se, c->has_difference_se);
  put_real(to, c->difference_se_units, c->has_difference_se);
  for (int k = 0; k < 2; k++) csv_put_text(to, str_of(revision_status(r, c, k)), false);
  for (int k = 0; k < 2; k++) csv_put_text(to, str_of(revision_flag(r, c, k)), false);
  csv_put_text(to, c->exposed ? STR("yes") : STR(""), false);
  strbuf_addc(to, '\n');
}

void revision_csv(const struct revision *r, struct strbuf *to) {
  const int n = r->new_table->n_dimensions;
  for (int d = 0; d < n; d++) csv_put_text(to, str_of(r->new_table->dimensions[d].name), d == 0);
  strbuf_adds(to, n ? "," : "");
  strbuf_adds(to, "measure,kind,old,new,difference,relative,old_se_units,difference_se,difference_se_units,");
  strbuf_adds(to, "old_status,new_status,old_flag,new_flag,exposed\n");
  for (int64_t i = 0; i < r->n_cells; i++) csv_cell_line(r, &r->cells[i], to);
}

/* --- JSON --- */
static void json_real_if(struct json_out *j, const char *key, double v, bool there) {
  if (there) json_key(j, key), json_real(j, v);
}

static void json_cell(const struct revision *r, const struct revision_cell *c, struct json_out *j) {
  json_object(j);
  json_key(j, "key");
  json_object(j);
  for (int d = 0; d < r->new_table->n_dimensions; d++) json_key(j, r->new_table->dimensions[d].name), json_text(j, revision_code(r, c, d));
  json_end_object(j);
  json_put(j, "measure", revision_measure(r, c));
  json_put(j, "kind", revision_kind_name(c->kind));
  json_real_if(j, "old", c->old_value, c->has_values);
  json_real_if(j, "new", c->new_value, c->has_values);
  json_real_if(j, "difference", c->difference, c->has_values);
  json_real_if(j, "relative", c->relative, c->has_relative);
  json_real_if(j, "old_se_units", c->old_se_units, c->has_old_se_units);
  json_real_if(j, "difference_se", c->difference_se, c->has_difference_se);
  json_real_if(j, "difference_se_units", c->difference_se_units, c->has_difference_se);
  json_put(j, "old_status", revision_status(r, c, false));
  json_put(j, "new_status", revision_status(r, c, true));
  if (c->flag_changed) json_put(j, "old_flag", revision_flag(r, c, false)), json_put(j, "new_flag", revision_flag(r, c, true));
  if (c->exposed) json_key(j, "exposed"), json_bool(j, true);
  if (c->precision_changed) json_key(j, "precision_changed"), json_bool(j, true);
  json_end_object(j);
}

static void json_summary(const struct revision *r, struct json_out *j) {
  const struct revision_summary *s = &r->summary;
  const struct {
    const char *key;
    int64_t n;
  } counts[] = {{"cells", s->n_cells}, {"same", s->n_same}, {"changed", s->n_changed}, {"new", s->n_new}, {"gone", s->n_gone},
      {"status_changed", s->n_status}, {"hidden", s->n_hidden}, {"exposed", s->n_exposed}, {"flags_changed", s->n_flags},
      {"precision_changed", s->n_precision}, {"beyond_1_se", s->n_beyond_1_se}, {"beyond_2_se", s->n_beyond_2_se}};
  json_key(j, "summary");
  json_object(j);
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) json_put_int(j, counts[i].key, counts[i].n);
  json_real_if(j, "median_relative", s->median_relative, s->has_relative);
  json_real_if(j, "largest_relative", s->largest_relative, s->has_relative);
  json_key(j, "largest");
  json_array(j);
  for (int i = 0; i < s->n_largest; i++) json_cell(r, &r->cells[s->largest[i]], j);
  json_end_array(j);
  json_end_object(j);
}

static void json_side(const char *key, const struct result_table *t, struct json_out *j) {
  json_key(j, key);
  json_object(j);
  json_put(j, "table", t->id);
  json_put(j, "period", t->period);
  json_key(j, "digest");
  if (t->digest) json_cstr(j, t->digest);
  else json_null(j);
  json_end_object(j);
}

void revision_json(const struct revision *r, struct json_out *j) {
  json_object(j);
  json_side("old", r->old_table, j);
  json_side("new", r->new_table, j);
  json_key(j, "same_digest");
  if (r->digests_known) json_bool(j, r->same_digest);
  else json_null(j);
  json_summary(r, j);
  json_key(j, "why");
  json_array(j);
  for (int i = 0; i < r->n_why; i++) {
    json_object(j);
    json_put(j, "what", r->why[i].what);
    json_put(j, "old", r->why[i].old_text);
    json_put(j, "new", r->why[i].new_text);
    json_end_object(j);
  }
  json_end_array(j);
  json_key(j, "cells");
  json_array(j);
  for (int64_t i = 0; i < r->n_cells; i++) json_cell(r, &r->cells[i], j);
  json_end_array(j);
  json_end_object(j);
}
