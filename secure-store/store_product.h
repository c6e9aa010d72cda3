/* store_product.h -- intermediate products (中間生成物): what a job leaves in the store is controlled like the data it was made from (T7).
 * Product  one output of `store job`: a blob of kind "job-output" or "job-messages" (its name begins with the job's id, so that two jobs never share
 *          one) and one record "product:BLOB", canonical JSON "shirabe-product-1" bound to a leaf job-end: its label, which is the strictest part of
 *          the columns read, the dataset, the hash over the columns, the grant with its person, legal basis and end.
 * Opening  in a store with officers under the grant it was made under, as long as that is in force (rows are counted as for files: 128 bytes a
 *          row), or under one that names blob/job-output itself; E_JOB_PRODUCT. Nothing of it is a plain file.
 * Counted  each output is a table of the grant (limits tables_per_day) before it is sealed.
 * Source   secure.md T7; DBG 10877/7. */
#ifndef SHIRABE_SECURE_STORE_STORE_PRODUCT_H
#define SHIRABE_SECURE_STORE_STORE_PRODUCT_H
#include "secure-store/store.h"

struct store_product {
  char basis[24], columns_sha256[65], dataset[200], grant[41], id[65], job[17], kind[24], person[41];
  int64_t bytes, label, rows, until; /* label: item_part number, 0 = strictest; rows that went in; until: end of the grant, 0 = none */
};
const char *store_product_label(int64_t label); /* "id", "link", "answer", "paradata" */
bool store_product_kind(const char *dataset);   /* "blob/job-output", "blob/job-messages" */
enum err_code store_product_text(struct store *s, const struct store_product *p, struct strbuf *out, struct err *e) NODISCARD;
enum err_code store_product_parse(struct store *s, struct str json, struct store_product *out, struct err *e) NODISCARD;
enum err_code store_product_put(struct store *s, const struct store_product *p, struct err *e) NODISCARD; /* inside the transaction of the blob */
/* The record of a blob, compared with its leaf; *found false when it is no product of a job. */
enum err_code store_product_find(struct store *s, const char *blob, struct store_product *out, bool *found, struct err *e) NODISCARD;
/* Every product in the order it was made: from = 0, then *next; *found false at the end. */
enum err_code store_product_next(struct store *s, uint64_t from, struct store_product *out, uint64_t *next, bool *found, struct err *e) NODISCARD;
#endif
