/* test_application.c -- secondary use from the inside: what steps take, who is kept out, whose vote counts, what stands in the way of grants and of
 * destruction, deadlines, the codebook, the area of a local government, returned proofs. */
#include "tests/unit/application_fixture.h"

#include "base/atomic_file.h"
#include "secure-store/disposal/disposal.h"
#include "secure-store/use/returned_proof.h"

static struct err error;

static void every_step_takes_only_its_members(void **state) {
  (void)state;
  static const unsigned takes[USE_STEPS] = {
#define USE_STEP_NAME(step, text, action, roles, members) [step] = (members),
#include "secure-store/use/application_steps.def"
#undef USE_STEP_NAME
  };
  int refused = 0;
  for (int i = 0; i < application_format.n; i++) {
    const struct field *f = &application_format.fields[i];
    struct application a = {.from = 0};
    if (f->kind == FIELD_FORMAT || strcmp(f->name, "id") == 0 || strcmp(f->name, "note") == 0) continue;
    ((char *)&a)[f->at] = '1';
    for (int step = 0; step < USE_STEPS; step++) {
      const bool ok = (application_member(f->name) & takes[step]) != 0;
      assert_int_equal(application_brings(&a, takes[step], &error), ok ? E_OK : E_USE_OPTION);
      refused += !ok;
      if (!ok) assert_true(strncmp(error.subject, "--", 2) == 0);
    }
  }
  assert_true(refused > 500);
}

static void a_process_member_cannot_be_smuggled_in(void **state) {
  (void)state;
  struct rights *r = use_new();
  struct application change = brings("a-1", USE_CONSULT), kept;
  snprintf(change.grant, sizeof change.grant, "g-x");
  REFUSES(r, E_USE_OPTION, use_step_by(r, MANAGER, USE_CONSULT, &change, e));
  change.grant[0] = 0, change.provided_at = T0;
  REFUSES(r, E_USE_OPTION, use_step_by(r, MANAGER, USE_CONSULT, &change, e));
  use_to_pledged(r, "a-1");
  change = brings("a-1", USE_PROVIDE);
  snprintf(change.conditions, sizeof change.conditions, "none");
  REFUSES(r, E_USE_OPTION, use_step_by(r, PROVIDER, USE_PROVIDE, &change, e));
  OK(application_find(r->s, "a-1", &kept, &error));
  assert_string_equal(kept.conditions, "");
  rights_free(r);
}

static void users_take_no_official_step(void **state) {
  (void)state;
  struct rights *r = use_new();
  struct application change = brings("a-1", USE_CONSULT);
  snprintf(change.users, sizeof change.users, "manager-b");
  OK(use_step_by(r, MANAGER, USE_CONSULT, &change, &error));
  OK(use_step_of(r, MANAGER, USE_APPLY, "a-1", &error)); /* a clerk may hand in for himself */
  REFUSES(r, E_USE_INTERESTED, use_step_of(r, MANAGER, USE_CHECK, "a-1", e));
  OK(use_step_of(r, CHIEF, USE_CHECK, "a-1", &error));
  OK(use_vote(r, REVIEWER, "a-1", true, &error));
  OK(use_vote(r, MANAGER_2, "a-1", true, &error));
  REFUSES(r, E_USE_INTERESTED, use_step_of(r, MANAGER, USE_ACCEPT, "a-1", e));
  OK(use_step_of(r, CHIEF, USE_ACCEPT, "a-1", &error));
  rights_free(r);
}

/* A second card of one person, same organisation and staff number: the register refuses it, and if it stood there it would count once. */
static void one_person_with_two_cards_votes_once(void **state) {
  (void)state;
  struct rights *r = use_new();
  struct person *again = &r->person[MAINTENANCE];
  enum err_code added;
  make_person(again, "review-z", "木村 望", r->person[REVIEWER].card.staff_no);
  CHANGE(r, added, officer_add(r->s, &again->card, e));
  assert_int_not_equal(added, E_OK);
  rights_free(r);
}

