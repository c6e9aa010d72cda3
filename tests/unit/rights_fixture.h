/* rights_fixture.h -- a light store with a clock that a test moves, and officers with keys made on the spot. */
#ifndef SHIRABE_TESTS_UNIT_RIGHTS_FIXTURE_H
#define SHIRABE_TESTS_UNIT_RIGHTS_FIXTURE_H
#include "tests/fault/store_fixture.h"

#include "base/bytes.h"
#include "secure-store/access_log.h"
#include "secure-store/age.h"
#include "secure-store/rights/approval.h"
#include "secure-store/rights/clock.h"
#include "secure-store/rights/officer.h"
#include "secure-store/rights/record.h"
#include "secure-store/rights/role.h"
#include "secure-store/store_impl.h"

enum { T0 = 1767225600, HOUR = 3600, DAY = 86400, YEAR = 365 * DAY, FIXTURE_PEOPLE = 10 };

struct person {
  struct officer card;
  struct officer_secret secret;
};
struct rights {
  char folder[256];
  struct problems problems;
  struct job job;
  int64_t time;
  struct store *s;
  struct person person[FIXTURE_PEOPLE];
};

static int64_t UNUSED moving_clock(void *context) { return ((struct rights *)context)->time; }

/* Names differ in more than what folding forgets. */
static void UNUSED make_person(struct person *p, const char *id, const char *name, const char *staff_no) {
  memset(p, 0, sizeof *p);
  snprintf(p->card.id, sizeof p->card.id, "%s", id);
  snprintf(p->card.name, sizeof p->card.name, "%s", name);
  snprintf(p->card.organisation, sizeof p->card.organisation, "統計課");
  snprintf(p->card.section, sizeof p->card.section, "企画係");
  snprintf(p->card.staff_no, sizeof p->card.staff_no, "%s", staff_no);
  memset(p->card.pledge_sha256, 'a', 64);
  snprintf(p->card.trained, sizeof p->card.trained, "2025-12-01");
  age_keypair(p->secret.age, p->card.age_recipient);
  minisign_keypair(&p->secret.sign);
  minisign_public_text(&p->secret.sign, p->card.minisign_public);
}

static void UNUSED rights_open(struct rights *r) {
  struct err error;
  OK(store_open(&r->job, r->folder, PASSPHRASE, &r->s, &error));
}
static void UNUSED rights_close(struct rights *r) {
  store_close(r->s);
  r->s = NULL;
}
static void UNUSED rights_again(struct rights *r) {
  rights_close(r);
  rights_open(r);
}

/* Runs one change in a transaction of its own; a refusal is written as the outermost caller does. */
#define CHANGE(r, result, call)                                         \
  do {                                                                  \
    struct err change_error_ = {.code = E_OK};                          \
    enum err_code change_ = store_begin((r)->s, &change_error_);        \
    struct err *e = &change_error_;                                     \
    if (!change_) change_ = (call);                                     \
    if (!change_) change_ = store_commit((r)->s, &change_error_);       \
    else store_rollback((r)->s);                                        \
    (result) = change_;                                                 \
  } while (0)
#define CHANGED(r, call)                                                       \
  do {                                                                         \
    enum err_code changed_;                                                    \
    struct err *e_out_ = &(struct err){.code = E_OK};                          \
    (void)e_out_;                                                              \
    CHANGE(r, changed_, call);                                                 \
    if (changed_) fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, err_name(changed_)); \
    assert_int_equal(changed_, E_OK);                                          \
  } while (0)
#define REFUSED(r, code, call)                                                 \
  do {                                                                         \
    enum err_code refused_;                                                    \
    CHANGE(r, refused_, call);                                                 \
    if (refused_ != (code)) fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, refused_ ? err_name(refused_) : "done"); \
    assert_int_equal(refused_, code);                                          \
  } while (0)

static struct rights UNUSED *rights_new(void) {
  struct err error;
  struct rights *r = calloc(1, sizeof *r);
  fixture_folder(r->folder);
  r->time = T0;
  r->job = fixture_job(&r->problems);
  r->job.clock = moving_clock;
  r->job.clock_context = r;
  OK(fixture_init(&r->job, r->folder, &error));
  rights_open(r);
  return r;
}
static void UNUSED rights_free(struct rights *r) {
  if (r->s) rights_close(r);
  remove_tree(r->folder);
  free(r);
}

static enum err_code UNUSED found(struct rights *r, int who, enum log_role role, struct err *e) {
  struct role_certificate c = {.role = role, .from = T0 - DAY, .until = T0 + 3 * (int64_t)YEAR};
  memcpy(c.officer, r->person[who].card.id, sizeof c.officer);
  return role_found(r->s, &c, e);
}

