/* cmd_estimate_result.h -- result tables for the commands that compare, draw and describe them: made now from the store, kept in the store, or in a
 *    file; their digests; words for their codes. For the cmd_ files only.
 * From     FILE (a text with '/' or '.'), or the first 8 or more hex digits of a kept table (`estimate run --keep`), which is read with an entry
 *          in the log.
 * Digest   SHA-256 of table_digest.h. A document that carries a digest is checked against its content: E_RESULT_DIGEST. */
#ifndef SHIRABE_ESTIMATORS_CMD_ESTIMATE_RESULT_H
#define SHIRABE_ESTIMATORS_CMD_ESTIMATE_RESULT_H
#include "base/cli.h"
#include "estimators/command/cmd_estimate_core.h"
#include "estimators/table/result_read.h"

enum { ESTIMATE_RESULT_BYTES = 256 << 20, ESTIMATE_LABEL_FORMS = 64 };
/* Sets t->digest. */
enum err_code estimate_digest(struct result_table *t, struct err *e) NODISCARD;
/* *s is opened when a kept table needs it and is the caller's to close. */
enum err_code estimate_result_read(struct cli *c, struct store **s, const char *from, struct result_document *out, struct err *e) NODISCARD;
/* The table of that id; with NULL the only one: E_RESULT_WHICH, E_TABLE_UNKNOWN. */
enum err_code estimate_result_table(const struct result_document *d, const char *id, struct result_table **out, struct err *e) NODISCARD;
/* A run as a document: lineage, weights, tables with their digests. */
enum err_code estimate_result_of_run(struct arena *a, const struct estimate_output *r, struct result_document *out, struct err *e) NODISCARD;

/* Code lists of the table's form, then of the survey's other forms; without the form library codes have no words (n_forms = 0). */
struct estimate_labels {
  const struct form *forms[ESTIMATE_LABEL_FORMS];
  int n_forms;
};
void estimate_labels_read(struct cli *c, const struct result_table *t, struct estimate_labels *out);
struct str estimate_code_label(const void *labels, const char *dimension, struct str code, enum err_lang lang);
struct str estimate_item_label(const void *labels, const char *name, enum err_lang lang);
const struct item *estimate_label_item(const struct estimate_labels *l, const char *name); /* NULL = not known */
#endif
