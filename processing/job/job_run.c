#include "processing/job/job_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- for the steps --- */
int step_option_index(const struct step_method *m, const char *key) {
  for (int i = 0; m->options && m->options[i].key; i++)
    if (strcmp(m->options[i].key, key) == 0) return i;
  return -1;
}

const struct step_value *step_value_of(const struct step_spec *s, const char *key) {
  static const struct step_value none = {.given = false};
  int i = step_option_index(s->method, key);
  return i < 0 ? &none : &s->values[i];
}

void step_note(struct step_report *r, const char *name, int64_t value) {
  if (r->n_notes < STEP_MAX_NOTES) r->notes[r->n_notes++] = (struct step_note){name, value};
}

const struct unit_shard *job_shard_of(const struct job_state *j, int64_t record) {
  int low = 0, high = j->n_all - 1;
  while (low < high) {
    int middle = low + (high - low + 1) / 2;
    if (j->all[middle].first_record <= record) low = middle;
    else high = middle - 1;
  }
  return &j->all[low];
}

enum err_code job_condition(struct job_state *j, const struct expr *x, uint8_t *out, struct err *e) {
  memset(out, EXPR_TRUE, (size_t)j->n_records);
  if (!x) return E_OK;
  struct expr_scratch *scratch = expr_scratch_new(j->arena, x);
  if (!scratch) return ERR(e, E_NO_MEMORY, .subject = "condition");
  for (int s = 0; s < j->n_shards; s++) {
    const struct unit_shard *shard = &j->shards[s];
    struct expr_binding b;
    int64_t rows = shard->current->n_rows;
    TRY(edit_bind(j->arena, x, shard, &b, e));
    for (int64_t row = 0; row < rows; row += EXPR_BATCH)
      TRY(expr_eval_bool(x, &b, scratch, row, rows - row < EXPR_BATCH ? (int)(rows - row) : EXPR_BATCH, out + shard->first_record + row, e));
  }
  return E_OK;
}

enum err_code job_flag(struct job_state *j, const struct step_spec *s, const struct item *item, int64_t record, enum cell_flag flag,
    const char *reason, struct err *e) {
  const struct flag_reason why = {s->name, s->rule, reason};
  return cell_flag_set(&j->flags, (int)(item - j->form->items), record, flag, &why, e);
}

enum err_code job_propose(struct job_state *j, const struct step_spec *s, int64_t record, const struct job_proposal *p, struct err *e) {
  struct table *t = &j->proposals;
  char rule[96];
  (void)snprintf(rule, sizeof rule, "step:%s", s->name);
  const char *const texts[] = {rule, p->items, p->message_ja, p->message_en, p->remedy_ja, p->remedy_en};
  TRY(table_reserve(t, t->n_rows + 1, e));
  t->columns[0].i64[t->n_rows] = record + 1;
  for (int k = 0; k < 6; k++)
    if ((t->columns[k + 1].code[t->n_rows] = dict_add(t->columns[k + 1].dict, str_of(texts[k] ? texts[k] : ""))) < 0)
      return ERR(e, E_NO_MEMORY, .subject = "proposals");
  t->n_rows++;
  return E_OK;
}

static enum err_code weights_of_shard(
    struct job_state *j, const struct unit_shard *shard, struct expr_scratch *scratch, int64_t *weights, struct err *e) {
  struct expr_binding b;
  uint8_t status[EXPR_BATCH];
  char subject[32];
  int64_t rows = shard->current->n_rows;
  TRY(edit_bind(j->arena, j->plan->weight, shard, &b, e));
  for (int64_t row = 0; row < rows; row += EXPR_BATCH) {
    int n = rows - row < EXPR_BATCH ? (int)(rows - row) : EXPR_BATCH;
    int64_t *to = weights + shard->first_record + row;
    TRY(expr_eval_int(j->plan->weight, &b, scratch, STEP_DECIMALS, row, n, to, status, e));
    for (int i = 0; i < n; i++) {
      if (value_present(status[i]) && to[i] >= STEP_ONE) continue;
      (void)snprintf(subject, sizeof subject, "record %lld", (long long)(shard->first_record + row + i + 1));
      return ERR(e, E_NO_WEIGHT, .subject = subject);
    }
  }
  return E_OK;
}

