#include "front/disclosure_audit.h"

/* No width of an interval is told: anyone works it out from the shown figures, and a width relative to the hidden value gives that value back. */
/* Rounded tables, and those with hidden small rows, were attacked when they were made (sdc_action.h); what did not withstand is refused. */
static const char *method_of(const struct sdc_secondary_report *s, enum sdc_action_kind action) {
  if (action == SDC_ACTION_CELL_KEY) return "noise by cell keys instead of suppression; nothing hidden";
  if (action == SDC_ACTION_SMALL_COUNTS) return "small counts changed instead of suppression; nothing hidden";
  if (action != SDC_ACTION_SUPPRESS) return "rounding instead of suppression; attacked by linear programmes that know the method";
  return s->needed ? "linear programmes by component; every shown quantity taken as known exactly; witnesses verified by adding" : "none needed";
}
static const char *verdict_of(const struct estimate_table *t, const struct sdc_secondary_report *s, enum sdc_action_kind action) {
  if (action != SDC_ACTION_SUPPRESS) return t->table->refusal ? "not clean" : "clean";
  return !s->needed ? "nothing hidden" : s->clean ? "clean" : "not clean";
}
void disclosure_audit_json(struct json_out *j, const struct estimate_table *t) {
  const struct sdc_secondary_report none = {0}, *s = t ? &t->secondary : &none;
  const enum sdc_action_kind action = t && t->profile ? t->profile->action.kind : SDC_ACTION_SUPPRESS;
  json_key(j, "audit");
  json_object(j);
  json_put(j, "method", method_of(s, action));
  json_put_int(j, "primary_cells", s->n_primary_cells);
  json_put_int(j, "programmes", s->n_programmes);
  json_put_int(j, "secondary_cells", s->n_secondary_cells);
  json_put_int(j, "shared_rows", s->n_linked_cells);
  json_put_int(j, "sums_with_a_rest", s->n_rests);
  json_put(j, "verdict", verdict_of(t, s, action));
  json_end_object(j);
}
void disclosure_primary_json(struct json_out *j, const struct estimate_table *t) {
  const struct sdc_primary_report none = {0}, *p = t ? &t->primary : &none;
  json_key(j, "primary");
  json_object(j);
  json_put_int(j, "dominated", p->n_dominated);
  json_put_int(j, "few", p->n_small);
  json_put_int(j, "linked", p->n_linked);
  json_put_int(j, "p_percent", p->n_p_percent);
  json_put_int(j, "request", p->n_request);
  json_put_int(j, "zero_group", p->n_zero_group);
  json_end_object(j);
}
