/* test_rights.c -- officers, approvals, roles, the guarded clock: what the ground of all rights promises. */
#include "tests/unit/rights_fixture.h"

#include "secure-store/rights/name_check.h"

/* --- cards and names --- */

static void card_comes_back_and_only_in_one_form(void **state) {
  (void)state;
  struct err error;
  struct person p;
  struct officer o;
  struct strbuf text;
  assert_true(crypto_start());
  make_person(&p, "sato-1", "佐藤 花子", "A1");
  strbuf_init(&text, 0);
  OK(officer_card_text(&p.card, &text, &error));
  OK(officer_card_parse("card", str_view(text.p, text.n), &o, &error));
  assert_memory_equal(&o, &p.card, sizeof o);
  strbuf_addc(&text, '\n');
  assert_int_equal(officer_card_parse("card", str_view(text.p, text.n), &o, &error), E_OFFICER_CARD);
  assert_int_equal(officer_card_parse("card", str_view(text.p, text.n - 2), &o, &error), E_OFFICER_CARD);
  strbuf_release(&text);
}

static void names_row30(void **state) {
  (void)state;
  static const struct {
    const char *name;
    enum err_code code;
  } cases[] = {
      /* with a variation selector */
      {"佐藤 花子", E_OK}, {"サトウ ハナコ", E_OK}, {"Sato Hanako", E_OK}, {"José", E_OK}, {"髙橋・﨑", E_OK}, {"葛\xf3\xa0\x84\x80城", E_OK},
      {"Jose\xcc\x81", E_OFFICER_NAME},              /* NFD */
      {"か\xe3\x82\x99", E_OFFICER_NAME},            /* か with a combining mark */
      {"S\xd0\xb0to", E_OFFICER_NAME},               /* Cyrillic a */
      {"\xce\x91oki", E_OFFICER_NAME},               /* Greek Alpha */
      {"Ｓａｔｏ", E_OFFICER_NAME}, {"佐藤１", E_OFFICER_NAME}, {"ｻﾄｳ", E_OFFICER_NAME}, /* full and half width */
      {"佐藤\xe2\x80\x8b花子", E_OFFICER_NAME},      /* zero width space */
      {"\xe2\x80\xaeotaS", E_OFFICER_NAME},          /* right-to-left override */
      {"Sato\xc2\xa0X", E_OFFICER_NAME},             /* no-break space */
      {"\x8d\xb2\x93\xa1", E_OFFICER_NAME},          /* 佐藤 in Shift_JIS */
      {" Sato", E_OFFICER_NAME}, {"Sato ", E_OFFICER_NAME}, {"", E_OFFICER_NAME}, {"Sato\n", E_OFFICER_NAME}, {"\xed\xa0\x80", E_OFFICER_NAME},
      {"\xf3\xa0\x84\x80佐藤", E_OFFICER_NAME},      /* a selector without a kanji before it */
      {"\xf0\x9f\x98\x80", E_OFFICER_NAME}, {"王\xee\x80\x80", E_OFFICER_NAME}, /* emoji, private use */
      {"\xe4\xb8\x80\xe3\x80\x80二", E_OFFICER_NAME}, /* ideographic space */
  };
  struct err error;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    enum err_code code = name_check("name", str_of(cases[i].name), &error);
    if (code != cases[i].code) fprintf(stderr, "case %zu\n", i);
    assert_int_equal(code, cases[i].code);
  }
}

static void look_alikes_fold_together(void **state) {
  (void)state;
  static const char *const same[][2] = {{"佐藤 花子", "佐藤花子"}, {"髙橋", "高橋"}, {"カ藤", "力藤"}, {"Il", "1l"}, {"O0", "0o"}, {"ヘリ", "へり"}, {"José", "jose"},
      {"葛\xf3\xa0\x84\x80城", "葛城"}, {"A-100", "A 100"}, {"A1OO", "AL00"}, {"神", "\xef\xa8\x99"}, {"渡邉", "渡辺"}, {"渡邊", "渡辺"}};
  static const char *const other[][2] = {{"佐藤", "佐東"}, {"か", "が"}, {"はな", "ばな"}, {"A100", "A101"}, {"Sato", "Saito"}, {"ハ", "バ"}};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
    if (!name_same(same[i][0], same[i][1])) fprintf(stderr, "case %zu\n", i);
    assert_true(name_same(same[i][0], same[i][1]));
  }
  for (size_t i = 0; i < sizeof other / sizeof *other; i++) assert_false(name_same(other[i][0], other[i][1]));
}

