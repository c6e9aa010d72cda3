/* The order of carriage is irrelevant: 50 offices over four levels send about 250 batches (1,000 with CARRIAGE=full in the environment: minutes),
 * corrections and batches in parts among them. They are carried in order, and again at random with losses, repeats, parts of batches and killed
 * receivers, until nothing is left to carry. Every office then holds the same batches, counts and records to the last bit, and its ledger balanced
 * after every single step. */
#include "base/bytes.h"
#include "base/checked_build.h"
#include "base/ext_sodium.h"
#include "base/rng.h"
#include "collector/batch_volume.h"
#include "tests/unit/batch_fixture.h"

enum { N_CITIES = 40, N_CENTRES = 6, N_PREFECTURES = 3, MINISTRY = N_CITIES + N_CENTRES + N_PREFECTURES, N_ALL };
static int batches_per_city = ADDRESS_CHECKED ? 4 : 6, most_kills = ADDRESS_CHECKED ? 12 : 20;
enum { MAX_FILES = 8000 };
static const char PERIOD[] = "2025-12";
enum { DAY = 20430 /* in December 2025 */ };

struct carried {
  char path[400];
  int to;
  bool delivered;
};
struct world {
  char root[256];
  const char *state; /* folder of the office stores: "before" is copied for every way of carrying */
  struct problems problems;
  struct job job;
  struct store *store[N_ALL];
  struct batch_receiver *receiver[N_ALL]; /* reads the forms once */
  char receipts[N_ALL][400];
  struct form *form;
  const struct codelist *cities;
  struct carried *files;
  int n_files, n_sealed, n_parts, n_corrections, kills, repeats, losses;
  struct rng rng;
};

static int below(struct world *w, int n) { return (int)rng_below(&w->rng, (uint64_t)n); }
static int parent_of(int office) {
  if (office < N_CITIES) return N_CITIES + office % N_CENTRES;
  if (office < N_CITIES + N_CENTRES) return N_CITIES + N_CENTRES + office % N_PREFECTURES;
  return office < MINISTRY ? MINISTRY : -1;
}
static enum office_type type_of(int office) {
  if (office < N_CITIES) return OFFICE_MUNICIPALITY;
  if (office < N_CITIES + N_CENTRES) return OFFICE_HEALTH_CENTRE;
  return office < MINISTRY ? OFFICE_PREFECTURE : OFFICE_MINISTRY;
}
static void folder_of(const struct world *w, const char *state, int office, char out[400]) {
  snprintf(out, 400, "%.240s/%.30s/%02d", w->root, state, office);
}

/* Cities of the code list that are there in 2025. */
static void code_of(struct world *w, int office, char out[16]) {
  if (office < N_CITIES) {
    int found = -1;
    for (int64_t i = 0; i < w->cities->n_codes && found < office; i++) {
      const struct code *c = &w->cities->codes[i];
      found += c->code.n == 6 && c->code.p[2] == '2' && c->valid_from < DAY && c->valid_to > DAY;
      if (found == office) snprintf(out, 16, "%.6s", c->code.p);
    }
    assert_int_equal(found, office);
  } else if (office < N_CITIES + N_CENTRES) snprintf(out, 16, "%02d%02d", 1 + office % 3, office);
  else if (office < MINISTRY) snprintf(out, 16, "%02d", 1 + office % 3);
  else snprintf(out, 16, "00");
}

static void open_office(struct world *w, int office) {
  char folder[400];
  folder_of(w, w->state, office, folder);
  OK(store_open(&w->job, folder, PASSPHRASE, &w->store[office], &error));
  snprintf(folder, sizeof folder, "%.240s/%.30s-receipts/%02d", w->root, w->state, office);
  memcpy(w->receipts[office], folder, sizeof folder);
  OK(batch_receiver_new(w->store[office], "forms", w->receipts[office], &w->receiver[office], &error));
}
static void close_office(struct world *w, int office) {
  batch_receiver_free(w->receiver[office]);
  store_close(w->store[office]);
  w->store[office] = NULL;
}

