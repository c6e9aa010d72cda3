#include "estimators/selection/sample_write.h"

#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "estimators/selection/joint.h"

static const char *const stage_columns[] = {"stratum", "population", "sample", "probability", "certainty"};
static const char *const row_columns[] = {"probability", "weight", "weight_fraction"};
enum { STAGE_COLUMNS = 5, ROW_COLUMNS = 3, NAME_BYTES = 32 };

static void stage_name(int s, int k, char out[NAME_BYTES]) { snprintf(out, NAME_BYTES, "s%d_%s", s + 1, stage_columns[k]); }

static void put_cstr(struct strbuf *b, const char *text) { csv_put(b, str_of(text), false); }
static void put_int(struct strbuf *b, int64_t v) {
  strbuf_addc(b, ',');
  strbuf_add_int(b, v);
}
static void put_real(struct strbuf *b, double v) {
  char text[32];
  real_format(v, text);
  put_cstr(b, text);
}

static enum err_code put_name(const struct sample_frame *f, struct strbuf *b, const char *name, struct err *e) {
  if (csv_table_column(f->table, name) >= 0) return ERR(e, E_FRAME_NAME_TAKEN, .file = f->place, .line = 1, .subject = name);
  put_cstr(b, name);
  return E_OK;
}

static enum err_code put_header(const struct sample_frame *f, const struct sample_plan *plan, struct strbuf *b, struct err *e) {
  char name[NAME_BYTES];
  for (int64_t c = 0; c < f->table->n_columns; c++) csv_put(b, f->table->header[c], c == 0);
  for (int s = 0; s < plan->n_stages; s++)
    for (int k = 0; k < STAGE_COLUMNS; k++) {
      stage_name(s, k, name);
      TRY(put_name(f, b, name, e));
    }
  for (int k = 0; k < ROW_COLUMNS; k++) TRY(put_name(f, b, row_columns[k], e));
  strbuf_addc(b, '\n');
  return E_OK;
}

static void put_stage(const struct sample *o, int s, int64_t i, struct strbuf *b) {
  const struct sample_cell *c = &o->cells[o->stage[s].cell[i]];
  const bool certain = o->stage[s].certain[i];
  struct strbuf label;
  strbuf_init(&label, 0);
  strbuf_add(&label, c->label.p, c->label.n);
  if (certain) strbuf_adds(&label, label.n ? "/certain" : "certain");
  else if (!label.n) strbuf_adds(&label, "all");
  csv_put(b, str_view(label.p, label.n), false);
  b->failed |= label.failed;
  strbuf_release(&label);
  put_int(b, certain ? c->n_certain : c->n_units - c->n_certain);
  put_int(b, certain ? c->n_certain : c->n_sample - c->n_certain);
  put_real(b, o->stage[s].probability[i]);
  put_int(b, certain);
}

enum err_code sample_csv(const struct sample_frame *f, const struct sample_plan *plan, const struct sample *o, struct strbuf *b, struct err *e) {
  TRY(put_header(f, plan, b, e));
  for (int64_t i = 0; i < o->n; i++) {
    for (int c = 0; c < f->table->n_columns; c++) csv_put(b, csv_table_cell(f->table, o->row[i], c), c == 0);
    for (int s = 0; s < plan->n_stages; s++) put_stage(o, s, i, b);
    put_real(b, o->probability[i]);
    put_real(b, o->weight[i]);
    strbuf_addc(b, ',');
    if (o->weight_den[i]) {
      strbuf_add_int(b, o->weight_num[i]);
      if (o->weight_den[i] != 1) strbuf_addc(b, '/'), strbuf_add_int(b, o->weight_den[i]);
    }
    strbuf_addc(b, '\n');
  }
  return b->failed ? ERR(e, E_NO_MEMORY, .subject = "sample") : E_OK;
}

static void put_cell(struct json_out *j, const struct sample_cell *c) {
  json_object(j);
  json_key(j, "stratum"), json_text(j, c->label);
  json_put_int(j, "population", c->n_units);
  json_put_int(j, "sample", c->n_sample);
  json_put_int(j, "certain", c->n_certain);
  json_key(j, "expected"), json_real(j, c->expected);
  json_put_int(j, "rows", c->n_rows);
  json_key(j, "weight_sum"), json_real(j, c->weight_sum);
  json_end_object(j);
}

