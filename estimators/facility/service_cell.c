#include "estimators/facility/service_cell.h"

#include <stdlib.h>

struct named {
  struct str name;
  int64_t row;
};
static int by_name(const void *x, const void *y) {
  const struct named *a = x, *b = y;
  const int c = str_cmp(a->name, b->name);
  return c ? c : (a->row > b->row) - (a->row < b->row);
}
static enum err_code sorted(struct arena *a, const struct str *text, int64_t n, const char *twice, struct named **out, struct err *e) {
  struct named *x = ARENA_ARRAY(a, struct named, n + 1);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "cells");
  for (int64_t i = 0; i < n; i++) x[i] = (struct named){text[i], i};
  qsort(x, (size_t)n, sizeof *x, by_name);
  for (int64_t i = 1; twice && i < n; i++)
    if (str_eq(x[i - 1].name, x[i].name)) return ERR(e, E_FACILITY_TWICE, .subject = twice, .line = x[i].row + 1);
  *out = x;
  return E_OK;
}
static const char *text_of(struct arena *a, struct str s) {
  const char *copy = arena_strdup(a, s.p, s.n);
  return copy ? copy : "";
}

/* Cells of open facilities, numbered in the order of their names. */
static enum err_code number_cells(struct arena *a, const struct service_register *reg, struct service_cells *out, struct err *e) {
  struct named *x;
  TRY(sorted(a, reg->cell, reg->n, NULL, &x, e));
  out->name = ARENA_ARRAY(a, struct str, reg->n + 1);
  out->of_register = ARENA_ARRAY(a, int32_t, reg->n + 1);
  if (!out->name || !out->of_register) return ERR(e, E_NO_MEMORY, .subject = "cells");
  for (int64_t i = 0; i < reg->n; i++) {
    const int64_t row = x[i].row;
    out->of_register[row] = -1;
    if (!reg->open[row]) continue;
    if (!x[i].name.n) return ERR(e, E_FACILITY_NO_CELL, .subject = "the register names none", .line = row + 1);
    if (!out->n_cells || !str_eq(out->name[out->n_cells - 1], x[i].name)) out->name[out->n_cells++] = x[i].name;
    out->of_register[row] = out->n_cells - 1;
  }
  out->facilities = ARENA_ARRAY(a, int64_t, out->n_cells + 1);
  out->respondents = ARENA_ARRAY(a, int64_t, out->n_cells + 1);
  out->weight = ARENA_ARRAY(a, double, out->n_cells + 1);
  if (!out->facilities || !out->respondents || !out->weight) return ERR(e, E_NO_MEMORY, .subject = "cells");
  for (int64_t i = 0; i < reg->n; i++)
    if (out->of_register[i] >= 0) out->facilities[out->of_register[i]]++;
  return E_OK;
}
static enum err_code place_respondents(struct arena *a, const struct service_register *reg, int64_t m, const struct str *respondent, bool closed_out,
    struct service_cells *out, struct err *e) {
  struct named *known, *answered;
  TRY(sorted(a, reg->id, reg->n, "the register", &known, e));
  TRY(sorted(a, respondent, m, "the detail forms", &answered, e));
  for (int64_t i = 0, j = 0; i < m; i++) {
    const int64_t row = answered[i].row;
    while (j < reg->n && str_cmp(known[j].name, answered[i].name) < 0) j++;
    if (j == reg->n || !str_eq(known[j].name, answered[i].name)) return ERR(e, E_FACILITY_NO_CELL, .subject = "not in the register", .line = row + 1);
    const int32_t cell = out->of_register[known[j].row];
    if (cell < 0 && !closed_out) return ERR(e, E_FACILITY_NO_CELL, .subject = "closed or suspended", .line = row + 1);
    out->of_respondent[row] = cell;
    out->order[i] = row;
    out->register_row[row] = known[j].row;
    if (cell < 0) out->n_left_out++;
    else out->respondents[cell]++;
  }
  return E_OK;
}

enum err_code service_cells_make(struct arena *a, const struct service_register *reg, int64_t m, const struct str *respondent, bool closed_out,
    struct service_cells *out, struct err *e) {
  *out = (struct service_cells){.n_cells = 0};
  TRY(number_cells(a, reg, out, e));
  out->of_respondent = ARENA_ARRAY(a, int32_t, m + 1);
  out->register_row = ARENA_ARRAY(a, int64_t, m + 1);
  out->order = ARENA_ARRAY(a, int64_t, m + 1);
  if (!out->of_respondent || !out->register_row || !out->order) return ERR(e, E_NO_MEMORY, .subject = "cells");
  TRY(place_respondents(a, reg, m, respondent, closed_out, out, e));
  for (int32_t c = 0; c < out->n_cells; c++) {
    if (!out->respondents[c]) return ERR(e, E_FACILITY_NO_RESPONDENT, .subject = text_of(a, out->name[c]));
    if (out->respondents[c] > out->facilities[c]) return ERR(e, E_FACILITY_WEIGHT, .subject = text_of(a, out->name[c]));
    out->weight[c] = (double)out->facilities[c] / (double)out->respondents[c];
  }
  return E_OK;
}
