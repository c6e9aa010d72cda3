/* Stores that officers open: the ceremony, attempts and their waiting times, new epochs, and rows 7, 12 and 13 of the attacks
 * (tests/attacks_keys.md). */
#include "tests/unit/officer_store.h"

#include "secure-store/keystore_impl.h"

static struct officer_store f;
static struct err error;

static int make(void **state) {
  (void)state;
  officer_store_make(&f);
  return 0;
}
static int unmake(void **state) {
  (void)state;
  officer_store_end(&f);
  return 0;
}
static struct store *opened(unsigned set) {
  struct store *s;
  OK(open_by(&f, set, &s, &error));
  return s;
}

struct counted {
  uint16_t action;
  enum log_result result;
  int64_t n;
  struct log_leaf last;
};
static enum err_code count_leaf(void *context, const struct log_leaf *leaf, struct err *e) {
  struct counted *c = context;
  (void)e;
  if (leaf->action != c->action || leaf->result != c->result) return E_OK;
  c->n++;
  c->last = *leaf;
  return E_OK;
}
static struct counted leaves(struct store *s, const char *action, enum log_result result) {
  struct counted c = {.action = log_action_number(action), .result = result};
  OK(store_log_each(s, count_leaf, &c, &error));
  return c;
}
static int64_t leaves_locked(const char *action, enum log_result result) {
  struct store *s;
  OK(store_open_locked(&f.job, f.folder, &s, &error));
  int64_t n = leaves(s, action, result).n;
  store_close(s);
  return n;
}