static void register_has_one_entry_per_person(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct person p, q;
  struct officer o;
  struct err error;
  make_person(&p, "aoki-1", "青木 一郎", "A1");
  assert_false(store_has_officers(r->s));
  CHANGED(r, officer_add(r->s, &p.card, e));
  assert_true(store_has_officers(r->s));
  make_person(&q, "aoki-2", "青木 一郎", "A2");
  REFUSED(r, E_OFFICER_TWICE, officer_add(r->s, &q.card, e)); /* a name of one shape */
  snprintf(q.card.name, sizeof q.card.name, "青木　");
  REFUSED(r, E_OFFICER_NAME, officer_add(r->s, &q.card, e));
  snprintf(q.card.name, sizeof q.card.name, "青木一郎");
  REFUSED(r, E_OFFICER_TWICE, officer_add(r->s, &q.card, e));
  snprintf(q.card.namesake_of, sizeof q.card.namesake_of, "aoki-1");
  snprintf(q.card.staff_no, sizeof q.card.staff_no, "a1");
  REFUSED(r, E_OFFICER_TWICE, officer_add(r->s, &q.card, e)); /* the same staff number, and not retired */
  snprintf(q.card.staff_no, sizeof q.card.staff_no, "A2");
  memcpy(q.card.age_recipient, p.card.age_recipient, sizeof q.card.age_recipient);
  REFUSED(r, E_OFFICER_TWICE, officer_add(r->s, &q.card, e)); /* one key, two people */
  age_keypair(q.secret.age, q.card.age_recipient);
  snprintf(q.card.id, sizeof q.card.id, "aoki-l");
  REFUSED(r, E_OFFICER_TWICE, officer_add(r->s, &q.card, e)); /* an id that looks like another */
  snprintf(q.card.id, sizeof q.card.id, "aoki-2");
  CHANGED(r, officer_add(r->s, &q.card, e)); /* a true namesake */
  snprintf(p.card.trained, sizeof p.card.trained, "2026-04-01");
  CHANGED(r, officer_add(r->s, &p.card, e)); /* renewed */
  OK(officer_find(r->s, "aoki-1", &o, &error));
  assert_string_equal(o.trained, "2026-04-01");
  OK(officer_of_key(r->s, q.secret.sign.key_id, &o, &error));
  assert_string_equal(o.id, "aoki-2");
  minisign_keypair(&p.secret.sign);
  minisign_public_text(&p.secret.sign, p.card.minisign_public);
  REFUSED(r, E_OFFICER_TWICE, officer_add(r->s, &p.card, e)); /* new keys need a new entry */
  CHANGED(r, officer_retire(r->s, "aoki-1", e));
  REFUSED(r, E_OFFICER_RETIRED, officer_retire(r->s, "aoki-1", e));
  OK(officer_find(r->s, "aoki-1", &o, &error));
  assert_true(o.retired);
  make_person(&p, "aoki-3", "青木 一郎", "A1");
  snprintf(p.card.namesake_of, sizeof p.card.namesake_of, "aoki-1");
  CHANGED(r, officer_add(r->s, &p.card, e)); /* the person again, with new keys, after the old entry ended */
  rights_again(r);
  struct arena *a = arena_new(0);
  struct officer *list;
  int64_t n;
  OK(officer_list(r->s, a, &list, &n, &error));
  assert_int_equal(n, 3);
  assert_true(officer_same_person(&list[0], &list[2]));
  assert_false(officer_same_person(&list[0], &list[1]));
  arena_free(a);
  rights_free(r);
}

/* --- the database behind the store's back --- */

