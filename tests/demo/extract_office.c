/* extract_office.c -- makes a light store with officers, their key files, births of the library's form, and grants in force: what
 * tests/golden/test_extract.sh works on, because appointing officers is a ceremony with many hands.
 * usage: extract_office FOLDER ROWS PASSPHRASE [TRUTH.csv: the records as they are put in, a missing value as "." and the number of its status] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "base/ext_sodium.h"
#include "forms/form.h"
#include "secure-store/rights/grant.h"
#include "secure-store/rights/record.h"
#include "secure-store/store_impl.h"

enum { N_PEOPLE = 7, COLUMNS_MAX = 128 };
enum { CHIEF, MANAGER, MANAGER_2, REVIEWER, PROVIDER, USER, USER_2 };
static const char *const people[N_PEOPLE][3] = {{"chief-a", "青木 春子", "A100"}, {"manager-b", "井上 夏雄", "A200"},
    {"manager-c", "上田 秋江", "A300"}, {"review-g", "木村 望", "A700"}, {"pack-j", "小林 遥", "A900"}, {"user-u", "渡辺 学", "U100"},
    {"user-v", "和田 結", "U200"}};
static const struct dataset_key births = {"vital", "birth", "2025-12", "received"};

static void must(enum err_code code, const struct err *e, const char *what) {
  char text[2048];
  if (!code) return;
  err_format(e, LANG_EN, text, sizeof text);
  fprintf(stderr, "extract_office: %s: %s\n", what, text);
  exit(70);
}
struct office_work {
  struct job job;
  struct store *s;
  struct officer card[N_PEOPLE];
  struct officer_secret *secret[N_PEOPLE];
  char folder[1024];
};
/* One change in a transaction of its own. */
#define CHANGE(w, what, call)                    \
  do {                                           \
    struct err error_ = {.code = E_OK};          \
    struct err *e = &error_;                     \
    must(store_begin((w)->s, e), e, what);       \
    must((call), e, what);                       \
    must(store_commit((w)->s, e), e, what);      \
  } while (0)

static void make_person(struct office_work *w, int i, const char *passphrase) {
  struct err error;
  struct officer *o = &w->card[i];
  char path[1200], text[200];
  snprintf(o->id, sizeof o->id, "%s", people[i][0]);
  snprintf(o->name, sizeof o->name, "%s", people[i][1]);
  snprintf(o->organisation, sizeof o->organisation, "%s", i >= USER ? "大学" : "統計課");
  snprintf(o->section, sizeof o->section, "係");
  snprintf(o->staff_no, sizeof o->staff_no, "%s", people[i][2]);
  memset(o->pledge_sha256, 'a', 64);
  snprintf(o->trained, sizeof o->trained, "2025-12-01");
  snprintf(path, sizeof path, "%s/%s.key", w->folder, o->id);
  must(officer_key_create(path, passphrase, true, o, &error), &error, "key");
  must(officer_key_open(path, passphrase, &w->secret[i], &error), &error, "key");
  CHANGE(w, "card", officer_add(w->s, o, e));
  snprintf(path, sizeof path, "%s/%s.pub", w->folder, o->id);
  int n = snprintf(text, sizeof text, "untrusted comment: minisign public key\n%s\n", o->minisign_public);
  must(atomic_write(path, text, (size_t)n, ATOMIC_REPLACE, 0644, &error), &error, "pub");
}
static void word(struct office_work *w, int who, const char *kind, const uint8_t subject[32], struct strbuf *out) {
  struct err e;
  struct approval a = {.approve = true, .time = job_now(&w->job)};
  snprintf(a.kind, sizeof a.kind, "%s", kind);
  memcpy(a.install_id, w->s->install_id, sizeof a.install_id);
  memcpy(a.subject, subject, 32);
  memcpy(a.officer, w->card[who].id, sizeof a.officer);
  strbuf_init(out, 0);
  must(approval_sign(w->secret[who], &a, out, &e), &e, "word");
}
static struct role_certificate certificate(const struct office_work *w, int who, enum log_role role) {
  int64_t now = job_now(&w->job);
  struct role_certificate c = {.role = role, .from = now - 86400, .until = now + 300 * 86400};
  memcpy(c.officer, w->card[who].id, sizeof c.officer);
  return c;
}
static void appoint(struct office_work *w, int who, enum log_role role) {
  struct err error;
  struct strbuf text;
  uint8_t subject[32];
  const struct role_certificate c = certificate(w, who, role);
  strbuf_init(&text, 0);
  must(role_certificate_text(w->s, &c, &text, subject, &error), &error, "role");
  CHANGE(w, "role", role_put(w->s, str_view(text.p, text.n), e));
  for (int by = CHIEF; by <= MANAGER; by++) {
    struct strbuf signed_word;
    struct approval out;
    word(w, by, "role", subject, &signed_word);
    CHANGE(w, "appoint", approval_put(w->s, str_view(signed_word.p, signed_word.n), "role-grant", "role", subject, &out, e));
    strbuf_release(&signed_word);
  }
  strbuf_release(&text);
}
static void vote(struct office_work *w, const char *id, int who, const char *kind, const uint8_t subject[32]) {
  struct err e;
  struct strbuf text;
  word(w, who, kind, subject, &text);
  must(grant_vote(w->s, id, str_view(text.p, text.n), &e), &e, "vote");
  strbuf_release(&text);
}
static void grant_of(struct office_work *w, const char *id, const char *person, const char *basis, const char *columns, const char *filter) {
  struct err e;
  char text[8192];
  struct arena *a = arena_new(0);
  struct grant g;
  uint8_t subject[32];
  int64_t now = job_now(&w->job);
  snprintf(text, sizeof text,
      "{\"format\":\"shirabe-grant-1\",\"id\":\"%s\",\"dataset\":\"vital/birth/2025-12/"
      "received\",\"columns\":%s,\"filter\":\"%s\",\"legal_basis\":\"%s\",\"person\":\"%s\","
      "\"requester\":\"review-g\",\"machine\":\"this\",\"break_glass\":\"\",\"limits\":{\"cells_per_day\":-1,\"exports\":2,\"queries_per_day\":-1,"
      "\"rows_in_all\":-1,\"rows_per_day\":-1,"
      "\"sessions_per_day\":-1,\"tables_per_day\":-1},\"from\":%lld,\"until\":%lld,\"purpose\":\"出生体重の研究\",\"place\":\"大学 "
      "研究室\",\"output_rule\":\"household\"}",
      id, columns, filter, basis, person, (long long)now, (long long)(now + 100 * 86400));
  must(grant_request(w->s, str_of(text), &e), &e, id);
  must(grant_find(w->s, a, id, &g, subject, &e), &e, id);
  vote(w, id, REVIEWER, "request", subject);
  vote(w, id, CHIEF, "grant", subject);
  vote(w, id, MANAGER, "grant", subject);
  must(grant_activate(w->s, id, &e), &e, id);
  arena_free(a);
}

