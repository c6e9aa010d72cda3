/* test_output.c -- an output on its way out: states as data, who may do what, rows 25 (register, kinds of files), 26 and 33. */
#include "tests/unit/output_fixture.h"

#include "secure-store/extract/provide.h"
#include "secure-store/release.h"

/* --- the table: every pair once, and only once --- */

static void table_is_total_and_disjoint(void **state) {
  (void)state;
  static const struct {
    enum output_state from;
    enum output_step step;
    int to; /* -1 = never */
  } pairs[] = {
#define OUTPUT_GO(from, step, to) {from, step, to},
#define OUTPUT_NEVER(from, step) {from, step, -1},
#include "secure-store/output/output_steps.def"
  };
  int seen[OUTPUT_STATES][OUTPUT_STEPS] = {{0}};
  bool reached[OUTPUT_STATES] = {[OUTPUT_NONE] = true};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    seen[pairs[i].from][pairs[i].step]++;
    assert_int_equal(output_next(pairs[i].from, pairs[i].step), pairs[i].to < 0 ? OUTPUT_NONE : (enum output_state)pairs[i].to);
  }
  for (int s = 0; s < OUTPUT_STATES; s++)
    for (int k = 0; k < OUTPUT_STEPS; k++) assert_int_equal(seen[s][k], 1);
  for (int round = 0; round < OUTPUT_STATES; round++)
    for (int s = 0; s < OUTPUT_STATES; s++)
      for (int k = 0; reached[s] && k < OUTPUT_STEPS; k++)
        if (output_next((enum output_state)s, (enum output_step)k) != OUTPUT_NONE)
          reached[output_next((enum output_state)s, (enum output_step)k)] = true;
  for (int s = 0; s < OUTPUT_STATES; s++) {
    assert_true(reached[s]);
    for (int other = 0; other < s; other++)
      assert_string_not_equal(output_state_name((enum output_state)s), output_state_name((enum output_state)other));
  }
  /* nothing reaches "released" but a release, and nothing leaves the three ends */
  for (int s = 0; s < OUTPUT_STATES; s++)
    for (int k = 0; k < OUTPUT_STEPS; k++) {
      const enum output_state to = output_next((enum output_state)s, (enum output_step)k);
      if (to == OUTPUT_RELEASED) assert_int_equal(k, OUTPUT_DO_RELEASE);
      if (s == OUTPUT_REJECTED || s == OUTPUT_WITHDRAWN) assert_int_equal(to, OUTPUT_NONE);
      if (to == OUTPUT_APPROVED) assert_int_equal(s, OUTPUT_REVIEWED);
    }
}

/* --- the whole way --- */

static void the_whole_way(void **state) {
  (void)state;
  struct rights *r = output_new();
  struct output o;
  struct output_votes v;
  struct err error;
  uint8_t *text = NULL;
  size_t n = 0;
  char path[400];
  OK(hand_in(r, "o-1", CLEAN, &o, &error));
  assert_int_equal(output_state_of(&o), OUTPUT_SUBMITTED);
  assert_string_equal(o.verdict, "review");
  assert_string_equal(o.profile, "household"); /* what two officers approved with the grant */
  OK(vote_as(r, CHECKER, "o-1", true, &o, &error));
  assert_int_equal(output_state_of(&o), OUTPUT_PARTIALLY_REVIEWED);
  OK(output_votes(r->s, &o, &v, &error));
  assert_true(!v.complete && v.n_for == 0 && v.n_against == 0); /* nobody sees it */
  REFUSES(r, E_OUTPUT_STATE, release_as(r, CHIEF, "o-1", &o, e));
  OK(vote_as(r, CHECKER_2, "o-1", true, &o, &error));
  assert_int_equal(output_state_of(&o), OUTPUT_APPROVED);
  OK(output_votes(r->s, &o, &v, &error));
  assert_true(v.complete && v.n_for == 2);
  assert_false(file_there(r, "o-1", "t.csv"));
  REFUSES(r, E_ROLE_MISSING, release_as(r, TABULATOR_2, "o-1", &o, e));
  OK(release_as(r, CHIEF, "o-1", &o, &error));
  assert_true(file_there(r, "o-1", "t.csv") && file_there(r, "o-1", "NOTES.md"));
  snprintf(path, sizeof path, "%s/out/output-o-1/NOTES.md", r->folder);
  OK(file_read(path, 1 << 20, &text, &n, &error));
  const char *notes = (const char *)text;
  assert_non_null(memmem(notes, n, "独自に集計・加工したもの", strlen("独自に集計・加工したもの")));
  assert_non_null(memmem(notes, n, "own tabulation", strlen("own tabulation")));
  free(text);
  snprintf(path, sizeof path, "%s/out/output-o-1/t.csv", r->folder);
  OK(file_read(path, 1 << 20, &text, &n, &error));
  assert_true(n == strlen(CLEAN) && memcmp(text, CLEAN, n) == 0);
  free(text);
  rights_again(r);
  assert_int_equal(state_in_store(r, "o-1"), OUTPUT_RELEASED);
  OK(release_as(r, CHIEF, "o-1", &o, &error)); /* again: the same files */
  REFUSES(r, E_OUTPUT_STATE, hand_in(r, "o-1", CLEAN_2, &o, e));
  REFUSES(r, E_OUTPUT_STATE, withdraw_as(r, TABULATOR, "o-1", &o, e));
  assert_int_equal(leaves(r, "output-release", LOG_DONE, NULL), 2); /* the row and the signature under it */
  rights_free(r);
}