/* --- the ceremony --- */
static void founders_are_registered_with_their_roles_and_shares(void **state) {
  (void)state;
  struct store *s = opened(3);
  struct officer o;
  role_set roles;
  for (int i = 0; i < 5; i++) {
    OK(officer_find(s, officer_ids[i], &o, &error));
    assert_string_equal(o.age_recipient, f.o.card[i].age_recipient);
    OK(roles_of(s, officer_ids[i], f.time, &roles, &error));
    assert_int_equal(roles, f.founders.founder[i].roles);
  }
  assert_int_equal(officer_find(s, officer_ids[5], &o, &error), E_OFFICER_UNKNOWN);
  assert_string_equal(store_present(s, 0), "officer-a");
  assert_string_equal(store_present(s, 1), "officer-b");
  assert_null(store_present(s, 2));
  struct counted unlocked = leaves(s, "key-unlock", LOG_DONE);
  assert_int_equal(unlocked.n, 1);
  assert_non_null(strstr(unlocked.last.object, " shares:"));
  assert_true(unlocked.last.intent != UINT64_MAX);
  /* The ceremony is over: nobody else is appointed without approval. */
  struct role_certificate c = {.role = LOG_ROLE_MANAGER, .from = f.time, .until = f.time + OS_DAY};
  memcpy(c.officer, officer_ids[0], strlen(officer_ids[0]) + 1);
  OK(store_begin(s, &error));
  assert_int_equal(role_found(s, &c, &error), E_ROLE_FORBIDDEN);
  store_rollback(s);
  store_close(s);
}
static void ceremonies_that_break_the_rules_make_no_store(void **state) {
  (void)state;
  struct store_founders good = f.founders;
  struct share_plan unlock = f.o.unlock, authority = f.o.authority;
  char other[320];
  snprintf(other, sizeof other, "%s/other", f.o.folder);
#define REFUSED(code, change)                                                                                \
  do {                                                                                                       \
    f.founders = good;                                                                                       \
    change;                                                                                                  \
    store_founders_plan(&f.founders, 2, 3, &f.o.unlock, &f.o.authority);                                     \
    assert_int_equal(store_init_officers(&f.job, other, &fixture_office, "light", &f.founders, &error), code); \
    assert_int_not_equal(access(other, F_OK), 0);                                                            \
  } while (0)
  REFUSED(E_KEYS_PLAN, f.founders.founder[3].roles = ROLE_BIT(LOG_ROLE_KEY_OFFICER));                    /* one leader */
  REFUSED(E_KEYS_PLAN, f.founders.founder[0].roles |= ROLE_BIT(LOG_ROLE_MANAGER));                       /* three */
  REFUSED(E_KEYS_PLAN, f.founders.founder[3].roles |= ROLE_BIT(LOG_ROLE_MANAGER));                       /* one person is not two */
  REFUSED(E_KEYS_PLAN, f.founders.founder[4].roles = ROLE_BIT(LOG_ROLE_REVIEWER));                       /* no auditor */
  REFUSED(E_ROLE_FORBIDDEN, f.founders.founder[3].roles |= ROLE_BIT(LOG_ROLE_AUDITOR));
  REFUSED(E_KEYS_PLAN, f.founders.founder[0].roles |= ROLE_BIT(LOG_ROLE_AUDITOR));                       /* an auditor who unlocks */
  REFUSED(E_KEYS_PLAN, snprintf(f.founders.founder[1].card.id, OFFICER_ID_BYTES, "officer-a"));
  REFUSED(E_OFFICER_NAME, f.founders.founder[1].card.name[0] = 0);
  f.o.unlock = unlock;
  f.o.authority = authority;
#undef REFUSED
}
/* Two cards of one person get through the plan, not through the register; nothing is left that could be opened. */
static void one_person_with_two_cards_founds_nothing(void **state) {
  (void)state;
  struct store *s;
  char other[320];
  snprintf(other, sizeof other, "%s/other", f.o.folder);
  snprintf(f.founders.founder[1].card.staff_no, sizeof f.founders.founder[1].card.staff_no, "A100");
  assert_int_equal(store_init_officers(&f.job, other, &fixture_office, "light", &f.founders, &error), E_OFFICER_TWICE);
  assert_int_equal(store_open(&f.job, other, PASSPHRASE, &s, &error), E_STORE_NOT_FOUND);
  officer_store_people(&f);
  f.founders.founder[1].card = f.o.card[1];
  OK(store_init_officers(&f.job, other, &fixture_office, "light", &f.founders, &error)); /* again, after the mistake */
}
static void data_written_by_some_officers_are_read_by_others(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table in, out;
  int64_t shard;
  fixture_table(a, 50, &in);
  struct store *s = opened(3);
  OK(fixture_write(s, &in, "b1", 1, &shard, &error));
  store_close(s);
  s = opened(6);
  OK(read_granted(&f, s, shard, a, &out, &error));
  assert_same_table(&in, &out);
  struct store_verify_report report;
  OK(store_verify(s, true, &report, &error));
  assert_int_equal(report.problems, 0);
  store_close(s);
  arena_free(a);
}
static void a_passphrase_is_of_no_use(void **state) {
  (void)state;
  struct store *s;
  assert_int_equal(store_open(&f.job, f.folder, PASSPHRASE, &s, &error), E_KEYS_OFFICERS);
  assert_int_equal(leaves_locked("key-unlock-try", LOG_REFUSED), 0); /* nothing was tried */
}

