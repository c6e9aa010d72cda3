/* form_items.c -- items.csv, cell by cell; what concerns several cells or items is form_item_rules.c. */
#include <stdio.h>

#include "forms/form_impl.h"

#define ITEM_COLUMNS                                                                                                                                 \
  "name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,"      \
  "expression,as_of,era_table,required,note"
enum {
  I_NAME,
  I_LABEL_JA,
  I_LABEL_EN,
  I_RECORD,
  I_CLASS,
  I_TYPE,
  I_UNIT,
  I_MULTIPLIER,
  I_DECIMALS,
  I_MIN,
  I_MAX,
  I_CODELIST,
  I_MISSING,
  I_UNIVERSE,
  I_POSITION,
  I_BYTES,
  I_SINCE,
  I_UNTIL,
  I_PART,
  I_ORIGIN,
  I_EXPRESSION,
  I_AS_OF,
  I_ERA_TABLE,
  I_REQUIRED,
  I_NOTE
};
enum { TYPE_INT, TYPE_CODE, TYPE_TEXT, TYPE_DATE };

static bool type_fits(enum item_class class, int type) {
  switch (class) {
    case CLASS_CODE: return type == TYPE_CODE;
    case CLASS_FLAG: return type == TYPE_CODE || type == TYPE_INT;
    case CLASS_COUNT:
    case CLASS_AMOUNT:
    case CLASS_RATE: return type == TYPE_INT;
    case CLASS_DATE:
    case CLASS_WAREKI: return type == TYPE_DATE;
    case CLASS_TEXT:
    case CLASS_NAME: return type == TYPE_TEXT;
    case CLASS_PERIOD: return type == TYPE_TEXT || type == TYPE_CODE;
  }
  return false;
}

static void read_kind(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row, struct item *it) {
  struct cell class = table_cell(t, path, row, I_CLASS), type = table_cell(t, path, row, I_TYPE);
  int c = cell_word(r, &class, "code|count|amount|rate|date|wareki|text|name|flag|period"), k = cell_word(r, &type, "int|code|text|date");
  if (c < 0 || k < 0) return;
  it->class = (enum item_class)c;
  it->type = k == TYPE_CODE ? COL_CODE : k == TYPE_TEXT ? COL_TEXT : COL_INT;
  if (!type_fits(it->class, k)) cell_problem(r, &type, E_FORM_CLASS_TYPE, it->name, class.text.p);
}

static bool is_date(const struct item *it) { return it->class == CLASS_DATE || it->class == CLASS_WAREKI; }

static bool read_limit(struct form_reader *r, const struct cell *c, const struct item *it, int64_t *out) {
  if (!c->text.n) return false;
  if (it->type != COL_INT) cell_problem(r, c, E_FORM_NUMBER, NULL, "nothing: only numbers and dates have limits");
  else if (is_date(it) ? date_parse_iso(c->text, out) : decimal_parse(c->text, it->decimals, out)) return true;
  else cell_problem(r, c, E_FORM_NUMBER, NULL, is_date(it) ? "a date YYYY-MM-DD" : "a number with no more decimals than the column decimals allows");
  return false;
}

static void read_numbers(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row, struct item *it) {
  struct cell multiplier = table_cell(t, path, row, I_MULTIPLIER), decimals = table_cell(t, path, row, I_DECIMALS);
  struct cell low = table_cell(t, path, row, I_MIN), high = table_cell(t, path, row, I_MAX);
  it->multiplier = cell_int(r, &multiplier, 1, 1000000000, 1);
  it->decimals = (int)cell_int(r, &decimals, 0, 9, 0);
  if (it->type != COL_INT && (it->multiplier != 1 || it->decimals))
    cell_problem(r, it->decimals ? &decimals : &multiplier, E_FORM_NUMBER, NULL, "1 and 0: only numbers are scaled");
  it->has_min = read_limit(r, &low, it, &it->min);
  it->has_max = read_limit(r, &high, it, &it->max);
  if (it->has_min && it->has_max && it->min > it->max) cell_problem(r, &low, E_FORM_RANGE, it->name, NULL);
}

static void read_place(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row, struct item *it) {
  struct cell position = table_cell(t, path, row, I_POSITION), bytes = table_cell(t, path, row, I_BYTES);
  struct cell since = table_cell(t, path, row, I_SINCE), until = table_cell(t, path, row, I_UNTIL);
  it->position = cell_int(r, &position, 1, 1 << 20, 0);
  it->bytes = cell_int(r, &bytes, 1, 1 << 16, 0);
  it->since = cell_date(r, &since, INT64_MIN);
  it->until = cell_date(r, &until, INT64_MAX);
  if (it->since > it->until) cell_problem(r, &since, E_FORM_RANGE, it->name, NULL);
}

static const struct codelist *find_list(struct form_reader *r, const struct cell *c) {
  if (!c->text.n) return NULL;
  for (int i = 0; i < r->form->n_codelists; i++)
    if (str_eq(c->text, str_of(r->form->codelists[i]->name))) {
      r->list_used[i] = true;
      return r->form->codelists[i];
    }
  cell_problem(r, c, E_FORM_NO_CODELIST, NULL, NULL);
  return NULL;
}

static void check_widths(struct form_reader *r, const struct cell *c, const struct item *it) {
  const struct codelist *l = it->codelist;
  for (int64_t i = 0; l && it->bytes && i < l->n_codes; i++)
    if (l->codes[i].status != VAL_INVALID && (int64_t)l->codes[i].code.n > it->bytes) {
      cell_problem(r, c, E_CODELIST_WIDTH, l->codes[i].code.p, NULL);
      return;
    }
}

