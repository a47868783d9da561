#!/bin/sh
# Seeds a volume with files, and never takes anything from the person who owns it. An initContainer runs it before
# the application starts (init), and a hook Job once more as the release's gate (gate).
#
#   SEED_TARGET       the volume, e.g. /volume
#   SEED_SOURCES      a line for each folder of seed files, the strongest first; one that is absent or empty is named
#   SEED_EXPECTED     those of them that must hold a file, or the volume does not count as seeded (none)
#   SEED_POLICY       ifNotPresent (default) | updateUnmodified: init replaces a file that is still as it was seeded;
#                     beside one that was edited it puts FILE.chart-new
#   SEED_PROTECTED    a line for each path that is never seeded or looked into; a folder protects all below it
#   SEED_DIRECTORIES  a line for each folder, MODE PATH: made with that mode when absent, left alone when present
#   SEED_MODE         init (default): fails only when the volume was never completely seeded. Afterwards what is wrong
#                     is named, and the application starts. gate: seeds what is absent as well, replaces nothing under
#                     any policy, and fails when anything is missing
#   SEED_KEY          the application's encryption key; SEED_KEY_NAME says where it comes from
#   SEED_ACCEPT_NEW_KEY  true: another key than before is meant
#   SEED_VOLUME       the volume's name in the chart's values, for advice
#   SEED_STATE        the folder on the volume that remembers (.seed)
#
# Exit 0: done; 1: not seeded, or another key; 2: the settings are wrong.
# Needs cp chmod ln ls mkdir mv rm. Uses sha256sum (without it edits cannot be told, so nothing is replaced), sync,
# and dd where /proc is not mounted.
#
# What it rests on:
# - A file gets its name by link(2), which is atomic and fails when the name is taken. It is complete by then: it was
#   copied into a folder of ours beside it, on the same filesystem. Where links do not work, by `mv -n`: complete as
#   well; GNU's renames with RENAME_NOREPLACE, but BusyBox's looks first, so a file made in the microseconds between
#   would be lost. Writing under the name itself (set -C) was refused: a killed copy leaves half a file, which would
#   then be kept for ever, and a program that opened the name meanwhile would write into our half.
# - Records are written before (pending) and after. A file of records is added whole, under a name never used before,
#   and removed only by a run that has read all of it and written what it said. So two runs never lose each other's
#   records, and there is no lock, which nobody could clear after a killed pod. What several files tell adds up.
# - No record is ever the reason to overwrite: only content that is bit for bit what was recorded is replaced.
# - Seeded files are 0644 (0755 if executable): they come from ConfigMaps and images, which are no place for secrets,
#   and a pod that later runs as another user must read them. Folders are 0700 unless SEED_DIRECTORIES says otherwise.
# - To have a deleted file seeded again, a person takes its line out of .seed/manifest.*.
set -uf
LC_ALL=C
export LC_ALL
umask 022
newline='
'
carriage_return=$(printf '\r')
IFS=$newline # every list here is made of lines
mode=${SEED_MODE:-init} policy=${SEED_POLICY:-ifNotPresent} volume=${SEED_VOLUME:-VOLUME} key_value=${SEED_KEY-}
key_name=${SEED_KEY_NAME:-the encryption key} state_name=${SEED_STATE:-.seed} sources=${SEED_SOURCES-}
unset SEED_KEY # or every program started below would carry it in its environment
limit=50 batch=100 tries=5
chunks=0 chunk=0 total=0 size=0 kinds=0 plans=0 names='' bucket='' pending='' segments='' changed='' complete=''
incomplete='' hidden='' why='' absent=''
n_differs=0 count='' prefix=''
# Made here, because dash and BusyBox find a variable by walking past those made before it, and the maps below hold
# thousands of them: every line of the script would take ten times as long.
for name in again attempt decoded encoded found from hashes how index known left letter line lines new now odd old \
  others output path plan reason records seed shown staged states tail title was word; do eval "$name=''"; done
for code in seeded updated kept edited deleted theirs protected beside failed; do eval "n_$code=0"; done

say() { printf '%s\n' "$*"; }
stop() { say "seed: $*" >&2; exit 1; }
refuse() { say "seed: $*" >&2; exit 2; }
trouble() { say "! $*"; incomplete=yes; }

