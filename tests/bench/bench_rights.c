/* bench_rights.c -- what rights cost in a grown store: 10,000 grants (requested, signed, approved by two, activated: 50,000 records) in a log of
 * 100,000 leaves. The opening of the store, of a grant, of one granted read against the same read in a store without officers, in turns; and a
 * column that is refused. Arguments: grants, leaves, rows. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/ext_sodium.h"
#include "forms/form.h"
#include "secure-store/age.h"
#include "secure-store/rights/grant_impl.h"
#include "secure-store/store_impl.h"
#include "tests/bench/bench_child.h"

enum { T0 = 1767225600, DAY = 86400, PEOPLE = 4, CHIEF = 0, MANAGER = 1, USER = 2, ASKER = 3, BATCH = 500, RUNS = 15 };
static const char passphrase[] = "correct horse battery staple";
static const struct dataset_key key = {"vital", "birth", "2025-12", "received"};
static const char *const columns[] = {"weight", "sex"};
static int64_t clock_now = T0;

struct person {
  struct officer card;
  struct officer_secret secret;
};
struct bench {
  struct job job;
  struct store *s;
  struct person person[PEOPLE];
  char folder[300];
  int64_t shard;
};

static void must(enum err_code code, const struct err *e) {
  if (code) bench_die(err_name(code), e);
}
static int64_t fixed_clock(void *context) {
  (void)context;
  return clock_now;
}
static int drop(const char *path, const struct stat *st, int flag, struct FTW *w) {
  (void)st, (void)flag, (void)w;
  return remove(path);
}
static long peak_mib(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_maxrss / 1024;
}
static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
static double median(double *v, int n) {
  qsort(v, (size_t)n, sizeof *v, by_size);
  return v[n / 2];
}

/* --- the store --- */

static void make(struct bench *b, const char *folder, const char *name) {
  const struct office office = {.type = OFFICE_PREFECTURE, .code = "010006", .name_ja = "北海道"};
  struct err e;
  snprintf(b->folder, sizeof b->folder, "%s/%s", folder, name);
  b->job = (struct job){.lang = LANG_EN, .n_threads = 1, .clock = fixed_clock};
  must(store_init(&b->job, b->folder, &office, passphrase, "light", &e), &e);
  must(store_open(&b->job, b->folder, passphrase, &b->s, &e), &e);
}
static void write_rows(struct bench *b, int64_t n) {
  static const uint8_t parts[] = {PART_ANSWER, PART_ANSWER, PART_ANSWER};
  struct err e;
  struct arena *a = arena_new(0);
  struct table t;
  struct shard_write *w;
  char form_hash[65] = "";
  memset(form_hash, 'a', 64);
  struct column c[] = {{.name = "weight", .type = COL_INT, .unit = "g"}, {.name = "sex", .type = COL_CODE, .unit = "", .dict = dict_new(a)},
      {.name = "income", .type = COL_INT, .unit = "yen"}};
  must(table_init(&t, a, c, 3, n, &e), &e);
  t.n_rows = n;
  for (int64_t i = 0; i < n; i++) {
    uint64_t x = (uint64_t)i * 0x9E3779B97F4A7C15u;
    t.columns[0].i64[i] = 2000 + (int64_t)(x >> 40) % 3000;
    t.columns[1].code[i] = dict_add(t.columns[1].dict, x >> 63 ? STR("1") : STR("2"));
    t.columns[2].i64[i] = (int64_t)(x >> 20) % 90000000;
    for (int k = 0; k < 3; k++) t.columns[k].status[i] = VAL_REPORTED;
  }
  must(store_begin(b->s, &e), &e);
  must(store_shard_begin(b->s, &key, form_hash, "batch-1", "sender", 1, &w, &e), &e);
  must(store_shard_append(w, &t, parts, 0, n, &e), &e);
  must(store_shard_end(w, &b->shard, &e), &e);
  must(store_commit(b->s, &e), &e);
  arena_free(a);
}
static void put_people(struct bench *b) {
  static const char *const who[PEOPLE][2] = {{"chief-a", "青木 春子"}, {"manager-b", "井上 夏雄"}, {"tab-c", "上田 秋江"}, {"ask-d", "江口 冬樹"}};
  struct err e;
  must(store_begin_plain(b->s, &e), &e);
  for (int i = 0; i < PEOPLE; i++) {
    struct officer *o = &b->person[i].card;
    snprintf(o->id, sizeof o->id, "%s", who[i][0]);
    snprintf(o->name, sizeof o->name, "%s", who[i][1]);
    snprintf(o->organisation, sizeof o->organisation, "統計課");
    snprintf(o->section, sizeof o->section, "企画係");
    snprintf(o->staff_no, sizeof o->staff_no, "A%d00", i + 1);
    snprintf(o->trained, sizeof o->trained, "2025-12-01");
    memset(o->pledge_sha256, 'a', 64);
    age_keypair(b->person[i].secret.age, o->age_recipient);
    minisign_keypair(&b->person[i].secret.sign);
    minisign_public_text(&b->person[i].secret.sign, o->minisign_public);
    must(officer_add(b->s, o, &e), &e);
  }
  for (int i = CHIEF; i <= MANAGER; i++) {
    struct role_certificate c = {.role = i == CHIEF ? LOG_ROLE_CHIEF : LOG_ROLE_MANAGER, .from = T0 - DAY, .until = T0 + 1000 * (int64_t)DAY};
    memcpy(c.officer, b->person[i].card.id, sizeof c.officer);
    must(role_found(b->s, &c, &e), &e);
  }
  must(store_commit(b->s, &e), &e);
}

