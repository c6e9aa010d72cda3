# register_survey.sh -- a small survey of persons with two tables, for the golden scripts of the register. Is read after common.sh; makes kind and form.
job_form person
mkdir -p "$work/forms/secure"
cp forms/codelists/disclosure_profiles.json forms/codelists/publication_rules.json "$work/forms/codelists/"
cp forms/secure/register_rules.csv "$work/forms/secure/"
cat >"$form/form.json" <<'J'
{ "survey": "shop", "form": "person", "version": "1", "title_ja": "個人票", "title_en": "Persons", "period": "month", "since": "2020-01-01", "until": "", "predecessor": "", "event_date": "", "office_item": "",
  "records": [{ "name": "person", "parent": "", "keys": ["no"] }],
  "layouts": [{ "name": "csv", "kind": "csv", "header": true, "items": ["no", "region", "sex", "age5", "amount"] }], "codelists": {}, "source": "example" }
J
cat >"$form/items.csv" <<'C'
name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,era_table,required,note
no,番号,number,person,count,int,,1,0,1,999999,,,,,,,,ID,reported,,,,yes,
region,地域,region,person,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
sex,性別,sex,person,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
age5,年齢5歳階級,five-year age group,person,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
amount,額,amount,person,amount,int,yen,1,0,0,99999999,,,,,,,,ANSWER,reported,,,,,
C
printf 'id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source\nH1,hard,person,,amount < 9000000,大きい,large,確かめる,check,example\n' >"$form/checks.csv"
printf '{ "seed": 7, "weight": "none", "steps": [ { "step": "look", "method": "edit" } ] }\n' >"$form/process.json"
cat >"$form/tables.csv" <<'C'
id,title_ja,title_en,dataset,rows,columns,measure,domain,filter,rounding,disclosure,note
region_sex,地域・性別,by region and sex,person,region,sex,count(),,,0,persons_10,
age_sex,年齢・性別,by age and sex,person,age5,sex,count(),,,0,persons_10,
C