static void make_office(struct world *w, int office) {
  struct office o = {.type = type_of(office)};
  char folder[400];
  int above = parent_of(office);
  code_of(w, office, o.code);
  snprintf(o.name_ja, sizeof o.name_ja, "機関%d", office);
  if (above >= 0) {
    const struct office *p = store_office(w->store[above]);
    snprintf(o.parent_id, sizeof o.parent_id, "%s", p->id);
    snprintf(o.parent_age, sizeof o.parent_age, "%s", p->age_recipient);
    snprintf(o.parent_minisign, sizeof o.parent_minisign, "%s", p->minisign_public);
  }
  folder_of(w, w->state, office, folder);
  OK(store_init(&w->job, folder, &o, PASSPHRASE, "light", &error));
  open_office(w, office);
  if (above >= 0) OK(store_peer_add(w->store[above], store_office(w->store[office]), &error));
  OK(ledger_prepare(w->store[office], &error));
}

/* --- what the cities send --- */
static void heading(const struct layout *l, struct strbuf *b) {
  for (int i = 0; i < l->n_items; i++) strbuf_addf(b, "%s%s", i ? "," : "", l->items[i]->name);
  strbuf_addc(b, '\n');
}
static void slip(struct world *w, const struct layout *l, int city, int number, struct strbuf *b) {
  char code[16];
  code_of(w, city, code);
  for (int i = 0; i < l->n_items; i++) {
    const char *name = l->items[i]->name;
    if (i) strbuf_addc(b, ',');
    if (!strcmp(name, "municipality_code")) strbuf_addf(b, "%s", code);
    else if (!strcmp(name, "event_book_year")) strbuf_addf(b, "2025");
    else if (!strcmp(name, "event_book_no")) strbuf_addf(b, "%d", number);
    else if (!strcmp(name, "child_birth_date")) strbuf_addf(b, "2025-11-%02d", 1 + below(w, 30));
    else if (!strcmp(name, "sex")) strbuf_addf(b, "%d", 1 + below(w, 2));
    else if (!strcmp(name, "birth_weight")) strbuf_addf(b, "%d", 2000 + below(w, 2000));
  }
  strbuf_addc(b, '\n');
}

static void add_file(struct world *w, const char *path, int to) {
  assert_true(w->n_files < MAX_FILES);
  struct carried *f = &w->files[w->n_files++];
  snprintf(f->path, sizeof f->path, "%.390s", path);
  f->to = to;
  f->delivered = false;
}

/* A batch for small media: three files, each of which may go astray by itself. */
static void add_parts(struct world *w, const struct batch_result *sealed, int to) {
  uint8_t *p;
  size_t n;
  OK(file_read(sealed->path, 1u << 30, &p, &n, &error));
  for (int64_t k = 1; k <= 3; k++) {
    struct strbuf b;
    char name[VOLUME_NAME], path[400], folder[300];
    strbuf_init(&b, 0);
    OK(batch_volume_write(sealed->id, strrchr(sealed->path, '/') + 1, str_view((const char *)p, n), (int64_t)n / 3 + 1, k, name, &b, &error));
    snprintf(folder, sizeof folder, "%.240s/parts", w->root);
    OK(make_directories(folder, 0700, &error));
    snprintf(path, sizeof path, "%.300s/%.64s", folder, name);
    OK(atomic_write(path, b.p, b.n, ATOMIC_REPLACE, 0600, &error));
    strbuf_release(&b);
    add_file(w, path, to);
  }
  w->n_parts++;
  free(p);
}

