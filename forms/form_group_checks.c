/* form_group_checks.c -- group_checks.csv: rules across records. They stand among the form's checks, after those of one record. */
#include <string.h>

#include "forms/form_impl.h"

#define GROUP_COLUMNS "id,severity,record,universe,by,measures,expression,message_ja,message_en,remedy_ja,remedy_en,source"
enum { G_ID, G_SEVERITY, G_RECORD, G_UNIVERSE, G_BY, G_MEASURES, G_EXPRESSION, G_MESSAGE_JA, G_MESSAGE_EN, G_REMEDY_JA, G_REMEDY_EN, G_SOURCE };
enum { MAX_BY = 16, MAX_MEASURES = 32 };

static const char *const functions[] = {"count", "sum", "min", "max", "distinct"};

static const struct item *item_of_record(const struct form *f, const char *record, struct str name) {
  for (int i = 0; i < f->n_items; i++)
    if (str_eq(name, str_of(f->items[i].name)) && strcmp(f->items[i].record, record) == 0) return &f->items[i];
  return NULL;
}

static enum err_code read_by(struct form_reader *r, const struct cell *c, const struct check *k, struct group_rule *g, struct err *e) {
  struct str rest = c->text;
  g->by = ARENA_ARRAY(r->a, const struct item *, MAX_BY);
  if (!g->by) return reader_no_memory(r, e);
  while (rest.n) {
    struct str name = str_trim(str_split(rest, ';', &rest));
    const struct item *it = item_of_record(r->form, k->record, name);
    if (!it || g->n_by == MAX_BY) cell_problem(r, c, E_FORM_NO_ITEM, reader_copy(r, name.p, name.n), "up to 16 items of the record, joined by ;");
    else g->by[g->n_by++] = it;
  }
  return E_OK;
}

/* --- measures: name=function(argument) joined by ; outside quotes --- */
static struct str next_measure(struct str text, struct str *rest) {
  char quote = 0;
  size_t i = 0;
  for (; i < text.n; i++) {
    char ch = text.p[i];
    if (quote) quote = ch == quote ? 0 : quote;
    else if (ch == '\'' || ch == '"') quote = ch;
    else if (ch == ';') break;
  }
  *rest = i < text.n ? str_view(text.p + i + 1, text.n - i - 1) : (struct str){"", 0};
  return str_trim(str_view(text.p, i));
}

struct call {
  struct str name, function, argument;
};
static bool split_measure(struct str text, struct call *out) {
  struct str after, inside;
  out->name = str_trim(str_split(text, '=', &after));
  after = str_trim(after);
  out->function = str_trim(str_split(after, '(', &inside));
  if (!name_well_formed(out->name) || !inside.n || inside.p[inside.n - 1] != ')') return false;
  out->argument = str_trim(str_view(inside.p, inside.n - 1));
  return true;
}

static bool name_is_free(const struct form *f, const struct group_rule *g, struct str name) {
  for (int i = 0; i < f->n_items; i++)
    if (str_eq(name, str_of(f->items[i].name))) return false;
  for (int i = 0; i < g->n_measures; i++)
    if (str_eq(name, str_of(g->measures[i].name))) return false;
  return true;
}

/* What the argument must be; false when it is something else. */
static bool take_type(struct group_measure *m) {
  const struct expr *x = m->argument;
  enum expr_type type = x ? expr_result_type(x) : EXPR_BOOL;
  *m = (struct group_measure){m->name, m->function, m->argument, m->item, EXPR_NUMBER, 0, ""};
  if (m->function == GROUP_COUNT) return type == EXPR_BOOL;
  if (m->function == GROUP_DISTINCT) return m->item != NULL;
  if (!x || (type != EXPR_NUMBER && (type != EXPR_DATE || m->function == GROUP_SUM))) return false;
  m->type = type;
  m->decimals = expr_decimals(x);
  m->unit = expr_unit(x);
  return true;
}

