/* outcheck_table.c -- see outcheck_table.h. */
#include "estimators/sdc/outcheck_table.h"

#include <stdio.h>
#include <string.h>

#include "base/ext_json.h"
#include "base/json_out.h"

static const char *const kind_names[OUTCHECK_KINDS] = {
    "count", "sum", "mean", "ratio", "percent", "max", "min", "quantile", "coefficient", "statistic", "unit-value", "survival", "odds-ratio",
        "gini", "hhi"};
static const char *const reserved[] = {"measure", "kind", "value", "status", "n", "df", "parameters", "cell_min", "design_cells", "unit", "se", "cv"};
enum {
  N_RESERVED = sizeof reserved / sizeof *reserved,
  COL_MEASURE = 0,
  COL_KIND,
  COL_VALUE,
  COL_STATUS,
  COL_N,
  COL_DF,
  COL_PARAMETERS,
  COL_CELL_MIN,
  COL_DESIGN_CELLS,
  COL_UNIT,
  COL_SE,
  COL_CV,
  DIGITS_MAX = 15
};

const char *outcheck_kind_name(enum outcheck_kind k) { return (unsigned)k < OUTCHECK_KINDS ? kind_names[k] : ""; }
bool outcheck_total(struct str code) { return str_eq(code, STR("_T")); }
bool outcheck_total_word(struct str code) {
  static const char *const words[] = {"", "計", "総数", "合計", "総計", "全体", "total", "all", "_t", "＿Ｔ"};
  if (outcheck_total(code)) return false;
  const struct str wide = STR("　"); /* the ideographic space */
  while (code.n && code.p[0] == ' ') code.p++, code.n--;
  while (code.n && code.p[code.n - 1] == ' ') code.n--;
  while (code.n >= wide.n && !memcmp(code.p, wide.p, wide.n)) code.p += wide.n, code.n -= wide.n;
  while (code.n >= wide.n && !memcmp(code.p + code.n - wide.n, wide.p, wide.n)) code.n -= wide.n;
  for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
    size_t i = 0;
    for (; i < code.n && words[k][i]; i++)
      if ((code.p[i] >= 'A' && code.p[i] <= 'Z' ? code.p[i] + 32 : code.p[i]) != words[k][i]) break;
    if (i == code.n && !words[k][i]) return true;
  }
  return false;
}

static bool kind_parse(struct str s, enum outcheck_kind *out) {
  for (int k = 0; k < OUTCHECK_KINDS; k++)
    if (str_eq(s, str_of(kind_names[k]))) return *out = (enum outcheck_kind)k, true;
  return false;
}

bool outcheck_number(struct str text, int64_t *scaled, int *decimals, int *digits) {
  size_t i = 0;
  bool negative = text.n > 0 && text.p[0] == '-', point = false, any = false;
  int64_t v = 0;
  *decimals = *digits = 0;
  for (i = negative; i < text.n; i++) {
    char c = text.p[i];
    if (c == '.' && !point && any) point = true;
    else if (c >= '0' && c <= '9') {
      any = true;
      if (v != 0 || c != '0') *digits += 1;
      if (*digits > DIGITS_MAX) return false;
      v = v * 10 + (c - '0');
      *decimals += point;
      if (*decimals > DIGITS_MAX) return false;
    } else return false;
  }
  *scaled = negative ? -v : v;
  return any && text.p[text.n - 1] != '.';
}

/* --- JSON as rows of texts --- */