# Names may hold anything but / and NUL. A record is one line, so newline, carriage return and backslash are escaped.
encode() { # TEXT: $encoded
  encoded=$1
  case $1 in *\\* | *"$newline"* | *"$carriage_return"*) ;; *) return ;; esac
  encoded='' left=$1
  while [ -n "$left" ]; do
    tail=${left#?}
    letter=${left%"$tail"}
    case $letter in "\\") letter="\\\\" ;; "$newline") letter='\n' ;; "$carriage_return") letter='\r' ;; esac
    encoded=$encoded$letter left=$tail
  done
}
decode() { # TEXT: $decoded
  case $1 in *\\*) decoded=$(printf '%b.' "$1") && decoded=${decoded%.} ;; *) decoded=$1 ;; esac
}
# A map from path to lines, in variables: a process for each lookup would take minutes for ten thousand files. Paths
# that differ only in punctuation share a variable, so every line in it ends with its path.
index() { # PATH: $index
  index='' left=$1
  while :; do
    word=${left%%[!A-Za-z0-9]*}
    index=${index}_$word
    [ "$word" != "$left" ] || return 0
    left=${left#"$word"?}
  done
}

row() { # CODE PATH [WHY]: the table; long ones show the rows that matter, and not more of a kind than a person reads
  eval "count=\$((n_$1 + 1))"
  eval "n_$1=\$count"
  case $1 in kept | protected) [ "$total" -le "$limit" ] || return 0 ;; esac
  [ "$count" -le "$limit" ] || { hidden=yes && return 0; }
  title "$1"
  printf '  %-28s  %s%s\n' "$title" "$2" "${3:+  ($3)}"
}
title() { # CODE: $title
  case $1 in
    edited) title='kept, edited' ;; deleted) title='deleted by you, left deleted' ;; theirs) title='not ours' ;;
    differs) title='differs from seed' ;; beside) title='new version beside it' ;; failed) title='could not write' ;;
    *) title=$1 ;;
  esac
}

