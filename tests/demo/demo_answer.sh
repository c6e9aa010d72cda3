# demo_answer.sh -- one question down, its answer up as a correction, one approval; in copies of two offices, so that the month stays as it was released.
# Sourced by demo.sh after demo_release.sh.
DEMO_CLOCK=2026-03-10T07:00:00Z
title "A question, its answer, an approval / 照会・訂正・承認"
asked=municipality-012025
asker=$(awk -F, -v i="$asked" '$1 == i {print $5}' "$work/in/offices.csv")
for office in $asked:city-asked $asker:centre-asking; do
  cp -R "$work/offices/${office%%:*}" "$work/offices/${office##*:}"
  cp "$work/keys/${office%%:*}" "$work/keys/${office##*:}"
done
at_or_1 centre-asking query ask vital 2026-01 --form birth --sender $asked --rule intake >/dev/null
must centre-asking query send --out "$work/media/questions" >/dev/null
must city-asked query take "$work"/media/questions/query-* >/dev/null
query_about() { at "$1" query list vital 2026-01 | awk '/intake:birth_weight/ {print $1; exit}'; }
must city-asked query answer "$(query_about city-asked)" --correct birth_weight=3120 | sed 's/^/  /'
must city-asked query apply | sed 's/^/  /'
must city-asked query send --out "$work/media/answers" >/dev/null
must city-asked batch seal vital 2026-01 --declared birth=1 --declared death=0 --out "$work/media/corrected" >/dev/null
must centre-asking query take "$work"/media/answers/query-* >/dev/null
must centre-asking batch receive --from "$work/media/corrected" --receipts "$work/media/corrected" >/dev/null
must centre-asking query close "$(query_about centre-asking)" | sed 's/^/  /'
must centre-asking ledger roster "$work/in/roster.csv" >/dev/null
must centre-asking ledger approve vital 2026-01 $asked --receipts "$work/media/corrected" >/dev/null
must centre-asking ledger history vital 2026-01 $asked | sed 's/^/  /; s/ *$//'
must centre-asking ledger balance vital 2026-01 | sed 's/^/  /'
must centre-asking store verify --open >/dev/null
