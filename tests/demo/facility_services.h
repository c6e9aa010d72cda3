/* facility_services.h -- welfare institutions and care offices: the basic form of all, the detail forms of those that answered (and, of
 * sampled kinds of care, were drawn). Every facility is made first, answered or not: truth = all open facilities. Planted errors are named. */
#ifndef SHIRABE_TESTS_FACILITY_SERVICES_H
#define SHIRABE_TESTS_FACILITY_SERVICES_H
#include "tests/demo/facility_sheet.h"

enum { AGE_GROUPS = 6, SERVICE_LEVELS = 8, STANDARD_TENTHS = 400, SERVICE_STAFF = 4 };
struct service_facility {
  int group, number, state; /* group: row of the table of cells */
  int64_t capacity, users, full[SERVICE_STAFF], hours[SERVICE_STAFF], level[SERVICE_LEVELS], admissions, discharges;
  bool answered, capacity_blank;
};
struct service_group {
  const char *type, *law, *founder, *cell;
  int facilities;
  double response, drawn, occupancy; /* drawn 1 = take-all */
  int64_t capacity_low, capacity_high;
  const char *staff[SERVICE_STAFF];
  bool residential, preventive;
};
static const struct service_group welfare_groups[] = {
    {"101", "1", "4", "101-4", 60, 0.85, 1, 0.95, 50, 150, {"head", "life_guide", "nurse", "cook"}, true, false},
    {"201", "2", "3", "201-3", 80, 0.80, 1, 0.85, 50, 110, {"head", "care", "nurse", "cook"}, true, false},
    {"201", "2", "4", "201-4", 120, 0.75, 1, 0.92, 50, 130, {"head", "care", "nurse", "cook"}, true, false},
    {"301", "3", "4", "301-4", 200, 0.80, 1, 0.93, 30, 90, {"head", "life_guide", "nurse", "cook"}, true, false},
    {"601", "6", "3", "601-3", 250, 0.90, 1, 0.88, 60, 150, {"head", "nursery", "nurse", "cook"}, false, false},
    {"601", "6", "4", "601-4", 350, 0.70, 1, 0.97, 60, 180, {"head", "nursery", "nurse", "cook"}, false, false},
    {"603", "6", "4", "603-4", 90, 0.85, 1, 0.80, 30, 80, {"head", "life_guide", "nurse", "cook"}, true, false}};
static const struct service_group care_groups[] = {
    {"51", "", "6", "51-a", 90, 0.92, 1, 0.96, 30, 110, {"care_manager", "care", "nurse", "cook"}, true, false},
    {"51", "", "2", "51-b", 60, 0.85, 1, 0.94, 30, 80, {"care_manager", "care", "nurse", "cook"}, true, false},
    {"52", "", "7", "52-a", 100, 0.90, 1, 0.88, 60, 140, {"care_manager", "care", "nurse", "pt"}, true, false},
    {"11", "", "10", "11-a", 300, 0.85, 0.33, 0.8, 15, 90, {"care_manager", "care", "clerk", "other"}, false, false},
    {"11", "", "6", "11-b", 160, 0.90, 0.5, 0.9, 15, 120, {"care_manager", "care", "clerk", "other"}, false, false},
    {"15", "", "10", "15-a", 260, 0.85, 0.4, 0.8, 20, 100, {"consultant", "care", "nurse", "trainer"}, false, false},
    {"63", "", "7", "63-a", 80, 0.9, 1, 0.8, 10, 60, {"nurse", "pt", "clerk", "other"}, false, true}};

static inline void service_make(const struct facility_world *w, const char *what, const struct service_group *g, int group, int number,
    struct service_facility *f) {
  struct rng r;
  facility_stream(w, &r, what, number);
  *f = (struct service_facility){.group = group, .number = number, .state = 1};
  const double state = rng_uniform(&r);
  if (state < 0.02) f->state = 9;
  else if (state < 0.03) f->state = 2;
  f->capacity = facility_between(&r, g->capacity_low, g->capacity_high);
  f->users = (int64_t)((double)f->capacity * (g->occupancy + 0.2 * (rng_uniform(&r) - 0.6)));
  if (f->state != 1) f->users = 0;
  int64_t left = f->users;
  for (int k = 0; k < SERVICE_LEVELS - 1; k++) { /* support 1, 2, care 1 to 5; the rest "other" */
    const bool asked = g->preventive ? k < 2 : k >= 2;
    f->level[k] = asked ? facility_between(&r, 0, left / (g->preventive ? 2 : 3)) : 0, left -= f->level[k];
  }
  f->level[g->preventive ? 1 : 4] += left;
  f->full[0] = 1, f->full[1] = 2 + f->users / facility_between(&r, 3, 6), f->full[2] = facility_between(&r, 1, 3),
  f->full[3] = facility_between(&r, 1, 4);
  for (int k = 0; k < SERVICE_STAFF; k++) f->hours[k] = k && rng_uniform(&r) < 0.7 ? facility_between(&r, 20, 3000) : 0;
  f->admissions = f->users / facility_between(&r, 8, 30), f->discharges = f->users / facility_between(&r, 8, 30);
  f->answered = f->state == 1 && rng_uniform(&r) < g->response * g->drawn;
  f->capacity_blank = rng_uniform(&r) < 0.02;
}
static inline int64_t tenths_of(int64_t hours) { return hours == 0 ? 0 : hours < STANDARD_TENTHS / 10 ? 1 : hours * 10 / STANDARD_TENTHS; }
static inline int64_t staff_tenths(const struct service_facility *f) {
  int64_t s = 0;
  for (int k = 0; k < SERVICE_STAFF; k++) s += f->full[k] * 10 + tenths_of(f->hours[k]);
  return s;
}

