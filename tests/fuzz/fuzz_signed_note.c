/* Any bytes as a note, a checkpoint and a verifier key: refused, or read and written back the same. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/signed_note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void as_vkey(const uint8_t *data, size_t n) {
  char text[NOTE_VKEY_BYTES + 32], again[NOTE_VKEY_BYTES];
  struct note_key k;
  if (n >= sizeof text) return;
  memcpy(text, data, n);
  text[n] = 0;
  if (note_vkey_parse(text, &k, NULL)) return;
  note_vkey_text(&k, again);
  for (char *c = text; *c; c++) /* the id may come in upper case */
    if (c - text > (long)strlen(k.name) && c - text <= (long)strlen(k.name) + 8 && *c >= 'A' && *c <= 'F') *c = (char)(*c + 32);
  if (strcmp(text, again) != 0) abort();
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  static const char vkey[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
  struct note_key k;
  struct checkpoint c;
  struct str note = str_view((const char *)data, n), text;
  if (!crypto_start() || note_vkey_parse(vkey, &k, NULL)) abort();
  if (note_verify(&k, note, &text, NULL) == E_OK && (text.n == 0 || text.p[text.n - 1] != '\n' || text.n > n)) abort();
  (void)!checkpoint_parse(note, &c, NULL);
  (void)!checkpoint_verify(&k, note, &c, NULL);
  as_vkey(data, n);
  return 0;
}
