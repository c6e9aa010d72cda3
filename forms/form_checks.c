/* form_checks.c -- checks.csv and impute.csv. */
#include <string.h>

#include "forms/form_impl.h"

#define CHECK_COLUMNS "id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source"
enum { K_ID, K_SEVERITY, K_RECORD, K_UNIVERSE, K_EXPRESSION, K_MESSAGE_JA, K_MESSAGE_EN, K_REMEDY_JA, K_REMEDY_EN, K_SOURCE };
#define IMPUTE_COLUMNS "order,items,method,classes,parameters,note"
enum { M_ORDER, M_ITEMS, M_METHOD, M_CLASSES, M_PARAMETERS };

static bool id_well_formed(struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    char c = s.p[i];
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) return false;
  }
  return s.n > 0 && s.n < 64;
}

static void check_texts(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row, struct check *k) {
  struct cell ja = table_cell(t, path, row, K_MESSAGE_JA), en = table_cell(t, path, row, K_MESSAGE_EN);
  struct cell remedy_ja = table_cell(t, path, row, K_REMEDY_JA), remedy_en = table_cell(t, path, row, K_REMEDY_EN);
  k->message_ja = ja.text.p;
  k->message_en = en.text.p;
  k->remedy_ja = remedy_ja.text.p;
  k->remedy_en = remedy_en.text.p;
  k->source = csv_table_cell(t, row, K_SOURCE).p;
  if (!ja.text.n) cell_problem(r, &ja, E_FORM_MESSAGE, k->id, NULL);
  if (!en.text.n) cell_problem(r, &en, E_FORM_MESSAGE, k->id, NULL);
  if (!remedy_ja.text.n != !remedy_en.text.n) cell_problem(r, remedy_ja.text.n ? &remedy_en : &remedy_ja, E_FORM_MESSAGE, k->id, NULL);
}

static enum err_code check_rule(struct form_reader *r, const struct cell *c, const char *record, const char *id, struct expr **out, struct err *e) {
  TRY(reader_compile(r, c, record, out, e));
  if (*out && expr_result_type(*out) != EXPR_BOOL) cell_problem(r, c, E_FORM_EXPRESSION, id, "a truth");
  return E_OK;
}

static enum err_code read_check(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row, struct check *k, struct err *e) {
  struct cell id = table_cell(t, path, row, K_ID), severity = table_cell(t, path, row, K_SEVERITY), record = table_cell(t, path, row, K_RECORD);
  struct cell universe = table_cell(t, path, row, K_UNIVERSE), expression = table_cell(t, path, row, K_EXPRESSION);
  int s = cell_word(r, &severity, "hard|soft|info");
  *k = (struct check){
      .id = id.text.p, .record = record.text.p, .universe_text = universe.text.p, .expression_text = expression.text.p, .line = id.line};
  k->severity = (enum check_severity)(s < 0 ? SEVERITY_HARD : s);
  if (!id_well_formed(id.text)) cell_problem(r, &id, E_FORM_NAME, NULL, "letters, digits, _ and -");
  if (!expression.text.n) cell_problem(r, &expression, E_FORM_EMPTY, "expression", NULL);
  check_texts(r, t, path, row, k);
  if (!form_record(r->form, k->record)) {
    cell_problem(r, &record, E_FORM_NO_RECORD, NULL, NULL);
    return E_OK;
  }
  TRY(check_rule(r, &universe, k->record, k->id, &k->universe, e));
  return check_rule(r, &expression, k->record, k->id, &k->expression, e);
}

static enum err_code read_check_table(struct form_reader *r, struct err *e) {
  struct csv_table t;
  const char *path;
  bool present;
  struct form *f = r->form;
  TRY(reader_table(r, "checks.csv", CHECK_COLUMNS, true, &t, &path, &present, e));
  if (!present) return E_OK;
  f->checks = ARENA_ARRAY(r->a, struct check, t.n_rows + 1);
  if (!f->checks) return reader_no_memory(r, e);
  for (int64_t row = 0; row < t.n_rows; row++) {
    struct check *k = &f->checks[row];
    TRY(read_check(r, &t, path, row, k, e));
    for (int i = 0; i < f->n_checks; i++)
      if (strcmp(f->checks[i].id, k->id) == 0) PROBLEM(r, E_FORM_NAME_TWICE, .file = path, .line = k->line, .column = K_ID + 1, .subject = k->id);
    f->n_checks++;
  }
  return E_OK;
}

void reader_item_list(struct form_reader *r, const struct cell *c) {
  struct str rest = c->text;
  while (rest.n) {
    struct str name = str_trim(str_split(rest, ';', &rest));
    char shown[64];
    if (name.n > 63) name.n = 63;
    memcpy(shown, name.p, name.n);
    shown[name.n] = 0;
    if (!form_item(r->form, shown)) cell_problem(r, c, E_FORM_NO_ITEM, shown, NULL);
  }
}

static enum err_code read_impute(struct form_reader *r, struct err *e) {
  struct csv_table t;
  const char *path;
  bool present;
  struct form *f = r->form;
  TRY(reader_table(r, "impute.csv", IMPUTE_COLUMNS, false, &t, &path, &present, e));
  if (!present) return E_OK;
  f->impute = ARENA_ARRAY(r->a, struct impute_step, t.n_rows + 1);
  if (!f->impute) return reader_no_memory(r, e);
  for (int64_t row = 0; row < t.n_rows; row++) {
    struct cell order = table_cell(&t, path, row, M_ORDER), items = table_cell(&t, path, row, M_ITEMS), method = table_cell(&t, path, row, M_METHOD);
    struct impute_step *s = &f->impute[f->n_impute];
    *s = (struct impute_step){.order = cell_int(r, &order, 1, 1000000, 0), .items = items.text.p, .method = method.text.p, .line = order.line};
    s->classes = csv_table_cell(&t, row, M_CLASSES).p;
    s->parameters = csv_table_cell(&t, row, M_PARAMETERS).p;
    if (!order.text.n) cell_problem(r, &order, E_FORM_EMPTY, "order", NULL);
    if (!items.text.n) cell_problem(r, &items, E_FORM_EMPTY, "items", NULL);
    if (!name_well_formed(method.text)) cell_problem(r, &method, E_FORM_NAME, NULL, NULL);
    if (f->n_impute && s->order <= s[-1].order && s->order) cell_problem(r, &order, E_FORM_NUMBER, NULL, "a number above that of the row before");
    reader_item_list(r, &items);
    f->n_impute++;
  }
  return E_OK;
}

enum err_code form_read_checks(struct form_reader *r, struct err *e) {
  TRY(read_check_table(r, e));
  return read_impute(r, e);
}