/* --- rows --- */
static inline void service_id(
    struct sheet *s, const struct service_group *g, const struct service_facility *f, const char *type_item, int cell_count) {
  sheet_text(s, "prefecture", f->number % 3 ? "13" : "27"), sheet_text(s, "facility_no", sheet_name("%08d", 30000 + f->number));
  sheet_text(s, type_item, g->type), sheet_text(s, "founder", g->founder), sheet_text(s, "cell", g->cell),
      sheet_int(s, "cell_facilities", cell_count);
  if (g->law[0]) sheet_text(s, "law", g->law), sheet_text(s, "manager", g->founder);
  else sheet_text(s, "design", g->drawn < 1 ? "2" : "1");
}
static inline void service_staff(struct sheet *s, const struct service_group *g, const struct service_facility *f) {
  sheet_tenths(s, "standard_hours", STANDARD_TENTHS);
  for (int k = 0; k < SERVICE_STAFF; k++) {
    sheet_int(s, sheet_name("full_%s", g->staff[k]), f->full[k]);
    sheet_int(s, sheet_name("part_%s", g->staff[k]), f->hours[k] ? 1 + f->hours[k] / 300 : 0);
    sheet_tenths(s, sheet_name("hours_%s", g->staff[k]), f->hours[k]), sheet_tenths(s, sheet_name("fte_%s", g->staff[k]), tenths_of(f->hours[k]));
  }
}
static inline void welfare_row(struct sheet *s, const struct service_group *g, const struct service_facility *f, int cell_count) {
  static const char *const ages[AGE_GROUPS] = {"0_2", "3_5", "6_17", "18_39", "40_64", "65"};
  service_id(s, g, f, "facility_type", cell_count);
  if (!f->capacity_blank) sheet_int(s, "capacity", f->capacity);
  else sheet_text(s, "capacity", "V");
  const int main_age = g->law[0] == '6' ? (g->residential ? 2 : 1) : g->law[0] == '2' ? 5 : 4;
  sheet_int(s, "users_total", f->users), sheet_int(s, sheet_name("users_age_%s", ages[main_age]), f->users - f->users / 4);
  sheet_int(s, sheet_name("users_age_%s", ages[main_age - 1]), f->users / 4), sheet_int(s, "users_none", f->users);
  sheet_text(s, "opened", "2001-04-01");
  service_staff(s, g, f), sheet_fill(s);
}
static inline void care_row(struct sheet *s, const struct service_group *g, const struct service_facility *f, int cell_count) {
  static const char *const levels[SERVICE_LEVELS] = {"s1", "s2", "c1", "c2", "c3", "c4", "c5", "other"};
  service_id(s, g, f, "service_kind", cell_count);
  sheet_text(s, "preventive", "2"), sheet_int(s, "users_total", f->users);
  for (int k = 0; k < SERVICE_LEVELS; k++) sheet_int(s, sheet_name("users_%s", levels[k]), f->level[k]);
  if (g->residential) {
    static const char *const zero[] = {"male_u64", "male_65_74", "male_95", "female_u64", "female_65_74", "female_95", "rooms_2", "rooms_3",
        "rooms_4", "rooms_5_places", "to_hospital", "to_facility", "to_other", "dementia_0", "dementia_1", "dementia_2a", "dementia_3b",
        "dementia_4", "dementia_m", "dementia_u"};
    for (size_t k = 0; k < sizeof zero / sizeof *zero; k++) sheet_int(s, zero[k], 0);
    if (!f->capacity_blank) sheet_int(s, "capacity", f->capacity), sheet_int(s, "rooms_1", f->capacity);
    sheet_int(s, "male_75_84", f->users / 5), sheet_int(s, "male_85_94", f->users / 10), sheet_int(s, "female_75_84", f->users / 4);
    sheet_int(s, "female_85_94", f->users - f->users / 5 - f->users / 10 - f->users / 4);
    sheet_int(s, "dementia_2b", f->users / 2), sheet_int(s, "dementia_3a", f->users - f->users / 2);
    sheet_int(s, "admissions", f->admissions), sheet_int(s, "discharges", f->discharges), sheet_int(s, "to_home", f->discharges / 2);
    sheet_int(s, "to_death", f->discharges - f->discharges / 2), sheet_text(s, "unit_care", "2"), sheet_int(s, "night_staff", 2);
  } else sheet_int(s, "visits", f->users * 9);
  sheet_int(s, "claims", f->users * 20);
  service_staff(s, g, f), sheet_fill(s);
}

