# bad_input_csv.sh -- the files named in the column `input` of tests/spec/bad_input.csv, made on standard output. Sourced by test_bad_input.sh.
slip_header='municipality_code,office_code,event_book_year,event_book_no,filing_date,receipt_date,scope,notice_health_centre,notice_branch,residence_abroad,residence_prefecture,residence_municipality_code,legitimacy,sex,child_birth_date,child_birth_hour,child_birth_minute,birth_country,father_birth_date,mother_birth_date,father_age,mother_age,father_nationality,mother_nationality,cohabitation_start,household_job,weight_info,birth_weight,height_info,birth_height,plurality,birth_order_in_set,place_of_birth,gestation_weeks,gestation_days,children_born,stillbirths,deliveries,attendant'
slip='011002,HC0101,2025,NUMBER,2025-12-10,2025-12-11,1,01,,0,01,011011,1,2,2025-11-30,9,5,1,1992-03-05,1994-02-28,33,31,1,1,2020-04,3,0,3021,0,49.5,1,1,1,39,3,2,0,2,1'
slip_number() { printf '%s\n' "$slip" | sed "s/NUMBER/$1/"; }
header() { printf '%s\n' "$slip_header"; }
# one record with one cell changed: cell number, value
changed() { header; slip_number 1 | awk -F, -v OFS=, -v cell="$1" -v value="$2" '{ $cell = value; print }'; }

input_good() { header; slip_number 1; }
input_utf16_mark() { printf '\377\376'; input_good | iconv -f UTF-8 -t UTF-16LE; }
input_utf16_plain() { input_good | iconv -f UTF-8 -t UTF-16BE; }
input_workbook() { printf 'PK\003\004'; input_good; }
input_random_bytes() { awk 'BEGIN { for (i = 0; i < 5000; i++) printf "%c", 1 + (i * i * 7 + i * 13) % 31 }'; }
input_empty() { :; }
input_nul() { header; slip_number 1; printf '011\0002,x\n'; }
input_bad_bytes() { header; slip_number 1; printf '011002,\377\n'; }
input_open_quote() { header; slip_number 1; printf '011002,"open\n'; slip_number 2; }
input_million_columns() { head -c 999999 /dev/zero | tr '\0' ','; echo; }
input_long_line() { head -c 104857600 /dev/zero | tr '\0' x; echo; }
input_long_second_line() { header; input_long_line; }
input_no_header() { slip_number 1; slip_number 2; }
input_unknown_column() { header | sed 's/$/,blood_group/'; slip_number 1 | sed 's/$/,A/'; }
input_missing_column() { header | sed 's/,attendant$//'; slip_number 1 | sed 's/,1$//'; }
input_twice_column() { header | sed 's/$/,sex/'; slip_number 1 | sed 's/$/,2/'; }
input_only_header() { header; }
input_showa_64_1_8() { changed 15 昭和64年1月8日; }
input_november_31() { changed 15 2025-11-31; }
input_ended_ward() { changed 12 221317; }
input_split_ward() { changed 12 221350; }
input_code_as_date() { changed 14 1月2日; }
input_serial() { changed 15 45748; }
input_sign() { changed 28 '***'; }
input_unknown_code() { changed 14 8; }
input_exponent() { changed 28 3.02E+03; }
input_no_key() { changed 4 ''; }
input_short_row() { header; printf '011002,HC0101\n'; slip_number 1; }
input_duplicate() { header; slip_number 7; slip_number 7; }
# a rule that adds a sex to a number: forms folder
input_forms_type_error() { awk -F, -v OFS=, 'FNR == 2 { $5 = "sex + birth_weight > 1" } {print}' "$1/library/vital/birth/2015/checks.csv" >"$1/checks" && mv "$1/checks" "$1/library/vital/birth/2015/checks.csv"; }
