/* thresholds_print.h -- the replays of `shirabe process thresholds` as text, JSON and a small SVG plot of the relative pseudo-bias against the share
 * reviewed. Scores and shares only: no value of a record is printed. */
#ifndef SHIRABE_FRONT_THRESHOLDS_PRINT_H
#define SHIRABE_FRONT_THRESHOLDS_PRINT_H
#include "base/cli.h"
#include "front/recontact.h"

struct thresholds {
  int n;
  struct replay_report *replays; /* the latest period first */
  double limit;
  struct recontact found;
};
/* The smallest threshold of a by-group over the periods, of all by-groups with name NULL; false: none is needed anywhere. */
bool thresholds_least(const struct thresholds *t, const struct str *name, double *out);
void thresholds_text(struct cli *c, struct thresholds *t);
void thresholds_json(struct cli *c, struct thresholds *t);
void thresholds_svg(struct cli *c, const struct thresholds *t); /* thresholds_svg.c: the latest period */
/* As process.json writes it: at most 9 decimals, rounded down so that the last one called is still called; out of 40 bytes. */
void thresholds_number(double threshold, char out[40]);
#endif
