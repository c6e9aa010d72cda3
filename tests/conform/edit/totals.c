/* Totals and components: NAME.csv with NAME_output.csv, one case per pair: marker, final total, final components to 1e-8, and the difference where
 * one is given. */
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "processing/correct/totals.h"
#include "tests/conform/edit/runner.h"

enum { PARTS = 4 };
void totals_folder(struct tally *t, const char *path);

static const double *number_of(const struct cells *t, int64_t row, const char *name, double *room) {
  const int j = cells_find(t, name);
  if (j < 0 || !cells_at(t, row, j)->is_number) return NULL;
  *room = cells_at(t, row, j)->number;
  return room;
}
static double number_or(const struct cells *t, int64_t row, const char *name, double fallback) {
  double v;
  return number_of(t, row, name, &v) ? v : fallback;
}
static bool close_to(const double *expected, bool missing, double found) { return expected ? !missing && case_close(*expected, found,
    1e-8) : missing; }

static bool one_row(struct arena *a, const struct cells *in, const struct cells *out, int64_t row, FILE *say) {
  const int amend = cells_find(in, "AMEND_TOTAL"), marker = cells_find(out, "TCC_MARKER");
  double part[PARTS], total, predictive, auxiliary, room;
  bool missing[PARTS], same = true;
  struct err e = {0};
  if (amend < 0 || marker < 0) return false;
  const struct totals_limits limits = {.amend_total = (cells_at(in, row, amend)->text.p[0] | 0x20) == 't', .absolute = number_or(in, row,
      "ABS_THRESHOLD", -1),
                                       .percent = number_or(in, row, "PERC_THRESHOLD", -1), .decimals = -1};
  for (int k = 0; k < PARTS; k++) {
    const double *p = number_of(in, row, arena_printf(a, "COMP_%d", k + 1), &room);
    missing[k] = !p;
    part[k] = p ? *p : 0;
  }
  if (totals_check(&limits, PARTS, &e)) return false;
  const struct totals_result r =
      totals_decide(&limits, number_of(in, row, "TOTAL", &total), number_of(in, row, "PREDICTIVE", &predictive), number_of(in, row, "AUXILIARY",
          &auxiliary), part, missing, PARTS);
  same &= cells_at(out, row, marker)->text.p[0] == (char)r.marker;
  same &= close_to(number_of(out, row, "FINAL_TOTAL", &room), false, r.total);
  for (int k = 0; k < PARTS; k++) same &= close_to(number_of(out, row, arena_printf(a, "FINAL_COMPONENT_%d", k + 1), &room), missing[k], part[k]);
  if (number_of(out, row, "ABS_DIFF", &room)) same &= case_close(room, r.difference, 1e-9);
  if (!same) fprintf(say, "   row %lld: marker %c, total %.10g, first component %.10g\n", (long long)row + 1, (char)r.marker, r.total, part[0]);
  return same;
}
static enum verdict one_pair(const char *path, const char *name, FILE *say) {
  struct arena *a = arena_new((size_t)1 << 26);
  struct cells in, out;
  struct err e = {0};
  bool same = a && case_csv(a, arena_printf(a, "%s/%s", path, name), &in, &e) == E_OK;
  same = same && case_csv(a, arena_printf(a, "%s/%.*s_output.csv", path, (int)(strlen(name) - 4), name), &out,
      &e) == E_OK && in.n_rows == out.n_rows && in.n_rows > 0;
  for (int64_t i = 0; same && i < in.n_rows; i++) same = one_row(a, &in, &out, i, say);
  arena_free(a);
  return same ? PASSED : FAILED;
}
static bool ends(const char *name, const char *end) { return strlen(name) > strlen(end) && strcmp(name + strlen(name) - strlen(end), end) == 0; }

void totals_folder(struct tally *t, const char *path) {
  struct dirent **entries;
  const int n = scandir(path, &entries, NULL, alphasort);
  for (int i = 0; i < n; i++) {
    const char *name = entries[i]->d_name;
    /* Inputs of an example without results say nothing. */
    if (ends(name, ".csv") && !ends(name, "_output.csv") && strncmp(name, "example", 7) != 0 && (!t->only || strcmp(t->only, name) == 0)) {
      char *text = NULL;
      size_t size = 0;
      FILE *say = open_memstream(&text, &size);
      if (!say) abort();
      const enum verdict v = one_pair(path, name, say);
      fclose(say);
      tally_add(t, "totals", name, v, text);
      free(text);
    }
    free(entries[i]);
  }
  if (n >= 0) free(entries);
}
