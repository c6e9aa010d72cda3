/* grant_limits.c -- counters that are the log; see grant_limits.h. */
#include "secure-store/rights/grant_limits.h"

#include <stdio.h>
#include <string.h>

#include "secure-store/rights/grant_impl.h"

enum { DAY_SECONDS = 86400, ALARM_UNITS = 9, CELLS_OF_ALL = 256 };
static const char *const count_names[COUNT_KINDS] = {"cells", "exports", "queries", "rows", "sessions", "tables"};
static const char *const count_actions[COUNT_KINDS] = {"data-read", "package-build", "data-read", "data-read", "job-start", "output-submit"};

const char *grant_count_name(enum grant_count c) { return (unsigned)c < COUNT_KINDS ? count_names[c] : ""; }

/* --- adding up --- */

static int64_t day_of(int64_t t) { return t >= 0 ? t / DAY_SECONDS : -1; }

static void add_up(const struct store *s, uint64_t grant, uint64_t person, int64_t now, struct grant_usage *out) {
  const struct usage_charge *c = (const struct usage_charge *)(const void *)s->records.usage.charges.p;
  size_t n = s->records.usage.charges.n / sizeof *c;
  memset(out, 0, sizeof *out);
  for (size_t i = 0; i < n; i++) {
    if ((grant && c[i].grant != grant) || (person && c[i].person != person)) continue;
    out->in_all[c[i].kind] += c[i].amount;
    if (day_of(c[i].wall) == day_of(now)) out->today[c[i].kind] += c[i].amount;
  }
}

/* Walls never go back, so the charges of a day stand at the end. */
static void add_up_today(const struct store *s, uint64_t person, int64_t now, struct grant_usage *out) {
  const struct usage_charge *c = (const struct usage_charge *)(const void *)s->records.usage.charges.p;
  memset(out, 0, sizeof *out);
  for (size_t i = s->records.usage.charges.n / sizeof *c; i-- > 0 && day_of(c[i].wall) >= day_of(now);)
    if (c[i].person == person) out->today[c[i].kind] += c[i].amount;
}

void grant_usage_of(const struct store *s, const char *grant_id, int64_t now, struct grant_usage *out) {
  add_up(s, record_object_hash(grant_id), 0, now, out);
}
void person_usage_of(const struct store *s, const char *person, int64_t now, struct grant_usage *out) {
  add_up(s, 0, record_object_hash(person), now, out);
}

/* --- what is left --- */

struct limit {
  int64_t most, used; /* most -1 = no limit */
};
struct room {
  enum err_lang lang;              /* of what is said about it */
  struct limit of[COUNT_KINDS][3]; /* grant per day, grant in all, person per day */
};
static const char *const limit_names[3][2] = {{"of this grant per day", "この許可の1日の"}, {"of this grant in all", "この許可の全期間の"},
    {"of this person per day", "この人の1日の"}};
static const char *const count_names_ja[COUNT_KINDS] = {"値の数", "持出し回数", "照会回数", "行数", "セッション数", "統計表の数"};

static enum err_code room_now(struct store *s, const struct grant *g, struct room *r, struct err *e) {
  struct person_limits p;
  struct grant_usage of_grant, of_person;
  int64_t now;
  r->lang = s->job ? s->job->lang : LANG_EN;
  TRY(store_now(s, &now, e));
  TRY(person_limits_now(s, &p, e));
  grant_usage_of(s, g->id, now, &of_grant);
  add_up_today(s, record_object_hash(g->person), now, &of_person);
  const int64_t day[COUNT_KINDS] = {
      g->limits.cells_per_day, -1, g->limits.queries_per_day, g->limits.rows_per_day, g->limits.sessions_per_day, g->limits.tables_per_day};
  const int64_t all[COUNT_KINDS] = {-1, g->limits.exports, -1, g->limits.rows_in_all, -1, -1};
  const int64_t person[COUNT_KINDS] = {p.cells_per_day, p.exports_per_day, p.queries_per_day, p.rows_per_day, p.sessions_per_day, p.tables_per_day};
  for (int k = 0; k < COUNT_KINDS; k++) {
    r->of[k][0] = (struct limit){day[k], of_grant.today[k]};
    r->of[k][1] = (struct limit){all[k], of_grant.in_all[k]};
    r->of[k][2] = (struct limit){person[k], of_person.today[k]};
  }
  return E_OK;
}