/* --- row 12: failures are leaves, and make the next attempt wait --- */
static void attack_12_failures_are_leaves_that_name_the_reason(void **state) {
  (void)state;
  struct store *s;
  assert_int_equal(open_by(&f, 1, &s, &error), E_SHARE_TOO_FEW);
  assert_int_equal(open_by(&f, 1 | 1 << 5, &s, &error), E_SHARE_HOLDER);
  assert_int_equal(leaves_locked("key-unlock-try", LOG_INTENT), 2);
  assert_int_equal(leaves_locked("key-unlock-try", LOG_REFUSED), 2);
  struct store_officer wrong[2] = {{.key_file = f.o.key[0], .passphrase_file = f.good}, {.key_file = f.o.key[1], .passphrase_file = f.bad}};
  assert_int_equal(store_open_shares(&f.job, f.folder, wrong, 2, &s, &error), E_STORE_PASSPHRASE);
  OK(store_open_locked(&f.job, f.folder, &s, &error));
  struct counted refused = leaves(s, "key-unlock-try", LOG_REFUSED);
  assert_int_equal(refused.n, 3);
  assert_string_equal(refused.last.basis, "E_STORE_PASSPHRASE");
  assert_int_equal(leaves(s, "key-unlock", LOG_DONE).n, 0);
  store_close(s);
}
static void attack_12_failures_in_a_row_wait_longer_and_longer(void **state) {
  (void)state;
  struct store *s;
  for (int i = 0; i < 3; i++) assert_int_equal(open_by(&f, 1, &s, &error), E_SHARE_TOO_FEW);
  static const int waits[] = {15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600};
  for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
    assert_int_equal(open_by(&f, 3, &s, &error), E_KEYS_WAIT); /* the right officers wait as well */
    f.time += waits[i] - 1;
    assert_int_equal(open_by(&f, 3, &s, &error), E_KEYS_WAIT);
    f.time += 1;
    assert_int_equal(open_by(&f, 1, &s, &error), E_SHARE_TOO_FEW);
  }
  f.time -= 100; /* the clock set back helps nobody */
  assert_int_equal(open_by(&f, 3, &s, &error), E_KEYS_WAIT);
  f.time += 100 + 3600;
  s = opened(3); /* and an unlocking ends it */
  store_close(s);
  assert_int_equal(open_by(&f, 1, &s, &error), E_SHARE_TOO_FEW);
  store_close(opened(5));
}
static int attempt_in_child(uint64_t kill_at) { /* waitpid's status; exit status 2: the step was not reached */
  int status;
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    struct store *s;
    io_fault_at(IO_FAULT_KILL, kill_at);
    enum err_code code = open_by(&f, 1, &s, &error);
    _exit(io_fault_count() < kill_at ? 2 : code ? 1 : 0);
  }
  assert_int_equal(waitpid(child, &status, 0), child);
  return status;
}
/* Whoever kills the program after an attempt has begun has used it up, at whatever step. */
static void attack_12_a_kill_does_not_undo_an_attempt(void **state) {
  (void)state;
  uint64_t used_up = 0;
  for (uint64_t step = 1;; step++) {
    f.time += 7200;
    int64_t before = leaves_locked("key-unlock-try", LOG_INTENT);
    int status = attempt_in_child(step);
    bool counted = leaves_locked("key-unlock-try", LOG_INTENT) > before;
    if (WIFSIGNALED(status) && counted && !used_up) used_up = step;
    if (WIFEXITED(status)) assert_true(counted);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2) break;
    assert_true(step < 200);
  }
  assert_true(used_up > 0);
  f.time += 7200;
  store_close(opened(3));
  for (int i = 0; i < 3; i++) assert_true(WIFSIGNALED(attempt_in_child(used_up)));
  struct store *s;
  assert_int_equal(open_by(&f, 3, &s, &error), E_KEYS_WAIT);
}
static void a_wrong_share_is_reported_when_enough_right_ones_are_there(void **state) {
  (void)state;
  struct store *s;
  f.problems.n = 0;
  OK(open_by(&f, 3 | 1 << 5, &s, &error));
  assert_true(had_problem(&f.problems, E_SHARE_IGNORED));
  store_close(s);
}
static void an_exported_share_file_stands_in_for_a_damaged_one(void **state) {
  (void)state;
  struct share_set sets[KEYSTORE_SETS];
  char path[400], share[400];
  snprintf(path, sizeof path, "%s/keystore", f.folder);
  OK(keystore_peek_sets(path, sets, &error));
  const struct share_holder *h = share_set_of_key(&sets[KEYSTORE_UNLOCK], (const uint8_t[32]){0});
  assert_null(h);
  for (int i = 0; i < 3; i++)
    if (!strcmp(sets[KEYSTORE_UNLOCK].holder[i].officer, "officer-b")) h = &sets[KEYSTORE_UNLOCK].holder[i];
  snprintf(share, sizeof share, "%s/root-e1.%03d.age", f.o.folder, h->number);
  OK(atomic_write(share, h->file, h->file_n, ATOMIC_NEW_ONLY, 0600, &error));
  struct store *s;
  struct store_officer list[2] = {{.key_file = f.o.key[0], .passphrase_file = f.good},
                                  {.key_file = f.o.key[1], .passphrase_file = f.good, .share_file = share}};
  OK(store_open_shares(&f.job, f.folder, list, 2, &s, &error));
  store_close(s);
  list[1].share_file = f.good;
  assert_int_equal(store_open_shares(&f.job, f.folder, list, 2, &s, &error), E_SHARE_NAME);
}

