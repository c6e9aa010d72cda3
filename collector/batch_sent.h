/* batch_sent.h -- the sending side's books: last number of a stream, what a shard was sent in, which received batches wait to be forwarded. */
#ifndef SHIRABE_COLLECTOR_BATCH_SENT_H
#define SHIRABE_COLLECTOR_BATCH_SENT_H
#include "collector/batch.h"

enum err_code batch_last_sent(struct store *s, const char *survey, int64_t *sequence, char id[BATCH_ID_HEX], struct err *e) NODISCARD;
/* A batch of this survey and period that is committed but whose file was never written (a crash in between): its number, 0 = none. */
enum err_code batch_unwritten(struct store *s, const char *survey, const char *period, int64_t *sequence, struct err *e) NODISCARD;
enum err_code batch_mark_written(struct store *s, const char *id, struct err *e) NODISCARD;
enum err_code batch_record_sent(struct store *s, const struct batch_manifest *m, const char *id, const char *file_name, const char *blob, int64_t now, struct err *e) NODISCARD;
enum err_code batch_record_count(struct store *s, const char *id, const struct batch_count *c, int64_t shard, int64_t stored, struct err *e) NODISCARD;
enum err_code batch_mark_shard(struct store *s, int64_t shard, const char *id, struct err *e) NODISCARD;
enum err_code batch_shard_is_sent(struct store *s, int64_t shard, bool *sent, struct err *e) NODISCARD;
/* "vital-2025-12-municipality-011002-000001.tar.zst.age": ASCII, no case dependence, at most 64 bytes. */
void batch_file_name(const struct batch_manifest *m, char out[96]);
/* Do files of this form and period that were not sent yet hold corrections or withdrawals? */
enum err_code batch_unsent_changes(struct store *s, const char *survey, const char *form, const char *period, bool *found, struct err *e) NODISCARD;
#endif
