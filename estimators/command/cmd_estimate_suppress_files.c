/* Files of `estimate suppress` and `estimate perturb`. */
#include "estimators/command/cmd_estimate_suppress_files.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "base/json_out.h"
#include "estimators/command/cmd_estimate_print.h"
#include "estimators/sdc/suppress/rule_read.h"
#include "forms/form.h"

enum { FILE_MAX = 1 << 30 };
enum err_code suppress_read_text(struct arena *a, const char *path, struct str *out, struct err *e) {
  uint8_t *p;
  size_t n;
  TRY(file_read(path, FILE_MAX, &p, &n, e));
  const char *copy = arena_strdup(a, (const char *)p, n);
  free(p);
  *out = str_view(copy, copy ? n : 0);
  return copy ? E_OK : ERR(e, E_NO_MEMORY, .file = path);
}
static enum err_code cell_number(const struct cell_table *t, struct str s, const char *file, int64_t line, int32_t *out, struct err *e) {
  int64_t v;
  if (!str_int64(s, &v) || v < 0 || v >= t->n_cells) return ERR(e, E_SDC_CELLS, .subject = "an id that is no cell", .file = file, .line = line);
  *out = t->same[v];
  return E_OK;
}
/* A pattern: a column id and, where there is one, a column suppressed of 0 and 1. */
enum err_code suppress_read_pattern(struct cli *c, const struct cell_table *t, const char *path, uint8_t **out, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct csv_table f;
  struct str text;
  int32_t cell;
  TRY(suppress_read_text(a, path, &text, e));
  TRY(csv_table_parse(a, path, text.p, text.n, &f, e));
  const int id = csv_table_column(&f, "id"), suppressed = csv_table_column(&f, "suppressed");
  if (id < 0) return ERR(e, E_SDC_CELLS, .subject = "column id", .file = path, .line = 1);
  *out = ARENA_ARRAY(a, uint8_t, t->n_cells + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .file = path);
  for (int64_t i = 0; i < f.n_rows; i++) {
    if (suppressed >= 0 && !str_eq(csv_table_cell(&f, i, suppressed), STR("1"))) continue;
    TRY(cell_number(t, csv_table_cell(&f, i, id), path, f.lines[i], &cell, e));
    if (t->status[cell] == 'z') return ERR(e, E_SDC_CONFLICT, .subject = "a cell forced to be published", .file = path, .line = f.lines[i]);
    (*out)[cell] = 1;
  }
  return E_OK;
}

/* --- owners: cell,owner; the cells an owner knows because no one else contributes --- */

struct owned {
  struct str owner;
  int32_t cell;
};
static int owned_cmp(const void *p, const void *q) {
  const struct owned *a = p, *b = q;
  const int c = str_cmp(a->owner, b->owner);
  return c ? c : (a->cell > b->cell) - (a->cell < b->cell);
}
enum err_code suppress_read_owners(struct cli *c, const struct cell_table *t, const char *path, struct owners *out, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct csv_table f;
  struct str text;
  TRY(suppress_read_text(a, path, &text, e));
  TRY(csv_table_parse(a, path, text.p, text.n, &f, e));
  const int cell = csv_table_column(&f, "cell"), owner = csv_table_column(&f, "owner");
  if (cell < 0 || owner < 0) return ERR(e, E_SDC_OWNER, .subject = "columns cell and owner", .file = path, .line = 1);
  struct owned *o = ARENA_ARRAY(a, struct owned, f.n_rows + 1);
  int32_t *first = ARENA_ARRAY(a, int32_t, f.n_rows + 2), *cells = ARENA_ARRAY(a, int32_t, f.n_rows + 1), n = 0;
  if (!o || !first || !cells) return ERR(e, E_NO_MEMORY, .file = path);
  for (int64_t i = 0; i < f.n_rows; i++) {
    o[i].owner = csv_table_cell(&f, i, owner);
    TRY(cell_number(t, csv_table_cell(&f, i, cell), path, f.lines[i], &o[i].cell, e));
  }
  qsort(o, (size_t)f.n_rows, sizeof *o, owned_cmp);
  for (int64_t i = 0; i < f.n_rows; i++) {
    if (i == 0 || !str_eq(o[i].owner, o[i - 1].owner)) first[n++] = (int32_t)i;
    cells[i] = o[i].cell;
  }
  first[n] = (int32_t)f.n_rows;
  *out = (struct owners){.n = n, .first = first, .cell = cells};
  return E_OK;
}

