/* readable_text.c -- what a text is, for the rules on machine readability; see readable_impl.h. Works on code points; no locale. */
#include <string.h>

#include "base/ext_utf8proc.h"
#include "collector/readable/readable_impl.h"

enum { POINTS_MAX = 64 };

bool text_has(struct str s, const char *word) { return s.n && memmem(s.p, s.n, word, strlen(word)) != NULL; }
bool text_has_line_break(struct str s) { return s.n && (memchr(s.p, '\n', s.n) || memchr(s.p, '\r', s.n)); }
bool text_is_formula(struct str s) { return s.n > 1 && s.p[0] == '='; }
static bool one_of(struct str s, const char *const *list) {
  for (; *list; list++)
    if (str_eq(s, str_of(*list))) return true;
  return false;
}
bool text_ditto(struct str s) {
  static const char *const marks[] = {"〃", "同上", "″", "\"", "々", "”", "仝", "(同上)", "（同上）", "〻", NULL};
  return one_of(str_trim(s), marks);
}
struct str text_flat(struct arena *a, struct str s) {
  struct strbuf b;
  strbuf_init(&b, 0);
  size_t n = 0;
  char *out = text_nfkc(s, &b) && !b.failed ? arena_strdup(a, b.n ? b.p : "", b.n) : NULL;
  for (size_t i = 0; out && i < b.n; i++)
    if (out[i] != ' ' && out[i] != '\t') out[n++] = (char)(out[i] >= 'A' && out[i] <= 'Z' ? out[i] + 32 : out[i]);
  strbuf_release(&b);
  return out ? str_view(out, n) : s;
}

/* --- spaces for looks --- */
static bool is_space(uint32_t c) { return c == ' ' || c == 0x3000 || c == 0xa0 || c == '\t'; }
static bool is_cjk(uint32_t c) { return (c >= 0x3041 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff); }
/* Every word is a single character of Japanese writing: 氏　名, 合　　計. */
static bool spread(struct str s) {
  int words = 0, length = 0;
  for (size_t i = 0; i < s.n;) {
    uint32_t c;
    size_t n = utf8_decode(s.p + i, s.n - i, &c);
    if (!n) return false;
    i += n;
    if (is_space(c)) length = 0;
    else if (!is_cjk(c) || ++length > 1) return false;
    else words++;
  }
  return words > 1;
}
bool text_padded(struct str s) {
  bool before = true, any = false, twice = false;
  if (!s.n) return false;
  for (size_t i = 0; i < s.n;) {
    uint32_t c;
    size_t n = utf8_decode(s.p + i, s.n - i, &c);
    if (!n) return false;
    bool space = is_space(c) || c == '\n' || c == '\r';
    any = any || space;
    twice = twice || (space && before);
    before = space;
    i += n;
  }
  return any && (twice || before || text_has_line_break(s) || spread(s));
}