/* --- new epochs --- */
static void retire(struct store *s, int who) {
  OK(store_begin(s, &error));
  OK(officer_retire(s, officer_ids[who], &error));
  OK(store_commit(s, &error));
}
static void attack_13_after_a_rotation_the_removed_officer_opens_nothing(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table in, out;
  int64_t shard;
  fixture_table(a, 50, &in);
  struct store *s = opened(3);
  OK(fixture_write(s, &in, "b1", 1, &shard, &error));
  put_officer_f_in(&f, s, true);
  retire(s, 1);
  officers_plan(&f.o, (const int[]){0, 2, 5}, 3, (const int[]){0, 2, 5, 3, 4}, 5);
  OK(rotate_by(&f, s, 1 << 0 | 1 << 3 | 1 << 4, &f.o.plan, &error));
  OK(read_granted(&f, s, shard, a, &out, &error)); /* the store stays open */
  store_close(s);
  assert_int_equal(open_by(&f, 1 << 0 | 1 << 1, &s, &error), E_SHARE_HOLDER);
  s = opened(1 << 0 | 1 << 5);
  OK(read_granted(&f, s, shard, a, &out, &error));
  assert_same_table(&in, &out);
  struct counted rotated = leaves(s, "key-rotate", LOG_DONE);
  assert_int_equal(rotated.n, 1);
  assert_non_null(strstr(rotated.last.object, "epoch:2 head:"));
  assert_int_equal(leaves(s, "key-share-issue", LOG_DONE).n, 1);
  store_close(s);
  arena_free(a);
}
/* The old key file put back: the old shares would open it, and the log says no. */
static void attack_13_the_old_key_file_put_back_does_not_open(void **state) {
  (void)state;
  static const char *const keystore[] = {"keystore", NULL};
  keep_files(&f, keystore, false);
  struct store *s = opened(3);
  OK(rotate_by(&f, s, 1 << 0 | 1 << 3 | 1 << 4, NULL, &error));
  store_close(s);
  keep_files(&f, keystore, true);
  assert_int_equal(open_by(&f, 3, &s, &error), E_STORE_ROLLED_BACK);
  assert_string_equal(error.subject, "keystore");
  /* Whoever verifies without keys sees it as well. */
  struct store_verify_report report;
  OK(store_open_locked(&f.job, f.folder, &s, &error));
  f.problems.n = 0;
  OK(store_verify(s, false, &report, &error));
  assert_int_equal(report.problems, 1);
  assert_true(had_problem(&f.problems, E_STORE_ROLLED_BACK));
  store_close(s);
}
static void attack_7_database_and_log_of_before_a_rotation_do_not_open(void **state) {
  (void)state;
  static const char *const all[] = {"store.db", "store.db-wal", "store.db-shm", "log2", NULL}, *const keystore[] = {"keystore", NULL};
  store_close(opened(3));
  keep_files(&f, all, false);
  keep_files(&f, keystore, false);
  struct store *s = opened(3);
  OK(rotate_by(&f, s, 1 << 0 | 1 << 3 | 1 << 4, NULL, &error));
  OK(rotate_by(&f, s, 1 << 0 | 1 << 3 | 1 << 4, NULL, &error));
  store_close(s);
  keep_files(&f, all, true); /* two epochs back */
  assert_int_equal(open_by(&f, 3, &s, &error), E_STORE_ROLLED_BACK);
  assert_string_equal(error.subject, "store.db, log2");
  assert_null(s);
  /* All of it back to the same day is consistent: only a witness outside can tell. */
  keep_files(&f, keystore, true);
  store_close(opened(3));
}
/* Like an interrupted rotation, but for the intent, which is durable before the key file is written. */
static void attack_7_one_epoch_back_is_no_interrupted_rotation(void **state) {
  (void)state;
  static const char *const all[] = {"store.db", "store.db-wal", "store.db-shm", "log2", NULL};
  store_close(opened(3));
  keep_files(&f, all, false);
  struct store *s = opened(3);
  OK(rotate_by(&f, s, 1 << 0 | 1 << 3 | 1 << 4, NULL, &error));
  store_close(s);
  keep_files(&f, all, true);
  assert_int_equal(open_by(&f, 3, &s, &error), E_STORE_ROLLED_BACK);
  assert_string_equal(error.subject, "store.db, log2");
}
/* Two officers who can unlock know every key of the store, so they can build what they like: all keys under a new ROOT, other officers, an authority
 * of their own, everything right in itself. */
