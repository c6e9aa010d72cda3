#include "collector/batch_records.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/date.h"
#include "base/ext_csv.h"
#include "base/ext_sodium.h"

enum { MAX_COLUMNS = 512 };

static bool carried(const struct item *it) { return it->origin == ORIGIN_REPORTED; }

enum err_code batch_records_write_header(const struct form *f, bool with_changes, struct strbuf *out, struct err *e) {
  csv_put(out, STR("_action"), true);
  if (with_changes) csv_put(out, STR("_base"), false);
  if (with_changes) csv_put(out, STR("_reason"), false);
  for (int i = 0; i < f->n_items; i++)
    if (carried(&f->items[i])) csv_put(out, str_of(f->items[i].name), false);
  strbuf_addc(out, '\n');
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = "records") : E_OK;
}

/* A missing status travels as a mark; blank is the empty cell. */
static const char *mark_of(uint8_t status) {
  static const char *const marks[VAL_STATUS_COUNT] = {[VAL_NOT_APPLICABLE] = "\\N", [VAL_UNKNOWN] = "\\U", [VAL_REFUSED] = "\\R", [VAL_INVALID] = "\\I",
      [VAL_SUPPRESSED] = "\\S", [VAL_BELOW_UNIT] = "\\L", [VAL_SMALL_BASE] = "\\B", [VAL_IMPOSSIBLE] = "\\X", [VAL_NOT_AVAILABLE] = "\\A", [VAL_PART_UNKNOWN] = "\\P"};
  return status < VAL_STATUS_COUNT && marks[status] ? marks[status] : "";
}

static void write_cell(struct strbuf *out, const struct column *c, int64_t row) {
  uint8_t status = c->status[row];
  char buffer[64];
  if (!value_present(status)) {
    csv_put(out, str_of(mark_of(status)), false);
    return;
  }
  struct str text = column_text(c, row, buffer, sizeof buffer);
  if (status != VAL_CORRECTED && !(text.n && text.p[0] == '\\')) {
    csv_put(out, text, false);
    return;
  }
  struct strbuf b;
  strbuf_init(&b, 0);
  if (status == VAL_CORRECTED) strbuf_adds(&b, "\\C:");
  else strbuf_addc(&b, '\\');
  strbuf_add(&b, text.p, text.n);
  out->failed |= b.failed;
  csv_put(out, str_view(b.p, b.n), false);
  strbuf_release(&b);
}

static void write_text(struct strbuf *out, struct str text) {
  struct strbuf b;
  strbuf_init(&b, 0);
  if (text.n && text.p[0] == '\\') strbuf_addc(&b, '\\');
  strbuf_add(&b, text.p, text.n);
  out->failed |= b.failed;
  csv_put(out, str_view(b.p ? b.p : "", b.n), false);
  strbuf_release(&b);
}

static void write_lead(struct strbuf *out, const char *action, const struct record_change *change) {
  char base[2 * VERSION_TOKEN + 1] = "";
  csv_put(out, str_of(action), true);
  if (change) hex_encode(change->base, VERSION_TOKEN, base);
  csv_put(out, str_of(base), false);
  csv_put(out, str_of(change ? change->reason : ""), false);
}

/* The key of a child begins with the name of its type and has one part more than that type has keys. */
static int key_type(const struct form *f, const struct str *parts, int n) {
  for (int t = 1; t < f->n_records; t++)
    if (n == f->records[t].n_keys + 1 && str_eq(parts[0], str_of(f->records[t].name))) return t;
  return 0;
}

static enum err_code write_withdrawal(const struct form *f, const struct record_change *change, struct strbuf *out, struct err *e) {
  struct str parts[MAX_COLUMNS];
  const struct str *values = parts;
  const int n = record_key_split(change->key, parts, MAX_COLUMNS), type = key_type(f, parts, n);
  const struct record_type *r = &f->records[type];
  if (n != r->n_keys + (type > 0)) return ERR(e, E_BUG, .subject = "record key");
  if (type) values++; /* behind the name of the type */
  write_lead(out, "W", change);
  for (int i = 0; i < f->n_items; i++) {
    struct str value = STR("");
    if (!carried(&f->items[i])) continue;
    for (int k = 0; k < r->n_keys; k++)
      if (r->keys[k] == &f->items[i]) value = values[k];
    write_text(out, value);
  }
  strbuf_addc(out, '\n');
  return E_OK;
}

