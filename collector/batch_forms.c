#include "collector/batch_forms.h"

#include <string.h>

enum { MAX_READ = 256 };

struct read_form {
  const char *survey;
  struct form *form;
  struct deriver *deriver; /* NULL: not yet asked for */
};
struct batch_forms {
  struct arena *arena; /* owns this struct */
  const struct job *job;
  const char *folder;
  int n_forms, n_surveys;
  struct read_form forms[MAX_READ];
  struct form_survey *surveys[MAX_READ];
};

enum err_code batch_forms_new(const struct job *job, const char *folder, struct batch_forms **out, struct err *e) {
  struct arena *a = arena_new(0);
  struct batch_forms *f = a ? ARENA_NEW(a, struct batch_forms) : NULL;
  *out = f;
  if (f) f->folder = arena_strdup(a, folder, strlen(folder));
  if (!f || !f->folder) {
    arena_free(a);
    *out = NULL;
    return ERR(e, E_NO_MEMORY, .subject = "forms");
  }
  f->arena = a;
  f->job = job;
  return E_OK;
}

void batch_forms_free(struct batch_forms *f) {
  if (f) arena_free(f->arena);
}

enum err_code batch_forms_form(struct batch_forms *f, const char *survey, const char *form, const char *version, const struct form **out,
    struct err *e) {
  struct err inner = {.code = E_OK};
  struct form *read = NULL;
  for (int i = 0; i < f->n_forms; i++) {
    const struct form *known = f->forms[i].form;
    if (strcmp(f->forms[i].survey, survey) || strcmp(known->id, form) || strcmp(known->version, version)) continue;
    *out = known;
    return E_OK;
  }
  if (f->n_forms == MAX_READ) return ERR(e, E_CAP_EXCEEDED, .subject = form, .expected = "256 versions of forms in one job");
  enum err_code code = form_read(f->arena, f->job, f->folder, survey, form, version, INT64_MIN, &read, NULL, &inner);
  if (code == E_NO_MEMORY) return ERR(e, code, .subject = form);
  const char *name = arena_strdup(f->arena, survey, strlen(survey));
  if (code || !name) return ERR(e, code ? E_BATCH_FORM : E_NO_MEMORY, .subject = form, .expected = version);
  f->forms[f->n_forms++] = (struct read_form){name, read, NULL};
  *out = read;
  return E_OK;
}

enum err_code batch_forms_deriver(struct batch_forms *f, const struct form *form, struct deriver **out, struct err *e) {
  *out = NULL;
  for (int i = 0; i < f->n_forms; i++) {
    if (f->forms[i].form != form) continue;
    if (!f->forms[i].deriver) f->forms[i].deriver = deriver_new(f->arena, form);
    *out = f->forms[i].deriver;
    return *out ? E_OK : ERR(e, E_NO_MEMORY, .subject = form->id);
  }
  return ERR(e, E_BUG, .subject = "batch_forms_deriver");
}

enum err_code batch_forms_survey(struct batch_forms *f, const char *survey, const struct form_survey **out, struct err *e) {
  struct form_survey *read = NULL;
  for (int i = 0; i < f->n_surveys; i++)
    if (!strcmp(f->surveys[i]->id, survey)) {
      *out = f->surveys[i];
      return E_OK;
    }
  if (f->n_surveys == MAX_READ) return ERR(e, E_CAP_EXCEEDED, .subject = survey);
  TRY(survey_read(f->arena, f->folder, survey, &read, e));
  f->surveys[f->n_surveys++] = read;
  *out = read;
  return E_OK;
}