enum err_code job_weights(struct job_state *j, int64_t **out, struct err *e) {
  *out = NULL;
  if (!j->plan->weight) return E_OK;
  int64_t *weights = ARENA_ARRAY(j->arena, int64_t, j->n_records + 1);
  struct expr_scratch *scratch = expr_scratch_new(j->arena, j->plan->weight);
  if (!weights || !scratch) return ERR(e, E_NO_MEMORY, .subject = "weights");
  for (int s = 0; s < j->n_shards; s++) TRY(weights_of_shard(j, &j->shards[s], scratch, weights, e));
  *out = weights;
  return E_OK;
}

/* --- by-groups --- */
static bool group_text(const struct column *const *columns, int n_by, int64_t row, struct strbuf *b) {
  char buffer[64];
  strbuf_reset(b);
  for (int i = 0; i < n_by; i++) {
    if (!columns[i] || !value_present(columns[i]->status[row])) return false;
    struct str text = column_text(columns[i], row, buffer, sizeof buffer);
    if (i) strbuf_addc(b, ';');
    strbuf_add(b, text.p, text.n);
  }
  return !b->failed;
}

static enum err_code group_shard(const struct unit_shard *shard, const struct impute_ref *by, int n_by, const uint8_t *selected, struct dict *names,
    int32_t *group, struct strbuf *b, struct err *e) {
  const struct column *columns[IMPUTE_MAX_CLASS_ITEMS];
  for (int i = 0; i < n_by; i++) {
    const struct table *t = by[i].frame ? shard->frame : shard->current;
    int k = by[i].frame && !shard->frame ? -1 : table_find(t, by[i].name);
    columns[i] = k < 0 ? NULL : &t->columns[k];
    k = k < 0 && !by[i].frame && shard->parent ? table_find(shard->parent, by[i].name) : -1;
    if (k >= 0) columns[i] = &shard->parent->columns[k];
  }
  for (int64_t row = 0; row < shard->current->n_rows; row++) {
    int64_t record = shard->first_record + row;
    group[record] = -1;
    if (!selected[record] || !group_text(columns, n_by, row, b)) continue;
    if ((group[record] = dict_add(names, str_view(b->p ? b->p : "", b->n))) < 0) return ERR(e, E_NO_MEMORY, .subject = "groups");
  }
  return E_OK;
}

struct named {
  struct str name;
  int32_t id;
};
static int by_name(const void *a, const void *b) { return str_cmp(((const struct named *)a)->name, ((const struct named *)b)->name); }

/* Numbers in the order of the texts instead of first meeting. */
static enum err_code renumber(struct job_state *j, const struct dict *names, int32_t *group, struct step_scope *out, struct err *e) {
  int32_t n = dict_count(names);
  struct named *sorted = ARENA_ARRAY(j->arena, struct named, n + 1);
  int32_t *rank = ARENA_ARRAY(j->arena, int32_t, n + 1);
  struct str *texts = ARENA_ARRAY(j->arena, struct str, n + 1);
  if (!sorted || !rank || !texts) return ERR(e, E_NO_MEMORY, .subject = "groups");
  for (int32_t i = 0; i < n; i++) sorted[i] = (struct named){dict_text(names, i), i};
  qsort(sorted, (size_t)n, sizeof *sorted, by_name);
  for (int32_t i = 0; i < n; i++) {
    rank[sorted[i].id] = i;
    texts[i] = sorted[i].name;
  }
  for (int64_t r = 0; r < j->n_records; r++) group[r] = group[r] < 0 ? -1 : rank[group[r]];
  out->group = group;
  out->n_groups = n;
  out->group_names = texts;
  return E_OK;
}

enum err_code job_groups(struct job_state *j, const struct impute_ref *by, int n_by, const uint8_t *selected, struct step_scope *out, struct err *e) {
  int32_t *group = ARENA_ARRAY(j->arena, int32_t, j->n_records + 1);
  struct dict *names = dict_new(j->arena);
  struct strbuf b;
  enum err_code code = group && names ? E_OK : ERR(e, E_NO_MEMORY, .subject = "groups");
  strbuf_init(&b, 0);
  for (int s = 0; s < j->n_shards && !code; s++) code = group_shard(&j->shards[s], by, n_by, selected, names, group, &b, e);
  strbuf_release(&b);
  return code ? code : renumber(j, names, group, out, e);
}