/* Neither the state nor the log nor the rows of the database tell the second checker what the first one said. */
static enum err_code no_word(void *context, const struct log_leaf *leaf, struct err *e) {
  (void)e;
  if (leaf->action != log_action_number("output-vote")) return E_OK;
  ++*(int *)context;
  assert_string_equal(leaf->basis, "");
  return E_OK;
}
static void nobody_sees_one_vote(void **state) {
  (void)state;
  struct rights *r = output_new();
  struct err error;
  for (int k = 0; k < 2; k++) {
    struct output o;
    struct output_votes v;
    struct db_statement *q;
    bool row;
    int votes = 0;
    const char *id = k ? "o-no" : "o-yes";
    OK(hand_in(r, id, CLEAN, &o, &error));
    OK(vote_as(r, CHECKER, id, k == 0, &o, &error));
    assert_string_equal(o.state, "partially-reviewed"); /* for and against alike */
    OK(output_votes(r->s, &o, &v, &error));
    assert_true(!v.complete && v.n_for == 0 && v.n_against == 0);
    OK(store_log_each(r->s, no_word, &votes, &error));
    assert_int_equal(votes, 2 * (k + 1)); /* word and row */
    OK(db_prepare(r->s->db, "SELECT count(*) FROM rights_record WHERE object LIKE 'approval:output:%' AND "
        "(sealed = 0 OR instr(text, 'approve') > 0 OR instr(text, 'refuse') > 0)", &q, &error));
    OK(db_step(q, &row, &error));
    assert_int_equal(db_int(q, 0), 0);
    db_reset(q);
  }
  rights_free(r);
}

/* Two against, one each, a change of mind. */
static void outcomes_of_votes(void **state) {
  (void)state;
  struct rights *r = output_new();
  struct output o;
  struct err error;
  static const struct {
    const char *id;
    bool first, second;
    enum output_state state;
  } cases[] = {{"o-yy", true, true, OUTPUT_APPROVED}, {"o-nn", false, false, OUTPUT_REJECTED}, {"o-yn", true, false, OUTPUT_RETURNED},
      {"o-ny", false, true, OUTPUT_RETURNED}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    OK(hand_in(r, cases[i].id, CLEAN, &o, &error));
    OK(vote_as(r, CHECKER, cases[i].id, cases[i].first, &o, &error));
    OK(vote_as(r, CHECKER_2, cases[i].id, cases[i].second, &o, &error));
    assert_int_equal(output_state_of(&o), cases[i].state);
  }
  REFUSES(r, E_OUTPUT_STATE, hand_in(r, "o-nn", CLEAN, &o, e)); /* rejected is the end */
  OK(hand_in(r, "o-yn", CLEAN, &o, &error));
  assert_int_equal(output_state_of(&o), OUTPUT_SUBMITTED);
  OK(hand_in(r, "o-c", CLEAN, &o, &error));
  OK(vote_as(r, CHECKER, "o-c", false, &o, &error));
  OK(vote_as(r, CHECKER, "o-c", true, &o, &error)); /* one checker twice is one vote */
  assert_int_equal(output_state_of(&o), OUTPUT_PARTIALLY_REVIEWED);
  OK(vote_as(r, CHECKER_2, "o-c", true, &o, &error));
  assert_int_equal(output_state_of(&o), OUTPUT_APPROVED);
  OK(withdraw_as(r, TABULATOR, "o-c", &o, &error));
  REFUSES(r, E_OUTPUT_STATE, release_as(r, CHIEF, "o-c", &o, e));
  rights_free(r);
}

