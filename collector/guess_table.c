/* guess_table.c -- where the table lies in the rows: its width, titles above, header rows, notes below.
 * Width    the number of cells that most rows with a filled cell have, without columns at the right end that are empty throughout.
 * Data     columns that are mostly numbers or dates in the second half of the sample tell where data begins: the first row in which at least half of
 *          the filled cells of those columns are numbers, dates or signs. A row of years or of running numbers over such columns is still a header,
 *          and so is a row with a full header (a text in every such column) at most three rows below it; right below a full header data begins in
 *          any case, unless two thirds of those columns have texts again.
 * Header   the rows above it, upwards, while they fill at least a third of the table (at least two cells); a sparser row between two such rows
 *          belongs to them. Above the header stand titles. Without any number or date column the first full row of distinct texts that never come
 *          again is the header. */
#include <string.h>

#include "collector/guess_impl.h"
#include "collector/normalise.h"

enum { LOOK_ROWS = 200, HEAD_ROWS = 60, MOSTLY = 60, WIDTHS = 4097, YEAR_FIRST = 1868, YEAR_LAST = 2200, FOLLOWING = 3 };

static int64_t table_width(struct arena *a, const struct guess_sample *s) {
  int64_t *n = ARENA_ARRAY(a, int64_t, WIDTHS), best = s->widest;
  if (!n) return -1;
  for (int64_t i = 0; i < s->n_rows; i++)
    if (s->rows[i].filled) n[s->rows[i].n_cells < WIDTHS ? s->rows[i].n_cells : WIDTHS - 1]++;
  for (int64_t w = 1; w < WIDTHS; w++)
    if (n[w] > 0 && (n[best < WIDTHS ? best : WIDTHS - 1] <= n[w])) best = w;
  return best;
}

static bool tail_blank(const struct guess_row *r, int64_t from) {
  for (int64_t j = from; j < r->n_cells; j++)
    if (!normalise_is_blank(r->cells[j])) return false;
  return true;
}

/* Without the columns at the right end in which the whole sample has nothing, headings included: intake lets them be there or not. */
static int64_t filled_width(const struct guess_sample *s, int64_t width) {
  int64_t used = 1;
  for (int64_t i = 0; i < s->n_rows && used < width; i++) {
    const struct guess_row *r = &s->rows[i];
    int64_t n = r->n_cells < width ? r->n_cells : width;
    while (n > used && normalise_is_blank(r->cells[n - 1])) n--;
    if (n > used) used = n;
  }
  return used;
}

static enum guess_kind kind_of(struct str text) {
  struct guess_cell c;
  guess_cell_read(text, &c);
  return c.kind;
}

/* Columns whose filled cells in the rows looked at are mostly numbers or dates. */
static int64_t mark_typed(const struct guess *g, bool *typed) {
  const struct guess_sample *s = &g->sample;
  int64_t from = s->n_rows / 2, n = 0;
  if (from > HEAD_ROWS) from = HEAD_ROWS;
  for (int64_t j = 0; j < g->n_columns; j++) {
    int64_t values = 0, texts = 0;
    for (int64_t i = from; i < s->n_rows && i < from + LOOK_ROWS; i++) {
      if (s->rows[i].n_cells < g->n_columns) continue;
      enum guess_kind k = kind_of(guess_cell_text(g, i, j));
      values += k == CELL_NUMBER || k == CELL_DATE;
      texts += k == CELL_TEXT;
    }
    typed[j] = values > 0 && values * 100 >= (values + texts) * MOSTLY;
    n += typed[j];
  }
  return n;
}

/* 2018, 2019, 2020 or 1, 2, 3 ...: years in equal steps, or numbers from 1, over three columns or more, beside a first cell that is no number. */
static bool running_numbers(const struct guess *g, int64_t row, const bool *typed) {
  int64_t n = 0, last = 0, step = 0, first = 0;
  for (int64_t j = 0; j < g->n_columns; j++) {
    struct str t = guess_cell_text(g, row, j);
    int64_t v;
    if (!typed[j]) continue;
    if (!str_int64(t, &v) || v < 1 || v > YEAR_LAST) return false;
    if (n == 0) first = v;
    if (n == 1) step = v - last;
    if (n > 1 && v - last != step) return false;
    last = v;
    n++;
  }
  return n >= 3 && !typed[0] && (first >= YEAR_FIRST && last >= YEAR_FIRST ? step != 0 : first == 1 && step == 1);
}