/* text=status pairs; a text with an ordinary meaning in the code list cannot be missing as well. */
static void check_missing(struct form_reader *r, const struct cell *c, const struct item *it) {
  struct str rest = c->text;
  while (rest.n) {
    struct str status, pair = str_split(rest, ';', &rest), text = str_split(pair, '=', &status);
    uint8_t reason;
    bool known = missing_reason_parse(status, &reason);
    if (known && reason == VAL_PART_UNKNOWN)
      known = (it->class == CLASS_DATE || it->class == CLASS_WAREKI) && (str_eq(text, STR("99")) || str_eq(text, STR("不詳")));
    char shown[64];
    snprintf(shown, sizeof shown, "%.*s", (int)(pair.n < 60 ? pair.n : 60), pair.p);
    if (!known || pair.n == text.n) {
      cell_problem(r, c, E_FORM_MISSING, shown, "text=status with one of " MISSING_REASONS);
      continue;
    }
    for (struct str later = rest; later.n;) {
      struct str ignore, other = str_split(later, ';', &later);
      if (str_eq(str_split(other, '=', &ignore), text)) cell_problem(r, c, E_FORM_NAME_TWICE, shown, NULL);
    }
    const struct code *code = it->codelist && text.n ? codelist_find(it->codelist, text, INT64_MIN) : NULL;
    if (code && code != it->codelist->any && code->status == VAL_REPORTED) cell_problem(r, c, E_FORM_MISSING_CLASH, shown, NULL);
  }
}

static void read_lists(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row, struct item *it) {
  struct cell list = table_cell(t, path, row, I_CODELIST), missing = table_cell(t, path, row, I_MISSING), era = table_cell(t, path, row, I_ERA_TABLE);
  it->codelist = find_list(r, &list);
  it->missing = missing.text.p;
  it->era_table = era.text.p;
  if (it->codelist && it->type != COL_CODE) cell_problem(r, &list, E_FORM_CLASS_TYPE, it->name, "type code, or no code list");
  check_widths(r, &list, it);
  check_missing(r, &missing, it);
  if (era.text.n && find_list(r, &era) && it->class != CLASS_WAREKI) cell_problem(r, &era, E_FORM_ERA_TABLE, it->name, NULL);
}

static void read_words(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row, struct item *it) {
  struct cell part = table_cell(t, path, row, I_PART), origin = table_cell(t, path, row, I_ORIGIN), required = table_cell(t, path, row, I_REQUIRED);
  struct cell record = table_cell(t, path, row, I_RECORD);
  int p = cell_word(r, &part, "ID|LINK|ANSWER|PARADATA"), o = cell_word(r, &origin, "reported|derived");
  it->part = (enum item_part)(p < 0 ? PART_ANSWER : p);
  it->origin = o == 1 ? ORIGIN_DERIVED : ORIGIN_REPORTED;
  it->required = required.text.n && cell_word(r, &required, "yes") == 0;
  it->record = record.text.p;
  if (!form_record(r->form, it->record)) cell_problem(r, &record, E_FORM_NO_RECORD, NULL, NULL);
}

static void read_texts(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row, struct item *it) {
  struct cell name = table_cell(t, path, row, I_NAME), ja = table_cell(t, path, row, I_LABEL_JA), en = table_cell(t, path, row, I_LABEL_EN);
  struct cell note = table_cell(t, path, row, I_NOTE), expression = table_cell(t, path, row, I_EXPRESSION);
  it->name = name.text.p;
  it->label_ja = ja.text.p;
  it->label_en = en.text.p;
  it->unit = csv_table_cell(t, row, I_UNIT).p;
  it->universe_text = csv_table_cell(t, row, I_UNIVERSE).p;
  it->expression_text = expression.text.p;
  it->as_of = csv_table_cell(t, row, I_AS_OF).p;
  it->line = name.line;
  if (!name_well_formed(name.text)) cell_problem(r, &name, E_FORM_NAME, NULL, NULL);
  if (!ja.text.n) cell_problem(r, &ja, E_FORM_EMPTY, "label_ja", NULL);
  if (!en.text.n) cell_problem(r, &en, E_FORM_EMPTY, "label_en", NULL);
  read_words(r, t, path, row, it);
  bool ministry = str_starts(note.text, STR("ministry:")) && str_trim(str_view(note.text.p + 9, note.text.n - 9)).n > 0;
  if (it->origin == ORIGIN_REPORTED && expression.text.n) cell_problem(r, &expression, E_FORM_REPORTED, it->name, NULL);
  if (it->origin == ORIGIN_DERIVED && !expression.text.n && !ministry) cell_problem(r, &expression, E_FORM_DERIVED, it->name, NULL);
}

enum err_code form_read_items(struct form_reader *r, struct err *e) {
  struct csv_table t;
  const char *path;
  bool present;
  TRY(reader_table(r, "items.csv", ITEM_COLUMNS, true, &t, &path, &present, e));
  if (!present) return E_OK;
  r->form->items = ARENA_ARRAY(r->a, struct item, t.n_rows + 1);
  if (!r->form->items) return reader_no_memory(r, e);
  r->form->n_items = (int)t.n_rows;
  for (int64_t row = 0; row < t.n_rows; row++) {
    struct item *it = &r->form->items[row];
    read_texts(r, &t, path, row, it);
    read_kind(r, &t, path, row, it);
    read_numbers(r, &t, path, row, it);
    read_place(r, &t, path, row, it);
    read_lists(r, &t, path, row, it);
  }
  if (!t.n_rows) PROBLEM(r, E_FORM_EMPTY, .file = path, .line = 1, .subject = "items.csv");
  return E_OK;
}
