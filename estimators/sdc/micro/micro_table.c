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

/* --- a file as a source --- */
static int csv_column(const void *context, const char *name) {
  const struct micro_csv *c = context;
  return csv_table_column(c->csv, name);
}
static struct str csv_cell(const void *context, int64_t row, int column, char b[64], uint8_t *status) {
  const struct micro_csv *c = context;
  const struct str cell = csv_table_cell(c->csv, row, column);
  (void)b;
  if (!is_missing(c->recipe, cell, status)) *status = VAL_REPORTED;
  return cell;
}
static int64_t csv_line(const void *context, int64_t row) { return ((const struct micro_csv *)context)->csv->lines[row]; }
struct micro_origin micro_csv_origin(const struct micro_csv *c, const char *place) {
  return (struct micro_origin){c, place, c->csv->n_rows, csv_column, csv_cell, csv_line};
}

/* --- joining --- */
struct joining {
  struct arena *a;
  const struct micro_recipe *r;
  const struct micro_origin *records, *households;
  int64_t *parent; /* [records] row of the household; NULL without households */
  struct err *e;
};
/* Several values as one text; what parts them is no character of a code or number. */
static enum err_code composed(const struct joining *x, const struct micro_origin *s, const char *const *part, int n, int64_t row, struct strbuf *b) {
  char text[64];
  uint8_t status;
  strbuf_reset(b);
  for (int k = 0; k < n; k++) {
    const int at = s->column(s->context, part[k]);
    if (at < 0) return ERR(x->e, E_MICRO_VARIABLE, .file = s->place, .subject = part[k]);
    const struct str cell = s->cell(s->context, row, at, text, &status);
    if (!value_present(status)) return ERR(x->e, E_MICRO_UNIT, .file = s->place, .subject = part[k], .line = s->line(s->context, row));
    if (k) strbuf_addc(b, '\x1f');
    strbuf_add(b, cell.p, cell.n);
  }
  return b->failed ? ERR(x->e, E_NO_MEMORY, .subject = "records") : E_OK;
}
static enum err_code find_parents(struct joining *x, const char *const *part, int n, struct strbuf *b) {
  struct dict *d = dict_new(x->a);
  if (!d || !(x->parent = ARENA_ARRAY(x->a, int64_t, x->records->n + 1))) return ERR(x->e, E_NO_MEMORY, .subject = "households");
  for (int64_t h = 0; h < x->households->n; h++) {
    TRY(composed(x, x->households, part, n, h, b));
    const int32_t id = dict_add(d, str_view(b->p, b->n));
    if (id < 0) return ERR(x->e, E_NO_MEMORY, .subject = "households");
    if (id != h)
      return ERR(x->e, E_MICRO_PARENT, .file = x->households->place, .subject = x->r->dataset, .line = x->households->line(x->households->context, h),
          .found = "a household twice");
  }
  for (int64_t i = 0; i < x->records->n; i++) {
    TRY(composed(x, x->records, part, n, i, b));
    if ((x->parent[i] = dict_find(d, str_view(b->p, b->n))) < 0)
      return ERR(x->e, E_MICRO_PARENT, .file = x->records->place, .subject = x->r->dataset, .line = x->records->line(x->records->context, i));
  }
  return E_OK;
}
static enum err_code join_households(struct joining *x) {
  struct strbuf b;
  const char *const one[] = {x->r->household};
  if (!x->households) return E_OK;
  if (!x->r->household) return ERR(x->e, E_MICRO_RECIPE, .subject = "household", .expected = "the variables that join records and households");
  strbuf_init(&b, 0);
  const int n = x->r->n_household_parts;
  const enum err_code code = find_parents(x, n ? x->r->household_part : one, n ? n : 1, &b);
  strbuf_release(&b);
  return code;
}
static enum err_code read_column(const struct joining *x, const struct micro_variable *v, struct column *to) {
  const struct micro_origin *s = x->households && v->of_household ? x->households : x->records;
  const int at = s->column(s->context, v->name);
  char text[64];
  if (at < 0) return ERR(x->e, E_MICRO_VARIABLE, .file = s->place, .subject = v->name);
  for (int64_t i = 0; i < x->records->n; i++) {
    const int64_t row = s == x->households ? x->parent[i] : i;
    const struct str cell = s->cell(s->context, row, at, text, &to->status[i]);
    if (!value_present(to->status[i])) continue;
    if (to->type == COL_INT) {
      if (!micro_decimal(cell, to->decimals, &to->i64[i]))
        return ERR(x->e, E_MICRO_NUMBER, .file = s->place, .line = s->line(s->context, row), .column = at + 1, .subject = to->name);
    } else if ((to->code[i] = dict_add(to->dict, cell)) < 0) return ERR(x->e, E_NO_MEMORY, .subject = to->name);
  }
  return E_OK;
}
static enum err_code compose_column(const struct joining *x, const char *const *part, int n, struct column *to) {
  struct strbuf b;
  enum err_code code = E_OK;
  if (!n) return E_OK;
  strbuf_init(&b, 0);
  for (int64_t i = 0; !code && i < x->records->n; i++) {
    code = composed(x, x->records, part, n, i, &b);
    to->status[i] = VAL_REPORTED;
    if (!code && (to->code[i] = dict_add(to->dict, str_view(b.p, b.n))) < 0) code = ERR(x->e, E_NO_MEMORY, .subject = to->name);
  }
  strbuf_release(&b);
  return code;
}
static enum err_code make_table(struct arena *a, const struct micro_recipe *r, int64_t n, struct table *out, struct err *e) {
  struct column *c = ARENA_ARRAY(a, struct column, r->n_variables + 3);
  int at = r->n_variables;
  if (!c) return ERR(e, E_NO_MEMORY, .subject = "records");
  for (int k = 0; k < r->n_variables; k++)
    c[k] = (struct column){
        .name = r->variable[k].name, .type = r->variable[k].kind == MICRO_NUMBER ? COL_INT : COL_TEXT, .decimals = r->variable[k].decimals};
  c[at++] = (struct column){.name = MICRO_ROW_COLUMN, .type = COL_INT};
  if (r->n_household_parts) c[at++] = (struct column){.name = MICRO_HOUSEHOLD_COLUMN, .type = COL_TEXT};
  if (r->n_record_parts) c[at++] = (struct column){.name = MICRO_RECORD_COLUMN, .type = COL_TEXT};
  return table_init(out, a, c, at, n, e);
}
enum err_code micro_table_join(struct arena *a, const struct micro_recipe *r, const struct micro_origin *records,
    const struct micro_origin *households, struct table *out, struct err *e) {
  struct joining x = {.a = a, .r = r, .records = records, .households = households, .e = e};
  TRY(make_table(a, r, records->n, out, e));
  TRY(join_households(&x));
  for (int k = 0; k < r->n_variables; k++) TRY(read_column(&x, &r->variable[k], &out->columns[k]));
  TRY(compose_column(&x, r->household_part, r->n_household_parts, table_column(out, MICRO_HOUSEHOLD_COLUMN)));
  TRY(compose_column(&x, r->record_part, r->n_record_parts, table_column(out, MICRO_RECORD_COLUMN)));
  for (int64_t i = 0; i < records->n; i++) out->columns[r->n_variables].i64[i] = i;
  out->n_rows = records->n;
  return E_OK;
}
enum err_code micro_table_read(struct arena *a, const struct micro_recipe *r, const char *place, const struct csv_table *c, struct table *out,
    struct err *e) {
  const struct micro_csv csv = {r, c};
  const struct micro_origin s = micro_csv_origin(&csv, place);
  return micro_table_join(a, r, &s, NULL, out, e);
}

