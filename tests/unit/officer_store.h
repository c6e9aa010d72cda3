/* officer_store.h -- a light store with officers, a clock that a test moves, and openings by any choice of officers. */
#ifndef SHIRABE_TESTS_OFFICER_STORE_H
#define SHIRABE_TESTS_OFFICER_STORE_H
#include "tests/unit/officer_fixture.h"

#include "secure-store/rights/founders.h"
#include "secure-store/rights/grant.h"
#include "secure-store/store_impl.h"
#include "secure-store/store_rotate.h"

enum { OS_T0 = 1767225600, OS_DAY = 86400 };
struct officer_store {
  struct officers o;
  char folder[300], good[300], bad[300]; /* store; passphrase files */
  struct problems problems;
  struct job job;
  int64_t time;
  struct store_founders founders;
};
static int64_t UNUSED officer_store_clock(void *context) { return ((struct officer_store *)context)->time; }

static void UNUSED officer_store_people(struct officer_store *f) {
  static const char *const names[OFFICERS] = {"青木 春子", "井上 夏雄", "上田 秋江", "江口 冬樹", "大野 都", "加藤 実"};
  for (int i = 0; i < OFFICERS; i++) {
    struct officer *c = &f->o.card[i];
    snprintf(c->name, sizeof c->name, "%s", names[i]);
    snprintf(c->organisation, sizeof c->organisation, "統計課");
    snprintf(c->section, sizeof c->section, "企画係");
    snprintf(c->staff_no, sizeof c->staff_no, "A%d00", i + 1);
    snprintf(c->trained, sizeof c->trained, "2025-12-01");
    memset(c->pledge_sha256, 'a', 64);
  }
}
/* Officers 0 to 2 unlock, 2 is a manager too, 3 is the chief, 4 the auditor, 5 is not there. */
static void UNUSED officer_store_begin(struct officer_store *f) {
  static const role_set roles[5] = {ROLE_BIT(LOG_ROLE_KEY_OFFICER), ROLE_BIT(LOG_ROLE_KEY_OFFICER),
      ROLE_BIT(LOG_ROLE_KEY_OFFICER) | ROLE_BIT(LOG_ROLE_MANAGER), ROLE_BIT(LOG_ROLE_CHIEF), ROLE_BIT(LOG_ROLE_AUDITOR)};
  struct err error;
  memset(f, 0, sizeof *f);
  officers_make(&f->o);
  officer_store_people(f);
  f->time = OS_T0;
  f->job = fixture_job(&f->problems);
  f->job.clock = officer_store_clock;
  f->job.clock_context = f;
  snprintf(f->folder, sizeof f->folder, "%s/store", f->o.folder);
  snprintf(f->good, sizeof f->good, "%s/good.txt", f->o.folder);
  snprintf(f->bad, sizeof f->bad, "%s/bad.txt", f->o.folder);
  OK(atomic_write(f->good, PASSPHRASE "\n", strlen(PASSPHRASE) + 1, ATOMIC_REPLACE, 0600, &error));
  OK(atomic_write(f->bad, "another passphrase\n", 19, ATOMIC_REPLACE, 0600, &error));
  f->founders.n = 5;
  f->founders.until = OS_T0 + 3 * 365 * OS_DAY;
  f->founders.plan = &f->o.plan;
  for (int i = 0; i < 5; i++) {
    f->founders.founder[i].card = f->o.card[i];
    f->founders.founder[i].roles = roles[i];
  }
  store_founders_plan(&f->founders, 2, 3, &f->o.unlock, &f->o.authority);
}
static void UNUSED officer_store_make(struct officer_store *f) {
  struct err error;
  officer_store_begin(f);
  OK(store_init_officers(&f->job, f->folder, &fixture_office, "light", &f->founders, &error));
}
static void UNUSED officer_store_end(struct officer_store *f) { officers_free(&f->o); }