/* --- numbers --- */
static bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }
static size_t digits(const uint32_t *p, size_t n, size_t at) {
  size_t k = at;
  while (k < n && is_digit(p[k])) k++;
  return k - at;
}
/* Length of a number at p[at], *commas: with separators of thousands. */
static size_t number_at(const uint32_t *p, size_t n, size_t at, bool *commas) {
  size_t whole = digits(p, n, at), k = at + whole;
  *commas = false;
  while (whole && k + 3 < n + 0 && p[k] == ',' && digits(p, n, k + 1) == 3) k += 4, *commas = true;
  if (k < n && p[k] == '.') {
    size_t fraction = digits(p, n, k + 1);
    if (!fraction && !whole) return 0;
    k += fraction + 1;
    whole += fraction;
  }
  if (whole && k + 1 < n && (p[k] == 'e' || p[k] == 'E')) {
    size_t sign = p[k + 1] == '-' || p[k + 1] == '+', power = digits(p, n, k + 1 + sign);
    if (power) k += 1 + sign + power;
  }
  return whole ? k - at : 0;
}
static bool is_symbol(struct str s) {
  static const char *const signs[] = {"-", "－", "―", "‐", "–", "—", "ー", "−", "…", "...", "‥", "・・・", "*", "**", "***", "＊", "＊＊＊", "x", "X", "ｘ",
      "Ｘ", "χ", "Χ", "NA", "N/A", "n.a.",
                                     "na", "nan", "NaN", "NULL", "null", "#N/A", "※", "・", "・・", "不詳", "秘匿", "該当なし", "不明", "..", "r", "p", "0.0*",
                                         "--", "---", "－－", "△", NULL};
  return one_of(s, signs);
}
static bool is_unit(const uint32_t *p, size_t n) {
  static const char *const units[] = {"人", "円", "千円", "万円", "百万円", "億円", "件", "%", "戸", "台", "校", "世帯", "か所", "ヶ所", "カ所", "箇所", "時間", "分", "か月",
      "ヶ月", "回", "千人", "万人", "ha", "km2", "km", "m2", "m",
                                     "kg", "g", "t", "トン", "枚", "本", "個", "床", "施設", "社", "団体", "名", "ポイント", "倍", "円/人", "冊", "室", "棟", "頭", "羽",
                                         "隻", "店", "事業所", "㎡", "歳", NULL};
  char text[POINTS_MAX * 4];
  size_t at = 0;
  for (size_t i = 0; i < n; i++) at += utf8_encode(p[i], text + at);
  return n && one_of(str_view(text, at), units);
}
static bool is_note(const uint32_t *p, size_t n) { /* 3*, 12※, 5注1, 7 1), 12(p), 5r */
  char text[POINTS_MAX * 4];
  size_t at = 0;
  for (size_t i = 0; i < n; i++) at += utf8_encode(p[i], text + at);
  struct str s = str_trim(str_view(text, at));
  if (!s.n) return false;
  static const char *const notes[] = {"*", "**", "***", "※", "p", "r", "P", "R", "(p)", "(r)", "†", "#", "+", "e", NULL};
  if (one_of(s, notes) || text_has(s, "注") || str_starts(s, STR("※")) || str_starts(s, STR("*"))) return true;
  return s.n <= 4 && s.p[s.n - 1] == ')' && (is_digit((uint8_t)s.p[0]) || s.p[0] == '(');
}
/* Code points of the NFKC form; 0 when there are too many to be a number. */
static size_t points_of(struct str s, uint32_t out[POINTS_MAX], bool *changed) {
  struct strbuf b;
  size_t n = 0;
  if (s.n > POINTS_MAX * 3) return 0;
  strbuf_init(&b, 0);
  bool good = text_nfkc(s, &b) && !b.failed;
  *changed = good && (b.n != s.n || memcmp(b.p, s.p, s.n) != 0);
  for (size_t i = 0; good && i < b.n;) {
    uint32_t c;
    size_t step = utf8_decode(b.p + i, b.n - i, &c);
    if (!step || n == POINTS_MAX) {
      n = 0;
      break;
    }
    out[n++] = c == 0x2212 || c == 0x2010 ? '-' : c; /* minus and hyphen of Japanese keyboards */
    i += step;
  }
  strbuf_release(&b);
  return n;
}
enum number_form number_form_of(struct str text) {
  uint32_t p[POINTS_MAX];
  bool changed = false, commas, more;
  struct str s = str_trim(text);
  if (!s.n) return NUMBER_NONE;
  if (is_symbol(s)) return NUMBER_SYMBOL;
  size_t n = points_of(s, p, &changed), at = 0;
  bool dressed = changed || s.n != text.n, brackets = false;
  if (at < n && (p[at] == 0x25b3 || p[at] == 0x25b2 || p[at] == '+' || p[at] == 0xa5 || p[at] == 0xffe5 || p[at] == '$')) dressed = true, at++;
  else if (at < n && p[at] == '-') at++;
  else if (at < n && (p[at] == '(' || p[at] == '[')) dressed = brackets = true, at++;
  else if (at + 1 < n && (p[at] == 'r' || p[at] == 'p' || p[at] == 0x7d04 || p[at] == 0xa5) && is_digit(p[at + 1])) dressed = true, at++;
  if (at < n && p[at] == '-' && dressed) at++;
  while (dressed && at < n && p[at] == ' ') at++;
  size_t length = number_at(p, n, at, &commas);
  if (!length) return NUMBER_NONE;
  at += length;
  dressed = dressed || commas;
  if (at < n && brackets && (p[at] == ')' || p[at] == ']')) at++;
  if (at == n) return dressed ? NUMBER_DRESSED : NUMBER_PLAIN;
  while (at < n && p[at] == ' ') at++;
  if (is_unit(p + at, n - at) || is_note(p + at, n - at)) return NUMBER_DRESSED;
  if (at + 1 < n && (p[at] == '(' || p[at] == '[' || p[at] == ';' || p[at] == '/') && number_at(p, n, at + 1, &more) &&
      p[at] != '/') return NUMBER_SEVERAL;
  if (at < n && p[at] == '\n' && number_at(p, n, at + 1, &more)) return NUMBER_SEVERAL;
  return NUMBER_NONE;
}