static void who_may_not(void **state) {
  (void)state;
  struct rights *r = output_new();
  struct output o;
  REFUSES(r, E_OUTPUT_AUTHOR, hand_in_as(r, TABULATOR_2, "o-1", "g-1", "t.csv", str_of(CLEAN), (struct str){0}, &o, e));
  REFUSES(r, E_GRANT_UNKNOWN, hand_in_as(r, TABULATOR, "o-1", "g-none", "t.csv", str_of(CLEAN), (struct str){0}, &o, e));
  struct err error;
  OK(hand_in(r, "o-1", CLEAN, &o, &error));
  REFUSES(r, E_ROLE_MISSING, vote_as(r, TABULATOR, "o-1", true, &o, e));
  REFUSES(r, E_ROLE_MISSING, vote_as(r, PROVIDER, "o-1", true, &o, e));
  appoint(r, TABULATOR, LOG_ROLE_REVIEWER);
  REFUSES(r, E_OUTPUT_CHECKER, vote_as(r, TABULATOR, "o-1", true, &o, e)); /* the author */
  REFUSES(r, E_ROLE_MISSING, withdraw_as(r, TABULATOR_2, "o-1", &o, e));
  REFUSES(r, E_OUTPUT_ID, vote_as(r, CHECKER, "o-9", true, &o, e));
  const struct output_rules rules = rules_of();
  struct output_file f = {.name = "t.csv", .bytes = str_of(CLEAN)};
  const struct output_request q = {"o-2", "g-1", "", &f, 1};
  REFUSES(r, E_DISPOSAL_OFFICER, output_hand_in(r->s, &q, &rules, NULL, &o, e));
  OK(grant_revoke(r->s, "g-1", "終了", &error));
  REFUSES(r, E_GRANT_REVOKED, hand_in(r, "o-3", CLEAN, &o, e));
  rights_free(r);
}
/* What may leave in a day is counted with the grant: the third table of two. */
static void tables_of_a_day_are_counted(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct output o;
  struct err error;
  people(r);
  const struct ask a = {.requester = "keys-d",
      .limits = "{\"cells_per_day\":-1,\"exports\":1,\"queries_per_day\":-1,\"rows_in_all\":-1,\"rows_per_day\":-1,\"sessions_per_day\":-1,"
                "\"tables_per_day\":2}"};
  make_grant(r, &a);
  OK(hand_in(r, "o-1", CLEAN, &o, &error));
  assert_int_equal(hand_in(r, "o-1", SMALL, &o, &error), E_OUTPUT_BLOCKED); /* a trial counts as well */
  REFUSES(r, E_GRANT_LIMIT, hand_in(r, "o-2", CLEAN, &o, e));
  assert_int_equal(state_in_store(r, "o-2"), OUTPUT_NONE);
  r->time += 23 * HOUR;
  OK(withdraw_as(r, TABULATOR, "o-1", &o, &error)); /* the clock moves with what happens */
  r->time += 2 * HOUR;
  OK(hand_in(r, "o-2", CLEAN, &o, &error));
  rights_free(r);
}
/* Who built or signed the package of the grant checks none of its outputs. */
static void not_the_provider(void **state) {
  (void)state;
  struct rights *r = output_new();
  struct output o;
  struct err error;
  int64_t shard;
  char out[300];
  struct provide_result made;
  put_table(r, 40, 1, &shard);
  appoint(r, PROVIDER, LOG_ROLE_REVIEWER);
  OK(hand_in(r, "o-1", CLEAN, &o, &error));
  OK(output_checker(r->s, &o, r->person[PROVIDER].card.id, &error)); /* before, he might have been */
  snprintf(out, sizeof out, "%s/packages", r->folder);
  r->time += 60;
  const struct provide_request q = {.grant = "g-1", .out_folder = out, .builder = &r->person[PROVIDER].secret, .signer = &r->person[MANAGER_2].secret,
      .formats = PROVIDE_CSV, .level = 3};
  OK(provide(r->s, &q, &made, &error));
  REFUSES(r, E_OUTPUT_CHECKER, vote_as(r, PROVIDER, "o-1", true, &o, e));
  REFUSES(r, E_OUTPUT_CHECKER, vote_as(r, MANAGER_2, "o-1", true, &o, e));
  rights_free(r);
}

/* --- row 26 --- */