static int UNUSED chosen(struct officer_store *f, unsigned set, struct store_officer *out) {
  int n = 0;
  for (int i = 0; i < OFFICERS; i++)
    if (set >> i & 1) out[n++] = (struct store_officer){.key_file = f->o.key[i], .passphrase_file = f->good};
  return n;
}
static enum err_code UNUSED open_by(struct officer_store *f, unsigned set, struct store **s, struct err *e) {
  struct store_officer list[OFFICERS];
  int n = chosen(f, set, list);
  return store_open_shares(&f->job, f->folder, list, n, s, e);
}
/* A new epoch authorised by a set of officers; plan NULL = the same holders. */
static enum err_code UNUSED rotate_by(struct officer_store *f, struct store *s, unsigned authority, const struct keystore_plan *plan, struct err *e) {
  struct store_officer list[OFFICERS];
  const struct store_rotation r = {.plan = plan, .n_authority = chosen(f, authority, list), .authority = list};
  return store_rotate(s, &r, e);
}
/* Registers officer-f, and has manager and chief appoint a key officer of him. */
static void UNUSED put_officer_f_in(struct officer_store *f, struct store *s, bool key_officer) {
  struct err error;
  struct strbuf text;
  uint8_t subject[32];
  struct role_certificate c = {.role = LOG_ROLE_KEY_OFFICER, .from = f->time, .until = f->time + 365 * OS_DAY};
  memcpy(c.officer, officer_ids[5], strlen(officer_ids[5]) + 1);
  strbuf_init(&text, 0);
  OK(store_begin(s, &error));
  OK(officer_add(s, &f->o.card[5], &error));
  OK(store_commit(s, &error));
  if (!key_officer) return;
  OK(role_certificate_text(s, &c, &text, subject, &error));
  OK(store_begin(s, &error));
  OK(role_put(s, str_view(text.p, text.n), &error));
  for (int who = 2; who <= 3; who++) { /* manager and chief */
    struct approval a = {.kind = "role", .approve = true, .time = f->time}, back;
    struct strbuf word;
    memcpy(a.install_id, s->install_id, 16);
    memcpy(a.subject, subject, 32);
    memcpy(a.officer, officer_ids[who], strlen(officer_ids[who]) + 1);
    strbuf_init(&word, 0);
    OK(approval_sign(f->o.secret[who], &a, &word, &error));
    OK(approval_put(s, str_view(word.p, word.n), "role-grant", "role", subject, &back, &error));
    strbuf_release(&word);
  }
  OK(store_commit(s, &error));
  strbuf_release(&text);
}
/* Rows of a store with officers are read under a grant: officer-a asks and reads, manager and chief approve. */
static enum err_code UNUSED grant_word(struct officer_store *f, struct store *s, int who, const char *kind, const uint8_t subject[32],
    struct err *e) {
  struct approval a = {.approve = true, .time = f->time};
  struct strbuf word;
  snprintf(a.kind, sizeof a.kind, "%s", kind);
  memcpy(a.install_id, s->install_id, 16);
  memcpy(a.subject, subject, 32);
  memcpy(a.officer, officer_ids[who], strlen(officer_ids[who]) + 1);
  strbuf_init(&word, 0);
  enum err_code code = approval_sign(f->o.secret[who], &a, &word, e);
  if (!code) code = grant_vote(s, "g-1", str_view(word.p, word.n), e);
  strbuf_release(&word);
  return code;
}
static enum err_code UNUSED make_reading_grant(struct officer_store *f, struct store *s, struct arena *a, struct err *e) {
  static const char text[] =
      "{\"format\":\"shirabe-grant-1\",\"id\":\"g-1\",\"dataset\":\"vital/birth/2025-12/received\",\"columns\":[\"*\"],\"filter\":\"\","
      "\"legal_basis\":\"32-i\",\"person\":\"officer-a\",\"requester\":\"officer-a\",\"machine\":\"this\",\"break_glass\":\"\",\"limits\":"
      "{\"cells_per_day\":-1,\"exports\":1,\"queries_per_day\":-1,\"rows_in_all\":-1,\"rows_per_day\":-1,\"sessions_per_day\":-1,"
      "\"tables_per_day\":-1},"
      "\"from\":1767225600,\"until\":1798761600,\"purpose\":\"月報の集計\",\"place\":\"統計課 集計室\",\"output_rule\":\"household\"}";
  struct grant g;
  uint8_t subject[32];
  TRY(grant_request(s, str_of(text), e));
  TRY(grant_find(s, a, "g-1", &g, subject, e));
  TRY(grant_word(f, s, 0, "request", subject, e));
  TRY(grant_word(f, s, 2, "grant", subject, e));
  TRY(grant_word(f, s, 3, "grant", subject, e));
  return grant_activate(s, "g-1", e);
}
static enum err_code UNUSED read_granted(struct officer_store *f, struct store *s, int64_t shard, struct arena *a, struct table *out, struct err *e) {
  struct grant g;
  uint8_t subject[32];
  struct err unknown;
  if (grant_find(s, a, "g-1", &g, subject, &unknown)) TRY(make_reading_grant(f, s, a, e));
  TRY(officer_sign_in(s, f->o.secret[0], e));
  TRY(grant_enter(s, a, "g-1", "officer-a", e));
  enum err_code code = fixture_read(s, shard, a, out, e);
  grant_leave(s);
  return code;
}
/* Copies one file of the store aside, or back. */
static void UNUSED copy_file(const char *from, const char *to) {
  struct err error;
  uint8_t *p = NULL;
  size_t n = 0;
  if (access(from, F_OK) != 0) {
    unlink(to);
    return;
  }
  OK(file_read(from, 1 << 28, &p, &n, &error));
  OK(atomic_write(to, p, n, ATOMIC_REPLACE, 0600, &error));
  free(p);
}
static void UNUSED keep_files(struct officer_store *f, const char *const *names, bool back) {
  for (; *names; names++) {
    char in[400], aside[400];
    snprintf(in, sizeof in, "%.280s/%s", f->folder, *names);
    snprintf(aside, sizeof aside, "%.250s/aside-%s", f->o.folder, *names);
    copy_file(back ? aside : in, back ? in : aside);
  }
}
#endif
