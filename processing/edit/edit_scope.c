#include "processing/edit/edit_scope.h"

static bool scope_variable(void *context, struct str record, struct str name, struct expr_variable *out) {
  static const struct str current = {NULL, 0};
  struct edit_scope *s = context;
  if (record.p && str_eq(record, STR("frame"))) return s->has_frame && s->frame.variable(s->frame.context, current, name, out);
  return s->form.variable(s->form.context, record, name, out);
}

static bool scope_list(void *context, struct str name, const struct str **codes, int64_t *n) {
  struct edit_scope *s = context;
  return s->form.list(s->form.context, name, codes, n);
}

struct expr_scope edit_scope_of(struct edit_scope *s, const struct form *form, const struct form *frame) {
  *s = (struct edit_scope){.form = form_scope(form), .has_frame = frame != NULL};
  if (frame) s->frame = form_scope(frame);
  return (struct expr_scope){s, scope_variable, scope_list};
}
