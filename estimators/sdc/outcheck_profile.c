/* outcheck_profile.c -- see outcheck_profile.h. */
#include "estimators/sdc/outcheck_profile.h"

#include <string.h>

#include "base/ext_csv.h"

static const char *const verdicts[] = {"pass", "review", "fail"};
const char *outcheck_verdict_name(enum outcheck_verdict v) { return (unsigned)v < 3 ? verdicts[v] : ""; }

struct reading {
  struct arena *a;
  const char *file;
  const struct csv_table *t;
  int64_t row;
};
static enum err_code wrong(const struct reading *r, const char *column, const char *expected, struct err *e) {
  return ERR(e, E_OUTPUT_PROFILE, .file = r->file, .line = r->t->lines[r->row], .subject = column, .expected = expected);
}
static struct str cell(const struct reading *r, const char *column) { return csv_table_cell(r->t, r->row, csv_table_column(r->t, column)); }
static enum err_code text(const struct reading *r, const char *column, const char **out, struct err *e) {
  struct str s = cell(r, column);
  if (s.n == 0) return wrong(r, column, "a text", e);
  *out = arena_strdup(r->a, s.p, s.n);
  return *out ? E_OK : ERR(e, E_NO_MEMORY, .subject = column);
}
static enum err_code number(const struct reading *r, const char *column, int64_t low, int64_t high, int64_t *out, struct err *e) {
  return str_int64(cell(r, column), out) && *out >= low && *out <= high ? E_OK : wrong(r, column, "a whole number in its range", e);
}
static enum err_code verdict(const struct reading *r, const char *column, enum outcheck_verdict *out, struct err *e) {
  for (int v = 0; v < 3; v++)
    if (str_eq(cell(r, column), str_of(verdicts[v]))) return *out = (enum outcheck_verdict)v, E_OK;
  return wrong(r, column, "pass, review or fail", e);
}
static enum err_code members(const struct reading *r, struct outcheck_profile *p, struct err *e) {
  struct str status = cell(r, "status"), open_counts = cell(r, "counts_public");
  TRY(text(r, "id", &p->id, e));
  TRY(text(r, "label_en", &p->label_en, e));
  TRY(text(r, "label_ja", &p->label_ja, e));
  TRY(text(r, "source", &p->source, e));
  if (status.n != 1 || !strchr("VFM", status.p[0])) return wrong(r, "status", "V, F or M", e);
  p->status = status.p[0];
  TRY(number(r, "min_n", 2, 1000000, &p->min_n, e)); /* below 2 there is no rule left */
  TRY(number(r, "dominance_n", 0, 2, &p->dominance_n, e));
  TRY(number(r, "dominance_percent", 1, 100, &p->dominance_percent, e));
  TRY(number(r, "p_percent", 0, 100, &p->p_percent, e));
  TRY(number(r, "min_df", 1, 1000000, &p->min_df, e));
  TRY(verdict(r, "zeros", &p->zeros, e));
  TRY(verdict(r, "full_percent", &p->full_percent, e));
  TRY(verdict(r, "extremes", &p->extremes, e));
  p->counts_public = str_eq(open_counts, STR("yes"));
  if (!p->counts_public && !str_eq(open_counts, STR("no"))) return wrong(r, "counts_public", "yes or no", e);
  TRY(number(r, "protection_percent", 0, 100, &p->protection_percent, e));
  TRY(number(r, "picture_bits", 1, 8, &p->picture_bits, e));
  TRY(number(r, "text_bytes", 8, 4096, &p->text_bytes, e));
  TRY(number(r, "text_digits", 1, 64, &p->text_digits, e));
  return number(r, "value_digits", 1, 15, &p->value_digits, e);
}
enum err_code outcheck_profile_read(struct arena *a, const char *file, struct str csv, const char *id, struct outcheck_profile *out, struct err *e) {
  struct csv_table t;
  struct reading r = {a, file, &t, 0};
  *out = (struct outcheck_profile){0};
  TRY(csv_table_parse(a, file, csv.p, csv.n, &t, e));
  for (r.row = 0; r.row < t.n_rows; r.row++)
    if (str_eq(cell(&r, "id"), str_of(id))) return members(&r, out, e);
  return ERR(e, E_OUTPUT_PROFILE, .file = file, .subject = id, .expected = "a profile of this file");
}