/* --- grants --- */

static void word(struct bench *b, const char *id, int who, const char *kind, const uint8_t subject[32]) {
  struct err e;
  struct strbuf text;
  struct approval a = {.approve = true, .time = clock_now};
  snprintf(a.kind, sizeof a.kind, "%s", kind);
  memcpy(a.install_id, b->s->install_id, sizeof a.install_id);
  memcpy(a.subject, subject, 32);
  memcpy(a.officer, b->person[who].card.id, sizeof a.officer);
  strbuf_init(&text, 0);
  must(approval_sign(&b->person[who].secret, &a, &text, &e), &e);
  must(grant_vote(b->s, id, str_view(text.p, text.n), &e), &e);
  strbuf_release(&text);
}
static void put_grant(struct bench *b, int64_t number, const char *filter, struct arena *a) {
  struct err e;
  struct grant g;
  uint8_t subject[32];
  char id[32], text[1024];
  snprintf(id, sizeof id, "g-%lld", (long long)number);
  snprintf(text, sizeof text,
      "{\"format\":\"shirabe-grant-1\",\"id\":\"%s\",\"dataset\":\"vital/birth/2025-12/received\",\"columns\":[\"sex\",\"weight\"],\"filter\":\"%s\","
      "\"legal_basis\":\"33-1-i-stat\",\"person\":\"tab-c\",\"requester\":\"ask-d\",\"machine\":\"this\",\"break_glass\":\"\",\"limits\":"
      "{\"cells_per_day\":-1,\"exports\":0,\"queries_per_day\":-1,"
      "\"rows_in_all\":-1,\"rows_per_day\":-1,\"sessions_per_day\":-1,\"tables_per_day\":-1},"
      "\"from\":%lld,\"until\":%lld,\"purpose\":\"月報の集計\",\"place\":\"統計課\",\"output_rule\":\"household\"}", id, filter, (long long)T0,
      (long long)T0 + 300 * (int64_t)DAY);
  must(grant_request(b->s, str_of(text), &e), &e);
  must(grant_find(b->s, a, id, &g, subject, &e), &e);
  word(b, id, ASKER, "request", subject);
  word(b, id, CHIEF, "grant", subject);
  word(b, id, MANAGER, "grant", subject);
  must(grant_activate(b->s, id, &e), &e);
}
static double put_grants(struct bench *b, int64_t n) {
  struct err e;
  double start = bench_now();
  for (int64_t i = 0; i < n;) {
    struct arena *a = arena_new(0);
    must(store_begin_plain(b->s, &e), &e);
    for (int64_t k = 0; k < BATCH && i < n; k++, i++) put_grant(b, i, i % 2 ? "sex = '1'" : "", a);
    must(store_commit(b->s, &e), &e);
    arena_free(a);
  }
  return bench_now() - start;
}
static void fill_log(struct bench *b, uint64_t leaves) {
  struct err e;
  while (access_log_size(b->s->log.tree) < leaves) {
    must(store_begin_plain(b->s, &e), &e);
    for (int i = 0; i < BATCH && access_log_size(b->s->log.tree) < leaves; i++) {
      struct log_leaf leaf;
      store_log_leaf_begin(b->s, &leaf, "data-read", LOG_NOTE);
      snprintf(leaf.object, sizeof leaf.object, "dataset:vital/birth/2025-12/received");
      must(store_log_append(b->s, &leaf, &e), &e);
    }
    must(store_commit(b->s, &e), &e);
  }
}

/* Made in memory, where nothing waits for a disk; measured on the disk. */
static void move(struct bench *b, const char *folder) {
  char cp[] = "cp", recursive[] = "-R", to[300];
  snprintf(to, sizeof to, "%s", folder);
  char *const argv[] = {cp, recursive, b->folder, to, NULL};
  store_close(b->s);
  if (child_run(argv).status != 0) bench_die("cp", NULL);
  snprintf(b->folder, sizeof b->folder, "%s/officers", folder);
}