static void a_changed_file_has_no_votes(void **state) {
  (void)state;
  struct rights *r = output_new();
  struct output o;
  struct output_votes v;
  struct err error;
  uint8_t before[32], after[32];
  OK(hand_in(r, "o-1", CLEAN, &o, &error));
  OK(output_subject(&o, before, &error));
  OK(vote_as(r, CHECKER, "o-1", true, &o, &error));
  OK(hand_in(r, "o-1", CLEAN_2, &o, &error)); /* after the first checker voted */
  assert_int_equal(output_state_of(&o), OUTPUT_SUBMITTED);
  OK(output_subject(&o, after, &error));
  assert_memory_not_equal(before, after, 32);
  OK(vote_as(r, CHECKER_2, "o-1", true, &o, &error));
  assert_int_equal(output_state_of(&o), OUTPUT_PARTIALLY_REVIEWED); /* the first vote is gone */
  OK(output_votes(r->s, &o, &v, &error));
  assert_false(v.complete);
  REFUSES(r, E_OUTPUT_STATE, release_as(r, CHIEF, "o-1", &o, e));
  /* the old word put again is about something else */
  r->time += 60;
  CHANGED(r, put_word(r, CHECKER, "output-vote", "output", before, true, r->time, e));
  OK(output_votes(r->s, &o, &v, &error));
  assert_false(v.complete);
  OK(vote_as(r, CHECKER, "o-1", true, &o, &error));
  assert_int_equal(output_state_of(&o), OUTPUT_APPROVED);
  /* approved, then changed: the same */
  OK(hand_in(r, "o-1", CLEAN, &o, &error));
  assert_int_equal(output_state_of(&o), OUTPUT_SUBMITTED);
  OK(output_votes(r->s, &o, &v, &error));
  assert_false(v.complete);
  assert_int_equal(o.revision, 3);
  REFUSES(r, E_OUTPUT_STATE, release_as(r, CHIEF, "o-1", &o, e));
  rights_free(r);
}
/* The subject is bound to every file by itself, whatever the revision says. */
static void votes_are_about_these_bytes(void **state) {
  (void)state;
  struct rights *r = output_new();
  struct output o;
  struct err error;
  uint8_t before[32], after[32];
  OK(hand_in(r, "o-1", CLEAN, &o, &error));
  OK(output_subject(&o, before, &error));
  char *hash = strchr(o.files, ' ') + 1;
  *hash = *hash == '0' ? '1' : '0';
  OK(output_subject(&o, after, &error));
  assert_memory_not_equal(before, after, 32);
  rights_free(r);
}
/* A checker who left and came back under another id is one person; and his vote from before he left stays. */
static void one_person_is_one_vote(void **state) {
  (void)state;
  struct rights *r = output_new();
  struct output o;
  struct err error;
  OK(hand_in(r, "o-1", CLEAN, &o, &error));
  OK(vote_as(r, CHECKER, "o-1", true, &o, &error));
  r->time += 60;
  CHANGED(r, officer_retire(r->s, r->person[CHECKER].card.id, e));
  REFUSES(r, E_OFFICER_RETIRED, vote_as(r, CHECKER, "o-1", false, &o, e));
  struct person *again = &r->person[MAINTENANCE];
  make_person(again, "review-x", "木村 望", "A700");
  snprintf(again->card.namesake_of, sizeof again->card.namesake_of, "%s", r->person[CHECKER].card.id);
  CHANGED(r, officer_add(r->s, &again->card, e));
  appoint(r, MAINTENANCE, LOG_ROLE_REVIEWER);
  OK(vote_as(r, MAINTENANCE, "o-1", true, &o, &error));
  assert_int_equal(output_state_of(&o), OUTPUT_PARTIALLY_REVIEWED);
  OK(vote_as(r, CHECKER_2, "o-1", true, &o, &error));
  assert_int_equal(output_state_of(&o), OUTPUT_APPROVED);
  OK(release_as(r, CHIEF, "o-1", &o, &error));
  rights_free(r);
}
/* A row edited behind the store's back: "approved" without votes. */
static void a_forged_row_releases_nothing(void **state) {
  (void)state;
  struct rights *r = output_new();
  struct output o;
  struct err error;
  OK(hand_in(r, "o-1", CLEAN, &o, &error));
  rights_close(r);
  edit_database(r, "UPDATE rights_record SET text = zeroblob(length(text)) WHERE object = 'output:o-1'");
  enum err_code code = store_open(&r->job, r->folder, PASSPHRASE, &r->s, &error);
  assert_int_equal(code, E_STORE_TAMPERED);
  rights_free(r);
}

/* --- row 25: blocked by the rules, by the register, by the kind of file --- */

