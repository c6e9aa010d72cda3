/* ext_readstat.h -- Stata (.dta, version 118) and SPSS (.sav) files row by row through ReadStat; the only includer of <readstat.h>.
 * Missing  by kind (enum value_status): Stata extended missing values .b .n .u ..., SPSS user-missing numbers -999000000000004 ... and their
 *          labels; texts hold the same sign as text (".u").
 * Texts    UTF-8; labels are cut at a character boundary to what the format can hold (SPSS: 120 bytes a value label, 256 a variable label).
 * Names    stat_name makes a name that both programs accept.
 * Errors   E_EXTRACT_READSTAT with the library's words; what the sink returns.
 * Memory   one row. Cost: some 30 ns a value. */
#ifndef SHIRABE_BASE_EXT_READSTAT_H
#define SHIRABE_BASE_EXT_READSTAT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum stat_format { STAT_DTA, STAT_SAV };
enum stat_type { STAT_INT8, STAT_INT16, STAT_INT32, STAT_DOUBLE, STAT_DATE, STAT_TEXT }; /* SPSS has numbers and texts only */
enum { STAT_NAME_BYTES = 33, STAT_DTA_TEXT_MAX = 2045, STAT_SAV_TEXT_MAX = 32767 };
struct stat_label {
  int32_t value;
  const char *label;
};
struct stat_variable {
  const char *name, *label;
  enum stat_type type;
  int decimals;
  size_t width; /* STAT_TEXT: bytes of the longest text, >= 1 */
  const struct stat_label *labels;
  int64_t n_labels;
  uint32_t missing; /* bit per enum value_status that occurs */
};
struct stat_file {
  enum stat_format format;
  const struct stat_variable *variables;
  int n_variables;
  int64_t n_rows, made; /* made: seconds since 1970 */
  const char *label;
  const char *const *notes; /* lines of at most 80 bytes */
  int n_notes;
  const char *missing_label[16]; /* by value_status */
};
typedef enum err_code (*stat_sink_fn)(void *context, const void *p, size_t n, struct err *e);
struct stat_writer;
enum err_code stat_writer_new(const struct stat_file *f, stat_sink_fn sink, void *context, struct stat_writer **out, struct err *e) NODISCARD;
enum err_code stat_row_begin(struct stat_writer *w, struct err *e) NODISCARD;
enum err_code stat_put_number(struct stat_writer *w, int k, double v, struct err *e) NODISCARD; /* STAT_DATE: days since 1970-01-01 */
enum err_code stat_put_missing(struct stat_writer *w, int k, uint8_t status, struct err *e) NODISCARD;
enum err_code stat_put_text(struct stat_writer *w, int k, struct str text, struct err *e) NODISCARD;
enum err_code stat_row_end(struct stat_writer *w, struct err *e) NODISCARD;
enum err_code stat_writer_end(struct stat_writer *w, struct err *e) NODISCARD;
void stat_writer_free(struct stat_writer *w); /* NULL allowed */

/* The sign of a kind of missing: "" blank, ".u" unknown, ... the same in CSV, Stata and the texts of SPSS. */
const char *stat_missing_sign(uint8_t status);
int64_t stat_missing_number(uint8_t status); /* of SPSS */
bool stat_missing_taken(int64_t lowest, int64_t highest); /* a value lies where SPSS keeps its missing numbers */
/* A name for both programs from one of ours: letters, digits, underscore, at most 32, no reserved word. */
void stat_name(const char *name, char out[STAT_NAME_BYTES]);
#endif
