/* form_codes.c -- code lists: own ones in codes/, shared ones beside the library, pinned in form.json. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "forms/code_structure.h"
#include "forms/form_impl.h"

#define CODE_COLUMNS "code,label_ja,label_en,parent,valid_from,valid_to,status"
enum { C_CODE, C_LABEL_JA, C_LABEL_EN, C_PARENT, C_FROM, C_TO, C_STATUS };

static const enum value_status STATUSES[] = {VAL_REPORTED, VAL_UNKNOWN, VAL_NOT_APPLICABLE, VAL_REFUSED, VAL_INVALID};
#define STATUS_WORDS "valid|unknown|not_applicable|refused|heading"

static int by_code(const void *a, const void *b) {
  const struct code *x = a, *y = b;
  int order = str_cmp(x->code, y->code);
  if (order) return order;
  if (x->valid_from != y->valid_from) return x->valid_from < y->valid_from ? -1 : 1;
  return x->line < y->line ? -1 : x->line > y->line;
}

/* The row `*`: its status structure:NAME accepts every code of that form, besides the rows. */
static void read_star(struct form_reader *r, struct codelist *l, const struct code *any, const struct cell *status) {
  struct str rule, kind = str_split(status->text, ':', &rule);
  if (l->any || !str_eq(kind, STR("structure")) || !code_structure_known(rule)) {
    cell_problem(r, status, E_CODELIST_STRUCTURE, NULL, NULL);
    return;
  }
  l->structure = rule.p;
  l->any = any;
}

static void read_code(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row, struct code *c) {
  struct cell code = table_cell(t, path, row, C_CODE), ja = table_cell(t, path, row, C_LABEL_JA);
  struct cell from = table_cell(t, path, row, C_FROM), to = table_cell(t, path, row, C_TO);
  *c = (struct code){.code = code.text,
      .label_ja = ja.text,
      .label_en = csv_table_cell(t, row, C_LABEL_EN),
      .parent = csv_table_cell(t, row, C_PARENT),
      .line = code.line};
  c->valid_from = cell_date(r, &from, INT64_MIN);
  c->valid_to = cell_date(r, &to, INT64_MAX);
  if (!code.text.n) cell_problem(r, &code, E_FORM_EMPTY, "code", NULL);
  if (!ja.text.n) cell_problem(r, &ja, E_FORM_EMPTY, "label_ja", NULL);
  if (c->valid_from > c->valid_to) cell_problem(r, &to, E_FORM_RANGE, code.text.p, NULL);
}

static enum err_code read_rows(struct form_reader *r, const struct csv_table *t, struct codelist *l, struct err *e) {
  struct code *any = ARENA_NEW(r->a, struct code);
  l->codes = ARENA_ARRAY(r->a, struct code, t->n_rows + 1);
  if (!any || !l->codes) return reader_no_memory(r, e);
  for (int64_t row = 0; row < t->n_rows; row++) {
    struct code *c = &l->codes[l->n_codes];
    struct cell status = table_cell(t, l->file, row, C_STATUS);
    read_code(r, t, l->file, row, c);
    if (str_eq(c->code, STR("*"))) {
      *any = *c;
      read_star(r, l, any, &status);
      continue;
    }
    int word = cell_word(r, &status, STATUS_WORDS);
    c->status = STATUSES[word < 0 ? 0 : word];
    l->n_codes++;
  }
  if (l->n_codes) qsort(l->codes, (size_t)l->n_codes, sizeof *l->codes, by_code);
  return E_OK;
}

static void check_codes(struct form_reader *r, const struct codelist *l) {
  for (int64_t i = 1; i < l->n_codes; i++) {
    const struct code *c = &l->codes[i];
    if (str_eq(c[-1].code, c->code) && c[-1].valid_to >= c->valid_from)
      PROBLEM(
          r, E_CODELIST_OVERLAP, .file = l->file, .line = c->line > c[-1].line ? c->line : c[-1].line, .column = C_CODE + 1, .subject = c->code.p);
  }
  if (l->shared) return; /* their parents may stand in another list; tests/reference/test_code_lists.c checks them */
  for (int64_t i = 0; i < l->n_codes; i++)
    if (l->codes[i].parent.n && !codelist_find(l, l->codes[i].parent, INT64_MIN))
      PROBLEM(r, E_CODELIST_PARENT, .file = l->file, .line = l->codes[i].line, .column = C_PARENT + 1, .subject = l->codes[i].parent.p);
}