static void blocked_by_the_rules(void **state) {
  (void)state;
  struct rights *r = output_new();
  struct output o;
  struct err error;
  struct strbuf report;
  const int64_t before = leaves(r, "output-block", LOG_DONE, NULL);
  assert_int_equal(hand_in(r, "o-1", SMALL, &o, &error), E_OUTPUT_BLOCKED);
  assert_int_equal(leaves(r, "output-block", LOG_DONE, NULL), before + 1);
  assert_int_equal(state_in_store(r, "o-1"), OUTPUT_PENDING);
  const struct act_by by = by_of(r, CHECKER);
  strbuf_init(&report, 0);
  OK(output_read_report(r->s, &o, &by, &report, &error));
  assert_non_null(strstr(strbuf_cstr(&report), "\"reason\":\"few-units\""));
  strbuf_release(&report);
  REFUSES(r, E_OUTPUT_STATE, vote_as(r, CHECKER, "o-1", true, &o, e));
  REFUSES(r, E_OUTPUT_STATE, release_as(r, CHIEF, "o-1", &o, e));
  OK(hand_in(r, "o-1", CLEAN, &o, &error));
  assert_int_equal(output_state_of(&o), OUTPUT_SUBMITTED);
  rights_free(r);
}
static void units_file(struct strbuf *b, int n, int without) {
  strbuf_init(b, 0);
  strbuf_adds(b, "unit,region\n");
  for (int i = 1; i <= n; i++)
    if (i != without) strbuf_addf(b, "u%d,1\n", i);
}
static enum err_code with_units(struct rights *r, const char *id, int n, int without, struct output *o, struct err *e) {
  struct strbuf units;
  char table[200];
  const int left = without ? n - 1 : n;
  units_file(&units, n, without);
  snprintf(table, sizeof table, "region,measure,kind,value,n\n1,persons,count,%d,%d\n", left, left);
  enum err_code code = hand_in_as(r, TABULATOR, id, "g-1", "t.csv", str_of(table), str_view(units.p, units.n), o, e);
  strbuf_release(&units);
  return code;
}
static void differencing_is_found_against_the_register(void **state) {
  (void)state;
  struct rights *r = output_new();
  struct output o;
  struct err error;
  struct strbuf report;
  OK(with_units(r, "o-1", 50, 0, &o, &error));
  OK(vote_as(r, CHECKER, "o-1", true, &o, &error));
  OK(vote_as(r, CHECKER_2, "o-1", true, &o, &error));
  OK(with_units(r, "o-2", 50, 7, &o, &error)); /* nothing is released yet: passes so far */
  OK(vote_as(r, CHECKER, "o-2", true, &o, &error));
  OK(vote_as(r, CHECKER_2, "o-2", true, &o, &error));
  OK(release_as(r, CHIEF, "o-1", &o, &error));
  assert_int_equal(with_units(r, "o-3", 50, 8, &o, &error), E_OUTPUT_BLOCKED); /* one unit fewer than o-1 */
  const struct act_by by = by_of(r, CHECKER);
  strbuf_init(&report, 0);
  OK(output_read_report(r->s, &o, &by, &report, &error));
  assert_non_null(strstr(strbuf_cstr(&report), "\"reason\":\"differencing\""));
  assert_non_null(strstr(strbuf_cstr(&report), "output o-1, t.csv"));
  strbuf_release(&report);
  /* approved before o-1 went out: found at the door, and its votes are gone */
  assert_int_equal(release_as(r, CHIEF, "o-2", &o, &error), E_OUTPUT_BLOCKED);
  assert_int_equal(state_in_store(r, "o-2"), OUTPUT_PENDING);
  assert_false(file_there(r, "o-2", "t.csv"));
  OK(with_units(r, "o-4", 200, 0, &o, &error)); /* far from it */
  rights_free(r);
}

