/* batch_fixture.h -- three offices, one above the other, each with a light store in a fresh folder. */
#ifndef SHIRABE_TESTS_UNIT_BATCH_FIXTURE_H
#define SHIRABE_TESTS_UNIT_BATCH_FIXTURE_H
#include "tests/fault/store_fixture.h"

#include "base/atomic_file.h"
#include "collector/batch.h"
#include "collector/intake.h"
#include "collector/ledger.h"

enum { CITY, CENTRE, PREFECTURE, N_OFFICES };
struct route {
  char root[256], folder[N_OFFICES][300];
  struct problems problems;
  struct job job;
  struct store *store[N_OFFICES];
  int files;
};
static struct err error;

static void UNUSED init_office(struct route *r, int i, enum office_type type, const char *code) {
  struct office o = {.type = type};
  struct store *above = NULL;
  snprintf(o.code, sizeof o.code, "%s", code);
  snprintf(o.name_ja, sizeof o.name_ja, "機関%d", i);
  if (i + 1 < N_OFFICES) {
    above = r->store[i + 1];
    const struct office *p = store_office(above);
    snprintf(o.parent_id, sizeof o.parent_id, "%s", p->id);
    snprintf(o.parent_age, sizeof o.parent_age, "%s", p->age_recipient);
    snprintf(o.parent_minisign, sizeof o.parent_minisign, "%s", p->minisign_public);
  }
  char folder[300];
  snprintf(folder, sizeof folder, "%.250s/office%d", r->root, i);
  memcpy(r->folder[i], folder, sizeof folder);
  OK(store_init(&r->job, r->folder[i], &o, PASSPHRASE, "light", &error));
  OK(store_open(&r->job, r->folder[i], PASSPHRASE, &r->store[i], &error));
  if (above) OK(store_peer_add(above, store_office(r->store[i]), &error));
  OK(ledger_prepare(r->store[i], &error));
}

static UNUSED struct route *make_route(void) {
  struct route *r = calloc(1, sizeof *r);
  assert_non_null(r);
  fixture_folder(r->root);
  r->job = fixture_job(&r->problems);
  r->job.arena = arena_new(0);
  init_office(r, PREFECTURE, OFFICE_PREFECTURE, "01");
  init_office(r, CENTRE, OFFICE_HEALTH_CENTRE, "0101");
  init_office(r, CITY, OFFICE_MUNICIPALITY, "011002");
  return r;
}
static void UNUSED drop_route(struct route *r) {
  for (int i = 0; i < N_OFFICES; i++) store_close(r->store[i]);
  remove_tree(r->root);
  arena_free(r->job.arena);
  free(r);
}

static void UNUSED take_in(struct route *r, int office, int first_age, int n) {
  char path[400], text[4096];
  struct form *f = NULL;
  struct intake_report report;
  const struct intake_options options = {.period = "2025", .declared = -1, .problem_limit = 10};
  size_t used = (size_t)snprintf(text, sizeof text, "sex,age_from,age_to,prefecture,population,vintage\n");
  for (int i = 0; i < n; i++) used += (size_t)snprintf(text + used, sizeof text - used, "1,%d,%d,,%d,\n", first_age + i, first_age + i, 1000 + i);
  snprintf(path, sizeof path, "%s/file%d.csv", r->root, r->files++);
  OK(atomic_write(path, text, used, ATOMIC_REPLACE, 0600, &error));
  OK(form_read(r->job.arena, &r->job, "forms", "vital", "population", NULL, 20000, &f, NULL, &error));
  OK(intake_file(&r->job, r->store[office], f, &options, path, &report, &error));
  assert_int_equal(report.accepted, n);
}

static UNUSED enum err_code seal(struct route *r, int office, int64_t declared, struct batch_result *out) {
  const struct batch_declared d = {"population", declared};
  char folder[400];
  snprintf(folder, sizeof folder, "%s/out", r->root);
  const struct batch_seal_request q = {
      .survey = "vital", .period = "2025", .out_folder = folder, .forms = "forms", .declared = &d, .n_declared = declared < 0 ? 0 : 1};
  memset(&error, 0, sizeof error);
  return batch_seal(r->store[office], &q, out, &error);
}
static UNUSED enum err_code receive(struct route *r, int office, const char *path, struct batch_result *out) {
  char folder[400];
  snprintf(folder, sizeof folder, "%s/receipts%d", r->root, office);
  memset(&error, 0, sizeof error);
  return batch_receive(r->store[office], "forms", path, folder, out, &error);
}
static void UNUSED assert_balance(struct route *r, int office, int64_t stored) {
  struct ledger_balance b;
  OK(ledger_balance(r->store[office], "vital", "2025", &b, &error));
  assert_int_equal(b.differences, 0);
  assert_int_equal(b.stored, stored);
}
#endif
