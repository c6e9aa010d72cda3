/* estimation -- runs every case of a folder of estimation packs through the library: estimation [--worst] FOLDER [ID]. With an ID only that case,
 * with what
 * differs. Closing lines: `unsupported: N`, `known exceptions: N`, `conform-estimation: N passed, N failed`. Exit status 1 when a case fails or the
 * folder holds none. Known exceptions stand in tests/conform/estimation/exceptions.csv with their proof. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/atomic_file.h"
#include "tests/conform/estimation/run.h"

static const struct {
  const char *kind;
  enum verdict (*run)(struct est_case *c);
} KINDS[] = {{"total", run_plain}, {"mean", run_plain}, {"geometric_mean", run_plain}, {"population_variance", run_plain}, {"ratio",
    run_ratio_rows}, {"calibrated", run_several},
    {"several", run_several}, {"contrast", run_contrast}, {"nonlinear", run_nonlinear}, {"change", run_change}, {"proportion_ci", run_proportion},
    {"ratio_total", run_ratio_total}, {"separate_ratio_total", run_ratio_total}, {"gvf", run_gvf}, {"quantile", run_quantile},
    {"gini", run_inequality}, {"arpt", run_inequality}, {"arpr", run_inequality}, {"qsr", run_inequality}, {"rmpg", run_inequality},
    {"poormed", run_inequality}, {"fgt", run_inequality}, {"gei", run_inequality}, {"atkinson", run_inequality}, {"atk", run_inequality}, {"theil",
        run_inequality}, {"gpg", run_pay_gap}};

struct tally {
  int passed, failed, unsupported, excepted;
  const char *only;
  struct worst worst;
};
static bool exception_known(const char *id) {
  static const char FILE_NAME[] = "tests/conform/estimation/exceptions.csv";
  struct arena *a = arena_new(1 << 22);
  struct csv_table t;
  struct err e = {0};
  uint8_t *bytes = NULL;
  size_t n;
  bool known = false;
  if (a && file_read(FILE_NAME, 1 << 20, &bytes, &n, &e) == E_OK && csv_table_parse(a, FILE_NAME, (const char *)bytes, n, &t, &e) == E_OK
      && t.n_columns == 3)
    for (int64_t i = 0; i < t.n_rows && !known; i++)
      known = str_eq(t.cells[i * 3], str_of(id)) && t.cells[i * 3 + 1].n > 0 && t.cells[i * 3 + 2].n > 0;
  free(bytes);
  arena_free(a);
  return known;
}
static void count(struct tally *t, const char *id, enum verdict v, const char *differs) {
  if (v == FAILED && exception_known(id)) {
    t->excepted++;
    printf("%s: known exception\n", id);
    return;
  }
  t->passed += v == PASSED, t->failed += v == FAILED, t->unsupported += v == UNSUPPORTED;
  if (v != PASSED || t->only) printf("%s: %s\n%s", id, v == PASSED ? "passed" : v == FAILED ? "failed" : "unsupported", differs);
}

static enum verdict run_case(struct est_case *c) {
  const char *kind = json_member_string(c->estimator, "kind", "");
  struct err e = {0};
  if (case_read_csv(c->arena, c->folder, json_member_string(c->whole, "dataset", ""), &c->data, &e))
    return fprintf(c->say, "   data cannot be read: %s %s\n", err_name(e.code), e.subject), FAILED;
  c->n = c->data.n_rows;
  enum verdict v = case_design(c, c->design);
  const struct json_value *k = json_member(c->estimator, "calibration");
  if (!k) k = json_member(c->design, "calibration");
  if (v == PASSED && k) v = case_calibrate(c, k);
  if (v == PASSED && json_member(c->estimator, "nonresponse")) v = case_nonresponse(c, json_member(c->estimator, "nonresponse"));
  for (size_t i = 0; v == PASSED && i < sizeof KINDS / sizeof *KINDS; i++)
    if (strcmp(KINDS[i].kind, kind) == 0) return KINDS[i].run(c);
  if (v != PASSED) return v;
  fprintf(c->say, "   unknown kind %s\n", kind);
  return UNSUPPORTED;
}
static void run_value(struct tally *t, const char *folder, const struct json_value *v) {
  struct est_case c = {.arena = arena_new((size_t)4 << 30),
      .folder = folder,
      .whole = v,
      .id = json_member_string(v, "id", "?"),
      .design = json_member(v, "design"),
      .estimator = json_member(v, "estimator"),
      .expected = json_member(v, "expected")};
  char *text = NULL;
  size_t n = 0;
  if (t->only && strcmp(t->only, c.id) != 0) {
    arena_free(c.arena);
    return;
  }
  c.say = open_memstream(&text, &n);
  if (!c.arena || !c.say) abort();
  const enum verdict verdict = run_case(&c);
  fclose(c.say);
  for (int m = 0; m < MEASURES; m++) {
    t->worst.n[m] += c.worst.n[m];
    if (!(c.worst.off[m] <= t->worst.off[m])) t->worst.off[m] = c.worst.off[m];
  }
  count(t, c.id, verdict, text);
  free(text);
  arena_free(c.arena);
}
static void run_file(struct tally *t, const char *folder, const char *name) {
  char path[4096];
  uint8_t *bytes = NULL;
  size_t n = 0;
  struct json_document *d = NULL;
  struct err e = {0};
  snprintf(path, sizeof path, "%s/%s", folder, name);
  if (file_read(path, (size_t)1 << 28, &bytes, &n, &e) || json_parse(name, (const char *)bytes, n, &d, &e))
    count(t, name, FAILED, "   the file cannot be read as JSON\n");
  else if (json_is_array(json_root(d)))
    for (size_t i = 0; i < json_length(json_root(d)); i++) run_value(t, folder, json_element(json_root(d), i));
  json_release(d);
  free(bytes);
}
static void run_folder(struct tally *t, const char *folder) {
  struct dirent **entries;
  const int n = scandir(folder, &entries, NULL, alphasort);
  for (int i = 0; i < n; i++) {
    const char *name = entries[i]->d_name;
    const size_t length = strlen(name);
    char path[4096];
    struct stat s;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (name[0] != '.' && stat(path, &s) == 0 && S_ISDIR(s.st_mode)) run_folder(t, path);
    else if (length > 5 && strcmp(name + length - 5, ".json") == 0) run_file(t, folder, name);
    free(entries[i]);
  }
  if (n >= 0) free(entries);
}
static void print_worst(const struct worst *w) {
  static const char *const names[MEASURES] = {"estimates", "standard errors", "interval limits", "degrees of freedom", "design effects", "weights"};
  struct rusage used;
  for (int m = 0; m < MEASURES; m++)
    if (w->n[m]) printf("worst relative difference of %lld %s: %.2g\n", (long long)w->n[m], names[m], w->off[m]);
  if (getrusage(RUSAGE_SELF, &used) == 0)
    printf("library: %.2f s of processor time, reading included\n",
        (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
}
int main(int argc, char **argv) {
  const bool worst = argc > 1 && strcmp(argv[1], "--worst") == 0;
  argc -= worst, argv += worst;
  if (argc < 2 || argc > 3) return fputs("usage: estimation [--worst] FOLDER [ID]\n", stderr), 64;
  struct tally t = {.only = argc > 2 ? argv[2] : NULL};
  run_folder(&t, argv[1]);
  if (t.passed + t.failed + t.unsupported + t.excepted == 0) printf("no case in %s\n", argv[1]), t.failed++;
  if (worst) print_worst(&t.worst);
  printf("unsupported: %d\nknown exceptions: %d\nconform-estimation: %d passed, %d failed\n", t.unsupported, t.excepted, t.passed, t.failed);
  return t.failed ? 1 : 0;
}
