/* test_door_attack.c -- what the door turns away, with the code of each reason and one entry of the log: nothing stands in the folder afterwards.
 *          The store is a
 * demonstration store, so that what it lets through says itself that it is not for release. */
#include "tests/unit/output_fixture.h"

#include <sys/stat.h>

#include "secure-store/output/embargo.h"
#include "secure-store/release.h"

#define LONG_HEAD "table,period,area,measure,unit,value,se,cv,df,n,status,reason\n"
#define LONG_TABLE LONG_HEAD "t,2025-12,01,deaths,person,120,,,,120,shown,\nt,2025-12,02,deaths,person,7130,,,,7130,shown,\n"
#define CODES "table,column,code,label_ja,label_en\nt,area,01,北海道,Hokkaido\nt,area,02,青森県,Aomori\nt,status,shown,表示,shown\n"
#define COLUMNS "table,column,kind,label_ja,label_en,unit\nt,table,text,表,table,\nt,period,time,期間,period,\nt,area,dimension,地域,area,\n" \
                "t,measure,text,項目,measure,\nt,unit,text,単位,unit,\nt,value,value,値,value,\nt,n,number,客体数,n,\nt,status,text,状態,status,\n"
struct attack {
  const char *what;
  const char *decision, *profile, *sha256; /* NULL = as it should be */
  int single_sets;
  bool no_report;
  const char *format;
  const char *table; /* the long form instead of ours: its hash is right */
  const char *survey;
  enum err_code code; /* E_OK = it goes out */
};
static const struct attack attacks[] = {
    {.what = "as it should be", .code = E_OK},
    {.what = "no report about the table", .no_report = true, .code = E_RELEASE_REPORT},
    {.what = "a report of another format", .format = "shirabe-disclosure-0", .code = E_RELEASE_REPORT},
    {.what = "a table that was changed after the report", .sha256 = "0000000000000000000000000000000000000000000000000000000000000000",
        .code = E_RELEASE_REPORT},
    {.what = "the report decided to withhold", .decision = "withhold", .code = E_RELEASE_REFUSED},
    {.what = "the report decided nothing", .decision = "", .code = E_RELEASE_REFUSED},
    {.what = "profile none", .profile = "none", .code = E_RELEASE_REFUSED},
    {.what = "no profile", .profile = "", .code = E_RELEASE_REFUSED},
    {.what = "a set with one suppressed cell", .single_sets = 1, .code = E_RELEASE_REFUSED},
    {.what = "a broken rule on machine readability", .table = LONG_HEAD "t,2025-12,01,deaths,person,\"1,200\",,,,1200,shown,\n",
        .code = E_RELEASE_REFUSED},
    {.what = "a survey that is a path", .survey = "../vital", .code = E_RELEASE_REFUSED},
    {.what = "an option called unprotected: a decision the door does not know", .decision = "unprotected", .code = E_RELEASE_REFUSED},
};

static void hash_of(struct str bytes, char out[65]) {
  uint8_t hash[32];
  sha256_of(bytes.p, bytes.n, hash);
  hex_encode(hash, 32, out);
}
static enum err_code send_out(struct rights *r, const struct attack *a, const char *taint, struct release_result *res, struct err *e) {
  char report[1024], out[300], hex[65];
  const struct str table = str_of(a->table ? a->table : LONG_TABLE);
  const struct release_part parts[] = {{"tables/t.csv", table}, {"codes.csv", STR(CODES)}, {"columns.csv", STR(COLUMNS)}};
  hash_of(table, hex);
  snprintf(out, sizeof out, "%s/bundles", r->folder);
  snprintf(report, sizeof report,
      "{\"format\":\"%s\",\"tables\":[{\"id\":\"%s\",\"decision\":\"%s\",\"profile\":\"%s\",\"sha256\":\"%s\",\"single_suppressed_sets\":%d}]}",
      a->format ? a->format : "shirabe-disclosure-1", a->no_report ? "other" : "t", a->decision ? a->decision : "publish", a->profile ? a->profile
          : "persons_10",
      a->sha256 ? a->sha256 : hex, a->single_sets);
  const struct release_request q = {.survey = a->survey ? a->survey : "vital", .period = "2025-12", .out_folder = out, .lineage_json = STR("{}"),
      .disclosure_json = str_of(report), .parts = parts, .n_parts = 3, .taint = taint};
  return release_build(r->s, &q, res, e);
}
static bool anything_outside(const struct rights *r) {
  char out[300];
  struct stat st;
  snprintf(out, sizeof out, "%s/bundles", r->folder);
  return stat(out, &st) == 0;
}

static void every_attack_is_turned_away_with_one_entry(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
    struct rights *r = output_new();
    struct release_result res;
    struct err error = {.code = E_OK};
    int64_t before = all_refused(r);
    OK(officer_sign_in(r->s, &r->person[MANAGER].secret, &error));
    enum err_code code = send_out(r, &attacks[i], "", &res, &error);
    if (code != attacks[i].code) fail_msg("%s: %s instead of %s", attacks[i].what, err_name(code), err_name(attacks[i].code));
    if (all_refused(r) != before + (code != E_OK)) fail_msg("%s: %d entries", attacks[i].what, (int)(all_refused(r) - before));
    assert_int_equal(anything_outside(r), code == E_OK);
    rights_free(r);
  }
}
/* What is looked at and not published says so itself, and the check from outside says it again. */
static void tainted_or_made_for_demonstration_is_not_releasable(void **state) {
  (void)state;
  static const char *const taints[] = {"", "incomplete: 2 office-forms missing"};
  for (int i = 0; i < 2; i++) {
    struct rights *r = output_new();
    struct release_result res, outside;
    struct err error;
    OK(officer_sign_in(r->s, &r->person[MANAGER].secret, &error));
    r->s->office.light = i == 0;
    OK(send_out(r, &attacks[0], taints[i], &res, &error));
    r->s->office.light = true;
    assert_false(res.releasable);
    OK(release_check(&r->job, res.folder, NULL, &outside, &error));
    assert_false(outside.releasable);
    rights_free(r);
  }
}
/* The same bytes from an office with real keys and a whole month are releasable: so the two above are not refused for something else. */
static void sound_is_releasable(void **state) {
  (void)state;
  struct rights *r = output_new();
  struct release_result res;
  struct err error;
  OK(officer_sign_in(r->s, &r->person[MANAGER].secret, &error));
  r->s->office.light = false;
  OK(send_out(r, &attacks[0], "", &res, &error));
  r->s->office.light = true;
  assert_true(res.releasable);
  rights_free(r);
}
static void nobody_before_the_date(void **state) {
  (void)state;
  struct rights *r = output_new();
  struct release_result res;
  struct err error;
  const struct act_by by = by_of(r, CHIEF);
  struct embargo m = {.at = r->time + 10 * (int64_t)DAY};
  snprintf(m.survey, sizeof m.survey, "vital");
  snprintf(m.period, sizeof m.period, "2025-12");
  OK(embargo_set(r->s, &m, &by, &error));
  REFUSES(r, E_EMBARGO, send_out(r, &attacks[0], "", &res, e));
  OK(officer_sign_in(r->s, &r->person[TABULATOR].secret, &error));
  REFUSES(r, E_EMBARGO, send_out(r, &attacks[0], "", &res, e));
  assert_false(anything_outside(r));
  rights_free(r);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_attack_is_turned_away_with_one_entry),
      cmocka_unit_test(tainted_or_made_for_demonstration_is_not_releasable),
      cmocka_unit_test(sound_is_releasable), cmocka_unit_test(nobody_before_the_date)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