# ---- Settings
check_settings() {
  case $mode in init | gate) ;; *) refuse "SEED_MODE is '$mode'; it must be init or gate." ;; esac
  case $policy in ifNotPresent | updateUnmodified) ;; *)
    refuse "SEED_POLICY is '$policy'; it must be ifNotPresent or updateUnmodified." ;;
  esac
  case $state_name in '' | . | .. | */*) refuse "SEED_STATE is '$state_name'; it must be one folder name." ;; esac
  [ -n "${SEED_TARGET-}" ] || refuse "SEED_TARGET is not set; it must be the folder where the volume is mounted."
  [ -d "$SEED_TARGET" ] || stop "$SEED_TARGET is not a folder. Is the volume mounted there?"
  cd -P -- "$SEED_TARGET" || stop "$SEED_TARGET cannot be entered by this user."
  target=$PWD state=$PWD/$state_name
  [ "$target" != / ] || refuse "SEED_TARGET is /; it must be the folder where the volume is mounted."
  for source in $sources; do
    case $source in /*) ;; *) refuse "SEED_SOURCES: '$source' must begin with /." ;; esac
  done
  protected=$state_name
  for path in ${SEED_PROTECTED-}; do
    path=${path#./} path=${path#/}
    protected=$protected$newline${path%/}
  done
  for line in ${SEED_DIRECTORIES-}; do
    case $line in [0-7][0-7][0-7]' '?* | 0[0-7][0-7][0-7]' '?*) ;; *)
      refuse "SEED_DIRECTORIES: '$line' is not MODE PATH, such as: 0700 kubeconfigs" ;;
    esac
    case /${line#* }/ in */../*) refuse "SEED_DIRECTORIES: '$line' leads out of the volume." ;; esac
  done
}
is_protected() { # PATH, plain
  for guarded in $protected; do
    case $1/ in "$guarded"/*) return 0 ;; esac
  done
  return 1
}

# ---- The volume's folders. The shell stands in the folder it works on, and PWD tells where that really is: a folder
# exchanged for a link to elsewhere cannot lead a write out of the volume.
inside() { case $PWD/ in "$target"/*) ;; *) why="its folder leads out of the volume" && return 1 ;; esac }
# A umask gives a folder its mode from the first moment, so none is ever too open or changed after.
enter() { # FOLDER [MODE]: stands in it, making what is absent; else 1 and $why
  cd -P -- "$target" 2>/dev/null || { why='the volume cannot be entered' && return 1; }
  parts=$1 made=''
  while [ -n "$parts" ]; do
    part=${parts%%/*}
    case $parts in */*) parts=${parts#*/} ;; *) parts='' ;; esac
    [ -n "$part" ] || continue
    if ! [ -d "./$part" ]; then
      octal=0700
      [ -n "$parts" ] || octal=${2:-0700}
      umask "$(printf '%o' "$((0777 & ~0$octal))")"
      why=$(mkdir -- "./$part" 2>&1) && made=yes
      umask 022
      if ! [ -d "./$part" ]; then # no other run made it either
        why=${why##*: }
        [ ! -e "./$part" ] && [ ! -L "./$part" ] || why="$part is not a folder"
        return 1
      fi
    fi
    cd -P -- "./$part" 2>/dev/null || { why="its folder cannot be entered" && return 1; }
    inside || return 1
  done
}
look_into() { # FOLDER/: stands in it, or above it and it is $absent; $real: where it really is; else 1 and $why
  absent='' up=${1%/}
  until [ -d "$target/$up" ]; do
    absent=yes
    case $up in */*) up=${up%/*} ;; *) up='' ;; esac
  done
  cd -P -- "$target/$up" 2>/dev/null || { why="its folder cannot be entered" && return 1; }
  inside || return 1
  left=${1#"$up"} real=${PWD#"$target"}/${left#/} real=${real#/}
}
present() { [ -z "$absent" ] && { [ -e "./$1" ] || [ -L "./$1" ]; }; }

make_folders() {
  for line in ${SEED_DIRECTORIES-}; do
    path=${line#* }
    if enter "$path" "${line%% *}"; then
      [ -z "$made" ] || say "  folder made, mode ${line%% *}:       $path"
    else
      trouble "The folder $path could not be made: $why."
    fi
  done
}

# ---- What is remembered. Lines of STATE SHA256 PATH (sha256 of what was written, - where there is none):
#   pending  about to be written; the run may have been cut short     seeded   written by us
#   theirs   was there before us, or took the name first              deleted  was seeded or theirs, and is gone
remember() { # LINE
  index "${1#* * }"
  eval "lines=\${record_$index-}"
  [ -n "$lines" ] || keep_index
  case $newline$lines in *"$newline$1$newline"*) ;; *) eval "record_$index=\$lines\$1\$newline" ;; esac
  case $1 in pending*)
    folder=${1#* * }
    case $folder in */*) folder=${folder%/*} ;; *) folder=. ;; esac
    case $newline$pending in *"$newline$folder$newline"*) ;; *) pending=$pending$folder$newline ;; esac ;;
  esac
}
keep_index() { # In lists of lists: appending to one long text takes the square of its length.
  bucket=$bucket$index$newline size=$((size + 1))
  [ "$size" -lt "$batch" ] || end_bucket
}
end_bucket() {
  kinds=$((kinds + 1)) size=0
  eval "indexes_$kinds=\$bucket"
  bucket=''
}
recall() { # INDEX PATH: takes its lines out of memory into $was; $states and $known (hashes), with spaces around each
  was='' states=' ' known=' ' others=''
  eval "lines=\${record_$1-}"
  [ -n "$lines" ] || return 0
  for line in $lines; do
    if [ "${line#* * }" != "$2" ]; then others=$others$line$newline && continue; fi
    was=$was$line$newline states="$states${line%% *} " line=${line#* }
    known="$known${line%% *} "
  done
  eval "record_$1=\$others"
}
read_segment() { # FILE: $verdict
  verdict=unreadable
  {
    verdict=damaged
    while IFS= read -r line; do
      case $line in
        'seed-records 1') ;;
        'seed-records '*) verdict=newer && break ;;
        'pending '* | 'seeded '* | 'theirs '* | 'deleted '*) remember "$line" ;;
        complete) complete=yes ;;
        end) verdict=whole ;;
      esac
    done
  } 2>/dev/null <"$1"
  [ -e "$1" ] || verdict=gone # another run removed it, so it listed anew: so do we
}
list_segments() {
  set +f
  listed=''
  for file in "$state"/manifest.*; do
    [ ! -e "$file" ] || listed=$listed$file$newline
  done
  set -f
}
set_aside() { # FILE: whole lines in it were read; it is kept for who can tell more from it
  changed=yes
  say "! $1 is damaged: what it does not tell counts as not ours."
  mv -f -- "$1" "$state/damaged.${1##*/}" 2>/dev/null
}
load() { # Lists again until nothing moved, for another run may add its records and remove ours while we read.
  [ ! -L "$state" ] || stop "$state is a link. It must be a folder of the volume itself."
  if [ -e "$state" ]; then
    [ -d "$state" ] || stop "$state is not a folder. Set another name (SEED_STATE)."
    ls -- "$state" >/dev/null 2>&1 || stop "$state cannot be read by this user. Nothing was changed."
  fi
  attempt=0
  list_segments
  while segments=$listed; do
    for file in $segments; do
      read_segment "$file"
      case $verdict in
        unreadable) stop "$file cannot be read by this user. Nothing was changed." ;;
        newer) stop "$file was written by a newer chart. Nothing was changed; go back to that chart." ;;
        damaged) set_aside "$file" ;;
      esac
    done
    list_segments
    [ "$segments" != "$listed" ] || break
    attempt=$((attempt + 1))
    [ "$attempt" -lt 50 ] || stop "$state changes all the time. Nothing was changed."
  done
  end_bucket
  was_complete=$complete
  case $segments in *"$newline"?*) changed=yes ;; esac # several are made one
}