static void an_edited_or_deleted_row_is_found(void **state) {
  (void)state;
  static const char *const edits[] = {
      "UPDATE rights_record SET text = replace(CAST(text AS TEXT), 'tab-e', 'tab-x') WHERE object = 'officer:tab-e'",
      "UPDATE rights_record SET object = 'officer:tab-x' WHERE object = 'officer:tab-e'",
      "DELETE FROM rights_record WHERE object = 'officer:tab-e'",
      "DELETE FROM rights_record WHERE object LIKE 'retired:%'",
      "DELETE FROM rights_record WHERE object LIKE 'role-revoked:%'",
      ("DELETE FROM rights_record WHERE object LIKE 'approval:role:%' AND seq = (SELECT max(seq) FROM rights_record WHERE object LIKE "
       "'approval:role:%')"),
      "INSERT INTO rights_record(seq, object, sealed, text) VALUES(1, 'officer:zz', 0, 'x')",
      "UPDATE rights_record SET seq = seq + 100000 WHERE object LIKE 'founded:%'",
      "DROP TABLE rights_record",
  };
  for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
    struct rights *r = rights_new();
    struct err error;
    struct store *s = NULL;
    people(r);
    CHANGED(r, officer_retire(r->s, "tab-h", e));
    CHANGED(r, role_revoke(r->s, "tab-e", LOG_ROLE_TABULATOR, e));
    rights_close(r);
    edit_database(r, edits[i]);
    enum err_code code = store_open(&r->job, r->folder, PASSPHRASE, &s, &error);
    if (code != E_STORE_TAMPERED) fprintf(stderr, "edit %zu: %s\n", i, code ? err_name(code) : "opened");
    assert_int_equal(code, E_STORE_TAMPERED);
    assert_int_equal(store_open_locked(&r->job, r->folder, &s, &error), E_STORE_TAMPERED);
    rights_free(r);
  }
}

static void a_row_edited_while_the_store_is_open_is_found_at_use(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct err error;
  role_set held;
  people(r);
  OK(roles_of(r->s, "tab-e", r->time, &held, &error));
  assert_int_equal(held, ROLE_BIT(LOG_ROLE_TABULATOR));
  CHANGED(r, role_revoke(r->s, "tab-e", LOG_ROLE_TABULATOR, e));
  OK(roles_of(r->s, "tab-e", r->time, &held, &error));
  assert_int_equal(held, 0);
  int64_t before = leaves(r, "tamper", LOG_NOTE, NULL);
  edit_database(r, "DELETE FROM rights_record WHERE object = 'role-revoked:tab-e:tabulator'");
  assert_int_equal(roles_of(r->s, "tab-e", r->time, &held, &error), E_STORE_TAMPERED);
  assert_int_equal(leaves(r, "tamper", LOG_NOTE, NULL), before + 1);
  rights_free(r);
}

/* --- approvals --- */

