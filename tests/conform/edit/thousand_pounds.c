/* Unit errors: the folder holds inputs only. A file's records are compared with the markers its name and the method's definition give (KNOWN), and
 * every record of every file with the definition in whole numbers: lower g < x < upper g by products, not by a ratio. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "processing/correct/unit_error.h"
#include "tests/conform/edit/runner.h"

void thousand_pounds_folder(struct tally *t, const char *path);

/* Cases 1 to 4: ratio below, above, on the lower limit, on the upper limit: limits are open, so none is corrected. The example: 260 is inside;
 * predictors of 0. */
static const struct {
  const char *file, *markers;
} KNOWN[] = {{"TPC_test_data_case_1.csv", "NN"}, {"TPC_test_data_case_2.csv", "NN"}, {"TPC_test_data_case_3.csv", "NN"},
    {"TPC_test_data_case_4.csv", "NN"}, {"example_test_data.csv", "CNSSN"}};

static const double *number_of(const struct cells *t, int64_t row, const char *name, double *room) {
  const int j = cells_find(t, name);
  if (j < 0 || !cells_at(t, row, j)->is_number) return NULL;
  *room = cells_at(t, row, j)->number;
  return room;
}
static char by_definition(const double *x, const double *g, double low, double high) {
  if (!x || !g || *g == 0) return 'S';
  return *g > 0 ? (*x > low * *g && *x < high * *g ? 'C' : 'N') : (*x < low * *g && *x > high * *g ? 'C' : 'N');
}
static bool one_row(const struct cells *in, int64_t row, const char *known, FILE *say) {
  double principal, predictive, auxiliary, low, high;
  const double *x = number_of(in, row, "PRINCIPAL_VAL", &principal), *p = number_of(in, row, "PREDICTIVE_VAL", &predictive), *q = number_of(in, row,
      "AUX_VAL", &auxiliary);
  struct err e = {0};
  if (!number_of(in, row, "THRESHOLD_LOWER", &low) || !number_of(in, row, "THRESHOLD_UPPER", &high)) return false;
  const struct unit_factor factor = {1000, low, high};
  const struct unit_error_rule rule = {.n_factors = 1, .factors = &factor};
  if (unit_error_check(&rule, &e)) return false;
  const struct unit_decision d = unit_error_decide(&rule, x, p, q);
  bool same = (char)d.marker == by_definition(x, p ? p : q, low, high) && (!known || known[row] == (char)d.marker);
  if (d.marker == UNIT_CORRECTED) {
    double linked;
    same &= unit_error_divide(*x, d.factor, -1) * 1000 == *x;
    if (number_of(in, row, "Q42", &linked)) same &= unit_error_divide(linked, d.factor, -1) == linked / 1000;
  }
  if (!same) fprintf(say, "   row %lld: marker %c, ratio %.10g\n", (long long)row + 1, (char)d.marker, d.ratio);
  return same;
}
static enum verdict one_file(const char *path, const char *name, FILE *say) {
  struct arena *a = arena_new((size_t)1 << 26);
  struct cells in;
  struct err e = {0};
  const char *known = NULL;
  for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
    if (strcmp(KNOWN[i].file, name) == 0) known = KNOWN[i].markers;
  bool same = a && case_csv(a, arena_printf(a, "%s/%s", path, name), &in,
      &e) == E_OK && in.n_rows > 0 && (!known || (int64_t)strlen(known) == in.n_rows);
  for (int64_t i = 0; same && i < in.n_rows; i++) same = one_row(&in, i, known, say);
  arena_free(a);
  return same ? PASSED : FAILED;
}
/* The published example in two files: one principal value and its linked questions. 50,000,000 / 60,000 = 833.3: divided, also the linked ones, the
 * missing one stays. */
static enum verdict linked_example(const char *path) {
  struct arena *a = arena_new((size_t)1 << 26);
  struct cells config, linked;
  struct err e = {0};
  double x, p, q, low, high, v;
  bool same = a && case_csv(a, arena_printf(a, "%s/config.csv", path), &config, &e) == E_OK && case_csv(a, arena_printf(a,
      "%s/linked_questions.csv", path), &linked, &e) == E_OK &&
              config.n_rows == 1 && number_of(&config, 0, "LOWER_LIMIT", &low) && number_of(&config, 0, "UPPER_LIMIT", &high);
  if (same) {
    const struct unit_factor factor = {1000, low, high};
    const struct unit_error_rule rule = {.n_factors = 1, .factors = &factor};
    const struct unit_decision d =
        unit_error_decide(&rule, number_of(&config, 0, "PRINCIPAL_VARIABLE", &x), number_of(&config, 0, "PREDICTIVE", &p), number_of(&config, 0,
            "AUXILIARY", &q));
    same = d.marker == UNIT_CORRECTED && case_close(d.ratio, 50000000.0 / 60000, 1e-12) && unit_error_divide(x, d.factor, -1) == 50000;
    const double wanted[] = {0.5, 1, 1.5};
    for (int64_t i = 0; i < linked.n_rows; i++) same &= number_of(&linked, i, "VALUE", &v) ? i < 3 && unit_error_divide(v, d.factor,
        -1) == wanted[i] : i == 3;
  }
  arena_free(a);
  return same ? PASSED : FAILED;
}
void thousand_pounds_folder(struct tally *t, const char *path) {
  struct dirent **entries;
  const int n = scandir(path, &entries, NULL, alphasort);
  for (int i = 0; i < n; i++) {
    const char *name = entries[i]->d_name;
    const size_t length = strlen(name);
    if (length > 4 && strcmp(name + length - 4, ".csv") == 0 && strcmp(name, "linked_questions.csv") != 0 && (!t->only || strcmp(t->only,
        name) == 0)) {
      char *text = NULL;
      size_t size = 0;
      FILE *say = open_memstream(&text, &size);
      if (!say) abort();
      const enum verdict v = strcmp(name, "config.csv") == 0 ? linked_example(path) : one_file(path, name, say);
      fclose(say);
      tally_add(t, "unit_error", name, v, text);
      free(text);
    }
    free(entries[i]);
  }
  if (n >= 0) free(entries);
}
