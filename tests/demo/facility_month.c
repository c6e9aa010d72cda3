/* facility_month.c -- sample months of the four facility surveys with known truth: facility_month [--seed N] FOLDER. Files
 * SURVEY-FORM-PERIOD.csv and, with planted errors, SURVEY-FORM-PERIOD-planted.csv; truth.csv (survey,period,class,measure,numerator,denominator);
 * planted.csv (form,period,facility,kind,check). The same bytes for the same seed. */
#include <sys/stat.h>

#include "tests/demo/facility_hospitals.h"
#include "tests/demo/facility_institutions.h"
#include "tests/demo/facility_services.h"

int main(int argc, char **argv) {
  struct facility_world w = {.seed = 20251201};
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--seed") && i + 1 < argc) w.seed = strtoull(argv[++i], NULL, 10);
    else w.folder = argv[i];
  }
  if (!w.folder) {
    fprintf(stderr, "usage: facility_month [--seed N] FOLDER\n");
    return 64;
  }
  mkdir(w.folder, 0700);
  w.arena = arena_new(0);
  if (!w.arena) demo_stop("no memory");
  w.job = (struct job){.arena = w.arena};
  w.truth = facility_create(&w, "truth.csv");
  w.planted = facility_create(&w, "planted.csv");
  fprintf(w.truth, "survey,period,class,measure,numerator,denominator\n");
  fprintf(w.planted, "form,period,facility,kind,check\n");
  facility_hospitals(&w);
  facility_institutions(&w);
  facility_services(&w, false);
  facility_services(&w, true);
  if (fclose(w.truth) || fclose(w.planted)) demo_stop("cannot write");
  arena_free(w.arena);
  return 0;
}
