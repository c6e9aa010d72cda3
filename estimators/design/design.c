#include "estimators/design/design.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 wide;

static const char *text(struct str s, char *buffer, size_t size) {
  snprintf(buffer, size, "%.*s", (int)(s.n < size ? s.n : size - 1), s.p);
  return buffer;
}

static bool take_all_kept(const struct stratum *s) {
  return s->rule != STRATUM_TAKE_ALL || (s->drawn_units == s->frame_units && s->weight_num == s->weight_den);
}

enum err_code stratum_check(const struct stratum *s, struct err *e) {
  char id[128], found[160], expected[160];
  text(s->id, id, sizeof id);
  if (s->frame_units < 1 || s->drawn_units < 1 || s->drawn_units > s->frame_units) {
    snprintf(found, sizeof found, "M_h %lld, m_h %lld", (long long)s->frame_units, (long long)s->drawn_units);
    return ERR(e, E_DESIGN_BAD, .subject = id, .expected = "1 <= m_h <= M_h", .found = found);
  }
  if (s->weight_num < 1 || s->weight_den < 1) return ERR(e, E_NO_WEIGHT, .subject = id, .expected = "a weight M_h / m_h");
  if (!take_all_kept(s) && !(s->exception && s->exception[0])) {
    snprintf(found, sizeof found, "%lld of %lld units drawn, weight %lld/%lld", (long long)s->drawn_units, (long long)s->frame_units,
        (long long)s->weight_num, (long long)s->weight_den);
    return ERR(e, E_TAKE_ALL_SAMPLED, .subject = id, .expected = "every unit, weight 1", .found = found);
  }
  if ((wide)s->weight_num * s->drawn_units != (wide)s->weight_den * s->frame_units) {
    snprintf(expected, sizeof expected, "%lld/%lld", (long long)s->frame_units, (long long)s->drawn_units);
    snprintf(found, sizeof found, "%lld/%lld", (long long)s->weight_num, (long long)s->weight_den);
    return ERR(e, E_WEIGHT_NOT_INVERSE, .subject = id, .expected = expected, .found = found);
  }
  return E_OK;
}

struct keyed {
  struct str id;
  int32_t index;
};

static int keyed_cmp(const void *x, const void *y) {
  const struct keyed *a = x, *b = y;
  int c = str_cmp(a->id, b->id);
  return c ? c : (a->index > b->index) - (a->index < b->index);
}

enum err_code design_sort_strata(struct arena *a, const struct stratum *strata, int32_t n_strata, int32_t **sorted, struct err *e) {
  char id[128];
  struct keyed *keys = ARENA_ARRAY(a, struct keyed, n_strata + 1);
  int32_t *order = ARENA_ARRAY(a, int32_t, n_strata + 1);
  if (!keys || !order) return ERR(e, E_NO_MEMORY, .subject = "strata");
  for (int32_t h = 0; h < n_strata; h++) keys[h] = (struct keyed){strata[h].id, h};
  qsort(keys, (size_t)n_strata, sizeof *keys, keyed_cmp);
  for (int32_t h = 0; h < n_strata; h++) {
    order[h] = keys[h].index;
    if (h && str_eq(keys[h].id, keys[h - 1].id)) return ERR(e, E_STRATUM_TWICE, .subject = text(keys[h].id, id, sizeof id));
  }
  *sorted = order;
  return E_OK;
}

int32_t design_find_stratum(const struct stratum *strata, const int32_t *sorted, int32_t n_strata, struct str id) {
  int32_t low = 0, high = n_strata;
  while (low < high) {
    int32_t middle = low + (high - low) / 2;
    int c = str_cmp(strata[sorted[middle]].id, id);
    if (!c) return sorted[middle];
    if (c < 0) low = middle + 1;
    else high = middle;
  }
  return -1;
}

/* The unit's own weight must be the weight of its stratum: as a ratio, 6/3 is 2/1. */
static enum err_code unit_check(const struct design_unit *u, const struct stratum *s, struct err *e) {
  char expected[96], found[96];
  const char *place = u->place ? u->place : "unit";
  if (u->weight_num < 1 || u->weight_den < 1 || u->weight_num < u->weight_den)
    return ERR(e, E_NO_WEIGHT, .subject = place, .expected = "a weight of 1 or more");
  if ((wide)u->weight_num * s->weight_den == (wide)u->weight_den * s->weight_num) return E_OK;
  snprintf(expected, sizeof expected, "%lld/%lld as in its stratum", (long long)s->weight_num, (long long)s->weight_den);
  snprintf(found, sizeof found, "%lld/%lld", (long long)u->weight_num, (long long)u->weight_den);
  return ERR(e, E_WEIGHT_NOT_INVERSE, .subject = place, .expected = expected, .found = found);
}

static enum err_code collect_exceptions(struct arena *a, const struct stratum *strata, int32_t n_strata, struct design_report *r, struct err *e) {
  *r = (struct design_report){0};
  r->exceptions = ARENA_ARRAY(a, struct design_exception, n_strata + 1);
  if (!r->exceptions) return ERR(e, E_NO_MEMORY, .subject = "design report");
  for (int32_t h = 0; h < n_strata; h++) {
    if (strata[h].rule == STRATUM_TAKE_ALL) r->n_take_all++;
    else r->n_sampled++;
    if (!take_all_kept(&strata[h])) r->exceptions[r->n_exceptions++] = (struct design_exception){strata[h].id, strata[h].exception};
  }
  return E_OK;
}

