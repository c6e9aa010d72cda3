/* Pictures: well-formed, nothing hidden in their geometry, ticks and numbers, the map's tiles. */
#include "table_fixture.h"

#include <math.h>
#include <stdio.h>

#include "base/ext_expat.h"
#include "estimators/table/chart/chart_impl.h"
#include "estimators/table/chart/chart_time.h"
#include "estimators/table/chart/prefecture_tiles.h"
#include "forms/form.h"

static const struct chart_frame frame = {.id = "p",
    .title = "A <title> & \"more\"",
    .subtitle = "",
    .unit = "yen",
    .x_title = "",
    .y_title = "",
    .source = "",
    .lang = LANG_EN,
    .decimals = 0,
    .confidence = 0.95};

/* --- every picture of the same points --- */
enum { PICTURES = 4, POINTS = 47 };
static void draw(int which, const struct chart_point *p, struct strbuf *to) {
  const struct chart_series s[] = {{"first", p, POINTS}, {"second", p, POINTS}};
  switch (which) {
  case 0: OK(chart_dots(&frame, s, 2, to, e)); break;
  case 1: OK(chart_bars(&frame, s, 2, to, e)); break;
  case 2: OK(chart_lines(&frame, s, 2, to, e)); break;
  default: OK(chart_map(&frame, p, 5, to, e)); break;
  }
}

static void fill(struct chart_point *p, double secret) {
  static const enum chart_state states[] = {CHART_SUPPRESSED, CHART_UNDEFINED, CHART_NOT_APPLICABLE, CHART_ABSENT};
  for (int i = 0; i < POINTS; i++) {
    double v = 1000 + 37 * (i * 17 % 47);
    p[i] = (struct chart_point){.label = "a & <b>", .value = v, .low = v - 60, .high = v + 60, .has_interval = true};
    if (i % 9 != 4) continue;
    p[i].state = states[i / 9 % 4];
    p[i].value = p[i].low = p[i].high = secret;
    p[i].text = "secret text";
  }
}

static void hidden_points_have_no_place_in_any_picture(void **state) {
  (void)state;
  for (int which = 0; which < PICTURES; which++) {
    struct chart_point a[POINTS], b[POINTS];
    struct strbuf x, y;
    fill(a, 1e7), fill(b, -500);
    strbuf_init(&x, 0), strbuf_init(&y, 0);
    draw(which, a, &x), draw(which, b, &y);
    if (x.n != y.n || memcmp(x.p, y.p, x.n) != 0) fail_msg("picture %d places what is hidden", which);
    if (strstr(strbuf_cstr(&x), "secret")) fail_msg("picture %d says what is hidden", which);
    strbuf_release(&x), strbuf_release(&y);
  }
}

static enum err_code count_tag(void *context, const char *name, const char **attributes, struct err *e) {
  int *n = context;
  (void)attributes, (void)e;
  n[0] += xml_is(name, "title"), n[1] += xml_is(name, "desc"), n[2] += xml_is(name, "script") || xml_is(name, "image") || xml_is(name, "a");
  return E_OK;
}

static void pictures_are_well_formed_and_accessible(void **state) {
  (void)state;
  for (int which = 0; which < PICTURES; which++) {
    struct chart_point p[POINTS];
    struct strbuf b;
    struct xml_reader *r;
    int tags[3] = {0};
    const struct xml_handlers h = {.start = count_tag};
    fill(p, 7);
    strbuf_init(&b, 0);
    draw(which, p, &b);
    OK(xml_reader_new("picture.svg", "picture", &h, tags, &r, e));
    OK(xml_reader_feed(r, b.p, b.n, e));
    OK(xml_reader_end(r, e));
    xml_reader_free(r);
    assert_true(tags[0] >= 1 && tags[1] == 1 && tags[2] == 0);
    assert_non_null(strstr(b.p, "role=\"img\""));
    assert_non_null(strstr(b.p, "aria-labelledby=\"p-title p-desc\""));
    assert_non_null(strstr(b.p, "suppressed"));
    strbuf_release(&b);
  }
}

