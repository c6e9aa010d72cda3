/* quality_impl.h -- what writing and checking the quality report share. For secure-store/bundle/quality_*.c only. */
#ifndef SHIRABE_SECURE_STORE_QUALITY_IMPL_H
#define SHIRABE_SECURE_STORE_QUALITY_IMPL_H
#include "base/json_out.h"
#include "secure-store/bundle/quality_report.h"

/* The member "tables": counted from the long forms among the parts. */
enum err_code quality_tables(
    struct json_out *j, const struct release_part *parts, int64_t n, const struct bundle_words *words, struct err *e) NODISCARD;
#endif
