/* application_items.c -- see application_items.h. */
#include "secure-store/use/application_items.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/cli.h"
#include "base/ext_csv.h"
#include "secure-store/extract/source.h"
#include "secure-store/rights/name_check.h"

enum { NEAREST = 3, SENSITIVE_BYTES_MAX = 1 << 20 };

bool use_item_split(struct str line, struct str *name, struct str *why) {
  *name = str_trim(str_split(line, ':', why));
  *why = str_trim(*why);
  return name->n > 0 && why->n > 0;
}
static const char *copy(struct arena *a, struct str s) { return arena_strdup(a, s.p, s.n); }

/* --- the forms of the datasets --- */

static bool plain_name(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", s.p[i])) return false;
  return s.n > 0 && s.n < 64;
}
static enum err_code form_of(struct arena *a, struct str dataset, const struct form **out, struct err *e) {
  struct str rest, period;
  struct form *f = NULL;
  struct period p;
  struct err why;
  const struct str survey = str_split(dataset, '/', &rest), form = str_split(rest, '/', &period);
  const struct job silent = {.arena = a, .n_threads = 1};
  const char *name = copy(a, dataset), *survey_id = copy(a, survey), *form_id = copy(a, form);
  if (!name || !survey_id || !form_id) return ERR(e, E_NO_MEMORY, .subject = "dataset");
  if (!plain_name(survey) || !plain_name(form) || !period_parse(period, &p)) return ERR(e, E_USE_DATASET, .subject = name,
      .expected = "SURVEY/FORM/PERIOD");
  if (form_read(a, &silent, forms_folder(), survey_id, form_id, NULL, period_last_day(&p), &f, NULL, &why))
    return ERR(e, E_USE_DATASET, .subject = name, .found = why.subject);
  *out = f;
  return E_OK;
}
static enum err_code forms_of(struct arena *a, const struct application *x, struct use_items *out, struct err *e) {
  struct str line;
  out->form = ARENA_ARRAY(a, const struct form *, USE_DATASETS_MAX);
  out->dataset = ARENA_ARRAY(a, struct str, USE_DATASETS_MAX);
  if (!out->form || !out->dataset) return ERR(e, E_NO_MEMORY, .subject = x->id);
  for (int i = 0; row_list_at(x->datasets, i, &line); i++) {
    if (i == USE_DATASETS_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = "--dataset", .expected = "at most 128");
    for (int k = 0; k < i; k++)
      if (str_eq(out->dataset[k], line)) return ERR(e, E_USE_FIELD, .subject = "dataset", .found = copy(a, line), .expected = "each dataset once");
    out->dataset[i] = line;
    TRY(form_of(a, line, &out->form[i], e));
    out->n_datasets = i + 1;
  }
  return E_OK;
}

/* --- names --- */

struct near {
  const char *name;
  int distance;
};
static void keep_near(struct near list[NEAREST], const char *name, int distance) {
  for (int i = 0; i < NEAREST; i++) {
    if (list[i].name && strcmp(list[i].name, name) == 0) return;
    if (list[i].name && list[i].distance <= distance) continue;
    memmove(list + i + 1, list + i, sizeof *list * (size_t)(NEAREST - 1 - i));
    list[i] = (struct near){name, distance};
    return;
  }
}
/* Names within a third of the word, and items whose label was written or whose name stands in other letters. */
static enum err_code unknown_item(struct arena *a, const struct use_items *items, struct str name, struct err *e) {
  struct near near[NEAREST] = {{NULL, 0}};
  const char *word = copy(a, name), *first = items->form[0]->id;
  if (!word) return ERR(e, E_NO_MEMORY, .subject = "item");
  for (int d = 0; d < items->n_datasets; d++)
    for (int i = 0; i < items->form[d]->n_items; i++) {
      const struct item *it = &items->form[d]->items[i];
      const int distance = name_same(it->name, word) || name_same(it->label_ja, word) || name_same(it->label_en, word) ? 0 : cli_distance(it->name,
          word);
      if (distance <= 2 || (size_t)distance <= name.n / 3) keep_near(near, it->name, distance);
    }
  const char *text = near[0].name ? arena_printf(a, "%s%s%s%s%s", near[0].name, near[1].name ? ", " : "", near[1].name ? near[1].name : "",
      near[2].name ? ", " : "", near[2].name ? near[2].name : "") : arena_printf(a, "a name of the codebook of %s", first);
  return ERR(e, E_USE_ITEM, .subject = word, .expected = text ? text : "");
}
static enum err_code find_item(struct arena *a, const struct use_items *items, struct use_item *x, struct err *e) {
  const char *name = copy(a, x->name);
  if (!name) return ERR(e, E_NO_MEMORY, .subject = "item");
  for (int d = 0; !x->item && d < items->n_datasets; d++) {
    x->item = form_item(items->form[d], name);
    x->form = x->item ? items->form[d] : NULL;
  }
  return x->item ? E_OK : unknown_item(a, items, x->name, e);
}
static enum err_code names_of(struct arena *a, const struct application *x, struct use_items *out, struct err *e) {
  struct str rest = str_of(x->items);
  out->item = ARENA_ARRAY(a, struct use_item, USE_ITEMS_MAX);
  if (!out->item) return ERR(e, E_NO_MEMORY, .subject = x->id);
  while (rest.n > 0) {
    struct use_item *i = &out->item[out->n];
    if (out->n == USE_ITEMS_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = "--item", .expected = "at most 2048");
    *i = (struct use_item){.item = NULL};
    (void)use_item_split(str_split(rest, '\n', &rest), &i->name, &i->why);
    if (i->name.n == 0) return ERR(e, E_USE_FIELD, .subject = "item", .expected = "ITEM: why it is needed");
    for (int k = 0; k < out->n; k++)
      if (str_eq(out->item[k].name, i->name)) return ERR(e, E_USE_FIELD, .subject = "item", .found = copy(a, i->name),
          .expected = "each item once");
    if (out->n_datasets > 0) TRY(find_item(a, out, i, e));
    out->n++;
  }
  return E_OK;
}

