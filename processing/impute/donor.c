#include "processing/impute/donor.h"

#include <stdlib.h>

#include "processing/impute/donor_impl.h"

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "donor imputation"); }

static enum err_code name_items(struct donor_run *r, struct err *e) {
  const struct num_table *t = r->data->t;
  const struct donor_spec *s = r->spec;
  struct donor_items *it = &r->items;
  *it = (struct donor_items){.words = (t->p + 63) / 64, .column = ARENA_ARRAY(r->arena, int, t->p), .of_column = ARENA_ARRAY(r->arena, int, t->p)};
  it->edit_column = ARENA_ARRAY(r->arena, int, s->edits->p);
  it->post_column = ARENA_ARRAY(r->arena, int, s->post_edits->p);
  if (!it->column || !it->of_column || !it->edit_column || !it->post_column) return no_memory(e);
  for (int v = 0; v < s->edits->p; v++) it->of_column[it->edit_column[v] = num_table_find(t, str_of(s->edits->names[v]))] = 1;
  for (int v = 0; v < s->post_edits->p; v++) it->post_column[v] = num_table_find(t, str_of(s->post_edits->names[v]));
  for (int k = 0; k < s->n_must_match; k++) it->of_column[s->must_match[k]] = 1;
  for (int j = 0; j < t->p; j++) {
    const bool in = it->of_column[j];
    it->of_column[j] = in ? it->n : -1;
    if (in) it->column[it->n++] = j;
  }
  return E_OK;
}
struct named_row {
  struct str unit;
  int64_t row;
};
static int by_unit(const void *a, const void *b) {
  const struct named_row *x = a, *y = b;
  const int c = str_cmp(x->unit, y->unit);
  return c ? c : x->row < y->row ? -1 : x->row > y->row;
}
/* The recipients to serve now, by unit id, each with its matching items. */
static enum err_code list_recipients(struct donor_run *r, const uint8_t *role, struct err *e) {
  const struct num_table *t = r->data->t;
  int64_t n = 0;
  for (int64_t i = 0; i < t->n; i++) n += role[i] >= ROLE_RECIPIENT && !(r->data->ranked && !r->data->ranked[i]);
  struct named_row *list = ARENA_ARRAY(r->arena, struct named_row, n);
  r->out->recipients = ARENA_ARRAY(r->arena, struct donor_recipient, n);
  uint64_t *bits = ARENA_ARRAY(r->arena, uint64_t, n * r->items.words);
  if (!list || !r->out->recipients || !bits) return no_memory(e);
  if (r->spec->adjust && !(r->out->room = ARENA_ARRAY(r->arena, double, n * r->spec->post_edits->p))) return no_memory(e);
  r->out->n_recipients = n;
  n = 0;
  for (int64_t i = 0; i < t->n; i++)
    if (role[i] >= ROLE_RECIPIENT && !(r->data->ranked && !r->data->ranked[i])) list[n++] = (struct named_row){t->unit[i], i};
  qsort(list, (size_t)n, sizeof *list, by_unit);
  for (int64_t i = 0; i < n; i++) {
    uint64_t *mine = bits + i * r->items.words;
    r->out->recipients[i] =
        (struct donor_recipient){.row = list[i].row, .donor = -1, .distance = -1, .post_edit = -1, .matching = mine, .outcome = DONOR_OTHER_MISSING};
    if (role[list[i].row] == ROLE_RECIPIENT) TRY(donor_matching(r, list[i].row, mine, e));
  }
  return E_OK;
}
/* start[g] .. start[g+1]-1 of order: what belongs to class g, in the given order. */
static int32_t class_at(const struct donor_data *d, int64_t row) { return d->group ? d->group[row] : 0; }

