/* form_tables.c -- tables.csv, and map/<version>.csv for migration from an earlier version. */
#include <stdio.h>
#include <string.h>

#include "forms/form_impl.h"

#define TABLE_COLUMNS "id,title_ja,title_en,dataset,rows,columns,measure,domain,filter,rounding,disclosure,note"
enum { T_ID, T_TITLE_JA, T_TITLE_EN, T_DATASET, T_ROWS, T_COLUMNS, T_MEASURE, T_DOMAIN, T_FILTER, T_ROUNDING, T_DISCLOSURE };
#define MAP_COLUMNS "old_item,new_item,rule,code_map"
enum { P_OLD, P_NEW, P_RULE, P_CODES };

/* Measures whose arguments are items of the form; those of others (mls(C), rate(...)) are their method's own words. */
static bool takes_items(struct str name) {
  return str_eq(name, STR("total")) || str_eq(name, STR("mean")) || str_eq(name, STR("ratio")) || str_eq(name, STR("quantile"));
}

static bool plain_name(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '_')) return false;
  return s.n > 0 && s.p[0] > '9';
}

static void check_argument(struct form_reader *r, const struct cell *c, struct str argument) {
  char name[64];
  argument = str_trim(argument);
  if (!plain_name(argument) || argument.n > 63) return;
  memcpy(name, argument.p, argument.n);
  name[argument.n] = 0;
  if (!form_item(r->form, name)) cell_problem(r, c, E_FORM_NO_ITEM, name, NULL);
}

/* One call name(arguments); *rest is what follows it. false: not a call. */
static bool split_call(struct str text, struct str *name, struct str *arguments, struct str *rest) {
  struct str after;
  *name = str_split(text, '(', &after);
  int depth = after.n > 0;
  size_t i = 0;
  for (; i < after.n && depth; i++) depth += after.p[i] == '(' ? 1 : after.p[i] == ')' ? -1 : 0;
  if (!name_well_formed(*name) || !after.n || depth || (i < after.n && after.p[i] != ';')) return false;
  *arguments = str_view(after.p, i - 1);
  *rest = i < after.n ? str_view(after.p + i + 1, after.n - i - 1) : (struct str){"", 0};
  return i >= after.n || rest->n > 0;
}

/* Calls joined by ; -- true when a method of its own (mls, rate ...) makes the table: its rows and columns may be the method's. */
static bool check_measure(struct form_reader *r, const struct cell *c, bool own) {
  bool method = false;
  for (struct str text = c->text, name, arguments; text.n;) {
    if (!split_call(text, &name, &arguments, &text)) {
      cell_problem(r, c, E_FORM_MEASURE, NULL, NULL);
      return true;
    }
    bool items = takes_items(name);
    method = method || (!items && !str_eq(name, STR("count")));
    while (own && items && arguments.n) check_argument(r, c, str_split(arguments, ',', &arguments));
  }
  return method;
}

static void check_dimensions(struct form_reader *r, const struct cell *c, bool method) {
  if (!method) {
    reader_item_list(r, c);
    return;
  }
  for (struct str rest = c->text; rest.n;)
    if (!name_well_formed(str_trim(str_split(rest, ';', &rest)))) cell_problem(r, c, E_FORM_NAME, NULL, NULL);
}

/* Items joined by ; or an expression. */
static enum err_code check_domain(struct form_reader *r, const struct cell *c, struct err *e) {
  struct str rest = c->text;
  bool items = true;
  while (rest.n) items = plain_name(str_trim(str_split(rest, ';', &rest))) && items;
  if (items) {
    reader_item_list(r, c);
    return E_OK;
  }
  struct expr *x;
  TRY(reader_compile(r, c, "", &x, e));
  if (x && expr_result_type(x) != EXPR_BOOL) cell_problem(r, c, E_FORM_EXPRESSION, "domain", "a truth");
  return E_OK;
}

static enum err_code check_own_table(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row, bool method, struct err *e) {
  struct cell rows = table_cell(t, path, row, T_ROWS), columns = table_cell(t, path, row, T_COLUMNS), domain = table_cell(t, path, row, T_DOMAIN),
              filter = table_cell(t, path, row, T_FILTER);
  check_dimensions(r, &rows, method);
  check_dimensions(r, &columns, method);
  TRY(check_domain(r, &domain, e));
  struct expr *x;
  TRY(reader_compile(r, &filter, "", &x, e));
  if (x && expr_result_type(x) != EXPR_BOOL) cell_problem(r, &filter, E_FORM_EXPRESSION, "filter", "a truth");
  return E_OK;
}