# Written beside, flushed, and named by a rename: a file of records is whole or absent.
prepare() { # makes the folder that remembers, and removes what runs left that were cut short
  temporary=$state/tmp.$run
  [ -d "$state" ] || why=$(mkdir -- "$state" 2>&1) || [ -d "$state" ] || return 1
  set +f
  rm -f -- "$state"/tmp.* 2>/dev/null
  set -f
}
flush() { sync -f "$1" 2>/dev/null || :; } # one filesystem only: to wait for a whole node's disks could take minutes
write_records() { # pending or final: else 1 and $why. A run that starts now may take our temporary file for left over
  attempt=0
  prepare && while [ "$attempt" -lt "$tries" ]; do
    attempt=$((attempt + 1))
    why=$({ all_records "$1" >"$temporary"; } 2>&1) || break
    flush "$temporary"
    why=$(mv -- "$temporary" "$state/manifest.$run.$1" 2>&1) && return 0
    [ ! -e "$temporary" ] || break
  done
  rm -f -- "$temporary" 2>/dev/null
  cause
  return 1
}
cause() { # $why without the names of program and file
  why=${why##*: }
  case $why in '' | 'I/O error') why='the volume may be full' ;; esac # all that BusyBox and dash tell
}
all_records() { # pending: what is about to be written; final: what was found and done, and what is no seed any more
  printf 'seed-records 1\n%s' "${complete:+complete$newline}" || return 1
  chunk=0
  while [ "$((chunk += 1))" -le "$chunks" ]; do
    if [ "$1" = final ]; then
      eval "printf '%s' \"\$records_$chunk\"" || return 1
      continue
    fi
    eval "plan=\$plan_$chunk"
    for line in $plan; do
      read_plan "$line"
      printf 'pending %s %s\n' "$new" "$path" || return 1
    done
  done
  bucket=0
  while [ "$1" = final ] && [ "$((bucket += 1))" -le "$kinds" ]; do
    eval "lines=\$indexes_$bucket"
    for index in $lines; do eval "printf '%s' \"\$record_$index\"" || return 1; done
  done
  printf 'end\n'
}

