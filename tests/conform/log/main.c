/* log -- runs the vectors of transparency logs of a folder through our tree, proofs and notes: log FOLDER [ID]. Taken are JSON files of RFC 6962
 * proofs, signed notes (NAME.note beside NAME.vkey) and tiled logs (folders with `checkpoint` and `tile/`), at any depth. Closing lines:
 * `unsupported: N`, `conform-log: N passed, N failed`. Exit status 1 when a case fails or there is none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "tests/conform/log/cases.h"

static bool ends_with(const char *s, const char *end) {
  size_t n = strlen(s), m = strlen(end);
  return n >= m && strcmp(s + n - m, end) == 0;
}
static void json_file(struct tally *t, const char *path, const char *relative) {
  struct json_document *d = NULL;
  size_t n = 0;
  char *p = (char *)slurp(path, LOG_FILE_MAX, &n);
  if (p) p = unsigned_as_int64(p, &n);
  if (!p || json_parse(relative, p, n, &d, NULL)) tally_add(t, relative, FAILED, "the file cannot be read as JSON");
  else if (json_is_object(json_root(d)) && json_member(json_root(d), "wantErr") && !proof_case(t, relative, json_root(d)))
    tally_add(t, relative, FAILED, "a proof of no kind that is known here");
  json_release(d);
  free(p);
}
static void one(void *context, const char *path, const char *relative) {
  struct tally *t = context;
  char folder[LOG_PATH], id[LOG_PATH];
  if (ends_with(relative, ".json")) json_file(t, path, relative);
  else if (ends_with(relative, ".note")) note_case(t, relative, path);
  else if (ends_with(relative, "checkpoint")) {
    snprintf(folder, sizeof folder, "%.*s", (int)(strlen(path) - strlen("/checkpoint")), path);
    snprintf(id, sizeof id, "%.*s", (int)(strlen(relative) - strlen("checkpoint")), relative);
    if (id[0]) id[strlen(id) - 1] = 0;
    if (is_tiled_log(folder)) tiled_log_cases(t, id[0] ? id : ".", folder);
  }
}
int main(int argc, char **argv) {
  if (argc < 2 || argc > 3) return fputs("usage: log FOLDER [ID]\n", stderr), 64;
  if (!crypto_start()) return fputs("libsodium cannot start\n", stderr), 70;
  struct tally t = {.name = "conform-log", .only = argc > 2 ? argv[2] : NULL};
  walk(argv[1], one, &t);
  return tally_close(&t, argv[1]);
}