/* One batch of what is new; false: there was nothing new. */
static bool seal_batch(struct world *w, int office, int64_t declared) {
  const struct batch_declared d = {"birth", declared};
  struct batch_result out;
  char folder[400];
  snprintf(folder, sizeof folder, "%.240s/%.30s-sent/%02d", w->root, w->state, office);
  const struct batch_seal_request q = {.survey = "vital", .period = PERIOD, .out_folder = folder, .forms = "forms", .declared = &d,
                                       .n_declared = declared < 0 ? 0 : 1};
  enum err_code code = batch_seal(w->store[office], &q, &out, &error);
  if (code == E_BATCH_NOTHING_NEW) return false;
  OK(code);
  if (office < N_CITIES && out.sequence % 6 == 3) add_parts(w, &out, parent_of(office));
  else add_file(w, out.path, parent_of(office));
  w->n_sealed++;
  return true;
}

/* Slips first .. first + n - 1 as a batch of their own; with `correct` they replace what was sent under these numbers. */
static void send_slips(struct world *w, int city, int first, int n, bool correct) {
  const struct layout *l = form_layout(w->form, "csv");
  const struct intake_options options = {.period = PERIOD, .declared = -1, .problem_limit = 10, .correct = correct};
  struct intake_report report;
  struct strbuf b;
  char path[400];
  snprintf(path, sizeof path, "%.240s/slips.csv", w->root);
  strbuf_init(&b, 0);
  heading(l, &b);
  for (int i = 0; i < n; i++) slip(w, l, city, first + i, &b);
  OK(atomic_write(path, b.p, b.n, ATOMIC_REPLACE, 0600, &error));
  strbuf_release(&b);
  OK(intake_file(&w->job, w->store[city], w->form, &options, path, &report, &error));
  assert_int_equal(report.accepted, n);
  assert_true(seal_batch(w, city, n));
}

static void send_from_city(struct world *w, int city) {
  int number = 1;
  for (int k = 0; k < batches_per_city; k++) {
    if (k == batches_per_city - 2 || (city % 8 == 0 && k == batches_per_city / 2)) { /* every batch behind a correction reads what was before */
      send_slips(w, city, 1 + below(w, number - 1), 1, true);
      w->n_corrections++;
      continue;
    }
    int n = 1 + below(w, 4);
    send_slips(w, city, number, n, false);
    number += n;
  }
}

static void copy_tree(const char *from, const char *to) {
  DIR *d = opendir(from);
  assert_non_null(d);
  assert_int_equal(mkdir(to, 0700), 0);
  for (struct dirent *entry; (entry = readdir(d));) {
    char a[900], b[900];
    struct stat st;
    uint8_t *p;
    size_t n;
    if (entry->d_name[0] == '.' && (!entry->d_name[1] || (entry->d_name[1] == '.' && !entry->d_name[2]))) continue;
    snprintf(a, sizeof a, "%.600s/%.250s", from, entry->d_name);
    snprintf(b, sizeof b, "%.600s/%.250s", to, entry->d_name);
    assert_int_equal(lstat(a, &st), 0);
    if (S_ISDIR(st.st_mode)) {
      copy_tree(a, b);
      continue;
    }
    OK(file_read(a, 1u << 30, &p, &n, &error));
    OK(atomic_write(b, p, n, ATOMIC_REPLACE, 0600, &error));
    free(p);
  }
  closedir(d);
}

/* --- carrying --- */
static void assert_balanced(struct world *w, int office) {
  struct ledger_balance b;
  OK(ledger_balance(w->store[office], "vital", PERIOD, &b, &error));
  assert_int_equal(b.differences, 0);
}

static void receive_at(struct world *w, const struct carried *f, bool may_be_known) {
  struct batch_result got;
  OK(batch_receiver_take(w->receiver[f->to], f->path, &got, &error));
  assert_true(may_be_known || !got.already);
}

/* The receiver dies at its n-th durable step; what it leaves is opened again. */
static void receive_and_die(struct world *w, const struct carried *f, int step) {
  close_office(w, f->to);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    struct batch_result got;
    open_office(w, f->to);
    io_fault_at(IO_FAULT_KILL, (uint64_t)step);
    (void)!batch_receiver_take(w->receiver[f->to], f->path, &got, &error);
    _exit(0);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  w->kills += WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) != 0);
  open_office(w, f->to);
}

