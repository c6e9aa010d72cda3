/* Any text as a table that somebody hands in (CSV, JSON), as the records behind it, as sets kept of them, as profiles, as a picture: refused, or
 * judged
 * to the end. The first byte chooses; records and sets stand behind a NUL. What is kept of the records is read back the same. */
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/outcheck_linked.h"
#include "estimators/sdc/outcheck_sets.h"
#include "secure-store/output/output_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct outcheck_profile profile = {.id = "x", .label_en = "x", .label_ja = "x", .source = "x", .status = 'V', .min_n = 10,
    .dominance_n = 2,
    .dominance_percent = 90, .p_percent = 10, .min_df = 10, .zeros = OUTCHECK_FAIL, .full_percent = OUTCHECK_REVIEW, .extremes = OUTCHECK_FAIL,
    .protection_percent = 10, .text_bytes = 80, .text_digits = 6, .value_digits = 12};
static enum err_code token(void *context, struct str unit, uint64_t *out, struct err *e) {
  (void)context, (void)e;
  *out = 0;
  for (size_t i = 0; i < unit.n; i++) *out = *out * 31 + (uint8_t)unit.p[i];
  return E_OK;
}
static void sets_again(struct arena *a, const struct outcheck_table *t, const struct outcheck_units *u) {
  struct strbuf text;
  struct outcheck_set *set;
  struct err e;
  strbuf_init(&text, 0);
  outcheck_sets_text(t, u->set, &text);
  if (outcheck_sets_parse(a, t, str_view(text.p, text.n), &set, &e)) abort();
  for (int64_t g = 0; g < t->n_groups; g++)
    if (set[g].n != u->set[g].n || memcmp(set[g].token, u->set[g].token, (size_t)set[g].n * 8) != 0) abort();
  strbuf_release(&text);
}
static void judge(struct arena *a, const struct outcheck_table *t, const struct outcheck_units *u) {
  struct outcheck_report r = {.a = a};
  struct err e;
  struct strbuf text;
  struct json_out j;
  const struct outcheck_candidate me = {t, u ? u->set : NULL, "itself"};
  if (outcheck_table_judge(&profile, t, u, &r, &e) || outcheck_compare(&profile, &me, &me, &r, &e)) return;
  const struct outcheck_table *both[2] = {t, t};
  if (outcheck_linked(&profile, both, 2, &r, &e) || outcheck_count(&r, t, &e)) return;
  if (r.n[0] + r.n[1] + r.n[2] != t->n_cells) abort();
  strbuf_init(&text, 0);
  json_begin(&j, &text, false);
  outcheck_report_json(&profile, &r, &j);
  if (!json_done(&j)) abort();
  strbuf_release(&text);
}
static void table(struct arena *a, const char *name, struct str text) {
  struct outcheck_table t;
  struct outcheck_units u;
  struct outcheck_set *set;
  struct str behind;
  struct err e;
  struct str first = str_split(text, '\0', &behind);
  if (outcheck_table_parse(a, name, first, &t, &e)) return;
  judge(a, &t, NULL);
  (void)!outcheck_sets_parse(a, &t, behind, &set, &e);
  if (t.n_dims > 5 || outcheck_units_csv(a, "units", behind, &t, token, NULL, &u, &e)) return;
  judge(a, &t, &u);
  sets_again(a, &t, &u);
}
/* Levels that are taken end at the total, whatever they say. */
static void levels(struct arena *a, struct str text) {
  struct outcheck_hierarchy h;
  struct err e;
  if (outcheck_hierarchy_csv(a, "levels", text, &h, &e)) return;
  for (int64_t i = 0; i < h.n; i++) {
    int64_t steps = 0;
    for (struct str at = h.link[i].code; !str_eq(at, STR("_T")); at = outcheck_parent(&h, h.link[i].column, at))
      if (++steps > h.n) abort();
  }
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  enum output_kind kind;
  struct outcheck_profile p;
  struct err e;
  if (n < 1 || n > 2048) return 0;
  struct arena *a = arena_new((size_t)64 << 20);
  const struct str text = str_view((const char *)data + 1, n - 1);
  if (a && data[0] == 'c') table(a, "t.csv", text);
  if (a && data[0] == 'j') table(a, "t.json", text);
  if (a && data[0] == 'p') (void)!output_file_check("p.png", text, &kind, &e);
  if (a && data[0] == 'h') levels(a, text);
  if (a && data[0] == 'l') (void)!outcheck_profile_read(a, "p.csv", text, "household", &p, &e);
  arena_free(a);
  return 0;
}
