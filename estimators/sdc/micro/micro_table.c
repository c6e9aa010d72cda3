#include "estimators/sdc/micro/micro_table.h"

#include "estimators/sdc/micro/recipe_run.h"

bool micro_decimal(struct str s, int decimals, int64_t *out) {
  const bool minus = s.n && s.p[0] == '-';
  size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+');
  int64_t v = 0;
  int digits = 0, after = -1; /* after: decimals read, -1 before the point */
  for (; i < s.n; i++) {
    const char c = s.p[i];
    if (c == '.' && after < 0) {
      after = 0;
      continue;
    }
    if (c < '0' || c > '9') return false;
    digits++;
    if (after >= decimals) {
      if (c != '0') return false;
      continue;
    }
    if (v > (INT64_MAX / 2 - 9) / 10) return false;
    v = 10 * v + (c - '0');
    after += after >= 0;
  }
  for (int k = after < 0 ? 0 : after; k < decimals; k++) {
    if (v > INT64_MAX / 20) return false;
    v *= 10;
  }
  *out = minus ? -v : v;
  return digits > 0;
}
static bool is_missing(const struct micro_recipe *r, struct str cell, uint8_t *status) {
  for (int k = 0; k < r->n_missing; k++)
    if (str_eq(cell, str_of(r->missing_sign[k]))) return *status = r->missing_status[k], true;
  if (cell.n) return false;
  return *status = VAL_BLANK, true;
}
static enum err_code read_column(
    const struct micro_recipe *r, const char *place, const struct csv_table *c, int at, struct column *to, struct err *e) {
  for (int64_t i = 0; i < c->n_rows; i++) {
    const struct str cell = csv_table_cell(c, i, at);
    if (is_missing(r, cell, &to->status[i])) continue;
    to->status[i] = VAL_REPORTED;
    if (to->type == COL_INT) {
      if (!micro_decimal(cell, to->decimals, &to->i64[i]))
        return ERR(e, E_MICRO_NUMBER, .file = place, .line = c->lines[i], .column = at + 1, .subject = to->name);
    } else if ((to->code[i] = dict_add(to->dict, cell)) < 0) return ERR(e, E_NO_MEMORY, .subject = to->name);
  }
  return E_OK;
}
static enum err_code make_table(struct arena *a, const struct micro_recipe *r, int64_t n, struct table *out, struct err *e) {
  struct column *c = ARENA_ARRAY(a, struct column, r->n_variables + 1);
  if (!c) return ERR(e, E_NO_MEMORY, .subject = "records");
  for (int k = 0; k < r->n_variables; k++)
    c[k] = (struct column){
        .name = r->variable[k].name, .type = r->variable[k].kind == MICRO_NUMBER ? COL_INT : COL_TEXT, .decimals = r->variable[k].decimals};
  c[r->n_variables] = (struct column){.name = MICRO_ROW_COLUMN, .type = COL_INT};
  return table_init(out, a, c, r->n_variables + 1, n, e);
}
enum err_code micro_table_read(struct arena *a, const struct micro_recipe *r, const char *place, const struct csv_table *c, struct table *out,
    struct err *e) {
  TRY(make_table(a, r, c->n_rows, out, e));
  for (int k = 0; k < r->n_variables; k++) {
    const int at = csv_table_column(c, r->variable[k].name);
    if (at < 0) return ERR(e, E_MICRO_VARIABLE, .file = place, .subject = r->variable[k].name);
    TRY(read_column(r, place, c, at, &out->columns[k], e));
  }
  for (int64_t i = 0; i < c->n_rows; i++) out->columns[r->n_variables].i64[i] = i;
  out->n_rows = c->n_rows;
  return E_OK;
}

static struct str sign_of(const struct micro_recipe *r, uint8_t status) {
  for (int k = 0; k < r->n_missing; k++)
    if (r->missing_status[k] == status) return str_of(r->missing_sign[k]);
  return (struct str){"", 0};
}
void micro_table_write(const struct micro_recipe *r, const struct table *t, struct strbuf *b) {
  char text[64];
  bool first = true;
  for (int k = 0; k < r->n_variables; k++) {
    if (!r->variable[k].written) continue;
    csv_put_text(b, str_of(r->variable[k].name), first);
    first = false;
  }
  strbuf_adds(b, "\n");
  for (int64_t i = 0; i < t->n_rows; i++) {
    first = true;
    for (int k = 0; k < r->n_variables; k++) {
      const struct column *c = &t->columns[k];
      if (!r->variable[k].written) continue;
      csv_put_text(b, value_present(c->status[i]) ? column_text(c, i, text, sizeof text) : sign_of(r, c->status[i]), first);
      first = false;
    }
    strbuf_adds(b, "\n");
  }
}
