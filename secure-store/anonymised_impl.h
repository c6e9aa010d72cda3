/* anonymised_impl.h -- what the two files of the door for anonymised records share. */
#ifndef SHIRABE_SECURE_STORE_ANONYMISED_IMPL_H
#define SHIRABE_SECURE_STORE_ANONYMISED_IMPL_H
#include "base/ext_sodium.h"
#include "secure-store/anonymised.h"
#include "secure-store/release_parts.h"
#include "secure-store/rights/record_impl.h"

enum { ANONYMISED_PARTS_MOST = 16 };
static const size_t ANONYMISED_PART_BYTES = (size_t)2 << 30;
void anonymised_hex(struct str bytes, char out[65]);
bool anonymised_part_name(const char *name);
/* Manifest, signature and folder; hash: of the manifest. */
enum err_code anonymised_write(
    struct store *s, const struct anonymised_request *q, struct anonymised_result *out, uint8_t hash[32], struct err *e) NODISCARD;
#endif
