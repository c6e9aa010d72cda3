/* cmd_use_output_rules.c -- see cmd_use_output_rules.h. */
#include "estimators/command/cmd_use_output_rules.h"
#include "estimators/command/cmd_use_output_picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "estimators/sdc/outcheck_linked.h"
#include "estimators/sdc/outcheck_sets.h"
#include "forms/form.h"

enum { PROFILE_BYTES = 1 << 20 };

static enum err_code profile_of(struct arena *a, const char *file, const char *id, struct outcheck_profile *out, struct err *e) {
  uint8_t *text = NULL;
  size_t n = 0;
  char path[4096];
  snprintf(path, sizeof path, "%s/secure/output_profiles.csv", forms_folder());
  TRY(file_read(file ? file : path, PROFILE_BYTES, &text, &n, e));
  const char *copy = arena_strdup(a, (const char *)text, n), *name = arena_strdup(a, file ? file : path, strlen(file ? file : path));
  free(text);
  if (!copy || !name) return ERR(e, E_NO_MEMORY, .subject = id);
  return outcheck_profile_read(a, name, str_view(copy, n), id, out, e);
}
/* A keyed hash under the store's link key: the id itself is not kept, and nobody outside can try ids. */
static enum err_code token(void *context, struct str unit, uint64_t *out, struct err *e) {
  uint8_t hash[32];
  TRY(store_token(context, "output-unit", unit.p, unit.n, hash, e));
  memcpy(out, hash, sizeof *out);
  return E_OK;
}
static bool is_picture(const char *name) {
  size_t n = strlen(name);
  return n > 4 && strcmp(name + n - 4, ".png") == 0;
}
struct judging {
  struct store *s;
  struct arena *a;
  const struct outcheck_profile *p;
  struct outcheck_report *r;
  bool only_compare;
  struct outcheck_candidate mine[OUTPUT_FILES_MAX];
  int n;
};
static enum err_code own_sets(const struct judging *j, const struct outcheck_table *t, struct output_file *f, const struct outcheck_set **set,
    const struct outcheck_units **units, struct err *e) {
  struct outcheck_units *u = NULL;
  struct outcheck_set *read = NULL;
  struct strbuf text;
  *set = NULL, *units = NULL;
  if (j->only_compare && f->sets.n) TRY(outcheck_sets_parse(j->a, t, f->sets, &read, e));
  if (j->only_compare || f->units.n == 0) return *set = read, E_OK;
  u = ARENA_NEW(j->a, struct outcheck_units);
  if (!u) return ERR(e, E_NO_MEMORY, .subject = f->name);
  TRY(outcheck_units_csv(j->a, arena_printf(j->a, "units of %s", f->name), f->units, t, token, j->s, u, e));
  strbuf_init(&text, 0);
  outcheck_sets_text(t, u->set, &text);
  const char *copy = text.failed ? NULL : arena_strdup(j->a, text.p, text.n);
  f->sets = str_view(copy, text.n);
  strbuf_release(&text);
  *set = u->set, *units = u;
  return copy ? E_OK : ERR(e, E_NO_MEMORY, .subject = f->name);
}
static enum err_code judge_picture(struct judging *j, struct output_file *f, struct err *e) {
  char how[96] = "not drawn again: this program was built without libpng";
  bool drawn;
  TRY(output_picture_redraw(j->s, j->a, f, (int)j->p->picture_bits, &drawn, e));
  if (drawn) snprintf(how, sizeof how, "drawn again with %d bits a colour", (int)j->p->picture_bits);
  return outcheck_add(j->r, OUTCHECK_REVIEW, OUTCHECK_PICTURE, f->name, "picture", 0, how, e);
}
static enum err_code write_again(const struct judging *j, const struct outcheck_table *t, struct output_file *f, struct err *e) {
  struct strbuf b;
  strbuf_init(&b, 0);
  outcheck_table_write(t, &b);
  const char *copy = b.failed ? NULL : arena_strdup(j->a, b.p, b.n);
  f->bytes = str_view(copy, copy ? b.n : 0);
  strbuf_release(&b);
  return copy ? E_OK : ERR(e, E_NO_MEMORY, .subject = f->name);
}
static enum err_code judge_file(struct judging *j, struct output_file *f, struct err *e) {
  const struct outcheck_units *units;
  struct outcheck_candidate *mine = &j->mine[j->n];
  struct outcheck_table *t = ARENA_NEW(j->a, struct outcheck_table);
  if (!t) return ERR(e, E_NO_MEMORY, .subject = f->name);
  if (is_picture(f->name)) return j->only_compare ? E_OK : judge_picture(j, f, e);
  TRY(outcheck_table_parse(j->a, f->name, f->bytes, t, e));
  if (!j->only_compare) TRY(write_again(j, t, f, e)); /* what is voted on and goes out */
  *mine = (struct outcheck_candidate){.table = t, .where = arena_printf(j->a, "this output, %s", f->name)};
  TRY(own_sets(j, t, f, &mine->set, &units, e));
  if (f->levels.n) {
    struct outcheck_hierarchy *levels = ARENA_NEW(j->a, struct outcheck_hierarchy);
    if (!levels) return ERR(e, E_NO_MEMORY, .subject = f->name);
    TRY(outcheck_hierarchy_csv(j->a, arena_printf(j->a, "levels of %s", f->name), f->levels, levels, e));
    t->levels = levels;
  }
  j->n++;
  return j->only_compare ? E_OK : outcheck_table_judge(j->p, t, units, j->r, e);
}
static enum err_code against_known(const struct judging *j, const struct output_known *k, struct err *e) {
  struct outcheck_candidate other = {.where = k->where};
  struct outcheck_set *set = NULL;
  struct outcheck_table *t = ARENA_NEW(j->a, struct outcheck_table);
  if (!t) return ERR(e, E_NO_MEMORY, .subject = k->where);
  if (is_picture(k->name)) return E_OK;
  TRY(outcheck_table_parse(j->a, k->name, k->bytes, t, e));
  if (k->sets.n) TRY(outcheck_sets_parse(j->a, t, k->sets, &set, e));
  other.table = t, other.set = set;
  for (int i = 0; i < j->n; i++) TRY(outcheck_compare(j->p, &j->mine[i], &other, j->r, e));
  return E_OK;
}
/* Its own tables with one another, each with itself too, then all that was released. */
static enum err_code read_together(const struct judging *j, struct err *e) {
  const struct outcheck_table *table[OUTPUT_FILES_MAX];
  for (int i = 0; i < j->n; i++) table[i] = j->mine[i].table;
  if (j->only_compare || j->n == 0) return E_OK;
  if (table[0]->levels) TRY(outcheck_levels(table[0]->levels, table, j->n, j->r, e));
  return outcheck_linked(j->p, table, j->n, j->r, e);
}
static enum err_code compare(const struct judging *j, const struct output_known *known, int64_t n_known, struct err *e) {
  for (int i = 0; i < j->n; i++)
    for (int k = 0; k <= i; k++) TRY(outcheck_compare(j->p, &j->mine[i], &j->mine[k], j->r, e));
  for (int64_t k = 0; k < n_known; k++) TRY(against_known(j, &known[k], e));
  for (int i = 0; i < j->n; i++) TRY(outcheck_count(j->r, j->mine[i].table, e));
  return E_OK;
}
static enum err_code judge(void *context, struct store *s, struct arena *a, const char *profile, bool only_compare, struct output_file *files, int n,
    const struct output_known *known, int64_t n_known, struct strbuf *report, enum output_verdict *verdict, struct err *e) {
  struct outcheck_profile p;
  struct outcheck_report r = {.a = a};
  struct judging j = {.s = s, .a = a, .p = &p, .r = &r, .only_compare = only_compare};
  struct json_out out;
  TRY(profile_of(a, context, profile, &p, e));
  for (int i = 0; i < n; i++) TRY(judge_file(&j, &files[i], e));
  TRY(read_together(&j, e));
  TRY(compare(&j, known, n_known, e));
  json_begin(&out, report, false);
  outcheck_report_json(&p, &r, &out);
  *verdict = (enum output_verdict)outcheck_result(&r);
  return json_done(&out) && !report->failed ? E_OK : ERR(e, E_NO_MEMORY, .subject = profile);
}
struct output_rules use_output_rules(const char *file) { return (struct output_rules){.context = (void *)(uintptr_t)file, .judge = judge}; }
