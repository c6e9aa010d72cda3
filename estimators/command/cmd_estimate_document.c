#include "estimators/command/cmd_estimate_document.h"

#include "estimators/command/cmd_estimate_result.h"

static void json_lineage(struct json_out *j, const struct estimate_output *r) {
  json_key(j, "datasets");
  json_array(j);
  for (int i = 0; i < r->n_datasets; i++) {
    const struct estimate_dataset *d = &r->datasets[i];
    json_object(j);
    json_put(j, "dataset", d->name);
    json_put(j, "form_hash", d->form->hash_hex);
    json_put_int(j, "rows", d->n_rows);
    json_key(j, "shards");
    json_array(j);
    for (int64_t k = 0; k < d->n_shards; k++) {
      json_object(j);
      json_put(j, "batch", d->shards[k].batch);
      json_put(j, "sender", d->shards[k].sender);
      json_put(j, "content_hash", d->shards[k].content_hash);
      json_put_int(j, "rows", d->shards[k].n_rows);
      json_end_object(j);
    }
    json_end_array(j);
    json_end_object(j);
  }
  json_end_array(j);
}

static void json_weights(struct json_out *j, const struct estimate_weights *w) {
  json_key(j, "weights");
  if (!w->present) {
    json_null(j);
    return;
  }
  json_object(j);
  json_put_int(j, "units", w->n_units);
  json_put_int(j, "strata", w->n_strata);
  json_put_int(j, "take_all", w->n_take_all);
  json_put_int(j, "sampled", w->n_sampled);
  json_put_int(j, "exceptions", w->n_exceptions);
  json_key(j, "smallest"), json_real(j, w->smallest);
  json_key(j, "largest"), json_real(j, w->largest);
  json_key(j, "sum"), json_real(j, w->sum);
  json_end_object(j);
}

static void json_skipped(struct json_out *j, const struct estimate_output *r) {
  json_key(j, "skipped");
  json_array(j);
  for (int i = 0; i < r->n_skipped; i++) {
    json_object(j);
    json_put(j, "form", r->skipped[i].form);
    json_put(j, "table", r->skipped[i].table);
    json_put(j, "reason", r->skipped[i].reason);
    json_end_object(j);
  }
  json_end_array(j);
}

static enum err_code json_table(const struct result_table *t, struct json_out *j, struct err *e) {
  struct result_table copy = *t; /* the table itself stays as the run made it */
  TRY(estimate_digest(&copy, e));
  result_json(&copy, j);
  return E_OK;
}

static void json_stored(struct json_out *j, const struct estimate_output *r, char (*ids)[65]) {
  json_key(j, "stored");
  json_array(j);
  for (int i = 0; ids && i < r->n_tables; i++) json_cstr(j, ids[i]);
  json_end_array(j);
}

enum err_code estimate_document(const struct estimate_output *r, char (*ids)[65], int only, struct strbuf *to, struct err *e) {
  struct json_out j;
  json_begin(&j, to, false);
  json_object(&j);
  json_put(&j, "survey", r->survey);
  json_put(&j, "period", r->period);
  json_put(&j, "spec_hash", r->spec_hash);
  json_put(&j, "program", SHIRABE_VERSION);
  json_lineage(&j, r);
  json_weights(&j, &r->weights);
  if (only < 0) json_skipped(&j, r), json_stored(&j, r, ids);
  json_key(&j, "tables");
  json_array(&j);
  for (int i = 0; i < r->n_tables; i++)
    if (only < 0 || i == only) TRY(json_table(r->tables[i].table, &j, e));
  json_end_array(&j);
  json_end_object(&j);
  return json_done(&j) && !to->failed ? E_OK : ERR(e, E_NO_MEMORY, .subject = r->survey);
}
