/* cmd_sample_core.h -- what the commands of `shirabe sample` share: the frame and the plan read from their files, a sample drawn, the names of the
 *    files that go with it.
 * Files    sample.csv, and beside it sample.report.json, sample.design.json, sample.joint.csv: the name without ".csv" and these endings.
 * Errors   those of file_read, CSV, JSON and of sample_plan.h, sample_draw.h. Memory: the job's arena; sample_job_release frees the rest.
 * Source   none. */
#ifndef SHIRABE_ESTIMATORS_COMMAND_CMD_SAMPLE_CORE_H
#define SHIRABE_ESTIMATORS_COMMAND_CMD_SAMPLE_CORE_H
#include "base/cli.h"
#include "estimators/selection/sample_write.h"

enum { SAMPLE_PATH_BYTES = 4096, SAMPLE_DIGEST_BYTES = 65 };
struct sample_job {
  struct csv_table table;
  struct sample_frame frame;
  struct json_document *document;
  struct sample_plan plan;
  char frame_digest[SAMPLE_DIGEST_BYTES], plan_digest[SAMPLE_DIGEST_BYTES];
};
enum err_code sample_job_read(struct cli *c, const char *frame_path, const char *plan_path, struct sample_job *out, struct err *e) NODISCARD;
void sample_job_release(struct sample_job *j);
enum err_code sample_table_read(struct cli *c, const char *path, struct csv_table *out, char digest[SAMPLE_DIGEST_BYTES], struct err *e) NODISCARD;
void sample_digest(const void *p, size_t n, char out[SAMPLE_DIGEST_BYTES]);
/* "x/sample.csv" and ".report.json" -> "x/sample.report.json". */
enum err_code sample_beside(const char *path, const char *ending, char out[SAMPLE_PATH_BYTES], struct err *e) NODISCARD;
/* Writes a file whole or not at all; one that is there with other content stays unless `replace`. */
enum err_code sample_keep_file(const char *path, const struct strbuf *b, bool replace, struct err *e) NODISCARD;

#define SAMPLE_OPTION_PLAN                                                          \
  {.name = "plan",                                                                  \
      .kind = OPT_FILE,                                                             \
      .value_name = "FILE",                                                         \
      .help_en = "the sampling plan, plan.json",                                    \
      .help_ja = "標本計画（plan.json）",                                           \
      .required = true}
#define SAMPLE_OPTION_SEED(needed)                                                  \
  {.name = "seed",                                                                  \
      .kind = OPT_TEXT,                                                             \
      .value_name = "TEXT",                                                         \
      .help_en = "the text that all random numbers hang on",                        \
      .help_ja = "すべての乱数のもとになる文字列（種）",                            \
      .required = (needed)}
#define SAMPLE_OPTION_REPLACE                                                       \
  {.name = "replace",                                                               \
      .kind = OPT_FLAG,                                                             \
      .help_en = "write over files of another draw",                                \
      .help_ja = "別の抽出のファイルに上書きする"}
#endif