/* The dictionary holds what an answer can be: no headings, each text once. */
static enum err_code fill_dictionary(struct form_reader *r, struct codelist *l, struct err *e) {
  l->dict = dict_new(r->a);
  if (!l->dict) return reader_no_memory(r, e);
  for (int64_t i = 0; i < l->n_codes; i++)
    if (l->codes[i].status != VAL_INVALID && dict_add(l->dict, l->codes[i].code) < 0) return reader_no_memory(r, e);
  int32_t n = dict_count(l->dict);
  struct str *answers = ARENA_ARRAY(r->a, struct str, n + 1);
  if (!answers) return reader_no_memory(r, e);
  for (int32_t i = 0; i < n; i++) answers[i] = dict_text(l->dict, i);
  l->answers = answers;
  return E_OK;
}

enum err_code codelist_parse(
    struct form_reader *r, const char *name, const char *path, struct str text, bool shared, struct codelist **out, struct err *e) {
  struct csv_table t;
  struct err problem = {0};
  *out = NULL;
  enum err_code code = csv_table_parse(r->a, path, text.p, text.n, &t, &problem);
  if (code == E_NO_MEMORY) return reader_no_memory(r, e);
  if (code) {
    reader_take(r, &problem);
    return E_OK;
  }
  for (int i = 0; i <= C_STATUS; i++) {
    struct str rest = str_of(CODE_COLUMNS), want = rest;
    for (int k = 0; k <= i; k++) want = str_split(rest, ',', &rest);
    if (t.n_columns == C_STATUS + 1 && str_eq(want, t.header[i])) continue;
    PROBLEM(r, E_FORM_COLUMNS, .file = path, .line = 1, .column = i + 1, .expected = CODE_COLUMNS);
    return E_OK;
  }
  struct codelist *l = ARENA_NEW(r->a, struct codelist);
  if (!l) return reader_no_memory(r, e);
  *l = (struct codelist){.name = name, .file = path, .shared = shared, .structure = ""};
  TRY(read_rows(r, &t, l, e));
  TRY(fill_dictionary(r, l, e));
  TRY(table_hash(&t, path, l->hash, e));
  check_codes(r, l);
  *out = l;
  return E_OK;
}

static bool has_list(const struct form *f, const char *name) {
  for (int i = 0; i < f->n_codelists; i++)
    if (strcmp(f->codelists[i]->name, name) == 0) return true;
  return false;
}

static enum err_code read_own(struct form_reader *r, struct err *e) {
  for (int i = 0; i < r->files->n_files; i++) {
    const struct form_file *f = &r->files->files[i];
    size_t n = strlen(f->name);
    if (strncmp(f->name, "codes/", 6) != 0 || n < 11 || strcmp(f->name + n - 4, ".csv") != 0) continue;
    const char *name = arena_strdup(r->a, f->name + 6, n - 10);
    if (!name) return reader_no_memory(r, e);
    if (!name_well_formed(str_of(name))) PROBLEM(r, E_FORM_NAME, .file = f->path, .subject = name);
    struct codelist *l;
    TRY(codelist_parse(r, name, f->path, f->text, false, &l, e));
    if (l) r->form->codelists[r->form->n_codelists++] = l;
  }
  return E_OK;
}

static void check_pin(struct form_reader *r, const struct codelist *l, const char *pin) {
  char hex[65];
  hex_encode(l->hash, sizeof l->hash, hex);
  if (*pin && strcmp(pin, hex) != 0) PROBLEM(r, E_FORM_LIST_CHANGED, .file = r->head_path, .subject = l->name, .expected = pin, .found = hex);
}