/* A gap for a hidden point: two runs of line and no line through it. */
static void a_hidden_month_leaves_a_gap(void **state) {
  (void)state;
  struct chart_point p[5];
  struct strbuf b;
  for (int i = 0; i < 5; i++) p[i] = (struct chart_point){.label = "m", .value = i + 1, .state = i == 2 ? CHART_SUPPRESSED : CHART_SHOWN};
  const struct chart_series s = {"", p, 5};
  int lines = 0;
  strbuf_init(&b, 0);
  OK(chart_lines(&frame, &s, 1, &b, e));
  for (const char *at = strbuf_cstr(&b); (at = strstr(at, "stroke-linejoin")); at++) lines++;
  assert_int_equal(lines, 2);
  strbuf_release(&b);
}

static void a_picture_without_figures_is_still_a_picture(void **state) {
  (void)state;
  struct chart_point p[2] = {{.label = "a", .state = CHART_SUPPRESSED}, {.label = "b", .state = CHART_NOT_APPLICABLE}};
  const struct chart_series s = {"", p, 2}, none = {"", p, 0};
  struct strbuf b;
  struct err why;
  strbuf_init(&b, 0);
  OK(chart_dots(&frame, &s, 1, &b, e));
  OK(chart_bars(&frame, &s, 1, &b, e));
  OK(chart_lines(&frame, &s, 1, &b, e));
  assert_null(strstr(strbuf_cstr(&b), "nan"));
  assert_int_equal(chart_dots(&frame, &none, 1, &b, &why), E_CHART_EMPTY);
  strbuf_release(&b);
}

/* --- numbers and scales --- */
static const struct {
  double v;
  int decimals;
  const char *text;
} numbers[] = {{0, 0, "0"}, {1234, 0, "1,234"}, {1234567.891, 2, "1,234,567.89"},
    {-999, 0,
        "\xe2\x88\x92"
        "999"},
    {-1234.5, 1,
        "\xe2\x88\x92"
        "1,234.5"},
    {-0.001, 0, "0"}, {0.5, -1, "0.5"}, {1234.5678, -1, "1,234.57"}, {0.000012345, -1, "0.000012345"}, {100, -1, "100"}, {1e20, -1, "1e+20"}};

static void numbers_have_groups_of_three(void **state) {
  (void)state;
  char b[64];
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    assert_string_equal(chart_number(numbers[i].v, numbers[i].decimals, b, sizeof b), numbers[i].text);
}

static void ticks_cover_the_data_at_round_numbers(void **state) {
  (void)state;
  static const double ranges[][2] = {{0, 1}, {3.2, 3.9}, {-5, 12}, {1e-7, 3e-7}, {99, 1e6}, {5, 5}, {0, 0}, {-3, -3}, {0.1, 0.30000000000000004}};
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
    for (int most = 2; most <= 12; most++) {
      struct scale s = scale_nice(ranges[i][0], ranges[i][1], most, 0, 100);
      double step = s.step / pow(10, floor(log10(s.step) + 1e-9));
      if (!(s.low <= ranges[i][0] + 1e-9 * s.step && s.high >= ranges[i][1] - 1e-9 * s.step)) fail_msg("range %zu is not covered", i);
      if (fabs(step - 1) > 1e-6 && fabs(step - 2) > 1e-6 && fabs(step - 5) > 1e-6) fail_msg("step %g", s.step);
      if (s.n_ticks > most + 2) fail_msg("range %zu: %d ticks for %d", i, s.n_ticks, most);
    }
  struct scale l = scale_log(0.013, 870, 0, 100);
  assert_true(fabs(pow(10, l.low) - 0.01) < 1e-12 && fabs(pow(10, l.high) - 1000) < 1e-9);
  assert_true(l.stride == 3 && l.n_ticks == 6 && fabs(scale_tick(&l, 0) - 0.01) < 1e-15 && fabs(scale_tick(&l, 5) - 1000) < 1e-9);
  l = scale_log(3, 90, 0, 100);
  assert_true(fabs(scale_tick(&l, 0) - 2) < 1e-12 && fabs(scale_tick(&l, l.n_ticks - 1) - 100) < 1e-9 && l.stride == 1);
}

static void ticks_of_a_logarithm_are_short_in_both_languages(void **state) {
  (void)state;
  static const struct {
    double v;
    const char *en, *ja;
  } facts[] = {{0.002, "0.002", "0.002"}, {0.5, "0.5", "0.5"}, {1, "1", "1"}, {5000, "5,000", "5,000"}, {20000, "20,000", "2万"},
      {1e6, "1 million", "100万"}, {5e8, "500 million", "5億"}, {2e10, "20 billion", "200億"}, {1e13, "10 trillion", "10兆"}, {1e15, "1e+15", "1e+15"}};
  char b[64];
  for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
    assert_string_equal(chart_short_number(facts[i].v, LANG_EN, b, sizeof b), facts[i].en);
    assert_string_equal(chart_short_number(facts[i].v, LANG_JA, b, sizeof b), facts[i].ja);
  }
}

