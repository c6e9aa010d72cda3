/* test_versions_random.c -- compare-and-set against a model too simple to be wrong: random additions, corrections, withdrawals and decisions; and
 * stores that get the same batches in another order, twice, and with holes, and must hold the same bits. */
#include "tests/unit/batch_fixture.h"

#include "base/rng.h"
#include "collector/intake_change.h"
#include "collector/version_store.h"

/* --- the chain against a list that is searched from end to end --- */
enum { MAX_VERSIONS = 60, KEYS = 5 };
struct model {
  struct record_version v[MAX_VERSIONS];
  bool standing[MAX_VERSIONS]; /* current, or a withdrawal that stands */
  int conflict[MAX_VERSIONS];  /* 1 open, 2 set aside */
  int head[KEYS];              /* the version with this key that a person is shown, -1 */
  int n;
};
static const char *const keys[KEYS] = {"1:a", "1:b", "1:c", "2:aa", "0:"};
static const struct version_owner owner = {"municipality-011002", "vital", "population", "2025"};

static int key_of(const struct record_version *v) {
  for (int i = 0; i < KEYS; i++)
    if (str_eq(v->key, str_of(keys[i]))) return i;
  return -1;
}

static void model_add(struct model *m, int i, const struct version_decision *d, int n_d) {
  struct record_version *v = &m->v[i];
  int k = key_of(v), base = -1, decided = -1;
  if (v->action == CHANGE_ADD) {
    m->standing[i] = true;
    if (m->head[k] < 0) m->head[k] = i;
    return;
  }
  for (int b = i - 1; b >= 0; b--)
    if (!memcmp(m->v[b].token, v->base, VERSION_TOKEN)) base = b;
  if (base >= 0 && m->standing[base] && key_of(&m->v[base]) == k) {
    m->standing[base] = false;
    m->standing[i] = true;
    m->head[k] = i;
    return;
  }
  for (int j = 0; j < n_d; j++)
    if (!memcmp(d[j].token, v->token, VERSION_TOKEN)) decided = d[j].take;
  m->conflict[i] = decided < 0 ? 1 : 2;
  if (decided != 1) return;
  if (m->head[k] >= 0) m->standing[m->head[k]] = false;
  m->standing[i] = true;
  m->conflict[i] = 0;
  m->head[k] = i;
}

static void make_version(struct rng *g, struct model *m, int i) {
  struct record_version *v = &m->v[i];
  *v = (struct record_version){.number = i + 1, .row = 0, .shard = i + 1, .batch = "", .reason = ""};
  v->action = i == 0 ? CHANGE_ADD : (enum change_action)rng_below(g, 3);
  v->key = str_of(keys[rng_below(g, KEYS)]);
  v->content[0] = (uint8_t)i;
  if (v->action != CHANGE_ADD) {
    uint64_t pick = rng_below(g, (uint64_t)i + 1); /* mostly a version that was there, sometimes one that never was */
    if (pick < (uint64_t)i) {
      memcpy(v->base, m->v[pick].token, VERSION_TOKEN);
      if (rng_below(g, 8)) v->key = m->v[pick].key;
    } else memset(v->base, 0xee, VERSION_TOKEN);
  }
  version_token(&owner, v->action, v->base, v->content, v->token);
}

static void one_sequence(struct rng *g, struct arena *a) {
  struct model m = {.n = 2 + (int)rng_below(g, MAX_VERSIONS - 2)};
  struct version_decision d[8];
  struct version_chain chain;
  int n_d = 0;
  for (int k = 0; k < KEYS; k++) m.head[k] = -1;
  for (int i = 0; i < m.n; i++) make_version(g, &m, i);
  for (int i = 1; i < m.n && n_d < 8; i++)
    if (rng_below(g, 6) == 0) {
      d[n_d].take = rng_below(g, 2);
      memcpy(d[n_d++].token, m.v[i].token, VERSION_TOKEN);
    }
  struct record_version *list = ARENA_ARRAY(a, struct record_version, m.n);
  memcpy(list, m.v, (size_t)m.n * sizeof *list);
  for (int i = 0; i < m.n; i++) model_add(&m, i, d, n_d);
  OK(version_chain_run(a, list, m.n, d, n_d, &chain, &error));
  for (int i = 0; i < m.n; i++) {
    bool stands = list[i].state == VERSION_CURRENT || list[i].state == VERSION_WITHDRAWN;
    assert_int_equal(stands, m.standing[i]);
    assert_int_equal(list[i].state == VERSION_CONFLICT, m.conflict[i] == 1);
    assert_int_equal(list[i].state == VERSION_SET_ASIDE, m.conflict[i] == 2);
    if (stands) assert_int_equal(list[i].state == VERSION_WITHDRAWN, list[i].action == CHANGE_WITHDRAW);
  }
  for (int k = 0; k < KEYS; k++) assert_int_equal(version_by_key(&chain, str_of(keys[k])), m.head[k]);
}

