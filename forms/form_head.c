/* form_head.c -- form.json: ids, titles, period, record types. Layouts and keys wait until the items are known (form_layouts.c). */
#include <string.h>

#include "forms/form_impl.h"

static const char *const PERIODS[] = {"month", "quarter", "year", "fiscal_year"};

static void member_problem(struct form_reader *r, const char *name, const char *expected) {
  PROBLEM(r, E_FORM_JSON_MEMBER, .file = r->head_path, .subject = name, .expected = expected);
}

/* A copy in the arena; "" and a problem when it must be there and is not. */
static const char *text_member(struct form_reader *r, const struct json_value *v, const char *name, bool filled) {
  const char *s = json_string(json_member(v, name));
  if (!s || (filled && !*s)) {
    member_problem(r, name, filled ? "a text that is not empty" : "a text");
    return "";
  }
  return reader_copy(r, s, strlen(s));
}

static void check_names(struct form_reader *r) {
  static const char *const known[] = {"survey", "form", "version", "title_ja", "title_en", "period", "since", "until", "predecessor", "event_date",
      "office_item", "records", "layouts", "codelists", "source", "note", "not_covered", "imputation", "frame"};
  const char *key;
  const struct json_value *value;
  for (size_t i = 0; json_member_at(r->head, i, &key, &value); i++) {
    bool found = false;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) found = found || strcmp(key, known[k]) == 0;
    if (!found) PROBLEM(r, E_FORM_JSON_UNKNOWN, .file = r->head_path, .subject = key);
  }
}

static void check_id(struct form_reader *r, const char *member, const char *is, const char *folder) {
  if (*folder && strcmp(is, folder) != 0) PROBLEM(r, E_FORM_ID, .file = r->head_path, .subject = member, .expected = folder, .found = is);
}

static void date_member(struct form_reader *r, const char *name) {
  const char *s = text_member(r, r->head, name, false);
  int64_t day;
  if (*s && !date_parse_iso(str_of(s), &day)) PROBLEM(r, E_FORM_DATE, .file = r->head_path, .subject = name, .expected = "YYYY-MM-DD or empty");
}

static void read_period(struct form_reader *r) {
  const char *s = json_member_string(r->head, "period", "");
  for (int i = 0; i < 4; i++)
    if (strcmp(s, PERIODS[i]) == 0) {
      r->form->period_kind = (enum period_kind)i;
      return;
    }
  member_problem(r, "period", "month, quarter, year or fiscal_year");
}

static void read_record(struct form_reader *r, const struct json_value *v, struct record_type *out) {
  out->name = text_member(r, v, "name", true);
  out->parent = text_member(r, v, "parent", false);
  if (*out->name && !name_well_formed(str_of(out->name))) PROBLEM(r, E_FORM_NAME, .file = r->head_path, .subject = out->name);
  if (!json_is_array(json_member(v, "keys"))) member_problem(r, "keys", "a list of item names");
}

static void check_records(struct form_reader *r) {
  struct form *f = r->form;
  for (int i = 0; i < f->n_records; i++) {
    const struct record_type *p = &f->records[i];
    for (int k = 0; k < i; k++)
      // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): n_records of them
      if (strcmp(p->name, f->records[k].name) == 0) PROBLEM(r, E_FORM_NAME_TWICE, .file = r->head_path, .subject = p->name);
    int steps = 0;
    for (; p && *p->parent && steps <= f->n_records; steps++) {
      const struct record_type *up = form_record(f, p->parent);
      if (!up) PROBLEM(r, E_FORM_NO_RECORD, .file = r->head_path, .subject = p->parent);
      p = up;
    }
    if (steps > f->n_records) {
      PROBLEM(r, E_FORM_CYCLE, .file = r->head_path, .subject = f->records[i].name);
      f->records[i].parent = ""; /* so that later steps end */
    }
  }
}

static enum err_code read_records(struct form_reader *r, struct err *e) {
  const struct json_value *list = json_member(r->head, "records");
  size_t n = json_is_array(list) ? json_length(list) : 0;
  if (n == 0 || n > 64) {
    member_problem(r, "records", "a list of 1 to 64 record types");
    n = n > 64 ? 64 : n;
  }
  r->form->records = ARENA_ARRAY(r->a, struct record_type, n + 1);
  if (!r->form->records) return reader_no_memory(r, e);
  r->form->n_records = (int)n;
  for (size_t i = 0; i < n; i++) read_record(r, json_element(list, i), &r->form->records[i]);
  check_records(r);
  return E_OK;
}

enum err_code form_read_head(struct form_reader *r, struct err *e) {
  struct form *f = r->form;
  check_names(r);
  f->survey = text_member(r, r->head, "survey", true);
  f->id = text_member(r, r->head, "form", true);
  f->version = text_member(r, r->head, "version", true);
  f->title_ja = text_member(r, r->head, "title_ja", true);
  f->title_en = text_member(r, r->head, "title_en", true);
  f->event_date = text_member(r, r->head, "event_date", false);
  f->office_item = text_member(r, r->head, "office_item", false);
  if (json_member(r->head, "frame")) f->frame = text_member(r, r->head, "frame", true);
  if (*f->frame && !name_well_formed(str_of(f->frame))) PROBLEM(r, E_FORM_NAME, .file = r->head_path, .subject = f->frame);
  (void)text_member(r, r->head, "predecessor", false);
  (void)text_member(r, r->head, "source", false);
  check_id(r, "survey", f->survey, r->files->survey);
  check_id(r, "form", f->id, r->files->form);
  check_id(r, "version", f->version, r->files->version);
  date_member(r, "since");
  date_member(r, "until");
  read_period(r);
  if (!json_is_array(json_member(r->head, "layouts"))) member_problem(r, "layouts", "a list");
  if (!json_is_object(json_member(r->head, "codelists")))
    member_problem(r, "codelists", "an object: name of a shared list and its SHA-256 or an empty text");
  return read_records(r, e);
}
