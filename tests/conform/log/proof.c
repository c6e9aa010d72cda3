/* proof.c -- inclusion and consistency proofs. */
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/merkle.h"
#include "tests/conform/log/cases.h"

static bool hash_of(const char *text, uint8_t out[MERKLE_HASH]) {
  return text && base64_decode(text, strlen(text), true, out, MERKLE_HASH) == MERKLE_HASH;
}
/* False when a hash of the proof is not 32 bytes: such a proof cannot even be expressed. */
static bool proof_of(const struct json_value *v, struct merkle_proof *out) {
  const struct json_value *list = json_member(v, "proof");
  out->n = 0;
  for (size_t i = 0; i < json_length(list); i++) {
    if (out->n >= MERKLE_PROOF_MAX || !hash_of(json_string(json_element(list, i)), out->hash[out->n])) return false;
    out->n++;
  }
  return true;
}
static bool number_of(const struct json_value *v, const char *key, uint64_t *out) {
  int64_t number;
  if (!json_integer(json_member(v, key), &number)) return false;
  *out = (uint64_t)number;
  return true;
}
static bool inclusion_holds(const struct json_value *v, uint64_t index, uint64_t size) {
  uint8_t root[MERKLE_HASH], leaf[MERKLE_HASH];
  struct merkle_proof proof;
  return hash_of(json_member_string(v, "root", NULL), root) && hash_of(json_member_string(v, "leafHash", NULL), leaf) && proof_of(v, &proof) &&
         merkle_verify_inclusion(leaf, index, size, &proof, root);
}
static bool consistency_holds(const struct json_value *v, uint64_t size1, uint64_t size2) {
  uint8_t root1[MERKLE_HASH], root2[MERKLE_HASH];
  struct merkle_proof proof;
  return hash_of(json_member_string(v, "root1", NULL), root1) && hash_of(json_member_string(v, "root2", NULL), root2) && proof_of(v, &proof) &&
         merkle_verify_consistency(size1, size2, root1, root2, &proof);
}
bool proof_case(struct tally *t, const char *id, const struct json_value *v) {
  uint64_t a, b;
  bool holds, refuse;
  if (!json_boolean(json_member(v, "wantErr"), &refuse)) return false;
  if (number_of(v, "leafIdx", &a) && number_of(v, "treeSize", &b)) holds = inclusion_holds(v, a, b);
  else if (number_of(v, "size1", &a) && number_of(v, "size2", &b)) holds = consistency_holds(v, a, b), refuse = refuse || a == 0;
  else return false;
  tally_add(t, id, holds != refuse ? PASSED : FAILED, refuse ? "accepted" : "refused");
  return true;
}