/* --- a step --- */
enum err_code job_scope(struct job_state *j, const struct step_spec *s, struct step_scope *out, struct err *e) {
  uint8_t *selected = ARENA_ARRAY(j->arena, uint8_t, j->n_records + 1);
  if (!selected) return ERR(e, E_NO_MEMORY, .subject = s->name);
  TRY(job_condition(j, s->filter, selected, e));
  for (int64_t i = 0; i < j->n_records; i++) {
    const bool ours = !j->family || s->record < 0 || j->family->type[i] == s->record;
    selected[i] = ours && selected[i] == EXPR_TRUE && !(s->exclude_rejected && (j->state[i] & EDIT_FAILED_HARD));
    out->n_selected += selected[i];
  }
  out->selected = selected;
  return job_groups(j, s->by, s->n_by, selected, out, e);
}

static const struct column proposal_columns[] = {{.name = "record_no", .type = COL_INT, .unit = ""}, {.name = "rule", .type = COL_CODE},
    {.name = "items", .type = COL_CODE}, {.name = "message_ja", .type = COL_TEXT}, {.name = "message_en", .type = COL_TEXT},
    {.name = "remedy_ja", .type = COL_TEXT}, {.name = "remedy_en", .type = COL_TEXT}};
enum { PROPOSAL_COLUMNS = sizeof proposal_columns / sizeof *proposal_columns };

struct place {
  int64_t record, row;
};
static int by_record(const void *a, const void *b) {
  const struct place *p = a, *q = b;
  if (p->record != q->record) return p->record < q->record ? -1 : 1;
  return p->row < q->row ? -1 : p->row > q->row;
}

enum err_code job_proposals_sorted(const struct job_state *j, struct table *out, struct err *e) {
  const struct table *from = &j->proposals;
  struct place *order = ARENA_ARRAY(j->arena, struct place, from->n_rows + 1);
  if (!order) return ERR(e, E_NO_MEMORY, .subject = "proposals");
  TRY(table_init(out, j->arena, proposal_columns, PROPOSAL_COLUMNS, from->n_rows + 1, e));
  for (int64_t i = 0; i < from->n_rows; i++) order[i] = (struct place){from->columns[0].i64[i], i};
  qsort(order, (size_t)from->n_rows, sizeof *order, by_record);
  for (int64_t i = 0; i < from->n_rows; i++) {
    out->columns[0].i64[i] = order[i].record;
    for (int k = 1; k < PROPOSAL_COLUMNS; k++)
      if ((out->columns[k].code[i] = dict_add(out->columns[k].dict, dict_text(from->columns[k].dict, from->columns[k].code[order[i].row]))) < 0)
        return ERR(e, E_NO_MEMORY, .subject = "proposals");
    out->n_rows++;
  }
  return E_OK;
}

static const struct column statistic_columns[STATISTIC_COLUMNS] = {[STATISTIC_STEP] = {.name = "step", .type = COL_CODE},
    [STATISTIC_CLASS] = {.name = "class", .type = COL_CODE},
    [STATISTIC_TABLE] = {.name = "table", .type = COL_CODE},
    [STATISTIC_EDIT] = {.name = "edit", .type = COL_INT, .unit = ""},
    [STATISTIC_NAME] = {.name = "name", .type = COL_CODE},
    [STATISTIC_STATUS] = {.name = "status", .type = COL_CODE},
    [STATISTIC_N] = {.name = "n", .type = COL_INT, .unit = ""},
    [STATISTIC_WEIGHTED] = {.name = "weighted", .type = COL_CODE},
    [STATISTIC_OFFICE] = {.name = "office", .type = COL_CODE}};

