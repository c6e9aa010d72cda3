#include "processing/command/cmd_process_relatives.h"

#include <stdio.h>

#include "processing/command/cmd_process_join.h"

static const char *keys_of(const struct unit_family *f, int64_t record, struct arena *a) {
  const struct unit_place p = unit_place_of(f, record);
  const struct record_type *type = f->types[f->type[record]].record;
  const char *out = "";
  for (int i = 0; i < type->n_keys && out; i++) {
    char buffer[64];
    const struct column *c = table_column(f->all[p.shard].current, type->keys[i]->name);
    struct str text = c ? column_text(c, p.row, buffer, sizeof buffer) : STR("");
    out = arena_printf(a, "%s%s%.*s", out, i ? "/" : "", (int)text.n, text.p);
  }
  return out ? out : "";
}

static const char *below_of(const struct unit_family *f, int64_t record, struct arena *a) {
  const char *out = "";
  for (int t = 0; t < f->form->n_records; t++) {
    const struct unit_place *from;
    const int64_t n = f->types[t].parent == f->type[record] ? unit_children_of(f, record, t, &from) : 0;
    for (int64_t i = 0; i < n && i < 32 && out; i++)
      out = arena_printf(a, "%s%s%lld", out, *out ? " " : "", (long long)unit_record_at(f, from[i]) + 1);
  }
  return out ? out : "";
}

static enum err_code read_family(
    struct store *s, const struct form *form, const char *period, int64_t access, struct arena *a, struct unit_family **out, struct err *e) {
  const struct dataset_key key = {form->survey, form->id, period, "received"};
  struct name_set keys = {.arena = a};
  const struct name_set none = {.arena = a};
  struct process_data d;
  int64_t first = 0;
  TRY(process_add_keys(form, &keys, e));
  TRY(process_read(s, &key, access, a, &keys, &d, e));
  struct unit_shard *shards = ARENA_ARRAY(a, struct unit_shard, d.n + 1);
  if (!shards) return ERR(e, E_NO_MEMORY, .subject = form->id);
  for (int64_t i = 0; i < d.n; i++) {
    shards[i] = (struct unit_shard){.current = &d.tables[i], .first_record = first};
    first += d.tables[i].n_rows;
  }
  return unit_family_new(a, form, shards, (int)d.n, &none, out, e);
}

enum err_code process_relatives(struct store *s, const struct form *form, const char *period, int64_t access, int64_t record, struct arena *a,
    struct process_relatives *out, struct err *e) {
  struct unit_family *f = NULL;
  char subject[24];
  TRY(read_family(s, form, period, access, a, &f, e));
  (void)snprintf(subject, sizeof subject, "%lld", (long long)record);
  if (record < 1 || record > f->n_records) return ERR(e, E_PROCESS_RECORD, .subject = subject);
  const struct unit_type *type = &f->types[f->type[record - 1]];
  const int64_t parent = f->parent[record - 1];
  *out = (struct process_relatives){.type = type->record->name,
      .keys = keys_of(f, record - 1, a),
      .parent = parent + 1,
      .orphan = type->parent >= 0 && parent < 0,
      .below = below_of(f, record - 1, a)};
  if (parent < 0) return E_OK;
  out->parent_type = f->types[type->parent].record->name;
  out->parent_keys = keys_of(f, parent, a);
  return E_OK;
}