/* --- the list of sensitive items --- */

static const char *const columns[] = {"survey", "form", "item", "reason_ja", "reason_en", "source", "status"};
enum { SURVEY, FORM, ITEM, REASON_JA, REASON_EN, SOURCE, STATUS, N_COLUMNS };
static enum err_code bad_list(const char *place, int64_t line, int column, const char *expected, struct err *e) {
  return ERR(e, E_USE_SENSITIVE, .file = place, .line = line, .column = column + 1, .subject = columns[column], .expected = expected);
}
enum err_code use_sensitive_parse(struct arena *a, const char *place, struct str csv, struct use_sensitive_list *out, struct err *e) {
  struct csv_table t;
  int at[N_COLUMNS];
  TRY(csv_table_parse(a, place, csv.p, csv.n, &t, e));
  for (int i = 0; i < N_COLUMNS; i++)
    if ((at[i] = csv_table_column(&t, columns[i])) < 0) return bad_list(place, 1, i, "this column in the heading", e);
  *out = (struct use_sensitive_list){ARENA_ARRAY(a, struct use_sensitive, t.n_rows + 1), t.n_rows};
  if (!out->row) return ERR(e, E_NO_MEMORY, .file = place);
  for (int64_t k = 0; k < t.n_rows; k++) {
    struct str c[N_COLUMNS];
    for (int i = 0; i < N_COLUMNS; i++) {
      c[i] = csv_table_cell(&t, k, at[i]);
      if (c[i].n == 0) return bad_list(place, t.lines[k], i, "a text", e);
    }
    if (!str_eq(c[STATUS], STR("V")) && !str_eq(c[STATUS], STR("F")) && !str_eq(c[STATUS], STR("M"))) return bad_list(place, t.lines[k], STATUS,
        "V, F or M", e);
    out->row[k] = (struct use_sensitive){c[SURVEY], c[FORM], c[ITEM], c[REASON_JA], c[REASON_EN], c[SOURCE], c[STATUS].p[0]};
  }
  return E_OK;
}
static void mark(const struct use_sensitive_list *list, struct use_items *items) {
  for (int i = 0; i < items->n; i++)
    for (int64_t k = 0; items->item[i].form && !items->item[i].sensitive && k < list->n; k++) {
      const struct use_sensitive *r = &list->row[k];
      if (str_eq(r->survey, str_of(items->item[i].form->survey)) && str_eq(r->item, items->item[i].name) &&
          (str_eq(r->form, STR("*")) || str_eq(r->form, str_of(items->item[i].form->id))))
        items->item[i].sensitive = r;
    }
}
/* A library without the list says so by `listed`. */
static enum err_code mark_sensitive(struct arena *a, struct use_items *items, struct err *e) {
  char path[4096];
  uint8_t *p = NULL;
  size_t n;
  struct use_sensitive_list list;
  snprintf(path, sizeof path, "%.4000s/secure/sensitive_items.csv", forms_folder());
  if (access(path, F_OK) != 0) return E_OK;
  TRY(file_read(path, SENSITIVE_BYTES_MAX, &p, &n, e));
  const char *text = arena_strdup(a, (const char *)p, n), *place = arena_strdup(a, path, strlen(path));
  free(p);
  if (!text || !place) return ERR(e, E_NO_MEMORY, .file = path);
  TRY(use_sensitive_parse(a, place, str_view(text, n), &list, e));
  items->listed = true;
  mark(&list, items);
  return E_OK;
}

enum err_code application_items(struct arena *a, const struct application *x, struct use_items *out, struct err *e) {
  *out = (struct use_items){.n = 0};
  TRY(forms_of(a, x, out, e));
  TRY(names_of(a, x, out, e));
  return mark_sensitive(a, out, e);
}

/* --- purpose --- */

enum err_code application_shape(const struct application *x, const struct use_items *items, struct err *e) {
  enum grant_basis basis;
  const char *why;
  if (!grant_basis_parse(str_of(x->basis), &basis)) return E_OK;
  for (int i = 0; i < items->n; i++)
    if (items->item[i].item && !extract_part_allowed(basis, (uint8_t)items->item[i].item->part, &why))
      return ERR(e, E_USE_ITEM_SHAPE, .subject = items->item[i].item->name, .expected = x->basis, .found = why);
  return E_OK;
}