/* --- writing --- */
static struct str sign_of(const struct micro_recipe *r, uint8_t status) {
  for (int k = 0; k < r->n_missing; k++)
    if (r->missing_status[k] == status) return str_of(r->missing_sign[k]);
  return (struct str){"", 0};
}
bool micro_has_households(const struct micro_recipe *r) {
  bool household = false, person = false;
  for (int k = 0; k < r->n_variables; k++) {
    household = household || (r->variable[k].written && r->variable[k].of_household);
    person = person || (r->variable[k].written && !r->variable[k].of_household);
  }
  return r->household && household && person;
}
static bool in_file(const struct micro_variable *v, enum micro_file which) {
  return v->written && (which == MICRO_FLAT || v->of_household == (which == MICRO_HOUSEHOLDS));
}
static void write_head(const struct micro_recipe *r, enum micro_file which, struct strbuf *b) {
  bool first = which == MICRO_FLAT;
  if (!first) strbuf_adds(b, MICRO_LINK_COLUMN);
  for (int k = 0; k < r->n_variables; k++) {
    if (!in_file(&r->variable[k], which)) continue;
    csv_put_text(b, str_of(r->variable[k].name), first);
    first = false;
  }
  strbuf_adds(b, "\n");
}
static void write_row(const struct micro_recipe *r, const struct table *t, int64_t i, int32_t serial, enum micro_file which, struct strbuf *b) {
  char text[64];
  bool first = which == MICRO_FLAT;
  if (!first) strbuf_addf(b, "%d", (int)serial + 1);
  for (int k = 0; k < r->n_variables; k++) {
    const struct column *c = &t->columns[k];
    if (!in_file(&r->variable[k], which)) continue;
    csv_put_text(b, value_present(c->status[i]) ? column_text(c, i, text, sizeof text) : sign_of(r, c->status[i]), first);
    first = false;
  }
  strbuf_adds(b, "\n");
}
void micro_file_write(const struct micro_recipe *r, const struct table *t, const struct micro_units *u, enum micro_file which, struct strbuf *b) {
  int32_t last = -1; /* units are numbered by first appearance: a new number is a new household */
  write_head(r, which, b);
  for (int64_t i = 0; i < t->n_rows; i++) {
    const int32_t serial = which == MICRO_FLAT ? 0 : u->unit[i];
    if (which == MICRO_HOUSEHOLDS && serial <= last) continue;
    last = serial > last ? serial : last;
    write_row(r, t, i, serial, which, b);
  }
}
void micro_table_write(const struct micro_recipe *r, const struct table *t, struct strbuf *b) { micro_file_write(r, t, NULL, MICRO_FLAT, b); }