static void check_words(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row, const struct table_spec *spec) {
  static const int filled[] = {T_TITLE_JA, T_TITLE_EN, T_DATASET, T_MEASURE};
  static const char *const names[] = {"title_ja", "title_en", "dataset", "measure"};
  struct cell id = table_cell(t, path, row, T_ID), disclosure = table_cell(t, path, row, T_DISCLOSURE);
  if (!name_well_formed(id.text)) cell_problem(r, &id, E_FORM_NAME, NULL, NULL);
  for (int i = 0; i < r->form->n_tables; i++)
    if (strcmp(r->form->tables[i].id, spec->id) == 0) cell_problem(r, &id, E_FORM_NAME_TWICE, NULL, NULL);
  for (int i = 0; i < 4; i++) {
    struct cell c = table_cell(t, path, row, filled[i]);
    if (!c.text.n) cell_problem(r, &c, E_FORM_EMPTY, names[i], NULL);
  }
  if (disclosure.text.n && r->profiles && !codelist_find(r->profiles, disclosure.text, INT64_MIN))
    cell_problem(r, &disclosure, E_FORM_PROFILE, NULL, NULL);
}

static enum err_code read_table_spec(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row, struct err *e) {
  struct table_spec *s = &r->form->tables[r->form->n_tables];
  const char **fields[] = {
      &s->id, &s->title_ja, &s->title_en, &s->dataset, &s->rows, &s->columns, &s->measure, &s->domain, &s->filter, &s->rounding, &s->disclosure};
  for (int i = 0; i <= T_DISCLOSURE; i++) *fields[i] = csv_table_cell(t, row, i).p;
  s->line = t->lines[row];
  check_words(r, t, path, row, s);
  bool own = strcmp(s->dataset, r->form->id) == 0; /* tables of another form's data are checked where they are made */
  struct cell measure = table_cell(t, path, row, T_MEASURE);
  bool method = check_measure(r, &measure, own);
  if (own) TRY(check_own_table(r, t, path, row, method, e));
  r->form->n_tables++;
  return E_OK;
}

static enum err_code read_table_specs(struct form_reader *r, struct err *e) {
  struct csv_table t;
  const char *path;
  bool present;
  TRY(reader_table(r, "tables.csv", TABLE_COLUMNS, false, &t, &path, &present, e));
  if (!present) return E_OK;
  r->form->tables = ARENA_ARRAY(r->a, struct table_spec, t.n_rows + 1);
  if (!r->form->tables) return reader_no_memory(r, e);
  for (int64_t row = 0; row < t.n_rows; row++) TRY(read_table_spec(r, &t, path, row, e));
  return E_OK;
}

static void check_map_row(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row) {
  struct cell old = table_cell(t, path, row, P_OLD), new = table_cell(t, path, row, P_NEW), rule = table_cell(t, path, row, P_RULE),
              codes = table_cell(t, path, row, P_CODES);
  int word = cell_word(r, &rule, "same|rename|recode|drop|new");
  if (word < 0) return;
  if (word == 4 ? old.text.n > 0 : !old.text.n) cell_problem(r, &old, E_FORM_WORD, "old_item", word == 4 ? "nothing" : "an item of the old version");
  if (word == 3 ? new.text.n > 0 : !new.text.n) cell_problem(r, &new, E_FORM_WORD, "new_item", word == 3 ? "nothing" : "an item of this version");
  if (new.text.n) reader_item_list(r, &new);
  if ((word == 2) != (codes.text.n > 0)) cell_problem(r, &codes, E_FORM_WORD, "code_map", word == 2 ? "pairs old=new joined by ;" : "nothing");
  for (struct str rest = codes.text; rest.n;) {
    struct str after, pair = str_split(rest, ';', &rest);
    if (str_split(pair, '=', &after).n == pair.n) cell_problem(r, &codes, E_FORM_WORD, "code_map", "pairs old=new joined by ;");
  }
}

enum err_code form_read_tables(struct form_reader *r, struct err *e) {
  TRY(read_table_specs(r, e));
  for (int i = 0; i < r->files->n_files; i++) {
    struct csv_table t;
    const char *path;
    bool present;
    if (strncmp(r->files->files[i].name, "map/", 4) != 0) continue;
    TRY(reader_table(r, r->files->files[i].name, MAP_COLUMNS, false, &t, &path, &present, e));
    for (int64_t row = 0; present && row < t.n_rows; row++) check_map_row(r, &t, path, row);
  }
  return E_OK;
}
