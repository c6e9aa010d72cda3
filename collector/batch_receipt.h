/* batch_receipt.h -- the signed answer to a batch: what was received, under which number, how many records of which office and form.
 * Form     age( zstd( tar: receipt.json, receipt.json.minisig, amendments ) ) to the sender; made once inside the receiving transaction and kept,
 *          so that receiving the same batch again gives the same file. Page: batch.md. */
#ifndef SHIRABE_COLLECTOR_BATCH_RECEIPT_H
#define SHIRABE_COLLECTOR_BATCH_RECEIPT_H
#include "collector/batch.h"

enum err_code batch_receipt_make(struct store *s, struct arena *a, const struct batch_content *c, const struct office *sender, int64_t now,
                                 int64_t access, struct err *e) NODISCARD;
/* Made anew with what has come up since (amendments): inside a transaction; then written. child: whom the receipt is for. */
enum err_code batch_receipt_renew(struct store *s, struct arena *a, const char *id, const char *child, int64_t access, struct err *e) NODISCARD;
enum err_code batch_receipt_write_by_id(struct store *s, struct arena *a, const char *id, const char *folder, int64_t access, char path[4096],
                                        struct err *e) NODISCARD;
enum err_code batch_receipt_write(struct store *s, const char *id, const struct batch_manifest *m, const char *folder, int64_t access, char path[4096], struct err *e) NODISCARD;
/* The receipt of the last batch that brought `office`'s month, made again with the decisions of today and written to the folder; path "" when none
 * came. */
enum err_code batch_receipt_again(
    struct store *s, const char *survey, const char *period, const char *office, const char *folder, char path[4096], struct err *e) NODISCARD;
#endif
