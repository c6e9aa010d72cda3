/* livelihood_world.h -- a made population of households in areas, districts and unit areas, with incomes, work and health: what the survey of living
 *    conditions is drawn from, so that the truth of every figure is known. The same bytes for the same seed.
 * Shapes   one record a household, its persons in place; areas 1..AREAS in order, districts within an area, unit areas within a district.
 * Units    incomes in 10,000 yen, taxes and premiums in 1,000 yen. Memory: about 250 bytes a household. */
#ifndef SHIRABE_TESTS_DEMO_LIVELIHOOD_WORLD_H
#define SHIRABE_TESTS_DEMO_LIVELIHOOD_WORLD_H
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

enum { AREAS = 12, UNITS = 3, MOST_PERSONS = 8, SOURCES = 12 };
enum { SOURCE_EMPLOYMENT, SOURCE_BUSINESS, SOURCE_PROPERTY = 4, SOURCE_PENSION, SOURCE_CHILD = 7 };
struct world_person {
  int relation, sex, age, marital, couple, parent, child, insurance, pension, basic, employees, school, school_kind, work, employment, hours, days;
  int certified, hospital, symptoms, visits, impact;
  int own[SOURCES];
};
struct world_household {
  int area, district, unit, no, n, structure, type;
  struct world_person person[MOST_PERSONS];
  int income[SOURCES], total, tax_income, tax_resident, tax_property, premiums, tax_vehicle, premium_private, remittance_paid;
  bool unknown_tax;
};
struct world {
  uint64_t seed;
  int64_t n;
  struct world_household *h;
  int districts[AREAS + 1];
};
/* Prefecture of an area: the last two areas are cities inside prefectures 1 and 2, so that one prefecture has two strata. */
static inline int world_pref(int area) { return area <= AREAS - 2 ? area : area - (AREAS - 2); }
static inline int world_area_code(int area) { return area <= AREAS - 2 ? area : 48 + area - (AREAS - 2); }
/* Districts of cities have numbers from 501, so that a number is one district of its prefecture. */
static inline int world_district_no(int area, int district) { return area <= AREAS - 2 ? district : 500 + district; }
static inline int below(struct rng *r, int n) { return (int)rng_below(r, (uint64_t)n); }
static inline bool chance(struct rng *r, double p) { return rng_uniform(r) < p; }