/* --- rules --- */

enum err_code suppress_read_rule(struct cli *c, const char *name, struct sdc_rule *out, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct str text;
  const size_t n = strlen(name);
  const bool file = n > 5 && !strcmp(name + n - 5, ".json");
  const char *path = file ? name : arena_printf(a, "%s/codelists/disclosure_profiles.json", forms_folder());
  if (!path) return ERR(e, E_NO_MEMORY, .subject = name);
  TRY(suppress_read_text(a, path, &text, e));
  return sdc_rule_read(a, path, text, file ? NULL : name, out, e);
}
enum err_code suppress_read_table(struct cli *c, bool known, struct cell_table **out, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct str cells, relations;
  TRY(suppress_read_text(a, cli_operand(c, 0), &cells, e));
  TRY(suppress_read_text(a, cli_operand(c, 1), &relations, e));
  TRY(cells_parse(a, cli_operand(c, 0), cells, cli_operand(c, 1), relations, out, e));
  if (!known || !cli_text(c, "known")) return E_OK;
  const int64_t percent = cli_int(c, "known");
  if (percent < 1 || percent > 1000) return ERR(e, E_SDC_KNOWN, .subject = cli_text(c, "known"));
  (*out)->known = (int)percent;
  return E_OK;
}

/* --- certificates --- */

enum err_code suppress_write_certificate(struct cli *c, const struct cell_table *t, const uint8_t *hidden, const struct audit_report *r,
    const char *path, struct err *e) {
  struct certificate x;
  struct strbuf b;
  TRY(certificate_make(cli_job(c)->arena, t, hidden, r, &x, e));
  strbuf_init(&b, 0);
  certificate_write(&x, &b);
  enum err_code code = b.failed ? ERR(e, E_NO_MEMORY, .file = path) : atomic_write(path, b.p, b.n, ATOMIC_REPLACE, 0644, e);
  strbuf_release(&b);
  return code;
}
static void verdict_text(struct cli *c, const struct certificate_verdict *v, struct strbuf *b) {
  strbuf_addf(b, cli_say(c, "primary %d; ends reached by a table %d, bounded by multipliers %d, not proved %d\n",
                     "一次秘匿 %d。表で到達を証明した端 %d、乗数で限界を証明した端 %d、未証明 %d\n"),
      (int)v->n_primary, (int)v->n_reached, (int)v->n_bounded, (int)v->n_unproved);
  strbuf_addf(b, cli_say(c, "cells with a narrow interval %d, known exactly %d\n", "区間が狭いセル %d、完全に特定されるセル %d\n"),
      (int)v->n_narrow, (int)v->n_exact);
  strbuf_adds(b, v->clean ? cli_say(c, "the certificate proves that the pattern protects\n",
                                "証明書はこの秘匿が有効なことを証明しています\n")
                          : cli_say(c, "the certificate does not prove that the pattern protects\n",
                                "証明書はこの秘匿の有効性を証明していません\n"));
}
enum err_code suppress_verify(struct cli *c, const struct cell_table *t, const char *path, bool *clean, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct certificate x;
  struct certificate_verdict v;
  struct strbuf b;
  struct str text;
  TRY(suppress_read_text(a, path, &text, e));
  TRY(certificate_read(a, path, text, &x, e));
  TRY(certificate_verify(t, &x, &v, e));
  *clean = v.clean;
  strbuf_init(&b, 0);
  if (cli_json(c)) {
    struct json_out j;
    json_begin(&j, &b, false);
    json_object(&j);
    json_key(&j, "clean"), json_bool(&j, v.clean);
    json_put_int(&j, "primary", v.n_primary);
    json_put_int(&j, "reached", v.n_reached);
    json_put_int(&j, "bounded", v.n_bounded);
    json_put_int(&j, "unproved", v.n_unproved);
    json_put_int(&j, "narrow", v.n_narrow);
    json_put_int(&j, "exact", v.n_exact);
    json_put_int(&j, "hidden", x.n_hidden);
    json_put_int(&j, "tables", x.n_tables);
    json_put_int(&j, "known_percent", x.known);
    json_end_object(&j);
    strbuf_addc(&b, '\n');
  } else verdict_text(c, &v, &b);
  return estimate_write(c, &b, e);
}