static enum err_code read_measure(struct form_reader *r, const struct cell *c, const struct check *k, struct group_rule *g, struct str text, struct err *e) {
  struct call call;
  struct group_measure m = {.function = GROUP_COUNT};
  bool known = false;
  const char *shown = reader_copy(r, text.p, text.n < 200 ? text.n : 200);
  if (!split_measure(text, &call) || !name_is_free(r->form, g, call.name) || g->n_measures == MAX_MEASURES) {
    cell_problem(r, c, E_GROUP_MEASURE, shown, NULL);
    return E_OK;
  }
  for (int i = 0; i < (int)(sizeof functions / sizeof *functions); i++)
    if (str_eq(call.function, str_of(functions[i]))) m.function = (enum group_function)i, known = true;
  m.name = reader_copy(r, call.name.p, call.name.n);
  if (m.function == GROUP_DISTINCT) m.item = item_of_record(r->form, k->record, call.argument);
  else if (call.argument.n) {
    struct cell inner = {c->path, c->line, c->column, call.argument};
    TRY(reader_compile(r, &inner, k->record, &m.argument, e));
    if (!m.argument) return E_OK; /* the mistake was told with its place */
  }
  if (!known || !take_type(&m)) cell_problem(r, c, E_GROUP_MEASURE, shown, NULL);
  else g->measures[g->n_measures++] = m;
  return E_OK;
}

static enum err_code read_measures(struct form_reader *r, const struct cell *c, const struct check *k, struct group_rule *g, struct err *e) {
  struct str rest = c->text;
  g->measures = ARENA_ARRAY(r->a, struct group_measure, MAX_MEASURES);
  if (!g->measures) return reader_no_memory(r, e);
  if (!rest.n) cell_problem(r, c, E_FORM_EMPTY, "measures", NULL);
  while (rest.n) {
    struct str one = next_measure(rest, &rest);
    TRY(read_measure(r, c, k, g, one, e));
  }
  return E_OK;
}

static enum err_code read_group_check(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row, struct check *k, struct err *e) {
  static const struct check_columns at = {G_ID, G_SEVERITY, G_RECORD, G_UNIVERSE, G_EXPRESSION, G_MESSAGE_JA, G_MESSAGE_EN, G_REMEDY_JA, G_REMEDY_EN, G_SOURCE};
  struct cell universe = table_cell(t, path, row, G_UNIVERSE), by = table_cell(t, path, row, G_BY), measures = table_cell(t, path, row, G_MEASURES),
              expression = table_cell(t, path, row, G_EXPRESSION);
  struct group_rule *g = ARENA_NEW(r->a, struct group_rule);
  if (!g) return reader_no_memory(r, e);
  if (!form_check_head(r, t, path, row, &at, k)) return E_OK;
  TRY(form_check_rule(r, &universe, k, &k->universe, e));
  TRY(read_by(r, &by, k, g, e));
  TRY(read_measures(r, &measures, k, g, e));
  k->group = g;
  return form_check_rule(r, &expression, k, &k->expression, e);
}

enum err_code form_read_group_checks(struct form_reader *r, struct err *e) {
  struct csv_table t;
  const char *path;
  bool present;
  struct form *f = r->form;
  TRY(reader_table(r, "group_checks.csv", GROUP_COLUMNS, false, &t, &path, &present, e));
  if (!present) return E_OK;
  struct check *grown = ARENA_ARRAY(r->a, struct check, f->n_checks + t.n_rows + 1);
  if (!grown) return reader_no_memory(r, e);
  if (f->n_checks) memcpy(grown, f->checks, (size_t)f->n_checks * sizeof *grown);
  f->checks = grown;
  for (int64_t row = 0; row < t.n_rows; row++) {
    TRY(read_group_check(r, &t, path, row, &f->checks[f->n_checks], e));
    form_check_id_once(r, path, &f->checks[f->n_checks]);
    f->n_checks++;
  }
  return E_OK;
}
