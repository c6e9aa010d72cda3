/* Any bytes as the parts of a workbook that the rules on machine readability read: sheet, styles, drawing, separated by a line with ====. The
 *          parser's message is taken
 * in by the parent's reader, which accepts it, and the rules judge what comes out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/ext_sodium.h"
#include "collector/readable/readable_impl.h"
#include "tests/unit/zip_writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char drawing_link[] = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" "
    "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/drawing\" Target=\"../d.xml\"/></Relationships>";
static struct str next_part(struct str *rest, const char *otherwise) {
  static const char line[] = "\n====\n";
  struct str part = *rest;
  char *end = part.n ? memmem(part.p, part.n, line, sizeof line - 1) : NULL;
  *rest = end ? str_view(end + sizeof line - 1, part.n - (size_t)(end - part.p) - sizeof line + 1) : str_view("", 0);
  if (end) part.n = (size_t)(end - part.p);
  return part.n ? part : str_of(otherwise);
}
static int book_of(struct str rest) {
  struct zip_writer z;
  struct str sheet = next_part(&rest, xlsx_rows), styles = next_part(&rest, xlsx_style), drawing = next_part(&rest, "<d/>");
  zip_begin(&z);
  zip_stored(&z, "[Content_Types].xml", STR("<Types/>"));
  zip_stored(&z, "_rels/.rels", str_of(xlsx_package));
  zip_stored(&z, "xl/_rels/workbook.xml.rels", str_of(xlsx_links));
  zip_stored(&z, "xl/workbook.xml", str_of(xlsx_book));
  zip_stored(&z, "xl/styles.xml", styles);
  zip_stored(&z, "xl/strings.xml", str_of(xlsx_texts));
  zip_stored(&z, "xl/worksheets/a.xml", sheet);
  zip_stored(&z, "xl/worksheets/_rels/a.xml.rels", str_of(drawing_link));
  zip_stored(&z, "xl/d.xml", drawing);
  zip_finish(&z);
  int fd = memfd_create("fuzz", MFD_CLOEXEC);
  if (fd < 0 || write(fd, z.out.p, z.out.n) != (ssize_t)z.out.n) abort();
  strbuf_release(&z.out);
  return fd;
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct arena *a = arena_new((size_t)512 << 20);
  struct job job = {.n_threads = 1, .arena = a};
  struct readable_file f;
  struct readable_report r;
  const struct readable_spec spec = {.level = 3};
  struct err e = {.code = E_OK};
  char path[64];
  static bool started;
  if (!started) started = crypto_start();
  if (!a) abort();
  int fd = book_of(str_view((const char *)data, n));
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  enum err_code code = readable_open(&job, path, false, &f, &e);
  if (code == E_BUG || code == E_SANDBOX_KILLED) abort(); /* killed: the reader said something out of form */
  if (!code && readable_judge(a, &f, &spec, &r, &e) == E_BUG) abort();
  close(fd);
  arena_free(a);
  return 0;
}
