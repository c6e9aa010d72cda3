#include "processing/unit/num_table.h"

#include <string.h>

#include "base/rng.h"

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "numeric columns"); }

enum err_code num_table_init(struct num_table *t, struct arena *a, const char *const *names, int p, int64_t n, struct err *e) {
  struct str *unit = ARENA_ARRAY(a, struct str, n);
  *t = (struct num_table){.n = n, .p = p, .columns = ARENA_ARRAY(a, struct num_column, p), .unit = unit};
  if (!t->columns || !unit) return no_memory(e);
  for (int j = 0; j < p; j++) {
    struct num_column *c = &t->columns[j];
    *c = (struct num_column){.name = names[j], .decimals = -1, .x = ARENA_ARRAY(a, double, n), .status = ARENA_ARRAY(a, uint8_t, n)};
    if (!c->x || !c->status) return no_memory(e);
    memset(c->status, VAL_BLANK, (size_t)n);
  }
  return E_OK;
}
int num_table_find(const struct num_table *t, struct str name) {
  for (int j = 0; j < t->p; j++)
    if (str_eq(str_of(t->columns[j].name), name)) return j;
  return -1;
}
static double power_of_ten(int n) {
  double v = 1;
  while (n-- > 0) v *= 10;
  return v;
}
static void fill_column(struct num_column *to, const struct column *from, int64_t n) {
  const double unit = power_of_ten(from->type == COL_INT ? from->decimals : 0);
  to->decimals = from->type == COL_INT ? from->decimals : -1;
  memcpy(to->status, from->status, (size_t)n);
  for (int64_t i = 0; i < n; i++)
    if (value_present(from->status[i])) to->x[i] = from->type == COL_REAL ? from->real[i] : (double)from->i64[i] / unit;
}
static enum err_code join_keys(struct arena *a, const struct table *t, const int *keys, int n_keys, int64_t row, struct str *out, struct err *e) {
  char buffer[64];
  struct strbuf b;
  strbuf_init(&b, 0);
  for (int k = 0; k < n_keys; k++) {
    struct str text = column_text(&t->columns[keys[k]], row, buffer, sizeof buffer);
    if (k) strbuf_addc(&b, '/');
    strbuf_add(&b, text.p, text.n);
  }
  const char *copy = b.failed ? NULL : arena_strdup(a, b.p ? b.p : "", b.n);
  *out = str_view(copy, b.n);
  strbuf_release(&b);
  return copy ? E_OK : no_memory(e);
}
static enum err_code find_columns(const struct table *t, const char *const *names, int n, bool number, int *out, struct err *e) {
  for (int k = 0; k < n; k++) {
    out[k] = table_find(t, names[k]);
    if (out[k] < 0) return ERR(e, E_NUM_COLUMN, .subject = names[k], .found = "no such item");
    const enum column_type type = t->columns[out[k]].type;
    if (number && type != COL_INT && type != COL_REAL) return ERR(e, E_NUM_COLUMN, .subject = names[k], .found = "a code or text");
  }
  return E_OK;
}
enum err_code num_table_of(struct num_table *out, struct arena *a, const struct table *t, const char *const *names, int p, const char *const *keys,
    int n_keys, struct err *e) {
  int *at = ARENA_ARRAY(a, int, p + n_keys);
  if (!at) return no_memory(e);
  TRY(find_columns(t, names, p, true, at, e));
  TRY(find_columns(t, keys, n_keys, false, at + p, e));
  TRY(num_table_init(out, a, names, p, t->n_rows, e));
  for (int j = 0; j < p; j++) fill_column(&out->columns[j], &t->columns[at[j]], t->n_rows);
  struct str *unit = ARENA_ARRAY(a, struct str, t->n_rows);
  if (!unit) return no_memory(e);
  for (int64_t row = 0; row < t->n_rows; row++) TRY(join_keys(a, t, at + p, n_keys, row, &unit[row], e));
  out->unit = unit;
  return E_OK;
}
uint64_t num_unit_hash(uint64_t seed, struct str unit) {
  uint8_t key[16] = {0};
  memcpy(key, &seed, sizeof seed);
  return siphash24(key, unit.p, unit.n);
}
