/* livelihood_year.c -- a sample year of the survey of living conditions from a made population of known truth; the same bytes for the same seed.
 *    livelihood_year [--seed N] [--spoil] FOLDER
 * Draw     in each area 8 districts, all their households; of the 24 unit areas 10 for income and savings; of the districts 4 for care. Singles
 *          answer the income form with probability 0.80, others 0.90; 3 of 100 do not know their income tax.
 * Folder   household.csv person.csv income.csv income_person.csv health.csv care.csv savings.csv stratum.csv population.csv, truth.csv (figure,
 *          value); with --spoil planted errors and planted.csv (form, check, records). */
#include <sys/stat.h>

#include "tests/demo/livelihood_truth.h"

enum { DISTRICTS = 8, INCOME_UNITS = 10, CARE_DISTRICTS = 4, MOST_DISTRICTS = 80, AGE_GROUPS = 18, PLANTS = 3 };
struct place {
  bool sampled, care, income[UNITS + 1];
};
struct year {
  struct world w;
  const char *folder;
  bool spoil;
  struct place place[AREAS + 1][MOST_DISTRICTS];
  double people[AREAS + 1], counted[AREAS + 1], counted_income[AREAS + 1];
  int64_t cell[2][AGE_GROUPS];
  int planted[32];
};
static void stop(const char *what) {
  fprintf(stderr, "livelihood_year: %s\n", what);
  exit(70);
}
static FILE *open_file(const struct year *y, const char *name, const char *head) {
  char path[4096];
  snprintf(path, sizeof path, "%.3900s/%s", y->folder, name);
  FILE *f = fopen(path, "wb");
  if (!f) stop(path);
  fprintf(f, "%s\n", head);
  return f;
}
static void close_file(FILE *f) {
  if (fclose(f)) stop("cannot write");
}

/* --- the draw --- */
static void choose(struct rng *r, int n, int m, int *list) { /* m of 0..n-1, in list[0..m-1] */
  for (int i = 0; i < n; i++) list[i] = i;
  for (int i = 0; i < m; i++) {
    const int j = i + below(r, n - i), keep = list[i];
    list[i] = list[j], list[j] = keep;
  }
}
static void draw(struct year *y) {
  for (int a = 1; a <= AREAS; a++) {
    struct rng r;
    int list[MOST_DISTRICTS], units[DISTRICTS * UNITS];
    rng_init(&r, y->w.seed, "draw", &a, sizeof a);
    choose(&r, y->w.districts[a], DISTRICTS, list);
    choose(&r, DISTRICTS * UNITS, INCOME_UNITS, units);
    for (int i = 0; i < DISTRICTS; i++) y->place[a][list[i] + 1].sampled = true, y->place[a][list[i] + 1].care = i < CARE_DISTRICTS;
    for (int i = 0; i < INCOME_UNITS; i++) y->place[a][list[units[i] / UNITS] + 1].income[units[i] % UNITS + 1] = true;
  }
}
static const struct place *place_of(const struct year *y, const struct world_household *h) { return &y->place[h->area][h->district]; }
static bool answers(const struct year *y, const struct world_household *h) {
  const int key[4] = {h->area, h->district, h->unit, h->no};
  struct rng r;
  rng_init(&r, y->w.seed, "answer", key, sizeof key);
  return place_of(y, h)->income[h->unit] && place_of(y, h)->sampled && chance(&r, h->n == 1 ? 0.80 : 0.90);
}
static void count(struct year *y) {
  for (int64_t k = 0; k < y->w.n; k++) {
    const struct world_household *h = &y->w.h[k];
    y->people[h->area] += h->n;
    if (place_of(y, h)->sampled) y->counted[h->area] += h->n;
    if (answers(y, h)) y->counted_income[h->area] += h->n;
    for (int i = 0; i < h->n; i++) y->cell[h->person[i].sex - 1][h->person[i].age / 5 < AGE_GROUPS ? h->person[i].age / 5 : AGE_GROUPS - 1]++;
  }
}

