/* batch_forms.h -- forms and surveys read once in a receiving job, by survey, form and version: a medium of 1,900 batches names the same few versions, and
 * their code lists are large.
 * Memory   an arena of its own, freed with the object; a form stays valid until then. Errors E_BATCH_FORM. Cost: one reading per version. */
#ifndef SHIRABE_COLLECTOR_BATCH_FORMS_H
#define SHIRABE_COLLECTOR_BATCH_FORMS_H
#include "collector/derive.h"
#include "forms/form.h"

struct batch_forms;
enum err_code batch_forms_new(const struct job *job, const char *folder, struct batch_forms **out, struct err *e) NODISCARD;
void batch_forms_free(struct batch_forms *f); /* NULL allowed */
enum err_code batch_forms_form(struct batch_forms *f, const char *survey, const char *form, const char *version, const struct form **out,
    struct err *e) NODISCARD;
enum err_code batch_forms_deriver(struct batch_forms *f, const struct form *form, struct deriver **out,
    struct err *e) NODISCARD; /* of a form this object read */
enum err_code batch_forms_survey(struct batch_forms *f, const char *survey, const struct form_survey **out, struct err *e) NODISCARD;
#endif
