/* intake_change.c -- see intake_change.h: the rows of a correction against the current versions. */
#include "collector/intake_change.h"

#include <stdio.h>
#include <string.h>

#include "collector/batch_records.h"
#include "collector/intake_impl.h"
#include "collector/version_store.h"

struct change_run {
  struct arena *arena;
  struct batch_forms *forms;
  struct version_owner owner;
  struct version_chain chain;
  uint8_t *seen; /* [chain.n] a row of this file replaces it already */
  struct record_changes changes;
  struct strbuf key, scratch;
  int64_t rows; /* of the shard so far */
};

static enum err_code start(struct intake_run *run, struct err *e) {
  struct change_run *c = ARENA_NEW(run->arena, struct change_run);
  if (!c) return ERR(e, E_NO_MEMORY, .subject = "corrections");
  run->change = c;
  c->arena = run->arena;
  c->owner = (struct version_owner){store_office(run->store)->id, run->form->survey, run->form->id, run->report->period};
  strbuf_init(&c->key, 1 << 20);
  strbuf_init(&c->scratch, 64u << 20);
  TRY(batch_forms_new(run->job, forms_folder(), &c->forms, e));
  TRY(version_load(run->store, c->arena, c->forms, run->form, &c->owner, run->access, &c->chain, e));
  c->seen = ARENA_ARRAY(c->arena, uint8_t, c->chain.n + 1);
  if (!c->seen) return ERR(e, E_NO_MEMORY, .subject = "corrections");
  memset(c->seen, 0, (size_t)c->chain.n + 1);
  return E_OK;
}

void change_release(struct intake_run *run) {
  struct change_run *c = run->change;
  if (!c) return;
  strbuf_release(&c->key);
  strbuf_release(&c->scratch);
  batch_forms_free(c->forms);
  run->change = NULL;
}

/* The key in the form that the ledger's tokens are made of (intake_row.c). */
static void ledger_key(const struct intake_run *run, int64_t row, struct strbuf *out) {
  strbuf_reset(out);
  for (int i = 0; i < run->n_keys; i++) {
    const struct column *c = &run->group.columns[run->keys[i]->column];
    if (c->type == COL_INT) strbuf_add_int(out, c->i64[row]);
    else {
      struct str text = dict_text(c->dict, c->code[row]);
      strbuf_add_int(out, (int64_t)text.n);
      strbuf_addc(out, ':');
      strbuf_add(out, text.p, text.n);
    }
    strbuf_addc(out, ';');
  }
}

static enum err_code period_of_intake(struct intake_run *run, int64_t id, char out[16], struct err *e) {
  struct intake_entry entry;
  TRY(intake_get(run->store, id, run->arena, &entry, e));
  snprintf(out, 16, "%s", entry.period);
  return E_OK;
}

enum outcome { ROW_ADD, ROW_REPLACE, ROW_SAME, ROW_REJECT };

static enum err_code reject(struct intake_run *run, int64_t row, enum err_code code, const char *found, enum outcome *out, struct err *e) {
  *out = ROW_REJECT;
  return problem_add(run, code, &(struct problem_at){.line = run->lines[row], .expected = "", .found = found}, e);
}

static enum err_code unknown_key(struct intake_run *run, int64_t row, enum outcome *out, struct err *e) {
  enum key_seen seen = KEY_NEW;
  int64_t where = 0, intake = 0;
  char period[16];
  ledger_key(run, row, &run->change->scratch);
  TRY(keys_find(run, str_view(run->change->scratch.p, run->change->scratch.n), &seen, &where, &intake, e));
  if (seen == KEY_IN_STORE) {
    TRY(period_of_intake(run, intake, period, e));
    return reject(run, row, E_CHANGE_OTHER_PERIOD, period, out, e);
  }
  *out = ROW_ADD;
  return run->options->supplementary ? E_OK : reject(run, row, E_CHANGE_NEW_KEY, "", out, e);
}

static enum err_code judge(struct intake_run *run, int64_t row, int64_t *at, enum outcome *out, struct err *e) {
  struct change_run *c = run->change;
  uint8_t content[32];
  TRY(record_key(run->form, &run->group, row, &c->key, e));
  *at = version_by_key(&c->chain, str_view(c->key.p ? c->key.p : "", c->key.n));
  if (*at < 0) return unknown_key(run, row, out, e);
  const struct record_version *v = &c->chain.list[*at];
  if (v->state == VERSION_WITHDRAWN && !run->options->supplementary) return reject(run, row, E_CHANGE_WITHDRAWN, "", out, e);
  *out = ROW_REPLACE;
  if (v->state == VERSION_WITHDRAWN) return E_OK;
  TRY(batch_record_content(run->form, &run->group, row, &c->scratch, content, e));
  if (memcmp(content, v->content, sizeof content)) return E_OK;
  *out = ROW_SAME;
  run->report->unchanged++;
  return problem_add(run, E_CHANGE_SAME, &(struct problem_at){.line = run->lines[row], .expected = "", .found = ""}, e);
}

static enum err_code keep_row(struct intake_run *run, int64_t to, int64_t at, enum outcome outcome, struct err *e) {
  struct change_run *c = run->change;
  struct record_change change = {.row = c->rows + to, .action = CHANGE_REPLACE, .reason = ""};
  if (outcome == ROW_ADD) return E_OK;
  memcpy(change.base, c->chain.list[at].token, VERSION_TOKEN);
  run->report->corrected++;
  return record_changes_add(c->arena, &c->changes, &change, e);
}

enum err_code change_settle(struct intake_run *run, struct err *e) {
  if (!run->change) TRY(start(run, e));
  int64_t n = run->group.n_rows, to = 0;
  uint8_t *drop = ARENA_ARRAY(run->group_arena, uint8_t, n / 8 + 1);
  if (!drop) return ERR(e, E_NO_MEMORY, .subject = "corrections");
  memset(drop, 0, (size_t)(n / 8 + 1));
  for (int64_t row = 0; row < n; row++) {
    enum outcome outcome = ROW_ADD;
    int64_t at = -1;
    TRY(judge(run, row, &at, &outcome, e));
    if (outcome == ROW_ADD || outcome == ROW_REPLACE) {
      TRY(keep_row(run, to++, at, outcome, e));
      continue;
    }
    drop[row / 8] = (uint8_t)(drop[row / 8] | 1u << (row % 8));
    run->report->accepted--;
    *(outcome == ROW_SAME ? &run->report->duplicate : &run->report->rejected) += 1;
  }
  table_drop_rows(&run->group, drop);
  run->change->rows += to;
  return E_OK;
}

enum err_code change_write(struct intake_run *run, struct err *e) {
  struct change_run *c = run->change;
  struct version_counts counts;
  struct db_statement *q;
  if (!c) return E_OK;
  TRY(version_write_changes(run->store, c->arena, &c->owner, run->form->hash_hex, "", run->id, &c->changes, e));
  TRY(db_prepare(store_db(run->store), "INSERT INTO intake_change(intake, corrected, withdrawn, unchanged) VALUES(?,?,0,?)", &q, e));
  db_bind_int(q, 1, run->id);
  db_bind_int(q, 2, c->changes.n);
  db_bind_int(q, 3, run->report->unchanged);
  TRY(db_execute(q, e));
  return c->changes.n ? version_settle(run->store, c->arena, c->forms, run->form, &c->owner, run->access, &counts, e) : E_OK;
}