/* --- measuring --- */

static double enter(struct bench *b, const char *id) {
  struct err e;
  double start = bench_now();
  must(grant_enter(b->s, NULL, id, b->person[USER].card.id, &e), &e);
  return bench_now() - start;
}
static double read_once(struct bench *b, int64_t *rows) {
  struct err e;
  struct arena *a = arena_new(0);
  struct table t;
  int64_t access;
  const struct log_entry entry = {.action = "data-read", .object = "dataset:vital/birth/2025-12/received"};
  double start = bench_now();
  must(store_log_intent(b->s, &entry, &access, &e), &e);
  must(store_shard_read(b->s, b->shard, access, columns, 2, a, &t, &e), &e);
  must(store_log_outcome(b->s, access, &entry, true, &e), &e);
  double seconds = bench_now() - start;
  *rows = t.n_rows;
  arena_free(a);
  return seconds;
}
/* In turns, so that both meet the same machine. */
static void compare(struct bench *granted, struct bench *plain, const char *what, const char *id, int64_t n) {
  double with[RUNS], without[RUNS];
  int64_t rows = 0, all = 0;
  (void)enter(granted, id);
  for (int i = 0; i < RUNS; i++) {
    without[i] = read_once(plain, &all);
    with[i] = read_once(granted, &rows);
  }
  double a = median(with, RUNS), b = median(without, RUNS);
  printf("%-34s %12.0f rows/s  %8.2f ms  ratio %.2f to ungranted (%.2f ms); %lld of %lld rows  peak %ld MiB\n", what, (double)n / a, a * 1e3, a / b,
      b * 1e3, (long long)rows, (long long)all, peak_mib());
}
static void refusals(struct bench *b) {
  static const char *const other[] = {"income"};
  double v[RUNS];
  for (int i = 0; i < RUNS; i++) {
    struct err e;
    double start = bench_now();
    if (grant_use(b->s, &key, other, 1, 0, &e) != E_GRANT_SCOPE) bench_die("a column outside was not refused", &e);
    v[i] = bench_now() - start;
  }
  printf("%-34s %26.2f ms  (its leaf is durable on both devices)\n", "a column outside, refused", median(v, RUNS) * 1e3);
}

int main(int argc, char **argv) {
  int64_t n_grants = argc > 1 ? atoll(argv[1]) : 10000, n_leaves = argc > 2 ? atoll(argv[2]) : 100000, n_rows = argc > 3 ? atoll(argv[3]) : 1000000;
  static struct bench granted, plain;
  struct err e;
  char folder[] = "/tmp/bench-rights-XXXXXX", memory[] = "/dev/shm/bench-rights-XXXXXX", last[32];
  double v[RUNS];
  if (!crypto_start() || !mkdtemp(folder) || !mkdtemp(memory)) return 70;
  make(&granted, memory, "officers");
  make(&plain, folder, "one");
  write_rows(&granted, n_rows);
  write_rows(&plain, n_rows);
  put_people(&granted);
  double made = put_grants(&granted, n_grants);
  printf("%-34s %12.0f grants/s  (five records and three signatures each; in memory)\n", "grants made", (double)n_grants / made);
  fill_log(&granted, (uint64_t)n_leaves);
  move(&granted, folder);
  nftw(memory, drop, 16, FTW_DEPTH | FTW_PHYS);
  double start = bench_now();
  must(store_open(&granted.job, granted.folder, passphrase, &granted.s, &e), &e);
  double opened = bench_now() - start;
  printf("%-34s %12.0f leaves/s  %8.2f ms  %lld leaves, %lld grants  peak %ld MiB  target 5000 ms\n", "opening the store", (double)n_leaves / opened,
      opened * 1e3, (long long)access_log_size(granted.s->log.tree), (long long)n_grants, peak_mib());
  must(officer_sign_in(granted.s, &granted.person[USER].secret, &e), &e);
  snprintf(last, sizeof last, "g-%lld", (long long)(n_grants - n_grants % 2 - 2));
  double first = enter(&granted, last);
  for (int i = 0; i < RUNS; i++) v[i] = enter(&granted, last);
  printf("%-34s %26.2f ms  the first %.2f ms  peak %ld MiB  target 50 ms\n", "opening a grant", median(v, RUNS) * 1e3, first * 1e3, peak_mib());
  compare(&granted, &plain, "two columns, every row", last, n_rows);
  snprintf(last, sizeof last, "g-%lld", (long long)(n_grants - n_grants % 2 - 1));
  compare(&granted, &plain, "two columns, a filter on one", last, n_rows);
  refusals(&granted);
  store_close(granted.s);
  store_close(plain.s);
  nftw(folder, drop, 16, FTW_DEPTH | FTW_PHYS);
  return 0;
}