static void a_sanction_is_not_got_round_by_spelling(void **state) {
  (void)state;
  static const char *const spelled[] = {"大学Ａ", "大学 a", "大学A", "大 学 A"};
  struct rights *r = use_new();
  const struct act_by chief = by_of(r, CHIEF);
  struct sanction x = {.from = T0 - DAY, .until = T0 + 50 * DAY, .id = "s-1", .reason = "x", .who = "大学A", .who_kind = "applicant"};
  OK(sanction_put(r->s, &x, &chief, &error));
  for (size_t i = 0; i < sizeof spelled / sizeof *spelled; i++) {
    struct application change = brings("a-1", USE_CONSULT);
    snprintf(change.applicant, sizeof change.applicant, "%s", spelled[i]);
    OK(use_step_by(r, MANAGER, USE_CONSULT, &change, &error));
    REFUSES(r, E_USE_SANCTION, use_step_of(r, MANAGER, USE_APPLY, "a-1", e));
  }
  snprintf(x.who, sizeof x.who, "nobody"), snprintf(x.who_kind, sizeof x.who_kind, "officer"), snprintf(x.id, sizeof x.id, "s-2");
  r->time++;
  REFUSES(r, E_OFFICER_UNKNOWN, sanction_put(r->s, &x, &chief, e)); /* it would stop nobody */
  rights_free(r);
}

static void a_sanction_stops_grants_at_every_use(void **state) {
  (void)state;
  struct rights *r = use_new();
  const struct act_by chief = by_of(r, CHIEF);
  struct arena *a = arena_new(0);
  struct sanction x = {.from = T0, .until = T0 + 50 * DAY, .id = "s-1", .reason = "x", .who = "tab-e", .who_kind = "officer"};
  make_grant(r, &use_grant);
  OK(enter(r, a, "g-use", TABULATOR, &error));
  grant_leave(r->s);
  r->time++;
  OK(sanction_put(r->s, &x, &chief, &error));
  REFUSES(r, E_USE_SANCTION, enter(r, a, "g-use", TABULATOR, e));
  const struct ask again = {.id = "g-2", .columns = "[\"sex\"]", .requester = "review-g"};
  REFUSES(r, E_USE_SANCTION, ask_for(r, &again, e));
  x.until = r->time, r->time++;
  OK(sanction_put(r->s, &x, &chief, &error)); /* lifted */
  OK(enter(r, a, "g-use", TABULATOR, &error));
  arena_free(a);
  rights_free(r);
}

static void days(struct rights *r, int n) {
  for (int i = 0; i < n; i++) {
    r->time += DAY;
    rights_again(r);
  }
}
static void who_owes_a_report_gets_no_grant(void **state) {
  (void)state;
  struct rights *r = use_new();
  make_grant(r, &use_grant);
  use_to_in_use(r, "a-1");
  days(r, 101);
  const struct ask more = {.id = "g-2", .columns = "[\"sex\"]", .requester = "review-g", .until = T0 + 150 * DAY};
  const struct ask colleague = {.id = "g-3", .columns = "[\"sex\"]", .requester = "review-g", .person = "tab-h", .until = T0 + 150 * DAY};
  const struct ask own = {.id = "g-4", .columns = "[\"*\"]", .basis = "32-i", .requester = "review-g", .until = T0 + 150 * DAY};
  REFUSES(r, E_USE_OWES, ask_for(r, &more, e));
  OK(ask_for(r, &colleague, &error)); /* of another organisation than the applicant, and no user of it */
  OK(ask_for(r, &own, &error));       /* the office's own statistics are no provision */
  OK(use_step_of(r, MANAGER, USE_END, "a-1", &error));
  REFUSES(r, E_USE_OWES, ask_for(r, &more, e));
  OK(use_step_of(r, MANAGER, USE_RETURN, "a-1", &error));
  OK(ask_for(r, &more, &error));
  rights_free(r);
}