struct grouped {
  int64_t *start, *order;
};
static enum err_code group_rows(struct donor_run *r, int n_groups, const struct donor_recipient *list, int64_t n, struct grouped *out,
                                struct err *e) {
  out->start = ARENA_ARRAY(r->arena, int64_t, (int64_t)n_groups + 2);
  out->order = ARENA_ARRAY(r->arena, int64_t, n);
  if (!out->start || !out->order) return no_memory(e);
  for (int64_t i = 0; i < n; i++) out->start[class_at(r->data, list ? list[i].row : i) + 2]++;
  for (int g = 0; g < n_groups; g++) out->start[g + 2] += out->start[g + 1];
  for (int64_t i = 0; i < n; i++) out->order[out->start[class_at(r->data, list ? list[i].row : i) + 1]++] = i;
  return E_OK;
}
static enum err_code run_classes(struct donor_run *r, const uint8_t *role, struct err *e) {
  const int n_groups = r->data->group ? r->data->n_groups : 1;
  struct grouped rows, recipients;
  TRY(group_rows(r, n_groups, NULL, r->data->t->n, &rows, e));
  TRY(group_rows(r, n_groups, r->out->recipients, r->out->n_recipients, &recipients, e));
  for (int g = 0; g < n_groups; g++) {
    int64_t *mine = recipients.order + recipients.start[g], n = 0;
    for (int64_t i = recipients.start[g]; i < recipients.start[g + 1]; i++)
      if (role[r->out->recipients[recipients.order[i]].row] == ROLE_RECIPIENT) mine[n++] = recipients.order[i];
    TRY(donor_class_run(r, g, rows.order + rows.start[g], role, rows.start[g + 1] - rows.start[g], mine, n, e));
  }
  return E_OK;
}
static double given(const struct donor_run *r, const struct donor_recipient *to, int column) {
  const char *name = r->data->t->columns[column].name;
  return to->adjusted ? to->adjusted[linear_find(r->spec->post_edits, str_of(name))] : r->data->t->columns[column].x[to->donor];
}
static enum err_code list_changes(struct donor_run *r, struct err *e) {
  struct donor_result *out = r->out;
  for (int pass = 0; pass < 2; pass++) {
    int64_t n = 0;
    for (int64_t i = 0; i < out->n_recipients; i++) {
      const struct donor_recipient *to = &out->recipients[i];
      for (int k = 0; to->outcome == DONOR_FOUND && k < r->items.n; k++) {
        const int column = r->items.column[k];
        if (!(donor_flags_at(r, column, to->row) & DONOR_FLAGGED) || linear_find(r->spec->edits, str_of(r->data->t->columns[column].name)) < 0)
          continue;
        if (pass) out->changes[n] = (struct donor_change){to->row, column, given(r, to, column), to->donor};
        n++;
      }
    }
    out->n_changes = n;
    if (!pass && !(out->changes = ARENA_ARRAY(r->arena, struct donor_change, n))) return no_memory(e);
  }
  return E_OK;
}
enum err_code donor_impute(struct arena *a, const struct donor_spec *s, const struct donor_data *d, struct donor_result *out, struct err *e) {
  struct donor_run r = {.arena = a, .spec = s, .data = d, .out = out};
  TRY(donor_check(s, d, e));
  TRY(name_items(&r, e));
  *out = (struct donor_result){.classes = ARENA_ARRAY(a, struct donor_class, d->group ? d->n_groups : 1), .use = ARENA_ARRAY(a, int32_t, d->t->n)};
  out->rejections = ARENA_ARRAY(a, int64_t, s->post_edits->m);
  uint8_t *role = out->role = ARENA_ARRAY(a, uint8_t, d->t->n);
  if (!out->classes || !out->use || !out->rejections || !role) return no_memory(e);
  for (int64_t i = 0; i < d->t->n; i++) role[i] = (uint8_t)donor_role_of(&r, i);
  TRY(list_recipients(&r, role, e));
  TRY(run_classes(&r, role, e));
  for (int64_t i = 0; i < out->n_recipients; i++) out->by_outcome[out->recipients[i].outcome]++;
  return list_changes(&r, e);
}
