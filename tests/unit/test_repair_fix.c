/* Proposed repairs: made at intake and not applied, accepted one by one or by rule, refused; what came in stays; order and repetition change nothing.
 */
#include "tests/fault/store_fixture.h"

#include "base/atomic_file.h"
#include "base/date.h"
#include "collector/batch_sent.h"
#include "collector/ledger.h"
#include "collector/repair_fix.h"

/* A form of the test's own, with the shared code lists of the repository. */
static const char FORM_JSON[] =
    "{\"survey\":\"trial\",\"form\":\"visit\",\"version\":\"1\",\"title_ja\":\"訪問票\",\"title_en\":\"Visit\",\"period\":\"month\",\"since\":\"2020-"
    "01-01\","
    "\"until\":\"\",\"predecessor\":\"\",\"event_date\":\"day\",\"office_item\":\"\",\"records\":[{\"name\":\"visit\",\"parent\":\"\",\"keys\":["
    "\"no\"]}],"
    "\"layouts\":[{\"name\":\"csv\",\"kind\":\"csv\",\"header\":true,\"items\":[\"no\",\"area\",\"day\",\"place\",\"birth\",\"memo\"]}],"
    "\"codelists\":{\"municipalities\":\"\"},\"source\":\"test\"}\n";
static const char ITEMS_CSV[] = "name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,"
                                "since,until,part,origin,expression,"
                                "as_of,era_table,required,note\n"
                                "no,番号,number,visit,count,int,,1,0,1,,,,,,,,,ID,reported,,,,yes,\n"
                                "area,市区町村,municipality,visit,code,code,,,,,,municipalities,,,,,,,ANSWER,reported,,day,,,\n"
                                "day,調査日,day of visit,visit,date,date,,,,,,,,,,,,,PARADATA,reported,,,,,\n"
                                "place,場所,place,visit,code,code,,,,,,branch,,,,,,,ANSWER,reported,,,,,\n"
                                "birth,生年月日,date of birth,visit,date,date,,,,,,,,,,,,,LINK,reported,,,,,\n"
                                "memo,備考,memo,visit,text,text,,,,,,,,,,,,,ANSWER,reported,,,,,\n"
                                "age,年齢,age,visit,count,int,year,1,0,0,130,,,,,,,,ANSWER,derived,\"age(birth, day)\",,,,\n";
static const char BRANCH_CSV[] =
    "code,label_ja,label_en,parent,valid_from,valid_to,status\n001,本所,head office,,,,valid\n010,支所,branch,,,,valid\n100,出張所,field "
    "office,,,,valid\n";
static const char CHECKS_CSV[] = "id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source\n"
                                 "C1,soft,visit,,age >= 0,年齢が負,negative age,,,test\n";
static const char FILE_CSV[] = "no,area,day,place,birth,memo\n"
                               "1,221317,2024-01-01,001,1990-01-01,\n"               /* ended the day before: one successor */
                               "2,221384,2024-06-01,10,1991-05-05,\n"                /* 010 without its zero */
                               "3,011002,2024-06-01,100,30000,\n"                    /* 1982-02-18 or 1986-02-19 */
                               "4,221350,2024-01-01,100,1950-12-31,\n"               /* went to two wards: nothing to propose */
                               "5,221317,2024-02-01,1,29221,\n"                      /* all three */
                               "6,13101,2024-02-01,100,平成31年5月2日,\n"            /* without check digit; mapped by rule */
                               "7,11002,2024-02-01,100,2000-01-01,a\xee\x80\x80z\n"; /* repaired by rule: the check digit proves it */
enum { PROPOSALS = 9 };

struct trial {
  char folder[256], forms[300], store[300], file[300];
  struct problems problems;
  struct job job;
  struct arena *arena;
  struct form *form;
};

static void put(const char *folder, const char *name, const char *text) {
  struct err error;
  char path[600];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  OK(atomic_write(path, text, strlen(text), ATOMIC_REPLACE, 0600, &error));
}

static void make_form(const struct trial *t) {
  static const char *const folders[] = {
      "", "/library", "/library/trial", "/library/trial/visit", "/library/trial/visit/1", "/library/trial/visit/1/codes"};
  char path[600], lists[4096], here[4000];
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
    snprintf(path, sizeof path, "%s%s", t->forms, folders[i]);
    assert_int_equal(mkdir(path, 0700), 0);
  }
  put(t->forms, "library/trial/visit/1/form.json", FORM_JSON);
  put(t->forms, "library/trial/visit/1/items.csv", ITEMS_CSV);
  put(t->forms, "library/trial/visit/1/checks.csv", CHECKS_CSV);
  put(t->forms, "library/trial/visit/1/codes/branch.csv", BRANCH_CSV);
  assert_non_null(getcwd(here, sizeof here));
  snprintf(lists, sizeof lists, "%s/forms/codelists", here);
  snprintf(path, sizeof path, "%s/codelists", t->forms);
  assert_int_equal(symlink(lists, path), 0);
}