static void destruction_waits_for_open_applications(void **state) {
  (void)state;
  static const struct {
    enum use_step step;
    int who;
    bool open;
  } way[] = {{USE_CONSULT, MANAGER, false}, {USE_APPLY, MANAGER, true}, {USE_CHECK, MANAGER, true}, {USE_STEPS, 0, true}, {USE_ACCEPT, MANAGER, true},
      {USE_PLEDGE, MANAGER, true}, {USE_PROVIDE, PROVIDER, true}, {USE_RECEIVE, PROVIDER, true}, {USE_CONFIRM, REVIEWER, true}, {USE_END, MANAGER,
          true},
      {USE_RETURN, MANAGER, false}, {USE_ANNOUNCE, MANAGER, false}};
  struct rights *r = use_new();
  struct act_by chief = by_of(r, CHIEF);
  (void)chief;
  make_grant(r, &use_grant);
  for (size_t i = 0; i + 1 < sizeof way / sizeof *way; i++) {
    if (way[i].step == USE_STEPS) {
      OK(use_vote(r, REVIEWER, "a-1", true, &error));
      OK(use_vote(r, MANAGER_2, "a-1", true, &error));
    } else OK(use_step_of(r, way[i].who, way[i].step, "a-1", &error));
    assert_int_equal(application_in_use(r->s, "vital/birth/2025-12", &error), way[i].open ? E_DISPOSAL_PURPOSE : E_OK);
    assert_int_equal(application_in_use(r->s, "vital/birth/2025-12/received", &error), way[i].open ? E_DISPOSAL_PURPOSE : E_OK);
    assert_int_equal(application_in_use(r->s, "vital/birth/2025-1", &error), E_OK);
    assert_int_equal(application_in_use(r->s, "vital/birth/2025-11", &error), E_OK);
    if (way[i].open && way[i].step != USE_STEPS) assert_int_equal(disposal_in_use(r->s, "vital/birth/2025-12", r->time + 99 * DAY, &error),
        E_DISPOSAL_PURPOSE);
  }
  rights_free(r);
}

static void deadlines_and_reminders(void **state) {
  (void)state;
  const struct use_policy p = use_policy_default;
  struct application a = application_of("a-1");
  snprintf(a.state, sizeof a.state, "in-use");
  a.provided_at = T0;
  assert_int_equal(application_due(&a, USE_DUE_PUBLISH, &p), T0 + 30 * DAY);
  assert_int_equal(application_due(&a, USE_DUE_END, &p), a.until);
  assert_int_equal(application_due(&a, USE_DUE_RESULTS, &p), 0);
  a.published_at = T0 + DAY;
  assert_int_equal(application_due(&a, USE_DUE_PUBLISH, &p), 0);
  snprintf(a.state, sizeof a.state, "confirmed");
  a.results_at = T0 + 10 * DAY;
  assert_int_equal(application_due(&a, USE_DUE_RESULTS, &p), T0 + 100 * DAY);
  assert_int_equal(application_due(&a, USE_DUE_REPORT, &p), a.until);
  snprintf(a.state, sizeof a.state, "published");
  for (int d = 0; d < USE_DUES; d++) assert_int_equal(application_due(&a, (enum use_due)d, &p), 0);
  const int64_t due = T0 + 40 * DAY;
  assert_int_equal(use_reminder(0, due, &p), USE_REMIND_NONE);
  assert_int_equal(use_reminder(due, due - 30 * DAY - 1, &p), USE_REMIND_NONE);
  assert_int_equal(use_reminder(due, due - 30 * DAY, &p), USE_REMIND_FIRST);
  assert_int_equal(use_reminder(due, due - 7 * DAY - 1, &p), USE_REMIND_FIRST);
  assert_int_equal(use_reminder(due, due - 7 * DAY, &p), USE_REMIND_SECOND);
  assert_int_equal(use_reminder(due, due - 1, &p), USE_REMIND_SECOND);
  assert_int_equal(use_reminder(due, due, &p), USE_REMIND_OVERDUE);
}

/* Who has no right is told so, whatever he asks for: not where the application stands, nor whether there is one. */
static void without_a_role_nothing_is_learned(void **state) {
  (void)state;
  struct rights *r = use_new();
  OK(use_step_of(r, MANAGER, USE_CONSULT, "a-1", &error));
  for (int step = 0; step < USE_STEPS; step++) {
    REFUSES(r, E_ROLE_MISSING, use_step_of(r, TABULATOR_2, (enum use_step)step, "a-1", e));
    REFUSES(r, E_ROLE_MISSING, use_step_of(r, TABULATOR_2, (enum use_step)step, "a-none", e));
  }
  REFUSES(r, E_ROLE_MISSING, use_vote(r, TABULATOR_2, "a-1", true, e));
  REFUSES(r, E_ROLE_MISSING, use_vote(r, MANAGER, "a-none", true, e));
  REFUSES(r, E_DISPOSAL_UNKNOWN, use_vote(r, REVIEWER, "a-none", true, e));
  REFUSES(r, E_DISPOSAL_UNKNOWN, use_step_of(r, MANAGER, USE_RETURN, "a-none", e));
  rights_free(r);
}