struct row_kinds {
  int64_t values, texts, blank; /* of the typed columns; signs are values */
};

static struct row_kinds kinds_of(const struct guess *g, int64_t row, const bool *typed) {
  struct row_kinds k = {0};
  for (int64_t j = 0; j < g->n_columns; j++) {
    if (!typed[j]) continue;
    enum guess_kind kind = kind_of(guess_cell_text(g, row, j));
    k.values += kind == CELL_NUMBER || kind == CELL_DATE || kind == CELL_SIGN;
    k.texts += kind == CELL_TEXT;
    k.blank += kind == CELL_BLANK;
  }
  return k;
}

static bool looks_like_data(const struct guess *g, int64_t row, const bool *typed) {
  struct row_kinds k = kinds_of(g, row, typed);
  return k.values > 0 && k.values >= k.texts;
}

/* Every typed column has a text: nothing is missing for a header. */
static bool full_header(const struct guess *g, int64_t row, const bool *typed) {
  struct row_kinds k = kinds_of(g, row, typed);
  return k.texts > 0 && k.values == 0 && k.blank == 0;
}

/* A full header stands in one of the next rows: what looks like data here is a part of the header (1-12, 1, 2 over January, February ...). */
static bool header_follows(const struct guess *g, int64_t row, const bool *typed) {
  for (int64_t i = row + 1; i < g->sample.n_rows && i <= row + FOLLOWING; i++)
    if (kinds_of(g, i, typed).texts >= 3 && full_header(g, i, typed)) return true;
  return false;
}

static bool wide_enough(const struct guess *g, int64_t row) {
  const struct guess_row *r = &g->sample.rows[row];
  return (r->filled >= 2 || g->n_columns == 1) && r->filled * 3 >= g->n_columns && tail_blank(r, g->n_columns);
}

/* Header rows end right above `data`; returns how many. */
static int64_t header_above(const struct guess *g, int64_t data) {
  int64_t n = 0;
  while (n < GUESS_HEADER_ROWS && data - n > 0) {
    int64_t row = data - n - 1;
    bool between = n > 0 && row > 0 && g->sample.rows[row].filled > 0 && wide_enough(g, row - 1) && n + 1 < GUESS_HEADER_ROWS;
    if (!wide_enough(g, row) && !between) break;
    n++;
  }
  return n;
}

static bool row_twice(const struct guess *g, int64_t row) {
  for (int64_t j = 0; j < g->n_columns; j++)
    for (int64_t k = j + 1; k < g->n_columns && k < j + 64; k++)
      if (str_eq(guess_cell_text(g, row, j), guess_cell_text(g, row, k))) return true;
  return false;
}

/* No cell of the row comes again below it in its own column. */
static bool never_again(const struct guess *g, int64_t row) {
  const struct guess_sample *s = &g->sample;
  for (int64_t i = row + 1; i < s->n_rows && i < row + LOOK_ROWS; i++)
    for (int64_t j = 0; j < g->n_columns; j++) {
      struct str t = guess_cell_text(g, row, j);
      if (t.n && str_eq(t, guess_cell_text(g, i, j))) return false;
    }
  return true;
}

static bool below_is_filled(const struct guess *g, int64_t row) {
  for (int64_t i = row + 1; i < g->sample.n_rows; i++)
    if (g->sample.rows[i].filled) return true;
  return false;
}

/* Only texts: the first row that fills the table, when its texts are a header's. */
static void text_table(struct guess *g) {
  const struct guess_sample *s = &g->sample;
  int64_t row = 0;
  while (row < s->n_rows && row < HEAD_ROWS && (s->rows[row].n_cells < g->n_columns || s->rows[row].filled * 3 < g->n_columns * 2)) row++;
  if (row == s->n_rows || row == HEAD_ROWS) row = 0;
  bool header = s->rows[row].filled > 0 && !row_twice(g, row) && never_again(g, row) && below_is_filled(g, row);
  g->header_rows = header;
  g->first_data = row + header;
  g->header_confidence = 60;
}

