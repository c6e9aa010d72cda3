#include "estimators/sdc/micro/micro_report.h"

#include <stdio.h>
#include <string.h>

#include "base/ext_csv.h"

/* --- JSON --- */
static void put_real(struct json_out *j, const char *key, bool has, double v) {
  json_key(j, key);
  if (has) json_real(j, v);
  else json_null(j);
}
static void put_source(struct json_out *j, const struct micro_source *s) {
  json_put(j, "source", s->text);
  json_put(j, "source_status", micro_status_name(s->status));
}
static void json_diversity(const struct micro_state *s, struct json_out *j) {
  json_key(j, "diversity");
  if (!s->has_sensitive) {
    json_null(j);
    return;
  }
  const struct micro_diversity *d = &s->diversity;
  json_object(j);
  json_put_int(j, "missing", d->n_missing);
  json_put_int(j, "least_distinct", d->least_distinct);
  put_real(j, "least_entropy", true, d->least_entropy);
  put_real(j, "most_distance", true, d->most_distance);
  json_put_int(j, "below_distinct_l", d->n_below_distinct);
  json_put_int(j, "below_entropy_l", d->n_below_entropy);
  json_put_int(j, "not_recursive", d->n_not_recursive);
  json_put_int(j, "beyond_t", d->n_beyond_distance);
  json_end_object(j);
}
static void json_suda(const struct micro_report *r, const struct micro_state *s, struct json_out *j) {
  json_key(j, "special_uniques");
  if (!s->has_fraction) {
    json_null(j);
    return;
  }
  json_object(j);
  json_put_int(j, "sample_uniques", s->suda.n_unique);
  json_put_int(j, "records", s->suda.n_special);
  put_real(j, "highest_score", true, s->suda.highest);
  put_real(j, "file_dis", true, s->suda.file_dis);
  json_key(j, "share_by_key");
  json_object(j);
  for (int k = 0; k < r->recipe->n_keys; k++) put_real(j, r->recipe->key[k], true, s->suda.key_share[k]);
  json_end_object(j);
  json_end_object(j);
}
static void json_risk_classes(const struct micro_state *s, struct json_out *j) {
  int64_t count[MICRO_RISK_CLASSES];
  micro_risk_classes(s, count);
  json_key(j, "risk_classes");
  json_array(j);
  for (int k = 0; k < MICRO_RISK_CLASSES; k++) json_int(j, count[k]);
  json_end_array(j);
}
/* Before and after beside each other, by the weights of each file. */
static void json_utility(const struct micro_report *r, struct json_out *j) {
  const struct micro_utility *u = &r->utility;
  static const char *const side[2] = {"before", "after"};
  json_key(j, "utility");
  json_array(j);
  for (int k = 0; k < u->d; k++) {
    json_object(j);
    json_put(j, "variable", u->name[k]);
    for (int t = 0; t < 2; t++) {
      json_key(j, side[t]);
      json_object(j);
      json_put_int(j, "n", u->n[t][k]);
      put_real(j, "mean", u->has_mean[t][k], u->mean[t][k]), put_real(j, "sd", u->has_mean[t][k], u->sd[t][k]);
      json_key(j, "correlations");
      json_object(j);
      for (int i = 0; i < k; i++) put_real(j, u->name[i], u->has_correlation[t][i][k], u->correlation[t][i][k]);
      json_end_object(j);
      json_end_object(j);
    }
    json_end_object(j);
  }
  json_end_array(j);
}
static void json_state(const struct micro_report *r, const struct micro_state *s, const char *key, struct json_out *j) {
  json_key(j, key);
  json_object(j);
  json_put_int(j, "records", s->n_records);
  json_put_int(j, "patterns", s->n_patterns);
  json_put_int(j, "below_k", s->n_below);
  json_put_int(j, "whole_below_k", s->n_whole_below);
  json_put_int(j, "uniques", s->n_unique);
  put_real(j, "least_count", s->n_records > 0, s->least);
  put_real(j, "global_risk", true, s->risk.global);
  put_real(j, "greatest_risk", true, s->risk.greatest);
  put_real(j, "global_household_risk", s->has_household, s->risk.global_household);
  if (s->has_household) {
    json_put_int(j, "households", s->n_households);
    json_put_int(j, "households_below_k", s->n_household_below);
    json_put_int(j, "least_households", s->least_households);
  }
  json_risk_classes(s, j);
  put_real(j, "sampling_fraction", s->has_fraction, s->fraction);
  put_real(j, "tau1", s->has_fraction, s->model.tau1);
  put_real(j, "tau2", s->has_fraction, s->model.tau2);
  json_suda(r, s, j);
  json_diversity(s, j);
  json_end_object(j);
}
static void json_tail(const struct micro_step_report *s, struct json_out *j) {
  put_real(j, "threshold", true, s->tail.threshold);
  json_put_int(j, "coded", s->tail.n_coded);
  put_real(j, "sum_of_weights", true, s->tail.weighted);
  put_real(j, "weighted_mean", s->tail.has_mean, s->tail.mean);
}
static void json_blanks(const struct micro_report *r, const struct micro_step_report *s, struct json_out *j) {
  const struct micro_suppression *x = &s->suppression;
  json_put_int(j, "k", s->step->k);
  json_put_int(j, "sharing", s->step->sharing);
  json_put_int(j, "combinations", s->step->combinations);
  json_put_int(j, "below_k_before", x->n_violating);
  json_put_int(j, "records_blanked", x->n_records);
  json_put_int(j, "carried_by_others", x->n_carried);
  json_put_int(j, "given_back", x->n_restored);
  json_put_int(j, "unsolved", x->n_unsolved);
  json_key(j, "strict"), json_bool(j, s->step->strict);
  json_key(j, "attacker_who_knows_all_keys");
  json_object(j);
  json_put_int(j, "fewer_than_k_fit_before", s->open_attack.n_below), json_put_int(j, "fewer_than_k_fit", s->attack.n_below);
  put_real(j, "right_links_before", true, s->open_attack.rate), put_real(j, "right_links", true, s->attack.rate);
  put_real(j, "greatest_chance_before", true, s->open_attack.greatest), put_real(j, "greatest_chance", true, s->attack.greatest);
  json_end_object(j);
  json_key(j, "blanks");
  json_object(j);
  for (int k = 0; k < r->recipe->n_keys; k++) json_put_int(j, r->recipe->key[k], x->n_blanks[k]);
  json_end_object(j);
}
static void json_step(const struct micro_report *r, const struct micro_step_report *s, struct json_out *j) {
  json_object(j);
  json_put(j, "step", micro_step_name(s->step->kind));
  json_key(j, "variables");
  json_array(j);
  for (int k = 0; k < s->step->n_variables; k++) json_cstr(j, s->step->variable[k]);
  json_end_array(j);
  put_source(j, &s->step->source);
  json_put_int(j, "records_before", s->n_rows_before);
  json_put_int(j, "records_after", s->n_rows_after);
  json_put_int(j, "changed", s->n_changed);
  json_put_int(j, "left_alone", s->n_left_alone);
  if (s->step->kind == MICRO_STEP_TOP || s->step->kind == MICRO_STEP_BOTTOM) json_tail(s, j);
  if (s->step->kind == MICRO_STEP_SUPPRESS) json_blanks(r, s, j);
  if (s->step->kind == MICRO_STEP_RECORD_SWAP) {
    json_put_int(j, "households_at_risk", s->swapped.n_at_risk);
    json_put_int(j, "households_at_risk_swapped", s->swapped.n_at_risk_swapped);
    json_put_int(j, "households_without_partner", s->swapped.n_without_partner);
    json_put_int(j, "households_for_the_rate", s->swapped.n_random);
  }
  if (s->n_groups) json_put_int(j, s->step->kind == MICRO_STEP_GEOGRAPHY ? "areas" : "groups", s->n_groups);
  if (s->step->kind == MICRO_STEP_GEOGRAPHY) put_real(j, "smallest_area", s->n_groups > 0, s->least_area);
  if (s->step->kind == MICRO_STEP_RESAMPLE) {
    json_put_int(j, "units_before", s->resampled.n_units_before);
    json_put_int(j, "units", s->resampled.n_units);
    json_put_int(j, "units_certain", s->resampled.n_certain);
    put_real(j, "weights_before", true, s->resampled.weight_before);
    put_real(j, "weights_after", true, s->resampled.weight_after);
  }
  json_end_object(j);
}
static void json_loss(const struct micro_report *r, struct json_out *j) {
  const struct micro_loss *l = &r->loss;
  json_key(j, "information_loss");
  json_object(j);
  json_key(j, "variables");
  json_array(j);
  for (int k = 0; k < r->n_loss; k++) json_cstr(j, r->loss_variable[k]);
  json_end_array(j);
  json_put_int(j, "records", l->n);
  put_real(j, "il1s", l->has_il1s, l->il1s);
  put_real(j, "eigenvalues", l->has_eigen, l->eigen);
  put_real(j, "means", l->has_variance, l->mean);
  put_real(j, "variances", l->has_variance, l->variance);
  put_real(j, "covariances", l->has_variance, l->covariance);
  put_real(j, "interval_overlap", l->has_overlap, l->overlap);
  json_put_int(j, "linkage_asked", l->n_linked);
  put_real(j, "linked_by_distance", l->n > 0, l->linked);
  put_real(j, "linked_by_rank", l->n > 0, l->rank_linked);
  put_real(j, "interval_disclosure", l->n > 0, l->interval);
  json_end_object(j);
}
static void json_head(const struct micro_report *r, const struct micro_digests *d, struct json_out *j) {
  const struct micro_recipe *x = r->recipe;
  json_put_int(j, "report", 1);
  json_put(j, "dataset", x->dataset);
  json_put(j, "title_ja", x->title[1]), json_put(j, "title_en", x->title[0]);
  json_put(j, "legal_basis", x->legal_basis);
  json_key(j, "approval");
  json_object(j);
  json_put(j, "office", x->office), json_put(j, "date", x->date), json_put(j, "document", x->document);
  if (d->officers) json_put(j, "officers", d->officers), json_key(j, "two_officers"), json_bool(j, d->two);
  json_end_object(j);
  json_put(j, "program", d->version);
  json_put(j, "data_sha256", d->data), json_put(j, "recipe_sha256", d->recipe);
  json_key(j, "out_sha256");
  if (d->out) json_cstr(j, d->out);
  else json_null(j);
}
static void json_verdict(const struct micro_report *r, struct json_out *j) {
  json_key(j, "k");
  json_object(j);
  json_put_int(j, "limit", r->recipe->k);
  put_source(j, &r->recipe->k_source);
  json_key(j, "safe"), json_bool(j, r->safe);
  json_key(j, "counted_again");
  if (r->recounted) {
    json_object(j);
    json_put_int(j, "below_k", r->recount.n_below), json_put_int(j, "least_count", r->recount.least);
    json_end_object(j);
  } else json_null(j);
  json_end_object(j);
}
void micro_report_json(const struct micro_report *r, const struct micro_digests *d, struct json_out *j) {
  json_object(j);
  json_head(r, d, j);
  json_verdict(r, j);
  json_state(r, &r->before, "before", j);
  json_state(r, &r->after, "after", j);
  json_key(j, "steps");
  json_array(j);
  for (int k = 0; k < r->recipe->n_steps; k++) json_step(r, &r->steps[k], j);
  json_end_array(j);
  json_loss(r, j);
  json_utility(r, j);
  json_key(j, "missing_values");
  json_array(j);
  for (int k = 0; k < r->recipe->n_variables; k++) {
    if (!r->recipe->variable[k].written) continue;
    json_object(j);
    json_put(j, "variable", r->recipe->variable[k].name);
    json_put_int(j, "before", r->blanks[k].missing_before);
    json_put_int(j, "after", r->blanks[k].missing_after);
    json_put_int(j, "suppressed", r->blanks[k].suppressed);
    json_end_object(j);
  }
  json_end_array(j);
  json_end_object(j);
}