/* --- codebook --- */

static enum err_code items_of(struct arena *arena, const char *basis, const char *items, struct use_items *out) {
  struct application a = application_of("a-1");
  snprintf(a.items, sizeof a.items, "%s", items);
  snprintf(a.basis, sizeof a.basis, "%s", basis);
  const enum err_code code = application_items(arena, &a, out, &error);
  return code ? code : application_shape(&a, out, &error);
}
static void items_are_those_of_the_codebook(void **state) {
  (void)state;
  static const struct {
    const char *basis, *items;
    enum err_code code;
    const char *said; /* in expected */
  } all[] = {
      {"33-2", "birth_weight: w", E_OK, ""},
      {"33-2", "birth_weihgt: w", E_USE_ITEM, "birth_weight"},
      {"33-2", "体重(g): w", E_USE_ITEM, "birth_weight"},
      {"33-2", "ｓｅｘ: w", E_USE_ITEM, "sex"},
      {"33-2", "quite_another_thing: w", E_USE_ITEM, "a name of the codebook of birth"},
      {"33-2", "sex: a\nsex: b", E_USE_FIELD, "each item once"},
      {"33-2", ": w", E_USE_FIELD, "ITEM"},
      {"33-2", "event_book_no: w", E_USE_ITEM_SHAPE, "33-2"},
      {"33-1-i-stat", "municipality_code: w", E_USE_ITEM_SHAPE, "33-1-i-stat"},
      {"33-1-i-research", "event_book_no: w", E_USE_ITEM_SHAPE, "33-1-i-research"},
      {"34", "event_book_no: w", E_USE_ITEM_SHAPE, "34"},
      {"33-1-i-list", "sex: w", E_USE_ITEM_SHAPE, "33-1-i-list"},
      {"33-1-i-list", "office_code: w", E_USE_ITEM_SHAPE, "33-1-i-list"},
      {"33-1-i-list", "event_book_no: w\nmunicipality_code: x", E_OK, ""},
  };
  setenv("SHIRABE_FORMS", "forms", 1);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    struct arena *arena = arena_new(0);
    struct use_items items;
    const enum err_code code = items_of(arena, all[i].basis, all[i].items, &items);
    if (code != all[i].code) fprintf(stderr, "%s %s: %s\n", all[i].basis, all[i].items, code ? err_name(code) : "done");
    assert_int_equal(code, all[i].code);
    if (code) assert_non_null(strstr(error.expected, all[i].said));
    arena_free(arena);
  }
}
static void sensitive_items_are_marked(void **state) {
  (void)state;
  struct arena *arena = arena_new(0);
  struct use_items items;
  setenv("SHIRABE_FORMS", "forms", 1);
  assert_int_equal(items_of(arena, "33-2", "birth_weight: w\nsex: x\nlegitimacy: y", &items), E_OK);
  assert_true(items.listed);
  assert_non_null(items.item[0].sensitive);
  assert_null(items.item[1].sensitive);
  assert_true(str_eq(items.item[2].sensitive->reason_en, STR("family relations")));
  arena_free(arena);
}
/* Every row of the shipped list names an item that there is. */
static void the_list_of_sensitive_items_is_true(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct use_sensitive_list list;
  uint8_t *p;
  size_t n;
  const struct job silent = {.arena = a, .n_threads = 1};
  OK(file_read("forms/secure/sensitive_items.csv", 1 << 20, &p, &n, &error));
  OK(use_sensitive_parse(a, "sensitive_items.csv", str_view((const char *)p, n), &list, &error));
  assert_true(list.n > 20);
  for (int64_t k = 0; k < list.n; k++) {
    struct form *f;
    char survey[64], form[64], item[64];
    snprintf(survey, sizeof survey, "%.*s", (int)list.row[k].survey.n, list.row[k].survey.p);
    snprintf(form, sizeof form, "%.*s", (int)list.row[k].form.n, list.row[k].form.p);
    snprintf(item, sizeof item, "%.*s", (int)list.row[k].item.n, list.row[k].item.p);
    OK(form_read(a, &silent, "forms", survey, form, NULL, INT64_MAX / 2, &f, NULL, &error));
    if (!form_item(f, item)) fprintf(stderr, "%s\n", item);
    assert_non_null(form_item(f, item));
  }
  assert_int_equal(use_sensitive_parse(a, "x", STR("survey,form,item,reason_ja,reason_en,source,status\nv,b,i,r,r,s,Q\n"), &list, &error),
      E_USE_SENSITIVE);
  assert_int_equal(error.line, 2);
  assert_int_equal(use_sensitive_parse(a, "x", STR("survey,form,item\n"), &list, &error), E_USE_SENSITIVE);
  free(p);
  arena_free(a);
}

