#include "processing/command/cmd_process_join.h"

#include <stdio.h>
#include <string.h>

#include "processing/job/job_plan.h"

enum err_code process_add_keys(const struct form *f, struct name_set *s, struct err *e) {
  for (int t = 0; t < f->n_records; t++)
    for (int i = 0; i < f->records[t].n_keys; i++) TRY(name_set_add(s, f->records[t].keys[i]->name, e));
  return E_OK;
}

/* --- other datasets --- */
static enum err_code index_type(
    struct arena *a, const struct form *f, int type, const struct process_data *d, const char *what, struct unit_index **out, struct err *e) {
  const struct record_type *r = &f->records[type];
  const struct table **tables = ARENA_ARRAY(a, const struct table *, d->n + 1);
  const char **keys = ARENA_ARRAY(a, const char *, r->n_keys + 1);
  int n = 0;
  if (!tables || !keys) return ERR(e, E_NO_MEMORY, .subject = what);
  for (int64_t i = 0; i < d->n; i++)
    if (f->n_records == 1 || unit_type_of(f, &d->tables[i]) == type) tables[n++] = &d->tables[i];
  for (int i = 0; i < r->n_keys; i++) keys[i] = r->keys[i]->name;
  const struct unit_source source = {what, tables, n, keys, r->n_keys};
  return unit_index_new(a, &source, out, e);
}

enum err_code process_index(
    struct arena *a, const struct form *f, const struct process_data *d, const char *what, struct unit_index **out, struct err *e) {
  return index_type(a, f, 0, d, what, out, e);
}

enum err_code process_unique(struct arena *a, const struct form *f, const struct process_data *d, struct err *e) {
  struct unit_index *unique;
  for (int t = 0; t < f->n_records; t++) TRY(index_type(a, f, t, d, "current period", &unique, e));
  return E_OK;
}

static bool carries(const struct table *t, const struct record_type *r) {
  for (int i = 0; i < r->n_keys; i++)
    if (table_find(t, r->keys[i]->name) < 0) return false;
  return true;
}

/* The names that the record type holds itself: the previous period of a person is a person. */
static enum err_code held_names(struct arena *a, const struct form *f, int type, const struct name_set *from, struct name_set *out, struct err *e) {
  *out = (struct name_set){.arena = a};
  for (int i = 0; i < from->n; i++) {
    const struct item *it = form_item(f, from->names[i]);
    if (it && form_holds(f, f->records[type].name, it)) TRY(name_set_add(out, from->names[i], e));
  }
  return E_OK;
}

static enum err_code align_type(struct arena *a, const struct form *f, int type, const struct process_other *o, struct unit_shard *shards, int64_t n,
    struct unit_match *match, struct err *e) {
  struct unit_index *index = NULL;
  struct name_set held = *o->names;
  if (!o->frame && f->n_records > 1) TRY(held_names(a, f, type, o->names, &held, e));
  TRY(index_type(a, o->form, o->frame ? 0 : type, o->data, o->what, &index, e));
  for (int64_t i = 0; i < n; i++) {
    struct table *t = ARENA_NEW(a, struct table);
    if (!t) return ERR(e, E_NO_MEMORY, .subject = o->what);
    if (strcmp(shards[i].record, f->records[type].name) != 0) continue;
    if (o->frame && type > 0 && !carries(shards[i].current, &o->form->records[0])) continue;
    TRY(unit_align(a, index, shards[i].current, held.names, held.n, t, match, e));
    if (o->frame) shards[i].frame = t;
    else shards[i].previous = t;
  }
  return E_OK;
}

enum err_code process_align(struct arena *a, const struct form *f, const struct process_other *o, struct unit_shard *shards, int64_t n,
    struct unit_match *match, struct err *e) {
  for (int t = 0; t < f->n_records; t++) TRY(align_type(a, f, t, o, shards, n, match, e));
  return E_OK;
}