/* --- what is planted: the first households that fit --- */
static const struct {
  const char *form, *check;
} plants[] = {{"household", "R1"}, {"household", "R3"}, {"household", "R4"}, {"household", "H1"}, {"household", "K1"}, {"household", "C1"},
    {"household", "D1"}, {"household", "I2"}, {"household", "S2"}, {"household", "N4"}, {"income", "M1"}, {"income", "M8"}, {"income", "L1"},
    {"health", "L1"}, {"health", "Y2"}};
enum { PLANT_R1, PLANT_R3, PLANT_R4, PLANT_H1, PLANT_K1, PLANT_C1, PLANT_D1, PLANT_I2, PLANT_S2, PLANT_N4, PLANT_M1, PLANT_M8, PLANT_LI, PLANT_LH,
    PLANT_Y2, KINDS };
static bool plant(struct year *y, int kind, bool fits) {
  if (!y->spoil || !fits || y->planted[kind] >= PLANTS) return false;
  y->planted[kind]++;
  return true;
}

/* --- files --- */
static void put_keys(FILE *f, const struct world_household *h, int no) {
  fprintf(f, "%02d,%d,%d,%d", world_pref(h->area), world_district_no(h->area, h->district), h->unit, no);
}
static void put_code(FILE *f, int code) { /* 0 = blank */
  if (code) fprintf(f, ",%d", code);
  else fputc(',', f);
}
static int workers_of(const struct world_household *h) {
  int n = 0;
  for (int i = 0; i < h->n; i++) n += h->person[i].work >= 1 && h->person[i].work <= 4;
  return n;
}
static void put_household(struct year *y, FILE *f, const struct world_household *h) {
  const struct place *p = place_of(y, h);
  const int members = h->n + plant(y, PLANT_R3, h->n == 1 && h->no == 2);
  put_keys(f, h, h->no);
  fprintf(f, ",,,%02d,%d,%d,%d,%d,,,,,,,%d,%d,1,1,4,90,%.4f,%d,%d\n", world_area_code(h->area), members, workers_of(h), h->structure, h->type,
      h->n > 1 && h->person[1].relation == 2, h->person[0].parent > 0 ? 1 + (h->person[0].child > 0) : 0, y->people[h->area] / y->counted[h->area],
      p->income[h->unit], p->care);
}
/* relation ... as the file shows them: spoilt where something is planted. */
static struct world_person shown(struct year *y, const struct world_household *h, int i) {
  struct world_person p = h->person[i];
  const bool works = p.work >= 1 && p.work <= 4;
  if (plant(y, PLANT_R1, h->no == 3 && p.relation == 2)) p.relation = 1;
  if (plant(y, PLANT_R4, h->no == 4 && p.relation == 3)) p.age = h->person[0].age + 1, p.school = 2, p.work = 7, p.pension = 4,
      p.insurance = p.age > 74 ? 5 : 1;
  if (plant(y, PLANT_H1, h->no == 5 && works)) p.hours = 200;
  if (plant(y, PLANT_K1, h->no == 6 && p.age >= 20 && p.age < 40)) p.certified = 1;
  if (plant(y, PLANT_C1, h->no == 7 && p.relation == 2)) p.couple = 0;
  if (plant(y, PLANT_D1, h->no == 8 && p.relation == 3 && h->n == 3)) p.child = 0;
  if (plant(y, PLANT_I2, h->no == 9 && p.age >= 30 && p.age < 60)) p.insurance = 5;
  if (plant(y, PLANT_S2, h->no == 10 && p.age < 5)) p.school = 2;
  return p;
}
static void put_person(struct year *y, FILE *f, const struct world_household *h, int i) {
  const struct world_person p = shown(y, h, i);
  const bool works = p.work >= 1 && p.work <= 4, none = !p.basic && !p.employees;
  put_keys(f, h, h->no);
  fprintf(f, ",%d,%02d,%d,%d,%d,%d,%d,%d,%d", i + 1, p.relation, p.sex, p.age, p.marital, p.couple, p.parent, p.child, p.insurance);
  put_code(f, p.pension);
  fprintf(f, ",%d,%d,%d,%d", p.basic, p.employees, none || plant(y, PLANT_N4, h->no == 11 && p.basic), p.school);
  put_code(f, p.school == 3 ? 0 : p.school_kind ? p.school_kind : 2);
  put_code(f, p.work);
  if (works) fprintf(f, ",%02d,1,%d,%d,03", p.employment, p.days, p.hours);
  else fputs(",,,,,", f);
  put_code(f, 0);
  put_code(f, p.age >= 6 ? 2 : 0);
  put_code(f, p.certified ? 1 : p.age >= 40 ? 2 : 0);
  fputs(",\n", f);
}
static void put_income(struct year *y, FILE *f, const struct world_household *h) {
  const int parts = h->premiums / 4, members = h->n + plant(y, PLANT_M8, h->no == 12);
  const int no = plant(y, PLANT_LI, h->no == 13) ? 99 : h->no, total = h->total + (plant(y, PLANT_M1, h->no == 14) ? 500 : 0);
  int earners = 0, last = h->premiums - 3 * parts;
  for (int i = 0; i < h->n; i++)
    for (int s = 0; s < SOURCES; s++) earners += h->person[i].own[s] != 0;
  put_keys(f, h, no);
  fprintf(f, ",,,%02d,%d,%d,%d,%d,3,%d,%d", world_area_code(h->area), members, workers_of(h), h->structure, h->type, earners < h->n ? earners : h->n,
      total);
  for (int s = 0; s < SOURCES; s++) fprintf(f, ",%d", h->income[s]);
  if (h->unknown_tax) fputs(",9,", f);
  else fprintf(f, ",%d,%d", h->tax_income > 0 ? 1 : 2, h->tax_income);
  fprintf(f, ",%d,%d,%d,%d,%d,%d,%d,%d", h->tax_resident > 0 ? 1 : 2, h->tax_resident, h->premiums > 0 ? 1 : 2, h->premiums, parts, parts, parts,
      last);
  fprintf(f, ",%d,%d,%d,%d,,%.4f\n", h->tax_property, h->premium_private, h->tax_vehicle, h->remittance_paid,
      y->people[h->area] / y->counted_income[h->area]);
}
static void put_income_person(FILE *f, const struct world_household *h, int i) {
  const struct world_person *p = &h->person[i];
  int total = 0;
  for (int s = 0; s < SOURCES; s++) total += p->own[s];
  put_keys(f, h, h->no);
  fprintf(f, ",%d,%d,%d,%02d,%d", i + 1, p->sex, p->age, p->relation, total);
  for (int s = 0; s < SOURCES; s++) fprintf(f, ",%d", p->own[s]);
  fputs(",,,\n", f);
}
static void put_health(struct year *y, FILE *f, const struct world_household *h, int i) {
  const struct world_person *p = &h->person[i];
  const int first = 1 + (p->age + h->no) % 38; /* one or two symptoms */
  const int second = p->symptoms && h->no % 2 ? (first == 38 ? 40 : first + 1) : 0; /* 39 is asked of women */
  const bool wrong = plant(y, PLANT_Y2, h->no == 15 && p->symptoms && !p->hospital);
  const int no = plant(y, PLANT_LH, h->no == 16 && i == 0) ? 98 : h->no;
  put_keys(f, h, no);
  fprintf(f, ",%d,%02d,%d,%d,%d", i + 1, world_area_code(h->area), p->sex, p->age, p->hospital ? 1 : 2);
  put_code(f, p->hospital ? 0 : p->symptoms ? 1 : 2);
  for (int s = 1; s <= 42; s++) {
    if (p->hospital || !p->symptoms) fputc(',', f);
    else fprintf(f, ",%d", s == first || s == second);
  }
  put_code(f, p->hospital || !p->symptoms ? 0 : 1 + (second > 0) + wrong);
  put_code(f, p->hospital || !p->symptoms ? 0 : first);
  put_code(f, p->hospital ? 0 : p->visits ? 1 : 2);
  put_code(f, p->hospital || p->age < 6 ? 0 : p->impact ? 1 : 2);
  put_code(f, p->hospital || p->age < 6 ? 0 : 1);
  put_code(f, 0);
  put_code(f, p->hospital || p->age < 6 ? 0 : 3);
  put_code(f, p->hospital || p->age < 12 ? 0 : 2);
  for (int k = 0; k < 6; k++) put_code(f, p->hospital || p->age < 12 ? 0 : 5 - (p->age + k) % 3);
  for (int k = 0; k < 3; k++) put_code(f, p->hospital || p->age < 20 ? 0 : k == 2 ? 1 : 4);
  fprintf(f, ",%.4f\n", y->people[h->area] / y->counted[h->area]);
}
static void put_care(const struct year *y, FILE *f, const struct world_household *h, int i) {
  const struct world_person *p = &h->person[i];
  put_keys(f, h, h->no);
  fprintf(f, ",%d,%02d,1,%d,%d,%d,%d,%02d,%02d,1,%d,1,%d,2,%d,4,%.4f\n", i + 1, world_area_code(h->area), p->sex, p->age, p->marital, 1 + p->age % 7,
      1 + p->age % 7, 1 + p->age % 14, 20 + p->age % 9, h->n > 1 && p->marital == 1 ? 1 : 2, 45 + p->age % 20,
      2 * y->people[h->area] / y->counted[h->area]);
}
static void put_savings(const struct year *y, FILE *f, const struct world_household *h) {
  const int savings = h->total * (1 + h->no % 4) / 2;
  put_keys(f, h, h->no);
  fprintf(f, ",%02d,%d,%d,2,,2,0,%.4f\n", world_area_code(h->area), savings > 0 ? 1 : 2, savings > 0 ? savings : 0,
      y->people[h->area] / y->counted_income[h->area]);
}