/* --- area --- */

static void a_local_government_gets_its_area(void **state) {
  (void)state;
  static const struct {
    const char *kind, *rows, *area, *item;
    enum err_code code;
    const char *filter;
  } all[] = {
      {"legal", "all", "own", "", E_OK, ""},
      {"public", "sex = 1", "own", "", E_OK, "sex = 1"},
      {"local:01", "all", "own", "", E_OK, "prefix(municipality_code, 2) = '01'"},
      {"local:01100", "all", "own", "", E_OK, "prefix(municipality_code, 5) = '01100'"},
      {"local:011002", "sex = 1 or sex = 2", "own", "", E_OK, "municipality_code = '011002' and (sex = 1 or sex = 2)"},
      {"local:01", "sex = 1", "off", "", E_OK, "sex = 1"},
      {"local:01", "all", "own", "vital/birth residence_prefecture", E_OK, "residence_prefecture = '01'"},
      {"local:011002", "all", "own", "vital/birth residence_prefecture", E_USE_AREA, ""},
      {"local:011002", "all", "own", "vital/birth residence_municipality_code", E_OK, "residence_municipality_code = '011002'"},
      {"local:01", "all", "own", "vital/birth no_such_item", E_USE_AREA, ""},
      {"local:01", "all", "own", "vital/birth birth_weight", E_USE_AREA, ""},
      {"local:01", "all", "own", "vital/death birth_weight", E_OK, "prefix(municipality_code, 2) = '01'"},
      {"local:1", "all", "own", "", E_USE_FIELD, ""},
      {"local:0a", "all", "own", "", E_USE_FIELD, ""},
      {"local:01", "1 = 1) or (sex = 1", "own", "", E_USE_ROWS, ""},
      {"public", "birth_weight", "own", "", E_USE_ROWS, ""},
      {"public", "no_such = 1", "own", "", E_USE_ROWS, ""},
      {"public", "prev(sex) = 1", "own", "", E_USE_ROWS, ""},
  };
  setenv("SHIRABE_FORMS", "forms", 1);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    struct arena *arena = arena_new(0);
    struct application a = application_of("a-1");
    struct use_items items;
    struct use_policy p = use_policy_default;
    const char *filter = "";
    snprintf(a.applicant_kind, sizeof a.applicant_kind, "%s", all[i].kind);
    snprintf(a.rows, sizeof a.rows, "%s", all[i].rows);
    snprintf(p.area, sizeof p.area, "%s", all[i].area);
    snprintf(p.area_items, sizeof p.area_items, "%s", all[i].item);
    OK(application_items(arena, &a, &items, &error));
    const enum err_code code = application_filter(arena, &a, &items, 0, &p, &filter, &error);
    if (code != all[i].code) fprintf(stderr, "%s %s: %s\n", all[i].kind, all[i].rows, code ? err_name(code) : filter);
    assert_int_equal(code, all[i].code);
    if (!code) assert_string_equal(filter, all[i].filter);
    arena_free(arena);
  }
}

/* --- the grant is what was applied for --- */