static void grant(struct office_work *w, const char *id, const char *person, const char *basis, const char *columns) {
  grant_of(w, id, person, basis, columns, "");
}

/* --- births: values that the items allow, every kind of missing here and there --- */
static void fill(struct column *c, const struct item *it, int64_t n, uint64_t *state) {
  for (int64_t i = 0; i < n; i++) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    uint64_t v = *state >> 33;
    int64_t low = it->has_min ? it->min : 0, high = it->has_max && it->max < low + 100000 ? it->max : low + 1000;
    c->status[i] = v % 23 == 0 && !it->required ? VAL_UNKNOWN : v % 29 == 0 && !it->required ? VAL_NOT_APPLICABLE : VAL_REPORTED;
    if (c->type == COL_INT && value_present(c->status[i]))
      c->i64[i] = c->is_date ? 20000 + (int64_t)(v % 60) : low + (int64_t)(v % (uint64_t)(high - low + 1));
    else if (c->type == COL_CODE && it->codelist && dict_count(it->codelist->dict)) {
      c->code[i] = (int32_t)(v % (uint64_t)dict_count(it->codelist->dict));
      const struct code *k = codelist_find(it->codelist, dict_text(it->codelist->dict, c->code[i]), INT64_MIN);
      if (k && !value_present((uint8_t)k->status)) c->status[i] = (uint8_t)k->status; /* a code that says why there is no answer */
    }
    else if (c->type == COL_CODE || c->type == COL_TEXT) {
      char text[64];
      snprintf(text, sizeof text, c->type == COL_CODE ? "%04u" : "文字, \"%u\"", (unsigned)(v % 500));
      c->code[i] = dict_add(c->dict, str_of(text));
    }
  }
}
static void write_truth(const char *path, const struct table *t) {
  struct err e;
  struct strbuf b;
  char text[64], missing[16];
  strbuf_init(&b, 0);
  for (int k = 0; k < t->n_columns; k++) csv_put_text(&b, str_of(t->columns[k].name), k == 0);
  for (int64_t i = 0; i < t->n_rows; i++) {
    strbuf_addc(&b, '\n');
    for (int k = 0; k < t->n_columns; k++) {
      const struct column *c = &t->columns[k];
      snprintf(missing, sizeof missing, ".%d", c->status[i]);
      csv_put_text(&b, value_present(c->status[i]) ? column_text(c, i, text, sizeof text) : str_of(missing), k == 0);
    }
  }
  strbuf_addc(&b, '\n');
  must(atomic_write(path, b.p, b.n, ATOMIC_REPLACE, 0600, &e), &e, path);
  strbuf_release(&b);
}
static void put_births(struct office_work *w, int64_t rows, struct strbuf *answers, const char *truth) {
  struct err e;
  struct arena *a = arena_new(0);
  struct form *f;
  struct column columns[COLUMNS_MAX];
  uint8_t parts[COLUMNS_MAX];
  struct table t;
  struct shard_write *sw;
  int64_t shard;
  uint64_t state = 42;
  must(form_read(a, &w->job, forms_folder(), "vital", "birth", NULL, 20400, &f, NULL, &e), &e, "form");
  int n = form_columns(f, f->records[0].name, columns, COLUMNS_MAX);
  strbuf_adds(answers, "[");
  for (int k = 0; k < n; k++) {
    const struct item *it = form_item(f, columns[k].name);
    parts[k] = (uint8_t)it->part;
    if (columns[k].type == COL_CODE || columns[k].type == COL_TEXT)
      columns[k].dict = it->codelist && dict_count(it->codelist->dict) ? it->codelist->dict : dict_new(a);
    if (it->part == PART_ANSWER) strbuf_addf(answers, "%s\"%s\"", answers->n > 1 ? "," : "", it->name);
  }
  strbuf_adds(answers, "]");
  must(table_init(&t, a, columns, n, rows, &e), &e, "table");
  t.n_rows = rows;
  for (int k = 0; k < n; k++) fill(&t.columns[k], form_item(f, columns[k].name), rows, &state);
  if (truth) write_truth(truth, &t);
  must(store_begin(w->s, &e), &e, "births");
  must(store_shard_begin(w->s, &births, f->hash_hex, "batch", "municipality-011002", 1, &sw, &e), &e, "births");
  must(store_shard_append(sw, &t, parts, 0, rows, &e), &e, "births");
  must(store_shard_end(sw, &shard, &e), &e, "births");
  must(store_commit(w->s, &e), &e, "births");
  arena_free(a);
}
static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }
/* A grant's columns are sorted. */
static void sort_names(struct strbuf *list) {
  char *names[COLUMNS_MAX];
  int n = 0;
  strbuf_cstr(list);
  char *copy = strdup(list->p + 1);
  if (!copy) exit(70);
  copy[strcspn(copy, "]")] = 0;
  for (char *p = copy; p && *p && n < COLUMNS_MAX;) {
    char *comma = strchr(p, ',');
    if (comma) *comma = 0;
    names[n++] = p;
    p = comma ? comma + 1 : NULL;
  }
  qsort(names, (size_t)n, sizeof *names, by_name);
  strbuf_reset(list);
  for (int i = 0; i < n; i++) strbuf_addf(list, "%s%s", i ? "," : "[", names[i]);
  strbuf_adds(list, "]");
  free(copy);
}
static int64_t system_clock(void *context) {
  const char *text = getenv("SHIRABE_CLOCK");
  int64_t seconds = 0;
  (void)context;
  return text && time_parse_utc(text, &seconds) ? seconds : 1767225600;
}

