/* form_layouts.c -- what form.json says about items: keys of the record types, event date, office item, file layouts. */
#include <string.h>

#include "forms/form_impl.h"

static const struct item *named_item(struct form_reader *r, const char *name) {
  const struct item *it = name ? form_item(r->form, name) : NULL;
  if (!it) PROBLEM(r, E_FORM_NO_ITEM, .file = r->head_path, .subject = name ? name : "(not a text)");
  return it;
}

static enum err_code read_record_keys(struct form_reader *r, struct record_type *record, const struct json_value *list, struct err *e) {
  size_t n = json_length(list);
  record->keys = ARENA_ARRAY(r->a, const struct item *, n + 1);
  if (!record->keys) return reader_no_memory(r, e);
  for (size_t i = 0; i < n; i++) {
    const struct item *it = named_item(r, json_string(json_element(list, i)));
    if (!it) continue;
    if (!it->required || !record_reaches(r->form, record->name, it->record)) PROBLEM(r, E_FORM_KEY, .file = r->head_path, .subject = it->name);
    record->keys[record->n_keys++] = it;
  }
  return E_OK;
}

/* --- layouts --- */
static const char *heading_of(struct form_reader *r, const struct json_value *entry, const struct item *it) {
  const char *heading = json_string(json_member(entry, "heading"));
  if (!heading || !*heading) return it->label_ja;
  return reader_copy(r, heading, strlen(heading));
}

static enum err_code read_layout_items(struct form_reader *r, struct layout *l, const struct json_value *list, struct err *e) {
  size_t n = json_length(list);
  l->items = ARENA_ARRAY(r->a, const struct item *, n + 1);
  l->headings = ARENA_ARRAY(r->a, const char *, n + 1);
  if (!l->items || !l->headings) return reader_no_memory(r, e);
  for (size_t i = 0; i < n; i++) {
    const struct json_value *entry = json_element(list, i);
    const struct item *it = named_item(r, json_is_object(entry) ? json_member_string(entry, "item", NULL) : json_string(entry));
    if (!it) continue;
    l->headings[l->n_items] = heading_of(r, entry, it);
    l->items[l->n_items++] = it;
  }
  return E_OK;
}

static void check_layout(struct form_reader *r, const struct layout *l) {
  bool fixed = strcmp(l->kind, "fixed") == 0;
  for (int i = 0; i < l->n_items; i++) {
    const struct item *a = l->items[i];
    if (fixed && (!a->position || !a->bytes)) PROBLEM(r, E_FORM_FIXED, .file = r->head_path, .subject = a->name);
    for (int k = 0; k < i; k++) {
      const struct item *b = l->items[k];
      if (a == b) PROBLEM(r, E_FORM_NAME_TWICE, .file = r->head_path, .subject = a->name);
      else if (l->header && strcmp(l->headings[i], l->headings[k]) == 0)
        PROBLEM(r, E_FORM_HEADING_TWICE, .file = r->head_path, .subject = l->name, .found = l->headings[i]);
      bool apart = a->position + a->bytes <= b->position || b->position + b->bytes <= a->position;
      if (fixed && !apart && strcmp(a->record, b->record) == 0)
        PROBLEM(r, E_FORM_POSITION, .file = r->head_path, .subject = a->name, .found = b->name);
    }
  }
}

/* text=status pairs as in items.csv. */
static const char *layout_missing(struct form_reader *r, const char *pairs) {
  struct str rest = str_of(pairs);
  while (rest.n) {
    struct str status, pair = str_split(rest, ';', &rest), text = str_split(pair, '=', &status);
    uint8_t reason;
    bool known = missing_reason_parse(status, &reason);
    if (!known || !text.n) PROBLEM(r, E_FORM_MISSING, .file = r->head_path, .subject = pairs, .expected = "text=status with one of " MISSING_REASONS);
  }
  return reader_copy(r, pairs, strlen(pairs));
}

static enum err_code read_layout(struct form_reader *r, const struct json_value *v, struct layout *l, struct err *e) {
  const char *name = json_member_string(v, "name", ""), *kind = json_member_string(v, "kind", "");
  if (!name_well_formed(str_of(name))) PROBLEM(r, E_FORM_NAME, .file = r->head_path, .subject = name);
  if (strcmp(kind, "csv") != 0 && strcmp(kind, "fixed") != 0)
    PROBLEM(r, E_FORM_WORD, .file = r->head_path, .subject = kind, .expected = "csv or fixed");
  l->name = arena_strdup(r->a, name, strlen(name));
  l->kind = strcmp(kind, "fixed") == 0 ? "fixed" : "csv";
  if (!l->name) return reader_no_memory(r, e);
  l->missing = layout_missing(r, json_member_string(v, "missing", ""));
  (void)json_boolean(json_member(v, "header"), &l->header);
  for (int i = 0; i < r->form->n_layouts; i++)
    if (strcmp(r->form->layouts[i].name, name) == 0) PROBLEM(r, E_FORM_NAME_TWICE, .file = r->head_path, .subject = name);
  TRY(read_layout_items(r, l, json_member(v, "items"), e));
  check_layout(r, l);
  return E_OK;
}

enum err_code form_read_keys(struct form_reader *r, struct err *e) {
  struct form *f = r->form;
  const struct json_value *records = json_member(r->head, "records"), *layouts = json_member(r->head, "layouts");
  for (int i = 0; i < f->n_records; i++) TRY(read_record_keys(r, &f->records[i], json_member(json_element(records, (size_t)i), "keys"), e));
  const struct item *event = *f->event_date ? named_item(r, f->event_date) : NULL;
  if (event && event->class != CLASS_DATE && event->class != CLASS_WAREKI) PROBLEM(r, E_FORM_AS_OF, .file = r->head_path, .subject = f->event_date);
  if (*f->office_item) (void)named_item(r, f->office_item);
  size_t n = json_is_array(layouts) ? json_length(layouts) : 0;
  f->layouts = ARENA_ARRAY(r->a, struct layout, n + 1);
  if (!f->layouts) return reader_no_memory(r, e);
  for (size_t i = 0; i < n; i++) {
    TRY(read_layout(r, json_element(layouts, i), &f->layouts[f->n_layouts], e));
    f->n_layouts++;
  }
  return E_OK;
}
