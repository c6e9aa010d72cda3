#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/ext_csv.h"
#include "estimators/table/result_table.h"
#include "estimators/table/rounding.h"

static struct str real_text(double v, char *buffer, size_t size) {
  char text[32];
  real_format(v, text);
  snprintf(buffer, size, "%s", text);
  return str_of(buffer);
}

struct str result_text(const struct result_measure *m, int64_t row, char *buffer, size_t size) {
  if (m->status[row] != RESULT_SHOWN) return STR("");
  double v = m->value[row];
  if (m->decimals < 0 || fabs(v) >= 1e15) return real_text(v, buffer, size);
  v = round_decimals(v, m->decimals);
  snprintf(buffer, size, "%.*f", m->decimals, v == 0 ? 0.0 : v);
  return str_of(buffer);
}

static void put_real(struct strbuf *to, double v, bool there) {
  char b[40];
  csv_put_text(to, there ? real_text(v, b, sizeof b) : STR(""), false);
}

static void put_int(struct strbuf *to, int64_t v, bool there) {
  char b[32];
  snprintf(b, sizeof b, "%lld", (long long)v);
  csv_put_text(to, there ? str_of(b) : STR(""), false);
}

static void put_codes(const struct result_table *t, int64_t row, struct strbuf *to) {
  for (int d = 0; d < t->n_dimensions; d++) csv_put_text(to, t->dimensions[d].code[row], d == 0);
}

static void put_header(const struct result_table *t, struct strbuf *to) {
  for (int d = 0; d < t->n_dimensions; d++) csv_put_text(to, str_of(t->dimensions[d].name), d == 0);
}

void result_csv_long(const struct result_table *t, struct strbuf *to) {
  char b[64];
  put_header(t, to);
  strbuf_adds(to, t->n_dimensions ? ",measure,value,se,cv,df,n,status,reason\n" : "measure,value,se,cv,df,n,status,reason\n");
  for (int64_t i = 0; i < t->n_rows; i++)
    for (int k = 0; k < t->n_measures; k++) {
      const struct result_measure *m = &t->measures[k];
      bool shown = m->status[i] == RESULT_SHOWN;
      put_codes(t, i, to);
      csv_put_text(to, str_of(m->name), t->n_dimensions == 0);
      csv_put_text(to, result_text(m, i, b, sizeof b), false);
      put_real(to, m->se[i], shown && m->has_se[i]);
      put_real(to, m->cv[i], shown && m->has_se[i] && m->value[i] != 0);
      put_int(to, m->df[i], shown && m->has_se[i]);
      put_int(to, t->n[i], t->n_status[i] == RESULT_SHOWN);
      csv_put_text(to, str_of(result_status_name(m->status[i])), false);
      csv_put_text(to, str_of(m->reason[i] ? m->reason[i] : ""), false);
      strbuf_addc(to, '\n');
    }
}

void result_csv_rows(const struct result_table *t, struct strbuf *to) {
  char b[64], name[128];
  put_header(t, to);
  for (int k = 0; k < t->n_measures; k++) {
    csv_put_text(to, str_of(t->measures[k].name), t->n_dimensions == 0 && k == 0);
    snprintf(name, sizeof name, "%s_se", t->measures[k].name);
    csv_put_text(to, str_of(name), false);
    snprintf(name, sizeof name, "%s_cv", t->measures[k].name);
    csv_put_text(to, str_of(name), false);
    snprintf(name, sizeof name, "%s_status", t->measures[k].name);
    csv_put_text(to, str_of(name), false);
  }
  csv_put_text(to, STR("n"), false);
  strbuf_addc(to, '\n');
  for (int64_t i = 0; i < t->n_rows; i++) {
    put_codes(t, i, to);
    for (int k = 0; k < t->n_measures; k++) {
      const struct result_measure *m = &t->measures[k];
      bool error = m->status[i] == RESULT_SHOWN && m->has_se[i];
      csv_put_text(to, result_text(m, i, b, sizeof b), t->n_dimensions == 0 && k == 0);
      put_real(to, m->se[i], error);
      put_real(to, m->cv[i], error && m->value[i] != 0);
      csv_put_text(to, str_of(result_status_name(m->status[i])), false);
    }
    put_int(to, t->n[i], t->n_status[i] == RESULT_SHOWN);
    strbuf_addc(to, '\n');
  }
}

