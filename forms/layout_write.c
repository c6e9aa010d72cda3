/* layout_write.c -- see layout_write.h. The texts of missing statuses are settled once per item; rows are then only copied. */
#include "forms/layout_write.h"

#include <stdio.h>
#include <string.h>

#include "base/ext_csv.h"

enum { N_STATUS = VAL_STATUS_COUNT, MAX_WIDTH = 4096, ISO_DATE = 10 };

struct field {
  const struct item *item;
  int64_t position, bytes; /* of the layout's entry, else of the item */
  const struct column *column;
  bool has[N_STATUS];
  struct str missing[N_STATUS];
};
struct plan {
  const struct layout *layout;
  bool fixed;
  struct field *fields;
  int64_t width; /* of a fixed record */
};

/* --- missing statuses --- */
/* Of "text=status;..." the text of this status that is as wide as wanted, else the first. */
static bool listed_text(const char *pairs, enum value_status status, int64_t width, struct str *out) {
  struct str rest = str_of(pairs);
  bool found = false;
  while (rest.n) {
    struct str name, pair = str_split(rest, ';', &rest), text = str_split(pair, '=', &name);
    if (!str_eq(name, str_of(value_status_name((uint8_t)status)))) continue;
    if (str_eq(text, STR("blank"))) text = STR("");
    if (!found || (width && (int64_t)text.n == width && (int64_t)out->n != width)) *out = text;
    found = true;
  }
  return found;
}

static bool listed_code(const struct codelist *l, enum value_status status, struct str *out) {
  for (int64_t i = 0; l && i < l->n_codes; i++)
    if (l->codes[i].status == status) {
      *out = l->codes[i].code;
      return true;
    }
  return false;
}

/* A single letter fills the field. */
static bool layout_text(struct arena *a, const struct layout *l, int64_t bytes, enum value_status status, struct str *out) {
  if (!listed_text(l->missing, status, bytes, out)) return false;
  if (out->n != 1 || bytes < 2 || bytes > MAX_WIDTH) return true;
  char *filled = arena_alloc(a, (size_t)bytes, 1);
  if (!filled) return false;
  memset(filled, out->p[0], (size_t)bytes);
  *out = str_view(filled, (size_t)bytes);
  return true;
}

bool layout_missing_text(struct arena *a, const struct layout *l, int i, enum value_status status, struct str *out) {
  const struct item *it = l->items[i];
  int64_t bytes = layout_bytes(l, i);
  if (status == VAL_INVALID) status = VAL_UNKNOWN;
  if (listed_text(it->missing, status, bytes, out) || listed_code(it->codelist, status, out) || layout_text(a, l, bytes, status, out)) return true;
  *out = STR("");
  return status == VAL_BLANK || status == VAL_NOT_APPLICABLE;
}

/* --- plan --- */
static enum err_code make_plan(struct arena *a, const struct layout *l, const struct table *t, struct plan *p, struct err *e) {
  *p = (struct plan){.layout = l, .fixed = strcmp(l->kind, "fixed") == 0, .fields = ARENA_ARRAY(a, struct field, l->n_items + 1)};
  if (!p->fields) return ERR(e, E_NO_MEMORY, .subject = l->name);
  for (int i = 0; i < l->n_items; i++) {
    struct field *f = &p->fields[i];
    int column = table_find(t, l->items[i]->name);
    f->item = l->items[i];
    f->position = layout_position(l, i);
    f->bytes = layout_bytes(l, i);
    if (column < 0) return ERR(e, E_LAYOUT_COLUMN, .subject = f->item->name, .expected = l->name);
    f->column = &t->columns[column];
    for (int s = VAL_BLANK; s < N_STATUS; s++) f->has[s] = layout_missing_text(a, l, i, (enum value_status)s, &f->missing[s]);
    if (p->fixed && f->position + f->bytes - 1 > p->width) p->width = f->position + f->bytes - 1;
  }
  return E_OK;
}

static enum err_code cell_error(enum err_code code, const struct field *f, int64_t row, const char *expected, const char *found, struct err *e) {
  char subject[96];
  (void)snprintf(subject, sizeof subject, "%s, row %lld", f->item->name, (long long)row + 1);
  return ERR(e, code, .subject = subject, .expected = expected, .found = found);
}

