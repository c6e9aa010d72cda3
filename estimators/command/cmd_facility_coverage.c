/* cmd_facility_coverage.c -- see cmd_facility_coverage.h. */
#include "estimators/command/cmd_facility_coverage.h"

#include <stdlib.h>

struct reporter {
  int32_t month;
  struct str id;
};
static int by_reporter(const void *x, const void *y) {
  const struct reporter *a = x, *b = y;
  return a->month != b->month ? (a->month > b->month) - (a->month < b->month) : str_cmp(a->id, b->id);
}
/* The register of a month; *found false where there is none. */
static enum err_code open_register(struct cli *c, struct store *s, const struct facility_reports *w, int month,
    struct facility_source *out, bool *found, struct err *e) {
  struct err why = {.code = E_OK};
  *found = false;
  TRY(facility_open(c, s ? w->span.survey : "hospital_report", "register", out, e));
  if (!s) {
    if (w->span.n > 1 && cli_repeat_count(c, "register"))
      return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--register", .expected = "one month: a register is of one month");
    for (int i = 0; i < cli_repeat_count(c, "register"); i++) TRY(facility_add_file(out, cli_repeat(c, "register", i), e));
    *found = out->n_parts > 0;
    return E_OK;
  }
  const enum err_code code = facility_add_store(out, s, w->span.survey, w->span.month[month].p, &why);
  if (code == E_FACILITY_MONTH) return E_OK;
  if (code && e) *e = why;
  *found = !code;
  return code;
}
static enum err_code count_month(struct cli *c, struct store *s, const struct facility_reports *w, const struct reporter *all, int month,
    struct facility_coverage *out, struct err *e) {
  struct facility_source *reg = ARENA_NEW(cli_job(c)->arena, struct facility_source);
  struct str *id, *state;
  bool found = false;
  if (!reg) return ERR(e, E_NO_MEMORY, .subject = "register");
  TRY(open_register(c, s, w, month, reg, &found, e));
  if (!found) {
    out->n_unknown++;
    return E_OK;
  }
  TRY(facility_some(reg, e));
  TRY(facility_ids(reg, &id, e));
  TRY(facility_once(reg, id, NULL, "the register", e));
  TRY(facility_text(reg, "state", true, &state, e));
  out->n_known++;
  for (int64_t i = 0; i < reg->n; i++) {
    if (!str_eq(state[i], STR("1"))) continue;
    const struct reporter key = {month, id[i]};
    out->n_open++;
    out->n_reported += bsearch(&key, all, (size_t)w->r.n, sizeof *all, by_reporter) != NULL;
  }
  return E_OK;
}
enum err_code facility_coverage_of(struct cli *c, struct store *s, const struct facility_reports *w, struct facility_coverage *out, struct err *e) {
  struct reporter *all = ARENA_ARRAY(cli_job(c)->arena, struct reporter, w->r.n + 1);
  *out = (struct facility_coverage){.n_known = 0};
  if (!all) return ERR(e, E_NO_MEMORY, .subject = "reports");
  for (int64_t i = 0; i < w->r.n; i++) all[i] = (struct reporter){w->r.month[i], w->id[i]};
  qsort(all, (size_t)w->r.n, sizeof *all, by_reporter);
  for (int m = 0; m < w->span.n; m++) TRY(count_month(c, s, w, all, m, out, e));
  return E_OK;
}
void facility_coverage_note(const struct facility_coverage *k, struct result_table *t) {
  if (k->n_known)
    result_note(t, arena_printf(t->arena, "%lld of %lld open facilities of the register reported in %d months; nothing stands for the others",
                       (long long)k->n_reported, (long long)k->n_open, k->n_known));
  if (k->n_unknown)
    result_note(t, arena_printf(t->arena, "no register for %d months: how many facilities did not report there is not known", k->n_unknown));
}

/* --- facilities with fewer months than others: opened, closed, or a report is missing --- */
enum { NAMED_MOST = 10 };
enum err_code facility_fewer_months(struct cli *c, const struct facility_reports *w, struct result_table *t, int64_t *n, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  int32_t *months = ARENA_ARRAY(a, int32_t, w->r.n_facilities + 1), most = 0;
  int64_t *row = ARENA_ARRAY(a, int64_t, w->r.n_facilities + 1);
  const char *names = "";
  *n = 0;
  if (!months || !row) return ERR(e, E_NO_MEMORY, .subject = "months");
  for (int64_t i = 0; i < w->r.n; i++) {
    const int32_t f = w->r.facility[i];
    row[f] = i, months[f]++;
    if (months[f] > most) most = months[f];
  }
  for (int32_t f = 0; f < w->r.n_facilities; f++) {
    if (!months[f] || months[f] == most) continue;
    const struct str id = w->id[row[f]];
    if (++*n > NAMED_MOST) continue;
    names = arena_printf(a, "%s%s%.*s (%d)", names, *n > 1 ? ", " : "", (int)id.n, id.p, months[f]);
    if (!names) return ERR(e, E_NO_MEMORY, .subject = "months");
  }
  if (*n)
    result_note(t, arena_printf(a, "%lld facilities reported fewer months than the %d of others, sums lack theirs: %s%s", (long long)*n, most, names,
                       *n > NAMED_MOST ? ", ..." : ""));
  return E_OK;
}