static int64_t left(const struct room *r, int kind) {
  int64_t least = INT64_MAX;
  for (int i = 0; i < 3; i++) {
    const struct limit *l = &r->of[kind][i];
    int64_t rest = l->most < 0 ? INT64_MAX : l->most > l->used ? l->most - l->used : 0;
    if (rest < least) least = rest;
  }
  return least;
}

static enum err_code over(const struct room *r, int kind, int64_t n, struct err *e) {
  char subject[96], expected[64], found[64];
  for (int i = 0; i < 3; i++) {
    const struct limit *l = &r->of[kind][i];
    if (l->most < 0 || (l->used <= l->most && n <= l->most - l->used)) continue;
    if (r->lang == LANG_JA) snprintf(subject, sizeof subject, "%s%s", limit_names[i][1], count_names_ja[kind]);
    else snprintf(subject, sizeof subject, "%s %s", count_names[kind], limit_names[i][0]);
    snprintf(expected, sizeof expected, "<= %lld", (long long)l->most);
    snprintf(found, sizeof found, "%lld + %lld", (long long)l->used, (long long)n);
    return ERR(e, E_GRANT_LIMIT, .subject = subject, .expected = expected, .found = found);
  }
  return E_OK;
}

/* --- leaves --- */

static void charge_leaf(struct store *s, const char *action, const char *what, struct log_leaf *leaf) {
  store_log_leaf_begin(s, leaf, action, LOG_NOTE);
  grant_on_leaf(s, leaf);
  snprintf(leaf->object, sizeof leaf->object, "%s", what);
}

static enum err_code write_charge(struct store *s, const char *action, const char *what, struct err *e) {
  struct log_leaf leaf;
  charge_leaf(s, action, what, &leaf);
  return store_log_note(s, &leaf, false, e);
}

static void rows_text(const struct store *s, const char *word, struct grant_amount a, const char *dataset, char *out, size_t size) {
  snprintf(out, size, "%s rows:%lld cells:%lld person:%s%s%.120s", word, (long long)a.rows, (long long)a.cells, s->grant->g.person,
      dataset ? " dataset:" : "", dataset ? dataset : "");
}

/* --- rows and cells --- */

static int64_t more(int64_t need, int64_t have) { return need > have ? need - have : 0; }
static int64_t ahead(int64_t need, int64_t used, int64_t rest) {
  int64_t wish = need > INT64_MAX - used ? need : need + used; /* doubling */
  return wish < rest ? wish : rest;
}

static enum err_code reserve(struct store *s, struct grant_amount need, struct grant_amount wish, const char *dataset, struct err *e) {
  struct grant_session *g = s->grant;
  struct room r;
  char text[LOG_OBJECT_BYTES];
  TRY(room_now(s, &g->g, &r, e));
  TRY(over(&r, COUNT_ROWS, need.rows, e));
  TRY(over(&r, COUNT_CELLS, need.cells, e));
  if (s->in_transaction) return ERR(e, E_GRANT_TRANSACTION, .subject = dataset ? dataset : g->g.id);
  struct grant_amount take = {ahead(need.rows, wish.rows, left(&r, COUNT_ROWS)), ahead(need.cells, wish.cells, left(&r, COUNT_CELLS))};
  rows_text(s, "charge", take, dataset, text, sizeof text);
  TRY(write_charge(s, "data-read", text, e));
  g->prepaid.rows += take.rows;
  g->prepaid.cells += take.cells;
  return E_OK;
}

enum err_code grant_charge(struct store *s, struct grant_amount need, const char *dataset, struct err *e) {
  struct grant_session *g = s->grant;
  struct grant_amount missing = {more(need.rows, g->prepaid.rows), more(need.cells, g->prepaid.cells)};
  if (missing.rows > 0 || missing.cells > 0) TRY(reserve(s, missing, g->used, dataset, e));
  g->prepaid.rows -= need.rows;
  g->prepaid.cells -= need.cells;
  g->used.rows += need.rows;
  g->used.cells += need.cells;
  return E_OK;
}

void grant_give_back(struct store *s) {
  struct grant_session *g = s->grant;
  char text[LOG_OBJECT_BYTES];
  struct err problem;
  if (g->prepaid.rows <= 0 && g->prepaid.cells <= 0) return;
  rows_text(s, "return", g->prepaid, NULL, text, sizeof text);
  if (write_charge(s, "data-read", text, &problem)) job_problem(s->job, &problem); /* stays counted: never the other way */
  g->prepaid = (struct grant_amount){0, 0};
}

