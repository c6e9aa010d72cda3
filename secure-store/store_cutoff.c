/* store_cutoff.c -- see store_cutoff.h. Segments are numbered in the order they were written and keep their number when packs are written anew: the
 * number of the last one says what was there; a later list of marks has a later number. */
#include "secure-store/store_cutoff.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "secure-store/store_impl.h"

enum { FORMS_MOST = 256 };

static bool named(struct store_cutoff *c, const char *survey, const char *period, const char *name) {
  const int n[] = {snprintf(c->survey, sizeof c->survey, "%s", survey), snprintf(c->period, sizeof c->period, "%s", period),
      snprintf(c->name, sizeof c->name, "%s", name)};
  return n[0] > 0 && n[0] < (int)sizeof c->survey && n[1] > 0 && n[1] < (int)sizeof c->period && n[2] > 0 && n[2] < (int)sizeof c->name;
}

/* --- the digest --- */
struct forms {
  char id[FORMS_MOST][64];
  int n;
};
static enum err_code received_forms(struct store *s, const struct store_cutoff *c, struct forms *out, struct err *e) {
  struct db_statement *q;
  bool row;
  enum err_code code;
  out->n = 0;
  TRY(db_prepare(s->db, "SELECT form FROM dataset WHERE survey = ?1 AND period = ?2 AND stage = 'received' ORDER BY form", &q, e));
  db_bind_cstr(q, 1, c->survey);
  db_bind_cstr(q, 2, c->period);
  while (!(code = db_step(q, &row, e)) && row && out->n < FORMS_MOST) {
    const struct str form = db_text(q, 0);
    if (form.n >= sizeof out->id[0]) code = ERR(e, E_CAP_EXCEEDED, .subject = "name of a form");
    if (code) break;
    snprintf(out->id[out->n++], sizeof out->id[0], "%.*s", (int)form.n, form.p);
  }
  db_reset(q);
  return code ? code : row ? ERR(e, E_CAP_EXCEEDED, .subject = "forms of one survey") : E_OK;
}
static void digest_shard(struct sha256 *h, const struct shard *d) {
  char line[256];
  const int n = snprintf(line, sizeof line, "%s %s %lld %s\n", d->batch, d->sender, (long long)d->number, d->content_hash);
  sha256_add(h, line, n > 0 && n < (int)sizeof line ? (size_t)n : 0);
}
/* Of what the store shows now: a form without a current row does not count, so that one that came later leaves no trace. */
static enum err_code digest_of(struct store *s, const struct store_cutoff *c, char out[65], int64_t *n_rows, struct err *e) {
  struct arena *a = arena_new(0);
  struct forms *forms = a ? ARENA_NEW(a, struct forms) : NULL;
  struct sha256 h;
  uint8_t hash[32];
  enum err_code code = forms ? received_forms(s, c, forms, e) : ERR(e, E_NO_MEMORY, .subject = "cut-off");
  *n_rows = 0;
  sha256_begin(&h);
  for (int i = 0; !code && i < forms->n; i++) {
    const struct dataset_key key = {c->survey, forms->id[i], c->period, "received"};
    struct shard *list;
    int64_t n;
    code = store_shards(s, &key, a, &list, &n, e);
    if (code || n == 0) continue;
    sha256_add(&h, forms->id[i], strlen(forms->id[i]));
    sha256_add(&h, "\n", 1);
    for (int64_t k = 0; k < n; k++) digest_shard(&h, &list[k]), *n_rows += list[k].n_rows;
  }
  sha256_end(&h, hash);
  hex_encode(hash, sizeof hash, out);
  arena_free(a);
  return code;
}

/* --- taking --- */
static enum err_code last_segment(struct store *s, int64_t *out, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(s->db, "SELECT coalesce(max(id), 0) FROM segment", &q, e));
  TRY(db_step(q, &row, e));
  *out = db_int(q, 0);
  db_reset(q);
  return E_OK;
}
enum err_code store_cutoff_take(struct store *s, const char *survey, const char *period, const char *name, struct store_cutoff *out, struct err *e) {
  struct db_statement *q;
  int64_t last;
  *out = (struct store_cutoff){.name = ""};
  if (!s->in_transaction) return ERR(e, E_STORE_NO_TRANSACTION, .subject = "store_cutoff_take");
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = name);
  if (!named(out, survey, period, name)) return ERR(e, E_CAP_EXCEEDED, .subject = "name of a cut-off");
  TRY(last_segment(s, &last, e));
  TRY(digest_of(s, out, out->digest, &out->n_rows, e));
  TRY(db_prepare(s->db, "INSERT INTO cutoff(survey, period, name, last_segment, digest, n_rows) VALUES(?1, ?2, ?3, ?4, ?5, ?6)", &q, e));
  db_bind_cstr(q, 1, out->survey);
  db_bind_cstr(q, 2, out->period);
  db_bind_cstr(q, 3, out->name);
  db_bind_int(q, 4, last);
  db_bind_cstr(q, 5, out->digest);
  db_bind_int(q, 6, out->n_rows);
  return db_execute(q, e);
}

/* --- reading --- */
static enum err_code find(struct store *s, struct store_cutoff *c, int64_t *last, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(s->db, "SELECT last_segment, digest, n_rows FROM cutoff WHERE survey = ?1 AND period = ?2 AND name = ?3", &q, e));
  db_bind_cstr(q, 1, c->survey);
  db_bind_cstr(q, 2, c->period);
  db_bind_cstr(q, 3, c->name);
  TRY(db_step(q, &row, e));
  if (row) {
    *last = db_int(q, 0);
    snprintf(c->digest, sizeof c->digest, "%.*s", (int)db_text(q, 1).n, db_text(q, 1).p);
    c->n_rows = db_int(q, 2);
  }
  db_reset(q);
  return row ? E_OK : ERR(e, E_STORE_CUTOFF_NONE, .subject = c->name);
}
enum err_code store_cutoff_find(struct store *s, const char *survey, const char *period, const char *name, struct store_cutoff *out, struct err *e) {
  int64_t last;
  *out = (struct store_cutoff){.name = ""};
  return named(out, survey, period, name) ? find(s, out, &last, e) : ERR(e, E_STORE_CUTOFF_NONE, .subject = name);
}
enum err_code store_cutoff_open(struct store *s, const char *survey, const char *period, const char *name, struct store_cutoff *out, struct err *e) {
  char now[65];
  int64_t last = 0, n_rows;
  *out = (struct store_cutoff){.name = ""};
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = name);
  if (!named(out, survey, period, name)) return ERR(e, E_STORE_CUTOFF_NONE, .subject = name);
  TRY(find(s, out, &last, e));
  s->as_of = (struct store_as_of){*out, last, true};
  enum err_code code = digest_of(s, out, now, &n_rows, e);
  if (!code && strcmp(now, out->digest) != 0) code = ERR(e, E_STORE_CUTOFF_CHANGED, .subject = out->name);
  if (code) s->as_of.set = false;
  return code;
}
const struct store_cutoff *store_cutoff_of(const struct store *s) { return s && s->as_of.set ? &s->as_of.cutoff : NULL; }
