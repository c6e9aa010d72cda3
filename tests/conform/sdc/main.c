/* sdc -- every disclosure-control case of a folder: sdc FOLDER [ID]. A case is a folder with expected.json; what it holds says what is judged.
 * Closing lines: `unsupported: N`, `conform-sdc: N passed, N failed`. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/sdc_population.h"
#include "tests/conform/sdc/sdc_case.h"

struct str case_file(const struct sdc_case *c, const char *name) {
  char path[4096];
  size_t n = 0;
  snprintf(path, sizeof path, "%s/%s", c->folder, name);
  uint8_t *p = slurp(path, (size_t)1 << 30, &n);
  const char *copy = p ? arena_strdup(c->a, (const char *)p, n) : NULL;
  free(p);
  return copy ? str_view(copy, n) : (struct str){NULL, 0};
}
bool case_csv(const struct sdc_case *c, const char *name, struct csv_table *out) {
  const struct str s = case_file(c, name);
  return s.p && csv_table_parse(c->a, name, s.p, s.n, out, NULL) == E_OK;
}
void case_verdict(const struct sdc_case *c, const char *check, bool passed, const char *why, ...) {
  char id[300], text[1200];
  va_list list;
  va_start(list, why);
  vsnprintf(text, sizeof text, why, list);
  va_end(list);
  snprintf(id, sizeof id, "%s/%s", c->id, check);
  tally_add(c->tally, id, passed ? PASSED : FAILED, text);
}
void case_unsupported(const struct sdc_case *c, const char *why) { tally_add(c->tally, c->id, UNSUPPORTED, why); }

/* The table of a case: cells.csv and rels.csv, or the made survey where the pack has only its generator. */
static bool load_table(struct sdc_case *c) {
  struct err e = {.code = E_OK};
  char text[1024] = "";
  const struct str cells = case_file(c, "cells.csv"), relations = case_file(c, "rels.csv");
  if (cells.p && relations.p) {
    if (cells_parse(c->a, "cells.csv", cells, "rels.csv", relations, &c->t, &e)) err_format(&e, LANG_EN, text, sizeof text);
    if (json_member(c->expected, "n_cells")) {
      const bool right = c->t && c->t->n_cells == json_member_int(c->expected, "n_cells", -1) &&
                         c->t->n_relations == json_member_int(c->expected, "n_relations", -1);
      case_verdict(c, "cells and relations", right, "%s", text);
    }
    return c->t;
  }
  if (!case_file(c, "gen_table.py").p || json_member_int(c->expected, "cells", 0) != POP_GEO * POP_IND * POP_SIZE) return false;
  struct population *p = malloc(sizeof *p);
  if (!p) return false;
  pop_make(p, 20240611, 60000);
  const enum err_code code = pop_table(c->a, p, false, &c->t, &e);
  free(p);
  int32_t primary = 0;
  for (int32_t k = 0; !code && k < c->t->n_cells; k++) primary += c->t->status[k] == 'u';
  case_verdict(c, "primaries", primary == json_member_int(c->expected, "n_primary", -1), "%d", (int)primary);
  return code == E_OK;
}
static void judge(struct sdc_case *c) {
  const bool table = load_table(c), patterns = json_member(c->expected, "patterns") != NULL;
  bool any = false;
  if (table && patterns) judge_patterns(c), judge_ours(c), judge_primaries(c), any = true;
  if (table && json_member(c->expected, "sum_abs_diff")) judge_rounding(c), any = true;
  if (json_member(c->expected, "round_base")) judge_small_counts(c), any = true;
  if (json_member(c->expected, "ptable")) judge_cell_key(c), any = true;
  if (judge_micro(c)) any = true;
  if (!any) case_unsupported(c, "no judge for what expected.json holds");
}
struct walking {
  struct tally *tally;
  const char *folder;
};
static void one(void *context, const char *path, const char *relative) {
  const struct walking *w = context;
  const char *slash = strrchr(relative, '/'), *name = slash ? slash + 1 : relative;
  char id[200], folder[4096];
  if (strcmp(name, "expected.json") != 0) return;
  snprintf(id, sizeof id, "%.*s", slash ? (int)(slash - relative) : 1, slash ? relative : ".");
  if (w->tally->only && strncmp(w->tally->only, id, strlen(id)) != 0 && strncmp(id, w->tally->only, strlen(w->tally->only)) != 0) return;
  snprintf(folder, sizeof folder, "%.*s", (int)(strlen(path) - strlen("/expected.json")), path);
  struct sdc_case c = {.a = arena_new(0), .tally = w->tally, .folder = folder, .id = id};
  struct json_document *d = NULL;
  const struct str text = case_file(&c, "expected.json");
  if (!text.p || json_parse("expected.json", text.p, text.n, &d, NULL)) case_verdict(&c, "expected.json", false, "cannot be read");
  else {
    c.expected = json_root(d);
    judge(&c);
  }
  json_release(d);
  arena_free(c.a);
}
int main(int argc, char **argv) {
  if (argc < 2 || argc > 3) return fputs("usage: sdc FOLDER [ID]\n", stderr), 64;
  struct tally t = {.name = "conform-sdc", .only = argc > 2 ? argv[2] : NULL};
  struct walking w = {&t, argv[1]};
  walk(argv[1], one, &w);
  return tally_close(&t, argv[1]);
}