static struct trial *make(void) {
  struct err error;
  struct trial *t = calloc(1, sizeof *t);
  fixture_folder(t->folder);
  snprintf(t->forms, sizeof t->forms, "%s/forms", t->folder);
  snprintf(t->store, sizeof t->store, "%s/office", t->folder);
  snprintf(t->file, sizeof t->file, "%s/visits.csv", t->folder);
  t->job = fixture_job(&t->problems);
  t->arena = arena_new(0);
  t->job.arena = t->arena;
  make_form(t);
  OK(form_read(t->arena, &t->job, t->forms, "trial", "visit", "1", 0, &t->form, NULL, &error));
  OK(fixture_init(&t->job, t->store, &error));
  put(t->folder, "visits.csv", FILE_CSV);
  return t;
}
static void drop(struct trial *t) {
  remove_tree(t->folder);
  arena_free(t->arena);
  free(t);
}
static struct store *open_it(struct trial *t) {
  struct err error;
  struct store *s = NULL;
  OK(store_open(&t->job, t->store, PASSPHRASE, &s, &error));
  OK(ledger_prepare(s, &error));
  return s;
}
static void take_in(struct trial *t, struct store *s, struct intake_report *r) {
  static const struct intake_options options = {.period = "2024-06", .declared = -1, .problem_limit = 64};
  struct err error;
  OK(intake_file(&t->job, s, t->form, &options, t->file, r, &error));
}
static struct intake_entry entry_of(struct trial *t, struct store *s) {
  struct err error;
  struct intake_entry entry;
  OK(intake_get(s, 1, t->arena, &entry, &error));
  return entry;
}
static enum err_code decide(struct trial *t, struct store *s, const char *what, bool accept, struct fix_result *r) {
  struct err error;
  const struct fix_request request = {what, accept};
  return fix_decide(s, t->forms, 1, &request, 1, "compared with the paper form", r, &error);
}
/* "3:4 lost-zero-in-list proposed" of every proposal, one a line. */
static const char *states(struct trial *t, struct store *s) {
  struct err error;
  struct fix_proposal *list;
  int64_t n;
  struct intake_entry entry = entry_of(t, s);
  struct strbuf b = {0};
  OK(fix_list(s, &entry, false, t->arena, &list, &n, &error));
  for (int64_t i = 0; i < n; i++)
    strbuf_addf(&b, "%lld:%lld %s %.*s>%.*s %s\n", (long long)list[i].line, (long long)list[i].cell, repair_rule_name(list[i].rule),
                (int)list[i].raw.n, list[i].raw.p, (int)list[i].value.n, list[i].value.p, repair_state_text(list[i].state, false));
  char *text = arena_strdup(t->arena, strbuf_cstr(&b), b.n);
  strbuf_release(&b);
  return text;
}
/* "area|place|birth|age" of a record with the statuses that are not reported or derived. */
static const char *record(struct trial *t, struct store *s, int64_t shard, int64_t row) {
  static const char *const names[] = {"area", "place", "birth", "age"};
  struct err error;
  struct table table;
  struct strbuf b = {0};
  OK(fixture_read(s, shard, t->arena, &table, &error));
  for (int k = 0; k < 4; k++) {
    const struct column *c = table_column(&table, names[k]);
    char buffer[64];
    if (k) strbuf_addc(&b, '|');
    if (!value_present(c->status[row])) {
      strbuf_addf(&b, "(%s)", value_status_name(c->status[row]));
      continue;
    }
    struct str text = column_text(c, row, buffer, sizeof buffer);
    strbuf_add(&b, text.p, text.n);
    if (c->status[row] == VAL_CORRECTED) strbuf_addc(&b, '!');
  }
  char *out = arena_strdup(t->arena, strbuf_cstr(&b), b.n);
  strbuf_release(&b);
  return out;
}

