/* sign_note TEXT KEYS NAME... -- a signed note of the text by new keys of these names, to standard output; their verifier keys are appended to the
 * file KEYS. For demonstrations and tests: real signers keep their keys to themselves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_sodium.h"
#include "secure-store/signed_note.h"

static int sign(struct str text, const char *name, FILE *keys, struct strbuf *note) {
  struct note_key k = {.id = {0}};
  struct strbuf one;
  struct err e;
  char vkey[NOTE_VKEY_BYTES];
  sign_keypair(k.public_key, k.secret);
  strbuf_init(&one, 0);
  if (note_key_name(&k, name, &e) || note_sign(&k, text, &one, &e)) return 70;
  note_vkey_text(&k, vkey);
  fprintf(keys, "%s\n", vkey);
  strbuf_add(note, one.p + (note->n ? text.n + 1 : 0), one.n - (note->n ? text.n + 1 : 0)); /* further signatures without the text */
  strbuf_release(&one);
  return 0;
}
int main(int argc, char **argv) {
  struct strbuf note;
  struct err e;
  uint8_t *p = NULL;
  size_t n = 0;
  int status = 0;
  if (argc < 4) return fputs("usage: sign_note TEXT KEYS NAME...\n", stderr), 64;
  FILE *keys = fopen(argv[2], "a");
  if (!keys || file_read(argv[1], 1 << 20, &p, &n, &e)) return fputs("cannot read the text or write the keys\n", stderr), 66;
  strbuf_init(&note, 0);
  for (int i = 3; i < argc && !status; i++) status = sign((struct str){(char *)p, n}, argv[i], keys, &note);
  fwrite(note.p, 1, note.n, stdout);
  strbuf_release(&note);
  free(p);
  return fclose(keys) ? 73 : status;
}
