/* seasonal -- runs every seasonal adjustment of a folder through the library and compares tables and decisions: seasonal FOLDER [ID].
 * Layout: *.json with spec, tables, decisions, diagnostics, arima; the series in CSV beside them. Closing lines: `unsupported: N`,
 * `conform-seasonal: N passed, N failed`. Exit status 1 when a run fails or the folder holds none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/conform/seasonal/run.h"

static void one(void *context, const char *path, const char *relative) {
  struct tally *t = context;
  const char *dot = strrchr(relative, '.');
  if (!dot || strcmp(dot, ".json") || !tally_wants(t, relative)) return;
  char why[WHY_BYTES] = "";
  enum verdict v = run_file(path, why);
  tally_add(t, relative, v, why);
}
int main(int argc, char **argv) {
  if (argc < 2 || argc > 3) return fputs("usage: seasonal FOLDER [ID]\n", stderr), 64;
  struct tally t = {.name = "conform-seasonal", .only = argc > 2 ? argv[2] : NULL};
  walk(argv[1], one, &t);
  return tally_close(&t, argv[1]);
}