static void proposals_are_kept_beside_what_came_and_not_applied(void **state) {
  (void)state;
  struct trial *t = make();
  struct store *s = open_it(t);
  struct intake_report r;
  struct err error;
  take_in(t, s, &r);
  assert_int_equal(r.accepted, 7);
  assert_int_equal(r.proposals, PROPOSALS);
  assert_string_equal(states(t, s), "3:4 lost-zero-in-list 10>010 proposed\n"
                                    "4:5 excel-serial-1900 30000>1982-02-18 proposed\n"
                                    "4:5 excel-serial-1904 30000>1986-02-19 proposed\n"
                                    "6:4 lost-zero-in-list 1>001 proposed\n"
                                    "6:5 excel-serial-1900 29221>1980-01-01 proposed\n"
                                    "6:5 excel-serial-1904 29221>1984-01-02 proposed\n"
                                    "7:2 check-digit-added 13101>131016 proposed\n"
                                    "7:5 heisei-31 平成31年5月2日>2019-05-02 accepted by rule\n"
                                    "8:2 lost-zero-check-digit 11002>011002 accepted by rule\n"
                                    "2:2 code-of-the-day 221317>221384 proposed\n"
                                    "6:2 code-of-the-day 221317>221384 proposed\n");
  struct intake_entry entry = entry_of(t, s);
  assert_string_equal(record(t, s, entry.shard, 0), "(invalid)|001|1990-01-01|34");
  assert_string_equal(record(t, s, entry.shard, 3), "(invalid)|100|1950-12-31|73");
  assert_string_equal(record(t, s, entry.shard, 4), "(invalid)|(invalid)|(invalid)|(unknown)");
  assert_int_equal(fix_refuse_open(s, &entry, &error), E_FIX_OPEN);
  store_close(s);
  drop(t);
}

static void accepted_values_come_into_the_records_and_what_came_stays(void **state) {
  (void)state;
  struct trial *t = make();
  struct store *s = open_it(t);
  struct intake_report r;
  struct fix_result f;
  struct err error;
  struct fix_count count;
  struct table before, kept;
  take_in(t, s, &r);
  struct intake_entry first = entry_of(t, s);
  OK(fixture_read(s, first.shard, t->arena, &before, &error));
  assert_int_equal(decide(t, s, "code-of-the-day", true, &f), E_OK);
  assert_true(f.changed == 2 && f.accepted == 2 && f.open == 7);
  assert_int_equal(decide(t, s, "3:4", true, &f), E_OK);
  assert_int_equal(decide(t, s, "6:4:lost-zero-in-list", false, &f), E_OK);
  assert_int_equal(decide(t, s, "4:5:excel-serial-1900", true, &f), E_OK);
  assert_true(f.changed == 2 && f.accepted == 4 && f.refused == 2 && f.open == 3); /* the other calendar went with it */
  assert_int_equal(decide(t, s, "excel-serial-1904", true, &f), E_OK);             /* what is still open */
  assert_true(f.accepted == 5 && f.refused == 3 && f.open == 1);
  assert_int_equal(decide(t, s, "check-digit-added", true, &f), E_OK);
  assert_true(f.accepted == 6 && f.open == 0);
  struct intake_entry entry = entry_of(t, s);
  assert_string_equal(record(t, s, entry.shard, 0), "221384!|001|1990-01-01|34");
  assert_string_equal(record(t, s, entry.shard, 1), "221384|010!|1991-05-05|33");
  assert_string_equal(record(t, s, entry.shard, 2), "011002|100|1982-02-18!|42");
  assert_string_equal(record(t, s, entry.shard, 3), "(invalid)|100|1950-12-31|73");
  assert_string_equal(record(t, s, entry.shard, 4), "221384!|(invalid)|1984-01-02!|40");
  OK(fix_refuse_open(s, &entry, &error));
  OK(fix_count(s, 1, &count, &error));
  OK(fixture_read(s, count.base, t->arena, &kept, &error));
  assert_same_table(&before, &kept);
  struct strbuf original = {0};
  const struct log_entry log = {.action = "data-read", .object = "intake:1", .purpose = "test"};
  int64_t access, n;
  struct shard *shards;
  OK(store_log_intent(s, &log, &access, &error));
  OK(store_blob_get(s, entry.blob, access, 1 << 20, &original, &error));
  assert_string_equal(strbuf_cstr(&original), FILE_CSV);
  strbuf_release(&original);
  OK(store_shards(s, &(struct dataset_key){"trial", "visit", "2024-06", "received"}, t->arena, &shards, &n, &error));
  assert_int_equal(n, 1); /* one version, in its place */
  assert_int_equal(shards[0].id, entry.shard);
  assert_int_equal(shards[0].n_rows, 7);
  store_close(s);
  s = open_it(t);
  struct store_verify_report report;
  OK(store_verify(s, true, &report, &error));
  assert_int_equal(report.problems, 0);
  store_close(s);
  drop(t);
}

