/* Pairs X_input.csv, X_output.csv of one-sided winsorisation: outlier weight and marker of every (date, identifier). */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "processing/outlier/winsorise.h"
#include "tests/conform/edit/runner.h"

void winsorisation_run(struct tally *t, const char *path);

static bool number_column(const struct cells *t, const char *name, double *out) {
  const int column = cells_find(t, name);
  if (column < 0) return false;
  for (int64_t i = 0; i < t->n_rows; i++) {
    if (!cells_at(t, i, column)->is_number) return false;
    out[i] = cells_at(t, i, column)->number;
  }
  return true;
}
static bool same_text(const struct cells *a, int64_t i, const struct cells *b, int64_t j, const char *column) {
  return str_eq(cells_at(a, i, cells_find(a, column))->text, cells_at(b, j, cells_find(b, column))->text);
}
/* One stratum is a (date, group): codes in the order they appear. */
static int read_groups(const struct cells *t, int32_t *group) {
  int n = 0;
  for (int64_t i = 0; i < t->n_rows; i++) {
    int64_t j = 0;
    while (j < i && !(same_text(t, i, t, j, "DATE") && same_text(t, i, t, j, "GROUP"))) j++;
    group[i] = j < i ? group[j] : n++;
  }
  return n;
}
static enum err_code run_pair(struct arena *a, const struct cells *in, struct winsorise_row *out, struct err *e) {
  const int64_t n = in->n_rows;
  double *column[5];
  int32_t *group = ARENA_ARRAY(a, int32_t, n);
  for (int k = 0; k < 5; k++)
    if (!(column[k] = ARENA_ARRAY(a, double, n)) || !group) return ERR(e, E_NO_MEMORY, .subject = "case");
  if (!number_column(in, "QUESTION", column[0]) || !number_column(in, "DESIGN", column[1]) || !number_column(in, "L", column[2]))
    return ERR(e, E_NUM_COLUMN, .subject = "question, design, L");
  const bool ratio = cells_find(in, "OTHER") >= 0;
  if (ratio && (!number_column(in, "OTHER", column[3]) || !number_column(in, "CALIBRATION", column[4])))
    return ERR(e, E_NUM_COLUMN, .subject = "other, calibration");
  const struct winsorise_data d = {n, column[0], column[1], column[2], ratio ? column[3] : NULL, ratio ? column[4] : NULL, group,
                                   read_groups(in, group)};
  return winsorise(out, a, &d, e);
}
static bool rows_agree(const struct cells *in, const struct cells *want, const struct winsorise_row *out, FILE *say) {
  bool same = in->n_rows == want->n_rows;
  for (int64_t i = 0; i < want->n_rows; i++) {
    int64_t j = 0;
    while (j < in->n_rows && !(same_text(in, j, want, i, "DATE") && same_text(in, j, want, i, "IDENTIFIER") &&
                               same_text(in, j, want, i, "GROUP"))) j++;
    const struct cell *weight = cells_at(want, i, cells_find(want, "OUTLIER_WEIGHT")),
        *marker = cells_at(want, i, cells_find(want, "WINSORISATION_MARKER"));
    if (j < in->n_rows && case_close(out[j].outlier_weight, weight->number, 1e-8) &&
        str_eq(marker->text, str_of(winsorise_marker_name(out[j].marker)))) continue;
    same = false;
    fprintf(say, "   row %lld: %.10f %s\n", (long long)i + 1, j < in->n_rows ? out[j].outlier_weight : 0,
            j < in->n_rows ? winsorise_marker_name(out[j].marker) : "absent");
  }
  return same;
}
static void run_name(struct tally *t, const char *folder, const char *name, size_t stem) {
  struct arena *a = arena_new((size_t)1 << 28);
  struct cells in, want;
  struct err e = {0};
  char id[256], *text = NULL;
  size_t n = 0;
  snprintf(id, sizeof id, "%.*s", (int)stem, name);
  FILE *say = open_memstream(&text, &n);
  if (!a || !say) abort();
  enum err_code code = case_csv(a, arena_printf(a, "%s/%s_input.csv", folder, id), &in, &e);
  if (!code) code = case_csv(a, arena_printf(a, "%s/%s_output.csv", folder, id), &want, &e);
  struct winsorise_row *out = code ? NULL : ARENA_ARRAY(a, struct winsorise_row, in.n_rows);
  if (out) code = run_pair(a, &in, out, &e);
  if (code) fprintf(say, "   %s\n", err_name(code));
  const bool same = out && !code && rows_agree(&in, &want, out, say);
  fclose(say);
  if (!t->only || strcmp(t->only, id) == 0) tally_add(t, "winsorise", id, same ? PASSED : FAILED, text);
  free(text);
  arena_free(a);
}
void winsorisation_run(struct tally *t, const char *path) {
  static const char suffix[] = "_input.csv";
  struct dirent **entries;
  const int n = scandir(path, &entries, NULL, alphasort);
  for (int i = 0; i < n; i++) {
    const size_t length = strlen(entries[i]->d_name), end = sizeof suffix - 1;
    if (length > end && strcmp(entries[i]->d_name + length - end, suffix) == 0) run_name(t, path, entries[i]->d_name, length - end);
    free(entries[i]);
  }
  if (n >= 0) free(entries);
}
