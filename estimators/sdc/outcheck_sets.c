/* outcheck_sets.c -- see outcheck_sets.h. */
#include "estimators/sdc/outcheck_sets.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define HEAD "shirabe-output-sets-1\n"

void outcheck_sets_text(const struct outcheck_table *t, const struct outcheck_set *set, struct strbuf *out) {
  strbuf_adds(out, HEAD);
  for (int64_t g = 0; g < t->n_groups; g++) {
    for (int64_t i = 0; i < set[g].n; i++) strbuf_addf(out, "%s%016llx", i ? " " : "", (unsigned long long)set[g].token[i]);
    strbuf_addc(out, '\n');
  }
}
static enum err_code wrong(const struct outcheck_table *t, struct err *e) {
  return ERR(e, E_OUTPUT_TABLE, .file = t->name, .subject = t->name, .expected = "sets of units that fit the table");
}
static bool hex16(const char *p, uint64_t *out) {
  *out = 0;
  for (int i = 0; i < 16; i++) {
    const char *digits = "0123456789abcdef", *at = p[i] ? strchr(digits, p[i]) : NULL;
    if (!at) return false;
    *out = *out << 4 | (uint64_t)(at - digits);
  }
  return true;
}
static enum err_code one_set(struct arena *a, const struct outcheck_table *t, struct str line, struct outcheck_set *set, struct err *e) {
  const int64_t n = ((int64_t)line.n + 1) / 17;
  uint64_t *token = ARENA_ARRAY(a, uint64_t, n + 1);
  if (!token) return ERR(e, E_NO_MEMORY, .subject = t->name);
  if (line.n && (line.n + 1) % 17 != 0) return wrong(t, e);
  for (int64_t i = 0; i < n; i++) {
    const char *p = line.p + i * 17;
    if (!hex16(p, &token[i]) || (i + 1 < n && p[16] != ' ') || (i && token[i] <= token[i - 1])) return wrong(t, e);
  }
  *set = (struct outcheck_set){n, token};
  return E_OK;
}
enum err_code outcheck_sets_parse(struct arena *a, const struct outcheck_table *t, struct str text, struct outcheck_set **out, struct err *e) {
  struct str rest = text;
  struct outcheck_set *set = ARENA_ARRAY(a, struct outcheck_set, t->n_groups + 1);
  if (!set) return ERR(e, E_NO_MEMORY, .subject = t->name);
  if (!str_starts(text, STR(HEAD)) || text.p[text.n - 1] != '\n') return wrong(t, e);
  rest = str_view(text.p + sizeof HEAD - 1, text.n - (sizeof HEAD - 1));
  for (int64_t g = 0; g < t->n_groups; g++) {
    if (rest.n == 0) return wrong(t, e);
    struct str line = str_split(rest, '\n', &rest);
    TRY(one_set(a, t, line, &set[g], e));
  }
  *out = set;
  return rest.n == 0 ? E_OK : wrong(t, e);
}

/* --- the report --- */

static void finding(const struct outcheck_finding *f, struct json_out *j) {
  json_object(j);
  json_put(j, "cell", f->cell);
  json_put(j, "detail", f->detail);
  json_put(j, "file", f->file);
  json_put_int(j, "line", f->line);
  json_put(j, "reason", outcheck_reason_word(f->reason));
  json_put(j, "text_en", outcheck_reason_text(f->reason, LANG_EN));
  json_put(j, "text_ja", outcheck_reason_text(f->reason, LANG_JA));
  json_put(j, "verdict", outcheck_verdict_name(f->verdict));
  json_end_object(j);
}
static void end_text(double v, struct json_out *j, const char *key) {
  char text[32] = "open";
  if (isfinite(v)) real_format(v, text);
  json_put(j, key, text);
}
static void interval(const struct outcheck_interval *i, struct json_out *j) {
  json_object(j);
  json_put(j, "cell", i->cell);
  json_put(j, "file", i->file);
  end_text(i->high, j, "high");
  json_put_int(j, "line", i->line);
  end_text(i->low, j, "low");
  json_end_object(j);
}
static void share(double v, struct json_out *j, const char *key) { /* to the tenth of a percent: no value can be read from it */
  char text[32] = "";
  if (v >= 0) snprintf(text, sizeof text, "%.1f", v);
  json_put(j, key, text);
}
static void evidence(const struct outcheck_evidence *v, struct json_out *j) {
  json_object(j);
  json_put(j, "cell", v->cell);
  json_put_int(j, "complement", v->complement);
  json_put(j, "file", v->file);
  share(v->largest, j, "largest_percent");
  json_put_int(j, "line", v->line);
  json_put_int(j, "n", v->n);
  share(v->two_largest, j, "two_largest_percent");
  json_end_object(j);
}
void outcheck_report_json(const struct outcheck_profile *p, const struct outcheck_report *r, struct json_out *j) {
  const char status[2] = {p->status, 0};
  json_object(j);
  json_key(j, "evidence");
  json_array(j);
  for (int64_t i = 0; i < r->n_evidence; i++) evidence(&r->evidence[i], j);
  json_end_array(j);
  json_put_int(j, "fail", r->n[OUTCHECK_FAIL]);
  json_put_int(j, "figures", r->n_cells);
  json_key(j, "findings");
  json_array(j);
  for (int64_t i = 0; i < r->n_findings; i++) finding(&r->finding[i], j);
  json_end_array(j);
  json_put(j, "format", "shirabe-output-report-1");
  json_key(j, "intervals");
  json_array(j);
  for (int64_t i = 0; i < r->n_intervals; i++) interval(&r->interval[i], j);
  json_end_array(j);
  json_put_int(j, "pass", r->n[OUTCHECK_PASS]);
  json_put(j, "profile", p->id);
  json_put(j, "profile_source", p->source);
  json_put(j, "profile_status", status);
  json_put_int(j, "review", r->n[OUTCHECK_REVIEW]);
  json_put_int(j, "suppressed", r->n_suppressed);
  json_put(j, "verdict", outcheck_verdict_name(outcheck_result(r)));
  json_end_object(j);
}