static void approvals_count_for_one_subject_and_one_store(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct strbuf text;
  struct approval out, list[APPROVAL_MAX];
  struct err error;
  uint8_t subject[32] = {1}, other[32] = {2};
  int n;
  people(r);
  sign_word(r, 0, "grant", subject, true, T0, &text);
  REFUSED(r, E_APPROVAL_SUBJECT, approval_put(r->s, str_view(text.p, text.n), "grant-vote", "grant", other, &out, e));
  REFUSED(r, E_APPROVAL_SUBJECT, approval_put(r->s, str_view(text.p, text.n), "grant-vote", "role", subject, &out, e));
  r->s->install_id[0] ^= 1;
  REFUSED(r, E_APPROVAL_SUBJECT, approval_put(r->s, str_view(text.p, text.n), "grant-vote", "grant", subject, &out, e));
  r->s->install_id[0] ^= 1;
  const char *line = strstr(strbuf_cstr(&text), "untrusted comment: ") + 19;
  size_t comment = (size_t)(line - text.p), comment_end = comment + strcspn(line, "\n");
  for (size_t i = 0; i < text.n; i++) { /* every byte of text and signature */
    char was = text.p[i];
    enum err_code code;
    if (i >= comment && i < comment_end) continue; /* the untrusted comment of minisign is signed by nobody */
    text.p[i] = (char)(was ^ 1);
    CHANGE(r, code, approval_put(r->s, str_view(text.p, text.n), "grant-vote", "grant", subject, &out, e));
    if (!code) fprintf(stderr, "byte %zu\n", i);
    assert_int_not_equal(code, E_OK);
    text.p[i] = was;
  }
  strbuf_release(&text);
  CHANGED(r, put_word(r, 0, "grant-vote", "grant", subject, true, T0 + 100, e));
  OK(approvals_of(r->s, "grant", subject, list, &n, &error));
  assert_int_equal(n, 1);
  REFUSED(r, E_APPROVAL_REPLAYED, put_word(r, 0, "grant-vote", "grant", subject, true, T0 + 100, e));
  CHANGED(r, put_word(r, 0, "grant-vote", "grant", subject, false, T0 + 200, e));
  OK(approvals_of(r->s, "grant", subject, list, &n, &error));
  assert_int_equal(n, 0); /* withdrawn */
  REFUSED(r, E_APPROVAL_REPLAYED, put_word(r, 0, "grant-vote", "grant", subject, true, T0 + 150, e)); /* the old word again */
  REFUSED(r, E_APPROVAL_TIME, put_word(r, 1, "grant-vote", "grant", subject, true, T0 + 601, e));
  struct person stranger = r->person[1];
  make_person(&r->person[1], "nobody", "無名 太郎", "Z1");
  REFUSED(r, E_OFFICER_UNKNOWN, put_word(r, 1, "grant-vote", "grant", subject, true, T0, e));
  memcpy(r->person[1].card.id, stranger.card.id, sizeof stranger.card.id);
  REFUSED(r, E_APPROVAL_SIGNATURE, put_word(r, 1, "grant-vote", "grant", subject, true, T0, e)); /* another's id, own key */
  r->person[1] = stranger;
  CHANGED(r, officer_retire(r->s, "manager-b", e));
  REFUSED(r, E_OFFICER_RETIRED, put_word(r, 1, "grant-vote", "grant", subject, true, T0, e));
  rights_free(r);
}

/* --- roles --- */

static void role_data_is_total_and_disjoint(void **state) {
  (void)state;
  enum log_role back;
  for (int a = LOG_ROLE_CHIEF; a <= LOG_ROLE_MAINTENANCE; a++) {
    assert_true(role_name((enum log_role)a)[0]);
    assert_true(role_parse(str_of(role_name((enum log_role)a)), &back) && (int)back == a);
    assert_null(role_forbidden_why((enum log_role)a, (enum log_role)a, LANG_EN));
    for (int b = a + 1; b <= LOG_ROLE_MAINTENANCE; b++) {
      bool allowed = role_set_allowed(ROLE_BIT(a) | ROLE_BIT(b), NULL, NULL);
      assert_true(allowed == (role_forbidden_why((enum log_role)a, (enum log_role)b, LANG_EN) == NULL));
      assert_true(allowed == (role_forbidden_why((enum log_role)b, (enum log_role)a, LANG_JA) == NULL));
    }
  }
  assert_false(role_parse(STR("program"), &back));
  assert_false(role_parse(STR(""), &back));
  /* 4.16 row by row */
  assert_false(role_set_allowed(ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_AUDITOR), NULL, NULL));
  assert_false(role_set_allowed(ROLE_BIT(LOG_ROLE_AUDITOR) | ROLE_BIT(LOG_ROLE_TABULATOR), NULL, NULL));
  assert_false(role_set_allowed(ROLE_BIT(LOG_ROLE_MAINTENANCE) | ROLE_BIT(LOG_ROLE_KEY_OFFICER), NULL, NULL));
  assert_true(role_set_allowed(ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER) | ROLE_BIT(LOG_ROLE_KEY_OFFICER), NULL, NULL));
}