static void the_chain_does_what_the_model_does(void **state) {
  (void)state;
  struct rng g;
  rng_init(&g, 20260120, "chain", NULL, 0);
  for (int i = 0; i < 3000; i++) {
    struct arena *a = arena_new(0);
    one_sequence(&g, a);
    arena_free(a);
  }
}

/* --- three offices, one centre twice --- */
enum { CITIES = 3, AGES = 6, ROUNDS = 5, MAX_BATCHES = CITIES * ROUNDS };
struct town {
  struct store *store;
  int population[AGES]; /* -1 = no record */
  bool withdrawn[AGES];
  int64_t declared;
};
struct world {
  struct route *r;
  struct town town[CITIES];
  struct store *centre[2];
  char paths[MAX_BATCHES][4096];
  int n_batches;
  struct form *form;
};

static void make_town(struct world *w, int i) {
  struct route *r = w->r;
  static const char *const codes[CITIES] = {"011002", "012025", "012033"};
  if (i == 0) w->town[0].store = r->store[CITY];
  else {
    char folder[300];
    struct office o = {.type = OFFICE_MUNICIPALITY};
    const struct office *p = store_office(r->store[CENTRE]);
    snprintf(o.code, sizeof o.code, "%s", codes[i]);
    snprintf(o.name_ja, sizeof o.name_ja, "市%d", i);
    snprintf(o.parent_id, sizeof o.parent_id, "%s", p->id);
    snprintf(o.parent_age, sizeof o.parent_age, "%s", p->age_recipient);
    snprintf(o.parent_minisign, sizeof o.parent_minisign, "%s", p->minisign_public);
    snprintf(folder, sizeof folder, "%.250s/town%d", r->root, i);
    OK(store_init(&r->job, folder, &o, PASSPHRASE, "light", &error));
    OK(store_open(&r->job, folder, PASSPHRASE, &w->town[i].store, &error));
    OK(store_peer_add(r->store[CENTRE], store_office(w->town[i].store), &error));
    OK(ledger_prepare(w->town[i].store, &error));
  }
  for (int k = 0; k < AGES; k++) w->town[i].population[k] = -1;
}

/* Random additions and corrections of one file; what the model says is compared with what intake says. */
static void random_file(struct world *w, struct rng *g, struct town *t) {
  char path[400], text[2048];
  struct intake_report report;
  const struct intake_options options = {.period = "2025", .declared = -1, .problem_limit = 0, .correct = true, .supplementary = true};
  size_t used = (size_t)snprintf(text, sizeof text, "sex,age_from,age_to,prefecture,population,vintage\n");
  int64_t changed = 0, same = 0;
  for (int age = 0; age < AGES; age++) {
    if (rng_below(g, 2)) continue;
    int value = (int)rng_below(g, 3) + 100 * age;
    used += (size_t)snprintf(text + used, sizeof text - used, "1,%d,%d,,%d,\n", age, age, value);
    if (!t->withdrawn[age] && t->population[age] == value) same++;
    else changed++;
    t->population[age] = value;
    t->withdrawn[age] = false;
  }
  if (!changed && !same) return;
  snprintf(path, sizeof path, "%s/file%d.csv", w->r->root, w->r->files++);
  OK(atomic_write(path, text, used, ATOMIC_REPLACE, 0600, &error));
  OK(intake_file(&w->r->job, t->store, w->form, &options, path, &report, &error));
  assert_int_equal(report.accepted, changed);
  assert_int_equal(report.unchanged, same);
  t->declared += changed;
}

static void random_withdrawal(struct world *w, struct rng *g, struct town *t) {
  int age = (int)rng_below(g, AGES);
  char key[32];
  struct withdraw_report out;
  snprintf(key, sizeof key, "age_from=%d", age);
  const char *const pair[] = {"sex=1", key};
  const struct withdraw_request q = {.period = "2025", .reason = "mistake", .keys = pair, .n_keys = 2};
  enum err_code code = intake_withdraw(&w->r->job, t->store, "forms", w->form, &q, &out, &error);
  if (t->population[age] < 0) {
    assert_int_equal(code, E_CHANGE_NO_RECORD);
    return;
  }
  assert_int_equal(code, E_OK);
  assert_int_equal(out.already, t->withdrawn[age]);
  t->declared += !out.already;
  t->withdrawn[age] = true;
}

static void seal_town(struct world *w, struct town *t) {
  char folder[400];
  struct batch_result out;
  const struct batch_declared d = {"population", t->declared};
  snprintf(folder, sizeof folder, "%s/out", w->r->root);
  const struct batch_seal_request q = {.survey = "vital", .period = "2025", .out_folder = folder, .forms = "forms", .declared = &d, .n_declared = 1};
  if (!t->declared) return;
  OK(batch_seal(t->store, &q, &out, &error));
  snprintf(w->paths[w->n_batches++], 4096, "%s", out.path);
  t->declared = 0;
}

static void deliver(struct world *w, int centre, const char *path) {
  struct batch_result got;
  enum err_code code = batch_receive(w->centre[centre], "forms", path, NULL, &got, &error);
  assert_int_equal(code, E_OK);
  assert_int_equal(got.conflicts, 0);
}

