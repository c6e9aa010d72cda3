/* cmd_use_output_picture.c -- see cmd_use_output_picture.h. */
#include "estimators/command/cmd_use_output_picture.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/ext_png.h"
#include "secure-store/sandbox.h"

enum { ANSWER_MAX = 300 << 20 };
struct drawing {
  const char *name;
  struct str picture;
  int bits;
};
/* The picture, or nothing: then it could not be drawn. The exit status is that of the worker in any case. */
static int work(void *context, int channel) {
  const struct drawing *d = context;
  struct strbuf out;
  struct err e;
  strbuf_init(&out, ANSWER_MAX);
  if (png_redraw(d->name, d->picture, d->bits, &out, &e)) return 0;
  return sandbox_write(channel, out.p, out.n) ? 0 : 1;
}
static enum err_code draw(struct store *s, struct drawing *d, struct strbuf *answer, struct err *e) {
  const struct sandbox_spec spec = {.name = d->name, .in = -1, .out = -1, .error = -1, .optional = store_office(s)->light,
      .limits = {.memory_bytes = (uint64_t)1536 << 20}};
  struct sandbox worker;
  struct sandbox_result result;
  TRY(sandbox_start(&spec, work, d, &worker, e));
  if (!sandbox_read_all(worker.channel, answer)) {
    sandbox_stop(&worker);
    return ERR(e, E_SANDBOX_KILLED, .file = d->name, .subject = d->name, .found = "it sent too much, or stopped");
  }
  sandbox_wait(&worker, NULL, &result);
  return sandbox_judge(d->name, &result, e);
}
enum err_code output_picture_redraw(struct store *s, struct arena *a, struct output_file *f, int bits, bool *drawn, struct err *e) {
  struct drawing d = {f->name, f->bytes, bits};
  struct strbuf answer;
  *drawn = png_available();
  if (!*drawn) return E_OK;
  strbuf_init(&answer, ANSWER_MAX);
  enum err_code code = draw(s, &d, &answer, e);
  if (!code && answer.n == 0) code = ERR(e, E_OUTPUT_PICTURE, .file = f->name, .subject = f->name, .found = "no picture that can be shown");
  const char *copy = code ? NULL : arena_strdup(a, answer.p, answer.n);
  if (!code && !copy) code = ERR(e, E_NO_MEMORY, .subject = f->name);
  if (!code) f->bytes = str_view(copy, answer.n);
  strbuf_release(&answer);
  return code;
}
