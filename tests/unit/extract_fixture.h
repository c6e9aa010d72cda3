/* extract_fixture.h -- officers, a grant and a dataset of the form vital/population-like table, and a package made of it. */
#ifndef SHIRABE_TESTS_UNIT_EXTRACT_FIXTURE_H
#define SHIRABE_TESTS_UNIT_EXTRACT_FIXTURE_H
#include "tests/unit/grant_fixture.h"

#include "base/atomic_file.h"
#include "secure-store/age.h"
#include "secure-store/extract/provide.h"
#include "secure-store/extract/source.h"

struct extracting {
  struct rights *r;
  char out[300];
  int64_t shard[8];
};
static struct extracting UNUSED extracting_new(int shards, int64_t rows) {
  struct extracting x = {.r = rights_new()};
  people(x.r);
  snprintf(x.out, sizeof x.out, "%s/out", x.r->folder);
  for (int i = 0; i < shards; i++) put_table(x.r, rows + i, i + 1, &x.shard[i]);
  return x;
}
static struct provide_request UNUSED providing_of(const struct extracting *x, const char *grant) {
  return (struct provide_request){.grant = grant,
      .out_folder = x->out,
      .builder = &x->r->person[PROVIDER].secret,
      .signer = &x->r->person[MANAGER_2].secret,
      .formats = PROVIDE_CSV | PROVIDE_DTA | PROVIDE_SAV,
      .level = 3};
}
static struct ask UNUSED ask_extract(const char *id) {
  return (struct ask){.id = id,
      .requester = "manager-b",
      .columns = "[\"born\",\"income\",\"sex\",\"weight\"]",
      .limits =
          "{\"cells_per_day\":-1,\"exports\":1,\"queries_per_day\":-1,\"rows_in_all\":-1,\"rows_per_day\":-1,\"sessions_per_day\":-1,\"tables_per_"
          "day\":-1}"};
}
/* Requested by somebody else than the approvers of grant_fixture.h. */
static void UNUSED grant_for_extract(struct extracting *x, struct ask a) {
  a.requester = "review-g";
  make_grant(x->r, &a);
}
static void UNUSED package_path(const struct extracting *x, const char *provision, char out[600]) {
  snprintf(out, 600, "%s/extract-%s/extract-%s" PACKAGE_SUFFIX, x->out, provision, provision);
}
static struct package_open_request UNUSED opening_of(const struct extracting *x, const char *path, const char *folder) {
  return (struct package_open_request){.path = path, .secret = x->r->person[TABULATOR].secret.age, .out_folder = folder,
      .public_keys = {x->r->person[PROVIDER].card.minisign_public, x->r->person[MANAGER_2].card.minisign_public}};
}
#endif