/* Labels of a horizontal axis never touch, as far as widths are estimated. */
static void labels_of_an_axis_do_not_overlap(void **state) {
  (void)state;
  static const double ranges[][2] = {{0, 1e9}, {123456, 123457}, {-8e7, 9e8}, {0.0001, 0.0002}, {0, 7}};
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
    for (double width = 200; width < 700; width += 50) {
      struct scale s = scale_horizontal(ranges[i][0], ranges[i][1], 0, width);
      assert_true(s.n_ticks == 2 || chart_axis_width(&s) + 10 < width / (s.n_ticks - 1));
    }
}

static void bins_hold_every_value_once(void **state) {
  (void)state;
  double x[1000], edge[40], count[40], sum = 0;
  for (int i = 0; i < 1000; i++) x[i] = 0.1 * (i * 7919 % 211) - 4;
  int n = chart_bins(x, 1000, 25, edge, count);
  assert_in_range(n, 5, 25);
  for (int k = 0; k < n; k++) {
    double inside = 0;
    for (int i = 0; i < 1000; i++) inside += x[i] >= edge[k] && (x[i] < edge[k + 1] || (k + 1 == n && x[i] <= edge[k + 1]));
    assert_true(inside == count[k]);
    sum += count[k];
  }
  assert_true(sum == 1000 && chart_bins(x, 0, 25, edge, count) == 0);
  x[0] = 5;
  assert_true(chart_bins(x, 1, 25, edge, count) >= 1);
}

static void scatter_leaves_out_what_a_logarithm_cannot_show(void **state) {
  (void)state;
  static const double x[] = {1, 10, 0, -5, 100}, y[] = {2, 3, 4, 5, 0.5};
  const struct chart_cloud cloud = {"cells", x, y, 5, false};
  const struct chart_curve curve = {"fit", x, y, 2};
  struct strbuf b;
  strbuf_init(&b, 0);
  OK(chart_scatter(&frame, &cloud, 1, &curve, 1, true, false, &b, e));
  assert_non_null(strstr(strbuf_cstr(&b), "2 points not above 0 are left out"));
  assert_null(strstr(b.p, "nan"));
  assert_null(strstr(b.p, "inf"));
  strbuf_release(&b);
}

/* --- the map --- */
static void tiles_are_the_prefectures_each_at_its_own_place(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  const struct job job = {.arena = a, .lang = LANG_EN, .n_threads = 1};
  const struct codelist *list;
  OK(codelist_read_shared(a, &job, "forms", "prefectures", &list, e));
  for (int i = 0; i < 47; i++) {
    char code[16];
    snprintf(code, sizeof code, "%02d", i + 1);
    const struct code *c = codelist_find(list, str_of(code), INT64_MIN);
    assert_non_null(c);
    const struct prefecture_tile *t = &prefecture_tiles[i];
    if (strncmp(c->label_ja.p, t->ja, strlen(t->ja)) != 0 || !str_starts(c->label_en, str_of(t->en))) fail_msg("tile %s is not %s", t->en, code);
    assert_true(t->column >= 0 && t->column < TILE_COLUMNS && t->row >= 0 && t->row < TILE_ROWS);
    for (int k = 0; k < i; k++) assert_false(prefecture_tiles[k].column == t->column && prefecture_tiles[k].row == t->row);
  }
  assert_true(prefecture_of_code(STR("13")) == 13 && prefecture_of_code(STR("7")) == 7 && prefecture_of_code(STR("07")) == 7);
  assert_true(!prefecture_of_code(STR("48")) && !prefecture_of_code(STR("00")) && !prefecture_of_code(STR("_T")) && !prefecture_of_code(STR("013")));
  assert_true(!prefecture_of_code(STR("+1")) && !prefecture_of_code(STR("")));
  arena_free(a);
}

