/* Winsorisation and selective editing: scores, replay, thresholds and call lists computed by hand. */
#include "processing/outlier/call_list.h"
#include "processing/outlier/winsorise.h"
#include "tests/unit/outlier_fixture.h"

static void winsorisation_by_hand(void **state) {
  struct arena *a = *state;
  static const double y[] = {10, 20, 30, 180, 7, 9}, d[] = {5, 5, 5, 5, 1, 1}, l[] = {400, 400, 400, 400, 400, 400};
  static const int32_t group[] = {0, 0, 0, 0, 1, 1};
  const struct winsorise_data w = {6, y, d, l, NULL, NULL, group, 2};
  struct winsorise_row row[6];
  struct err e;
  assert_int_equal(winsorise(row, a, &w, &e), E_OK); /* mean 60, cut-off 60 + 400 / 4 = 160; 180 becomes 180 / 5 + 160 x 4 / 5 = 164 */
  assert_near(row[3].value, 164, 1e-12);
  assert_near(row[3].outlier_weight, 164. / 180, 1e-12);
  for (int i = 0; i < 3; i++) assert_true(row[i].outlier_weight == 1 && row[i].marker == WINSORISE_W);
  assert_string_equal(winsorise_marker_name(row[4].marker), "NW_FE");
}
static void ratio_winsorisation_by_hand(void **state) {
  struct arena *a = *state;
  static const double y[] = {10, 20, 90, 40}, d[] = {4, 4, 4, 1.5}, g[] = {0.5, 0.5, 0.5, 0.5}, x[] = {5, 10, 15, 20}, l[] = {3, 3, 3, 3};
  static const int32_t group[] = {0, 0, 0, 0};
  const struct winsorise_data w = {4, y, d, l, x, g, group, 1};
  struct winsorise_row row[4];
  struct err e;
  /* slope (4 x 120 + 60) / (4 x 30 + 30) = 3.6; a = 2, cut-off of the third 54 + 3 = 57; value 90 / 2 + 57 / 2 */
  assert_int_equal(winsorise(row, a, &w, &e), E_OK);
  assert_near(row[2].value, 73.5, 1e-12);
  assert_true(row[0].outlier_weight == 1 && row[1].outlier_weight == 1);
  assert_int_equal(row[3].marker, WINSORISE_NW_AG); /* a = 0.75 */
}
static void winsorisation_refuses_weights_that_are_none(void **state) {
  struct arena *a = *state;
  static const double y[] = {1}, bad[] = {0.5}, good[] = {2}, l[] = {1}, negative[] = {-1};
  static const int32_t group[] = {0};
  struct winsorise_row row;
  struct err e;
  assert_int_equal(winsorise(&row, a, &(struct winsorise_data){1, y, bad, l, NULL, NULL, group, 1}, &e), E_OUTLIER_WEIGHT);
  assert_int_equal(winsorise(&row, a, &(struct winsorise_data){1, y, good, negative, NULL, NULL, group, 1}, &e), E_OUTLIER_PARAMETER);
}