static void roles_need_two_others_in_office(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct strbuf text;
  struct err error;
  uint8_t subject[32];
  role_set held;
  people(r);
  certificate(r, 9, LOG_ROLE_REVIEWER, T0, T0 + DAY, &text, subject);
  CHANGED(r, role_put(r->s, str_view(text.p, text.n), e));
  CHANGED(r, put_word(r, 9, "role-grant", "role", subject, true, T0, e)); /* for himself: heard, does not count */
  CHANGED(r, put_word(r, 0, "role-grant", "role", subject, true, T0, e));
  CHANGED(r, put_word(r, 4, "role-grant", "role", subject, true, T0, e)); /* a tabulator appoints nobody */
  OK(roles_of(r->s, "maint-k", T0, &held, &error));
  assert_int_equal(held, 0);
  CHANGED(r, put_word(r, 2, "role-grant", "role", subject, true, T0, e));
  OK(roles_of(r->s, "maint-k", T0, &held, &error));
  assert_int_equal(held, ROLE_BIT(LOG_ROLE_REVIEWER));
  OK(roles_of(r->s, "maint-k", T0 + DAY, &held, &error));
  assert_int_equal(held, 0); /* ended */
  OK(roles_of(r->s, "maint-k", T0 - 1, &held, &error));
  assert_int_equal(held, 0); /* not begun */
  /* proposed again after a revocation: old approvals do not count */
  CHANGED(r, role_revoke(r->s, "maint-k", LOG_ROLE_REVIEWER, e));
  CHANGED(r, role_put(r->s, str_view(text.p, text.n), e));
  OK(roles_of(r->s, "maint-k", T0, &held, &error));
  assert_int_equal(held, 0);
  r->time += 10;
  CHANGED(r, put_word(r, 0, "role-grant", "role", subject, true, T0 + 5, e));
  OK(roles_of(r->s, "maint-k", r->time, &held, &error));
  assert_int_equal(held, 0);
  CHANGED(r, put_word(r, 1, "role-grant", "role", subject, true, T0 + 5, e));
  OK(roles_of(r->s, "maint-k", r->time, &held, &error));
  assert_int_equal(held, ROLE_BIT(LOG_ROLE_REVIEWER));
  strbuf_release(&text);
  rights_free(r);
}

static void forbidden_combinations_never_come_into_force(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct strbuf a, b;
  struct err error;
  uint8_t subject_a[32], subject_b[32];
  role_set held;
  people(r);
  certificate(r, 0, LOG_ROLE_AUDITOR, T0, T0 + DAY, &a, subject_a);
  REFUSED(r, E_ROLE_FORBIDDEN, role_put(r->s, str_view(a.p, a.n), e)); /* chief and auditor */
  strbuf_release(&a);
  /* two proposals side by side, both approved: the second stays without force */
  certificate(r, 9, LOG_ROLE_MAINTENANCE, T0, T0 + DAY, &a, subject_a);
  certificate(r, 9, LOG_ROLE_KEY_OFFICER, T0, T0 + DAY, &b, subject_b);
  CHANGED(r, role_put(r->s, str_view(a.p, a.n), e));
  CHANGED(r, role_put(r->s, str_view(b.p, b.n), e));
  for (int i = 0; i < 2; i++) CHANGED(r, put_word(r, i, "role-grant", "role", subject_a, true, T0, e));
  for (int i = 0; i < 2; i++) CHANGED(r, put_word(r, i, "role-grant", "role", subject_b, true, T0, e));
  OK(roles_of(r->s, "maint-k", T0, &held, &error));
  assert_int_equal(held, ROLE_BIT(LOG_ROLE_MAINTENANCE));
  REFUSED(r, E_ROLE_FORBIDDEN, found(r, 9, LOG_ROLE_CHIEF, e)); /* the ceremony is over */
  strbuf_release(&a);
  strbuf_release(&b);
  rights_free(r);
}

static void a_retired_manager_leaves_what_was_right(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct err error;
  role_set held;
  people(r);
  r->time += DAY / 2;
  CHANGED(r, officer_retire(r->s, "manager-b", e));
  OK(roles_of(r->s, "manager-b", r->time, &held, &error));
  assert_int_equal(held, 0);
  OK(roles_of(r->s, "tab-e", r->time, &held, &error));
  assert_int_equal(held, ROLE_BIT(LOG_ROLE_TABULATOR));
  rights_free(r);
}