/* --- names --- */
bool text_physical_name(struct str s) {
  if (!s.n || !((s.p[0] >= 'a' && s.p[0] <= 'z') || (s.p[0] >= 'A' && s.p[0] <= 'Z'))) return false;
  for (size_t i = 0; i < s.n; i++) {
    char c = s.p[i];
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit((uint8_t)c) || c == '_')) return false;
  }
  return true;
}
static bool all_digits(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (!is_digit((uint8_t)s.p[i])) return false;
  return s.n > 0;
}
bool text_default_name(struct str s) {
  static const char *const words[] = {"列", "Column", "column", "Unnamed: ", "Unnamed:", "V", "フィールド", "Field", "項目"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_starts(s, str_of(words[i])) && all_digits(str_view(s.p + strlen(words[i]), s.n - strlen(words[i])))) return true;
  return false;
}
bool text_has_unit(struct str s) {
  static const char *const units[] = {"人", "円", "件", "%", "％", "戸", "台", "校", "世帯", "所", "時間", "分", "日", "月", "回", "ha", "km", "m2", "㎡", "kg",
      "トン", "枚", "本", "個", "床", "施設", "社", "歳", "倍", "ポイント",
                                     "指数", "年=100", "‰", "人口千対", "人口10万対", "persons", "yen", "percent", "JPY", "ha", "number", "count", "人数", "対",
                                         "=100"};
  struct str flat = s;
  size_t open = 0;
  bool found = false;
  for (size_t i = 0; i < flat.n; i++)
    if (flat.p[i] == '(' || flat.p[i] == '[' || flat.p[i] == '_' || (i + 2 < flat.n &&
        (memcmp(flat.p + i, "（", 3) == 0 || memcmp(flat.p + i, "［", 3) == 0 || memcmp(flat.p + i, "【", 3) == 0)))
      open = i + 1, found = true;
  struct str inside = found ? str_view(flat.p + open, flat.n - open) : STR("");
  for (size_t i = 0; found && i < sizeof units / sizeof *units; i++)
    if (text_has(inside, units[i])) return true;
  return false;
}

/* --- time --- */
static bool year_like(const uint32_t *p, size_t at) {
  return is_digit(p[at]) && is_digit(p[at + 1]) && is_digit(p[at + 2]) && is_digit(p[at + 3]) &&
      ((p[at] == '1' && (p[at + 1] == '8' || p[at + 1] == '9')) || (p[at] == '2' && (p[at + 1] == '0' || p[at + 1] == '1')));
}
/* A Western year as a number of its own: 2020, 2020年, 202001, 2020/2/1, 2020-02, 2020100000, FY2020. */
static bool has_western(const uint32_t *p, size_t n) {
  for (size_t i = 0; i + 4 <= n; i++) {
    if ((i && is_digit(p[i - 1])) || !year_like(p, i)) continue;
    size_t run = digits(p, n, i);
    if (run == 4 || run == 6 || run == 8 || run == 10) return true;
  }
  return false;
}
static bool has_era(const uint32_t *p, size_t n) {
  static const uint32_t eras[][2] = {{0x660e, 0x6cbb}, {0x5927, 0x6b63}, {0x662d, 0x548c}, {0x5e73, 0x6210}, {0x4ee4, 0x548c}};
  for (size_t i = 0; i + 2 < n; i++)
    for (size_t k = 0; k < 5; k++)
      if (p[i] == eras[k][0] && p[i + 1] == eras[k][1] && (is_digit(p[i + 2]) || p[i + 2] == 0x5143 ||
          (p[i + 2] == ' ' && i + 3 < n && is_digit(p[i + 3])))) return true;
  return n >= 2 && n <= 10 && strchr("MTSHRmtshr", (int)(p[0] < 128 ? p[0] : '?')) && (is_digit(p[1]) || (p[1] == '.' && n > 2 && is_digit(p[2]))) &&
         (n == 2 || p[n - 1] == 0x5e74 || p[n - 1] == 0x6708 || p[n - 1] == 0x65e5 || p[n - 1] == 0x5ea6 || is_digit(p[n - 1]));
}
enum time_form time_form_of(struct str s) {
  uint32_t p[POINTS_MAX];
  bool changed;
  size_t n = points_of(str_trim(s), p, &changed);
  if (!n) return TIME_NONE;
  bool era = has_era(p, n), western = has_western(p, n);
  if (era) return western ? TIME_ERA_BOTH : TIME_ERA_ONLY;
  return western ? TIME_WESTERN : TIME_NONE;
}

