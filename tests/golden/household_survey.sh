# household_survey.sh -- a household survey for tests: form of two record types with rules within and between persons, and a generator of households with known truth.
# Read by test_process_household.sh; needs $work. Age, relationship (1 head, 2 spouse, 3 child, 4 parent, 5 other), sex, marital status (1 single, 2 married, 3 other), work, income.
household_form() {
  mkdir -p "$work/forms/library/home/census/1/codes" "$work/forms/codelists"
  form=$work/forms/library/home/census/1
  cat >"$work/forms/library/home/survey.json" <<'J'
{ "survey": "home", "code": "00000000", "title_ja": "世帯", "title_en": "Households", "law": "example", "levels": ["ministry"], "due_days": [10], "query_days": [7], "retention_class": "short", "forms": ["census"], "source": "example" }
J
  cat >"$form/form.json" <<'J'
{ "survey": "home", "form": "census", "version": "1", "title_ja": "世帯票", "title_en": "Households and persons", "period": "month", "since": "2020-01-01", "until": "", "predecessor": "", "event_date": "", "office_item": "",
  "records": [{ "name": "household", "parent": "", "keys": ["no"] }, { "name": "person", "parent": "household", "keys": ["no", "p"] }],
  "layouts": [{ "name": "houses", "kind": "csv", "header": true, "items": ["no", "area", "members"] },
              { "name": "persons", "kind": "csv", "header": true, "items": ["no", "p", "age", "rel", "sex", "marital", "work", "income"] }], "codelists": {}, "source": "example" }
J
  for list in rel:12345 two:12 marital:123; do
    { echo code,label_ja,label_en,parent,valid_from,valid_to,status
      printf '%s' "${list#*:}" | sed 's/./&\n/g' | while read -r c; do [ -n "$c" ] && echo "$c,$c,$c,,,,valid"; done; } >"$form/codes/${list%:*}.csv"
  done
  cat >"$form/items.csv" <<'C'
name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,era_table,required,note
no,世帯番号,household,household,count,int,,1,0,1,9999999,,,,,,,,ID,reported,,,,yes,
area,地区,area,household,code,code,,,,,,,,,,,,,ANSWER,reported,,,,,
members,人数,members,household,count,int,,1,0,1,20,,,,,,,,ANSWER,reported,,,,,
p,番号,person,person,count,int,,1,0,1,20,,,,,,,,ID,reported,,,,yes,
age,年齢,age,person,count,int,year,1,0,0,120,,,,,,,,ANSWER,reported,,,,,
rel,続柄,relationship,person,code,code,,,,,,rel,,,,,,,ANSWER,reported,,,,,
sex,性別,sex,person,code,code,,,,,,two,,,,,,,ANSWER,reported,,,,,
marital,配偶,marital status,person,code,code,,,,,,marital,,,,,,,ANSWER,reported,,,,,
work,就業,work,person,code,code,,,,,,two,,age >= 15,,,,,ANSWER,reported,,,,,
income,収入,income,person,amount,int,yen,1000,0,0,99999,,,age >= 15,,,,,ANSWER,reported,,,,,
head_age,世帯主の年齢,age of the head,household,count,int,year,1,0,,,,,,,,,,ANSWER,derived,sum(person.age where rel = 1),,,,
total,世帯収入,income of the household,household,amount,int,yen,1000,0,,,,,,,,,,ANSWER,derived,sum(person.income where age >= 15),,,,
C
  cat >"$form/checks.csv" <<'C'
id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source
A1,hard,household,,count(person where rel = 1) = 1,世帯主が一人でない,not one head,確かめる,check it,example
A2,hard,household,,count(person where rel = 2) <= 1,配偶者が二人以上,more than one spouse,確かめる,check it,example
A3,hard,household,,count(person where p > 0) = members,人数が合わない,members do not add up,確かめる,check it,example
A4,hard,household,,any(person where age >= 15),15歳以上がいない,nobody is 15,確かめる,check it,example
A5,hard,household,,if any(person where rel = 2) then any(person where rel = 1 and marital = 2),世帯主に配偶,the head of a spouse is married,確かめる,check it,example
A6,hard,household,,count(person where sex = 1 and (rel = 1 or rel = 2)) <= 1,夫が二人,two husbands,確かめる,check it,example
A7,hard,household,,count(person where sex = 2 and (rel = 1 or rel = 2)) <= 1,妻が二人,two wives,確かめる,check it,example
A8,hard,household,,count(person where rel = 4) <= 2,親が三人以上,more than two parents,確かめる,check it,example
A9,hard,household,,all(person where rel != 4 or age >= 30),親の年齢,age of a parent,確かめる,check it,example
B1,hard,person,,if rel = 1 then age >= 15,世帯主の年齢,age of the head,確かめる,check it,example
B2,hard,person,,if rel = 2 then age >= 16,配偶者の年齢,age of a spouse,確かめる,check it,example
B3,hard,person,,if rel = 2 then marital = 2,配偶者の配偶,a spouse is married,確かめる,check it,example
B4,hard,person,,if rel = 3 then age + 12 <= head_age,子の年齢,a child is 12 years younger than the head,確かめる,check it,example
B5,hard,person,,if rel = 4 then age >= head_age + 12,親の年齢,a parent is 12 years older than the head,確かめる,check it,example
B6,hard,person,,if marital = 2 then age >= 16,有配偶の年齢,age of the married,確かめる,check it,example
B7,hard,person,,if marital = 3 then age >= 18,離死別の年齢,age of the widowed,確かめる,check it,example
B8,hard,person,age >= 15,if work = 2 then income <= 300,無業の収入,income without work,確かめる,check it,example
B9,hard,person,age >= 15,if work = 1 then income >= 100,就業の収入,income of work,確かめる,check it,example
B10,hard,person,age >= 15,if age < 18 then income <= 500,未成年の収入,income below 18,確かめる,check it,example
B11,hard,person,age >= 15,if age >= 85 then work = 2,高齢の就業,work from 85,確かめる,check it,example
B12,soft,person,,income <= 3000,高い収入,a high income,確かめる,check it,example
C
}
# households N, errors per thousand persons: houses.csv, persons.csv as received, truth.csv, errors.csv (no,p,item)
household_data() {
  awk -v n="$1" -v rate="$2" -v out="$work" '
    function draw(m) { state = (state * 1103515245 + 12345) % 2147483648; return int(state / 65536) % m }
    function person(p, age, rel, sex, marital,   work, income) {
      work = ""; income = ""
      if (age >= 15) {
        work = age >= 85 || age < 18 || draw(3) == 0 ? 2 : 1
        income = work == 1 ? 150 + draw(700) + age * 4 : draw(250)
      }
      k++; A[k] = age; R[k] = rel; S[k] = sex; M[k] = marital; W[k] = work; I[k] = income
    }
    function wrong(i, item) { print h "," i "," item >errors; return 1 }
    BEGIN {
      state = 12345; houses = out "/houses.csv"; persons = out "/persons.csv"; truth = out "/truth.csv"; errors = out "/errors.csv"
      print "no,area,members" >houses; print "no,p,age,rel,sex,marital,work,income" >persons; printf "" >truth; printf "" >errors
      for (h = 1; h <= n; h++) {
        k = 0; head = 22 + draw(60); couple = draw(10) < 6; sex = draw(10) < 7 ? 1 : 2
        person(1, head, 1, sex, couple ? 2 : head < 30 ? 1 : 1 + 2 * draw(2))
        if (couple) person(2, head - 3 + draw(6) < 18 ? 18 : head - 3 + draw(6), 2, 3 - sex, 2)
        children = draw(3); for (c = 0; c < children && head >= 24; c++) { age = head - 22 - draw(12); if (age >= 0 && age < 40) person(0, age, 3, 1 + draw(2), 1) }
        if (head < 60 && draw(8) == 0) person(0, head + 20 + draw(10), 4, 1 + draw(2), 3)
        if (draw(12) == 0) person(0, 20 + draw(40), 5, 1 + draw(2), 1)
        print h "," draw(3) + 1 "," k >houses
        for (i = 1; i <= k; i++) {
          print h "," i "," A[i] "," R[i] "," S[i] "," M[i] "," W[i] "," I[i] >truth
          e = draw(1000) < rate ? draw(5) : -1
          a = A[i]; r = R[i]; s = S[i]; m = M[i]; w = W[i]; y = I[i]
          if (e == 0 && wrong(i, "age")) a = a < 60 ? a + 50 : a - 55
          if (e == 1 && wrong(i, "rel")) r = r == 1 ? 3 : 1
          if (e == 2 && wrong(i, "sex")) s = 3 - s
          if (e == 3 && wrong(i, "marital")) m = m == 2 ? 1 : 2
          if (e == 4 && y != "" && wrong(i, "income")) y = w == 1 ? "" : y + 2000
          print h "," i "," a "," r "," s "," m "," w "," y >persons
        }
      }
    }'
}