# ---- The encryption key. What the application encrypted is lost without it, so the volume remembers a salted
# fingerprint of it.
random() { # $random
  { read -r random </proc/sys/kernel/random/uuid; } 2>/dev/null && return 0
  random=$(dd if=/dev/urandom bs=32 count=1 2>/dev/null | sha256sum) random=${random%% *}
  [ -n "$random" ] || stop "This image has neither /proc nor sha256sum."
}
fingerprint() { # SALT: $print. printf is the shell's own, so the key is in no process's arguments.
  print=$(printf '%s%s' "$1" "$key_value" | sha256sum) print=${print%% *}
}
record_key() { # ln: only when there is none; mv: instead of the old one. Else 1 and $why
  prepare || return 1
  random
  fingerprint "$random"
  umask 077
  why=$({ printf '1 %s %s\n' "$random" "$print" >"$temporary.key"; } 2>&1)
  written=$?
  umask 022
  [ "$written" -eq 0 ] || return 1
  flush "$temporary.key"
  if [ "$1" = mv ]; then why=$(mv -f -- "$temporary.key" "$state/key" 2>&1) && return 0; fi
  ln -- "$temporary.key" "$state/key" 2>/dev/null || why=$(mv -n -- "$temporary.key" "$state/key" 2>&1)
  rm -f -- "$temporary.key"
  [ -e "$state/key" ]
}
check_key() {
  [ -n "$key_value" ] || return 0
  [ -n "$hasher" ] || { say "! The key was not checked: this image has no sha256sum." && return 0; }
  attempt=0
  while [ ! -e "$state/key" ]; do
    if [ "$attempt" -ge "$tries" ]; then
      cause
      trouble "The key's fingerprint could not be recorded: $why."
      return 0
    fi
    attempt=$((attempt + 1))
    record_key ln || :
  done
  salt='' recorded=''
  [ ! -r "$state/key" ] || IFS=' ' read -r _ salt recorded <"$state/key"
  if [ ${#recorded} -ne 64 ]; then
    trouble "The key was not checked: $state/key cannot be read. Remove it, and the key in use is recorded anew."
    return 0
  fi
  fingerprint "$salt"
  [ "$print" != "$recorded" ] || return 0
  if [ "${SEED_ACCEPT_NEW_KEY-}" = true ]; then
    record_key mv || { cause && trouble "The new key's fingerprint could not be recorded: $why." && return 0; }
    say "  new key recorded:             $key_name"
    return 0
  fi
  stop "$key_name is not the key that this volume was used with.
What the application encrypted on it, such as kubeconfigs, cannot be read with another key. Nothing was changed.
Bring the old key back; or, if the new key is meant, set seed.$volume.acceptNewKey=true:
what was encrypted with the old key then stays unreadable."
}

# ---- The seed's files, in chunks of one folder each: what one call of cp, ln or sha256sum works on.
walk() { # FOLDER PREFIX. A ConfigMap's files are links through its folder ..data: followed, but ..* is left out
  if ! { [ -r "$1" ] && [ -x "$1" ]; }; then trouble "The seed's folder $1 cannot be read." && return 0; fi
  for entry in "$1"/* "$1"/.[!.]*; do
    if [ -f "$entry" ]; then
      add "$1" "$2" "${entry##*/}"
    elif [ -L "$entry" ] && [ ! -e "$entry" ]; then
      trouble "The seed's file $entry is a link that leads nowhere."
    fi
  done
  end_chunk "$1" "$2"
  for entry in "$1"/* "$1"/.[!.]*; do
    [ -d "$entry" ] && ! leads_up "$entry" && walk "$entry" "$2${entry##*/}/"
  done
}
leads_up() { # a link to a folder above itself would be walked for ever
  [ -L "$1" ] || return 1
  to=$(cd -P -- "$1" 2>/dev/null && printf '%s/' "$PWD") || return 0
  from=$(cd -P -- "${1%/*}" && printf '%s/' "$PWD")
  case $from in "$to"*) return 0 ;; esac
  return 1
}
add() { # FOLDER PREFIX NAME
  found=$((found + 1))
  encode "$2$3"
  index "$encoded"
  eval "lines=\${seed_$index-}"
  case $newline$lines in *"$newline$encoded$newline"*) return 0 ;; esac # a stronger source has it
  eval "seed_$index=\$lines\$encoded\$newline"
  [ "$encoded" = "$2$3" ] || end_chunk "$1" "$2"
  names=$names$index' '$encoded$newline size=$((size + 1)) total=$((total + 1))
  if [ "$size" -ge "$batch" ] || [ "$encoded" != "$2$3" ]; then end_chunk "$1" "$2"; fi
}
end_chunk() { # FOLDER PREFIX
  [ -n "$names" ] || return 0
  chunks=$((chunks + 1)) size=0
  eval "from_$chunks=\$1 prefix_$chunks=\$2 names_$chunks=\$names plan_$chunks='' records_$chunks=''"
  names=''
}
read_sources() {
  for source in $sources; do
    found=0
    if cd -P -- "$source" 2>/dev/null && inside; then refuse "The source $source is on the volume itself."; fi
    set +f
    [ ! -d "$source" ] || walk "${source%/}" ''
    set -f
    if [ "$found" -gt 0 ]; then say "  source $source: $found files" && continue; fi
    say "  source $source: absent or empty"
    case $newline${SEED_EXPECTED-}$newline in
      *"$newline$source$newline"*) trouble "The source $source must hold files. Does its ConfigMap exist?" ;;
    esac
  done
  [ -z "$sources" ] || [ "$total" -gt 0 ] || trouble "No source holds a file."
}

