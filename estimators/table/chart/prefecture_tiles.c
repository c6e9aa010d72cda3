#include "estimators/table/chart/prefecture_tiles.h"

const struct prefecture_tile prefecture_tiles[47] = {
    {"北海道", "Hokkaido", 12, 0}, {"青森", "Aomori", 12, 2}, {"岩手", "Iwate", 12, 3}, {"宮城", "Miyagi", 12, 4}, {"秋田", "Akita", 11, 3},
    {"山形", "Yamagata", 11, 4}, {"福島", "Fukushima", 12, 5}, {"茨城", "Ibaraki", 12, 7}, {"栃木", "Tochigi", 12, 6}, {"群馬", "Gunma", 11, 6},
    {"埼玉", "Saitama", 11, 7}, {"千葉", "Chiba", 12, 8}, {"東京", "Tokyo", 11, 8}, {"神奈川", "Kanagawa", 11, 9}, {"新潟", "Niigata", 11, 5},
    {"富山", "Toyama", 10, 5}, {"石川", "Ishikawa", 9, 5}, {"福井", "Fukui", 8, 6}, {"山梨", "Yamanashi", 10, 7}, {"長野", "Nagano", 10, 6},
    {"岐阜", "Gifu", 9, 6}, {"静岡", "Shizuoka", 10, 8}, {"愛知", "Aichi", 9, 7}, {"三重", "Mie", 9, 8}, {"滋賀", "Shiga", 8, 7},
    {"京都", "Kyoto", 7, 7}, {"大阪", "Osaka", 7, 8}, {"兵庫", "Hyogo", 6, 7}, {"奈良", "Nara", 8, 8}, {"和歌山", "Wakayama", 8, 9},
    {"鳥取", "Tottori", 5, 7}, {"島根", "Shimane", 4, 7}, {"岡山", "Okayama", 6, 8}, {"広島", "Hiroshima", 5, 8}, {"山口", "Yamaguchi", 4, 8},
    {"徳島", "Tokushima", 6, 11}, {"香川", "Kagawa", 6, 10}, {"愛媛", "Ehime", 5, 10}, {"高知", "Kochi", 5, 11}, {"福岡", "Fukuoka", 2, 9},
    {"佐賀", "Saga", 1, 9}, {"長崎", "Nagasaki", 0, 9}, {"熊本", "Kumamoto", 2, 10}, {"大分", "Oita", 3, 9}, {"宮崎", "Miyazaki", 3, 10},
    {"鹿児島", "Kagoshima", 2, 11}, {"沖縄", "Okinawa", 0, 11},
};

int prefecture_of_code(struct str code) {
  int64_t v;
  if (code.n < 1 || code.n > 2 || !str_int64(code, &v) || code.p[0] == '+' || code.p[0] == '-') return 0;
  return v >= 1 && v <= 47 ? (int)v : 0;
}