static struct str text_of(struct arena *a, const struct json_value *v) {
  int64_t whole;
  double real;
  char buffer[32];
  const char *s = json_string(v);
  if (s) return str_of(arena_strdup(a, s, strlen(s)));
  if (json_integer(v, &whole)) return str_of(arena_printf(a, "%lld", (long long)whole));
  if (!json_number(v, &real)) return (struct str){"", 0};
  real_format(real, buffer);
  return str_of(arena_strdup(a, buffer, strlen(buffer)));
}
static enum err_code bad_json(const char *name, int64_t row, const char *expected, struct err *e) {
  return ERR(e, E_OUTPUT_TABLE, .file = name, .line = row, .subject = name, .expected = expected);
}
static int64_t members(const struct json_value *object) {
  const char *key;
  const struct json_value *v;
  int64_t n = 0;
  while (json_member_at(object, (size_t)n, &key, &v)) n++;
  return n;
}
static enum err_code json_row(struct arena *a, const char *name, const struct json_value *object, struct csv_table *t, int64_t row, struct err *e) {
  if (!json_is_object(object) || members(object) != t->n_columns) return bad_json(name, row + 1, "objects with the same members", e);
  for (int64_t k = 0; k < t->n_columns; k++) {
    const struct json_value *v = json_member(object, t->header[k].p);
    if (!v) return bad_json(name, row + 1, "objects with the same members", e);
    if (json_is_object(v) || json_is_array(v)) return bad_json(name, row + 1, "texts and numbers, nothing nested", e);
    t->cells[row * t->n_columns + k] = text_of(a, v);
    if (!t->cells[row * t->n_columns + k].p) return ERR(e, E_NO_MEMORY, .subject = name);
  }
  t->lines[row] = row + 1;
  return E_OK;
}
static enum err_code json_rows(struct arena *a, const char *name, const struct json_value *root, struct csv_table *t, struct err *e) {
  const char *key;
  const struct json_value *v;
  if (!json_is_array(root) || json_length(root) == 0) return bad_json(name, 1, "an array of flat objects", e);
  t->n_rows = (int64_t)json_length(root);
  t->n_columns = members(json_element(root, 0));
  if (t->n_rows > OUTCHECK_CELLS_MAX || t->n_columns > 64)
    return ERR(e, E_CAP_EXCEEDED, .subject = name, .expected = "at most 200,000 figures of 64 members");
  t->header = ARENA_ARRAY(a, struct str, t->n_columns + 1);
  t->cells = ARENA_ARRAY(a, struct str, t->n_rows * t->n_columns + 1);
  t->lines = ARENA_ARRAY(a, int64_t, t->n_rows + 1);
  if (!t->header || !t->cells || !t->lines) return ERR(e, E_NO_MEMORY, .subject = name);
  for (int64_t k = 0; json_member_at(json_element(root, 0), (size_t)k, &key, &v); k++) {
    t->header[k] = str_of(arena_strdup(a, key, strlen(key)));
    if (!t->header[k].p) return ERR(e, E_NO_MEMORY, .subject = name);
  }
  for (int64_t r = 0; r < t->n_rows; r++) TRY(json_row(a, name, json_element(root, (size_t)r), t, r, e));
  return E_OK;
}

/* --- rows as figures --- */

struct layout {
  int place[N_RESERVED];
  int dim[OUTCHECK_DIMS_MAX];
};
static enum err_code lay_out(struct arena *a, const struct csv_table *raw, struct outcheck_table *out, struct layout *l, struct err *e) {
  struct str *dims = ARENA_ARRAY(a, struct str, OUTCHECK_DIMS_MAX);
  if (!dims) return ERR(e, E_NO_MEMORY, .subject = out->name);
  for (int k = 0; k < N_RESERVED; k++) l->place[k] = csv_table_column(raw, reserved[k]);
  for (int k = COL_MEASURE; k <= COL_VALUE; k++)
    if (l->place[k] < 0) return ERR(e, E_OUTPUT_TABLE, .file = out->name, .line = 1, .subject = out->name, .expected = reserved[k]);
  for (int64_t c = 0; c < raw->n_columns; c++) {
    bool taken = false;
    for (int k = 0; k < N_RESERVED; k++) taken = taken || l->place[k] == c;
    for (int64_t d = 0; d < c; d++)
      if (str_eq(raw->header[d], raw->header[c]))
        return ERR(e, E_OUTPUT_TABLE, .file = out->name, .line = 1, .subject = out->name, .expected = "each column once");
    if (taken) continue;
    if (out->n_dims == OUTCHECK_DIMS_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = out->name, .expected = "at most 8 dimensions");
    dims[out->n_dims] = raw->header[c];
    l->dim[out->n_dims++] = (int)c;
  }
  out->dim = dims;
  return E_OK;
}
static enum err_code whole(const struct outcheck_table *t, struct str text, int64_t line, const char *what, int64_t *out, struct err *e) {
  *out = -1;
  if (text.n == 0 || (str_int64(text, out) && *out >= 0)) return E_OK;
  return ERR(e, E_OUTPUT_TABLE, .file = t->name, .line = line, .subject = what, .expected = "a whole number or nothing");
}
static enum err_code read_cell(struct arena *a, const struct csv_table *raw, int64_t r, const struct layout *l, struct outcheck_table *t,
    struct str **codes, struct err *e) {
  struct outcheck_cell *c = &t->cell[r];
  struct str *code = ARENA_ARRAY(a, struct str, t->n_dims + 1);
  if (!code) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int d = 0; d < t->n_dims; d++) code[d] = csv_table_cell(raw, r, l->dim[d]);
  c->code = codes[r] = code;
  c->line = raw->lines[r];
  c->measure = csv_table_cell(raw, r, l->place[COL_MEASURE]);
  c->text = csv_table_cell(raw, r, l->place[COL_VALUE]);
  struct str status = csv_table_cell(raw, r, l->place[COL_STATUS]);
  c->suppressed = str_eq(status, STR("suppressed"));
  if (c->measure.n == 0) return ERR(e, E_OUTPUT_TABLE, .file = t->name, .line = c->line, .subject = t->name, .expected = "measure");
  if (!kind_parse(csv_table_cell(raw, r, l->place[COL_KIND]), &c->kind))
    return ERR(e, E_OUTPUT_TABLE, .file = t->name, .line = c->line, .subject = t->name,
        .expected = "kind: count, sum, mean, ratio, percent, max, min, "
                    "quantile, coefficient, statistic, survival, odds-ratio, gini, hhi or unit-value");
  TRY(whole(t, csv_table_cell(raw, r, l->place[COL_N]), c->line, "n", &c->n, e));
  TRY(whole(t, csv_table_cell(raw, r, l->place[COL_DF]), c->line, "df", &c->df, e));
  TRY(whole(t, csv_table_cell(raw, r, l->place[COL_PARAMETERS]), c->line, "parameters", &c->parameters, e));
  TRY(whole(t, csv_table_cell(raw, r, l->place[COL_CELL_MIN]), c->line, "cell_min", &c->cell_min, e));
  TRY(whole(t, csv_table_cell(raw, r, l->place[COL_DESIGN_CELLS]), c->line, "design_cells", &c->design_cells, e));
  c->unit = csv_table_cell(raw, r, l->place[COL_UNIT]);
  c->accompanied = csv_table_cell(raw, r, l->place[COL_SE]).n || csv_table_cell(raw, r, l->place[COL_CV]).n;
  c->has_value = outcheck_number(c->text, &c->scaled, &c->decimals, &c->digits);
  if (!c->has_value) return E_OK;
  c->value = (double)c->scaled;
  for (int k = 0; k < c->decimals; k++) c->value /= 10;
  return E_OK;
}