enum { UNITS = 4 };
struct survey { /* two items, one published table of two cells */
  struct num_column y[2], last[2], imputed[2];
  struct score_item items[2];
  struct score_view view;
  double weight[UNITS], total[4];
  int32_t cell[UNITS];
  struct str unit[UNITS];
  struct score_spec spec;
};
static void make_survey(struct survey *s, struct arena *a) {
  static const double y0[] = {130, 100, 50, 70}, y1[] = {16, 20, 30, 45}, last0[] = {100, 100, 0, 70}, last1[] = {20, 20, 30, 40},
      imputed0[] = {1, 1, 45, 1}, imputed1[] = {1, 1, 1, 1};
  static const double weight[] = {2, 2, 4, 1}, total[] = {2000, 1000, 200, 500};
  static const int32_t cell[] = {0, 0, 1, 1};
  static const char *const unit[] = {"u0", "u1", "u2", "u3"};
  *s = (struct survey){.y = {column_of(a, "y0", y0, UNITS), column_of(a, "y1", y1, UNITS)},
                       .last = {column_of(a, "l", last0, UNITS), column_of(a, "l", last1, UNITS)}};
  s->imputed[0] = column_of(a, "i", imputed0, UNITS), s->imputed[1] = column_of(a, "i", imputed1, UNITS);
  s->last[0].status[2] = VAL_BLANK; /* the second predictor speaks */
  for (int j = 0; j < 2; j++) s->items[j] = (struct score_item){.y = &s->y[j], .predictor = {&s->last[j], &s->imputed[j]}, .weight = 1 + j};
  memcpy(s->weight, weight, sizeof weight);
  memcpy(s->total, total, sizeof total);
  memcpy(s->cell, cell, sizeof cell);
  for (int i = 0; i < UNITS; i++) s->unit[i] = str_of(unit[i]);
  s->view = (struct score_view){s->cell, 2, s->total};
  s->spec = (struct score_spec){.n = UNITS, .n_items = 2, .n_views = 1, .items = s->items, .views = &s->view, .weight = s->weight,
                                .global = GLOBAL_MINKOWSKI, .minkowski = 2};
}
static void scores_by_hand(void **state) {
  struct survey s;
  struct score_result r;
  struct err e;
  make_survey(&s, *state);
  /* u0: 100 x 2 x 30 / 2000 = 3 and 100 x 2 x 4 / 200 = 4; u2: 100 x 4 x 5 / 1000 = 2 and 0; u3: 0 and 100 x 5 / 500 = 1 */
  assert_int_equal(score_run(&r, *state, &s.spec, &e), E_OK);
  const double minkowski[] = {5, 0, 2, 1};
  for (int i = 0; i < UNITS; i++) assert_near(r.global[i], minkowski[i], 1e-12);
  assert_near(r.top_local[0], 4, 1e-12);
  assert_true(r.top_item[0] == 1 && r.top_item[2] == 0 && r.top_view[0] == 0);
  s.spec.global = GLOBAL_SUM;
  assert_int_equal(score_run(&r, *state, &s.spec, &e), E_OK);
  assert_near(r.global[0], 7, 1e-12);
  s.spec.global = GLOBAL_MAXIMUM;
  assert_int_equal(score_run(&r, *state, &s.spec, &e), E_OK);
  assert_near(r.global[0], 4, 1e-12);
  s.spec.global = GLOBAL_WEIGHTED_MEAN;
  assert_int_equal(score_run(&r, *state, &s.spec, &e), E_OK);
  assert_near(r.global[0], (3 + 2 * 4) / 3., 1e-12);
}
static void a_cell_without_a_total_stops_and_a_value_without_prediction_is_kept(void **state) {
  struct survey s;
  struct score_result r;
  struct err e;
  make_survey(&s, *state);
  s.last[1].status[3] = s.imputed[1].status[3] = VAL_BLANK;
  assert_int_equal(score_run(&r, *state, &s.spec, &e), E_OK);
  assert_true(r.unpredicted[3] && !r.unpredicted[0]);
  s.total[3] = 0; /* not needed any more: that value is not scored */
  assert_int_equal(score_run(&r, *state, &s.spec, &e), E_OUTLIER_TOTAL);
  s.total[3] = 500, s.total[0] = -1;
  assert_int_equal(score_run(&r, *state, &s.spec, &e), E_OUTLIER_TOTAL);
  assert_string_equal(e.subject, "y0");
}
static void suspicion_is_zero_inside_and_grows_to_one(void **state) {
  (void)state;
  const struct quartiles q = {8, 10, 14}; /* kappa 2: 6 .. 18, range 6 */
  assert_true(suspicion_of(6, &q, 2, 1) == 0 && suspicion_of(18, &q, 2, 1) == 0);
  assert_near(suspicion_of(24, &q, 2, 1), 0.5, 1e-12);  /* R = 1 */
  assert_near(suspicion_of(0, &q, 2, 3), 0.25, 1e-12);  /* R = 1, tau 3 */
  assert_true(suspicion_of(1e9, &q, 2, 1) > 0.999);
}
static void unknown_is_suspicious(void **state) {
  struct arena *a = *state;
  double y[12], aux[12], susp[12];
  struct outlier_groups g;
  struct err e;
  for (int i = 0; i < 12; i++) y[i] = 100 + i, aux[i] = 100;
  y[5] = 900;
  struct num_column cy = column_of(a, "y", y, 12), ca = column_of(a, "aux", aux, 12);
  ca.status[0] = VAL_BLANK;
  const struct outlier_data d = {.n = 12, .y = &cy, .aux = &ca};
  assert_int_equal(outlier_groups_init(&g, a, NULL, 12, 1, false, &e), E_OK);
  assert_int_equal(suspicion_fill(susp, a, &d, &g, 3, 1, &e), E_OK);
  assert_true(susp[0] == 1 && susp[6] == 0 && susp[5] > 0.9 && susp[5] < 1);
}
/* Five records of one domain, ranked by score 5 .. 1; d (raw - edited): 50, -20, 8, 1, 1; total 1,000. */
static void replay_by_hand(void **state) {
  struct arena *a = *state;
  static const double score[] = {1, 2, 3, 4, 5}, weight[] = {1, 1, 2, 2, 1}, raw[] = {201, 201, 104, 90, 250}, edited[] = {200, 200, 100, 100, 200};
  const struct num_column cr = column_of(a, "y", raw, 5), ce = column_of(a, "y", edited, 5);
  const struct str unit[] = {STR("a"), STR("b"), STR("c"), STR("d"), STR("e")};
  struct replay_item item = {&cr, &ce, NULL};
  struct replay_spec s = {.n = 5, .unit = unit, .score = score, .weight = weight, .n_domains = 1, .n_items = 1, .items = &item, .limit = 0.011};
  struct replay_domain d;
  struct err e;
  /* behind rank 0: 40; 1: -10; 2: 10; 3: 2; 4: 1 */
  assert_int_equal(replay_run(&d, a, &s, &e), E_OK);
  assert_int_equal(d.q, 1);
  assert_int_equal(d.q_stable, 1);
  assert_true(d.has_threshold && d.threshold == 5);
  assert_near(d.rpb_none[0], 0.04, 1e-12);
  assert_near(d.rpb[0], 0.01, 1e-12);
  s.limit = 0.005;
  assert_int_equal(replay_run(&d, a, &s, &e), E_OK);
  assert_true(d.q == 3 && d.q_stable == 3 && d.threshold == 3);
  const double error[] = {10}; /* 20 % of a standard error of 10 is 2 */
  item.standard_error = error, s.limit = 0.2;
  assert_int_equal(replay_run(&d, a, &s, &e), E_OK);
  assert_int_equal(d.q_stable, 3);
  item.standard_error = NULL, s.limit = 0.05;
  assert_int_equal(replay_run(&d, a, &s, &e), E_OK);
  assert_true(d.q == 0 && !d.has_threshold);
}
static void errors_that_cancel_by_luck_do_not_lower_the_threshold(void **state) {
  struct arena *a = *state;
  static const double score[] = {3, 2, 1}, weight[] = {1, 1, 1}, raw[] = {150, 150, 200}, edited[] = {100, 200, 200};
  const struct num_column cr = column_of(a, "y", raw, 3), ce = column_of(a, "y", edited, 3);
  const struct str unit[] = {STR("a"), STR("b"), STR("c")};
  const struct replay_item item = {&cr, &ce, NULL};
  const struct replay_spec s = {.n = 3, .unit = unit, .score = score, .weight = weight, .n_domains = 1, .n_items = 1, .items = &item, .limit = 0.01};
  struct replay_domain d;
  struct err e;
  assert_int_equal(replay_run(&d, a, &s, &e), E_OK);
  assert_int_equal(d.q, 0); /* +50 - 50 */
  assert_int_equal(d.q_stable, 2);
}
static void thresholds_belong_to_domains(void **state) {
  struct arena *a = *state;
  static const double score[] = {9, 8, 7, 6}, weight[] = {1, 1, 1, 1}, raw[] = {100, 300, 150, 100}, edited[] = {100, 100, 100, 100};
  static const int32_t domain[] = {0, 1, 1, 0};
  const struct num_column cr = column_of(a, "y", raw, 4), ce = column_of(a, "y", edited, 4);
  const struct str unit[] = {STR("a"), STR("b"), STR("c"), STR("d")};
  const struct replay_item item = {&cr, &ce, NULL};
  struct replay_spec s = {.n = 4, .unit = unit, .score = score, .weight = weight, .domain = domain, .n_domains = 2, .n_items = 1, .items = &item,
                          .limit = 0.01};
  struct replay_domain d[2];
  struct err e;
  assert_int_equal(replay_run(d, a, &s, &e), E_OK);
  assert_false(d[0].has_threshold);
  assert_true(d[1].has_threshold && d[1].threshold == 7);
  s.n_items = 0;
  assert_int_equal(replay_run(d, a, &s, &e), E_OUTLIER_PARAMETER);
}
static void the_call_list_says_what_a_call_is_worth(void **state) {
  struct arena *a = *state;
  struct survey s;
  struct score_result r;
  struct call_line lines[UNITS];
  struct err e;
  int64_t n;
  make_survey(&s, a);
  s.last[1].status[1] = s.imputed[1].status[1] = VAL_BLANK; /* u1: nothing to compare y1 with */
  assert_int_equal(score_run(&r, a, &s.spec, &e), E_OK);
  const struct call_threshold threshold = {true, 1.5};
  const struct call_spec q = {.score = &s.spec, .result = &r, .unit = s.unit, .threshold = &threshold, .seed = 1};
  assert_int_equal(call_list(lines, &n, a, &q, &e), E_OK);
  assert_int_equal(n, 3);
  assert_true(lines[0].row == 0 && lines[1].row == 2 && lines[2].row == 1 && lines[2].unpredicted && lines[2].cell == -1);
  assert_near(lines[0].influence, 2 * (16 - 20), 1e-12); /* its largest local score is item 1 */
  assert_near(lines[0].influence_percent, -4, 1e-12);
  assert_near(lines[0].remaining_percent, 0, 1e-12); /* nobody else moves item 1 in cell 0 */
  assert_near(lines[1].influence_percent, 2, 1e-12);
  assert_true(lines[1].cell == 1 && lines[1].item == 0);
}
static void the_model_chooses_from_the_first_crossing(void **state) {
  struct arena *a = *state;
  static const double error[] = {0.004, -0.003, 0.02, -0.03, 0.0005}; /* ascending: .0005 -.003 .004 | .02 -.03: sums .0005 -.0025 .0015 .0215 */
  const struct str unit[] = {STR("a"), STR("b"), STR("c"), STR("d"), STR("e")};
  uint8_t chosen[5];
  struct err e;
  assert_int_equal(select_by_model(chosen, a, error, unit, 5, 0.01, 1, &e), E_OK);
  const uint8_t want[] = {0, 0, 1, 1, 0};
  assert_memory_equal(chosen, want, 5);
}
/* One of everything; the fail_at-th allocation after the fixture's own fails. */
static enum err_code whole_job(struct arena *a, uint64_t fail_at, struct err *e) {
  struct survey s;
  struct score_result r;
  struct call_line lines[UNITS];
  struct replay_domain d;
  struct winsorise_row row[UNITS];
  static const int32_t group[UNITS] = {0};
  uint8_t chosen[UNITS];
  double susp[UNITS];
  int64_t n;
  make_survey(&s, a);
  const struct call_threshold threshold = {true, 1.5};
  const struct call_spec q = {.score = &s.spec, .result = &r, .unit = s.unit, .threshold = &threshold, .seed = 1};
  const struct replay_item past = {&s.y[0], &s.y[1], NULL};
  const struct outlier_data data = {.n = UNITS, .y = &s.y[0], .aux = &s.last[0]};
  struct outlier_groups g;
  arena_fail_at(fail_at);
  TRY(outlier_groups_init(&g, a, NULL, UNITS, 1, false, e));
  TRY(suspicion_fill(susp, a, &data, &g, 1, 1, e));
  TRY(score_run(&r, a, &s.spec, e));
  const struct replay_spec p = {.n = UNITS, .unit = s.unit, .score = r.global, .weight = s.weight, .n_domains = 1, .n_items = 1, .items = &past,
                                .limit = 0.01};
  TRY(replay_run(&d, a, &p, e));
  TRY(call_list(lines, &n, a, &q, e));
  TRY(select_by_model(chosen, a, r.global, s.unit, UNITS, 0.01, 1, e));
  return winsorise(row, a, &(struct winsorise_data){UNITS, s.y[0].x, s.weight, s.weight, NULL, NULL, group, 1}, e);
}
static void no_memory_stops_the_job(void **state) {
  struct arena *a = *state;
  uint64_t n = 1;
  enum err_code code = E_NO_MEMORY;
  for (; code == E_NO_MEMORY && n < 200; n++) {
    const struct arena_mark mark = arena_mark(a);
    struct err e = {0};
    code = whole_job(a, n, &e);
    arena_fail_at(0);
    arena_reset(a, mark);
  }
  assert_int_equal(code, E_OK);
  assert_true(n > 20);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(winsorisation_by_hand, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(ratio_winsorisation_by_hand, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(winsorisation_refuses_weights_that_are_none, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(scores_by_hand, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(a_cell_without_a_total_stops_and_a_value_without_prediction_is_kept, arena_setup, arena_teardown),
      cmocka_unit_test(suspicion_is_zero_inside_and_grows_to_one),
      cmocka_unit_test_setup_teardown(unknown_is_suspicious, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(replay_by_hand, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(errors_that_cancel_by_luck_do_not_lower_the_threshold, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(thresholds_belong_to_domains, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(the_call_list_says_what_a_call_is_worth, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(no_memory_stops_the_job, arena_setup, arena_teardown),
      cmocka_unit_test_setup_teardown(the_model_chooses_from_the_first_crossing, arena_setup, arena_teardown),
  };
  return cmocka_run_group_tests_name("selective", tests, NULL, NULL);
}