static void equal_figures_share_a_class(void **state) {
  (void)state;
  struct chart_point p[47];
  struct strbuf b;
  for (int i = 0; i < 47; i++) p[i] = (struct chart_point){.value = i < 40 ? 5 : 6};
  strbuf_init(&b, 0);
  OK(chart_map(&frame, p, 5, &b, e));
  assert_non_null(strstr(strbuf_cstr(&b), "(40)"));
  assert_non_null(strstr(b.p, "(7)"));
  strbuf_release(&b);
}

/* Words in the picture are cut, not run over. */
static void long_words_are_cut_at_a_character(void **state) {
  (void)state;
  char out[64];
  assert_string_equal(chart_cut("short", 12, 100, out, sizeof out), "short");
  chart_cut("とても長い都道府県の名前がここに続きます", 12, 100, out, sizeof out);
  assert_true(chart_text_width(out, 12) <= 100 && utf8_valid(out, strlen(out), NULL));
  assert_string_equal(out + strlen(out) - 3, "…");
}

/* --- over time --- */
static void series_over_time_are_drawn_or_refused(void **state) {
  (void)state;
  enum { N = 60 };
  double v[N], low[N], high[N];
  struct strbuf b;
  struct err why;
  for (int i = 0; i < N; i++) v[i] = 100 + i % 7, low[i] = v[i] - 2, high[i] = v[i] + 2;
  const struct chart_time_line lines[] = {{"a & <b>", v, 0, N - 12, CHART_TIME_MAIN}, {"", v, 20, 10, CHART_TIME_VINTAGE}};
  const struct chart_time_band bands[] = {{"95 %", low, high, N - 13, 13}};
  struct chart_break breaks[CHART_TIME_BREAKS + 1];
  for (int k = 0; k <= CHART_TIME_BREAKS; k++) breaks[k] = (struct chart_break){k * 2, (enum chart_break_kind)(k % CHART_BREAK_KINDS), "<new> & old"};
  const struct chart_time good = {.first = 2019 * 12 + 3, .period = 12, .n = N, .lines = lines, .n_lines = 2, .bands = bands, .n_bands = 1,
      .breaks = breaks, .n_breaks = CHART_TIME_BREAKS, .observed = N - 12};
  strbuf_init(&b, 0);
  OK(chart_over_time(&frame, &good, &b, e));
  const char *text = strbuf_cstr(&b);
  assert_non_null(strstr(text, "A  2019-04  change of base year: &lt;new&gt; &amp; old"));
  assert_non_null(strstr(text, "forecast"));
  assert_non_null(strstr(text, ">2020<"));
  assert_null(strstr(text, "nan"));
  struct chart_time bad = good;
  bad.n_breaks = CHART_TIME_BREAKS + 1;
  assert_int_equal(chart_over_time(&frame, &bad, &b, &why), E_CHART_TOO_MANY);
  bad = good, bad.n = N - 2; /* the band ends beyond the axis */
  assert_int_equal(chart_over_time(&frame, &bad, &b, &why), E_CHART_KIND);
  bad = good, bad.n_lines = 0;
  assert_int_equal(chart_over_time(&frame, &bad, &b, &why), E_CHART_EMPTY);
  bad = good, bad.period = 7;
  assert_int_equal(chart_over_time(&frame, &bad, &b, &why), E_CHART_KIND);
  v[3] = NAN;
  assert_int_equal(chart_over_time(&frame, &good, &b, &why), E_CHART_KIND);
  strbuf_release(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(hidden_points_have_no_place_in_any_picture),
      cmocka_unit_test(pictures_are_well_formed_and_accessible), cmocka_unit_test(a_hidden_month_leaves_a_gap),
      cmocka_unit_test(a_picture_without_figures_is_still_a_picture), cmocka_unit_test(numbers_have_groups_of_three),
      cmocka_unit_test(ticks_cover_the_data_at_round_numbers), cmocka_unit_test(labels_of_an_axis_do_not_overlap),
      cmocka_unit_test(ticks_of_a_logarithm_are_short_in_both_languages),
      cmocka_unit_test(bins_hold_every_value_once), cmocka_unit_test(scatter_leaves_out_what_a_logarithm_cannot_show),
      cmocka_unit_test(tiles_are_the_prefectures_each_at_its_own_place), cmocka_unit_test(equal_figures_share_a_class),
      cmocka_unit_test(long_words_are_cut_at_a_character), cmocka_unit_test(series_over_time_are_drawn_or_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
