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

/* What columns a table has beyond the plain ones: any measure that keeps them gives them to all. */
struct extra {
  bool interval, flag;
};
static struct extra extra_of(const struct result_table *t) {
  struct extra x = {false, false};
  for (int k = 0; k < t->n_measures; k++) {
    x.interval = x.interval || t->measures[k].low;
    x.flag = x.flag || t->measures[k].flag;
  }
  return x;
}

static bool interval_shown(const struct result_measure *m, int64_t i) {
  return m->status[i] == RESULT_SHOWN && m->low && m->has_interval[i];
}
static bool deff_shown(const struct result_measure *m, int64_t i) { return m->status[i] == RESULT_SHOWN && m->deff && m->has_deff[i]; }

static void put_interval(const struct result_measure *m, int64_t i, struct strbuf *to) {
  bool there = interval_shown(m, i);
  put_real(to, there ? m->low[i] : 0, there);
  put_real(to, there ? m->high[i] : 0, there);
}

static void put_deff(const struct result_measure *m, int64_t i, struct strbuf *to) {
  bool there = deff_shown(m, i);
  put_real(to, there ? m->deff[i] : 0, there);
}

static void put_flag(const struct result_measure *m, int64_t i, struct strbuf *to) {
  csv_put_text(to, str_of(m->flag && m->flag[i] ? m->flag[i] : ""), false);
}

static void long_line(const struct result_table *t, const struct result_measure *m, int64_t i, struct extra x, struct strbuf *to) {
  char b[64];
  bool shown = m->status[i] == RESULT_SHOWN;
  put_codes(t, i, to);
  csv_put_text(to, str_of(m->name), t->n_dimensions == 0);
  csv_put_text(to, result_text(m, i, b, sizeof b), false);
  put_real(to, m->se[i], shown && m->has_se[i]);
  put_real(to, m->cv[i], shown && m->has_se[i] && m->value[i] != 0);
  put_int(to, m->df[i], shown && m->has_se[i]);
  if (x.interval) {
    put_interval(m, i, to);
    put_real(to, m->confidence, interval_shown(m, i));
    put_deff(m, i, to);
  }
  if (x.flag) put_flag(m, i, to);
  put_int(to, t->n[i], t->n_status[i] == RESULT_SHOWN);
  csv_put_text(to, str_of(result_status_name(m->status[i])), false);
  csv_put_text(to, str_of(m->reason[i] ? m->reason[i] : ""), false);
  strbuf_addc(to, '\n');
}

void result_csv_long(const struct result_table *t, struct strbuf *to) {
  const struct extra x = extra_of(t);
  put_header(t, to);
  strbuf_adds(to, t->n_dimensions ? ",measure,value,se,cv,df" : "measure,value,se,cv,df");
  strbuf_adds(to, x.interval ? ",low,high,confidence,deff" : "");
  strbuf_adds(to, x.flag ? ",flag,n,status,reason\n" : ",n,status,reason\n");
  for (int64_t i = 0; i < t->n_rows; i++)
    for (int k = 0; k < t->n_measures; k++) long_line(t, &t->measures[k], i, x, to);
}

static void put_name(const char *measure, const char *part, struct strbuf *to) {
  char name[256];
  snprintf(name, sizeof name, "%s%s", measure, part);
  csv_put_text(to, str_of(name), false);
}

static void rows_header(const struct result_table *t, struct strbuf *to) {
  put_header(t, to);
  for (int k = 0; k < t->n_measures; k++) {
    const struct result_measure *m = &t->measures[k];
    csv_put_text(to, str_of(m->name), t->n_dimensions == 0 && k == 0);
    put_name(m->name, "_se", to);
    put_name(m->name, "_cv", to);
    if (m->low) put_name(m->name, "_low", to), put_name(m->name, "_high", to);
    if (m->deff) put_name(m->name, "_deff", to);
    if (m->flag) put_name(m->name, "_flag", to);
    put_name(m->name, "_status", to);
  }
  csv_put_text(to, STR("n"), t->n_dimensions == 0 && t->n_measures == 0);
  strbuf_addc(to, '\n');
}