/* Items of other record types have no column: -1, an empty cell of the file and no part of the content. */
static enum err_code carried_columns(const struct form *f, const struct table *t, int *index, int *n, struct err *e) {
  const char *record = f->records[record_type_of(f, t)].name;
  *n = 0;
  for (int i = 0; i < f->n_items; i++)
    if (carried(&f->items[i])) {
      const bool own = form_holds(f, record, &f->items[i]);
      if (*n == MAX_COLUMNS) return ERR(e, E_CAP_EXCEEDED, .subject = f->id, .expected = "512 items");
      index[*n] = own ? table_find(t, f->items[i].name) : -1;
      if (index[(*n)++] < 0 && own) return ERR(e, E_BUG, .subject = f->items[i].name);
    }
  return E_OK;
}

enum err_code batch_records_write(const struct form *f, const struct table *t, const struct record_changes *changes, struct strbuf *out,
                                  struct err *e) {
  int index[MAX_COLUMNS], n = 0;
  int64_t next = 0, n_changes = changes ? changes->n : 0;
  if (t->n_columns) TRY(carried_columns(f, t, index, &n, e));
  for (int64_t row = 0; row <= t->n_rows; row++) {
    while (next < n_changes && changes->list[next].row == row && changes->list[next].action == CHANGE_WITHDRAW)
      TRY(write_withdrawal(f, &changes->list[next++], out, e));
    if (row == t->n_rows) break;
    const struct record_change *change = next < n_changes && changes->list[next].row == row ? &changes->list[next++] : NULL;
    if (changes) write_lead(out, change ? "R" : "A", change);
    else csv_put(out, STR("A"), true);
    for (int k = 0; k < n; k++)
      if (index[k] < 0) csv_put(out, STR(""), false);
      else write_cell(out, &t->columns[index[k]], row);
    strbuf_addc(out, '\n');
  }
  if (next < n_changes) return ERR(e, E_BUG, .subject = "order of corrections");
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = "records") : E_OK;
}

enum err_code batch_record_content(const struct form *f, const struct table *t, int64_t row, struct strbuf *scratch, uint8_t out[32], struct err *e) {
  int index[MAX_COLUMNS], n;
  TRY(carried_columns(f, t, index, &n, e));
  strbuf_reset(scratch);
  for (int k = 0; k < n; k++)
    if (index[k] >= 0) write_cell(scratch, &t->columns[index[k]], row);
  if (scratch->failed) return ERR(e, E_NO_MEMORY, .subject = "records");
  sha256_of(scratch->p ? scratch->p : "", scratch->n, out);
  return E_OK;
}

/* --- reading --- */
struct records_reader {
  const struct form *form;
  const char *file;
  struct table *tables;            /* [records of the form] */
  struct record_changes *of_type;  /* [records of the form] rows counted in their own table */
  struct table *t;                 /* of the row's type */
  int type;
  struct arena *a;
  struct strbuf key;
  int n_cells;                          /* in the header, with _action */
  int n_lead;                           /* columns before the items: 1, or 3 with _base and _reason */
  const struct item *items[MAX_COLUMNS]; /* of cell k */
  struct column *(*columns)[MAX_COLUMNS]; /* [records of the form][cell]; NULL = an item of another type */
};

static bool is_key(const struct record_type *r, const struct item *item) {
  for (int i = 0; i < r->n_keys; i++)
    if (r->keys[i] == item) return true;
  return false;
}
/* The deepest type all of whose keys the row fills; a form of one type has nothing to decide. */
static int type_of_row(const struct records_reader *r, const struct csv_row *row) {
  for (int t = r->form->n_records - 1; t > 0; t--) {
    int filled = 0;
    for (int k = r->n_lead; k < r->n_cells; k++) filled += row->cells[k].text.n && is_key(&r->form->records[t], r->items[k]);
    if (filled == r->form->records[t].n_keys) return t;
  }
  return 0;
}

