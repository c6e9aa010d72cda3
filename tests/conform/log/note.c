/* note.c -- signed notes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secure-store/signed_note.h"
#include "tests/conform/log/cases.h"

static bool key_beside(const char *path, struct note_key *k) {
  char name[LOG_PATH];
  size_t n = 0;
  snprintf(name, sizeof name, "%.*s.vkey", (int)(strlen(path) - strlen(".note")), path);
  char *vkey = (char *)slurp(name, 4096, &n);
  if (vkey) vkey[strcspn(vkey, "\r\n")] = 0;
  bool ok = vkey && note_vkey_parse(vkey, k, NULL) == E_OK;
  free(vkey);
  return ok;
}
static const char *judge(const struct note_key *k, char *note, size_t n) {
  struct str text;
  struct note_key other = *k;
  if (note_verify(k, str_view(note, n), &text, NULL)) return "does not verify";
  snprintf(other.name, sizeof other.name, "%.100s-other", k->name);
  if (!note_verify(&other, str_view(note, n), &text, NULL)) return "verifies under a key of another name";
  for (size_t i = 0; i < n; i++) {
    for (int bit = 1; bit < 256; bit *= 2) {
      note[i] = (char)(note[i] ^ bit);
      bool taken = note_verify(k, str_view(note, n), &text, NULL) == E_OK;
      note[i] = (char)(note[i] ^ bit);
      if (taken) return "verifies with a bit flipped";
    }
    if (!note_verify(k, str_view(note, i), &text, NULL)) return "verifies although it is cut";
  }
  return NULL;
}
void note_case(struct tally *t, const char *id, const char *path) {
  struct note_key k;
  size_t n = 0;
  char *note = (char *)slurp(path, 1 << 20, &n);
  const char *differs = !note ? "the file cannot be read" : !key_beside(path, &k) ? "there is no good .vkey beside it" : judge(&k, note, n);
  tally_add(t, id, differs ? FAILED : PASSED, differs);
  free(note);
}