/* Column heads of the wide form: the distinct code tuples of the dimensions across, in row order. */
static bool same_codes(const struct result_table *t, int64_t a, int64_t b, int from, int to) {
  for (int d = from; d < to; d++)
    if (!str_eq(t->dimensions[d].code[a], t->dimensions[d].code[b])) return false;
  return true;
}

static int64_t find_head(const struct result_table *t, const int64_t *head, int64_t n, int64_t row) {
  for (int64_t k = 0; k < n; k++)
    if (same_codes(t, head[k], row, t->n_row_dimensions, t->n_dimensions)) return k;
  return -1;
}

static void put_head(const struct result_table *t, int64_t row, struct strbuf *to) {
  char b[512];
  size_t used = 0;
  b[0] = 0;
  for (int d = t->n_row_dimensions; d < t->n_dimensions && used < sizeof b; d++)
    used += (size_t)snprintf(b + used, sizeof b - used, "%s%s=%.*s", used ? " " : "", t->dimensions[d].name, (int)t->dimensions[d].code[row].n,
        t->dimensions[d].code[row].p);
  csv_put_text(to, str_of(b), t->n_row_dimensions == 0 && row == 0);
}

enum err_code result_csv_wide(const struct result_table *t, int measure, struct strbuf *to, struct err *e) {
  char b[64];
  struct arena_mark mark = arena_mark(t->arena);
  int64_t *head = ARENA_ARRAY(t->arena, int64_t, t->n_rows + 1), *at = ARENA_ARRAY(t->arena, int64_t, t->n_rows + 1), n_heads = 0;
  if (!head || !at) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int64_t i = 0; i < t->n_rows; i++)
    if (find_head(t, head, n_heads, i) < 0) head[n_heads++] = i;
  for (int d = 0; d < t->n_row_dimensions; d++) csv_put_text(to, str_of(t->dimensions[d].name), d == 0);
  for (int64_t k = 0; k < n_heads; k++) put_head(t, head[k], to);
  strbuf_addc(to, '\n');
  for (int64_t i = 0; i < t->n_rows;) {
    int64_t j = i;
    for (int64_t k = 0; k < n_heads; k++) at[k] = -1;
    for (; j < t->n_rows && same_codes(t, i, j, 0, t->n_row_dimensions); j++) at[find_head(t, head, n_heads, j)] = j;
    for (int d = 0; d < t->n_row_dimensions; d++) csv_put_text(to, t->dimensions[d].code[i], d == 0);
    for (int64_t k = 0; k < n_heads; k++) {
      const struct result_measure *m = &t->measures[measure];
      csv_put_text(to,
          at[k] < 0                                   ? STR("")
              : m->status[at[k]] == RESULT_SUPPRESSED ? STR("x")
                                                      : result_text(m, at[k], b, sizeof b),
          t->n_row_dimensions == 0 && k == 0);
    }
    strbuf_addc(to, '\n');
    i = j;
  }
  arena_reset(t->arena, mark);
  return E_OK;
}

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
  json_put(j, "status", result_status_name(m->status[i]));
  if (m->reason[i]) json_put(j, "reason", m->reason[i]);
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
  json_key(j, "rows");
  json_array(j);
  for (int64_t i = 0; i < t->n_rows; i++) {
    json_object(j);
    json_key(j, "key");
    json_object(j);
    for (int d = 0; d < t->n_dimensions; d++) json_key(j, t->dimensions[d].name), json_text(j, t->dimensions[d].code[i]);
    json_end_object(j);
    if (t->n_status[i] == RESULT_SHOWN) json_put_int(j, "n", t->n[i]);
    json_key(j, "measures");
    json_object(j);
    for (int k = 0; k < t->n_measures; k++) json_measure(&t->measures[k], i, j);
    json_end_object(j);
    json_end_object(j);
  }
  json_end_array(j);
  json_end_object(j);
}
