/* intake_print.h -- the reports of intake, as text tables and as JSON. Field names of the JSON: collector/intake.md. */
#ifndef SHIRABE_COLLECTOR_INTAKE_PRINT_H
#define SHIRABE_COLLECTOR_INTAKE_PRINT_H
#include "base/cli.h"
#include "collector/intake.h"

/* survey/form or survey/form/version, read for the day of the period (today when there is none). Arena: the job's. */
enum err_code intake_form(struct cli *c, const char *spec, const char *period, struct form **out, struct err *e) NODISCARD;
void intake_print_report(struct cli *c, const char *file, const struct form *f, const struct intake_report *r, const int64_t *check_failed);
void intake_print_list(struct cli *c, const struct intake_entry *entries, int64_t n);
void intake_print_problems(struct cli *c, const struct form *form, const struct intake_entry *entry, const struct intake_problem *problems, int64_t n);
void intake_print_closing(struct cli *c, const char *form, const char *period, const struct intake_closing *closing);
#endif