enum err_code grant_reserve(struct store *s, int64_t rows, struct err *e) {
  if (!s->grant) return store_has_officers(s) ? ERR(e, E_GRANT_NEEDED, .subject = "grant_reserve") : E_OK;
  const struct grant *g = &s->grant->g;
  int64_t columns = strcmp(g->column[0], "*") == 0 ? CELLS_OF_ALL : g->n_columns;
  struct grant_amount need = {more(rows, s->grant->prepaid.rows), 0};
  need.cells = need.rows > INT64_MAX / columns ? INT64_MAX : more(need.rows * columns, s->grant->prepaid.cells);
  if (need.rows == 0) return E_OK;
  enum err_code code = reserve(s, need, (struct grant_amount){0, 0}, NULL, e);
  return code ? grant_refuse(s, "data-read", g->id, e) : E_OK;
}

/* --- the others --- */

static enum err_code count_one(struct store *s, enum grant_count what, int64_t n, struct err *e) {
  struct room r;
  char text[LOG_OBJECT_BYTES];
  TRY(room_now(s, &s->grant->g, &r, e));
  TRY(over(&r, (int)what, n, e));
  if (s->in_transaction) return ERR(e, E_GRANT_TRANSACTION, .subject = count_names[what]);
  snprintf(text, sizeof text, "charge %s:%lld person:%s", count_names[what], (long long)n, s->grant->g.person);
  return write_charge(s, count_actions[what], text, e);
}

enum err_code grant_charge_session(struct store *s, struct err *e) { return count_one(s, COUNT_SESSIONS, 1, e); }

enum err_code grant_take(struct store *s, enum grant_count what, int64_t n, struct err *e) {
  if (!s->grant) {
    if (!store_has_officers(s)) return E_OK;
    (void)ERR(e, E_GRANT_NEEDED, .subject = count_names[what]);
    return store_refuse(s, count_actions[what], "no grant", e);
  }
  enum err_code code = grant_check_session(s, e);
  if (!code) code = count_one(s, what, n, e);
  return code ? grant_refuse(s, count_actions[what], s->grant->g.id, e) : E_OK;
}

enum err_code grant_query_allowed(struct store *s, struct err *e) {
  struct room r;
  TRY(room_now(s, &s->grant->g, &r, e));
  return over(&r, COUNT_QUERIES, 1, e);
}

/* --- before a transaction: what the grant's datasets hold --- */

static enum err_code rows_covered(struct store *s, const struct grant *g, int64_t *rows, struct err *e) {
  struct db_statement *q;
  bool row;
  enum err_code code;
  char name[STORE_DATASET_BYTES];
  *rows = 0;
  TRY(db_prepare(s->db, "SELECT d.name, sum(h.n_rows) FROM dataset d JOIN shard h ON h.dataset_id = d.id GROUP BY d.id", &q, e));
  while (!(code = db_step(q, &row, e)) && row) {
    struct str text = db_text(q, 0);
    snprintf(name, sizeof name, "%.*s", (int)text.n, text.p);
    if (grant_covers_dataset(g, name)) *rows += db_int(q, 1);
  }
  return code;
}

/* Nothing can be made durable alone inside; what is left of the limits is taken, and a reading beyond it is refused there. */
enum err_code grant_before_transaction(struct store *s, struct err *e) {
  struct room r;
  int64_t rows = 0;
  if (s->log.open_intents.n == 0) return E_OK;
  TRY(rows_covered(s, &s->grant->g, &rows, e));
  if (rows <= s->grant->prepaid.rows) return E_OK;
  TRY(room_now(s, &s->grant->g, &r, e));
  int64_t rest = left(&r, COUNT_ROWS), wish = rows - s->grant->prepaid.rows;
  if (rest < wish) wish = rest;
  int64_t columns = strcmp(s->grant->g.column[0], "*") == 0 ? CELLS_OF_ALL : s->grant->g.n_columns, cells = left(&r, COUNT_CELLS);
  if (wish < INT64_MAX / columns && wish * columns < cells) cells = wish * columns;
  return wish > 0 ? reserve(s, (struct grant_amount){wish, cells}, (struct grant_amount){0, 0}, NULL, e) : E_OK;
}

/* --- differencing --- */

static bool near(const struct usage_query *a, const struct usage_query *b) {
  int64_t apart = a->rows > b->rows ? a->rows - b->rows : b->rows - a->rows;
  return a->dataset == b->dataset && a->person == b->person && apart >= 1 && apart <= ALARM_UNITS && (a->filtered || b->filtered);
}