/* --- areas: JIS X 0401 (prefectures), JIS X 0402 (municipalities) --- */
static const char *const prefectures[47] = {"北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県", "栃木県", "群馬県", "埼玉県", "千葉県",
    "東京都", "神奈川県", "新潟県", "富山県", "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県", "愛知県", "三重県", "滋賀県", "京都府", "大阪府", "兵庫県",
    "奈良県", "和歌山県", "鳥取県", "島根県", "岡山県", "広島県", "山口県", "徳島県", "香川県", "愛媛県", "高知県", "福岡県", "佐賀県", "長崎県", "熊本県", "大分県",
    "宮崎県", "鹿児島県", "沖縄県"};
static bool area_code(struct str s) {
  if (!all_digits(s) || (s.n != 2 && s.n != 5 && s.n != 6)) return false;
  int prefecture = (s.p[0] - '0') * 10 + s.p[1] - '0', sum = 0;
  if (prefecture > 47) return false;
  if (s.n != 6) return prefecture > 0 || s.n == 5;
  for (int i = 0; i < 5; i++) sum += (s.p[i] - '0') * (6 - i);
  return s.p[5] - '0' == (11 - sum % 11) % 10; /* check digit of the codes of local governments */
}
static bool ends(struct str s, const char *end) {
  size_t n = strlen(end);
  return s.n > n && memcmp(s.p + s.n - n, end, n) == 0;
}
enum area_form area_form_of(struct str text) {
  struct str s = str_trim(text);
  if (area_code(s)) return AREA_CODE;
  for (int i = 0; i < 47; i++) {
    struct str name = str_of(prefectures[i]);
    if (str_starts(s, name)) return AREA_NAME;
    if (i > 0 && s.n == name.n - 3 && memcmp(s.p, name.p, s.n) == 0) return AREA_SHORT;
  }
  if (str_eq(s, STR("全国")) || str_eq(s, STR("全国計"))) return AREA_NAME;
  return ends(s, "市") || ends(s, "区") || ends(s, "町") || ends(s, "村") || ends(s, "郡") ? AREA_NAME : AREA_NONE;
}

/* --- characters that only some platforms have --- */
static void set_bit(uint8_t *bits, uint32_t c) { bits[c / 8] = (uint8_t)(bits[c / 8] | 1u << c % 8); }
static void clear_bit(uint8_t *bits, uint32_t c) { bits[c / 8] = (uint8_t)(bits[c / 8] & ~(1u << c % 8)); }
static bool extension_row(unsigned code) {
  unsigned lead = code >> 8;
  return lead == 0x87 || lead == 0xed || lead == 0xee || (lead >= 0xfa && lead <= 0xfc);
}
enum err_code platform_set_init(struct arena *a, struct platform_set **out, struct err *e) {
  struct cp932 *table = ARENA_NEW(a, struct cp932);
  struct platform_set *p = *out = ARENA_NEW(a, struct platform_set);
  if (!table || !p) return ERR(e, E_NO_MEMORY, .subject = "cp932");
  TRY(cp932_init(table, e));
  for (unsigned code = 0x8140; code < 0x10000; code++)
    if (extension_row(code) && table->point[code]) set_bit(is_cjk(table->point[code]) ? p->kanji : p->special, table->point[code]);
  for (unsigned code = 0; code < 0x10000; code++)
    if (!extension_row(code) && table->point[code]) clear_bit(p->kanji, table->point[code]), clear_bit(p->special, table->point[code]);
  return E_OK;
}
static bool bit(const uint8_t *bits, uint32_t c) { return bits[c / 8] >> c % 8 & 1; }
enum platform_form platform_form_of(const struct platform_set *p, struct str s) {
  enum platform_form worst = PLATFORM_NONE;
  for (size_t i = 0; i < s.n;) {
    uint32_t c;
    size_t n = utf8_decode(s.p + i, s.n - i, &c);
    if (!n) return PLATFORM_SIGN;
    i += n;
    if (c < 0x80) continue;
    bool enclosed = (c >= 0x2460 && c <= 0x24ff) || (c >= 0x2776 && c <= 0x2793) || (c >= 0x2160 && c <= 0x217f) || (c >= 0x3200 && c <= 0x33ff) ||
        (c >= 0x1f100 && c <= 0x1f2ff);
    bool own = (c >= 0xe000 && c <= 0xf8ff) || c >= 0xf0000 || c == 0xfffd;
    if (enclosed || own || (c < 0x10000 && bit(p->special, c))) return PLATFORM_SIGN;
    if ((c < 0x10000 && bit(p->kanji, c)) || (c >= 0xf900 && c <= 0xfaff)) worst = PLATFORM_KANJI;
  }
  return worst;
}