static void kinds_of_files(void **state) {
  (void)state;
  struct rights *r = output_new();
  struct output o;
  static const unsigned char dot[] = {/* one grey point */
      0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00,
      0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00, 0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78,
      0x9c, 0x63, 0x60, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01, 0x48, 0xaf, 0xa4, 0x71, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44,
      0xae, 0x42, 0x60, 0x82};
  unsigned char texts[sizeof dot + 32];
  const struct str png = str_view((const char *)dot, sizeof dot), none = {0};
  struct err error;
  OK(hand_in_as(r, TABULATOR, "o-p", "g-1", "plot.png", png, none, &o, &error));
  assert_string_equal(o.verdict, "review"); /* a person has to look */
  memcpy(texts, dot, sizeof dot);
  texts[sizeof dot] = 'x';
  const struct {
    const char *name;
    struct str bytes;
  } bad[] = {{"plot.svg", STR("<svg><path d='M 1 2'/></svg>")}, {"plot.gph", STR("StataFileTM:00001")}, {"book.xlsx", STR("PK\3\4")},
      {"plot.png", STR("<svg/>")}, {"t.csv", str_view("a\0b", 3)}, {"t.csv", STR("\xff\xfe")},
      {"plot.png", str_view((const char *)texts, sizeof dot + 1)}, {"plot.png", str_view((const char *)dot, sizeof dot - 1)}, {"model.rds", STR("x")},
      {"table.csv.gz", STR("x")}, {"plot.pdf", STR("%PDF")}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    REFUSES(r, E_OUTPUT_TYPE, hand_in_as(r, TABULATOR, "o-1", "g-1", bad[i].name, bad[i].bytes, none, &o, e));
  assert_int_equal(leaves(r, "output-block", LOG_REFUSED, "E_OUTPUT_TYPE"), sizeof bad / sizeof *bad);
  /* a text between header and image, whole and with its checksum */
  static const unsigned char note[] = {0x00, 0x00, 0x00, 0x04, 0x74, 0x45, 0x58, 0x74, 0x6e, 0x00, 0x34, 0x32, 0x1f, 0x80, 0xf4, 0x0f};
  unsigned char noted[sizeof dot + sizeof note];
  memcpy(noted, dot, 33);
  memcpy(noted + 33, note, sizeof note);
  memcpy(noted + 33 + sizeof note, dot + 33, sizeof dot - 33);
  REFUSES(r, E_OUTPUT_TYPE, hand_in_as(r, TABULATOR, "o-1", "g-1", "plot.png", str_view((const char *)noted, sizeof noted), none, &o, e));
  /* every bit of the picture: no other picture passes unseen but through its image data */
  for (size_t i = 0; i < sizeof dot; i++) {
    enum output_kind kind;
    memcpy(texts, dot, sizeof dot);
    texts[i] ^= 1;
    assert_int_equal(output_file_check("p.png", str_view((const char *)texts, sizeof dot), &kind, &error), E_OUTPUT_TYPE);
  }
  static const char *const names[] = {"../t.csv", "a b.csv", "", ".csv", "表.csv", "a/t.csv"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    REFUSES(r, E_OUTPUT_FILES, hand_in_as(r, TABULATOR, "o-1", "g-1", names[i], STR(CLEAN), none, &o, e));
  assert_int_equal(state_in_store(r, "o-1"), OUTPUT_NONE);
  rights_free(r);
}

/* --- row 33 --- */

static enum err_code set_date(struct rights *r, int who, int64_t at, struct err *e) {
  struct embargo m = {.at = at, .survey = "vital", .period = "2025-12"};
  const struct act_by by = by_of(r, who);
  return embargo_set(r->s, &m, &by, e);
}
static enum err_code look(struct rights *r, int who, const char *id, struct err *e) {
  struct output o;
  struct strbuf report;
  TRY(output_find(r->s, id, &o, e));
  const struct act_by by = by_of(r, who);
  strbuf_init(&report, 0);
  enum err_code code = output_read_report(r->s, &o, &by, &report, e);
  strbuf_release(&report);
  return code;
}
static void nobody_looks_before_the_date(void **state) {
  (void)state;
  struct rights *r = output_new();
  struct output o;
  struct err error;
  const int64_t at = T0 + 10 * (int64_t)DAY;
  approved(r, "o-1", CLEAN);
  REFUSES(r, E_ROLE_MISSING, set_date(r, TABULATOR, at, e));
  REFUSES(r, E_ROLE_MISSING, set_date(r, MANAGER, at, e));
  REFUSES(r, E_EMBARGO_DATE, set_date(r, CHIEF, T0 - 1, e));
  OK(set_date(r, CHIEF, at, &error));
  const int64_t before = leaves(r, "output-block", LOG_REFUSED, "E_EMBARGO");
  REFUSES(r, E_EMBARGO, look(r, TABULATOR, "o-1", e)); /* though he is the author */
  REFUSES(r, E_EMBARGO, look(r, TABULATOR_2, "o-1", e));
  REFUSES(r, E_EMBARGO, look(r, PROVIDER, "o-1", e));
  REFUSES(r, E_EMBARGO, release_as(r, CHIEF, "o-1", &o, e)); /* nobody releases */
  REFUSES(r, E_EMBARGO, embargo_read(r->s, "vital", "2025-12", "", e)); /* nobody signed in */
  assert_int_equal(leaves(r, "output-block", LOG_REFUSED, "E_EMBARGO"), before + 5);
  OK(look(r, CHECKER, "o-1", &error)); /* who prepares the release may */
  OK(look(r, MANAGER, "o-1", &error));
  OK(embargo_read(r->s, "vital", "2025-11", r->person[TABULATOR].card.id, &error)); /* another period */
  assert_false(file_there(r, "o-1", "t.csv"));
  /* one second before, then the moment itself; a day at a time, as the guarded clock wants it */
  for (int day = 0; day < 9; day++) {
    r->time += 23 * HOUR;
    OK(look(r, CHECKER, "o-1", &error));
  }
  while (r->time + 60 < at - 60) {
    r->time = r->time + 20 * HOUR < at - 121 ? r->time + 20 * HOUR : at - 121;
    OK(look(r, CHECKER, "o-1", &error));
  }
  r->time = at - 61;
  REFUSES(r, E_EMBARGO, look(r, TABULATOR, "o-1", e)); /* by_of adds 60 */
  r->time = at - 60;
  OK(look(r, TABULATOR, "o-1", &error));
  OK(release_as(r, CHIEF, "o-1", &o, &error));
  assert_true(file_there(r, "o-1", "t.csv"));
  rights_free(r);
}
/* A clock put ahead opens nothing; the date moved back by the database neither. */
static void the_clock_does_not_help(void **state) {
  (void)state;
  struct rights *r = output_new();
  struct err error;
  approved(r, "o-1", CLEAN);
  OK(set_date(r, CHIEF, T0 + 20 * (int64_t)DAY, &error));
  const int64_t now = r->time;
  r->time += 40 * (int64_t)DAY;
  assert_int_equal(look(r, TABULATOR, "o-1", &error), E_CLOCK_JUMP);
  r->time = now;
  REFUSES(r, E_EMBARGO, look(r, TABULATOR, "o-1", e));
  rights_close(r);
  edit_database(r, "DELETE FROM rights_record WHERE object = 'embargo:vital/2025-12'");
  assert_int_equal(store_open(&r->job, r->folder, PASSPHRASE, &r->s, &error), E_STORE_TAMPERED);
  rights_free(r);
}
/* Bundles of the survey: built and read back by those who prepare the release, and by nobody else, before the date. */
static void bundles_wait_for_the_date(void **state) {
  (void)state;
  struct rights *r = output_new();
  struct err error;
  struct release_result res, outside;
  struct strbuf part;
  char out[300];
  snprintf(out, sizeof out, "%s/bundles", r->folder);
  const struct release_request q = {.survey = "vital", .period = "2025-12", .out_folder = out, .lineage_json = STR("{}"),
      .disclosure_json = STR("{\"format\":\"shirabe-disclosure-1\",\"tables\":[]}")};
  OK(set_date(r, CHIEF, T0 + 10 * (int64_t)DAY, &error));
  strbuf_init(&part, 0);
  REFUSES(r, E_EMBARGO, release_build(r->s, &q, &res, e)); /* nobody signed in */
  OK(officer_sign_in(r->s, &r->person[TABULATOR].secret, &error));
  REFUSES(r, E_EMBARGO, release_build(r->s, &q, &res, e));
  OK(officer_sign_in(r->s, &r->person[MANAGER].secret, &error));
  OK(release_build(r->s, &q, &res, &error));
  assert_int_equal(res.not_before, T0 + 10 * (int64_t)DAY);
  OK(release_check(&r->job, res.folder, NULL, &outside, &error));
  assert_int_equal(outside.not_before, T0 + 10 * (int64_t)DAY);
  for (int who = 0; who < 2; who++) {
    const struct log_entry entry = {.action = "data-read", .object = "release"};
    int64_t access;
    OK(officer_sign_in(r->s, &r->person[who ? TABULATOR : CHECKER].secret, &error));
    OK(store_log_intent(r->s, &entry, &access, &error));
    if (who) REFUSES(r, E_EMBARGO, release_find_part(r->s, res.id, "lineage.json", access, &part, e));
    else OK(release_find_part(r->s, res.id, "lineage.json", access, &part, &error));
    OK(store_log_outcome(r->s, access, &entry, !who, &error));
  }
  assert_int_equal(part.n, 2);
  strbuf_release(&part);
  rights_free(r);
}
static void dates_as_texts(void **state) {
  (void)state;
  int64_t at = 0;
  assert_true(embargo_time("2026-02-27T08:30:00+09:00", &at));
  int64_t utc = 0;
  assert_true(embargo_time("2026-02-26T23:30:00Z", &utc));
  assert_int_equal(at, utc);
  static const char *const bad[] = {"", "2026-02-27", "2026-02-30T08:30:00+09:00", "2026-02-27T24:30:00+09:00", "2026-02-27T08:30:00+09",
      "2026-02-27 08:30:00+09:00", "2026-02-27T08:60:00+09:00", "2026-02-27T08:30:00+15:00", "2026-02-27T08:30:00+09:00 "};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(embargo_time(bad[i], &at));
}

/* --- random walks against a model that knows nothing of rows --- */

struct model {
  enum output_state state;
  int votes[2]; /* 0 none, 1 for, -1 against; CHECKER, CHECKER_2 */
};
static enum err_code model_step(struct model *m, int what, bool *moves) {
  const bool open = m->state == OUTPUT_SUBMITTED || m->state == OUTPUT_PARTIALLY_REVIEWED;
  *moves = false;
  switch (what) {
    case 0: case 1: /* hand in a clean or a blocked table */
      if (m->state == OUTPUT_RELEASED || m->state == OUTPUT_REJECTED || m->state == OUTPUT_WITHDRAWN) return E_OUTPUT_STATE;
      *m = (struct model){what == 0 ? OUTPUT_SUBMITTED : OUTPUT_PENDING, {0, 0}};
      *moves = true;
      return what == 0 ? E_OK : E_OUTPUT_BLOCKED;
    case 2: case 3: case 4: case 5: /* votes */
      if (m->state == OUTPUT_NONE) return E_OUTPUT_ID;
      if (!open) return E_OUTPUT_STATE;
      m->votes[what / 2 - 1] = what % 2 ? -1 : 1;
      m->state = !m->votes[0] || !m->votes[1] ? OUTPUT_PARTIALLY_REVIEWED
          : m->votes[0] != m->votes[1] ? OUTPUT_RETURNED : m->votes[0] > 0 ? OUTPUT_APPROVED : OUTPUT_REJECTED;
      *moves = true;
      return E_OK;
    case 6:
      if (m->state == OUTPUT_NONE) return E_OUTPUT_ID;
      if (m->state != OUTPUT_APPROVED && m->state != OUTPUT_RELEASED) return E_OUTPUT_STATE;
      m->state = OUTPUT_RELEASED;
      return E_OK;
    default:
      if (m->state == OUTPUT_NONE) return E_OUTPUT_ID;
      if (m->state == OUTPUT_RELEASED || m->state == OUTPUT_REJECTED || m->state == OUTPUT_WITHDRAWN) return E_OUTPUT_STATE;
      m->state = OUTPUT_WITHDRAWN;
      return E_OK;
  }
}
static enum err_code real_step(struct rights *r, int what, const char *id, struct err *e) {
  struct output o;
  switch (what) {
    case 0: return hand_in(r, id, CLEAN, &o, e);
    case 1: return hand_in(r, id, SMALL, &o, e);
    case 2: case 3: return vote_as(r, CHECKER, id, what == 2, &o, e);
    case 4: case 5: return vote_as(r, CHECKER_2, id, what == 4, &o, e);
    case 6: return release_as(r, CHIEF, id, &o, e);
    default: return withdraw_as(r, TABULATOR, id, &o, e);
  }
}
static void random_walks_follow_the_model(void **state) {
  (void)state;
  static const int weights[] = {0, 0, 0, 1, 2, 2, 2, 3, 4, 4, 4, 5, 6, 6, 7};
  struct rights *r = output_new();
  struct err error;
  uint32_t seed = 20261129;
  int done = 0, refused = 0;
  bool seen[OUTPUT_STATES] = {false};
  for (int walk = 0; walk < 30; walk++) {
    char id[16];
    struct model m = {OUTPUT_NONE, {0, 0}};
    snprintf(id, sizeof id, "o-%d", walk);
    for (int k = 0; k < 14; k++) {
      bool moves;
      seed = seed * 1664525u + 1013904223u;
      const int what = weights[(seed >> 16) % (sizeof weights / sizeof *weights)];
      const int64_t leaves_before = all_refused(r);
      enum err_code got = real_step(r, what, id, &error), want = model_step(&m, what, &moves);
      if (got != want)
        fprintf(stderr, "walk %d step %d what %d: %s, expected %s\n", walk, k, what, got ? err_name(got) : "done", want ? err_name(want) : "done");
      assert_int_equal(got, want);
      assert_int_equal(state_in_store(r, id), m.state);
      assert_int_equal(all_refused(r), leaves_before + (want && want != E_OUTPUT_BLOCKED));
      seen[m.state] = true;
      want && want != E_OUTPUT_BLOCKED ? refused++ : done++;
    }
    assert_int_equal(file_there(r, id, "t.csv"), m.state == OUTPUT_RELEASED);
  }
  for (int s = 0; s < OUTPUT_STATES; s++)
    if (s != OUTPUT_REVIEWED && s != OUTPUT_NONE) assert_true(seen[s]); /* reviewed lasts no longer than one commit */
  print_message("  %d steps done, %d refused\n", done, refused);
  rights_again(r);
  rights_free(r);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(table_is_total_and_disjoint), cmocka_unit_test(the_whole_way),
      cmocka_unit_test(nobody_sees_one_vote), cmocka_unit_test(outcomes_of_votes), cmocka_unit_test(who_may_not),
      cmocka_unit_test(tables_of_a_day_are_counted),
      cmocka_unit_test(not_the_provider),
      cmocka_unit_test(a_changed_file_has_no_votes), cmocka_unit_test(votes_are_about_these_bytes), cmocka_unit_test(one_person_is_one_vote),
      cmocka_unit_test(a_forged_row_releases_nothing), cmocka_unit_test(blocked_by_the_rules),
      cmocka_unit_test(differencing_is_found_against_the_register), cmocka_unit_test(kinds_of_files), cmocka_unit_test(nobody_looks_before_the_date),
      cmocka_unit_test(the_clock_does_not_help), cmocka_unit_test(bundles_wait_for_the_date), cmocka_unit_test(dates_as_texts),
      cmocka_unit_test(random_walks_follow_the_model)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