/* Three orders, one of them with a change of mind, end in the same records. */
/* An external character is kept as it came and told with its cell and its code in the sender's table. */
static void an_external_character_is_kept_and_told(void **state) {
  (void)state;
  struct trial *t = make();
  struct store *s = open_it(t);
  struct intake_report r;
  struct table table;
  struct err error;
  take_in(t, s, &r);
  assert_int_equal(r.by_code[E_INPUT_EXTERNAL - INTAKE_CODE_FIRST], 1);
  assert_true(had_problem(&t->problems, E_INPUT_EXTERNAL));
  struct intake_problem *problems;
  struct intake_entry entry = entry_of(t, s);
  int64_t n, at = 0;
  OK(intake_problems(s, &entry, t->arena, &problems, &n, &error));
  while (at < n && problems[at].code != E_INPUT_EXTERNAL) at++;
  assert_true(at < n && problems[at].line == 8 && problems[at].cell == 6);
  assert_string_equal(problems[at].item, "memo");
  OK(fixture_read(s, entry.shard, t->arena, &table, &error));
  const struct column *memo = table_column(&table, "memo");
  assert_true(memo->status[6] == VAL_REPORTED && str_eq(dict_text(memo->dict, memo->code[6]), STR("a\xee\x80\x80z")));
  store_close(s);
  drop(t);
}

static void the_order_of_decisions_does_not_matter(void **state) {
  (void)state;
  static const struct {
    const char *what;
    bool accept;
  } orders[3][7] = {
      {{"code-of-the-day", true}, {"3:4", true}, {"6:4", false}, {"excel-serial-1900", true}, {"check-digit-added", true}, {NULL, false}},
      {{"7:2", true}, {"excel-serial-1900", true}, {"6:4", false}, {"3:4", true}, {"2:2", true}, {"6:2", true}, {NULL, false}},
      {{"6:4", true}, {"excel-serial-1900", true}, {"6:4", false}, {"3:4", true}, {"code-of-the-day", true}, {"7:2", true}}};
  char records[3][5][64], content[3][65];
  for (int k = 0; k < 3; k++) {
    struct trial *t = make();
    struct store *s = open_it(t);
    struct intake_report r;
    struct fix_result f;
    struct shard *shards;
    struct err error;
    int64_t n;
    take_in(t, s, &r);
    for (int i = 0; i < 7 && orders[k][i].what; i++) assert_int_equal(decide(t, s, orders[k][i].what, orders[k][i].accept, &f), E_OK);
    assert_int_equal(f.open, 0);
    for (int i = 0; i < 5; i++) snprintf(records[k][i], 64, "%s", record(t, s, entry_of(t, s).shard, i));
    OK(store_shards(s, &(struct dataset_key){"trial", "visit", "2024-06", "received"}, t->arena, &shards, &n, &error));
    memcpy(content[k], shards[0].content_hash, 65);
    store_close(s);
    drop(t);
  }
  for (int k = 1; k < 3; k++) {
    for (int i = 0; i < 5; i++) assert_string_equal(records[k][i], records[0][i]);
    assert_string_equal(content[k], content[0]);
  }
}

static void the_same_decision_again_changes_nothing(void **state) {
  (void)state;
  struct trial *t = make();
  struct store *s = open_it(t);
  struct intake_report r;
  struct fix_result f;
  take_in(t, s, &r);
  assert_int_equal(decide(t, s, "3:4", true, &f), E_OK);
  int64_t shard = entry_of(t, s).shard;
  assert_int_equal(decide(t, s, "3:4", true, &f), E_OK);
  assert_int_equal(f.changed, 0);
  assert_int_equal(entry_of(t, s).shard, shard);
  assert_int_equal(decide(t, s, "3:4", false, &f), E_OK); /* a change of mind before sealing */
  assert_int_equal(f.changed, 1);
  assert_string_equal(record(t, s, entry_of(t, s).shard, 1), "221384|(invalid)|1991-05-05|33");
  store_close(s);
  drop(t);
}

