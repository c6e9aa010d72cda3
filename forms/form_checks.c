/* form_checks.c -- checks.csv and impute.csv. */
#include <string.h>

#include "forms/form_impl.h"

#define CHECK_COLUMNS "id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source"
enum { K_ID, K_SEVERITY, K_RECORD, K_UNIVERSE, K_EXPRESSION, K_MESSAGE_JA, K_MESSAGE_EN, K_REMEDY_JA, K_REMEDY_EN, K_SOURCE, K_WEIGHT };
static const int64_t CHECK_WEIGHT_MOST = (int64_t)1000000000 * 1000000;
#define IMPUTE_COLUMNS "order,items,method,classes,parameters,note"
enum { M_ORDER, M_ITEMS, M_METHOD, M_CLASSES, M_PARAMETERS };

static bool id_well_formed(struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    char c = s.p[i];
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) return false;
  }
  return s.n > 0 && s.n < 64;
}

static void check_texts(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row, const struct check_columns *at, struct check *k) {
  struct cell ja = table_cell(t, path, row, at->message_ja), en = table_cell(t, path, row, at->message_en);
  struct cell remedy_ja = table_cell(t, path, row, at->remedy_ja), remedy_en = table_cell(t, path, row, at->remedy_en);
  k->message_ja = ja.text.p;
  k->message_en = en.text.p;
  k->remedy_ja = remedy_ja.text.p;
  k->remedy_en = remedy_en.text.p;
  k->source = csv_table_cell(t, row, at->source).p;
  if (!ja.text.n) cell_problem(r, &ja, E_FORM_MESSAGE, k->id, NULL);
  if (!en.text.n) cell_problem(r, &en, E_FORM_MESSAGE, k->id, NULL);
  if (!remedy_ja.text.n != !remedy_en.text.n) cell_problem(r, remedy_ja.text.n ? &remedy_en : &remedy_ja, E_FORM_MESSAGE, k->id, NULL);
}

bool form_check_head(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row, const struct check_columns *at, struct check *k) {
  struct cell id = table_cell(t, path, row, at->id), severity = table_cell(t, path, row, at->severity), record = table_cell(t, path, row, at->record);
  struct cell universe = table_cell(t, path, row, at->universe), expression = table_cell(t, path, row, at->expression);
  int s = cell_word(r, &severity, "hard|soft|info");
  *k = (struct check){
      .id = id.text.p, .record = record.text.p, .universe_text = universe.text.p, .expression_text = expression.text.p, .line = id.line};
  k->severity = (enum check_severity)(s < 0 ? SEVERITY_HARD : s);
  if (!id_well_formed(id.text)) cell_problem(r, &id, E_FORM_NAME, NULL, "letters, digits, _ and -");
  if (!expression.text.n) cell_problem(r, &expression, E_FORM_EMPTY, "expression", NULL);
  check_texts(r, t, path, row, at, k);
  if (form_record(r->form, k->record)) return true;
  cell_problem(r, &record, E_FORM_NO_RECORD, NULL, NULL);
  return false;
}

enum err_code form_check_rule(struct form_reader *r, const struct cell *c, const struct check *k, struct expr **out, struct err *e) {
  TRY(reader_compile_group(r, c, k->record, k->group, out, e));
  if (*out && expr_result_type(*out) != EXPR_BOOL) cell_problem(r, c, E_FORM_EXPRESSION, k->id, "a truth");
  return E_OK;
}

void form_check_id_once(struct form_reader *r, const char *path, const struct check *k) {
  for (int i = 0; i < r->form->n_checks; i++)
    if (strcmp(r->form->checks[i].id, k->id) == 0) PROBLEM(r, E_FORM_NAME_TWICE, .file = path, .line = k->line, .column = K_ID + 1, .subject = k->id);
}

/* Of soft checks only: a hard one must hold at any cost, one for information costs nothing. An empty cell gives none. */
static void check_weight(struct form_reader *r, const struct cell *c, struct check *k) {
  int64_t weight = 0;
  if (!c->text.n) return;
  if (k->severity != SEVERITY_SOFT) cell_problem(r, c, E_FORM_CHECK_WEIGHT, k->id, "an empty cell");
  else if (!decimal_parse(c->text, CHECK_WEIGHT_DECIMALS, &weight) || weight <= 0 || weight > CHECK_WEIGHT_MOST)
    cell_problem(r, c, E_FORM_NUMBER, NULL, "a number from 0.000001 to 1000000000 with at most 6 decimals");
  else k->weight = weight;
}

static enum err_code read_check(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row, struct check *k, struct err *e) {
  static const struct check_columns at = {K_ID, K_SEVERITY, K_RECORD, K_UNIVERSE, K_EXPRESSION, K_MESSAGE_JA, K_MESSAGE_EN, K_REMEDY_JA, K_REMEDY_EN, K_SOURCE};
  struct cell universe = table_cell(t, path, row, K_UNIVERSE), expression = table_cell(t, path, row, K_EXPRESSION);
  if (!form_check_head(r, t, path, row, &at, k)) return E_OK;
  if (t->n_columns > K_WEIGHT) {
    const struct cell weight = table_cell(t, path, row, K_WEIGHT);
    check_weight(r, &weight, k);
  }
  TRY(form_check_rule(r, &universe, k, &k->universe, e));
  return form_check_rule(r, &expression, k, &k->expression, e);
}

static enum err_code read_check_table(struct form_reader *r, struct err *e) {
  struct csv_table t;
  const char *path;
  bool present;
  struct form *f = r->form;
  TRY(reader_table_with(r, "checks.csv", CHECK_COLUMNS, "weight", true, &t, &path, &present, e));
  if (!present) return E_OK;
  f->checks = ARENA_ARRAY(r->a, struct check, t.n_rows + 1);
  if (!f->checks) return reader_no_memory(r, e);
  for (int64_t row = 0; row < t.n_rows; row++) {
    struct check *k = &f->checks[row];
    TRY(read_check(r, &t, path, row, k, e));
    form_check_id_once(r, path, k);
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