static enum err_code bad_cell(struct records_reader *r, const struct csv_row *row, int64_t cell, const char *expected, struct err *e) {
  char shape[64];
  const struct str text = cell < row->n_cells ? row->cells[cell].text : STR("");
  return ERR(e, E_BATCH_RECORDS, .file = r->file, .line = row->line, .column = cell + 1, .subject = r->form->id, .expected = expected,
             .found = text_shape(text.p, text.n, shape, sizeof shape));
}

static enum err_code read_header(struct records_reader *r, const struct csv_row *row, struct err *e) {
  if (row->n_cells < 1 || row->n_cells > MAX_COLUMNS || !str_eq(row->cells[0].text, STR("_action"))) return bad_cell(r, row, 0, "_action", e);
  r->n_lead = row->n_cells > 2 && str_eq(row->cells[1].text, STR("_base")) && str_eq(row->cells[2].text, STR("_reason")) ? 3 : 1;
  int next = r->n_lead - 1;
  for (int i = 0; i < r->form->n_items; i++) {
    const struct item *it = &r->form->items[i];
    if (!carried(it)) continue;
    next++;
    if (next >= row->n_cells || !str_eq(row->cells[next].text, str_of(it->name))) return bad_cell(r, row, next, it->name, e);
    r->items[next] = it;
    for (int t = 0; t < r->form->n_records; t++) {
      const bool own = form_holds(r->form, r->form->records[t].name, it);
      r->columns[t][next] = own ? table_column(&r->tables[t], it->name) : NULL;
      if (own && !r->columns[t][next]) return ERR(e, E_BUG, .subject = it->name);
    }
  }
  r->n_cells = next + 1;
  return row->n_cells == r->n_cells ? E_OK : bad_cell(r, row, r->n_cells, "no further columns", e);
}

static bool decimal_value(struct str s, int decimals, int64_t *out) {
  struct str fraction, whole = str_split(s, '.', &fraction);
  bool negative = s.n && s.p[0] == '-';
  int64_t v, f = 0;
  for (size_t i = negative; i < s.n; i++) /* canonical: no plus sign, one point when there are decimals */
    if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] == '.' && decimals > 0 && i == s.n - (size_t)decimals - 1))) return false;
  if (!str_int64(whole, &v) || (decimals == 0 && fraction.n) || (decimals > 0 && fraction.n != (size_t)decimals)) return false;
  if (decimals > 0 && (!str_int64(fraction, &f) || f < 0)) return false;
  for (int i = 0; i < decimals; i++)
    if (__builtin_mul_overflow(v, 10, &v)) return false;
  return !(negative ? __builtin_sub_overflow(v, f, out) : __builtin_add_overflow(v, f, out));
}

static bool set_value(const struct item *it, struct column *c, int64_t row, struct str text) {
  if (c->type == COL_INT && c->is_date) return date_parse_iso(text, &c->i64[row]);
  if (c->type == COL_INT) return decimal_value(text, c->decimals, &c->i64[row]);
  c->code[row] = c->type == COL_CODE && it->codelist && c->dict == it->codelist->dict ? dict_find(c->dict, text) : dict_add(c->dict, text);
  return c->code[row] >= 0;
}

static bool set_missing(struct str text, uint8_t *status) {
  *status = VAL_BLANK;
  if (text.n == 0) return true;
  if (text.n != 2 || text.p[0] != '\\') return false;
  for (int k = VAL_NOT_APPLICABLE; k < VAL_STATUS_COUNT; k++) {
    if (!str_eq(text, str_of(mark_of((uint8_t)k)))) continue;
    *status = (uint8_t)k;
    return true;
  }
  return false;
}