/* What was accepted by rule can be refused by a person, and taken again; it keeps no batch waiting. */
static void a_repair_accepted_by_rule_can_be_refused(void **state) {
  (void)state;
  struct trial *t = make();
  struct store *s = open_it(t);
  struct intake_report r;
  struct fix_result f;
  take_in(t, s, &r);
  assert_string_equal(record(t, s, entry_of(t, s).shard, 5), "(invalid)|100|2019-05-02|4");
  assert_string_equal(record(t, s, entry_of(t, s).shard, 6), "011002|100|2000-01-01|24");
  assert_int_equal(decide(t, s, "heisei-31", false, &f), E_OK);
  assert_true(f.changed == 1 && f.open == PROPOSALS);
  assert_string_equal(record(t, s, entry_of(t, s).shard, 5), "(invalid)|100|(invalid)|(unknown)");
  assert_int_equal(decide(t, s, "8:2", false, &f), E_OK);
  assert_string_equal(record(t, s, entry_of(t, s).shard, 6), "(invalid)|100|2000-01-01|24");
  assert_int_equal(decide(t, s, "8:2", true, &f), E_OK);
  assert_string_equal(record(t, s, entry_of(t, s).shard, 6), "011002!|100|2000-01-01|24");
  store_close(s);
  drop(t);
}

static void what_cannot_be_decided_is_refused_and_changes_nothing(void **state) {
  (void)state;
  struct trial *t = make();
  struct store *s = open_it(t);
  struct intake_report r;
  struct fix_result f;
  struct err error;
  take_in(t, s, &r);
  const char *before = states(t, s);
  int64_t shard = entry_of(t, s).shard;
  static const struct {
    const char *what;
    bool accept;
    enum err_code code;
  } cases[] = {{"lost-zero-in-list", true, E_FIX_ONE_BY_ONE},
               {"4:5", true, E_FIX_WHICH},
               {"4:5", false, E_FIX_WHICH},
               {"9:9", true, E_FIX_NONE},
               {"width", true, E_FIX_NONE},
               {"no-such-rule", true, E_FIX_NONE},
               {"3:4:code-of-the-day", true, E_FIX_NONE},
               {"3:4:x", true, E_FIX_NONE},
               {"", true, E_FIX_NONE},
               {"3:", true, E_FIX_NONE},
               {"5:2", true, E_FIX_NONE},
               {"-3:4", true, E_FIX_NONE}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (decide(t, s, cases[i].what, cases[i].accept, &f) != cases[i].code) fail_msg("%s", cases[i].what);
  const struct fix_request two[] = {{"3:4", true}, {"9:9", true}}; /* all or nothing */
  assert_int_equal(fix_decide(s, t->forms, 1, two, 2, "reason", &f, &error), E_FIX_NONE);
  assert_int_equal(fix_decide(s, t->forms, 1, two, 1, "", &f, &error), E_FIX_REASON);
  assert_int_equal(fix_decide(s, t->forms, 7, two, 1, "reason", &f, &error), E_INTAKE_UNKNOWN);
  assert_string_equal(states(t, s), before);
  assert_int_equal(entry_of(t, s).shard, shard);
  OK(store_begin(s, &error));
  OK(batch_mark_shard(s, shard, "00", &error));
  OK(store_commit(s, &error));
  assert_int_equal(decide(t, s, "3:4", true, &f), E_FIX_SEALED);
  store_close(s);
  drop(t);
}

/* Every place in the decision where the disk may be full: all of it or nothing. */
static void a_full_disk_at_any_write_decides_nothing(void **state) {
  (void)state;
  struct trial *t = make();
  struct store *s = open_it(t);
  struct intake_report r;
  struct fix_result f;
  uint64_t failed = 0;
  take_in(t, s, &r);
  const char *before = states(t, s);
  int64_t shard = entry_of(t, s).shard;
  store_close(s);
  for (uint64_t n = 1; n < 400; n++) {
    s = open_it(t);
    io_fault_at(IO_FAULT_ENOSPC, n);
    enum err_code code = decide(t, s, "code-of-the-day", true, &f);
    io_fault_at(IO_FAULT_NONE, 0);
    store_close(s);
    s = open_it(t);
    bool done = entry_of(t, s).shard != shard;
    assert_int_equal(strcmp(states(t, s), before) != 0, done);
    store_close(s);
    if (done) break;
    if (!code) fail_msg("write %llu: done, it says, and nothing is", (unsigned long long)n);
    failed++;
  }
  assert_true(failed > 3 && failed < 399);
  drop(t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(proposals_are_kept_beside_what_came_and_not_applied),
      cmocka_unit_test(accepted_values_come_into_the_records_and_what_came_stays),
      cmocka_unit_test(an_external_character_is_kept_and_told),
      cmocka_unit_test(the_order_of_decisions_does_not_matter),
      cmocka_unit_test(the_same_decision_again_changes_nothing),
      cmocka_unit_test(a_repair_accepted_by_rule_can_be_refused),
      cmocka_unit_test(what_cannot_be_decided_is_refused_and_changes_nothing),
      cmocka_unit_test(a_full_disk_at_any_write_decides_nothing),
  };
  crypto_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
