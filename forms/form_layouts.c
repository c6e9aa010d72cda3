/* form_layouts.c -- what form.json says about items: keys of the record types, event date, office item; the layouts themselves: layout_read.c. */
#include <string.h>

#include "forms/form_impl.h"

const struct item *reader_item(struct form_reader *r, const char *name) {
  const struct item *it = name ? form_item(r->form, name) : NULL;
  if (!it) PROBLEM(r, E_FORM_NO_ITEM, .file = r->head_path, .subject = name ? name : "(not a text)");
  return it;
}

static enum err_code read_record_keys(struct form_reader *r, struct record_type *record, const struct json_value *list, struct err *e) {
  size_t n = json_length(list);
  record->keys = ARENA_ARRAY(r->a, const struct item *, n + 1);
  if (!record->keys) return reader_no_memory(r, e);
  for (size_t i = 0; i < n; i++) {
    const struct item *it = reader_item(r, json_string(json_element(list, i)));
    if (!it) continue;
    if (!it->required || !record_reaches(r->form, record->name, it->record)) PROBLEM(r, E_FORM_KEY, .file = r->head_path, .subject = it->name);
    record->keys[record->n_keys++] = it;
  }
  return E_OK;
}

enum err_code form_read_keys(struct form_reader *r, struct err *e) {
  struct form *f = r->form;
  const struct json_value *records = json_member(r->head, "records"), *layouts = json_member(r->head, "layouts");
  for (int i = 0; i < f->n_records; i++) TRY(read_record_keys(r, &f->records[i], json_member(json_element(records, (size_t)i), "keys"), e));
  const struct item *event = *f->event_date ? reader_item(r, f->event_date) : NULL;
  if (event && event->class != CLASS_DATE && event->class != CLASS_WAREKI) PROBLEM(r, E_FORM_AS_OF, .file = r->head_path, .subject = f->event_date);
  if (*f->office_item) (void)reader_item(r, f->office_item);
  size_t n = json_is_array(layouts) ? json_length(layouts) : 0;
  f->layouts = ARENA_ARRAY(r->a, struct layout, n + 1);
  if (!f->layouts) return reader_no_memory(r, e);
  for (size_t i = 0; i < n; i++) {
    TRY(layout_read(r, json_element(layouts, i), &f->layouts[f->n_layouts], e));
    f->n_layouts++;
  }
  return E_OK;
}