static void carry_in_order(struct world *w) {
  for (int i = 0; i < w->n_files; i++) { /* the list grows while centres and prefectures pass on */
    receive_at(w, &w->files[i], false);
    w->files[i].delivered = true;
    assert_balanced(w, w->files[i].to);
    bool last = i + 1 == w->n_files;
    for (int office = N_CITIES; office < MINISTRY && (last || i % 40 == 39); office++) seal_batch(w, office, -1);
  }
}

static void carry_something(struct world *w) {
  struct carried *f = &w->files[below(w, w->n_files)];
  int fate = below(w, 10);
  if (fate == 0) { /* lost on the way; it is sent again some time */
    w->losses++;
    return;
  }
  if (f->delivered && fate > 1) return;
  w->repeats += f->delivered;
  if (w->kills < most_kills && below(w, 12) == 0) receive_and_die(w, f, 1 + below(w, 40));
  else {
    receive_at(w, f, true);
    f->delivered = true;
  }
  assert_balanced(w, f->to);
}

static bool all_delivered(const struct world *w) {
  for (int i = 0; i < w->n_files; i++)
    if (!w->files[i].delivered) return false;
  return true;
}

static void carry_at_random(struct world *w) {
  for (bool quiet = false; !quiet;) {
    while (!all_delivered(w)) {
      carry_something(w);
      if (below(w, 8) == 0) seal_batch(w, N_CITIES + below(w, MINISTRY - N_CITIES), -1);
    }
    quiet = true;
    for (int office = N_CITIES; office < MINISTRY; office++) quiet = !seal_batch(w, office, -1) && quiet;
  }
}

/* --- what an office holds, without who carried it: SHA-256 over batches, counts, and every record's shard in dataset order --- */
static void digest_rows(struct sha256 *h, struct store *s, const char *sql, int columns) {
  struct db_statement *q;
  bool row;
  OK(db_prepare(store_db(s), sql, &q, &error));
  for (;;) {
    OK(db_step(q, &row, &error));
    if (!row) break;
    for (int k = 0; k < columns; k++) {
      struct str t = db_text(q, k);
      sha256_add(h, t.p, t.n);
      sha256_add(h, "\n", 1);
    }
  }
  db_reset(q);
}

static int64_t digest_office(struct world *w, int office, uint8_t out[32]) {
  struct store *s = w->store[office];
  struct sha256 h;
  struct shard *shards;
  int64_t n, records = 0;
  sha256_begin(&h);
  digest_rows(&h, s,
              "SELECT id, survey, period, sender, sequence, kind, late, previous, signing_key FROM batch"
              " WHERE sender LIKE 'municipality-%' ORDER BY sender, sequence",
              9);
  digest_rows(&h, s,
              "SELECT c.batch, c.form, c.version, c.declared, c.accepted, c.rejected, c.queried, c.withdrawn, c.stored"
              " FROM batch_count c JOIN batch b ON b.id = c.batch WHERE b.sender LIKE 'municipality-%' ORDER BY c.batch, c.form",
              9);
  digest_rows(&h, s,
              "SELECT b.id, m.name FROM batch_member m JOIN batch b ON b.id = m.batch WHERE b.sender LIKE 'municipality-%' ORDER BY 1, 2", 2);
  const struct dataset_key key = {"vital", "birth", PERIOD, "received"};
  OK(store_shards(s, &key, w->job.arena, &shards, &n, &error));
  for (int64_t i = 0; i < n; i++) {
    sha256_add(&h, shards[i].sender, strlen(shards[i].sender));
    sha256_add(&h, shards[i].batch, strlen(shards[i].batch));
    sha256_add(&h, shards[i].content_hash, strlen(shards[i].content_hash));
    records += shards[i].n_rows;
  }
  sha256_end(&h, out);
  return records;
}