/* The text of one value; *number when it is one. */
static enum err_code cell_text(const struct field *f, int64_t row, char buffer[64], struct str *out, bool *number, struct layout_counts *counts, struct err *e) {
  uint8_t status = f->column->status[row];
  *number = false;
  if (value_present(status)) {
    *number = (f->column->type == COL_INT && !f->column->is_date) || f->column->type == COL_REAL;
    *out = column_text(f->column, row, buffer, 64);
    return E_OK;
  }
  if (!f->has[status]) return cell_error(E_LAYOUT_MISSING, f, row, NULL, value_status_name(status), e);
  counts->invalid += status == VAL_INVALID;
  *out = f->missing[status];
  return E_OK;
}

/* --- csv --- */
static void write_headings(const struct layout *l, struct strbuf *to) {
  for (int i = 0; i < l->n_items; i++) csv_put_text(to, str_of(l->headings[i]), i == 0);
  strbuf_addc(to, '\n');
}

static enum err_code write_csv(const struct plan *p, int64_t row, struct strbuf *to, struct layout_counts *counts, struct err *e) {
  char buffer[64];
  struct str text;
  bool number;
  for (int i = 0; i < p->layout->n_items; i++) {
    TRY(cell_text(&p->fields[i], row, buffer, &text, &number, counts, e));
    csv_put_text(to, text, i == 0);
  }
  strbuf_addc(to, '\n');
  return E_OK;
}

/* --- fixed --- */
static void put_right(char *at, size_t width, struct str text) {
  size_t sign = text.n && text.p[0] == '-';
  memset(at, '0', width);
  if (sign) at[0] = '-';
  memcpy(at + width - (text.n - sign), text.p + sign, text.n - sign);
}

/* 2015-03-01 in eight bytes. */
static struct str short_date(struct str iso, char out[8]) {
  memcpy(out, iso.p, 4);
  memcpy(out + 4, iso.p + 5, 2);
  memcpy(out + 6, iso.p + 8, 2);
  return str_view(out, 8);
}

static enum err_code write_fixed(const struct plan *p, int64_t row, struct strbuf *to, struct layout_counts *counts, struct err *e) {
  char buffer[64], eight[8], *line = strbuf_extend(to, (size_t)p->width + 1);
  struct str text;
  bool number;
  if (!line) return ERR(e, E_NO_MEMORY, .subject = p->layout->name);
  memset(line, ' ', (size_t)p->width);
  line[p->width] = '\n';
  for (int i = 0; i < p->layout->n_items; i++) {
    const struct field *f = &p->fields[i];
    TRY(cell_text(f, row, buffer, &text, &number, counts, e));
    if (f->column->is_date && value_present(f->column->status[row]) && f->bytes == sizeof eight && text.n == ISO_DATE) text = short_date(text, eight);
    if ((int64_t)text.n > f->bytes) return cell_error(E_LAYOUT_WIDTH, f, row, "a text no wider than its field", "a wider one", e);
    if (text.n && (memchr(text.p, '\n', text.n) || memchr(text.p, '\r', text.n))) return cell_error(E_LAYOUT_WIDTH, f, row, "one line", "a line end", e);
    char *at = line + f->position - 1;
    if (number) put_right(at, (size_t)f->bytes, text);
    else if (text.n) memcpy(at, text.p, text.n);
  }
  return E_OK;
}

/* A layout that only tells how others' files look: what it says of blocks, joined cells and the like is not written. */
static bool can_be_written(const struct layout *l) {
  bool plain = !l->blocks && l->header_rows <= 1 && l->title_rows <= 0 && (l->delimiter == ',' || !l->delimiter) && !l->record_bytes;
  for (int i = 0; plain && l->columns && i < l->n_items; i++) {
    const struct layout_column *c = &l->columns[i];
    plain = !c->n_cells && !c->n_recodes && c->take == TAKE_TEXT && !c->fill_down && c->head_row < 0;
  }
  return plain;
}

enum err_code layout_write(struct arena *a, const struct layout *l, const struct table *t, int64_t row0, int64_t n, struct strbuf *to, struct layout_counts *counts, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct plan p;
  if (row0 < 0 || n < 0 || row0 + n > t->n_rows) return ERR(e, E_BUG, .subject = "layout_write");
  if (!can_be_written(l)) return ERR(e, E_LAYOUT_READ_ONLY, .subject = l->name);
  enum err_code code = make_plan(a, l, t, &p, e);
  if (!code && row0 == 0 && l->header && !p.fixed) write_headings(l, to);
  for (int64_t row = row0; !code && row < row0 + n; row++) {
    code = p.fixed ? write_fixed(&p, row, to, counts, e) : write_csv(&p, row, to, counts, e);
    counts->rows += !code;
  }
  arena_reset(a, mark);
  if (!code && to->failed) return ERR(e, E_NO_MEMORY, .subject = l->name);
  return code;
}
