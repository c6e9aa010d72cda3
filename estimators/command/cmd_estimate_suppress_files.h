/* cmd_estimate_suppress_files.h -- the files of `estimate suppress` and `estimate perturb`: cells and relations, patterns, owners, contributions,
 * certificates. For these two commands only. */
#ifndef SHIRABE_ESTIMATORS_CMD_ESTIMATE_SUPPRESS_FILES_H
#define SHIRABE_ESTIMATORS_CMD_ESTIMATE_SUPPRESS_FILES_H
#include "base/cli.h"
#include "estimators/sdc/suppress/certificate.h"
#include "estimators/sdc/suppress/contributions.h"

enum err_code suppress_read_text(struct arena *a, const char *path, struct str *out, struct err *e) NODISCARD;
/* The two operands, CELLS and RELATIONS, and the option `known` where the command has one. */
enum err_code suppress_read_table(struct cli *c, bool known, struct cell_table **out, struct err *e) NODISCARD;
/* A pattern: a column id and, where there is one, a column suppressed of 0 and 1. */
enum err_code suppress_read_pattern(struct cli *c, const struct cell_table *t, const char *path, uint8_t **out, struct err *e) NODISCARD;
enum err_code suppress_read_owners(struct cli *c, const struct cell_table *t, const char *path, struct owners *out, struct err *e) NODISCARD;
/* A rule by name from the forms folder's profiles, or from a file that holds it. */
enum err_code suppress_read_rule(struct cli *c, const char *name, struct sdc_rule *out, struct err *e) NODISCARD;
enum err_code suppress_write_certificate(struct cli *c, const struct cell_table *t, const uint8_t *hidden, const struct audit_report *r,
    const char *path, struct err *e) NODISCARD;
/* The verdict on a certificate file, printed; *clean says whether it proves the pattern safe. */
enum err_code suppress_verify(struct cli *c, const struct cell_table *t, const char *path, bool *clean, struct err *e) NODISCARD;
#endif
