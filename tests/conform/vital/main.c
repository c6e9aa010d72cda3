/* vital -- computes every published value of a folder of vital statistics from the inputs beside it: vital FOLDER [--list | ID].
 * Files are known by their columns, not by name or year; values.def says for each kind whether it can be computed, only compared, or must fail.
 * Closing lines: `compare-only: N, M agree`, `unsupported: N` (an input is not in the folder), `conform-vital: N passed, N failed`. */
#include <stdio.h>
#include <string.h>

#include "tests/conform/vital/folder.h"

static void one(void *context, const char *path, const char *relative) {
  const char *dot = strrchr(relative, '.');
  if (dot && !strcmp(dot, ".csv") && !folder_add(context, path, relative) && ((struct folder *)context)->list)
    printf("no layout of this runner: %s\n", relative);
}
int main(int argc, char **argv) {
  if (argc < 2 || argc > 3) return fputs("usage: vital FOLDER [--list | ID]\n", stderr), 64;
  const bool list = argc > 2 && !strcmp(argv[2], "--list");
  struct tally t = {.name = "conform-vital", .only = argc > 2 && !list ? argv[2] : NULL};
  struct arena *a = arena_new(0);
  struct folder *f = ARENA_NEW(a, struct folder);
  if (!f) return 70;
  f->a = a, f->tally = &t, f->list = list;
  walk(argv[1], one, f);
  judge_totals(f);
  judge_mortality(f);
  judge_life(f);
  judge_fertility(f);
  judge_causes(f);
  judge_poverty(f);
  judge_relations(f);
  printf("computable: %d, must-fail: %d, compare-only: %d, %d agree\n", f->counts[COMPUTABLE], f->counts[MUST_FAIL],
      f->counts[COMPARE_ONLY], f->agreed);
  const int status = tally_close(&t, argv[1]);
  arena_free(a);
  return status;
}