static const struct column estimate_columns[ESTIMATE_COLUMNS] = {
    [ESTIMATE_STEP] = {.name = "step", .type = COL_CODE}, [ESTIMATE_CLASS] = {.name = "class", .type = COL_CODE},
    [ESTIMATE_CLASS_NO] = {.name = "class_no", .type = COL_INT, .unit = ""}, [ESTIMATE_ITEM] = {.name = "item", .type = COL_CODE},
    [ESTIMATE_MEASURE] = {.name = "measure", .type = COL_CODE}, [ESTIMATE_METHOD] = {.name = "method", .type = COL_CODE},
    [ESTIMATE_N] = {.name = "n", .type = COL_INT, .unit = ""}, [ESTIMATE_IMPUTED] = {.name = "imputed", .type = COL_INT, .unit = ""},
    [ESTIMATE_VALUE] = {.name = "estimate", .type = COL_CODE}, [ESTIMATE_STANDARD_ERROR] = {.name = "standard_error", .type = COL_CODE},
    [ESTIMATE_LOW] = {.name = "low", .type = COL_CODE}, [ESTIMATE_HIGH] = {.name = "high", .type = COL_CODE},
    [ESTIMATE_WITHIN] = {.name = "within", .type = COL_CODE}, [ESTIMATE_BETWEEN] = {.name = "between", .type = COL_CODE},
    [ESTIMATE_DEGREES] = {.name = "degrees", .type = COL_CODE}, [ESTIMATE_MISSING_INFORMATION] = {.name = "missing_information", .type = COL_CODE},
    [ESTIMATE_NAIVE] = {.name = "naive", .type = COL_CODE}, [ESTIMATE_SAMPLING] = {.name = "sampling", .type = COL_CODE},
    [ESTIMATE_IMPUTATION] = {.name = "imputation", .type = COL_CODE}, [ESTIMATE_MIX] = {.name = "mix", .type = COL_CODE},
    [ESTIMATE_SHARE] = {.name = "share", .type = COL_CODE}, [ESTIMATE_BOOTSTRAP] = {.name = "bootstrap", .type = COL_CODE}};
static const struct column set_columns[SET_COLUMNS] = {[SET_STEP] = {.name = "step", .type = COL_CODE}, [SET_SET] = {.name = "set", .type = COL_INT,
    .unit = ""},
    [SET_RECORD_NO] = {.name = "record_no", .type = COL_INT, .unit = ""}, [SET_ITEM] = {.name = "item", .type = COL_CODE},
    [SET_VALUE] = {.name = "value", .type = COL_CODE}};

enum err_code job_state_init(struct job_state *j, struct err *e) {
  j->all = j->shards;
  j->n_all = j->n_shards;
  job_on_record(j, -1);
  TRY(change_log_init(&j->log, j->arena, e));
  j->log.run = j->run;
  TRY(cell_flags_init(&j->flags, j->arena, j->form, j->n_records, e));
  TRY(series_tables_init(j->arena, &j->chain_cells, &j->chain_links, e));
  TRY(table_init(&j->statistics, j->arena, statistic_columns, STATISTIC_COLUMNS, 64, e));
  TRY(table_init(&j->estimates, j->arena, estimate_columns, ESTIMATE_COLUMNS, 64, e));
  TRY(table_init(&j->sets, j->arena, set_columns, SET_COLUMNS, 64, e));
  return table_init(&j->proposals, j->arena, proposal_columns, PROPOSAL_COLUMNS, 64, e);
}

void job_on_record(struct job_state *j, int record) {
  j->record = &j->form->records[record < 0 ? 0 : record];
  j->shards = j->family && record >= 0 ? j->family->types[record].shards : j->all;
  j->n_shards = j->family && record >= 0 ? j->family->types[record].n_shards : j->n_all;
}

static int64_t records_of(const struct job_state *j, const struct step_spec *s) {
  return j->family && s->record >= 0 ? j->family->types[s->record].n_records : j->n_records;
}

/* The step over the records of its type; what it reads of parents and children is what they hold now. */
static enum err_code run_on_record(struct job_state *j, const struct step_spec *s, struct step_scope *scope, struct step_report *out, struct err *e) {
  if (j->family) TRY(unit_family_refresh(j->family, e));
  job_on_record(j, s->record);
  enum err_code code = job_scope(j, s, scope, e);
  if (!code && j->n_shards) code = s->method->run(j, s, scope, out, e);
  job_on_record(j, -1);
  if (!code && j->family) code = unit_family_refresh(j->family, e);
  return code;
}

enum err_code job_step_run(struct job_state *j, const struct step_spec *s, struct step_report *out, struct err *e) {
  struct step_scope scope = {.n_selected = 0};
  int64_t changes = j->log.table.n_rows, flags = j->flags.log.n_rows, proposals = j->proposals.n_rows;
  *out = (struct step_report){.step = s->name, .method = s->method->name, .records = records_of(j, s)};
  j->log.job_step = s->name;
  TRY(run_on_record(j, s, &scope, out, e));
  out->selected = scope.n_selected;
  out->groups = scope.n_groups;
  out->changed = j->log.table.n_rows - changes;
  out->flagged = j->flags.log.n_rows - flags;
  out->proposed = j->proposals.n_rows - proposals;
  return E_OK;
}
