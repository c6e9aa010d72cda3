/* mls -- every published table of the Monthly Labour Survey in a folder through the library: mls FOLDER [ID].
 * Read are result master tables (毎勤原表: identities, roll-ups and rounding of every row), index files (means of months, growth, real wages) and the
 * consumer price index, in UTF-8 or CP932, whatever the files are called and whichever month or series they hold. Files of other layouts are named.
 * Closing lines: `unsupported: N`, `conform-mls: N passed, N failed`. Exit status 1 when a case fails or the folder holds none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/conform/mls/index_file.h"
#include "tests/conform/mls/master.h"

enum { MOST = 64 };
struct folder {
  struct tally tally;
  struct arena *a;
  struct index_file *index[MOST];
  int n_index;
  struct cpi *cpi;
};

static void broken(struct folder *f, const char *name, const char *why) {
  if (why) tally_add(&f->tally, name, FAILED, why);
}
static void *room(size_t size) {
  void *p = calloc(1, size);
  if (!p) abort();
  return p;
}
static void take(struct folder *f, const struct sheet *s, const char *name) {
  struct master m;
  if (master_is(s)) {
    const char *why = master_read(f->a, s, &m);
    broken(f, name, why);
    if (!why) master_check(&m, name, &f->tally);
  } else if (index_is(s) && f->n_index < MOST) {
    struct index_file *x = room(sizeof *x);
    const char *why = index_read(s, name, x);
    broken(f, name, why);
    if (why) free(x);
    else f->index[f->n_index++] = x;
  } else if (cpi_is(s) && !f->cpi) {
    f->cpi = room(sizeof *f->cpi);
    broken(f, name, cpi_read(s, name, f->cpi));
  } else tally_add(&f->tally, name, UNSUPPORTED, "neither a master table, an index file nor consumer prices");
}
static void one(void *context, const char *path, const char *relative) {
  struct folder *f = context;
  struct sheet s;
  const char *dot = strrchr(relative, '.');
  if (!dot || strcmp(dot, ".csv")) return;
  const char *name = arena_strdup(f->a, relative, strlen(relative));
  if (sheet_read(f->a, path, &s)) take(f, &s, name);
  else broken(f, name, "cannot be read as CSV");
  free(s.cells);
  free(s.n_cells);
}
/* The published real index of the same earnings: its title holds the words of the nominal one after 指数. */
static const struct index_file *real_of(const struct folder *f, const struct index_file *nominal) {
  static const char *const earnings[] = {"現金給与総額", "きまって支給する給与", "所定内給与"};
  for (int i = 0; i < f->n_index; i++)
    for (int k = 0; k < 3 && f->index[i]->real; k++)
      if (str_contains(f->index[i]->title, earnings[k]) && str_contains(nominal->title, earnings[k])) return f->index[i];
  return NULL;
}
int main(int argc, char **argv) {
  if (argc < 2 || argc > 3) return fputs("usage: mls FOLDER [ID]\n", stderr), 64;
  struct folder f = {.tally = {.name = "conform-mls", .only = argc > 2 ? argv[2] : NULL}, .a = arena_new(0)};
  walk(argv[1], one, &f);
  for (int i = 0; i < f.n_index; i++) index_check(f.index[i], &f.tally);
  for (int i = 0; i < f.n_index && f.cpi; i++)
    if (!f.index[i]->real && !f.index[i]->employment && !f.index[i]->hours) real_check(f.index[i], real_of(&f, f.index[i]), f.cpi, &f.tally);
  for (int i = 0; i < f.n_index; i++) free(f.index[i]);
  free(f.cpi);
  arena_free(f.a);
  return tally_close(&f.tally, argv[1]);
}