static void forge_epoch(struct keystore *ks, const struct keystore_plan *plan) {
  struct keystore *fresh;
  uint8_t seed[32], sign_secret[64];
  char text[512], id[33], previous[65], head[65];
  OK(keystore_next_epoch(ks, &fresh, &error));
  struct keystore_image *k = &fresh->image;
  random_bytes(seed, sizeof seed);
  sign_keypair_of(seed, k->public.authority_key, sign_secret);
  const uint8_t *const secrets[KEYSTORE_SETS] = {fresh->secrets->root, seed};
  static const char *const names[KEYSTORE_SETS] = {"unlock", "authority"};
  for (int i = 0; i < KEYSTORE_SETS; i++) {
    struct share_purpose purpose = {names[i], k->public.install_id, k->public.epoch};
    OK(share_set_make(secrets[i], plan->set[i], &purpose, &k->set[i], &error));
  }
  OK(keystore_image_head(k, k->public.head, &error));
  memcpy(k->certificate.previous_head, ks->image.public.head, 32);
  memcpy(k->certificate.previous_key, k->public.authority_key, 32);
  hex_encode(k->public.install_id, 16, id);
  hex_encode(k->certificate.previous_head, 32, previous);
  hex_encode(k->public.head, 32, head);
  int n = snprintf(text, sizeof text, "shirabe-epoch-1\ninstall %s\nepoch %llu\nprevious %s\nhead %s\ndestroyed %064d\n", id,
      (unsigned long long)k->public.epoch, previous, head, 0);
  sign_detached(k->certificate.signature, text, (size_t)n, sign_secret);
  OK(keystore_take_over(ks, fresh, &error));
  keystore_close(fresh);
}
static void who_can_only_unlock_cannot_put_an_epoch_in_force(void **state) {
  (void)state;
  char path[400];
  struct keystore *ks;
  struct keystore_faults faults;
  struct store *s;
  snprintf(path, sizeof path, "%s/keystore", f.folder);
  struct share_giver givers[2] = {giver(&f.o, 0), giver(&f.o, 1)};
  OK(keystore_open_shares(path, givers, 2, &faults, &ks, &error));
  officers_plan(&f.o, (const int[]){0, 1, 5}, 3, (const int[]){0, 1, 5, 3, 4}, 5);
  forge_epoch(ks, &f.o.plan);
  keystore_close(ks);
  struct share_giver forgers[2] = {giver(&f.o, 0), giver(&f.o, 5)};
  OK(keystore_open_shares(path, forgers, 2, &faults, &ks, &error)); /* the key file by itself has nothing wrong */
  keystore_close(ks);
  assert_int_equal(open_by(&f, 1 << 0 | 1 << 5, &s, &error), E_KEYS_EPOCH);
  assert_int_equal(open_by(&f, 3, &s, &error), E_KEYS_EPOCH);
  struct store_verify_report report;
  OK(store_open_locked(&f.job, f.folder, &s, &error));
  f.problems.n = 0;
  OK(store_verify(s, false, &report, &error));
  assert_true(report.problems == 1 && had_problem(&f.problems, E_KEYS_EPOCH));
  store_close(s);
}
static void a_key_file_with_a_passphrase_does_not_replace_officers(void **state) {
  (void)state;
  char path[400], office[400];
  struct store *s;
  snprintf(path, sizeof path, "%s/keystore", f.folder);
  snprintf(office, sizeof office, "%s/office", f.o.folder);
  OK(store_init(&f.job, office, &fixture_office, PASSPHRASE, "light", &error));
  snprintf(office, sizeof office, "%s/office/keystore", f.o.folder);
  copy_file(office, path);
  enum err_code code = store_open(&f.job, f.folder, PASSPHRASE, &s, &error);
  assert_true(code == E_STORE_OFFICE || code == E_KEYS_EPOCH || code == E_STORE_LOG_EDITED);
}
static void a_rotation_takes_the_authority_and_holders_from_the_register(void **state) {
  (void)state;
  struct store *s = opened(3);
  assert_int_equal(rotate_by(&f, s, 0, NULL, &error), E_KEYS_AUTHORITY);
  assert_int_equal(rotate_by(&f, s, 3, NULL, &error), E_SHARE_TOO_FEW);
  assert_int_equal(rotate_by(&f, s, 0x0f, NULL, &error), E_KEYS_AUDITOR);
  officers_plan(&f.o, (const int[]){0, 1, 5}, 3, (const int[]){0, 1, 5, 3, 4}, 5);
  assert_int_equal(rotate_by(&f, s, 0x19, &f.o.plan, &error), E_OFFICER_UNKNOWN);
  put_officer_f_in(&f, s, false);
  assert_int_equal(rotate_by(&f, s, 0x19, &f.o.plan, &error), E_ROLE_MISSING);
  retire(s, 1);
  assert_int_equal(rotate_by(&f, s, 0x19, NULL, &error), E_OFFICER_RETIRED);
  assert_int_equal(keystore_public(s->keys)->epoch, 1);
  const struct store_rotation passphrase = {.passphrase = PASSPHRASE};
  assert_int_equal(store_rotate(s, &passphrase, &error), E_OFFICER_RETIRED);
  store_close(s);
  store_close(opened(5));
}
static void a_destroyed_key_takes_its_data_with_it_and_no_other(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table in, out;
  int64_t shard;
  fixture_table(a, 50, &in);
  struct store *s = opened(3);
  OK(fixture_write(s, &in, "b1", 1, &shard, &error));
  struct store_officer list[OFFICERS];
  struct store_key_name names[2] = {{"vital/birth/2025-12", "permanent", PART_ID}, {"vital/birth/2099-12", "permanent", PART_ID}};
  struct store_rotation r = {.authority = list, .n_authority = chosen(&f, 0x19, list), .destroy = names, .n_destroy = 2};
  assert_int_equal(store_rotate(s, &r, &error), E_STORE_KEY_MISSING); /* all or nothing */
  OK(read_granted(&f, s, shard, a, &out, &error));
  r.n_destroy = 1;
  r.n_authority = 0;
  assert_int_equal(store_rotate(s, &r, &error), E_KEYS_AUTHORITY);
  OK(read_granted(&f, s, shard, a, &out, &error));
  r.n_authority = 3;
  OK(store_rotate(s, &r, &error));
  assert_int_equal(read_granted(&f, s, shard, a, &out, &error), E_STORE_KEY_MISSING);
  store_close(s);
  s = opened(6);
  const char *const columns[] = {"weight"};
  OK(officer_sign_in(s, f.o.secret[0], &error));
  OK(grant_enter(s, a, "g-1", "officer-a", &error));
  const struct log_entry entry = {.action = "data-read", .object = "dataset:vital/birth/2025-12/received"};
  int64_t access;
  OK(store_log_intent(s, &entry, &access, &error));
  OK(store_shard_read(s, shard, access, columns, 1, a, &out, &error));
  OK(store_log_outcome(s, access, &entry, true, &error));
  grant_leave(s);
  assert_int_equal(read_granted(&f, s, shard, a, &out, &error), E_STORE_KEY_MISSING);
  store_close(s);
  arena_free(a);
}
static void an_office_of_one_gets_officers_and_keeps_its_data(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct table in, out;
  int64_t shard;
  char office[400];
  struct store *s;
  fixture_table(a, 50, &in);
  snprintf(office, sizeof office, "%s/office", f.o.folder);
  OK(store_init(&f.job, office, &fixture_office, PASSPHRASE, "light", &error));
  OK(store_open(&f.job, office, PASSPHRASE, &s, &error));
  OK(fixture_write(s, &in, "b1", 1, &shard, &error));
  struct store_rotation r = {.passphrase = "a new passphrase for it"};
  OK(store_rotate(s, &r, &error));
  store_close(s);
  assert_int_equal(store_open(&f.job, office, PASSPHRASE, &s, &error), E_STORE_PASSPHRASE);
  OK(store_open(&f.job, office, "a new passphrase for it", &s, &error));
  r = (struct store_rotation){.passphrase = "short"};
  assert_int_equal(store_rotate(s, &r, &error), E_PASSPHRASE_WEAK);
  r = (struct store_rotation){.founders = &f.founders};
  OK(store_rotate(s, &r, &error));
  store_close(s);
  assert_int_equal(store_open(&f.job, office, "a new passphrase for it", &s, &error), E_KEYS_OFFICERS);
  snprintf(f.folder, sizeof f.folder, "%.290s", office);
  s = opened(6);
  OK(read_granted(&f, s, shard, a, &out, &error));
  assert_same_table(&in, &out);
  assert_int_equal(keystore_public(s->keys)->epoch, 3);
  OK(rotate_by(&f, s, 0x19, NULL, &error));
  store_close(s);
  store_close(opened(3));
  arena_free(a);
}

