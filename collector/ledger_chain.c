#include "collector/ledger_chain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/amendment.h"

enum { MAX_LINKS = 1 << 16 };

struct chain {
  struct store *s;
  struct arena *a;
  struct ledger_link *links;
  int64_t *stored, n;
};

static int level_of(const char *office) {
  struct str code;
  enum office_type t = OFFICE_MUNICIPALITY;
  (void)!office_type_parse(str_split(str_of(office), '-', &code), &t);
  return (int)t;
}

/* The lowest level first, so that children are summed before their parents. */
static int by_level(const void *x, const void *y) {
  const struct ledger_link *a = x, *b = y;
  return a->level != b->level ? a->level - b->level : strcmp(a->office, b->office);
}

static enum err_code add_offices(struct chain *c, const char *survey, const char *period, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(c->s),
      "SELECT o.office, coalesce((SELECT parent FROM roster r WHERE r.office = o.office AND r.survey = ?1 ORDER BY since DESC LIMIT 1), ''),"
      " coalesce((SELECT sum(k.declared) FROM batch b JOIN batch_count k ON k.batch = b.id WHERE b.sender = o.office AND b.survey = ?1 AND (?2 = '' "
      "OR b.period = ?2)), 0),"
      " coalesce((SELECT sum(k.accepted) FROM batch b JOIN batch_count k ON k.batch = b.id WHERE b.sender = o.office AND b.survey = ?1 AND (?2 = '' "
      "OR b.period = ?2)), 0)"
      " FROM (SELECT DISTINCT office FROM roster WHERE survey = ?1 UNION SELECT DISTINCT sender FROM batch WHERE survey = ?1"
      " UNION SELECT ?3) o",
      &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  db_bind_cstr(q, 3, store_office(c->s)->id);
  while (c->n < MAX_LINKS) {
    TRY(db_step(q, &row, e));
    if (!row) return E_OK;
    struct ledger_link *l = &c->links[c->n++];
    l->office = arena_strdup(c->a, db_text(q, 0).p, db_text(q, 0).n);
    l->parent = arena_strdup(c->a, db_text(q, 1).p, db_text(q, 1).n);
    if (!l->office || !l->parent) break;
    l->level = level_of(l->office);
    l->declared = db_int(q, 2);
    l->own = db_int(q, 3);
  }
  db_reset(q);
  return ERR(e, E_CAP_EXCEEDED, .subject = "offices");
}

/* Manifests count a correction like a record: what was replaced or withdrawn since is taken off, as the versions say. */
static enum err_code replaced_rows(struct chain *c, const char *survey, const char *period, struct ledger_link *l, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(c->s),
      "SELECT coalesce(sum(v.current - coalesce((SELECT sum(k.accepted) FROM batch b JOIN batch_count k ON k.batch = b.id AND k.form = v.form WHERE"
      " b.sender = v.office AND b.survey = v.survey AND b.period = v.period), 0)), 0) FROM version_count v"
      " WHERE v.survey = ?1 AND (?2 = '' OR v.period = ?2) AND v.office = ?3 AND v.office <> ?4",
      &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  db_bind_cstr(q, 3, l->office);
  db_bind_cstr(q, 4, store_office(c->s)->id);
  TRY(db_step(q, &row, e));
  l->own += db_int(q, 0);
  db_reset(q);
  return E_OK;
}

/* Current rows: those of the shards without the ones marked as replaced or withdrawn. */
static enum err_code stored_rows(struct chain *c, const char *survey, const char *period, const char *office, int64_t *rows, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(c->s),
      "SELECT coalesce(sum(h.n_rows - coalesce((SELECT g.rows FROM segment g WHERE g.shard_id = h.id AND g.column_name = '#hidden'"
      " ORDER BY g.seg_no DESC LIMIT 1), 0)), 0) FROM dataset d JOIN shard h ON h.dataset_id = d.id AND h.sender = ?3 AND h.batch <> ''"
      " WHERE d.survey = ?1 AND d.stage = 'received' AND (?2 = '' OR d.period = ?2)",
      &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  db_bind_cstr(q, 3, office);
  TRY(db_step(q, &row, e));
  *rows = db_int(q, 0);
  db_reset(q);
  return E_OK;
}

enum err_code ledger_amended(struct store *s, const char *survey, const char *period, const char *office, int64_t *records, struct err *e) {
  return amendment_delta(s, survey, period, "", office, records, e);
}

static void say_difference(struct chain *c, const struct ledger_link *l, int64_t expected) {
  struct err problem;
  char x[24], f[24];
  snprintf(x, sizeof x, "%lld", (long long)expected);
  snprintf(f, sizeof f, "%lld", (long long)l->here);
  (void)ERR(&problem, E_LEDGER_CHAIN, .subject = l->office, .expected = x, .found = f);
  job_problem(store_job(c->s), &problem);
}

static int by_office(const void *x, const void *y) {
  return strcmp((*(struct ledger_link *const *)x)->office, (*(struct ledger_link *const *)y)->office);
}

/* By the books, office by office upwards: `below` takes what the children are expected to have, `here` what is really stored. */
static enum err_code add_up(struct chain *c, const char *survey, const char *period, int64_t *differences, struct err *e) {
  struct ledger_link **sorted = ARENA_ARRAY(c->a, struct ledger_link *, c->n + 1);
  if (!sorted) return ERR(e, E_NO_MEMORY, .subject = "ledger");
  for (int64_t i = 0; i < c->n; i++) sorted[i] = &c->links[i];
  qsort(sorted, (size_t)c->n, sizeof *sorted, by_office);
  for (int64_t i = 0; i < c->n; i++) {
    struct ledger_link *l = &c->links[i], wanted = {.office = l->parent}, *key = &wanted;
    int64_t rows;
    TRY(replaced_rows(c, survey, period, l, e));
    TRY(stored_rows(c, survey, period, l->office, &rows, e));
    TRY(ledger_amended(c->s, survey, period, l->office, &l->amended, e));
    l->here += rows + l->amended;
    const int64_t expected = l->own + l->below + l->amended;
    if (l->here != expected) {
      say_difference(c, l, expected);
      (*differences)++;
    }
    struct ledger_link **parent = l->parent[0] ? bsearch(&key, sorted, (size_t)c->n, sizeof *sorted, by_office) : NULL;
    if (!parent || (*parent)->level <= l->level) continue;
    (*parent)->below += expected;
    (*parent)->here += l->here;
  }
  return E_OK;
}

enum err_code ledger_chain(struct store *s, const char *survey, const char *period, struct arena *a, struct ledger_link **out, int64_t *n,
    int64_t *differences, struct err *e) {
  struct chain c = {.s = s, .a = a, .links = ARENA_ARRAY(a, struct ledger_link, MAX_LINKS)};
  if (!c.links) return ERR(e, E_NO_MEMORY, .subject = "ledger");
  TRY(add_offices(&c, survey, period, e));
  qsort(c.links, (size_t)c.n, sizeof *c.links, by_level);
  TRY(add_up(&c, survey, period, differences, e));
  *out = c.links;
  *n = c.n;
  return E_OK;
}