/* The word of one person about a subject, as text with signature. */
static void UNUSED sign_word(struct rights *r, int who, const char *kind, const uint8_t subject[32], bool approve, int64_t time, struct strbuf *out) {
  struct err error;
  struct approval a = {.approve = approve, .time = time};
  snprintf(a.kind, sizeof a.kind, "%s", kind);
  memcpy(a.install_id, r->s->install_id, sizeof a.install_id);
  memcpy(a.subject, subject, 32);
  memcpy(a.officer, r->person[who].card.id, sizeof a.officer);
  strbuf_init(out, 0);
  OK(approval_sign(&r->person[who].secret, &a, out, &error));
}
static enum err_code UNUSED put_word(
    struct rights *r, int who, const char *action, const char *kind, const uint8_t subject[32], bool approve, int64_t time, struct err *e) {
  struct strbuf text;
  struct approval out;
  sign_word(r, who, kind, subject, approve, time, &text);
  enum err_code code = approval_put(r->s, str_view(text.p, text.n), action, kind, subject, &out, e);
  strbuf_release(&text);
  return code;
}

static void UNUSED certificate(struct rights *r, int who, enum log_role role, int64_t from, int64_t until, struct strbuf *text, uint8_t subject[32]) {
  struct err error;
  struct role_certificate c = {.role = role, .from = from, .until = until};
  memcpy(c.officer, r->person[who].card.id, sizeof c.officer);
  strbuf_init(text, 0);
  OK(role_certificate_text(r->s, &c, text, subject, &error));
}

/* Persons 0 (chief) and 1 (manager) founded, 2 manager and 3 key officer appointed by both, 4 tabulator, 5 auditor, 6 reviewer, 7 tabulator, 8
 * provider. */
static void UNUSED appoint(struct rights *r, int who, enum log_role role) {
  struct strbuf text;
  uint8_t subject[32];
  certificate(r, who, role, T0 - DAY, T0 + 3 * (int64_t)YEAR, &text, subject);
  CHANGED(r, role_put(r->s, str_view(text.p, text.n), e));
  CHANGED(r, put_word(r, 0, "role-grant", "role", subject, true, r->time, e));
  CHANGED(r, put_word(r, 1, "role-grant", "role", subject, true, r->time, e));
  strbuf_release(&text);
}
static void UNUSED people(struct rights *r) {
  static const char *const who[FIXTURE_PEOPLE][3] = {{"chief-a", "青木 春子", "A100"}, {"manager-b", "井上 夏雄", "A200"}, {"manager-c", "上田 秋江", "A300"},
      {"keys-d", "江口 冬樹", "A400"}, {"tab-e", "大野 都", "A500"}, {"audit-f", "加藤 実", "A600"}, {"review-g", "木村 望", "A700"}, {"tab-h", "工藤 静", "A800"},
      {"pack-j", "小林 遥", "A900"}, {"maint-k", "佐々木 透", "B900"}};
  for (int i = 0; i < FIXTURE_PEOPLE; i++) {
    make_person(&r->person[i], who[i][0], who[i][1], who[i][2]);
    CHANGED(r, officer_add(r->s, &r->person[i].card, e));
  }
  CHANGED(r, found(r, 0, LOG_ROLE_CHIEF, e));
  CHANGED(r, found(r, 1, LOG_ROLE_MANAGER, e));
  appoint(r, 2, LOG_ROLE_MANAGER);
  appoint(r, 3, LOG_ROLE_KEY_OFFICER);
  appoint(r, 4, LOG_ROLE_TABULATOR);
  appoint(r, 5, LOG_ROLE_AUDITOR);
  appoint(r, 6, LOG_ROLE_REVIEWER);
  appoint(r, 7, LOG_ROLE_TABULATOR);
  appoint(r, 8, LOG_ROLE_PROVIDER);
}

/* --- what the log says --- */

struct leaf_count {
  uint16_t action;
  enum log_result result;
  const char *basis;
  int64_t n;
};
static enum err_code UNUSED count_leaf(void *context, const struct log_leaf *leaf, struct err *e) {
  struct leaf_count *c = context;
  (void)e;
  c->n += leaf->result == c->result && (c->action == 0 || leaf->action == c->action) && (!c->basis || strcmp(c->basis, leaf->basis) == 0);
  return E_OK;
}
static int64_t UNUSED leaves(struct rights *r, const char *action, enum log_result result, const char *basis) {
  struct err error;
  struct leaf_count c = {action ? log_action_number(action) : 0, result, basis, 0};
  OK(store_log_each(r->s, count_leaf, &c, &error));
  return c.n;
}

/* Changes the database behind the store's back, as somebody with the file can. */
static void UNUSED edit_database(struct rights *r, const char *sql) {
  struct err error;
  struct db *db = NULL;
  char path[512];
  snprintf(path, sizeof path, "%s/store.db", r->folder);
  OK(db_open(path, 0, &db, &error));
  OK(db_run(db, sql, &error));
  db_close(db);
}
#endif
