/* repair_fix.c -- proposals and decisions; how accepted values come into the records stands in repair_apply.c. See repair_fix.h. */
#include "collector/repair_fix.h"

#include <stdio.h>
#include <string.h>

#include "collector/batch_sent.h"
#include "collector/repair_apply.h"

enum { COLUMNS = 7, C_LINE = 0, C_CELL, C_ROW, C_ITEM, C_RULE, C_RAW, C_VALUE };
static const char *const NAMES[COLUMNS] = {"line", "cell", "row", "item", "rule", "raw", "value"};

enum err_code fix_count(struct store *s, int64_t intake, struct fix_count *out, struct err *e) {
  struct db_statement *q;
  bool row;
  *out = (struct fix_count){.intake = intake};
  TRY(intake_schema(s, e));
  TRY(db_prepare(store_db(s), "SELECT proposed, open, shard, base FROM intake_proposal WHERE intake = ?1", &q, e));
  db_bind_int(q, 1, intake);
  TRY(db_step(q, &row, e));
  if (row) *out = (struct fix_count){intake, db_int(q, 0), db_int(q, 1), db_int(q, 2), db_int(q, 3)};
  db_reset(q);
  return E_OK;
}

enum err_code fix_refuse_open(struct store *s, const struct intake_entry *entry, struct err *e) {
  struct fix_count count;
  char number[24], open[24];
  TRY(fix_count(s, entry->id, &count, e));
  if (!count.open) return E_OK;
  snprintf(number, sizeof number, "%lld", (long long)entry->id);
  snprintf(open, sizeof open, "%lld", (long long)count.open);
  return ERR(e, E_FIX_OPEN, .subject = number, .found = open);
}

/* --- states --- */

struct decision {
  enum repair_rule rule;
  int64_t line, cell; /* 0 = all of the rule that are open */
  enum repair_state state;
};

static bool covers(const struct decision *d, const struct fix_proposal *p) {
  bool open = p->state == REPAIR_PROPOSED || p->state == REPAIR_ACCEPTED_BY_RULE;
  return d->rule == p->rule && (d->line ? d->line == p->line && d->cell == p->cell : open);
}

/* The proposals of one cell stand together: they were made together. */
static void refuse_others(struct fix_proposal *list, int64_t n, int64_t i) {
  for (int64_t k = i - 1; k >= 0 && list[k].line == list[i].line && list[k].cell == list[i].cell; k--) list[k].state = REPAIR_REFUSED;
  for (int64_t k = i + 1; k < n && list[k].line == list[i].line && list[k].cell == list[i].cell; k++) list[k].state = REPAIR_REFUSED;
}

static void take_decision(struct fix_proposal *list, int64_t n, const struct decision *d) {
  for (int64_t i = 0; i < n; i++) {
    if (!covers(d, &list[i])) continue;
    list[i].state = d->state;
    if (d->state == REPAIR_ACCEPTED_BY_PERSON) refuse_others(list, n, i);
  }
}

static enum err_code take_stored(struct store *s, int64_t intake, struct fix_proposal *list, int64_t n, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(store_db(s), "SELECT rule, line, cell, state FROM repair_decision WHERE intake = ?1 ORDER BY id", &q, e));
  db_bind_int(q, 1, intake);
  enum err_code code = E_OK;
  for (bool row = true; !(code = db_step(q, &row, e)) && row;) {
    char rule[64];
    struct str name = db_text(q, 0);
    snprintf(rule, sizeof rule, "%.*s", (int)name.n, name.p);
    const struct decision d = {repair_rule_find(rule), db_int(q, 1), db_int(q, 2), (enum repair_state)db_int(q, 3)};
    take_decision(list, n, &d);
  }
  db_reset(q);
  return code;
}

/* --- the stored proposals --- */

static struct str cell_text(const struct column *c, int64_t i) { return dict_text(c->dict, c->code[i]); }

static enum err_code read_proposals(struct store *s, const struct fix_count *count, int64_t access, struct arena *a, struct fix_proposal **out,
                                    struct err *e) {
  struct table t;
  *out = ARENA_ARRAY(a, struct fix_proposal, count->proposed + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "proposals");
  if (!count->proposed) return E_OK;
  TRY(store_shard_read(s, count->shard, access, NAMES, COLUMNS, a, &t, e));
  if (t.n_rows != count->proposed || t.n_columns != COLUMNS) return ERR(e, E_BUG, .subject = "proposals");
  for (int64_t i = 0; i < t.n_rows; i++) {
    const struct column *c = t.columns;
    struct str item = cell_text(&c[C_ITEM], i), rule = cell_text(&c[C_RULE], i);
    const char *item_name = arena_strdup(a, item.p, item.n), *rule_name = arena_strdup(a, rule.p, rule.n);
    if (!item_name || !rule_name) return ERR(e, E_NO_MEMORY, .subject = "proposals");
    enum repair_rule found = repair_rule_find(rule_name);
    enum repair_state state = repair_rule_policy(found) == POLICY_BY_RULE ? REPAIR_ACCEPTED_BY_RULE : REPAIR_PROPOSED;
    (*out)[i] = (struct fix_proposal){c[C_LINE].i64[i],        c[C_CELL].i64[i],         c[C_ROW].i64[i], item_name, found, state,
                                      cell_text(&c[C_RAW], i), cell_text(&c[C_VALUE], i)};
  }
  return take_stored(s, count->intake, *out, count->proposed, e);
}

