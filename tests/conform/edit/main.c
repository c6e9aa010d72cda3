/* edit -- runs every case of a folder of editing packs through the library: edit FOLDER [ID]. With an ID only that case, with what differs. Closing
 * lines: `unsupported: N` (listed by procedure), `known exceptions: N`, `conform-edit: N passed, N failed`. Exit status 1 when a case fails or the
 * folder holds none. Known exceptions stand in tests/conform/edit/exceptions.csv with their proof; they are counted apart. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/conform/edit/runner.h"

#define PROCEDURE(name, function) enum verdict function(const struct edit_case *c);
#include "tests/conform/edit/procedures.def"
#undef PROCEDURE
static const struct {
  const char *name;
  enum verdict (*run)(const struct edit_case *c);
} PROCEDURES[] = {
#define PROCEDURE(name, function) {#name, function},
#include "tests/conform/edit/procedures.def"
#undef PROCEDURE
};

void tally_add(struct tally *t, const char *proc, const char *id, enum verdict v, const char *differs) {
  if (v == FAILED && exception_known(id)) {
    t->excepted++;
    if (t->only) printf("%-12s %s: known exception\n", proc, id);
    return;
  }
  if (v == PASSED) t->passed++;
  if (v == FAILED) t->failed++;
  if (v == UNSUPPORTED) t->unsupported++;
  if (v == FAILED || t->only) printf("%-12s %s: %s\n%s", proc, id, v == PASSED ? "passed" : v == FAILED ? "failed" : "unsupported", differs);
  else if (v == UNSUPPORTED) printf("%-12s %s: unsupported\n", proc, id);
}
static void run_case(struct tally *t, struct edit_case *c) {
  char *text = NULL;
  size_t n = 0;
  enum verdict v = UNSUPPORTED;
  if (t->only && strcmp(t->only, c->id) != 0) return;
  c->say = open_memstream(&text, &n);
  if (!c->say) abort();
  for (size_t i = 0; i < sizeof PROCEDURES / sizeof *PROCEDURES; i++)
    if (strcmp(PROCEDURES[i].name, c->proc) == 0) v = PROCEDURES[i].run(c);
  fclose(c->say);
  /* The order of rows is no input here: what asks for a refusal of unsorted rows stands in exceptions.csv as a rule, with its proof. */
  const bool by_rule = v != PASSED && c->must_refuse && case_unsorted(c);
  tally_add(t, c->proc, by_rule ? "rule:unsorted_rows" : c->id, by_rule ? FAILED : v, text);
  free(text);
}
static void run_file(struct tally *t, const char *folder, const char *name) {
  struct arena *a = arena_new((size_t)2 << 30);
  struct json_document *d = NULL;
  const struct json_value *cases;
  struct err e = {0};
  if (!a || case_file(a, folder, name, &d, &e)) {
    tally_add(t, "read", name, FAILED, "   the file cannot be read as JSON\n");
  } else if (json_is_array(cases = json_root(d))) {
    for (size_t i = 0; i < json_length(cases); i++) {
      struct edit_case c;
      if (case_read(a, folder, name, json_element(cases, i), &c, &e) == E_OK) run_case(t, &c);
      else tally_add(t, "read", name, FAILED, "   a case cannot be read\n");
    }
  }
  json_release(d);
  arena_free(a);
}
static bool is_folder(const char *path) {
  struct stat s;
  return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}
static void run_folder(struct tally *t, const char *folder) {
  struct dirent **entries;
  int n = scandir(folder, &entries, NULL, alphasort);
  for (int i = 0; i < n; i++) {
    const char *name = entries[i]->d_name;
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    size_t length = strlen(name);
    if (name[0] != '.' && is_folder(path)) {
      if (!special_folder(t, path, name)) run_folder(t, path);
    } else if (length > 5 && strcmp(name + length - 5, ".json") == 0 && strcmp(name, "edits.json") != 0 && strcmp(name, "params.json") != 0)
      run_file(t, folder, name);
    free(entries[i]);
  }
  if (n >= 0) free(entries);
}
int main(int argc, char **argv) {
  if (argc < 2 || argc > 3) return fputs("usage: edit FOLDER [ID]\n", stderr), 64;
  struct tally t = {.only = argc > 2 ? argv[2] : NULL};
  run_folder(&t, argv[1]);
  if (t.passed + t.failed + t.unsupported + t.excepted == 0) printf("no case in %s\n", argv[1]), t.failed++;
  printf("unsupported: %d\nknown exceptions: %d\nconform-edit: %d passed, %d failed\n", t.unsupported, t.excepted, t.passed, t.failed);
  return t.failed ? 1 : 0;
}