static enum err_code read_cell(struct records_reader *r, const struct csv_row *row, int k, struct err *e) {
  struct str text = row->cells[k].text;
  struct column *c = r->columns[r->type][k];
  int64_t at = r->t->n_rows;
  uint8_t status = VAL_REPORTED;
  if (!c) return text.n ? bad_cell(r, row, k, "nothing in an item of another record type", e) : E_OK;
  if (set_missing(text, &c->status[at])) {
    if (c->i64) c->i64[at] = 0;
    if (c->code) c->code[at] = 0;
    return E_OK;
  }
  if (str_starts(text, STR("\\C:"))) {
    status = VAL_CORRECTED;
    text = str_view(text.p + 3, text.n - 3);
    if (!text.n) return bad_cell(r, row, k, "a value after the mark", e);
  } else if (text.p[0] == '\\') {
    if (text.n < 2 || text.p[1] != '\\') return bad_cell(r, row, k, "a known mark after the backslash", e);
    text = str_view(text.p + 1, text.n - 1);
  }
  if (!set_value(r->items[k], c, at, text)) return bad_cell(r, row, k, "a value in canonical form", e);
  c->status[at] = status;
  return E_OK;
}

/* Keys only: everything else of a withdrawn record stays where it is. */
static enum err_code read_withdrawal(struct records_reader *r, const struct csv_row *row, struct record_change *change, struct err *e) {
  char reason[32];
  struct str text = row->cells[2].text;
  snprintf(reason, sizeof reason, "%.*s", (int)(text.n < 31 ? text.n : 31), text.p);
  const struct withdraw_reason *known = withdraw_reason_find(reason);
  if (!known) return bad_cell(r, row, 2, withdraw_reason_list(), e);
  const struct record_type *type = &r->form->records[r->type];
  for (int k = r->n_lead; k < r->n_cells; k++) {
    if (row->cells[k].text.n && !is_key(type, r->items[k])) return bad_cell(r, row, k, "nothing but the keys in a withdrawal", e);
    if (is_key(type, r->items[k]) && !value_present(r->columns[r->type][k]->status[r->t->n_rows])) return bad_cell(r, row, k, "a key", e);
  }
  TRY(record_key(r->form, r->t, r->t->n_rows, &r->key, e));
  change->reason = known->code;
  change->key = str_view(r->key.p ? r->key.p : "", r->key.n);
  return record_changes_add(r->a, &r->of_type[r->type], change, e);
}

static enum err_code read_change(struct records_reader *r, const struct csv_row *row, enum change_action action, struct err *e) {
  struct record_change change = {.row = r->t->n_rows, .action = action, .reason = ""};
  if (r->n_lead < 3 || row->cells[1].text.n != 2 * VERSION_TOKEN || !hex_decode(row->cells[1].text.p, 2 * VERSION_TOKEN, change.base))
    return bad_cell(r, row, 1, "the version that is replaced", e);
  if (action == CHANGE_WITHDRAW) return read_withdrawal(r, row, &change, e);
  if (row->cells[2].text.n) return bad_cell(r, row, 2, "no reason in a correction", e);
  TRY(record_changes_add(r->a, &r->of_type[r->type], &change, e));
  r->t->n_rows++;
  return E_OK;
}

static enum err_code on_row(void *context, const struct csv_row *row, struct err *e) {
  struct records_reader *r = context;
  if (!r->n_cells) return read_header(r, row, e);
  if (row->n_cells != r->n_cells) return bad_cell(r, row, row->n_cells, "as many cells as the header", e);
  struct str action = row->cells[0].text;
  bool add = str_eq(action, STR("A")), replace = str_eq(action, STR("R")), withdraw = str_eq(action, STR("W"));
  if (!add && !replace && !withdraw) return ERR(e, E_BATCH_KIND, .file = r->file, .line = row->line, .column = 1, .found = "another action");
  r->type = type_of_row(r, row);
  r->t = &r->tables[r->type];
  if (r->t->n_rows == r->t->capacity) TRY(table_reserve(r->t, r->t->capacity * 2, e));
  for (int k = r->n_lead; k < r->n_cells; k++) TRY(read_cell(r, row, k, e));
  if (!add) return read_change(r, row, replace ? CHANGE_REPLACE : CHANGE_WITHDRAW, e);
  if (r->n_lead == 3 && (row->cells[1].text.n || row->cells[2].text.n)) return bad_cell(r, row, 1, "nothing in an addition", e);
  r->t->n_rows++;
  return E_OK;
}