#define KEYS "pref,district,unit_area,household_no"
static const char household_head[] = KEYS ",size_class,block,area,members,workers,structure,household_type,household_occupation,spending,"
    "remittance_parent,remittance_parent_amount,remittance_child,remittance_child_amount,couples,parent_child_pairs,housing,building,rooms,"
    "floor_area,weight,"
    "income_selected,care_selected";
static const char person_head[] = KEYS ",person_no,relation,sex,age,marital,couple_id,parent_id,child_id,insurance,pension,pension_basic,"
    "pension_employees,"
    "pension_none,school,school_kind,work,employment,title,days_week,hours_week,occupation,nursery,help,certified,independence";
#define SOURCE_NAMES(x) \
  "," x "employment," x "business," x "farm," x "homework," x "property," x "pension," x "unemployment," x "child_allowance," x "social," \
  "" x "remittance," x \
  "private_pension," x "other"
static const char income_head[] = KEYS ",size_class,block,area,members,workers,structure,household_type,living,earners,"
    "total_income" SOURCE_NAMES("income_")
    ",tax_income_has,tax_income,tax_resident_has,tax_resident,premiums_has,premiums,premium_health,premium_pension,premium_care,premium_unemployment,"
    "tax_property,premium_private,tax_vehicle,remittance_paid,oecd,weight";
