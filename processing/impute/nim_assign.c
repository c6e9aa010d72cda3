/* The assignment of least cost by shortest augmenting paths with potentials (Kuhn 1955; Jonker and Volgenant 1987), O(n^3). */
#include <math.h>

#include "processing/impute/nim.h"

struct state {
  double row[NIM_MAX_PERSONS + 1], column[NIM_MAX_PERSONS + 1], least[NIM_MAX_PERSONS + 1];
  int at[NIM_MAX_PERSONS + 1], way[NIM_MAX_PERSONS + 1]; /* row at a column; the column before it on the path; 0 = none */
  bool done[NIM_MAX_PERSONS + 1];
};
/* One step from column j0: potentials move by the smallest slack, its column is returned. */
static int step(struct state *s, const double *cost, int n, int j0) {
  const int i0 = s->at[j0];
  double delta = INFINITY;
  int next = 0;
  for (int j = 1; j <= n; j++) {
    if (s->done[j]) continue;
    const double slack = cost[(i0 - 1) * n + j - 1] - s->row[i0] - s->column[j];
    if (slack < s->least[j]) s->least[j] = slack, s->way[j] = j0;
    if (s->least[j] < delta) delta = s->least[j], next = j;
  }
  for (int j = 0; j <= n; j++) {
    if (s->done[j]) s->row[s->at[j]] += delta, s->column[j] -= delta;
    else s->least[j] -= delta;
  }
  return next;
}
void nim_assign(const double *cost, int n, int *to) {
  struct state s = {.at = {0}};
  for (int i = 1; i <= n; i++) {
    int j = 0;
    s.at[0] = i;
    for (int k = 0; k <= n; k++) s.least[k] = INFINITY, s.done[k] = false;
    do {
      s.done[j] = true;
      j = step(&s, cost, n, j);
    } while (s.at[j]);
    for (int before; j; j = before) {
      before = s.way[j];
      s.at[j] = s.at[before];
    }
  }
  for (int j = 1; j <= n; j++) to[s.at[j] - 1] = j - 1;
}
