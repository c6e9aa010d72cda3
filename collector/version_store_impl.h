/* version_store_impl.h -- what version_store.c and version_conflict.c share. */
#ifndef SHIRABE_COLLECTOR_VERSION_STORE_IMPL_H
#define SHIRABE_COLLECTOR_VERSION_STORE_IMPL_H
#include "collector/version_store.h"

#define VERSION_CHANGES "corrections"
#define VERSION_DECISIONS "decisions"
enum err_code version_put_text(struct column *c, int64_t row, struct str text, struct err *e) NODISCARD;
enum err_code version_write_table(struct store *s, const struct version_owner *o, const char *stage, const char *form_hash, const char *batch,
                                  const char *sender, int64_t number, const struct table *t, const uint8_t *parts, struct err *e) NODISCARD;
enum err_code version_decisions(struct store *s, struct arena *a, const struct version_owner *o, int64_t access, struct version_decision **out,
                                int64_t *n, struct err *e) NODISCARD;
enum err_code version_file_conflicts(struct store *s, const struct version_owner *o, const struct version_chain *c, struct err *e) NODISCARD;
#endif