/* --- planted errors --- */
struct service_error {
  const char *name, *check, *item; /* what happens to which item */
  int64_t times, plus;
  bool residential;
};
static const struct service_error welfare_errors[] = {{"founder_not_possible", "TF_1", "founder", 0, 8, true},
    {"ages_do_not_add", "U2", "users_age_18_39", 1, 9, false},
    {"capacity_halved", "U1", "capacity", 0, 12, false}, {"fte_above_heads", "HC_nurse", "fte_nurse", 0, 9, false},
    {"more_disabled_than_users", "U3_physical", "users_physical", 0, 900, false}, {"uses_below_users", "U5", "users_september", 0, 40, false},
    {"closed_with_users", "U4", "", 1, 0, false}, {"wrong_cell", "F2", "cell_facilities", 1, 3, false},
     {"not_in_basic_form", "F1", "facility_no", 0, 88000000, false},
    {"users_fell_by_two_thirds", "Y1", "users_total", 0, 0, false}};
static const struct service_error care_errors[] = {{"levels_do_not_add", "U1", "users_c3", 1, 5, false},
    {"support_in_care_service", "U2", "users_s1", 0, 6, false}, {"no_staff", "U4", "full_", 0, 0, false},
    {"rooms_do_not_add", "U5", "rooms_1", 1, 7, true}, {"too_many_claims", "U8", "claims", 2, 0, false},
    {"closed_with_users", "U9", "", 1, 0, false}, {"ages_do_not_add", "A1", "male_75_84", 1, 4, true},
    {"destinations_do_not_add", "A3", "to_home", 1, 3, true}, {"wrong_cell", "F2", "cell_facilities", 1, 3, false}};
static inline void spoil_service(struct sheet *s, const struct service_error *x, const struct service_group *g, const struct service_facility *f) {
  if (!strcmp(x->name, "fte_above_heads")) sheet_tenths(s, "fte_nurse", 900);
  else if (!strcmp(x->name, "users_fell_by_two_thirds")) {
    static const char *const ages[AGE_GROUPS] = {"0_2", "3_5", "6_17", "18_39", "40_64", "65"};
    for (int k = 0; k < AGE_GROUPS; k++) sheet_int(s, sheet_name("users_age_%s", ages[k]), k == 2 ? f->users / 3 : 0);
    sheet_int(s, "users_total", f->users / 3), sheet_int(s, "users_none", 0);
  } else if (!strcmp(x->name, "no_staff")) {
    for (int k = 0; k < SERVICE_STAFF; k++) {
      sheet_int(s, sheet_name("full_%s", g->staff[k]), 0), sheet_int(s, sheet_name("part_%s", g->staff[k]), 0);
      sheet_tenths(s, sheet_name("hours_%s", g->staff[k]), 0), sheet_tenths(s, sheet_name("fte_%s", g->staff[k]), 0);
    }
  } else if (!strcmp(x->name, "not_in_basic_form")) sheet_text(s, "facility_no", sheet_name("%08d", 88000000 + f->number));
  else if (x->item[0]) sheet_int(s, x->item, sheet_value(s, x->item) * x->times + x->plus);
}
static inline int service_error_of(
    const struct service_facility *f, const struct service_group *g, const struct service_error *errors, int n, int *placed) {
  if (!f->answered || f->capacity_blank || f->number % 5 || f->users < 12) return -1;
  for (int k = 0; k < n; k++)
    if (placed[k] < 5 && (!errors[k].residential || g->residential) && !(errors[k].check[0] == 'T' && g->law[0] != '1')
        && !(!strcmp(errors[k].check, "U2") && g->preventive))
      return placed[k]++, k;
  return -1;
}