static inline struct world_person *world_add(struct world_household *h, int relation, int sex, int age, int marital) {
  struct world_person *p = &h->person[h->n++];
  *p = (struct world_person){.relation = relation, .sex = sex, .age = age, .marital = marital};
  return p;
}
static inline void world_children(struct world_household *h, struct rng *r, int n, int mother_age) {
  for (int k = 0; k < n && h->n < MOST_PERSONS; k++) {
    const int oldest = mother_age - 22 < 17 ? mother_age - 22 : 17;
    struct world_person *p = world_add(h, 3, 1 + below(r, 2), below(r, oldest + 1), 2);
    p->child = 1;
  }
}
static inline void world_couple(struct world_household *h, int head_age, int spouse_age) {
  world_add(h, 1, 1, head_age, 1)->couple = 1;
  world_add(h, 2, 2, spouse_age, 1)->couple = 1;
}
static inline void world_members(struct world_household *h, struct rng *r) {
  const double u = rng_uniform(r);
  const int age = 27 + below(r, 33);
  if (u < 0.13) h->structure = 2, h->type = 1, world_add(h, 1, chance(r, 0.3) ? 1 : 2, 66 + below(r, 28), 3);
  else if (u < 0.31) h->structure = 2, h->type = 4, world_add(h, 1, 1 + below(r, 2), 20 + below(r, 44), 2);
  else if (u < 0.45) h->structure = 3, h->type = 1, world_couple(h, 67 + below(r, 20), 66 + below(r, 18));
  else if (u < 0.56) h->structure = 3, h->type = 4, world_couple(h, age, age - 3 + below(r, 5));
  else if (u < 0.85) {
    h->structure = 4, h->type = 4, world_couple(h, age, age - 3 + below(r, 3));
    world_children(h, r, 1 + below(r, 3), age - 3);
    h->person[0].parent = h->person[1].parent = 1;
  } else if (u < 0.91) {
    const bool mother = chance(r, 0.85);
    h->structure = 5, h->type = mother ? 2 : 3;
    world_add(h, 1, mother ? 2 : 1, 24 + below(r, 30), 4)->parent = 1;
    world_children(h, r, 1 + below(r, 2), h->person[0].age);
  } else {
    h->structure = 6, h->type = 4, world_couple(h, age, age - 2 + below(r, 3));
    world_children(h, r, 1 + below(r, 2), age - 2);
    h->person[0].parent = h->person[1].parent = 1;
    world_add(h, 7, 2, age + 24 + below(r, 8), 3)->parent = 2;
    h->person[0].child = 2;
  }
}
static inline void world_activity(struct world_person *p, struct rng *r) {
  const bool school = p->age >= 6 && p->age < 19;
  p->school = p->age < 6 ? 3 : school ? 1 : 2;
  p->school_kind = p->age < 6 ? 0 : p->age < 15 ? 1 : p->age < 19 ? 2 : 2 + 3 * below(r, 2);
  p->work = p->age < 15 ? 0 : school ? 5 : p->age < 65 ? (chance(r, p->sex == 1 ? 0.92 : 0.74) ? 1 : 6) : (chance(r, 0.25) ? 4 : 7);
  const bool works = p->work >= 1 && p->work <= 4;
  p->employment = !works ? 0 : chance(r, 0.86) ? 1 + below(r, 2) : 7;
  p->days = works ? 5 : 0, p->hours = works ? 20 + below(r, 26) : 0;
  p->insurance = p->age >= 75 ? 5 : works && p->employment <= 2 && p->age < 70 ? 3 : chance(r, 0.4) ? 1 : 4;
  p->pension = p->age < 15 ? 0 : p->age < 20 || p->age > 64 ? 4 : works && p->employment <= 2 ? 2 : p->relation == 2 && p->age < 60 && !works ? 3
      : p->age < 60 ? 1 : 4;
  p->basic = p->age >= 65, p->employees = p->age >= 65 && chance(r, 0.6);
  p->certified = p->age >= 70 && chance(r, 0.02 + 0.008 * (p->age - 70));
  p->hospital = chance(r, 0.012);
  p->symptoms = chance(r, 0.12 + 0.004 * p->age), p->visits = chance(r, 0.08 + 0.006 * p->age), p->impact = p->age >= 6 && chance(r,
      0.02 + 0.003 * p->age);
}
static inline int world_round(double x) { return (int)floor(x + 0.5); }
/* luck: of the district and the unit area, in logarithms. */
static inline void world_income(struct world_household *h, struct rng *r, double luck) {
  for (int i = 0; i < h->n; i++) {
    struct world_person *p = &h->person[i];
    const bool works = p->work >= 1 && p->work <= 4;
    const double level = exp(5.35 + luck + 0.55 * rng_normal(r)) * (p->sex == 1 ? 1.25 : 0.75) * (h->type == 2 ? 0.75 : 1) * (p->age >= 65 ? 0.5 : 1);
    if (works && p->employment <= 2) p->own[SOURCE_EMPLOYMENT] = 1 + world_round(level);
    if (works && p->employment > 2) p->own[SOURCE_BUSINESS] = world_round(level * 1.1 - (chance(r, 0.06) ? 420 : 0));
    if (p->basic) p->own[SOURCE_PENSION] = world_round((p->employees ? 150 : 62) * exp(0.25 * rng_normal(r) + luck / 2));
    if (i == 0 && chance(r, 0.08)) p->own[SOURCE_PROPERTY] = world_round(60 * exp(rng_normal(r)));
    if (p->age < 16 && p->relation == 3) h->person[0].own[SOURCE_CHILD] += 12;
  }
  for (int i = 0; i < h->n; i++)
    for (int s = 0; s < SOURCES; s++) h->income[s] += h->person[i].own[s];
  for (int s = 0; s < SOURCES; s++) h->total += h->income[s];
  const double base = h->total > 0 ? h->total : 0;
  h->tax_income = world_round(10 * base * (base > 900 ? 0.07 : base > 300 ? 0.03 : 0.005));
  h->tax_resident = world_round(10 * base * (base > 120 ? 0.045 : 0));
  h->premiums = 20 * h->n + world_round(10 * base * 0.11);
  h->tax_property = chance(r, 0.55) ? 60 + below(r, 90) : 0;
  h->tax_vehicle = chance(r, 0.6) ? 35 + below(r, 20) : 0;
  h->premium_private = chance(r, 0.2) ? 120 : 0;
  h->remittance_paid = chance(r, 0.03) ? 480 : 0;
  h->unknown_tax = chance(r, 0.03);
}
static inline bool world_make(struct world *w) {
  int64_t room = 0;
  for (int a = 1; a <= AREAS; a++) w->districts[a] = 36 + 4 * (a % 7), room += (int64_t)w->districts[a] * UNITS * 28;
  w->h = calloc((size_t)room, sizeof *w->h);
  if (!w->h) return false;
  for (int a = 1; a <= AREAS; a++)
    for (int d = 1; d <= w->districts[a]; d++)
      for (int u = 1; u <= UNITS; u++) {
        const int key[3] = {a, d, u};
        struct rng r, place;
        rng_init(&r, w->seed, "unit area", key, sizeof key);
        rng_init(&place, w->seed, "district", key, 2 * sizeof *key);
        const double luck = 0.14 * rng_normal(&place) + 0.06 * rng_normal(&r) + 0.02 * (a - 6);
        const int households = 22 + below(&r, 7);
        for (int k = 1; k <= households; k++) {
          struct world_household *h = &w->h[w->n++];
          h->area = a, h->district = d, h->unit = u, h->no = k;
          world_members(h, &r);
          for (int i = 0; i < h->n; i++) world_activity(&h->person[i], &r);
          world_income(h, &r, luck);
        }
      }
  return true;
}
#endif