int main(int argc, char **argv) {
  struct err error;
  struct strbuf answers;
  char store_folder[1100];
  const struct office office = {.type = OFFICE_MINISTRY, .code = "00", .name_ja = "厚生労働省"};
  if (argc < 4 || argc > 5 || !crypto_start()) return 64;
  struct office_work *w = calloc(1, sizeof *w);
  if (!w) return 70;
  w->job = (struct job){.lang = LANG_EN, .n_threads = 1, .clock = system_clock, .arena = arena_new(0)};
  snprintf(w->folder, sizeof w->folder, "%s", argv[1]);
  snprintf(store_folder, sizeof store_folder, "%s/office", argv[1]);
  must(store_init(&w->job, store_folder, &office, argv[3], "light", &error), &error, "store");
  must(store_open(&w->job, store_folder, argv[3], &w->s, &error), &error, "store");
  strbuf_init(&answers, 0);
  put_births(w, strtoll(argv[2], NULL, 10), &answers, argc > 4 ? argv[4] : NULL);
  sort_names(&answers);
  for (int i = 0; i < N_PEOPLE; i++) make_person(w, i, argv[3]);
  const struct role_certificate first = certificate(w, CHIEF, LOG_ROLE_CHIEF), second = certificate(w, MANAGER, LOG_ROLE_MANAGER);
  CHANGE(w, "chief", role_found(w->s, &first, e));
  CHANGE(w, "manager", role_found(w->s, &second, e));
  appoint(w, MANAGER_2, LOG_ROLE_MANAGER);
  appoint(w, REVIEWER, LOG_ROLE_REVIEWER);
  appoint(w, MANAGER_2, LOG_ROLE_REVIEWER); /* an application has two reviewers */
  appoint(w, PROVIDER, LOG_ROLE_PROVIDER);
  grant(w, "g-1", "user-u", "33-2", strbuf_cstr(&answers));
  grant(w, "g-2", "user-v", "33-2", strbuf_cstr(&answers));
  grant(w, "g-trace", "manager-c", "32-i", "[\"*\"]");
  /* what applications of tests/golden/test_use.sh are accepted for */
  grant(w, "g-site", "user-u", "33-2", "[\"birth_weight\",\"sex\"]");
  grant_of(w, "g-local", "user-v", "33-1-i-stat", "[\"birth_weight\",\"sex\"]", "prefix(municipality_code, 2) = '01' and (sex = 1)");
  strbuf_release(&answers);
  for (int i = 0; i < N_PEOPLE; i++) officer_secret_free(w->secret[i]);
  store_close(w->s);
  arena_free(w->job.arena);
  free(w);
  return 0;
}
