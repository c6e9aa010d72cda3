# officers_common.sh -- a store held by officers for golden scripts, after common.sh: keys, the ceremony, sessions, a clock that is moved day by day.
# a, b, c hold shares that unlock (2 of 3), c is manager too, d chief, e auditor; g and h are people without a part in the ceremony. Sets pass, clock.
unset SHIRABE_PASSPHRASE_FILE SHIRABE_GRANT SHIRABE_OFFICER_KEY SHIRABE_OFFICER_PASSPHRASE_FILE 2>/dev/null || true
pass=$work/pass PASS=$work/pass
SHIRABE_OFFICER_PASSPHRASE_FILE=$pass SHIRABE_OFFICE=$work/store
export program work PASS SHIRABE_OFFICER_PASSPHRASE_FILE SHIRABE_OFFICE SHIRABE_CLOCK
run() { # status, command of the program ...
  want=$1; shift; status=0
  "$program" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
  [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; false; }
}
key() { # letter, id, name, staff number, organisation, more ...
  letter=$1 id=$2 name=$3 number=$4 organisation=$5; shift 5
  run 0 store user key "$work/$letter.key" --id "$id" --name "$name" --organisation "$organisation" --section 企画係 --staff-no "$number" --trained 2025-12-01 \
    --pledge "$pass" --profile light --passphrase-file "$pass" "$@"
}
unlocks() { # status, letters, more ...
  want=$1 letters=$2; shift 2
  set -- store unlock "$@"
  for l in $letters; do set -- "$@" --officer "$work/$l.key" --passphrase-file "$pass"; done
  run "$want" "$@"
}
# Within a session of a and b (for administration when OPEN is set): the command of the program. What the session itself says is not kept.
inside() { # status, command of the program ...
  want=$1 status=0; shift
  # shellcheck disable=SC2086
  "$program" store unlock --quiet ${OPEN:-} --officer "$work/a.key" --passphrase-file "$pass" --officer "$work/b.key" --passphrase-file "$pass" -- \
    sh -c 'out=$1 err=$2; shift 2; exec "$@" >"$out" 2>"$err" </dev/null' sh "$work/out" "$work/err" "$program" "$@" >"$work/outer" 2>&1 </dev/null || status=$?
  [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; cat "$work/outer"; false; }
}
# 2026-02-10T09: two officers vouch for the date when it is more than a day ahead.
now_is() { SHIRABE_CLOCK=$1:00:00Z; }
vouch() { # date and hour, as now_is
  now_is "$1"
  OPEN=--administration inside 0 store clock --confirm "$1:30:00Z" --officer "$work/c.key" && OPEN=--administration inside 0 store clock --confirm "$1:30:00Z" --officer "$work/d.key"
}
ceremony() { # type, code, name
  key a aoki-h 青木春子 A100 統計課 && key b inoue-n 井上夏雄 A200 統計課 && key c ueda-a 上田秋江 A300 統計課 && key d eguchi-f 江口冬樹 A400 統計課 &&
    key e kato-m 加藤実 A500 統計課 &&
    run 0 store init --type "$1" --code "$2" --name "$3" --profile light --key-officer "$work/a.card" --key-officer "$work/b.card" --key-officer "$work/c.card" \
      --manager "$work/c.card" --chief "$work/d.card" --auditor "$work/e.card"
}
# Every refusal of the last command: its number in both languages, with what to do next.
refused() { # E-number, English words, command of the program ...
  number=$1 words=$2; shift 2
  inside 77 "$@" && tells "[$number]" && tells "$words" && tells 'next:' && SHIRABE_LANG=ja inside 77 "$@" && tells "[$number]" && tells '次に:' && ! tells "$words" >/dev/null
}
