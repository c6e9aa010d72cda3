/* result_json.c -- a result table as JSON; read again by result_read.h. */
#include "estimators/table/result_table.h"
#include "estimators/table/rounding.h"

static void json_measure(const struct result_measure *m, int64_t i, struct json_out *j) {
  bool shown = m->status[i] == RESULT_SHOWN;
  json_key(j, m->name);
  json_object(j);
  json_key(j, "value");
  if (shown) json_real(j, m->decimals >= 0 ? round_decimals(m->value[i], m->decimals) : m->value[i]);
  else json_null(j);
  if (shown && m->has_se[i]) {
    json_key(j, "se"), json_real(j, m->se[i]);
    if (m->value[i] != 0) json_key(j, "cv"), json_real(j, m->cv[i]);
    json_put_int(j, "df", m->df[i]);
    if (m->has_se[i] == 2) json_put(j, "se_note", "response taken as sampling in take-all strata");
  }
  if (shown && m->low && m->has_interval[i]) {
    json_key(j, "low"), json_real(j, m->low[i]);
    json_key(j, "high"), json_real(j, m->high[i]);
    json_key(j, "confidence"), json_real(j, m->confidence);
  }
  if (shown && m->deff && m->has_deff[i]) json_key(j, "deff"), json_real(j, m->deff[i]);
  if (m->flag && m->flag[i]) json_put(j, "flag", m->flag[i]);
  json_put(j, "status", result_status_name(m->status[i]));
  if (m->reason[i]) json_put(j, "reason", m->reason[i]);
  json_end_object(j);
}

/* What a reader needs to show the figures as this program does; only with a digest, so that older documents keep their bytes. */
static void json_measures(const struct result_table *t, struct json_out *j) {
  json_key(j, "dimensions");
  json_array(j);
  for (int d = 0; d < t->n_dimensions; d++) json_cstr(j, t->dimensions[d].name);
  json_end_array(j);
  json_key(j, "measures");
  json_array(j);
  for (int k = 0; k < t->n_measures; k++) {
    const struct result_measure *m = &t->measures[k];
    json_object(j);
    json_put(j, "name", m->name);
    json_put(j, "unit", m->unit);
    json_put_int(j, "decimals", m->decimals);
    json_key(j, "additive"), json_bool(j, m->additive);
    json_end_object(j);
  }
  json_end_array(j);
  json_put_int(j, "row_dimensions", t->n_row_dimensions);
  json_put(j, "digest", t->digest);
}

static void json_marks(const struct result_table *t, struct json_out *j) {
  json_put(j, "publication_rule", t->rule ? t->rule : "");
  json_key(j, "marks");
  json_array(j);
  for (int i = 0; t->marks && i < t->n_marks; i++) {
    json_object(j);
    json_put(j, "mark", t->marks[i].mark);
    json_put(j, "ja", t->marks[i].ja);
    json_put(j, "en", t->marks[i].en);
    json_end_object(j);
  }
  json_end_array(j);
}

static void json_row(const struct result_table *t, int64_t i, struct json_out *j) {
  json_object(j);
  json_key(j, "key");
  json_object(j);
  for (int d = 0; d < t->n_dimensions; d++) json_key(j, t->dimensions[d].name), json_text(j, t->dimensions[d].code[i]);
  json_end_object(j);
  if (t->n_status[i] == RESULT_SHOWN) json_put_int(j, "n", t->n[i]);
  else if (t->digest) json_put(j, "n_status", result_status_name(t->n_status[i]));
  json_key(j, "measures");
  json_object(j);
  for (int k = 0; k < t->n_measures; k++) json_measure(&t->measures[k], i, j);
  json_end_object(j);
  json_end_object(j);
}

void result_json(const struct result_table *t, struct json_out *j) {
  json_object(j);
  json_put(j, "table", t->id);
  json_put(j, "title_ja", t->title_ja);
  json_put(j, "title_en", t->title_en);
  json_put(j, "survey", t->survey);
  json_put(j, "form", t->form);
  json_put(j, "period", t->period);
  json_put(j, "disclosure_profile", t->profile);
  json_key(j, "refusal");
  if (t->refusal) json_cstr(j, t->refusal);
  else json_null(j);
  json_key(j, "notes");
  json_array(j);
  for (int i = 0; i < t->n_notes; i++) json_cstr(j, t->notes[i]);
  json_end_array(j);
  if (t->marks || t->rule) json_marks(t, j);
  if (t->digest) json_measures(t, j);
  json_key(j, "rows");
  json_array(j);
  for (int64_t i = 0; i < t->n_rows; i++) json_row(t, i, j);
  json_end_array(j);
  json_end_object(j);
}