enum err_code design_build(struct arena *a, const struct stratum *strata, int32_t n_strata, const struct design_unit *units, int64_t n_units,
    struct design *out, struct design_report *report, struct err *e) {
  int32_t *sorted;
  for (int32_t h = 0; h < n_strata; h++) TRY(stratum_check(&strata[h], e));
  TRY(design_sort_strata(a, strata, n_strata, &sorted, e));
  TRY(collect_exceptions(a, strata, n_strata, report, e));
  int32_t *stratum = ARENA_ARRAY(a, int32_t, n_units + 1);
  double *weight = ARENA_ARRAY(a, double, n_units + 1), *frame = ARENA_ARRAY(a, double, n_strata + 1);
  if (!stratum || !weight || !frame) return ERR(e, E_NO_MEMORY, .subject = "design");
  for (int64_t i = 0; i < n_units; i++) {
    const struct design_unit *u = &units[i];
    int32_t h = u->stratum.n ? design_find_stratum(strata, sorted, n_strata, u->stratum) : -1;
    if (h < 0) return ERR(e, E_NO_STRATUM, .subject = u->place ? u->place : "unit", .expected = "a stratum of the stratum table");
    TRY(unit_check(u, &strata[h], e));
    stratum[i] = h;
    weight[i] = (double)strata[h].weight_num / (double)strata[h].weight_den;
  }
  for (int32_t h = 0; h < n_strata; h++) frame[h] = (double)strata[h].frame_units;
  TRY(design_view(a, n_units, n_strata, stratum, weight, frame, out, e));
  out->info = strata;
  return E_OK;
}

enum err_code design_view(struct arena *a, int64_t n_units, int32_t n_strata, const int32_t *stratum, const double *weight,
    const double *frame_units, struct design *out, struct err *e) {
  char place[64];
  int64_t *count = ARENA_ARRAY(a, int64_t, n_strata + 1);
  if (!count) return ERR(e, E_NO_MEMORY, .subject = "design");
  for (int64_t i = 0; i < n_units; i++) {
    snprintf(place, sizeof place, "row %lld", (long long)i + 1);
    if (stratum[i] < 0 || stratum[i] >= n_strata) return ERR(e, E_NO_STRATUM, .subject = place);
    if (!(weight[i] >= 1) || !isfinite(weight[i])) return ERR(e, E_NO_WEIGHT, .subject = place);
    count[stratum[i]]++;
  }
  *out = (struct design){
      .n_units = n_units, .n_strata = n_strata, .stratum = stratum, .weight = weight, .frame_units = frame_units, .sample_units = count};
  for (int32_t h = 0; frame_units && h < n_strata; h++) {
    snprintf(place, sizeof place, "%d", h);
    if ((double)count[h] > frame_units[h]) return ERR(e, E_DESIGN_BAD, .subject = place, .expected = "no more units than the frame has");
  }
  return E_OK;
}

double design_fraction(const struct design *d, int32_t stratum) {
  return d->frame_units ? (double)d->sample_units[stratum] / d->frame_units[stratum] : 0;
}

enum err_code design_check_lonely(const struct design *d, struct err *e) {
  char list[ERR_TEXT_BYTES] = "";
  size_t used = 0;
  int n = 0;
  for (int32_t h = 0; h < d->n_strata; h++) {
    if (d->sample_units[h] != 1 || design_fraction(d, h) >= 1 - 1e-7) continue;
    char id[64];
    if (d->info) text(d->info[h].id, id, sizeof id);
    else snprintf(id, sizeof id, "%d", h);
    n++;
    if (used + strlen(id) + 3 < sizeof list) used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", id);
  }
  return n ? ERR(e, E_LONELY_PSU, .subject = list, .found = list, .expected = "two units or more, or the whole stratum") : E_OK;
}

enum err_code design_weight_checks(struct arena *a, const struct design *d, double tolerance, struct weight_check **out, struct err *e) {
  struct weight_check *c = ARENA_ARRAY(a, struct weight_check, d->n_strata + 1);
  if (!c) return ERR(e, E_NO_MEMORY, .subject = "weight checks");
  for (int32_t h = 0; h < d->n_strata; h++) {
    const struct stratum *s = d->info ? &d->info[h] : NULL;
    c[h] = (struct weight_check){.stratum = h,
        .sample_units = d->sample_units[h],
        .frame_units = s ? s->frame_units : (int64_t)(d->frame_units ? d->frame_units[h] : 0),
        .drawn_units = s ? s->drawn_units : d->sample_units[h]};
    if (s) c[h].weight = (double)s->weight_num / (double)s->weight_den;
  }
  for (int64_t i = 0; i < d->n_units; i++) c[d->stratum[i]].weight_sum += d->weight[i];
  for (int32_t h = 0; h < d->n_strata; h++) {
    bool take_all = d->info && d->info[h].rule == STRATUM_TAKE_ALL;
    c[h].response = c[h].drawn_units ? (double)c[h].sample_units / (double)c[h].drawn_units : 0;
    double restored = (double)c[h].frame_units * c[h].response;
    c[h].coverage = restored > 0 ? c[h].weight_sum / restored : 0;
    c[h].alarm = restored > 0 ? fabs(c[h].coverage - 1) > tolerance : true;
    if (take_all && c[h].sample_units < c[h].frame_units) c[h].alarm = true;
  }
  *out = c;
  return E_OK;
}
