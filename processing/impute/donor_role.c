/* Who is a donor, who a recipient, what a recipient is matched on, and whether a donor's values pass. */
#include <math.h>
#include <string.h>

#include "processing/impute/donor_impl.h"
#include "processing/impute/donor_match.h"

bool donor_usable(const struct donor_run *r, int column, int64_t row) {
  const struct num_column *c = &r->data->t->columns[column];
  return num_present(c, row) && !(donor_flags_at(r, column, row) & DONOR_FLAGGED) && (r->spec->accept_negative || c->x[row] >= 0);
}
static bool gives(const struct donor_run *r, int column, int64_t row) {
  const uint8_t f = donor_flags_at(r, column, row);
  return donor_usable(r, column, row) && !(r->spec->original_only && (f & DONOR_WAS_IMPUTED));
}
enum donor_role donor_role_of(const struct donor_run *r, int64_t row) {
  bool flagged = false, broken = false, donor = !(r->data->not_donor && r->data->not_donor[row]);
  for (int v = 0; v < r->spec->edits->p; v++) {
    const int column = r->items.edit_column[v];
    const bool here = donor_flags_at(r, column, row) & DONOR_FLAGGED;
    flagged |= here;
    broken |= !here && !donor_usable(r, column, row);
  }
  for (int k = 0; k < r->items.n; k++) {
    const int column = r->items.column[k];
    broken |= !(donor_flags_at(r, column, row) & DONOR_FLAGGED) && !donor_usable(r, column, row);
    donor &= gives(r, column, row);
  }
  if (flagged) return broken ? ROLE_BROKEN : ROLE_RECIPIENT;
  return donor ? ROLE_DONOR : ROLE_NONE;
}
static void set_bit(uint64_t *bits, int column) { bits[column / 64] |= UINT64_C(1) << (column % 64); }

enum err_code donor_matching(struct donor_run *r, int64_t row, uint64_t *bits, struct err *e) {
  const struct linear_system *s = r->spec->edits;
  struct arena_mark mark = arena_mark(r->arena);
  double *x = ARENA_ARRAY(r->arena, double, s->p);
  bool *flagged = ARENA_ARRAY(r->arena, bool, s->p), *binding = ARENA_ARRAY(r->arena, bool, s->m);
  if (!x || !flagged || !binding) return ERR(e, E_NO_MEMORY, .subject = "matching items");
  for (int v = 0; v < s->p; v++) {
    const int column = r->items.edit_column[v];
    flagged[v] = donor_flags_at(r, column, row) & DONOR_FLAGGED;
    x[v] = flagged[v] ? 0 : r->data->t->columns[column].x[row];
  }
  TRY(donor_match(r->arena, s, x, flagged, binding, e));
  memset(bits, 0, (size_t)r->items.words * sizeof *bits);
  for (int i = 0; i < s->m; i++)
    for (int k = 0; binding[i] && k < s->edits[i].n; k++)
      if (!flagged[s->edits[i].var[k]]) set_bit(bits, r->items.edit_column[s->edits[i].var[k]]);
  for (int k = 0; k < r->spec->n_must_match; k++)
    if (!(donor_flags_at(r, r->spec->must_match[k], row) & DONOR_FLAGGED)) set_bit(bits, r->spec->must_match[k]);
  arena_reset(r->arena, mark);
  return E_OK;
}

enum err_code donor_trial_init(struct donor_run *r, struct donor_trial *t, struct err *e) {
  const struct linear_system *s = r->spec->post_edits;
  *t = (struct donor_trial){
      .x = ARENA_ARRAY(r->arena, double, s->p), .flagged = ARENA_ARRAY(r->arena, bool, s->p), .row = ARENA_ARRAY(r->arena, int, s->m)};
  return t->x && t->flagged && t->row ? E_OK : ERR(e, E_NO_MEMORY, .subject = "post-edits");
}
void donor_trial_start(const struct donor_run *r, struct donor_trial *t, int64_t recipient) {
  const struct linear_system *s = r->spec->post_edits;
  t->n_rows = 0;
  t->fixed_failure = -1;
  for (int v = 0; v < s->p; v++) {
    t->flagged[v] = donor_flags_at(r, r->items.post_column[v], recipient) & DONOR_FLAGGED;
    t->x[v] = t->flagged[v] ? 0 : r->data->t->columns[r->items.post_column[v]].x[recipient];
  }
  for (int i = 0; i < s->m; i++) {
    bool any = false;
    for (int k = 0; k < s->edits[i].n; k++) any |= t->flagged[s->edits[i].var[k]];
    if (any) t->row[t->n_rows++] = i;
    else if (t->fixed_failure < 0 && !linear_holds(&s->edits[i], t->x)) t->fixed_failure = i;
  }
}
static int first_failure(const struct donor_run *r, const struct donor_trial *t) {
  const struct linear_system *s = r->spec->post_edits;
  for (int i = 0; i < t->n_rows; i++)
    if (!linear_holds(&s->edits[t->row[i]], t->x)) return t->row[i];
  return -1;
}
int donor_trial_of(const struct donor_run *r, struct donor_trial *t, int64_t donor) {
  const struct linear_system *s = r->spec->post_edits;
  for (int v = 0; v < s->p; v++)
    if (t->flagged[v]) t->x[v] = r->data->t->columns[r->items.post_column[v]].x[donor];
  return first_failure(r, t);
}
bool donor_trial_adjust(const struct donor_run *r, struct donor_trial *t) {
  const struct linear_system *s = r->spec->post_edits;
  if (!r->spec->adjust || !r->spec->adjust(r->spec->adjust_context, s, t->flagged, t->x)) return false;
  for (int v = 0; v < s->p; v++)
    if (t->flagged[v] && (!isfinite(t->x[v]) || t->x[v] < s->lower[v] || t->x[v] > s->upper[v])) return false;
  return first_failure(r, t) < 0;
}
