/* release.h -- the only door out for statistics: tables leave with a disclosure report that matches their hashes, a lineage, a log leaf and a signature.
 * Bundle   <out>/<release id>/: release.json (+ .minisig), lineage.json, disclosure.json, columns.csv, codes.csv, tables/<id>.csv (long),
 *          tables/<id>.wide.csv, .json, .xlsx, .sdmx.csv, .dsd.xml, charts, quality report, notes. Page: secure-store/release.md.
 * Order    report, rules, log intent, write, sign, log outcome. A bundle whose long tables break a machine-readability rule that a program can judge is refused.
 * Id       <survey>-<period>-<run id>; run id = first 16 hex of SHA-256 of lineage.json, which holds no time: same inputs, same id.
 * Demo     a store with light keys builds the bundle with "releasable": false; nothing made from it may be published.
 * Embargo  before the release date only who prepares the release builds a bundle or reads parts back: E_EMBARGO, one leaf. The bundle has the date
 *          (not_before), and release_check tells it.
 * Source   統計法 (release embargo art. 58); 行政データにおける機械可読性に関するルール (デジタル庁, 2026-03-31). */
#ifndef SHIRABE_SECURE_STORE_RELEASE_H
#define SHIRABE_SECURE_STORE_RELEASE_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "secure-store/register/register_store.h"
#include "secure-store/store.h"

struct release_part {
  const char *name; /* "tables/main.csv" */
  struct str bytes;
};
#define RELEASE_SEALED_LINEAGE "lineage.full.json" /* a part that is in no bundle */
struct bundle_source;
typedef enum err_code (*bundle_draw_fn)(struct arena *a, const struct bundle_source *s, enum err_lang lang, struct str *out, struct err *e);
struct release_request {
  const char *survey, *period, *out_folder;
  struct str lineage_json;    /* canonical run manifest, as it goes out */
  struct str sealed_lineage;  /* with rows and content hashes: kept in the store, for explain; n 0 = none */
  struct str disclosure_json; /* format shirabe-disclosure-1: per table profile, sha256 of its long CSV, counts, decision */
  const struct release_part *parts;
  int64_t n_parts;
  const char *exceptions;     /* signed exceptions from the plan, printed on the tables; "" = none */
  bundle_draw_fn draw;        /* draws the charts again from the long tables (bundle/bundle_formats.h); NULL = a bundle without charts */
  const struct register_row *row; /* of the register, NULL = none: written with the release; its edition, kind and reason stand in release.json */
  struct str entry;               /* of the register */
  const char *taint;          /* why these tables may be looked at but not published ("incomplete: 2 office-forms missing"); "" = sound */
};
struct release_result {
  char id[96], run_id[17], folder[4096];
  bool releasable;
  int64_t not_before; /* release date, UNIX seconds; 0 = none is set (output/embargo.h) */
  int64_t rules_passed, rules_failed, rules_for_a_person;
};
/* The id and the run id that a lineage gives. */
void release_id(const char *survey, const char *period, struct str lineage_json, char id[96], char run_id[17]);
enum err_code release_build(struct store *s, const struct release_request *request, struct release_result *out, struct err *e) NODISCARD;

/* What was released, for explain: parts are read back from the sealed store, not from the public folder. */
enum err_code release_find_part(struct store *s, const char *release_id, const char *name, int64_t access, struct strbuf *out, struct err *e) NODISCARD; /* E_RELEASE_UNKNOWN */
enum err_code release_latest(struct store *s, const char *survey, const char *period, char id[96], struct err *e) NODISCARD;

/* Checks a bundle folder: hashes, signature (public key text or NULL = the one named inside, said so), rules. Needs no store. */
enum err_code release_check(const struct job *job, const char *folder, const char *public_key, struct release_result *out, struct err *e) NODISCARD;
#endif