/* --- rows and area --- */

bool use_area_code(const char *kind, struct str *code) {
  if (strncmp(kind, "local:", 6) != 0) return false;
  *code = str_of(kind + 6);
  return (code->n == 2 || code->n == 5 || code->n == 6) && strspn(code->p, "0123456789") == code->n;
}
static enum err_code no_area(const struct use_items *items, int i, struct arena *a, const char *expected, struct err *e) {
  const char *name = copy(a, items->dataset[i]);
  return ERR(e, E_USE_AREA, .subject = name ? name : "", .expected = expected, .found = "rule of the own area " USE_AREA_SOURCE);
}
/* The policy's item for this form, else the form's own. */
static const struct item *area_item(const struct use_policy *p, const struct form *f) {
  struct str line, item, form;
  char name[128];
  for (int i = 0; row_list_at(p->area_items, i, &line); i++) {
    const struct str dataset = str_split(line, ' ', &item), survey = str_split(dataset, '/', &form);
    if (!str_eq(survey, str_of(f->survey)) || !str_eq(form, str_of(f->id)) || item.n >= sizeof name) continue;
    snprintf(name, sizeof name, "%.*s", (int)item.n, item.p);
    return form_item(f, name);
  }
  return f->office_item[0] ? form_item(f, f->office_item) : NULL;
}
static enum err_code area_clause(struct arena *a, const struct application *x, const struct use_items *items, int i, const struct use_policy *p,
    const char **out, struct err *e) {
  struct str code;
  *out = "";
  if (strncmp(x->applicant_kind, "local:", 6) != 0 || strcmp(p->area, "own") != 0) return E_OK;
  if (!use_area_code(x->applicant_kind, &code)) return ERR(e, E_USE_FIELD, .subject = "applicant-kind", .expected = "local:CODE of 2, 5 or 6 digits");
  const struct item *it = area_item(p, items->form[i]);
  if (!it || it->type != COL_CODE) return no_area(items, i, a, "an item that tells the area", e);
  const bool prefecture = it->codelist && strcmp(it->codelist->name, "prefectures") == 0;
  if (prefecture && code.n != 2) return no_area(items, i, a, "an item that tells the municipality", e);
  *out = prefecture || code.n == 6 ? arena_printf(a, "%s = '%.*s'", it->name, (int)code.n, code.p)
                                   : arena_printf(a, "prefix(%s, %d) = '%.*s'", it->name, (int)code.n, (int)code.n, code.p);
  return *out ? E_OK : ERR(e, E_NO_MEMORY, .subject = "rows");
}
static enum err_code compiles(struct arena *a, const struct form *f, const char *text, struct err *e) {
  struct expr *x;
  const struct expr_scope scope = form_scope(f);
  struct err why;
  if (expr_compile(a, str_of(text), &scope, "rows", 1, 1, &x, &why)) return ERR(e, E_USE_ROWS, .subject = text, .column = why.column,
      .found = why.subject);
  if (expr_result_type(x) != EXPR_BOOL) return ERR(e, E_USE_ROWS, .subject = text, .expected = "a condition");
  for (int k = 0; k < expr_n_slots(x); k++)
    if (expr_slot(x, k)->kind != EXPR_SLOT_CURRENT) return ERR(e, E_USE_ROWS, .subject = text, .expected = "items of one record");
  return E_OK;
}
enum err_code application_filter(struct arena *a, const struct application *x, const struct use_items *items, int i, const struct use_policy *p,
    const char **out, struct err *e) {
  const char *area;
  const bool all = strcmp(x->rows, "all") == 0;
  TRY(area_clause(a, x, items, i, p, &area, e));
  if (!all) TRY(compiles(a, items->form[i], x->rows, e)); /* by itself: `1 = 1) or (sex = 1` must not climb out of the parentheses */
  *out = all ? area : area[0] ? arena_printf(a, "%s and (%s)", area, x->rows) : copy(a, str_of(x->rows));
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "rows");
  if (strlen(*out) >= GRANT_FILTER_BYTES) return ERR(e, E_USE_ROWS, .subject = x->rows, .expected = "a shorter condition");
  return all && !area[0] ? E_OK : compiles(a, items->form[i], *out, e);
}

/* --- all of it --- */

static enum err_code check_all(struct store *s, struct arena *a, const struct application *x, struct err *e) {
  struct use_items items;
  struct use_policy p;
  const char *filter;
  TRY(use_policy_read(s, &p, e));
  TRY(application_items(a, x, &items, e));
  TRY(application_shape(x, &items, e));
  for (int i = 0; x->rows[0] && i < items.n_datasets; i++) TRY(application_filter(a, x, &items, i, &p, &filter, e));
  return E_OK;
}
enum err_code application_check_items(struct store *s, const struct application *x, struct err *e) {
  struct arena *a = arena_new(0);
  if (!a) return ERR(e, E_NO_MEMORY, .subject = x->id);
  const enum err_code code = check_all(s, a, x, e);
  arena_free(a);
  return code;
}