/* How surely data begins there: rows of the sample that look like data below, and rows that do not above. */
static int confidence_of(const struct guess *g, const bool *typed) {
  int64_t right = 0, n = 0;
  for (int64_t i = g->first_data; i < g->sample.n_rows && i < g->first_data + LOOK_ROWS; i++) {
    if (g->sample.rows[i].filled < 2 && g->n_columns > 1) continue;
    right += looks_like_data(g, i, typed);
    n++;
  }
  return n ? (int)(right * 100 / n) : 0;
}

static bool data_begins(const struct guess *g, int64_t row, const bool *typed) {
  int64_t next = row + 1 < g->sample.n_rows ? row + 1 : row;
  struct row_kinds k = kinds_of(g, row, typed);
  bool few_texts = k.texts * 3 < (k.values + k.texts + k.blank) * 2;
  if (row > 0 && full_header(g, row - 1, typed) && few_texts && g->sample.rows[row].filled >= 2) return true;
  if (!looks_like_data(g, row, typed) || header_follows(g, row, typed)) return false;
  return !running_numbers(g, row, typed) || running_numbers(g, next, typed);
}

static void typed_table(struct guess *g, const bool *typed) {
  int64_t row = 0;
  while (row < g->sample.n_rows && !data_begins(g, row, typed)) row++;
  if (row == g->sample.n_rows) row = 0;
  g->first_data = row;
  g->header_rows = header_above(g, row);
  g->header_confidence = confidence_of(g, typed);
}

bool guess_is_record(const struct guess *g, int64_t row) {
  const struct guess_row *r = &g->sample.rows[row];
  return r->n_cells >= g->n_columns && tail_blank(r, g->n_columns) &&
         (r->filled > 1 || (r->filled == 1 && (g->n_columns == 1 || normalise_is_blank(r->cells[0]))));
}

static void count_rows(struct guess *g) {
  for (int64_t i = g->first_data; i < g->sample.n_rows; i++) {
    const struct guess_row *r = &g->sample.rows[i];
    if (r->filled == 0) g->empty++;
    else if (r->filled == 1 && g->n_columns > 1 && !normalise_is_blank(r->cells[0])) g->notes++;
    else if (r->n_cells < g->n_columns || !tail_blank(r, g->n_columns)) g->other_widths++;
  }
}

/* The header's own texts again: another table, or another page of the same. */
static void count_tables(struct guess *g) {
  for (int64_t i = g->first_data; g->header_rows && i < g->sample.n_rows; i++) {
    int64_t same = 0, filled = 0;
    for (int64_t j = 0; j < g->n_columns; j++) {
      struct str t = guess_cell_text(g, g->first_data - 1, j);
      filled += t.n > 0;
      same += t.n > 0 && str_eq(t, guess_cell_text(g, i, j));
    }
    g->tables += filled >= 2 && same * 2 > filled;
  }
}

enum err_code guess_table(struct arena *a, struct guess *g, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  bool anything = false;
  for (int64_t i = 0; !anything && i < g->sample.n_rows; i++) anything = g->sample.rows[i].filled > 0;
  if (!anything) return ERR(e, E_GUESS_EMPTY, .file = g->source->name, .subject = g->source->name);
  g->n_columns = table_width(a, &g->sample);
  if (g->n_columns > 0) g->n_columns = filled_width(&g->sample, g->n_columns);
  bool *typed = g->n_columns > 0 ? ARENA_ARRAY(a, bool, g->n_columns) : NULL;
  if (!typed) return ERR(e, E_NO_MEMORY, .subject = "sample");
  if (mark_typed(g, typed)) typed_table(g, typed);
  else text_table(g);
  if (g->header_rows && !below_is_filled(g, g->first_data - 1)) g->header_rows = 0, g->first_data = g->first_data - 1; /* a single row is a record */
  g->title_rows = g->first_data - g->header_rows;
  count_rows(g);
  count_tables(g);
  arena_reset(a, mark);
  return E_OK;
}
