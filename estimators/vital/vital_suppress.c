#include "estimators/vital/vital_suppress.h"

#include <stdio.h>
#include <string.h>

struct lines {
  int64_t step, many, n; /* cells of a line are `step` apart, `many` of them; n lines */
};
static struct lines lines_of(int n_axes, const int *size, int axis) {
  struct lines l = {1, size[axis], 1};
  for (int k = 0; k < n_axes; k++) {
    if (k > axis) l.step *= size[k];
    if (k != axis) l.n *= size[k];
  }
  return l;
}
static int64_t first_of(const struct lines *l, int64_t line) { return line / l->step * l->step * l->many + line % l->step; }
static int64_t hidden_in(const struct lines *l, int64_t first, const uint8_t *hidden) {
  int64_t n = 0;
  for (int64_t i = 0; i < l->many; i++) n += hidden[first + i * l->step] != 0;
  return n;
}
/* The cell that costs least: the smallest count, zeros last, since a zero known to be one protects nothing. */
static int64_t second(const struct lines *l, int64_t first, const int64_t *cell, const uint8_t *hidden) {
  int64_t best = -1;
  for (int64_t i = 0; i < l->many; i++) {
    const int64_t at = first + i * l->step;
    if (hidden[at]) continue;
    if (best < 0 || (cell[at] > 0 && (cell[best] == 0 || cell[at] < cell[best]))) best = at;
  }
  return best;
}
void vital_suppress(const int64_t *cell, int n_axes, const int *size, int64_t most, uint8_t *hidden, struct vital_suppression *out) {
  int64_t n = 1;
  for (int k = 0; k < n_axes; k++) n *= size[k];
  *out = (struct vital_suppression){0, 0, 0};
  for (int64_t i = 0; i < n; i++) {
    hidden[i] = cell[i] > 0 && cell[i] <= most;
    out->n_primary += hidden[i];
  }
  for (bool again = true; again; out->n_rounds++) {
    again = false;
    for (int k = 0; k < n_axes; k++) {
      const struct lines l = lines_of(n_axes, size, k);
      for (int64_t line = 0; line < l.n; line++) {
        const int64_t first = first_of(&l, line);
        if (hidden_in(&l, first, hidden) != 1) continue;
        const int64_t at = second(&l, first, cell, hidden);
        if (at < 0) continue;
        hidden[at] = 2, out->n_complementary++, again = true;
      }
    }
  }
}
int64_t vital_single_hidden(int n_axes, const int *size, const uint8_t *hidden) {
  int64_t found = 0;
  for (int k = 0; k < n_axes; k++) {
    const struct lines l = lines_of(n_axes, size, k);
    for (int64_t line = 0; line < l.n; line++) found += l.many > 1 && hidden_in(&l, first_of(&l, line), hidden) == 1;
  }
  return found;
}
/* Rows of vital_count_table are sorted and leave out zeros: they are found again by their codes. A hidden zero has no row, as every zero. */
enum err_code vital_suppress_table(struct arena *a, const struct vital_year *y, enum vital_table_id id, int64_t most, struct result_table *t,
    struct vital_suppression *out, struct err *e) {
  const struct vital_table *v = &y->table[id];
  uint8_t *hidden = ARENA_ARRAY(a, uint8_t, v->n_cells + 1);
  char buffer[32];
  if (!hidden) return ERR(e, E_NO_MEMORY, .subject = v->id);
  vital_suppress(v->cell, v->n_axes, v->size, most, hidden, out);
  for (int64_t cell = 0; cell < v->n_cells; cell++) {
    struct str codes[VITAL_TABLE_AXES];
    int64_t rest = cell;
    char text[VITAL_TABLE_AXES][32];
    if (!hidden[cell] || v->cell[cell] == 0) continue;
    for (int k = v->n_axes - 1; k >= 0; k--) {
      snprintf(text[k], sizeof text[k], "%s", vital_class_code(y, v, k, (int)(rest % v->size[k]), buffer, sizeof buffer));
      codes[k] = str_of(text[k]), rest /= v->size[k];
    }
    const int64_t row = result_find_row(t, codes);
    if (row < 0) continue;
    result_hide(&t->measures[0], row, hidden[cell] == 1 ? "small count" : "complementary");
    t->n_status[row] = RESULT_SUPPRESSED, t->n[row] = 0;
  }
  const char *note = arena_printf(a, "counts of 1 to %lld are hidden (%lld), %lld more so that no total gives them away", (long long)most,
      (long long)out->n_primary, (long long)out->n_complementary);
  if (!note) return ERR(e, E_NO_MEMORY, .subject = v->id);
  result_note(t, note);
  return E_OK;
}
