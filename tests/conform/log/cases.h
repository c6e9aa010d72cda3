/* cases.h -- the three kinds of vectors of transparency logs, each through secure-store/merkle.h and signed_note.h. */
#ifndef SHIRABE_TESTS_CONFORM_LOG_CASES_H
#define SHIRABE_TESTS_CONFORM_LOG_CASES_H
#include "base/ext_json.h"
#include "tests/conform/common/tally.h"

enum { LOG_FILE_MAX = 64 << 20, LOG_PATH = 4200 };
/* One proof of transparency-dev/merkle: {leafIdx, treeSize, leafHash, root | size1, size2, root1, root2, proof, wantErr}. Must be taken or refused as
 * said; a consistency proof from size 0 must be refused whatever is said, because it proves nothing. False when it is no such object. */
bool proof_case(struct tally *t, const char *id, const struct json_value *v);
/* NAME.note with NAME.vkey beside it: verifies; with any bit flipped, cut anywhere, or under a key of another name, it does not. */
void note_case(struct tally *t, const char *id, const char *path);
/* A folder with `checkpoint` and `tile/`: every checkpoint, hash tile and entry bundle is rebuilt from the entries. The verifier key is the file
 * `vkey` of the folder, or that of a public log known by its origin. */
bool is_tiled_log(const char *folder);
void tiled_log_cases(struct tally *t, const char *id, const char *folder);
#endif
