/* provide_members.c -- the files of a package. Rows are written by one thread per format: each reads the frame by itself, so results do not depend
 * on the number of threads. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "secure-store/extract/documents.h"
#include "secure-store/extract/provide_impl.h"

struct row_file {
  const struct frame *f;
  const struct extract_head *h;
  unsigned format;
  struct member_write *w;
  enum err_code code;
  struct err error;
  pthread_t thread;
  bool started;
};
static void *write_rows(void *context) {
  struct row_file *r = context;
  if (r->format == PROVIDE_CSV) r->code = extract_write_csv(r->f, r->h, package_member_add, r->w, &r->error);
  else r->code = extract_write_stat(r->f, r->h, r->format == PROVIDE_DTA ? STAT_DTA : STAT_SAV, package_member_add, r->w, &r->error);
  if (!r->code) r->code = package_member_end(r->w, &r->error);
  else package_member_abort(r->w);
  r->w = NULL;
  return NULL;
}
static enum err_code begin(struct package *package, struct row_file *r, const char *suffix, struct err *e) {
  char name[PACKAGE_NAME + 16];
  snprintf(name, sizeof name, "data/%.60s.%s", r->h->form, suffix);
  if (!package_name_ok(name)) snprintf(name, sizeof name, "data/data.%s", suffix);
  return package_member_begin(package, name, &r->w, e);
}
static enum err_code row_files(
    struct package *package, const struct job *job, const struct frame *f, const struct extract_head *h, unsigned formats, struct err *e) {
  static const struct {
    unsigned format;
    const char *suffix;
  } all[] = {{PROVIDE_DTA, "dta"}, {PROVIDE_SAV, "sav"}, {PROVIDE_CSV, "csv"}};
  struct row_file list[3];
  int n = 0;
  enum err_code code = E_OK;
  for (int i = 0; !code && i < 3; i++) {
    if (!(formats & all[i].format)) continue;
    list[n] = (struct row_file){.f = f, .h = h, .format = all[i].format};
    code = begin(package, &list[n], all[i].suffix, e);
    if (!code) n++;
  }
  for (int i = 0; i < n; i++) {
    if (code) {
      package_member_abort(list[i].w);
      continue;
    }
    list[i].started = job->n_threads > 1 && i + 1 < n && pthread_create(&list[i].thread, NULL, write_rows, &list[i]) == 0;
    if (!list[i].started) write_rows(&list[i]);
  }
  for (int i = 0; i < n; i++) {
    if (list[i].started) pthread_join(list[i].thread, NULL);
    if (!code && list[i].code) code = list[i].code, *e = list[i].error;
  }
  return code;
}

enum document { CODEBOOK_CSV, CODEBOOK_JA, CODEBOOK_EN, DDI, TERMS_JA, TERMS_EN, LEDGER, DOCUMENTS };
static const char *const document_name[DOCUMENTS] = {"codebook/codebook.csv", "codebook/codebook-ja.txt", "codebook/codebook-en.txt",
    "codebook/ddi.xml", "terms-ja.txt", "terms-en.txt", "ledger.csv"};
static enum err_code document(enum document d, const struct frame *f, const struct extract_head *h, struct strbuf *out, struct err *e) {
  switch (d) {
  case CODEBOOK_CSV: return extract_codebook_csv(f, h, out, e);
  case CODEBOOK_JA: return extract_codebook_text(f, h, true, out, e);
  case CODEBOOK_EN: return extract_codebook_text(f, h, false, out, e);
  case DDI: return extract_ddi(f, h, out, e);
  case TERMS_JA: return extract_terms(h, true, out, e);
  case TERMS_EN: return extract_terms(h, false, out, e);
  case LEDGER: return extract_ledger(h, f->n_rows, out, e);
  case DOCUMENTS: break;
  }
  return ERR(e, E_BUG, .subject = "document");
}
enum err_code provide_members(
    struct package *package, const struct job *job, const struct frame *f, const struct extract_head *h, unsigned formats, struct err *e) {
  TRY(row_files(package, job, f, h, formats, e));
  for (int d = 0; d < DOCUMENTS; d++) {
    struct strbuf b;
    strbuf_init(&b, 0);
    enum err_code code = document((enum document)d, f, h, &b, e);
    if (!code) code = package_put(package, document_name[d], str_view(b.p, b.n), e);
    strbuf_release(&b);
    TRY(code);
  }
  return E_OK;
}
