#include "estimators/table/table_cells.h"

static enum err_code make_keys(struct arena *a, const struct cells_spec *s, struct table_cells *c, struct err *e) {
  c->n_keys = 1;
  for (int d = 0; d < s->n_dimensions; d++) {
    c->radix[d] = s->radix[d];
    c->n_keys *= s->radix[d];
    if (c->n_keys > CELLS_MOST_KEYS) return ERR(e, E_TABLE_TOO_WIDE, .subject = s->name, .expected = "at most 4194304 combinations of codes");
  }
  c->key = ARENA_ARRAY(a, int32_t, s->n + 1);
  if (!c->key) return ERR(e, E_NO_MEMORY, .subject = s->name);
  for (int64_t i = 0; i < s->n; i++) {
    int64_t key = 0;
    for (int d = 0; d < s->n_dimensions; d++) key = key * s->radix[d] + s->id[d][i];
    c->key[i] = !s->keep || s->keep[i] ? (int32_t)key : -1;
  }
  return E_OK;
}

int32_t cells_margin(const struct table_cells *c, int32_t key, unsigned mask) {
  int64_t out = 0, step = 1, rest = key;
  for (int d = c->n_dimensions - 1; d >= 0; d--) {
    const int64_t id = rest % c->radix[d];
    rest /= c->radix[d];
    if (!(mask >> d & 1)) out += id * step;
    step *= c->radix[d];
  }
  return (int32_t)out;
}

int32_t cells_code(const struct table_cells *c, int32_t row, int dimension) {
  int64_t rest = c->row_key[row];
  for (int d = c->n_dimensions - 1; d > dimension; d--) rest /= c->radix[d];
  return (int32_t)(rest % c->radix[dimension]);
}

static unsigned mask_of(const struct table_cells *c, int32_t key) {
  unsigned mask = 0;
  int64_t rest = key;
  for (int d = c->n_dimensions - 1; d >= 0; d--) {
    if (rest % c->radix[d] == 0) mask |= 1u << d;
    rest /= c->radix[d];
  }
  return mask;
}

enum err_code cells_build(struct arena *a, const struct cells_spec *s, struct table_cells *c, struct err *e) {
  *c = (struct table_cells){.n = s->n, .n_dimensions = s->n_dimensions};
  if (s->n_dimensions > CELLS_MOST_DIMENSIONS) return ERR(e, E_TABLE_TOO_WIDE, .subject = s->name, .expected = "at most 6 dimensions");
  TRY(make_keys(a, s, c, e));
  c->row_of = ARENA_ARRAY(a, int32_t, c->n_keys + 1);
  c->row_key = ARENA_ARRAY(a, int32_t, c->n_keys + 1);
  uint8_t *present = ARENA_ARRAY(a, uint8_t, c->n_keys + 1), *margin = ARENA_ARRAY(a, uint8_t, c->n_keys + 1);
  if (!c->row_of || !c->row_key || !present || !margin) return ERR(e, E_NO_MEMORY, .subject = s->name);
  for (int64_t i = 0; i < c->n; i++)
    if (c->key[i] >= 0) present[c->key[i]] = 1;
  for (int64_t k = 0; k < c->n_keys; k++)
    for (unsigned mask = 0; present[k] && mask < cells_masks(c); mask++) margin[cells_margin(c, (int32_t)k, mask)] = 1;
  margin[0] = 1;
  for (int64_t k = 0; k < c->n_keys; k++) {
    c->row_of[k] = margin[k] ? c->n_rows : -1;
    if (margin[k]) c->row_key[c->n_rows++] = (int32_t)k;
  }
  return E_OK;
}

enum err_code cells_partition(struct arena *a, const struct table_cells *c, unsigned mask, struct cell_partition *out, struct err *e) {
  int32_t *row = ARENA_ARRAY(a, int32_t, c->n_rows + 1), *of = ARENA_ARRAY(a, int32_t, c->n + 1);
  struct arena_mark mark = arena_mark(a);
  int32_t *local = ARENA_ARRAY(a, int32_t, c->n_rows + 1), *of_key = ARENA_ARRAY(a, int32_t, c->n_keys + 1), n = 0;
  if (!row || !of || !local || !of_key) return ERR(e, E_NO_MEMORY, .subject = "margin");
  for (int32_t r = 0; r < c->n_rows; r++)
    if (mask_of(c, c->row_key[r]) == mask) row[n] = r, local[r] = n++;
  for (int64_t k = 0; k < c->n_keys; k++) of_key[k] = -1;
  for (int64_t i = 0; i < c->n; i++) {
    const int32_t key = c->key[i];
    if (key >= 0 && of_key[key] < 0) of_key[key] = local[c->row_of[cells_margin(c, key, mask)]];
    of[i] = key < 0 ? -1 : of_key[key];
  }
  arena_reset(a, mark);
  *out = (struct cell_partition){n, row, of};
  return E_OK;
}
