/* One file of two row groups with every kind of finding, taken in by one, two and eight threads: the same records, problems, repairs, original,
 * counts, messages in the same order, and the same failures of checks. And a failure on the second thread leaves nothing. */
#include "tests/fault/store_fixture.h"

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "collector/intake.h"

enum { ROWS = 70000, MESSAGES = 60 };

struct taken {
  struct intake_report report;
  struct strbuf messages;
  char received[65], problems[65], repairs[65];
  int64_t checks[400];
};

static void keep_message(void *context, const struct err *e) {
  struct strbuf *b = context;
  char text[1024];
  err_format(e, LANG_EN, text, sizeof text);
  strbuf_adds(b, text);
  strbuf_addc(b, '\n');
}

static const char *value_of(const char *name, int row, char *out, size_t size) {
  static const struct {
    const char *name, *value;
  } slip[] = {{"municipality_code", "011002"}, {"office_code", "HC0101"},       {"event_book_year", "2025"}, {"filing_date", "2025/12/10"},
              {"receipt_date", "2025-12-11"},  {"scope", "1"},                  {"notice_health_centre", "01"}, {"residence_abroad", "0"},
              {"residence_prefecture", "01"},  {"residence_municipality_code", "011011"}, {"legitimacy", "1"}, {"birth_country", "1"},
              {"father_birth_date", "H4.3.5"}, {"mother_birth_date", "1994-02-28"}, {"father_age", "33"}, {"mother_age", "31"},
              {"father_nationality", "1"},     {"mother_nationality", "1"},     {"household_job", "3"},      {"weight_info", "0"},
              {"height_info", "0"},            {"birth_height", "49.5"},        {"plurality", "1"},          {"birth_order_in_set", "1"},
              {"place_of_birth", "1"},         {"gestation_weeks", "39"},       {"gestation_days", "3"},     {"children_born", "2"},
              {"stillbirths", "0"},            {"deliveries", "2"},             {"attendant", "1"}};
  if (!strcmp(name, "event_book_no")) return snprintf(out, size, "%d", row % 1013 == 5 ? row - 1 : row), out;          /* a duplicate now and then */
  if (!strcmp(name, "sex")) return row % 211 == 0 ? "9" : row % 2 ? "1" : "2";                                         /* no code of the list */
  if (!strcmp(name, "child_birth_date"))
    return row % 97 == 0 ? "2025-11-31" : row % 701 == 0 ? "2025-12-11" : "2025-11-30"; /* no day; after the filing */
  if (!strcmp(name, "birth_weight") && row % 89 == 0) return "３０２１"; /* repairs */
  if (!strcmp(name, "birth_weight") && row % 83 == 0) return "3,021";
  if (!strcmp(name, "birth_weight")) return snprintf(out, size, "%d", 1800 + row % 2500), out;
  for (size_t i = 0; i < sizeof slip / sizeof *slip; i++)
    if (!strcmp(slip[i].name, name)) return row % 501 == 0 && i == 2 ? "" : slip[i].value; /* a key is missing */
  return "";
}

static void write_slips(const struct form *f, const char *path, bool cut_off) {
  const struct layout *l = form_layout(f, "csv");
  struct strbuf b;
  struct err error;
  char text[32];
  strbuf_init(&b, 0);
  for (int i = 0; i < l->n_items; i++) csv_put(&b, str_of(l->headings[i]), i == 0);
  strbuf_adds(&b, "\r\n");
  for (int row = 1; row <= ROWS; row++) {
    for (int i = 0; i < l->n_items; i++) csv_put(&b, str_of(value_of(l->items[i]->name, row, text, sizeof text)), i == 0);
    strbuf_adds(&b, "\r\n");
  }
  if (cut_off) strbuf_adds(&b, "\"open");
  assert_false(b.failed);
  assert_true(b.n > 4 << 20); /* smaller files are not worth a second thread */
  OK(atomic_write(path, b.p, b.n, ATOMIC_REPLACE, 0600, &error));
  strbuf_release(&b);
}

static void content_hash(struct store *s, const char *stage, char out[65]) {
  const struct dataset_key key = {"vital", "birth", "2025-12", stage};
  struct arena *a = arena_new(0);
  struct shard *shards;
  struct err error;
  int64_t n;
  OK(store_shards(s, &key, a, &shards, &n, &error));
  assert_int_equal(n, 1);
  memcpy(out, shards[0].content_hash, 65);
  arena_free(a);
}

/* The original comes back byte for byte, whoever sealed it. */
static void assert_original(struct store *s, const struct intake_report *report, const char *path) {
  struct intake_entry entry;
  struct arena *a = arena_new(0);
  struct err error;
  struct strbuf sealed, file;
  int64_t intent;
  strbuf_init(&sealed, 0);
  strbuf_init(&file, 0);
  OK(intake_get(s, report->id, a, &entry, &error));
  const struct log_entry log = {.action = "data-read", .object = "original", .purpose = "", .detail = ""};
  OK(store_log_intent(s, &log, &intent, &error));
  OK(store_blob_get(s, entry.blob, intent, 64 << 20, &sealed, &error));
  OK(store_log_outcome(s, intent, &log, true, &error));
  FILE *from = fopen(path, "rb");
  assert_non_null(from);
  char *to = strbuf_extend(&file, sealed.n);
  assert_int_equal(fread(to, 1, sealed.n, from), sealed.n);
  assert_int_equal(fgetc(from), EOF);
  fclose(from);
  assert_memory_equal(sealed.p, file.p, sealed.n);
  strbuf_release(&sealed);
  strbuf_release(&file);
  arena_free(a);
}