static enum err_code read_shared(struct form_reader *r, const char *name, const char *pin, struct err *e) {
  const char *path = arena_printf(r->a, "%s/codelists/%s.csv", r->forms ? r->forms : "", name);
  struct str text;
  struct codelist *l = NULL;
  if (!path) return reader_no_memory(r, e);
  if (has_list(r->form, name)) {
    PROBLEM(r, E_FORM_NAME_TWICE, .file = r->head_path, .subject = name, .expected = "a shared list, or one in codes/");
    return E_OK;
  }
  enum err_code code = r->forms ? form_file_load(r->a, path, &text, NULL) : E_FILE_OPEN;
  if (code == E_NO_MEMORY) return reader_no_memory(r, e);
  if (code) PROBLEM(r, E_FORM_NO_CODELIST, .file = r->head_path, .subject = name, .expected = path);
  else TRY(codelist_parse(r, name, path, text, true, &l, e));
  if (!l) return E_OK;
  check_pin(r, l, pin);
  r->form->codelists[r->form->n_codelists++] = l;
  return E_OK;
}

static enum err_code read_profiles(struct form_reader *r, struct err *e) {
  struct codelist *l = NULL;
  struct str text;
  if (!r->forms) return E_OK;
  const char *path = arena_printf(r->a, "%s/codelists/disclosure_profiles.csv", r->forms);
  enum err_code code = path ? form_file_load(r->a, path, &text, NULL) : E_NO_MEMORY;
  if (code == E_NO_MEMORY) return reader_no_memory(r, e);
  if (!code) TRY(codelist_parse(r, "disclosure_profiles", path, text, true, &l, e));
  r->profiles = l;
  return E_OK;
}

enum err_code form_read_codes(struct form_reader *r, struct err *e) {
  const struct json_value *pins = json_member(r->head, "codelists"), *value;
  const char *name;
  int n = r->files->n_files;
  for (size_t i = 0; json_member_at(pins, i, &name, &value); i++) n++;
  r->form->codelists = ARENA_ARRAY(r->a, struct codelist *, n + 1);
  r->list_used = ARENA_ARRAY(r->a, bool, n + 1);
  if (!r->form->codelists || !r->list_used) return reader_no_memory(r, e);
  TRY(read_own(r, e));
  for (size_t i = 0; json_member_at(pins, i, &name, &value); i++) {
    const char *copy = arena_strdup(r->a, name, strlen(name));
    if (!copy) return reader_no_memory(r, e);
    if (!json_string(value)) PROBLEM(r, E_FORM_JSON_MEMBER, .file = r->head_path, .subject = name, .expected = "a text: a SHA-256 in hex, or empty");
    else if (!name_well_formed(str_of(name))) PROBLEM(r, E_FORM_NAME, .file = r->head_path, .subject = name);
    else TRY(read_shared(r, copy, json_string(value), e));
  }
  return read_profiles(r, e);
}

void form_check_lists(struct form_reader *r) {
  for (int i = 0; i < r->form->n_codelists; i++)
    if (!r->list_used[i])
      PROBLEM(r, E_CODELIST_UNUSED, .file = r->form->codelists[i]->shared ? r->head_path : r->form->codelists[i]->file,
          .subject = r->form->codelists[i]->name);
}

enum err_code codelist_read_shared(
    struct arena *a, const struct job *job, const char *forms, const char *name, const struct codelist **out, struct err *e) {
  struct form_files files = {.folder = forms};
  struct form_reader r = {.a = a, .job = job, .files = &files, .forms = forms};
  const char *path = name_well_formed(str_of(name)) ? arena_printf(a, "%s/codelists/%s.csv", forms, name) : NULL;
  struct str text;
  struct codelist *l;
  *out = NULL;
  if (!path || form_file_load(a, path, &text, e)) return ERR(e, E_CODELIST_NONE, .file = path, .subject = name);
  TRY(codelist_parse(&r, name, path, text, true, &l, e));
  if (r.n_problems) {
    if (e) *e = r.first;
    return r.first.code;
  }
  *out = l;
  return E_OK;
}