/* A total by another word would leave the table without equations: without "_T" in a dimension the first such code is the total. */
static void find_totals(struct outcheck_table *t, struct str **code) {
  for (int d = 0; d < t->n_dims; d++) {
    const struct str *word = NULL;
    bool told = false;
    for (int64_t i = 0; i < t->n_cells && !told; i++) {
      told = outcheck_total(code[i][d]);
      if (!word && outcheck_total_word(code[i][d])) word = &code[i][d];
    }
    if (told || !word) continue;
    const struct str total = *word;
    for (int64_t i = 0; i < t->n_cells; i++)
      if (str_eq(code[i][d], total)) code[i][d] = STR("_T");
  }
}

/* --- groups: figures with the same codes, by an open hash table --- */

static uint64_t mix(uint64_t h, struct str s) {
  for (size_t i = 0; i < s.n; i++) h = (h ^ (uint8_t)s.p[i]) * 1099511628211ull;
  return (h ^ 0xffu) * 1099511628211ull;
}
static bool same_codes(const struct outcheck_table *t, const struct outcheck_cell *x, const struct outcheck_cell *y) {
  for (int d = 0; d < t->n_dims; d++)
    if (!str_eq(x->code[d], y->code[d])) return false;
  return true;
}
static enum err_code group(struct arena *a, struct outcheck_table *t, struct err *e) {
  int64_t room = 16;
  while (room < 2 * t->n_cells) room *= 2;
  int64_t *slot = ARENA_ARRAY(a, int64_t, room); /* first figure of a group + 1 */
  if (!slot) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int64_t i = 0; i < t->n_cells; i++) {
    uint64_t h = 1469598103934665603ull;
    for (int d = 0; d < t->n_dims; d++) h = mix(h, t->cell[i].code[d]);
    int64_t at = (int64_t)(h & (uint64_t)(room - 1));
    while (slot[at] && !same_codes(t, &t->cell[slot[at] - 1], &t->cell[i])) at = (at + 1) & (room - 1);
    if (!slot[at]) slot[at] = i + 1, t->cell[i].group = t->n_groups++;
    else t->cell[i].group = t->cell[slot[at] - 1].group;
  }
  return E_OK;
}
static int by_name(const struct outcheck_table *t, const struct outcheck_cell *x, const struct outcheck_cell *y) {
  (void)t;
  if (x->group != y->group) return x->group < y->group ? -1 : 1;
  return str_cmp(x->measure, y->measure);
}
static void sift(const struct outcheck_table *t, int64_t *order, int64_t from, int64_t n) {
  for (int64_t child; (child = 2 * from + 1) < n; from = child) {
    if (child + 1 < n && by_name(t, &t->cell[order[child]], &t->cell[order[child + 1]]) < 0) child++;
    if (by_name(t, &t->cell[order[from]], &t->cell[order[child]]) >= 0) return;
    int64_t keep = order[from];
    order[from] = order[child], order[child] = keep;
  }
}
/* One figure twice would let the second hide behind the first. */
static enum err_code no_doubles(struct arena *a, const struct outcheck_table *t, struct err *e) {
  int64_t *order = ARENA_ARRAY(a, int64_t, t->n_cells + 1), n = t->n_cells;
  if (!order) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int64_t i = 0; i < n; i++) order[i] = i;
  for (int64_t i = n / 2; i-- > 0;) sift(t, order, i, n);
  for (int64_t i = n; i-- > 1;) {
    int64_t keep = order[0];
    order[0] = order[i], order[i] = keep;
    sift(t, order, 0, i);
  }
  for (int64_t i = 1; i < n; i++)
    if (by_name(t, &t->cell[order[i - 1]], &t->cell[order[i]]) == 0)
      return ERR(e, E_OUTPUT_TABLE, .file = t->name, .line = t->cell[order[i]].line, .subject = t->name, .expected = "each figure once");
  return E_OK;
}