/* --- codebook --- */
static void labelled_row(const struct micro_variable *v, const struct str label[2], const char *kind, struct str code, int64_t n, const char *note,
    struct strbuf *b) {
  char number[32];
  csv_put_text(b, str_of(v->name), true);
  csv_put_text(b, label[1], false);
  csv_put_text(b, label[0], false);
  csv_put_text(b, str_of(kind), false);
  csv_put_text(b, code, false);
  snprintf(number, sizeof number, "%lld", (long long)n);
  csv_put_text(b, str_of(n < 0 ? "" : number), false);
  csv_put_text(b, str_of(note), false);
  strbuf_addc(b, '\n');
}
static void code_row(const struct micro_variable *v, const char *kind, struct str code, int64_t n, const char *note, struct strbuf *b) {
  const struct str label[2] = {str_of(v->label[0]), str_of(v->label[1])};
  labelled_row(v, label, kind, code, n, note, b);
}
/* Does a step of the recipe make this code out of others? Then its label on the form is no longer what it means. */
static bool made(const struct micro_recipe *r, const struct micro_variable *v, struct str code) {
  for (int k = 0; k < r->n_steps; k++) {
    const struct micro_step *s = &r->step[k];
    if ((s->kind != MICRO_STEP_RECODE && s->kind != MICRO_STEP_GEOGRAPHY) || strcmp(s->variable[0], v->name)) continue;
    for (int i = 0; i < s->table.n; i++)
      if (str_eq(code, str_of(s->table.to[i])) && strcmp(s->table.from[i], s->table.to[i])) return true;
    if (s->table.other && str_eq(code, str_of(s->table.other))) return true;
  }
  return v->kind != MICRO_CATEGORY; /* classes of a number */
}
/* The codebook goes out: a threshold can be the value of somebody, and how many lie beyond it helps to undo the step. */
static void tail_rows(const struct micro_report *r, const struct micro_variable *v, struct strbuf *b) {
  char note[160], mean[32];
  for (int k = 0; k < r->recipe->n_steps; k++) {
    const struct micro_step_report *s = &r->steps[k];
    if ((s->step->kind != MICRO_STEP_TOP && s->step->kind != MICRO_STEP_BOTTOM) || strcmp(s->step->variable[0], v->name)) continue;
    real_format(s->tail.mean, mean);
    snprintf(note, sizeof note, "%s-coded%s%s", s->step->kind == MICRO_STEP_TOP ? "top" : "bottom", s->tail.has_mean ? "; weighted mean " : "",
        s->tail.has_mean ? mean : "");
    code_row(v, micro_step_name(s->step->kind), (struct str){"", 0}, -1, note, b);
  }
}
/* Codes that occur; their numbers are not given: they are a table, and a table has a disclosure control of its own. */
static enum err_code code_rows(struct arena *a, const struct micro_recipe *r, const struct micro_variable *v, const struct column *c, int64_t n,
    const struct micro_labels *labels, struct strbuf *b, struct err *e) {
  if (c->type == COL_INT) return E_OK;
  const int32_t n_codes = dict_count(c->dict);
  bool *occurs = ARENA_ARRAY(a, bool, n_codes + 1);
  if (!occurs) return ERR(e, E_NO_MEMORY, .subject = v->name);
  for (int64_t i = 0; i < n; i++)
    if (value_present(c->status[i])) occurs[c->code[i]] = true;
  for (int32_t k = 0; k < n_codes; k++)
    if (occurs[k]) {
      struct str label[2] = {STR(""), STR("")};
      const struct str code = dict_text(c->dict, k);
      if (!labels || made(r, v, code) || !labels->find(labels->context, v->name, code, label)) label[0] = label[1] = STR("");
      labelled_row(v, label, "code", code, -1, "", b);
    }
  return E_OK;
}
enum err_code micro_codebook_csv(struct arena *a, const struct micro_report *r, const struct table *t, const struct micro_labels *labels,
    struct strbuf *b, struct err *e) {
  strbuf_adds(b, "name,label_ja,label_en,kind,code,records,note\n");
  for (int k = 0; k < r->recipe->n_variables; k++) {
    const struct micro_variable *v = &r->recipe->variable[k];
    char note[64] = "";
    if (!v->written) continue;
    const struct column *c = &t->columns[table_find(t, v->name)];
    if (c->type == COL_INT) snprintf(note, sizeof note, "decimals %d", c->decimals);
    code_row(v, c->type == COL_INT ? "number" : "category", (struct str){"", 0}, -1, note, b);
    tail_rows(r, v, b);
    TRY(code_rows(a, r->recipe, v, c, t->n_rows, labels, b, e));
  }
  return E_OK;
}