static void a_grant_is_exactly_what_was_applied_for(void **state) {
  (void)state;
  const struct {
    struct ask ask;
    enum err_code code;
  } all[] = {
      {{.id = "g-more", .columns = "[\"birth_weight\",\"legitimacy\",\"sex\"]", .basis = "33-2"}, E_USE_GRANT},
      {{.id = "g-less", .columns = "[\"sex\"]", .basis = "33-2"}, E_USE_GRANT},
      {{.id = "g-rows", .columns = "[\"birth_weight\",\"sex\"]", .basis = "33-2", .filter = "sex = 1"}, E_USE_GRANT},
      {{.id = "g-data", .columns = "[\"birth_weight\",\"sex\"]", .basis = "33-2", .dataset = "vital/birth/2025-11/received"}, E_USE_GRANT},
      {{.id = "g-both", .columns = "[\"birth_weight\",\"sex\"]", .basis = "33-2",
           .dataset = "vital/birth/2025-12/received vital/birth/2025-11/received"}, E_USE_GRANT},
      {{.id = "g-any", .columns = "[\"birth_weight\",\"sex\"]", .basis = "33-2", .dataset = "vital/birth/*/received"}, E_USE_GRANT},
      {{.id = "g-other", .columns = "[\"birth_weight\",\"sex\"]", .basis = "33-2", .person = "tab-h"}, E_USE_GRANT},
      {{.id = "g-basis", .columns = "[\"birth_weight\",\"sex\"]", .basis = "34"}, E_USE_GRANT},
      {{.id = "g-long", .columns = "[\"birth_weight\",\"sex\"]", .basis = "33-2", .until = T0 + 101 * DAY}, E_USE_GRANT},
      {{.id = "g-early", .columns = "[\"birth_weight\",\"sex\"]", .basis = "33-2", .from = T0 - 2 * DAY}, E_USE_GRANT},
      {{.id = "g-use", .columns = "[\"birth_weight\",\"sex\"]", .basis = "33-2"}, E_OK},
  };
  struct rights *r = use_new();
  use_to_pledged(r, "a-1");
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    struct ask ask = all[i].ask;
    ask.requester = "review-g";
    r->time++;
    make_grant(r, &ask);
    struct application change = brings("a-1", USE_PROVIDE);
    snprintf(change.grant, sizeof change.grant, "%s", ask.id);
    if (all[i].code) REFUSES(r, all[i].code, use_step_by(r, PROVIDER, USE_PROVIDE, &change, e));
    else OK(use_step_by(r, PROVIDER, USE_PROVIDE, &change, &error));
  }
  rights_free(r);
}

/* --- proofs --- */

static void proofs_are_read_strictly(void **state) {
  (void)state;
#define HEAD "c2sp.org/tlog-proof@v1\n"
#define ZEROS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
  static const struct {
    const char *text;
    bool ok;
  } all[] = {
      {HEAD "index 0\n\nnote", true},
      {HEAD "index 12\n" ZEROS "\n" ZEROS "\n\nnote", true},
      {HEAD "index 01\n\nnote", false},
      {HEAD "index -1\n\nnote", false},
      {HEAD "index 9999999999999999999\n\nnote", false},
      {HEAD "index\n\nnote", false},
      {HEAD "index 1\nAAAA\n\nnote", false},
      {HEAD "index 1\n" ZEROS "\n", false},
      {"c2sp.org/tlog-proof@v2\nindex 0\n\nnote", false},
      {HEAD "index 1\r\n\nnote", false},
      {"", false},
  };
  struct returned_proof p;
  struct strbuf many;
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) assert_int_equal(returned_proof_parse(str_of(all[i].text), &p), all[i].ok);
  for (int n = 62; n <= 64; n++) {
    strbuf_init(&many, 0);
    strbuf_adds(&many, HEAD "index 1\n");
    for (int i = 0; i < n; i++) strbuf_adds(&many, ZEROS "\n");
    strbuf_adds(&many, "\nnote");
    assert_int_equal(returned_proof_parse(str_view(many.p, many.n), &p), n <= MERKLE_PROOF_MAX);
    strbuf_release(&many);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_step_takes_only_its_members), cmocka_unit_test(a_process_member_cannot_be_smuggled_in),
      cmocka_unit_test(users_take_no_official_step),
      cmocka_unit_test(without_a_role_nothing_is_learned), cmocka_unit_test(one_person_with_two_cards_votes_once),
      cmocka_unit_test(a_sanction_is_not_got_round_by_spelling), cmocka_unit_test(a_sanction_stops_grants_at_every_use),
      cmocka_unit_test(who_owes_a_report_gets_no_grant), cmocka_unit_test(destruction_waits_for_open_applications),
      cmocka_unit_test(deadlines_and_reminders), cmocka_unit_test(items_are_those_of_the_codebook), cmocka_unit_test(sensitive_items_are_marked),
      cmocka_unit_test(the_list_of_sensitive_items_is_true), cmocka_unit_test(a_local_government_gets_its_area),
      cmocka_unit_test(a_grant_is_exactly_what_was_applied_for), cmocka_unit_test(proofs_are_read_strictly)};
  assert_true(crypto_start());
  return cmocka_run_group_tests(tests, NULL, NULL);
}