static enum err_code from_rows(struct arena *a, const char *name, const struct csv_table *raw, struct outcheck_table *out, struct err *e) {
  struct layout l;
  *out = (struct outcheck_table){.name = name, .raw = raw, .n_cells = raw->n_rows};
  if (raw->n_rows > OUTCHECK_CELLS_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = name, .expected = "at most 200,000 figures");
  if (raw->n_rows == 0) return ERR(e, E_OUTPUT_TABLE, .file = name, .line = 1, .subject = name, .expected = "at least one figure");
  TRY(lay_out(a, raw, out, &l, e));
  out->cell = ARENA_ARRAY(a, struct outcheck_cell, out->n_cells);
  if (!out->cell) return ERR(e, E_NO_MEMORY, .subject = name);
  struct str **code = ARENA_ARRAY(a, struct str *, out->n_cells + 1);
  if (!code) return ERR(e, E_NO_MEMORY, .subject = name);
  for (int64_t r = 0; r < raw->n_rows; r++) TRY(read_cell(a, raw, r, &l, out, code, e));
  find_totals(out, code);
  TRY(group(a, out, e));
  return no_doubles(a, out, e);
}
static struct csv_table *room_for(struct arena *a) { return ARENA_NEW(a, struct csv_table); }

enum err_code outcheck_table_csv(struct arena *a, const char *name, struct str text, struct outcheck_table *out, struct err *e) {
  struct csv_table *raw = room_for(a);
  size_t bad;
  if (!raw) return ERR(e, E_NO_MEMORY, .subject = name);
  if (!utf8_valid(text.p, text.n, &bad)) return ERR(e, E_OUTPUT_TABLE, .file = name, .subject = name, .expected = "UTF-8");
  TRY(csv_table_parse(a, name, text.p, text.n, raw, e));
  return from_rows(a, name, raw, out, e);
}
enum err_code outcheck_table_json(struct arena *a, const char *name, struct str text, struct outcheck_table *out, struct err *e) {
  struct json_document *d = NULL;
  struct csv_table *raw = room_for(a);
  if (!raw) return ERR(e, E_NO_MEMORY, .subject = name);
  TRY(json_parse(name, text.p, text.n, &d, e));
  enum err_code code = json_rows(a, name, json_root(d), raw, e);
  json_release(d);
  return code ? code : from_rows(a, name, raw, out, e);
}
enum err_code outcheck_table_parse(struct arena *a, const char *name, struct str text, struct outcheck_table *out, struct err *e) {
  size_t n = strlen(name);
  bool json = n > 5 && strcmp(name + n - 5, ".json") == 0;
  return json ? outcheck_table_json(a, name, text, out, e) : outcheck_table_csv(a, name, text, out, e);
}

void outcheck_cell_name(const struct outcheck_table *t, const struct outcheck_cell *c, char *out, size_t size) {
  size_t n = 0;
  out[0] = 0;
  for (int d = 0; d < t->n_dims && n < size; d++)
    n += (size_t)snprintf(out + n, size - n, "%.*s=%.*s ", (int)(t->dim[d].n < 24 ? t->dim[d].n : 24), t->dim[d].p,
        (int)(c->code[d].n < 24 ? c->code[d].n : 24), c->code[d].p);
  if (n < size) snprintf(out + n, size - n, "%.*s", (int)(c->measure.n < 40 ? c->measure.n : 40), c->measure.p);
  (void)utf8_mend(out);
  for (char *p = out; *p; p++)
    if ((unsigned char)*p < 32 || *p == 127) *p = '?'; /* a code of somebody else goes to a terminal */
}