/* Records born after their filing, of those that were accepted. */
static int64_t born_after_filing(void) {
  int64_t n = 0;
  for (int row = 1; row <= ROWS; row++) n += row % 701 == 0 && row % 97 && row % 501 && row % 1013 != 5;
  return n;
}

static enum err_code take_in(const char *root, const char *path, int n_threads, struct taken *out) {
  char folder[300];
  struct err error;
  struct store *s;
  struct form *f;
  memset(out, 0, sizeof *out);
  strbuf_init(&out->messages, 0);
  struct job job = {.lang = LANG_EN, .n_threads = n_threads, .clock = fixture_clock, .problem = keep_message, .problem_context = &out->messages};
  job.arena = arena_new(0);
  snprintf(folder, sizeof folder, "%s/office%d", root, n_threads);
  assert_int_equal(mkdir(folder, 0700), 0);
  OK(fixture_init(&job, folder, &error));
  OK(store_open(&job, folder, PASSPHRASE, &s, &error));
  OK(form_read(job.arena, &job, "forms", "vital", "birth", "2015", 0, &f, NULL, &error));
  assert_true(f->n_checks < 400);
  strbuf_reset(&out->messages); /* "a demonstration store" names its folder */
  const struct intake_options options = {.period = "2025-12", .declared = -1, .problem_limit = MESSAGES, .check_failed = out->checks};
  enum err_code code = intake_file(&job, s, f, &options, path, &out->report, &error);
  if (!code) {
    content_hash(s, "received", out->received);
    content_hash(s, "problems", out->problems);
    content_hash(s, "repairs", out->repairs);
    assert_original(s, &out->report, path);
    for (int i = 0; i < f->n_checks; i++)
      if (!strcmp(f->checks[i].id, "G02a")) assert_int_equal(out->checks[i], born_after_filing());
  } else {
    struct intake_entry *entries;
    int64_t n;
    OK(intake_list(s, NULL, NULL, NULL, job.arena, &entries, &n, &error));
    assert_int_equal(n, 0);
  }
  store_close(s);
  remove_tree(folder);
  arena_free(job.arena);
  return code;
}

static void any_number_of_threads_stores_the_same(void **state) {
  (void)state;
  char root[256], path[300];
  struct taken one, more;
  struct arena *a = arena_new(0);
  struct job job = {.lang = LANG_EN, .n_threads = 1};
  struct form *f;
  struct err error;
  fixture_folder(root);
  snprintf(path, sizeof path, "%s/slips.csv", root);
  OK(form_read(a, &job, "forms", "vital", "birth", "2015", 0, &f, NULL, &error));
  write_slips(f, path, false);
  OK(take_in(root, path, 1, &one));
  assert_true(one.report.accepted > 65536 && one.report.rejected > 0 && one.report.duplicate > 0 && one.report.problems > 0);
  for (int n = 2; n <= 8; n += 6) {
    OK(take_in(root, path, n, &more));
    assert_string_equal(more.received, one.received);
    assert_string_equal(more.problems, one.problems);
    assert_string_equal(more.repairs, one.repairs);
    assert_string_equal(more.report.sha256, one.report.sha256);
    assert_int_equal(more.report.accepted, one.report.accepted);
    assert_int_equal(more.report.rejected, one.report.rejected);
    assert_int_equal(more.report.duplicate, one.report.duplicate);
    assert_memory_equal(more.report.by_code, one.report.by_code, sizeof one.report.by_code);
    assert_memory_equal(more.report.by_rule, one.report.by_rule, sizeof one.report.by_rule);
    assert_memory_equal(more.checks, one.checks, sizeof one.checks);
    assert_string_equal(strbuf_cstr(&more.messages), strbuf_cstr(&one.messages));
    strbuf_release(&more.messages);
  }
  strbuf_release(&one.messages);
  remove_tree(root);
  arena_free(a);
}

static void an_error_at_the_end_of_the_file_leaves_nothing_with_two_threads(void **state) {
  (void)state;
  char root[256], path[300];
  struct taken t;
  struct arena *a = arena_new(0);
  struct job job = {.lang = LANG_EN, .n_threads = 1};
  struct form *f;
  struct err error;
  fixture_folder(root);
  snprintf(path, sizeof path, "%s/slips.csv", root);
  OK(form_read(a, &job, "forms", "vital", "birth", "2015", 0, &f, NULL, &error));
  write_slips(f, path, true);
  assert_int_equal(take_in(root, path, 2, &t), E_CSV_OPEN_QUOTE);
  strbuf_release(&t.messages);
  remove_tree(root);
  arena_free(a);
}

int main(void) {
  if (!crypto_start()) return 70;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_number_of_threads_stores_the_same),
      cmocka_unit_test(an_error_at_the_end_of_the_file_leaves_nothing_with_two_threads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