static void role_require_leaves_one_leaf(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct err error;
  people(r);
  int64_t before = leaves(r, NULL, LOG_REFUSED, NULL);
  OK(role_require(r->s, "tab-e", ROLE_BIT(LOG_ROLE_TABULATOR) | ROLE_BIT(LOG_ROLE_CHIEF), "job-start", "job:1", &error));
  assert_int_equal(leaves(r, NULL, LOG_REFUSED, NULL), before);
  enum err_code code = role_require(r->s, "tab-e", ROLE_BIT(LOG_ROLE_CHIEF), "job-start", "job:1", &error);
  assert_int_equal(code, E_ROLE_MISSING);
  assert_int_equal(store_refuse(r->s, "job-start", "job:1", &error), E_ROLE_MISSING); /* does not write it twice */
  assert_int_equal(leaves(r, "job-start", LOG_REFUSED, "E_ROLE_MISSING"), 1);
  assert_int_equal(leaves(r, NULL, LOG_REFUSED, NULL), before + 1);
  rights_free(r);
}

static void what_was_rolled_back_is_not_remembered(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct strbuf a, b;
  struct err error;
  uint8_t subject_a[32], subject_b[32];
  struct role_state *list;
  struct arena *arena = arena_new(0);
  role_set held;
  int64_t n;
  people(r);
  certificate(r, 9, LOG_ROLE_REVIEWER, T0, T0 + DAY, &a, subject_a);
  certificate(r, 9, LOG_ROLE_TABULATOR, T0, T0 + DAY, &b, subject_b);
  OK(store_begin(r->s, &error));
  OK(role_put(r->s, str_view(a.p, a.n), &error));
  OK(roles_of(r->s, "maint-k", T0, &held, &error)); /* remembered with the proposal in it */
  store_rollback(r->s);
  CHANGED(r, role_put(r->s, str_view(b.p, b.n), e)); /* the same leaf number */
  OK(role_list(r->s, arena, &list, &n, &error));
  assert_int_equal(list[n - 1].certificate.role, LOG_ROLE_TABULATOR);
  strbuf_release(&a);
  strbuf_release(&b);
  arena_free(arena);
  rights_free(r);
}

/* The index of the log's records against a plain list, over additions and ways back. */
static void index_finds_the_last_record_after_any_way_back(void **state) {
  (void)state;
  enum { STEPS = 4000, NAMES = 700 };
  struct record_index x = {.n_officers = 0};
  static struct {
    int name;
  } list[STEPS];
  int n = 0, kept_n = 0;
  uint32_t random = 12345;
  struct record_index_kept kept;
  struct err error;
  record_index_keep(&x, &kept);
  for (int step = 0; step < STEPS; step++) {
    struct log_leaf leaf = {.seq = (uint64_t)n, .result = LOG_DONE};
    random = random * 1664525u + 1013904223u;
    int name = (int)(random >> 8) % NAMES;
    snprintf(leaf.object, sizeof leaf.object, "record thing:%d", name);
    OK(record_index_add(&x, &leaf, &error));
    list[n++].name = name;
    if (random >> 28 == 0) record_index_keep(&x, &kept), kept_n = n;
    if (random >> 28 == 1) record_index_back(&x, &kept), n = kept_n;
    if (step % 50) continue;
    for (int k = 0; k < NAMES; k++) {
      char object[32];
      int64_t expected = -1;
      snprintf(object, sizeof object, "thing:%d", k);
      for (int i = 0; i < n; i++)
        if (list[i].name == k) expected = i;
      assert_int_equal(record_index_find(&x, object), expected);
    }
  }
  record_index_release(&x);
}

/* --- the clock --- */