/* --- a survey --- */
struct service_truth {
  double facilities, capacity, users, valid_users, valid_capacity, staff, level_sum, care_users, support, moves, residents;
};
static inline void add_service(struct service_truth *t, const struct service_facility *f, const struct service_group *g, bool care) {
  t->facilities++, t->capacity += (double)f->capacity, t->users += (double)f->users, t->staff += (double)staff_tenths(f) / 10;
  if (!care || g->residential) t->valid_users += (double)f->users, t->valid_capacity += (double)f->capacity;
  for (int k = 2; k < 7; k++) t->level_sum += (k - 1) * (double)f->level[k], t->care_users += (double)f->level[k];
  t->support += (double)(f->level[0] + f->level[1]);
  if (g->residential) t->moves += 0.5 * (double)(f->admissions + f->discharges), t->residents += (double)f->users;
}
static inline void service_truths(struct facility_world *w, const char *survey, const char *type, const struct service_truth *t, bool care) {
  facility_truth(w, survey, "2025", type, "facilities", t->facilities, 1), facility_truth(w, survey, "2025", type, "users", t->users, 1);
  facility_truth(w, survey, "2025", type, "staff_fte", t->staff, 1),
      facility_truth(w, survey, "2025", type, "fte_per_facility", t->staff, t->facilities);
  facility_truth(w, survey, "2025", type, "fte_per_100_users", t->staff * 100, t->users);
  if (t->valid_capacity > 0) facility_truth(w, survey, "2025", type, "users_per_100_places", t->valid_users * 100, t->valid_capacity);
  if (!care) facility_truth(w, survey, "2025", type, "users_per_facility", t->users, t->facilities);
  if (care && t->care_users > 0) facility_truth(w, survey, "2025", type, "mean_care_level", t->level_sum, t->care_users);
  if (care) facility_truth(w, survey, "2025", type, "support_users", t->support, 1);
  if (care && t->moves > 0) facility_truth(w, survey, "2025", type, "mean_stay_days", t->residents * 30, t->moves);
}
static inline void facility_services(struct facility_world *w, bool care) {
  const struct service_group *groups = care ? care_groups : welfare_groups;
  const struct service_error *errors = care ? care_errors : welfare_errors;
  const int n_groups = (int)(care ? sizeof care_groups / sizeof *care_groups : sizeof welfare_groups / sizeof *welfare_groups);
  const int n_errors = (int)(care ? sizeof care_errors / sizeof *care_errors : sizeof welfare_errors / sizeof *welfare_errors);
  const char *survey = care ? "care_service" : "welfare_facility", *type_item = care ? "service_kind" : "facility_type";
  struct sheet *reg = sheet_open(w, survey, "register", "2025", true), *detail = sheet_open(w, survey, "detail", "2025", true);
  struct sheet *before = sheet_open(w, survey, "detail", "2024", false);
  struct service_facility *f = calloc(2000, sizeof *f);
  struct service_truth all = {0}, of_type = {0};
  int number = 0, placed[32] = {0};
  if (!f) demo_stop("no memory");
  for (int g = 0; g < n_groups; g++) {
    int open = 0;
    for (int k = 0; k < groups[g].facilities; k++) {
      service_make(w, survey, &groups[g], g, number + k, &f[k]);
      open += f[k].state == 1;
    }
    if (g == 0 || strcmp(groups[g - 1].type, groups[g].type)) of_type = (struct service_truth){0};
    for (int k = 0; k < groups[g].facilities; k++) {
      const struct service_facility *x = &f[k];
      const int error = service_error_of(x, &groups[g], errors, n_errors, placed);
      service_id(reg, &groups[g], x, type_item, open);
      sheet_text(reg, "name", sheet_name("施設%d", x->number)), sheet_int(reg, "state", x->state), sheet_int(reg, "capacity", x->capacity);
      if (!care) sheet_text(reg, "opened", "2001-04-01"), sheet_text(reg, "closed", x->state == 9 ? "2025-03-31" : "");
      sheet_write(reg, 0);
      if (error >= 0 && !strcmp(errors[error].name, "closed_with_users")) sheet_int(reg, "state", 2);
      sheet_write(reg, 1), sheet_next(reg);
      if (x->state == 1) add_service(&all, x, &groups[g], care), add_service(&of_type, x, &groups[g], care);
      if (!x->answered) continue;
      if (care) care_row(detail, &groups[g], x, open);
      else welfare_row(detail, &groups[g], x, open);
      sheet_write(detail, 0);
      memcpy(before->value, detail->value, sizeof before->value), sheet_write(before, 0), sheet_next(before);
      if (error >= 0) {
        spoil_service(detail, &errors[error], &groups[g], x);
        facility_plant(w, sheet_name("%s/detail", survey), "2025", detail->value[sheet_item(detail, "prefecture")],
            detail->value[sheet_item(detail, "facility_no")], errors[error].name, errors[error].check);
      }
      sheet_write(detail, 1), sheet_next(detail);
    }
    number += groups[g].facilities;
    if (g + 1 == n_groups || strcmp(groups[g + 1].type, groups[g].type)) service_truths(w, survey, groups[g].type, &of_type, care);
  }
  service_truths(w, survey, "_T", &all, care);
  sheet_close(reg), sheet_close(detail), sheet_close(before);
  free(f);
}
#endif
