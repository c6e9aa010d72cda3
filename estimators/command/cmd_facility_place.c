/* cmd_facility_place.c -- cmd_facility.h: where a record stands, and facilities that stand twice. */
#include <stdlib.h>
#include <string.h>

#include "estimators/command/cmd_facility.h"

/* Files: path and line of the text; the store: the form and the number of the record. */
struct facility_place facility_place(const struct facility_source *f, int64_t row) {
  int64_t at = row;
  for (int i = 0; i < f->n_parts; i++) {
    const struct facility_part *p = &f->part[i];
    if (at < p->n && p->from_file) return (struct facility_place){p->path, p->csv.lines[at]};
    if (at < p->n) break;
    at -= p->n;
  }
  return (struct facility_place){f->name, row + 1};
}
enum err_code facility_wrong(
    const struct facility_source *f, int64_t row, struct str id, const char *item, const char *expected, const char *found, struct err *e) {
  const struct facility_place p = facility_place(f, row);
  const char *subject = arena_printf(cli_job(f->c)->arena, "%s (%.*s)", item, (int)id.n, id.p);
  return ERR(e, E_FACILITY_VALUE, .file = p.file, .line = p.line, .subject = subject ? subject : item, .expected = expected, .found = found);
}
enum err_code facility_some(const struct facility_source *f, struct err *e) {
  if (f->n) return E_OK;
  const bool file = f->n_parts && f->part[0].from_file;
  return ERR(e, E_FACILITY_VALUE, .file = file ? f->part[0].path : f->name, .subject = "records", .expected = "1 or more", .found = "0");
}

struct named {
  struct str id;
  int32_t month;
  int64_t row;
};
static int by_name(const void *x, const void *y) {
  const struct named *a = x, *b = y;
  int c = str_cmp(a->id, b->id);
  if (!c) c = (a->month > b->month) - (a->month < b->month);
  return c ? c : (a->row > b->row) - (a->row < b->row);
}
enum err_code facility_once(
    const struct facility_source *f, const struct str *id, const int32_t *month, const char *what, struct err *e) {
  struct arena *a = cli_job(f->c)->arena;
  struct named *x = ARENA_ARRAY(a, struct named, f->n + 1);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = f->name);
  for (int64_t i = 0; i < f->n; i++) x[i] = (struct named){id[i], month ? month[i] : 0, i};
  qsort(x, (size_t)f->n, sizeof *x, by_name);
  for (int64_t i = 1; i < f->n; i++) {
    if (!str_eq(x[i - 1].id, x[i].id) || x[i - 1].month != x[i].month || x[i].month < 0) continue;
    const struct facility_place p = facility_place(f, x[i].row);
    const char *subject = arena_printf(a, "%s (%.*s)", what, (int)x[i].id.n, x[i].id.p);
    return ERR(e, E_FACILITY_TWICE, .file = p.file, .line = p.line, .subject = subject ? subject : what);
  }
  return E_OK;
}