static void clock_back_refuses_and_leaves_one_leaf(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct err error;
  struct store *s = NULL;
  int64_t now;
  people(r);
  r->time = T0 - 119;
  OK(store_now(r->s, &now, &error));
  assert_int_equal(now, T0); /* never before the last leaf */
  r->time = T0 - YEAR;
  assert_int_equal(store_now(r->s, &now, &error), E_CLOCK_BACK);
  assert_int_equal(leaves(r, "clock-anomaly", LOG_REFUSED, NULL), 1);
  r->time = T0;
  rights_close(r);
  r->time = T0 - YEAR;
  assert_int_equal(store_open(&r->job, r->folder, PASSPHRASE, &s, &error), E_LOG_CLOCK);
  r->time = T0;
  rights_open(r);
  assert_int_equal(leaves(r, "clock-anomaly", LOG_REFUSED, NULL), 2);
  rights_free(r);
}

static void clock_ahead_needs_two_officers_and_never_dates_the_log(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct err error;
  struct strbuf text;
  uint8_t subject[32];
  int64_t now, far = (int64_t)1 << 53;
  people(r);
  rights_close(r);
  r->time = far; /* time_t far in the future */
  rights_open(r);
  assert_int_equal(store_now(r->s, &now, &error), E_CLOCK_JUMP);
  assert_int_equal(access_log_last_wall(r->s->log.tree), T0);
  rights_close(r);
  r->time = T0 + 10; /* and back: nothing is lost */
  rights_open(r);
  OK(store_now(r->s, &now, &error));
  assert_int_equal(now, T0 + 10);
  rights_close(r);
  r->time = T0 + 3 * DAY; /* after a long weekend */
  rights_open(r);
  assert_int_equal(store_now(r->s, &now, &error), E_CLOCK_JUMP);
  int64_t until = r->time + HOUR;
  for (int who = 0; who < 2; who++) {
    assert_int_equal(store_now(r->s, &now, &error), E_CLOCK_JUMP);
    strbuf_init(&text, 0);
    OK(store_clock_text(r->s, until, &text, subject, &error));
    strbuf_release(&text);
    sign_word(r, who, "clock", subject, true, r->time, &text);
    CHANGED(r, store_clock_approve(r->s, until, str_view(text.p, text.n), e));
    strbuf_release(&text);
  }
  OK(store_now(r->s, &now, &error));
  assert_int_equal(now, T0 + 3 * DAY);
  assert_int_equal(access_log_last_wall(r->s->log.tree), T0 + 3 * DAY);
  r->time += 2 * DAY; /* the confirmation was for that date only */
  assert_int_equal(store_now(r->s, &now, &error), E_CLOCK_JUMP);
  rights_free(r);
}

static void an_office_without_officers_keeps_its_clock(void **state) {
  (void)state;
  struct rights *r = rights_new();
  struct err error;
  int64_t now;
  r->time = T0 + 30 * DAY;
  OK(store_now(r->s, &now, &error));
  assert_int_equal(now, r->time);
  rights_again(r);
  assert_int_equal(access_log_last_wall(r->s->log.tree), r->time);
  rights_free(r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(card_comes_back_and_only_in_one_form),
      cmocka_unit_test(names_row30),
      cmocka_unit_test(look_alikes_fold_together),
      cmocka_unit_test(register_has_one_entry_per_person),
      cmocka_unit_test(an_edited_or_deleted_row_is_found),
      cmocka_unit_test(a_row_edited_while_the_store_is_open_is_found_at_use),
      cmocka_unit_test(approvals_count_for_one_subject_and_one_store),
      cmocka_unit_test(role_data_is_total_and_disjoint),
      cmocka_unit_test(roles_need_two_others_in_office),
      cmocka_unit_test(forbidden_combinations_never_come_into_force),
      cmocka_unit_test(a_retired_manager_leaves_what_was_right),
      cmocka_unit_test(role_require_leaves_one_leaf),
      cmocka_unit_test(what_was_rolled_back_is_not_remembered),
      cmocka_unit_test(index_finds_the_last_record_after_any_way_back),
      cmocka_unit_test(clock_back_refuses_and_leaves_one_leaf),
      cmocka_unit_test(clock_ahead_needs_two_officers_and_never_dates_the_log),
      cmocka_unit_test(an_office_without_officers_keeps_its_clock),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