static void rows_measure(const struct result_measure *m, int64_t i, bool first, struct strbuf *to) {
  char b[64];
  bool error = m->status[i] == RESULT_SHOWN && m->has_se[i];
  csv_put_text(to, result_text(m, i, b, sizeof b), first);
  put_real(to, m->se[i], error);
  put_real(to, m->cv[i], error && m->value[i] != 0);
  if (m->low) put_interval(m, i, to);
  if (m->deff) put_deff(m, i, to);
  if (m->flag) put_flag(m, i, to);
  csv_put_text(to, str_of(result_status_name(m->status[i])), false);
}

void result_csv_rows(const struct result_table *t, struct strbuf *to) {
  rows_header(t, to);
  for (int64_t i = 0; i < t->n_rows; i++) {
    put_codes(t, i, to);
    for (int k = 0; k < t->n_measures; k++) rows_measure(&t->measures[k], i, t->n_dimensions == 0 && k == 0, to);
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

static void put_head(const struct result_table *t, int64_t row, bool first, const char *part, struct strbuf *to) {
  char b[512];
  size_t used = 0;
  b[0] = 0;
  for (int d = t->n_row_dimensions; d < t->n_dimensions && used < sizeof b; d++)
    used += (size_t)snprintf(b + used, sizeof b - used, "%s%s=%.*s", used ? " " : "", t->dimensions[d].name, (int)t->dimensions[d].code[row].n,
        t->dimensions[d].code[row].p);
  if (*part && used < sizeof b) snprintf(b + used, sizeof b - used, "%s%s", used ? " " : "", part);
  csv_put_text(to, str_of(b), first);
}

/* A figure of the wide form: "x" suppressed, the mark of the rule when it took the figure away. */
static struct str wide_text(const struct result_measure *m, int64_t i, char *b, size_t size) {
  if (m->status[i] == RESULT_SUPPRESSED) return STR("x");
  if (m->status[i] == RESULT_UNRELIABLE) return str_of(m->flag && m->flag[i] ? m->flag[i] : "");
  return result_text(m, i, b, size);
}

static void wide_cell(const struct result_measure *m, int64_t i, bool first, struct strbuf *to) {
  char b[64];
  csv_put_text(to, i < 0 ? STR("") : wide_text(m, i, b, sizeof b), first);
  if (m->flag) csv_put_text(to, str_of(i >= 0 && m->flag[i] ? m->flag[i] : ""), false);
}

enum err_code result_csv_wide(const struct result_table *t, int measure, struct strbuf *to, struct err *e) {
  const struct result_measure *m = &t->measures[measure];
  struct arena_mark mark = arena_mark(t->arena);
  int64_t *head = ARENA_ARRAY(t->arena, int64_t, t->n_rows + 1), *at = ARENA_ARRAY(t->arena, int64_t, t->n_rows + 1), n_heads = 0;
  if (!head || !at) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int64_t i = 0; i < t->n_rows; i++)
    if (find_head(t, head, n_heads, i) < 0) head[n_heads++] = i;
  for (int d = 0; d < t->n_row_dimensions; d++) csv_put_text(to, str_of(t->dimensions[d].name), d == 0);
  for (int64_t k = 0; k < n_heads; k++) {
    put_head(t, head[k], t->n_row_dimensions == 0 && k == 0, "", to);
    if (m->flag) put_head(t, head[k], false, "flag", to);
  }
  strbuf_addc(to, '\n');
  for (int64_t i = 0; i < t->n_rows;) {
    int64_t j = i;
    for (int64_t k = 0; k < n_heads; k++) at[k] = -1;
    for (; j < t->n_rows && same_codes(t, i, j, 0, t->n_row_dimensions); j++) at[find_head(t, head, n_heads, j)] = j;
    for (int d = 0; d < t->n_row_dimensions; d++) csv_put_text(to, t->dimensions[d].code[i], d == 0);
    for (int64_t k = 0; k < n_heads; k++) wide_cell(m, at[k], t->n_row_dimensions == 0 && k == 0, to);
    strbuf_addc(to, '\n');
    i = j;
  }
  arena_reset(t->arena, mark);
  return E_OK;
}
