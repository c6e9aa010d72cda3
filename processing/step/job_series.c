#include "processing/step/job_series.h"

#include <stdio.h>
#include <string.h>

const char *const SERIES_LINK[LINK_KINDS] = {"forward", "backward", "construction"};

static enum err_code too_many(const char *step, struct err *e) {
  return ERR(e, E_JOB_VALUE, .subject = step, .expected = "at most 64 other periods in all steps");
}

static enum err_code add(int32_t *list, int *n, int32_t offset, const char *step, struct err *e) {
  for (int i = 0; i < *n; i++)
    if (list[i] == offset) return E_OK;
  if (*n == SERIES_MAX_PERIODS) return too_many(step, e);
  list[(*n)++] = offset;
  return E_OK;
}

enum err_code period_set_add(struct period_set *p, int32_t offset, const char *step, struct err *e) {
  const int n = p->n;
  TRY(add(p->offset, &p->n, offset, step, e));
  if (p->n > n) p->step[n] = step;
  return E_OK;
}

enum err_code period_set_link(struct period_set *p, int32_t offset, const char *step, struct err *e) {
  return add(p->link_offset, &p->n_links, offset, step, e);
}

const char *series_marker_name(struct arena *a, const char *item) { return arena_printf(a, "(marker) %s", item); }
const char *series_exclude_name(struct arena *a, const char *item) { return arena_printf(a, "(exclude) %s", item); }

enum long_marker series_marker_of(struct str text) {
  for (int m = MARK_R; m < MARKS; m++)
    if (str_eq(text, str_of(LONG_MARKER[m]))) return (enum long_marker)m;
  return MARK_NONE;
}

/* --- tables --- */
enum { CELL_RECORD, CELL_ITEM, CELL_STEP, CELL_MARKER, CELL_LINK, CELL_VALUE, CELL_PAIRS, CELL_DEFAULT, CELL_COLUMNS };
static const struct column cell_columns[CELL_COLUMNS] = {[CELL_RECORD] = {.name = "record_no", .type = COL_INT, .unit = ""},
    [CELL_ITEM] = {.name = "item", .type = COL_CODE}, [CELL_STEP] = {.name = "step", .type = COL_CODE},
    [CELL_MARKER] = {.name = "marker", .type = COL_CODE}, [CELL_LINK] = {.name = "link", .type = COL_CODE},
    [CELL_VALUE] = {.name = "value", .type = COL_CODE}, [CELL_PAIRS] = {.name = "pairs", .type = COL_INT, .unit = ""},
    [CELL_DEFAULT] = {.name = "is_default", .type = COL_INT, .unit = ""}};
enum { LINK_STEP, LINK_ITEM, LINK_CLASS, LINK_LINK, LINK_VALUE, LINK_UNWEIGHTED, LINK_PAIRS, LINK_DEFAULT, LINK_COLUMNS };
static const struct column link_columns[LINK_COLUMNS] = {[LINK_STEP] = {.name = "step", .type = COL_CODE},
    [LINK_ITEM] = {.name = "item", .type = COL_CODE}, [LINK_CLASS] = {.name = "class", .type = COL_CODE},
    [LINK_LINK] = {.name = "link", .type = COL_CODE}, [LINK_VALUE] = {.name = "value", .type = COL_CODE},
    [LINK_UNWEIGHTED] = {.name = "unweighted", .type = COL_CODE}, [LINK_PAIRS] = {.name = "pairs", .type = COL_INT, .unit = ""},
    [LINK_DEFAULT] = {.name = "is_default", .type = COL_INT, .unit = ""}};

enum err_code series_tables_init(struct arena *a, struct table *cells, struct table *links, struct err *e) {
  TRY(table_init(cells, a, cell_columns, CELL_COLUMNS, 64, e));
  return table_init(links, a, link_columns, LINK_COLUMNS, 64, e);
}

static bool put_text(struct table *t, int column, struct str text, bool present) {
  struct column *c = &t->columns[column];
  c->code[t->n_rows] = dict_add(c->dict, present ? text : STR(""));
  c->status[t->n_rows] = present ? VAL_REPORTED : VAL_BLANK;
  return c->code[t->n_rows] >= 0;
}
static void put_number(struct table *t, int column, int64_t value, bool present) {
  t->columns[column].i64[t->n_rows] = present ? value : 0;
  t->columns[column].status[t->n_rows] = present ? VAL_REPORTED : VAL_BLANK;
}
static bool put_real(struct table *t, int column, double value, bool present) {
  char text[40];
  (void)snprintf(text, sizeof text, "%.17g", value);
  return put_text(t, column, str_of(text), present);
}

enum err_code series_add_cell(
    struct table *t, const struct series_cell *c, enum long_link_kind kind, const struct long_link *link, struct err *e) {
  const bool has = link != NULL;
  TRY(table_reserve(t, t->n_rows + 1, e));
  put_number(t, CELL_RECORD, c->record + 1, true);
  put_number(t, CELL_PAIRS, has ? link->count : 0, has);
  put_number(t, CELL_DEFAULT, has && link->is_default, has);
  if (!put_text(t, CELL_ITEM, str_of(c->item), true) || !put_text(t, CELL_STEP, str_of(c->step), true) ||
      !put_text(t, CELL_MARKER, str_of(LONG_MARKER[c->marker]), true) || !put_text(t, CELL_LINK, str_of(SERIES_LINK[kind]), has) ||
      !put_real(t, CELL_VALUE, has ? link->value : 0, has))
    return ERR(e, E_NO_MEMORY, .subject = "chains");
  t->n_rows++;
  return E_OK;
}

enum err_code series_add_link(struct table *t, const struct series_cell *c, struct str class_, enum long_link_kind kind,
    const struct long_link *link, struct err *e) {
  TRY(table_reserve(t, t->n_rows + 1, e));
  put_number(t, LINK_PAIRS, link->count, true);
  put_number(t, LINK_DEFAULT, link->is_default, true);
  if (!put_text(t, LINK_STEP, str_of(c->step), true) || !put_text(t, LINK_ITEM, str_of(c->item), true) || !put_text(t, LINK_CLASS, class_, true) ||
      !put_text(t, LINK_LINK, str_of(SERIES_LINK[kind]), true) || !put_real(t, LINK_VALUE, link->value, true) ||
      !put_real(t, LINK_UNWEIGHTED, link->unweighted, true))
    return ERR(e, E_NO_MEMORY, .subject = "links");
  t->n_rows++;
  return E_OK;
}