/* No part of a batch is left over, however often it came. */
static void assert_nothing_waits(struct world *w, int office) {
  struct batch_volume_set *sets;
  int64_t n;
  OK(batch_inbox_waiting(w->store[office], w->job.arena, &sets, &n, &error));
  assert_int_equal(n, 0);
}

static void run_state(struct world *w, const char *state, void (*carry)(struct world *), uint8_t digest[N_ALL][32], int64_t records[N_ALL]) {
  char from[400], to[400];
  w->state = state;
  snprintf(to, sizeof to, "%.240s/%s", w->root, state);
  assert_int_equal(mkdir(to, 0700), 0);
  for (int office = N_CITIES; office < N_ALL; office++) {
    folder_of(w, "before", office, from);
    folder_of(w, state, office, to);
    copy_tree(from, to);
    open_office(w, office);
  }
  carry(w);
  for (int office = N_CITIES; office < N_ALL; office++) {
    assert_nothing_waits(w, office);
    records[office] = digest_office(w, office, digest[office]);
    close_office(w, office);
  }
}

static void every_order_of_carriage_ends_in_the_same_store(void **state) {
  (void)state;
  struct world *w = calloc(1, sizeof *w);
  static uint8_t digest[2][N_ALL][32];
  static int64_t records[2][N_ALL];
  char folder[400];
  assert_non_null(w);
  w->files = calloc(MAX_FILES, sizeof *w->files);
  assert_non_null(w->files);
  rng_init(&w->rng, 20251201, "carriage", "", 0);
  fixture_folder(w->root);
  w->job = fixture_job(&w->problems);
  w->job.arena = arena_new(0);
  w->state = "before";
  snprintf(folder, sizeof folder, "%.240s/before", w->root);
  assert_int_equal(mkdir(folder, 0700), 0);
  OK(form_read(w->job.arena, &w->job, "forms", "vital", "birth", NULL, DAY, &w->form, NULL, &error));
  OK(codelist_read_shared(w->job.arena, &w->job, "forms", "municipalities", &w->cities, &error));
  for (int office = MINISTRY; office >= 0; office--) make_office(w, office);
  for (int city = 0; city < N_CITIES; city++) send_from_city(w, city);
  for (int office = 0; office < N_ALL; office++) close_office(w, office);
  int city_files = w->n_files, from_cities = w->n_sealed;

  run_state(w, "in-order", carry_in_order, digest[0], records[0]);
  int in_order = w->n_sealed;
  w->n_files = city_files;
  w->n_sealed = 0;
  for (int i = 0; i < city_files; i++) w->files[i].delivered = false;
  run_state(w, "at-random", carry_at_random, digest[1], records[1]);

  printf("%d batches in order, %d at random, %d of them corrections, %d in parts: %d lost, %d repeated, %d receivers killed, %lld records\n",
         in_order, from_cities + w->n_sealed, w->n_corrections, w->n_parts, w->losses, w->repeats, w->kills, (long long)records[0][MINISTRY]);
  assert_true(w->losses > 0 && w->repeats > 0 && w->kills > 0 && w->n_corrections > 0 && w->n_parts > 0);
  int64_t all = 0;
  for (int office = N_CITIES; office < N_CITIES + N_CENTRES; office++) all += records[0][office];
  assert_int_equal(records[0][MINISTRY], all);
  for (int office = N_CITIES; office < N_ALL; office++) {
    assert_int_equal(records[0][office], records[1][office]);
    assert_memory_equal(digest[0][office], digest[1][office], 32);
  }
  remove_tree(w->root);
  arena_free(w->job.arena);
  free(w->files);
  free(w);
}

int main(void) {
  const char *size = getenv("CARRIAGE");
  if (size && !strcmp(size, "full")) batches_per_city = 24, most_kills = 60;
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_order_of_carriage_ends_in_the_same_store)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
