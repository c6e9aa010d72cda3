/* Certificates of patterns: any text is refused or verified against a small table; what is called safe is safe by the audit of the very pattern, and
 * writing what was read gives the same text. The seal is made here, so that the fuzzer gets behind it. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "estimators/sdc/suppress/certificate.h"

static const char cells[] = "id,key,value,status,lpl,upl\n0,,60,s,0,0\n1,,20,s,0,0\n2,,40,s,0,0\n3,,15,s,0,0\n4,,5,u,1,1\n5,,10,u,1,1\n6,,45,s,0,"
                            "0\n7,,15,s,0,0\n8,,30,s,0,0\n";
static const char relations[] = "0,1,2\n3,4,5\n6,7,8\n0,3,6\n1,4,7\n2,5,8\n";

static void verify(struct arena *a, struct str text) {
  struct cell_table *t;
  struct certificate x;
  struct certificate_verdict v;
  struct audit_report r;
  struct strbuf again;
  struct err e = {.code = E_OK};
  if (cells_parse(a, "cells", str_of(cells), "relations", str_of(relations), &t, &e)) __builtin_trap();
  if (certificate_read(a, "certificate", text, &x, &e)) return;
  strbuf_init(&again, 0);
  certificate_write(&x, &again);
  if (again.n != text.n || memcmp(again.p, text.p, text.n) != 0) __builtin_trap();
  strbuf_release(&again);
  if (certificate_verify(t, &x, &v, &e)) return;
  uint8_t *hidden = ARENA_ARRAY(a, uint8_t, t->n_cells + 1);
  for (int32_t i = 0; hidden && i < x.n_hidden; i++) hidden[x.hidden[i]] = 1;
  if (!hidden || audit_run(a, t, hidden, &(struct audit_options){.exact = true}, &r, &e)) return;
  if (v.clean && !r.clean) __builtin_trap();
  if (v.n_narrow > r.n_violations || v.n_exact > r.n_exact) __builtin_trap(); /* no false alarm is proved either */
}
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct arena *a = arena_new(1 << 26);
  struct strbuf b;
  struct digest h;
  char seal[DIGEST_TEXT], digest[DIGEST_TEXT];
  struct cell_table *t;
  if (!a) return 0;
  verify(a, str_view((const char *)p, n));
  if (cells_parse(a, "cells", str_of(cells), "relations", str_of(relations), &t, NULL)) __builtin_trap();
  certificate_digest(t, digest);
  strbuf_init(&b, 0); /* the head is right, the rest is the input, the seal is made for it */
  strbuf_addf(&b, "shirabe-certificate 1\ntable 9 6 0 0 %s\n", digest);
  strbuf_add(&b, (const char *)p, n);
  if (n && p[n - 1] != '\n') strbuf_addc(&b, '\n');
  digest_begin(&h);
  digest_text(&h, str_view(b.p, b.n));
  digest_end(&h, seal);
  strbuf_addf(&b, "seal %s\n", seal);
  verify(a, str_view(b.p, b.n));
  strbuf_release(&b);
  arena_free(a);
  return 0;
}
