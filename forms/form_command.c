/* form_command.c -- see form_command.h. */
#include "forms/form_command.h"


enum { DAY_SECONDS = 86400, JST_SECONDS = 9 * 3600 };

/* A part of a path: no way out of the library. */
static bool part_ok(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] == '/' || (s.p[i] == '.' && i == 0)) return false;
  return s.n > 0;
}

enum err_code form_operand_parse(struct arena *a, const char *text, struct form_operand *out, struct err *e) {
  const char **parts[] = {&out->survey, &out->form, &out->version};
  struct str rest = str_of(text);
  *out = (struct form_operand){0};
  for (int i = 0; i < 3 && (i == 0 || rest.n); i++) {
    struct str part = str_split(rest, '/', &rest);
    if (!part_ok(part)) return ERR(e, E_FORM_OPERAND, .subject = text);
    *parts[i] = arena_strdup(a, part.p, part.n);
    if (!*parts[i]) return ERR(e, E_NO_MEMORY, .subject = text);
  }
  return rest.n ? ERR(e, E_FORM_OPERAND, .subject = text) : E_OK;
}

const char *form_operand_folder(struct cli *c) {
  const char *given = cli_text(c, "forms");
  return given ? given : forms_folder();
}

int64_t form_today(struct cli *c) {
  int64_t seconds = job_now(cli_job(c)) + JST_SECONDS;
  return (seconds - (seconds < 0 ? DAY_SECONDS - 1 : 0)) / DAY_SECONDS;
}

enum err_code form_operand_day(struct cli *c, int64_t otherwise, int64_t *day, struct err *e) {
  const char *at = cli_text(c, "at");
  *day = otherwise;
  if (at && !date_parse_iso(str_of(at), day)) return ERR(e, E_FORM_AT, .subject = at);
  return E_OK;
}