hash_all() { # FILE...: $hashes, a line for each: sha256, or - where there is none
  hashes='' odd=''
  for file; do
    case $file in *\\* | *"$newline"* | *"$carriage_return"*) odd=yes ;; esac
  done
  if [ -z "$hasher" ] || [ -n "$odd" ]; then # sha256sum escapes such names, and BusyBox's does not
    for file; do
      output=''
      [ -z "$hasher" ] || [ ! -f "$file" ] || output=$(sha256sum 2>/dev/null <"$file") || output=''
      output=${output%% *}
      hashes=$hashes${output:--}$newline
    done
    return 0
  fi
  for line in $(sha256sum -- "$@" 2>/dev/null); do # in the order asked for; what cannot be read is left out
    while [ $# -gt 0 ] && [ "$1" != "${line#*  }" ]; do hashes=$hashes-$newline && shift; done
    [ $# -eq 0 ] || { hashes=$hashes${line%% *}$newline && shift; }
  done
  for file; do hashes=$hashes-$newline; done
}

# ---- What becomes of each path
settle() { # STATE HASH CODE [WHY]: the record of $path, '' keeps the one it has; and its row in the table
  lines=$was
  [ -z "$1" ] || lines="$1 $2 $path$newline"
  [ "$lines" = "$was" ] || changed=yes
  records=$records$lines
  if [ -n "$3" ]; then row "$3" "$shown" "${4-}"; fi
}
fail_path() { # STATE HASH: a seed file that is not there, and could not be put there
  incomplete=yes
  settle "$1" "$2" failed "${why:-for a reason that was not told}"
}
propose() { # HOW OLD-HASH: new and offer take a free name, over and reoffer replace a file of that hash
  plan="$plan$1 $2 $new $path$newline" plans=$((plans + 1))
}
consider() { # decides about each path of $chunk
  eval "from=\$from_$chunk prefix=\$prefix_$chunk names=\$names_$chunk"
  records='' plan=''
  if look_into "$prefix"; then why=''; fi
  set --
  for line in $names; do
    decode "${line#* }"
    name=${decoded##*/}
    if [ -n "$why" ] || guarded_here "$name"; then
      set -- "$@" '' ''
    elif [ -f "./$name" ] && [ ! -L "./$name" ] && [ -z "$absent" ]; then
      set -- "$@" "$from/$name" "./$name"
    else
      set -- "$@" "$from/$name" ''
    fi
  done
  hash_all "$@"
  # shellcheck disable=SC2086 # a line for each
  set -- $hashes
  for line in $names; do
    path=${line#* }
    recall "${line%% *}" "$path"
    decode "$path"
    name=${decoded##*/} shown=$path new=$1 now=$2
    shift 2
    if [ -n "$why" ]; then fail_path '' ''; else decide; fi
  done
  eval "records_$chunk=\$records plan_$chunk=\$plan"
}
guarded_here() { # NAME: by the path it has in the seed, or by where a link in the volume leads
  is_protected "$prefix$1" || { [ "$real" != "$prefix" ] && is_protected "${real:+${real%/}/}$1"; }
}
decide() { # $path $name $new (hash of the seed) $now (of what is there) $was $states $known
  if guarded_here "$name"; then settle '' '' protected && return; fi
  if ! present "$name"; then
    case $states in
      *' seeded '* | *' theirs '* | *' deleted '*) settle deleted - deleted && return ;;
    esac
    if [ "$new" != - ] || [ -z "$hasher" ]; then
      propose new -
    else
      why='its seed cannot be read'
      fail_path '' ''
      why=''
    fi
    return
  fi
  case "$now $known" in
    -*) ;;
    *" $now "*) decide_unmodified && return ;;
  esac
  case "$hasher$states" in
    *' seeded '*) decide_edited ;;
    ' pending ') settle seeded - kept ;; # nothing to tell by; never replaced, so it may count as ours
    *) settle theirs - theirs ;;
  esac
}
decide_unmodified() {
  if [ "$new" = "$now" ] || [ "$new" = - ]; then
    settle seeded "$now" kept
  elif [ -n "$updates" ]; then
    propose over "$now"
  else
    case $states in *' seeded '*) settle '' '' differs ;; *) settle seeded "$now" differs ;; esac
  fi
}
decide_edited() {
  seeded_only
  if [ -z "$hasher" ]; then
    settle '' '' kept
  elif [ "$new" = "$now" ]; then
    settle seeded "$new" kept # the person took the new one
  else
    case $updates$new$newline$was in
      yes-* | yes*"${newline}seeded $new "*) settle '' '' edited ;; # no seed to read, or as it was
      yes*) settle '' '' '' && offer ;;
      *) settle '' '' edited ;;
    esac
  fi
}
seeded_only() { # what was about to be written, and is not what is there, does not matter any more
  lines=''
  for line in $was; do
    case $line in seeded*) lines=$lines$line$newline ;; esac
  done
  [ "$lines" = "$was" ] || changed=yes
  was=$lines
}
offer() { # the changed seed of an edited file, under a name of its own
  path=$path.chart-new name=$name.chart-new
  index "$path"
  recall "$index" "$path"
  if ! present "$name"; then
    case $newline$was in
      *"${newline}seeded $new "*) settle '' '' edited ;; # it was offered, and removed: answered
      *) propose offer - ;;
    esac
    return
  fi
  now=-
  [ -L "./$name" ] || [ ! -f "./$name" ] || { hash_all "./$name" && now=${hashes%"$newline"}; }
  if [ "$now" = "$new" ]; then
    settle seeded "$new" beside
  else
    case "$now $known" in
      -*) settle '' '' edited "$path is yours" ;;
      *" $now "*) propose reoffer "$now" ;;
      *) settle '' '' edited "$path is yours" ;;
    esac
  fi
}