enum err_code fix_list(struct store *s, const struct intake_entry *entry, bool show, struct arena *a, struct fix_proposal **out, int64_t *n,
                       struct err *e) {
  struct fix_count count;
  char object[64];
  int64_t intent;
  TRY(fix_count(s, entry->id, &count, e));
  *n = count.proposed;
  snprintf(object, sizeof object, "intake:%lld/proposals", (long long)entry->id);
  struct log_entry log = {.action = "data-read", .object = object, .purpose = "", .rows = count.proposed, .detail = show ? "values shown" : ""};
  TRY(store_log_intent(s, &log, &intent, e));
  enum err_code code = read_proposals(s, &count, intent, a, out, e);
  struct err second = {0};
  enum err_code logged = store_log_outcome(s, intent, &log, code == E_OK, code ? &second : e);
  return code ? code : logged;
}

/* --- requests --- */

/* "12:5", "12:5:excel-serial-1900", "excel-serial-1900" */
static bool parse_request(const char *what, struct decision *out) {
  struct str cell, rule, line = str_split(str_of(what), ':', &cell);
  *out = (struct decision){REPAIR_NONE, 0, 0, REPAIR_PROPOSED};
  if (line.n == strlen(what)) {
    out->rule = repair_rule_find(what);
    return out->rule != REPAIR_NONE;
  }
  bool with_rule = memchr(cell.p, ':', cell.n) != NULL;
  cell = str_split(cell, ':', &rule);
  if (with_rule) out->rule = repair_rule_find(rule.p); /* the rest of a C string */
  return str_int64(line, &out->line) && str_int64(cell, &out->cell) && out->line > 0 && out->cell > 0 && (!with_rule || out->rule != REPAIR_NONE);
}

/* Finds the rule of a cell's only proposal; a cell with several needs the rule as well. */
static enum err_code find_rule(const struct fix_proposal *list, int64_t n, const char *what, struct decision *d, struct err *e) {
  char names[128] = "";
  int64_t found = 0;
  enum repair_rule only = d->rule;
  for (int64_t i = 0; i < n; i++) {
    bool same_cell = !d->line || (list[i].line == d->line && list[i].cell == d->cell);
    if (!same_cell || (d->rule != REPAIR_NONE && list[i].rule != d->rule)) continue;
    only = list[i].rule;
    if (++found == 1 || d->line) snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", found > 1 ? ", " : "", repair_rule_name(only));
  }
  if (d->line && found > 1) return ERR(e, E_FIX_WHICH, .subject = what, .expected = names);
  d->rule = only;
  return found ? E_OK : ERR(e, E_FIX_NONE, .subject = what);
}

static enum err_code make_decision(const struct fix_proposal *list, int64_t n, const struct fix_request *r, struct decision *out, struct err *e) {
  if (!parse_request(r->what, out)) return ERR(e, E_FIX_NONE, .subject = r->what);
  TRY(find_rule(list, n, r->what, out, e));
  out->state = r->accept ? REPAIR_ACCEPTED_BY_PERSON : REPAIR_REFUSED;
  if (r->accept && !out->line && repair_rule_policy(out->rule) == POLICY_CELL_BY_CELL) return ERR(e, E_FIX_ONE_BY_ONE, .subject = r->what);
  return E_OK;
}

/* --- deciding --- */

struct fixing {
  struct store *s;
  struct arena *a;
  struct intake_entry entry;
  struct fix_count count;
  struct form *form;
  struct fix_proposal *list;
  struct decision *decisions;
  int n_decisions;
  int64_t access, open;
  struct table records;
};

static enum err_code check_entry(struct fixing *f, const char *forms, int64_t intake, struct err *e) {
  char number[24];
  bool sent;
  struct period p;
  snprintf(number, sizeof number, "%lld", (long long)intake);
  TRY(intake_get(f->s, intake, f->a, &f->entry, e));
  TRY(batch_shard_is_sent(f->s, f->entry.shard ? f->entry.shard : -intake, &sent, e));
  if (sent) return ERR(e, E_FIX_SEALED, .subject = number);
  if (!period_parse(str_of(f->entry.period), &p)) return ERR(e, E_BUG, .subject = f->entry.period);
  TRY(form_read(f->a, store_job(f->s), forms, f->entry.survey, f->entry.form, f->entry.version, period_last_day(&p), &f->form, NULL, e));
  if (strcmp(f->form->hash_hex, f->entry.form_hash)) return ERR(e, E_FIX_FORM, .subject = number, .expected = f->entry.version);
  return fix_count(f->s, intake, &f->count, e);
}

