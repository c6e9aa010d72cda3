/* cmd_anonymise.h -- what `estimate anonymise` (files) and `release anonymise` (the store) share: recipe, seed, warnings, reports.
 * Options  both commands have recipe, seed-file, report and replace. A report is JSON, text, the picture of missing values (.svg) or of the risk
 *          (.risk.svg), by the end of its name.
 * Seed     read after the recipe: SHA-256 over the file and the dataset's name; its beginning is the stream's. Wiped by the caller.
 * Errors   E_MICRO_*, those of files. */
#ifndef SHIRABE_ESTIMATORS_CMD_ANONYMISE_H
#define SHIRABE_ESTIMATORS_CMD_ANONYMISE_H
#include "base/cli.h"
#include "base/atomic_file.h"
#include "estimators/command/cmd_sample_core.h"
#include "estimators/sdc/micro/micro_report.h"
#include "estimators/sdc/micro/micro_table.h"

struct anonymise {
  struct micro_recipe recipe;
  struct table table;
  struct micro_stream stream;
  bool has_stream;
  struct micro_report report;
  char data[SAMPLE_DIGEST_BYTES], spec[SAMPLE_DIGEST_BYTES], out[SAMPLE_DIGEST_BYTES];
  struct micro_digests digests;
  struct str recipe_bytes;
};
enum err_code anonymise_read_recipe(struct cli *c, const char *path, struct anonymise *x, struct err *e) NODISCARD;
enum err_code anonymise_read_seed(struct cli *c, struct anonymise *x, struct err *e) NODISCARD;
void anonymise_warn(struct cli *c, const struct micro_recipe *r); /* of limits that no official source confirms */
void anonymise_warn_unsafe(struct cli *c, const struct anonymise *x);
void anonymise_report_json(const struct anonymise *x, struct strbuf *b);
void anonymise_print(struct cli *c, const struct anonymise *x);
enum err_code anonymise_keep(struct cli *c, const char *path, const struct strbuf *b, mode_t mode, struct err *e) NODISCARD;
enum err_code anonymise_write_reports(struct cli *c, const struct anonymise *x, struct err *e) NODISCARD; /* --report, each */
#endif
