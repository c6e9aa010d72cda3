/* cmd_estimate_judging.c -- see cmd_estimate_judging.h. */
#include "estimators/command/cmd_estimate_judging.h"

#include "base/table.h"

const struct disclosure_profile *estimate_profile_of(const struct estimate_run *r, const struct table_spec *spec) {
  return estimate_profile(r, r->options->profile ? r->options->profile : spec->disclosure);
}
int estimate_judging_items(const struct estimate_run *r, const struct table_spec *spec, const char *names[3]) {
  const struct disclosure_profile *p = r->options->unprotected ? NULL : estimate_profile_of(r, spec);
  int n = 0;
  if (!p) return 0;
  const char *const all[] = {p->holding, p->waiver, p->asked};
  for (int k = 0; k < 3; k++)
    if (*all[k]) names[n++] = all[k];
  return n;
}
static enum err_code owners(
    struct estimate_run *r, const struct shard_rows *rows, const char *item, int64_t n, const int64_t *row, const int64_t **out, struct err *e) {
  struct str *text;
  struct dict *d = dict_new(r->a);
  int64_t *holding = ARENA_ARRAY(r->a, int64_t, n + 1);
  *out = NULL;
  if (!*item || !shard_rows_has(rows, item)) return E_OK;
  if (!d || !holding) return ERR(e, E_NO_MEMORY, .subject = item);
  TRY(shard_rows_text(r->a, rows, item, &text, e));
  for (int64_t i = 0; i < n; i++) {
    const struct str own = text[row ? row[i] : i];
    holding[i] = own.n ? dict_add(d, own) : -1;
    if (own.n && holding[i] < 0) return ERR(e, E_NO_MEMORY, .subject = item);
  }
  *out = holding;
  return E_OK;
}
static bool is_yes(struct str s) { return str_eq(s, STR("1")) || str_eq(s, STR("y")) || str_eq(s, STR("yes")) || str_eq(s, STR("true")); }
static enum err_code marks(
    struct estimate_run *r, const struct shard_rows *rows, const char *item, int64_t n, const int64_t *row, const uint8_t **out, struct err *e) {
  struct str *text;
  uint8_t *mark = ARENA_ARRAY(r->a, uint8_t, n + 1);
  *out = NULL;
  if (!*item || !shard_rows_has(rows, item)) return E_OK;
  if (!mark) return ERR(e, E_NO_MEMORY, .subject = item);
  TRY(shard_rows_text(r->a, rows, item, &text, e));
  for (int64_t i = 0; i < n; i++) mark[i] = is_yes(text[row ? row[i] : i]);
  *out = mark;
  return E_OK;
}
enum err_code estimate_judging_some(struct estimate_run *r, const struct table_spec *spec, const struct shard_rows *rows, int64_t n,
    const int64_t *row, const struct sdc_judging **out, struct err *e) {
  struct sdc_judging *g = ARENA_NEW(r->a, struct sdc_judging);
  *out = NULL;
  if (r->options->unprotected) return E_OK;
  const struct disclosure_profile *p = estimate_profile_of(r, spec);
  if (!p) return ERR(e, E_SDC_PROFILE, .subject = r->options->profile ? r->options->profile : spec->disclosure, .line = spec->line);
  if (!g) return ERR(e, E_NO_MEMORY, .subject = spec->id);
  *g = (struct sdc_judging){.rule = &p->rule};
  TRY(owners(r, rows, p->holding, n, row, &g->holding, e));
  TRY(marks(r, rows, p->waiver, n, row, &g->waiver, e));
  TRY(marks(r, rows, p->asked, n, row, &g->asked, e));
  *out = g;
  return E_OK;
}
enum err_code estimate_judging(
    struct estimate_run *r, const struct table_spec *spec, const struct shard_rows *rows, const struct sdc_judging **out, struct err *e) {
  return estimate_judging_some(r, spec, rows, shard_rows_count(rows), NULL, out, e);
}