/* No row is shorter than its action, a comma before each cell and its end, so that a text of line ends asks for no more than others. Room at
 * once: a table that grows by doubling leaves as much behind as it holds, and for a municipality's ten records room for a thousand would be most of
 * the work. */
static int64_t most_rows(const struct form *f, struct str csv) {
  int64_t lines = 1, shortest = 2;
  for (int i = 0; i < f->n_items; i++) shortest += carried(&f->items[i]);
  for (const char *p = csv.n ? csv.p : NULL, *end = csv.p + csv.n; p && (p = memchr(p, '\n', (size_t)(end - p))); p++) lines++;
  int64_t room = (int64_t)csv.n / shortest + 1;
  return lines < room ? lines : room;
}

uint64_t batch_records_memory(const struct form *f, struct str csv) {
  struct column columns[MAX_COLUMNS];
  uint64_t bytes = 0;
  for (int t = 0; t < f->n_records; t++) {
    int n = form_columns(f, f->records[t].name, columns, MAX_COLUMNS);
    for (int k = 0; k < n; k++) bytes += columns[k].type == COL_INT || columns[k].type == COL_REAL ? 9 : 5; /* value and status */
  }
  return bytes * (uint64_t)most_rows(f, csv);
}

static enum err_code make_tables(struct records_reader *r, struct str csv, struct err *e) {
  struct column columns[MAX_COLUMNS];
  const struct form *f = r->form;
  r->columns = arena_array(r->a, (size_t)f->n_records, sizeof *r->columns);
  r->of_type = ARENA_ARRAY(r->a, struct record_changes, f->n_records);
  if (!r->columns || !r->of_type) return ERR(e, E_NO_MEMORY, .file = r->file);
  for (int t = 0; t < f->n_records; t++) {
    int n = form_columns(f, f->records[t].name, columns, MAX_COLUMNS);
    TRY(table_init(&r->tables[t], r->a, columns, n, most_rows(f, csv), e));
  }
  return E_OK;
}
/* Derived items wait for their rule. */
static void blank_derived(const struct form *f, struct table *t) {
  for (int k = 0; k < t->n_columns; k++) {
    struct column *c = &t->columns[k];
    const struct item *it = form_item(f, c->name);
    if (it && !carried(it)) memset(c->status, VAL_BLANK, (size_t)t->n_rows);
  }
}
/* Of all types, rows counted over the tables in their order. */
static enum err_code join_changes(struct records_reader *r, struct record_changes *out, struct err *e) {
  int64_t before = 0;
  *out = r->of_type[0];
  if (r->form->n_records == 1) return E_OK;
  *out = (struct record_changes){.n = 0};
  for (int t = 0; t < r->form->n_records; t++) {
    for (int64_t i = 0; i < r->of_type[t].n; i++) {
      struct record_change change = r->of_type[t].list[i];
      change.row += before;
      TRY(record_changes_add(r->a, out, &change, e));
    }
    before += r->tables[t].n_rows;
  }
  return E_OK;
}

enum err_code batch_records_read(struct arena *a, const struct form *f, const char *file, struct str csv, struct table *tables,
                                 struct record_changes *changes, struct err *e) {
  if (!utf8_valid(csv.p, csv.n, NULL)) return ERR(e, E_BATCH_RECORDS, .file = file, .subject = f->id, .expected = "UTF-8");
  struct records_reader r = {.form = f, .file = file, .tables = tables, .a = a};
  TRY(make_tables(&r, csv, e));
  strbuf_init(&r.key, 1 << 20);
  struct csv_reader *reader = NULL;
  TRY(csv_reader_new(file, NULL, ',', on_row, &r, &reader, e));
  enum err_code code = csv_reader_feed(reader, csv.p, csv.n, e);
  if (!code) code = csv_reader_end(reader, e);
  csv_reader_free(reader);
  strbuf_release(&r.key);
  if (code) return code;
  for (int t = 0; t < f->n_records; t++) blank_derived(f, &tables[t]);
  TRY(join_changes(&r, changes, e));
  return r.n_cells ? E_OK : ERR(e, E_BATCH_RECORDS, .file = file, .subject = f->id, .expected = "a header row");
}