int main(void) {
  if (!crypto_start()) return 70;
#define T(name) cmocka_unit_test_setup_teardown(name, make, unmake)
  const struct CMUnitTest tests[] = {
      T(founders_are_registered_with_their_roles_and_shares),
      T(ceremonies_that_break_the_rules_make_no_store),
      T(one_person_with_two_cards_founds_nothing),
      T(data_written_by_some_officers_are_read_by_others),
      T(a_passphrase_is_of_no_use),
      T(attack_12_failures_are_leaves_that_name_the_reason),
      T(attack_12_failures_in_a_row_wait_longer_and_longer),
      T(attack_12_a_kill_does_not_undo_an_attempt),
      T(a_wrong_share_is_reported_when_enough_right_ones_are_there),
      T(an_exported_share_file_stands_in_for_a_damaged_one),
      T(attack_13_after_a_rotation_the_removed_officer_opens_nothing),
      T(attack_13_the_old_key_file_put_back_does_not_open),
      T(attack_7_database_and_log_of_before_a_rotation_do_not_open),
      T(attack_7_one_epoch_back_is_no_interrupted_rotation),
      T(who_can_only_unlock_cannot_put_an_epoch_in_force),
      T(a_key_file_with_a_passphrase_does_not_replace_officers),
      T(a_rotation_takes_the_authority_and_holders_from_the_register),
      T(a_destroyed_key_takes_its_data_with_it_and_no_other),
      T(an_office_of_one_gets_officers_and_keeps_its_data),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