# ---- Writing
read_plan() { # LINE of propose: $how $old $new $path $name $seed (the seed file's name) $shown
  how=${1%% *} path=${1#* }
  old=${path%% *} path=${path#* }
  new=${path%% *} path=${path#* }
  decode "${path##*/}"
  name=$decoded seed=$decoded shown=$path was=''
  case $how in *offer) seed=${name%.chart-new} shown=${path%.chart-new} ;; esac
}
place() { # writes what was decided about $chunk
  eval "from=\$from_$chunk prefix=\$prefix_$chunk plan=\$plan_$chunk records=\$records_$chunk"
  why=$refused attempt=0 stage=./.seed-tmp.$run
  [ -n "$plan" ] || return 0
  if [ -z "$why" ] && enter "$prefix"; then
    while [ -n "$plan" ]; do
      attempt=$((attempt + 1)) again='' why=''
      if why=$(mkdir -- "$stage" 2>&1); then copy && flush "$stage" && name_copies; else attempt=$tries; fi
      why=${why%%"$newline"*} why=${why##*: }
      judge
      rm -rf -- "$stage"
      plan=$again
    done
  else
    for line in $plan; do read_plan "$line" && fail_plan; done
  fi
  eval "records_$chunk=\$records"
}
copy() { # each seed of the plan is whole in $stage, or not there
  set --
  for line in $plan; do
    read_plan "$line"
    [ "$name" = "$seed" ] || { set -- && break; }
    set -- "$@" "$from/$name"
  done
  if [ $# -eq 0 ] || ! why=$(cp -- "$@" "$stage/" 2>&1); then
    for line in $plan; do
      read_plan "$line"
      reason=$(cp -- "$from/$seed" "$stage/$name" 2>&1) || { rm -f -- "$stage/$name" && why=$reason; }
    done
  fi
  chmod -R u+rw,go=rX -- "$stage" 2>/dev/null || :
}
name_copies() {
  set --
  for line in $plan; do
    read_plan "$line"
    case $how in new | offer) [ ! -f "$stage/$name" ] || set -- "$@" "$stage/$name" ;; *) replace ;; esac
  done
  [ $# -eq 0 ] || ln -- "$@" ./ 2>/dev/null || move "$@"
}
move() { # COPY...: where links do not work
  for staged; do
    shift
    name=${staged##*/}
    [ -e "./$name" ] || [ -L "./$name" ] || [ ! -f "$staged" ] || set -- "$@" "$staged"
  done
  [ $# -eq 0 ] || reason=$(mv -n -- "$@" ./ 2>&1) || why=${why:-$reason}
}
replace() { # Looks once more, right before; only init replaces, and the application does not run then.
  hash_all "./$name"
  [ "$hashes" = "$old$newline" ] && [ ! -L "./$name" ] && [ -f "$stage/$name" ] || return 0
  reason=$(mv -f -- "$stage/$name" ./ 2>&1) || why=${why:-$reason}
}
judge() { # by what is there now
  absent=''
  set --
  for line in $plan; do
    read_plan "$line"
    set -- "$@" "./$name"
  done
  hash_all "$@"
  # shellcheck disable=SC2086 # a line for each
  set -- $hashes
  for line in $plan; do
    read_plan "$line"
    now=$1
    shift
    if is_ours; then
      case $how in new) code=seeded ;; over) code=updated ;; *) code=beside ;; esac
      settle seeded "$new" "$code"
    elif [ ! -d "$stage" ] && [ "$attempt" -lt "$tries" ]; then
      again=$again$line$newline # a run that started meanwhile took it for left over
    elif ! present "$name"; then
      fail_plan
    else
      case $how in
        new) settle theirs - theirs ;; # somebody was faster
        offer) settle '' '' edited "$path is yours" ;;
        *) if [ "$now" = "$old" ]; then fail_plan; else settle seeded "$old" edited; fi ;;
      esac
    fi
  done
}
is_ours() {
  # shellcheck disable=SC3013 # -ef is not in POSIX, but in every shell we run in
  [ ! "./$name" -ef "$stage/$name" ] || return 0
  if [ -n "$hasher" ]; then [ "$now" = "$new" ] && return; fi
  [ -z "$hasher" ] && present "$name" && [ -d "$stage" ] && [ ! -e "$stage/$name" ]
}
fail_plan() {
  case $how in
    new) fail_path pending "$new" ;;
    offer) settle '' '' failed "$why" ;;
    *) settle seeded "$old" failed "$why" ;;
  esac
}