static void in_random_order(struct world *w, struct rng *g) {
  int order[MAX_BATCHES];
  for (int i = 0; i < w->n_batches; i++) order[i] = i;
  for (int i = w->n_batches - 1; i > 0; i--) {
    int k = (int)rng_below(g, (uint64_t)i + 1), keep = order[i];
    order[i] = order[k];
    order[k] = keep;
  }
  for (int i = 0; i < w->n_batches; i++) {
    deliver(w, 1, w->paths[order[i]]);
    if (rng_below(g, 3) == 0) deliver(w, 1, w->paths[order[rng_below(g, (uint64_t)i + 1)]]); /* again */
  }
}

/* Senders, numbers, current rows and content hashes, and what a reader adds up. */
static void dump(struct world *w, struct store *s, struct strbuf *out, int64_t *rows, int64_t *sum) {
  const struct dataset_key key = {"vital", "population", "2025", "received"};
  const struct log_entry entry = {.action = "data-read", .object = "test"};
  struct shard *shards;
  int64_t n, access;
  *rows = *sum = 0;
  OK(store_shards(s, &key, w->r->job.arena, &shards, &n, &error));
  OK(store_log_intent(s, &entry, &access, &error));
  for (int64_t i = 0; i < n; i++) {
    struct table t;
    strbuf_addf(out, "%s %lld %lld %s\n", shards[i].sender, (long long)shards[i].number, (long long)shards[i].n_rows, shards[i].content_hash);
    OK(store_shard_read(s, shards[i].id, access, NULL, 0, w->r->job.arena, &t, &error));
    *rows += t.n_rows;
    for (int64_t k = 0; k < t.n_rows; k++) *sum += table_column(&t, "population")->i64[k];
  }
  OK(store_log_outcome(s, access, &entry, true, &error));
}

static void compare_centres(struct world *w) {
  struct strbuf text[2];
  int64_t rows[2], sum[2], want_rows = 0, want_sum = 0;
  for (int i = 0; i < CITIES; i++)
    for (int k = 0; k < AGES; k++)
      if (w->town[i].population[k] >= 0 && !w->town[i].withdrawn[k]) {
        want_rows++;
        want_sum += w->town[i].population[k];
      }
  for (int c = 0; c < 2; c++) {
    struct ledger_balance b;
    strbuf_init(&text[c], 0);
    dump(w, w->centre[c], &text[c], &rows[c], &sum[c]);
    assert_int_equal(rows[c], want_rows);
    assert_int_equal(sum[c], want_sum);
    OK(ledger_balance(w->centre[c], "vital", "2025", &b, &error));
    assert_int_equal(b.differences, 0);
  }
  assert_string_equal(strbuf_cstr(&text[0]), strbuf_cstr(&text[1]));
  for (int c = 0; c < 2; c++) strbuf_release(&text[c]);
}

static void two_centres(struct world *w) {
  char command[1400], folder[400];
  store_close(w->r->store[CENTRE]);
  snprintf(folder, sizeof folder, "%.250s/centre2", w->r->root);
  snprintf(command, sizeof command, "cp -R '%s' '%s'", w->r->folder[CENTRE], folder);
  assert_int_equal(system(command), 0);
  OK(store_open(&w->r->job, w->r->folder[CENTRE], PASSPHRASE, &w->r->store[CENTRE], &error));
  OK(store_open(&w->r->job, folder, PASSPHRASE, &w->centre[1], &error));
  w->centre[0] = w->r->store[CENTRE];
}

static void corrections_in_any_order_give_the_same_bits(void **state) {
  (void)state;
  struct rng g;
  rng_init(&g, 41, "stores", NULL, 0);
  for (int round = 0; round < 3; round++) {
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->r = make_route();
    OK(form_read(w->r->job.arena, &w->r->job, "forms", "vital", "population", NULL, 20000, &w->form, NULL, &error));
    for (int i = 0; i < CITIES; i++) make_town(w, i);
    for (int k = 0; k < ROUNDS; k++)
      for (int i = 0; i < CITIES; i++) {
        random_file(w, &g, &w->town[i]);
        random_withdrawal(w, &g, &w->town[i]);
        if (rng_below(&g, 4) || k == ROUNDS - 1) seal_town(w, &w->town[i]);
      }
    two_centres(w);
    for (int i = 0; i < w->n_batches; i++) deliver(w, 0, w->paths[i]);
    in_random_order(w, &g);
    compare_centres(w);
    for (int i = 1; i < CITIES; i++) store_close(w->town[i].store);
    store_close(w->centre[1]);
    drop_route(w->r);
    free(w);
  }
}

static int start_crypto(void **state) {
  (void)state;
  return crypto_start() ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_chain_does_what_the_model_does),
      cmocka_unit_test(corrections_in_any_order_give_the_same_bits),
  };
  return cmocka_run_group_tests(tests, start_crypto, NULL);
}