static const char income_person_head[] = KEYS ",person_no,sex,age,relation,own_total" SOURCE_NAMES("own_") ",own_tax_income,own_tax_resident,"
    "own_premiums";
static const char care_head[] = KEYS ",person_no,area,respondent,sex,age,marital,care_level,care_before,care_cause,care_service,cost,carer_lives,"
    "carer_relation,carer_sex,carer_age,carer_hours,weight";
static FILE *open_health(const struct year *y) {
  char head[1024];
  size_t n = (size_t)snprintf(head, sizeof head, KEYS ",person_no,area,sex,age,hospitalised,symptoms");
  for (int s = 1; s <= 42; s++) n += (size_t)snprintf(head + n, sizeof head - n, ",s%02d", s);
  snprintf(head + n, sizeof head - n,
      ",symptom_count,main_symptom,visits,daily_impact,unable,unable_days,health_state,stress,k6_1,k6_2,k6_3,k6_4,k6_5,k6_6,drinking,smoking,"
      "checkup,weight");
  return open_file(y, "health.csv", head);
}
static void write_samples(struct year *y) {
  FILE *household = open_file(y, "household.csv", household_head), *person = open_file(y, "person.csv", person_head), *health = open_health(y);
  FILE *income = open_file(y, "income.csv", income_head), *own = open_file(y, "income_person.csv", income_person_head);
  FILE *care = open_file(y, "care.csv", care_head);
  FILE *savings = open_file(y, "savings.csv", KEYS ",area,savings_has,savings,savings_change,savings_less,loan_has,loan,weight");
  for (int64_t k = 0; k < y->w.n; k++) {
    const struct world_household *h = &y->w.h[k];
    if (!place_of(y, h)->sampled) continue;
    put_household(y, household, h);
    for (int i = 0; i < h->n; i++) {
      put_person(y, person, h, i), put_health(y, health, h, i);
      if (place_of(y, h)->care && h->person[i].certified) put_care(y, care, h, i);
    }
    if (!answers(y, h)) continue;
    put_income(y, income, h);
    put_savings(y, savings, h);
    for (int i = 0; i < h->n; i++) put_income_person(own, h, i);
  }
  close_file(household), close_file(person), close_file(health), close_file(income), close_file(own), close_file(care), close_file(savings);
}
static void write_inputs(const struct year *y) {
  FILE *stratum = open_file(y, "stratum.csv", "area,area_name,districts,people,households_frame");
  FILE *population = open_file(y, "population.csv", "sex,age_from,age_to,people");
  for (int a = 1; a <= AREAS; a++) {
    int64_t households = 0;
    for (int64_t k = 0; k < y->w.n; k++) households += y->w.h[k].area == a;
    fprintf(stratum, "%02d,area%02d,%d,%.0f,%lld\n", world_area_code(a), a, y->w.districts[a], y->people[a], (long long)households);
  }
  for (int sex = 0; sex < 2; sex++)
    for (int g = 0; g < AGE_GROUPS; g++) {
      fprintf(population, "%d,%d,", sex + 1, 5 * g);
      if (g + 1 < AGE_GROUPS) fprintf(population, "%d", 5 * g + 4);
      fprintf(population, ",%lld\n", (long long)y->cell[sex][g]);
    }
  close_file(stratum), close_file(population);
}
static void write_truth(const struct year *y) {
  FILE *truth = open_file(y, "truth.csv", "figure,value");
  truth_incomes(&y->w, false, "", truth);
  truth_incomes(&y->w, true, "_2018", truth);
  truth_households(&y->w, truth);
  close_file(truth);
  if (!y->spoil) return;
  FILE *planted = open_file(y, "planted.csv", "form,check,records");
  for (int k = 0; k < KINDS; k++) fprintf(planted, "%s,%s,%d\n", plants[k].form, plants[k].check, y->planted[k]);
  close_file(planted);
}
int main(int argc, char **argv) {
  static struct year y = {.w = {.seed = 20250605}};
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--spoil")) y.spoil = true;
    else if (!strcmp(argv[i], "--seed") && i + 1 < argc) y.w.seed = strtoull(argv[++i], NULL, 10);
    else y.folder = argv[i];
  }
  if (!y.folder) {
    fprintf(stderr, "usage: livelihood_year [--seed N] [--spoil] FOLDER\n");
    return 64;
  }
  mkdir(y.folder, 0700);
  if (!world_make(&y.w)) stop("no memory");
  draw(&y);
  count(&y);
  write_samples(&y);
  write_inputs(&y);
  write_truth(&y);
  free(y.w.h);
  return 0;
}