/* --- parents and children --- */
/* Columns that any expression or by-item of the form and its job reads of the record's own type, its parents or its children. */
static enum err_code names_across(const struct job_state *j, struct name_set *names, struct err *e) {
  static const enum expr_slot_kind kinds[] = {EXPR_SLOT_CURRENT, EXPR_SLOT_CHILD};
  *names = (struct name_set){.arena = j->arena};
  for (int i = 0; i < 2; i++) {
    TRY(edit_wanted_by_form(names, j->form, kinds[i], e));
    TRY(job_plan_wanted(j->plan, names, kinds[i], e));
  }
  for (int s = 0; s < j->plan->n_steps; s++)
    for (int i = 0; i < j->plan->steps[s].n_by; i++) TRY(name_set_add(names, j->plan->steps[s].by[i].name, e));
  for (int i = 0; i < j->plan->n_effect_by; i++) TRY(name_set_add(names, j->plan->effect_by[i].name, e));
  return E_OK;
}

enum err_code process_family(struct job_state *j, struct unit_shard *shards, int n, struct err *e) {
  struct name_set names;
  if (j->form->n_records < 2) return E_OK;
  TRY(names_across(j, &names, e));
  return unit_family_new(j->arena, j->form, shards, n, &names, &j->family, e);
}

/* --- derived items across types --- */
static bool reads_across(const struct form *f, const struct item *item, const struct expr *x, const uint8_t *across) {
  for (int i = 0; x && i < expr_n_slots(x); i++) {
    const struct expr_slot *slot = expr_slot(x, i);
    const struct item *it = form_item(f, slot->name);
    if (slot->kind == EXPR_SLOT_CHILD) return true;
    if (slot->kind == EXPR_SLOT_CURRENT && it && (!form_holds(f, item->record, it) || across[it - f->items])) return true;
  }
  return false;
}

static enum err_code derive_across(struct job_state *j, struct err *e) {
  uint8_t *across = ARENA_ARRAY(j->arena, uint8_t, j->form->n_items + 1), *all = ARENA_ARRAY(j->arena, uint8_t, j->n_records + 1);
  if (!across || !all) return ERR(e, E_NO_MEMORY, .subject = "derived items");
  memset(all, 1, (size_t)j->n_records);
  for (int i = 0; i < j->form->n_items; i++) {
    const struct item *it = &j->form->items[i];
    across[i] =
        it->origin == ORIGIN_DERIVED && (reads_across(j->form, it, it->expression, across) || reads_across(j->form, it, it->universe, across));
  }
  j->log.job_step = "join";
  return job_derive_family(j, all, across, e);
}

/* --- those without parent or child --- */
static void say(const struct job_state *j, enum err_code code, const char *type, int64_t n) {
  struct err note;
  char found[24];
  if (!n) return;
  (void)snprintf(found, sizeof found, "%lld", (long long)n);
  (void)ERR(&note, code, .subject = type, .found = found);
  job_problem(j->job, &note);
}

static enum err_code propose_orphans(struct job_state *j, int type, struct err *e) {
  const struct unit_family *f = j->family;
  const struct step_spec join = {.name = "join", .rule = "form.json"};
  const struct job_proposal p = {f->types[type].record->keys[0]->name, "上位の記録がない", "there is no record above this one",
      "欠けた記録を受け入れるか、キーを直す", "take in the missing record, or correct the keys"};
  for (int64_t i = 0; i < j->n_records; i++)
    if (f->type[i] == type && f->parent[i] < 0) TRY(job_propose(j, &join, i, &p, e));
  return E_OK;
}

enum err_code process_joined(struct job_state *j, struct err *e) {
  if (!j->family) return E_OK;
  for (int t = 0; t < j->form->n_records; t++) {
    const struct unit_type *type = &j->family->types[t];
    if (type->parent < 0) continue;
    say(j, E_CHILD_NO_PARENT, type->record->name, type->n_orphans);
    say(j, E_PARENT_NO_CHILD, type->record->name, type->n_childless);
    TRY(propose_orphans(j, t, e));
  }
  return derive_across(j, e);
}