static enum err_code raise_alarm(
    struct store *s, const char *dataset, const struct usage_query *now, const struct usage_query *before, struct err *e) {
  char object[RECORD_OBJECT_BYTES], text[512];
  struct err warning;
  snprintf(object, sizeof object, "task:differencing:%s:%llu", s->grant->g.id, (unsigned long long)now->seq);
  int n = snprintf(text, sizeof text, "shirabe-task-1\nfor auditor\nkind differencing\ngrant %s\nperson %s\ndataset %s\nleaves %llu %llu\n",
      s->grant->g.id, s->grant->g.person, dataset, (unsigned long long)before->seq, (unsigned long long)now->seq);
  (void)ERR(&warning, E_GRANT_DIFFERENCING, .subject = dataset);
  job_problem(s->job, &warning);
  return record_put(s, &(struct record_entry){.action = "inspect-plan", .object = object, .role = LOG_ROLE_PROGRAM, .grant = s->grant->g.id,
                                              .text = str_view(text, (size_t)n)}, e);
}

static enum err_code note_query(struct store *s, const char *dataset, struct str filter, bool filtered, int64_t rows, struct err *e) {
  struct log_leaf leaf;
  struct strbuf token_of;
  strbuf_init(&token_of, 0);
  store_log_leaf_begin(s, &leaf, "data-read", LOG_NOTE);
  grant_on_leaf(s, &leaf);
  snprintf(leaf.object, sizeof leaf.object, "query person:%s filtered:%d dataset:%.180s", s->grant->g.person, filtered, dataset);
  leaf.rows = rows;
  strbuf_addf(&token_of, "%s\n", dataset);
  strbuf_add(&token_of, filter.p, filter.n);
  enum err_code code =
      token_of.failed ? ERR(e, E_NO_MEMORY, .subject = "filter") : store_token(s, "grant-filter", token_of.p, token_of.n, leaf.output_hash, e);
  strbuf_release(&token_of);
  TRY(code);
  TRY(store_log_append(s, &leaf, e));
  const struct usage_query *q = (const struct usage_query *)(const void *)s->records.usage.queries.p;
  size_t n = s->records.usage.queries.n / sizeof *q;
  for (size_t i = n - 1; i-- > 0;)
    if (near(&q[i], &q[n - 1])) {
      struct usage_query before = q[i], now = q[n - 1];
      return raise_alarm(s, dataset, &now, &before, e);
    }
  return E_OK;
}

static struct grant_query *found_queries(struct store *s) { return (struct grant_query *)(void *)s->grant->queries.p; }
static size_t n_found(const struct store *s) { return s->grant->queries.n / sizeof(struct grant_query); }

void grant_found(struct store *s, const char *dataset, int64_t rows) {
  struct grant_query fresh = {.rows = rows}, *q = found_queries(s);
  size_t n = n_found(s), i = 0;
  while (i < n && strcmp(q[i].dataset, dataset) != 0) i++;
  if (i < n) {
    q[i].rows += rows;
    return;
  }
  snprintf(fresh.dataset, sizeof fresh.dataset, "%s", dataset);
  strbuf_add(&s->grant->queries, (const char *)&fresh, sizeof fresh);
}

enum err_code grant_on_outcome(struct store *s, struct err *e) {
  if (!s->grant) return E_OK;
  const struct grant *g = &s->grant->g;
  if (s->grant->queries.failed) return ERR(e, E_NO_MEMORY, .subject = "queries");
  for (size_t i = 0; i < n_found(s); i++) {
    struct grant_query *q = &found_queries(s)[i];
    if (q->written) continue;
    TRY(note_query(s, q->dataset, str_of(g->filter), g->filter[0] != 0, q->rows, e));
    q->written = true;
  }
  return E_OK;
}

void grant_on_settle(struct store *s, bool committed) {
  size_t to = 0;
  if (!s->grant) return;
  struct grant_query *q = found_queries(s);
  for (size_t i = 0, n = n_found(s); i < n; i++) {
    if (q[i].written && committed) continue;
    q[to] = q[i];
    q[to++].written = false;
  }
  s->grant->queries.n = to * sizeof *q;
}

static enum err_code query_in(struct store *s, const char *dataset, struct str filter, int64_t n, struct err *e) {
  struct grant_change c;
  TRY(grant_change_begin(&c, s, e));
  enum err_code code = note_query(s, dataset, filter, filter.n > 0, n, e);
  if (code && c.own) store_rollback(s);
  return code || !c.own ? code : store_commit(s, e);
}

enum err_code grant_query_note(struct store *s, const char *dataset, struct str filter, int64_t n, struct err *e) {
  return s->grant ? query_in(s, dataset, filter, n, e) : E_OK;
}