/* Decisions that change a state are kept; *changed counts proposals. */
static enum err_code settle(struct fixing *f, const struct fix_request *requests, int n, int64_t *changed, struct err *e) {
  int64_t n_list = f->count.proposed;
  uint8_t *before = ARENA_ARRAY(f->a, uint8_t, n_list + 1);
  f->decisions = ARENA_ARRAY(f->a, struct decision, n + 1);
  if (!before || !f->decisions) return ERR(e, E_NO_MEMORY, .subject = "decisions");
  for (int64_t i = 0; i < n_list; i++) before[i] = (uint8_t)f->list[i].state;
  for (int k = 0; k < n; k++) {
    TRY(make_decision(f->list, n_list, &requests[k], &f->decisions[k], e));
    take_decision(f->list, n_list, &f->decisions[k]);
  }
  f->n_decisions = n;
  for (int64_t i = 0; i < n_list; i++) {
    *changed += before[i] != (uint8_t)f->list[i].state;
    f->open += f->list[i].state == REPAIR_PROPOSED;
  }
  return E_OK;
}

static enum err_code write_decisions(struct fixing *f, struct err *e) {
  struct db_statement *q;
  for (int k = 0; k < f->n_decisions; k++) {
    const struct decision *d = &f->decisions[k];
    const int64_t values[] = {d->line, d->cell, d->state, job_now(store_job(f->s)), f->access};
    TRY(db_prepare(store_db(f->s), "INSERT INTO repair_decision(intake, rule, line, cell, state, decided_at, log) VALUES(?1,?2,?3,?4,?5,?6,?7)", &q,
                   e));
    db_bind_int(q, 1, f->entry.id);
    db_bind_cstr(q, 2, repair_rule_name(d->rule));
    for (int i = 0; i < 5; i++) db_bind_int(q, 3 + i, values[i]);
    TRY(db_execute(q, e));
  }
  return E_OK;
}

static enum err_code write_all(struct fixing *f, struct err *e) {
  struct repair_shards shards = {.current = f->entry.shard, .base = f->count.base};
  struct db_statement *q;
  TRY(write_decisions(f, e));
  TRY(repair_write(f->s, f->form, &f->entry, f->list, f->count.proposed, &f->records, f->a, &shards, e));
  TRY(db_prepare(store_db(f->s), "UPDATE intake SET shard = ?2 WHERE id = ?1", &q, e));
  db_bind_int(q, 1, f->entry.id);
  db_bind_int(q, 2, shards.current);
  TRY(db_execute(q, e));
  TRY(db_prepare(store_db(f->s), "UPDATE intake_proposal SET open = ?2, base = ?3 WHERE intake = ?1", &q, e));
  db_bind_int(q, 1, f->entry.id);
  db_bind_int(q, 2, f->open);
  db_bind_int(q, 3, shards.base);
  return db_execute(q, e);
}

static enum err_code decide_logged(struct fixing *f, const struct fix_request *requests, int n, struct fix_result *out, struct err *e) {
  TRY(read_proposals(f->s, &f->count, f->access, f->a, &f->list, e));
  TRY(settle(f, requests, n, &out->changed, e));
  for (int64_t i = 0; i < f->count.proposed; i++) {
    out->accepted += f->list[i].state == REPAIR_ACCEPTED_BY_PERSON;
    out->refused += f->list[i].state == REPAIR_REFUSED;
  }
  out->open = f->open;
  if (!out->changed) return E_OK;
  TRY(store_shard_read(f->s, f->count.base ? f->count.base : f->entry.shard, f->access, NULL, 0, f->a, &f->records, e));
  TRY(store_begin(f->s, e));
  enum err_code code = write_all(f, e);
  if (!code) code = store_commit(f->s, e);
  if (code) store_rollback(f->s);
  return code;
}

enum err_code fix_decide(struct store *s, const char *forms, int64_t intake, const struct fix_request *requests, int n_requests, const char *reason,
                         struct fix_result *out, struct err *e) {
  struct fixing f = {.s = s, .a = arena_new(0)};
  char object[64];
  *out = (struct fix_result){0};
  snprintf(object, sizeof object, "intake:%lld/fix", (long long)intake);
  struct log_entry log = {.action = "data-correct", .object = object, .purpose = "", .detail = reason ? reason : ""};
  if (!f.a) return ERR(e, E_NO_MEMORY, .subject = object);
  enum err_code code = reason && *reason ? check_entry(&f, forms, intake, e) : ERR(e, E_FIX_REASON, .subject = requests[0].what);
  if (!code) code = store_log_intent(s, &log, &f.access, e);
  if (!code) {
    struct err second = {0};
    code = decide_logged(&f, requests, n_requests, out, e);
    log.rows = out->changed;
    enum err_code logged = store_log_outcome(s, f.access, &log, code == E_OK, code ? &second : e);
    if (!code) code = logged;
  }
  arena_free(f.a);
  return code;
}
