/* anonymised.h -- the door for anonymised records (匿名データ, Statistics Act art. 35 and 36): what a recipe has made of a store's records
 * leaves as one signed bundle, when two officers have approved exactly this recipe and the method's report says that the file is safe.
 * Bundle   <out>/<id>/: data/<name>.csv, codebook.csv, report.json, report.en.txt, report.ja.txt, risk.svg, anonymised.json (+ .minisig). Nothing
 *          else.
 * Kept     sealed in the store and nowhere else: every part, the recipe, the full report of the method (shares, rates), the lineage.
 * Id       <dataset>-<period>-<first 16 hex of SHA-256 over the lineage>: the lineage holds no time and
 *          of the recipe an HMAC under the store's key, so the same store, recipe and seed give the
 *          same bundle, byte for byte; said again for the same folder it changes nothing.
 * Order    votes, report, seed, log intent; parts sealed in one commit; a folder that nobody sees (.anonymised-<id>~<pid>) is written and synced,
 *          the manifest last; it appears under its name; log outcome. Killed anywhere: either no folder of that name, or the whole of it.
 * Approval kind "recipe" over SHA-256("shirabe-recipe-1\n" + bytes of the file), by two people with role chief, manager or reviewer, neither of
 *          them the one who builds. A store without officers cannot give them: nothing leaves it.
 * Seed     its token (HMAC under the store's key) is kept: a second issue of the same dataset and period with another seed is refused, because two
 *          files of the same people with different noise can be averaged.
 * Tainted  an incomplete period is refused; a store with light keys builds the bundle with "releasable": false.
 * Errors   E_MICRO_RECIPE_VOTES, _BELOW, _TAINTED, _SEED_CHANGED, _TARGET, _BUNDLE, E_RELEASE_REPORT (the report does not cover the parts),
 *          E_EMBARGO, E_DISPOSAL_OFFICER, E_ROLE_MISSING, those of the store. A refusal leaves one leaf.
 * Memory   the parts twice. Source: Statistics Act art. 35, 36; the two-person rule as for grants (rights/grant.h). */
#ifndef SHIRABE_SECURE_STORE_ANONYMISED_H
#define SHIRABE_SECURE_STORE_ANONYMISED_H
#include "secure-store/disposal/act.h"
#include "secure-store/release.h"

struct anonymised_request {
  const char *dataset, *survey, *period, *legal_basis, *out_folder;
  struct str recipe;  /* as approved */
  struct str report;  /* of the method, "shirabe-anonymised-report-1": recipe_sha256, safe, files (name: sha256) */
  struct str lineage; /* canonical JSON, without time */
  const struct release_part *parts;
  int64_t n_parts, n_records;
  struct str seed;   /* "" = no step draws */
  const char *taint; /* "" = sound */
};
struct anonymised_result {
  char id[200], folder[4096];
  bool releasable, again; /* again: the folder was there with the same bytes */
};
void anonymised_subject(struct str recipe, uint8_t subject[32]);
/* One officer's word about a recipe: approve, or refuse (which also takes an approval back). */
enum err_code anonymised_vote(struct store *s, struct str recipe, bool approve, const struct act_by *by, struct err *e) NODISCARD;
/* Approvals that hold now, by officer id; *enough: two different people, `builder` ("" = nobody yet) not among them. */
enum err_code anonymised_votes(
    struct store *s, struct str recipe, const char *builder, struct approval out[APPROVAL_MAX], int *n, bool *enough, struct err *e) NODISCARD;
enum err_code anonymised_build(
    struct store *s, const struct anonymised_request *q, const struct act_by *by, struct anonymised_result *out, struct err *e) NODISCARD;
/* A bundle from outside: signature (key from paper, or NULL = the one that it names), every hash, no file beside. Needs no store. */
enum err_code anonymised_check(const char *folder, const char *public_key, struct anonymised_result *out, struct err *e) NODISCARD;
#endif