static const char *exactness(enum draw_method m) {
  static const char *const texts[] = {"as planned", "exact, equal among the smallest units", "nearly as planned"};
  return texts[draw_exactness(m)];
}

static void put_stages(struct json_out *j, const struct sample_plan *plan, const struct sample *o) {
  json_key(j, "stages"), json_array(j);
  for (int s = 0; s < plan->n_stages; s++) {
    int64_t cells = 0, units = 0, taken = 0, certain = 0;
    for (int64_t k = 0; k < o->n_cells; k++) {
      const struct sample_cell *c = &o->cells[k];
      if (c->stage != s) continue;
      cells++, units += c->n_units, taken += c->n_sample, certain += c->n_certain;
    }
    json_object(j);
    json_put(j, "unit", plan->stage[s].unit);
    json_put(j, "method", draw_name(plan->stage[s].method));
    json_put(j, "probabilities", exactness(plan->stage[s].method));
    json_put(j, "joint", joint_kind_name(joint_kind(plan->stage[s].method)));
    json_put_int(j, "cells", cells), json_put_int(j, "population", units), json_put_int(j, "sample", taken), json_put_int(j, "certain", certain);
    json_end_object(j);
  }
  json_end_array(j);
}

void sample_report_json(const struct sample_frame *f, const struct sample_plan *plan, const struct sample *o, const struct sample_digests *d,
    struct strbuf *b) {
  struct json_out j;
  json_begin(&j, b, false);
  json_object(&j);
  json_put(&j, "kind", "selection report");
  json_put(&j, "program", d->version);
  json_put(&j, "seed", d->seed);
  json_put(&j, "frame_sha256", d->frame);
  json_put(&j, "plan_sha256", d->plan);
  json_put(&j, "sample_sha256", d->sample);
  json_put_int(&j, "frame_rows", f->table->n_rows);
  json_put_int(&j, "sample_rows", o->n);
  put_stages(&j, plan, o);
  json_key(&j, "strata"), json_array(&j);
  for (int64_t k = 0; k < o->n_cells; k++)
    if (o->cells[k].stage == 0) put_cell(&j, &o->cells[k]);
  json_end_array(&j);
  json_end_object(&j);
  strbuf_addc(b, '\n');
}

static bool unequal(const struct sampling_stage *p) { return p->size != NULL; }

static void put_design_stage(struct json_out *j, const struct sample_plan *plan, int s) {
  char name[NAME_BYTES];
  json_object(j);
  json_put(j, "unit", plan->stage[s].unit);
  stage_name(s, 0, name);
  json_key(j, "stratum"), json_array(j), json_cstr(j, name), json_end_array(j);
  stage_name(s, 1, name);
  if (!unequal(&plan->stage[s])) json_put(j, "population", name);
  json_end_object(j);
}

void sample_design_json(const struct sample_plan *plan, const struct sample *o, const char *joint_file, struct strbuf *b) {
  struct json_out j;
  (void)o;
  json_begin(&j, b, false);
  json_object(&j);
  json_put(&j, "kind", "sample");
  json_put(&j, "unit", plan->stage[plan->n_stages - 1].unit);
  json_key(&j, "stages"), json_array(&j);
  for (int s = 0; s < plan->n_stages; s++) put_design_stage(&j, plan, s);
  json_end_array(&j);
  json_key(&j, "nested"), json_bool(&j, true);
  json_put(&j, "weight", "weight");
  if (unequal(&plan->stage[0])) {
    json_key(&j, "pps"), json_object(&j);
    json_put(&j, "form", !joint_file ? "brewer" : draw_fixed_size(plan->stage[0].method) ? "joint" : "horvitz-thompson");
    json_put(&j, "probability", "s1_probability");
    if (joint_file) json_put(&j, "joint", joint_file);
    json_end_object(&j);
  }
  json_put(&j, "lonely", "stop");
  json_end_object(&j);
  strbuf_addc(b, '\n');
}