# ---- The run
tell_unknown() { # a volume that held files before its first seeding, such as one that was restored
  [ -z "$segments" ] || return 0
  set +f
  for entry in "$target"/* "$target"/.[!.]*; do
    case ${entry##*/} in lost+found | "$state_name") continue ;; esac
    if [ -e "$entry" ] || [ -L "$entry" ]; then
      say "  The volume holds files and no records of seeding: what is there counts as not ours."
      break
    fi
  done
  set -f
}
clean() { # what a run left that was cut short, in the folders it was writing to
  for folder in $pending; do
    decode "$folder"
    if ! look_into "$decoded" || [ -n "$absent" ]; then continue; fi
    set +f
    for left in ./.seed-tmp.*; do [ -L "$left" ] || [ ! -d "$left" ] || rm -rf -- "$left"; done
    set -f
  done
}
finish() {
  [ -n "$incomplete" ] || complete=yes
  [ "$complete" = "$was_complete" ] || changed=yes
  if [ -n "$changed" ] && write_records final; then
    # shellcheck disable=SC2086 # a line for each
    rm -f -- $segments "$state/manifest.$run.pending"
  elif [ -n "$changed" ]; then
    say "! What was found could not be recorded: $why."
    [ "$plans" -eq 0 ] || { incomplete=yes && complete=$was_complete; } # a deleted file would come back once more
  fi
  [ -z "$hidden" ] || say "  Of each kind, $limit rows are shown."
  [ "$n_differs" -eq 0 ] ||
    say 'Where the seed has changed, the file did not: policy updateUnmodified takes it at the next start.'
  counts=''
  for code in seeded updated kept edited deleted theirs protected differs beside failed; do
    eval "count=\$n_$code"
    title "$code"
    [ "$count" -eq 0 ] || counts="$counts${counts:+; }$count $title"
  done
  say "$total paths${counts:+: $counts}."
  if [ -z "$incomplete" ]; then say 'The volume is completely seeded.' && exit 0; fi
  if [ "$mode$complete" = inityes ]; then
    say 'The volume was completely seeded before, so the application may start.'
    exit 0
  fi
  stop 'The volume is not completely seeded; see above.'
}

check_settings
hasher=$(command -v sha256sum) && hasher=sha256sum
updates=''
[ "$mode$policy$hasher" != initupdateUnmodifiedsha256sum ] || updates=yes
random
run=$random
say "Seeding $SEED_TARGET (mode $mode, policy $policy)"
[ -n "$hasher" ] || say '! This image has no sha256sum: edits cannot be told, so nothing is replaced.'
load
check_key
read_sources
tell_unknown
clean
make_folders
while [ "$((chunk += 1))" -le "$chunks" ]; do consider; done
refused=''
[ "$plans" -eq 0 ] || write_records pending || refused=$why
chunk=0
while [ "$((chunk += 1))" -le "$chunks" ]; do place; done
finish
